"""The images of tools/build-images, and what is inside an OCI archive."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import unittest

SOURCE = pathlib.Path(os.environ.get("VISIONOPS_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
PROGRAMS = pathlib.Path(os.environ.get("VISIONOPS_BIN", SOURCE / "build" / "dev" / "bin"))
FOLDER = pathlib.Path(os.environ.get("VISIONOPS_IMAGES", PROGRAMS.parent / "images"))
PARTS = {"operator": ["visionops"], "worker": ["visionops-worker", "visionops-pixels.so", "visionops-sidecar", "visionops-exec",
                    "visionops-train"]}


def skip(reason):
    """What cannot run says so loudly, and fails where nothing may be skipped."""
    if os.environ.get("VISIONOPS_CI") == "1":
        raise AssertionError(reason)
    print(f"\n  ######## SKIPPED, NOT TESTED: {reason}\n", file=sys.stderr)
    raise unittest.SkipTest("SKIPPED, NOT TESTED: " + reason)


def version():
    [line] = [x for x in (SOURCE / "CMakeLists.txt").read_text().splitlines() if x.startswith("project(visionops VERSION ")]
    return line.split()[2]


def archive(name):
    """The archive of an image, packed again when a program in it is newer."""
    file = FOLDER / f"visionops-{name}-{version()}.tar"
    programs = [PROGRAMS / x for x in PARTS[name]]
    for program in programs:
        if not program.exists():
            skip(f"the images were not made: {program.name} is not built")
    inputs = programs + list((SOURCE / "images").iterdir())
    if not file.exists() or file.stat().st_mtime < max(x.stat().st_mtime for x in inputs):
        if os.geteuid() != 0:
            skip("the images were not made: that needs root")
        done = subprocess.run([SOURCE / "tools" / "build-images", "--binaries", PROGRAMS, "--out", FOLDER, name],
                              stdout=subprocess.DEVNULL)
        if done.returncode == 3:
            skip("the images were not made: a tool is missing")
        done.check_returncode()
    return file


class Image:
    """An OCI archive: its configuration, and its files by a walk over the layers."""

    def __init__(self, file):
        self.outer = tarfile.open(file)
        index = self._json("index.json")
        manifest = self._json(self._blob(index["manifests"][0]["digest"]))
        self.config = self._json(self._blob(manifest["config"]["digest"]))
        self.layers = [self._blob(x["digest"]) for x in manifest["layers"]]

    @staticmethod
    def _blob(digest):
        return "blobs/" + digest.replace(":", "/")

    def _json(self, name):
        return json.load(self.outer.extractfile(name))

    @contextlib.contextmanager
    def _layer(self, name):
        with tarfile.open(fileobj=self.outer.extractfile(name), mode="r|*") as layer:
            yield layer

    def members(self):
        found = []
        for name in self.layers:
            with self._layer(name) as layer:
                found += layer
        return found

    def unpack(self, folder):
        for name in self.layers:
            with self._layer(name) as layer:
                layer.extractall(folder, **({"filter": "tar"} if hasattr(tarfile, "tar_filter") else {}))

    def close(self):
        self.outer.close()
