"""The worker's program, and pictures for cases that shall stay text."""

import os
import pathlib
import struct
import zlib

WORKER = str(pathlib.Path(os.environ["VISIONOPS_BIN"]) / "visionops-worker")


def png(width, height):
    """A grey picture that every decoder takes."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def put_pictures(folder, sizes):
    for name, size in sizes.items():
        path = pathlib.Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(*size))
