# Usage: cuda_stand_ins.py SITE_PACKAGES
#
# The wheel of torch names CUDA's libraries even where there is no GPU, and 2 GB of them are needed only to be named. This
# writes libraries of those names beside torch's own: each has the symbols that torch binds when it is loaded, with
# their versions, and each symbol is a function that returns 1, an error in all of them. Nothing calls one while
# torch.cuda.is_available() is False. ELF for x86-64, without a compiler.
import pathlib
import struct
import sys

UNDEFINED, WEAK = 0, 2
STRANGERS = ("libcu", "libnccl", "libnv")  # what of torch's libraries is NVIDIA's
THEIR_NAMES = ("cu", "nccl", "nv")
DRIVER = "libcuda.so.1"  # comes with a GPU, and is asked for only when there is one
DT_NEEDED, DT_HASH, DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_SYMENT, DT_SONAME = 1, 4, 5, 6, 10, 11, 14
DT_VERSYM, DT_VERDEF, DT_VERDEFNUM, DT_VERNEED, DT_VERNEEDNUM = 0x6FFFFFF0, 0x6FFFFFFC, 0x6FFFFFFD, 0x6FFFFFFE, 0x6FFFFFFF
SHT_DYNSYM = 11


class Library:
    """The dynamic part of a shared object: what it needs, and its symbols as (name, defined, weak, file, version)."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.file = file
            head = file.read(64)
            if head[:5] != b"\x7fELF\x02":
                raise ValueError(f"{path}: not a 64-bit ELF file")
            self.loads = self.read_loads(head)
            self.needed, self.symbols = [], []
            self.read_dynamic(head)

    def at(self, offset, size):
        self.file.seek(offset)
        return self.file.read(size)

    def read_loads(self, head):
        offset, size, count = struct.unpack_from("<Q", head, 32)[0], *struct.unpack_from("<HH", head, 54)
        rows = [struct.unpack_from("<IIQQQQQQ", self.at(offset + i * size, size)) for i in range(count)]
        self.dynamic = next((r[2], r[5]) for r in rows if r[0] == 2)
        return [(r[3], r[2], r[5]) for r in rows if r[0] == 1]  # address, offset, size

    def offset_of(self, address):
        return next(address - a + o for a, o, size in self.loads if a <= address < a + size)

    def read_dynamic(self, head):
        raw = self.at(*self.dynamic)
        tags = [struct.unpack_from("<QQ", raw, i) for i in range(0, len(raw) - 15, 16)]
        one = dict(tags)
        names = self.at(self.offset_of(one[DT_STRTAB]), one[DT_STRSZ])
        text = lambda at: names[at : names.index(b"\0", at)].decode()
        self.needed = [text(value) for tag, value in tags if tag == DT_NEEDED]
        versions = self.read_versions(one, text)
        count = self.count_symbols(head)
        table = self.at(self.offset_of(one[DT_SYMTAB]), 24 * count)
        numbers = self.at(self.offset_of(one[DT_VERSYM]), 2 * count) if DT_VERSYM in one else bytes(2 * count)
        for i in range(1, count):
            name, info, _, section = struct.unpack_from("<IBBH", table, 24 * i)
            number = struct.unpack_from("<H", numbers, 2 * i)[0] & 0x7FFF
            file, version = versions.get(number, ("", ""))
            self.symbols.append((text(name), section != UNDEFINED, info >> 4 == WEAK, file, version))

    def read_versions(self, one, text):
        """Of what it needs: (file, version) by number."""
        out, at = {}, self.offset_of(one[DT_VERNEED]) if DT_VERNEED in one else 0
        for _ in range(one.get(DT_VERNEEDNUM, 0)):
            _, count, file, first, following = struct.unpack("<HHIII", self.at(at, 16))
            entry = at + first
            for _ in range(count):
                _, _, number, name, after = struct.unpack("<IHHII", self.at(entry, 16))
                out[number & 0x7FFF] = (text(file), text(name))
                entry += after
            at += following
        return out

    def count_symbols(self, head):
        offset, size, count = struct.unpack_from("<Q", head, 40)[0], *struct.unpack_from("<HH", head, 58)
        for i in range(count):
            row = struct.unpack("<IIQQQQIIQQ", self.at(offset + i * size, 64))
            if row[1] == SHT_DYNSYM:
                return row[5] // 24
        return 0


def elf_hash(name):
    value = 0
    for byte in name.encode():
        value = (value << 4) + byte
        high = value & 0xF0000000
        value = (value ^ (high >> 24)) & ~high & 0xFFFFFFFF
    return value


def padded(data, to):
    return data + bytes(-len(data) % to)


class Strings:
    def __init__(self):
        self.data, self.places = b"\0", {}

    def place(self, text):
        if text not in self.places:
            self.places[text] = len(self.data)
            self.data += text.encode() + b"\0"
        return self.places[text]


def definitions(soname, versions, strings):
    """Versions that the library has: itself as number 1, then the others."""
    out = b""
    for i, name in enumerate([soname, *versions]):
        following = 28 if i < len(versions) else 0
        out += struct.pack("<HHHHIII", 1, 1 if i == 0 else 0, i + 1, 1, elf_hash(name), 20, following)
        out += struct.pack("<II", strings.place(name), 0)
    return out


def hashes(names, buckets=61):
    heads, chain = [0] * buckets, [0] * (len(names) + 1)
    for i, name in enumerate(names, 1):
        bucket = elf_hash(name) % buckets
        chain[i], heads[bucket] = heads[bucket], i
    return struct.pack(f"<II{buckets}I{len(chain)}I", buckets, len(chain), *heads, *chain)


def stand_in(soname, symbols):
    """The bytes of a library with these (name, version); an empty version is none."""
    page, strings = 4096, Strings()
    versions = sorted({version for _, version in symbols if version})
    names = [name for name, _ in symbols]
    verdef = definitions(soname, versions, strings)
    versym = struct.pack(f"<{len(symbols) + 1}H", 0, *[versions.index(v) + 2 if v else 1 for _, v in symbols])
    places = [strings.place(name) for name in names]
    code = b"\xb8\x01\x00\x00\x00\xc3"  # mov eax, 1; ret
    start = 64 + 4 * 56
    hash_at = start
    versym_at = hash_at + len(padded(hashes(names), 8))
    verdef_at = versym_at + len(padded(versym, 8))
    symtab_at = verdef_at + len(padded(verdef, 8))
    code_at = symtab_at + 24 * (len(symbols) + 1)
    strtab_at = code_at + 16
    symtab = bytes(24) + b"".join(struct.pack("<IBBHQQ", p, 0x12, 0, 1, code_at, len(code)) for p in places)
    soname_at = strings.place(soname)
    text = padded(hashes(names), 8) + padded(versym, 8) + padded(verdef, 8) + symtab + padded(code, 16) + strings.data
    end = start + len(text)
    dynamic_at = (end + page - 1) // page * page
    tags = [
        (DT_SONAME, soname_at), (DT_HASH, hash_at), (DT_STRTAB, strtab_at), (DT_STRSZ, len(strings.data)),
        (DT_SYMTAB, symtab_at), (DT_SYMENT, 24), (DT_VERSYM, versym_at), (DT_VERDEF, verdef_at),
        (DT_VERDEFNUM, len(versions) + 1), (0, 0),
    ]
    dynamic = b"".join(struct.pack("<QQ", *tag) for tag in tags)
    load = lambda flags, at, size: struct.pack("<IIQQQQQQ", 1, flags, at, at, at, size, size, page)
    heads = load(5, 0, end) + load(6, dynamic_at, len(dynamic))
    heads += struct.pack("<IIQQQQQQ", 2, 6, dynamic_at, dynamic_at, dynamic_at, len(dynamic), len(dynamic), 8)
    heads += struct.pack("<IIQQQQQQ", 0x6474E551, 6, 0, 0, 0, 0, 0, 16)  # no executable stack
    elf = b"\x7fELF\x02\x01\x01" + bytes(9)
    elf += struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 4, 64, 0, 0)
    whole = elf + heads + text
    return whole + bytes(dynamic_at - len(whole)) + dynamic


def main(site):
    torch = site / "torch"
    present = {path.name: path for path in [*torch.glob("lib/*.so*"), *site.glob("nvidia/**/*.so*")]}
    libraries = [Library(path) for path in [*present.values(), *torch.glob("_C*.so")]]
    missing = {n for lib in libraries for n in lib.needed if n.startswith(STRANGERS) and n not in {*present, DRIVER}}
    wanted = {name: set() for name in sorted(missing)}
    defined = {symbol[0] for lib in libraries for symbol in lib.symbols if symbol[1]}
    for lib in libraries:
        strangers = [name for name in lib.needed if name in wanted]
        for name, is_defined, weak, file, version in lib.symbols:
            if file in wanted:
                wanted[file].add((name, version))
            elif strangers and name.startswith(THEIR_NAMES) and not (is_defined or weak or version or name in defined):
                wanted[strangers[0]].add((name, ""))
    for soname, symbols in wanted.items():
        (torch / "lib" / soname).write_bytes(stand_in(soname, sorted(symbols)))
    print(f"{len(wanted)} stand-ins with {sum(map(len, wanted.values()))} symbols")


main(pathlib.Path(sys.argv[1]))
