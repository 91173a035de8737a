#!/usr/bin/env python3
"""Damages files of `load` and `dataset` in every way that comes to mind. Each must end in exit code 7, with one message
that names the file and is no longer than a screen, never in a crash, a hang or much memory. Where a changed bit may also
be another valid file, the only demand is an orderly end."""
import io
import os
import random
import resource
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

import h5py
import numpy as np

import make_arrays
from make_arrays import GREY, PALETTE, RGB, chunk, png

random_numbers = random.Random(7)
count = 0


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))


def attempt(binary, name, content, what, words=None, experiment="array", arguments=()):
    """`words` None: any orderly end will do."""
    global count
    count += 1
    with tempfile.TemporaryDirectory() as root:
        with open(os.path.join(root, name), "wb") as f:
            f.write(content)
        flags = ["--file", name] if experiment == "array" else ["--name", name]
        done = subprocess.run([binary, experiment, *flags, *arguments], capture_output=True, text=True, errors="replace", timeout=120,
                              preexec_fn=limit, env={"SNN_DATA": root, "HOME": "/"}, cwd=root)
    # 1: the array is another one, which the experiment cannot add up; 5: as much memory as the file may honestly ask for
    fine = done.returncode in (0, 1, 5) if words is None else False
    good = done.returncode == 7 and "error: " in done.stderr and name in done.stderr and len(done.stderr) < 2000
    if not fine and not (good and all(w in done.stderr for w in words or ())):
        sys.exit(f"{what}: exit {done.returncode}, expected 7 and {words}\n{done.stdout}{done.stderr}")
    if "-v" in sys.argv:
        print(f"{what}: {done.stderr.strip()}")


def cuts(good, most=25):
    """Beginnings of the content, all of them if there are not too many."""
    return sorted(random_numbers.sample(range(len(good)), min(most, len(good))))


def flips(good, n):
    for _ in range(n):
        k = random_numbers.randrange(len(good))
        yield k, good[:k] + bytes([good[k] ^ 1 << random_numbers.randrange(8)]) + good[k + 1:]


def npz(compression=zipfile.ZIP_DEFLATED, **arrays):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as z:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.save(member, array)
            z.writestr(name + ".npy", member.getvalue())
    return out.getvalue()


def zip_of(name, content, compression=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as z:
        z.writestr(name, content)
    return out.getvalue()


def h5(**arrays):
    out = io.BytesIO()
    with h5py.File(out, "w") as f:
        for name, array in arrays.items():
            f[name] = array
    return out.getvalue()


def lies_of_archives(binary):
    good = npz(w=np.arange(100.0).reshape(10, 10))
    for n in cuts(good):
        attempt(binary, "a.npz", good[:n], f"npz cut to {n}", [])
    for k, content in flips(good, 50):
        attempt(binary, "a.npz", content, f"npz: bit of byte {k}")
    stored = npz(zipfile.ZIP_STORED, w=np.arange(100.0))
    at = stored.index(struct.pack("<d", 7.0))
    attempt(binary, "a.npz", stored[:at] + b"\1" + stored[at + 1:], "a checksum that is wrong", ["a.npz/w.npy", "CRC-32"])
    attempt(binary, "a.npz", npz(), "an empty archive", ["not a zip archive"])
    attempt(binary, "a.npz", zip_of("readme.txt", b"hello"), "other members", ["holds no array"])
    attempt(binary, "a.npz", npz(a=np.zeros(1), b=np.zeros(1)), "two arrays", ["holds 2 arrays: a, b", 'load(file, "a")'])
    attempt(binary, "a.npz", good, "no such array", ["no array 'v'", "it holds w"], arguments=["--which", "v"])
    attempt(binary, "a.npz", npz(**{f"a{k}" * 20: np.zeros(1) for k in range(200)}), "many arrays", ["200 in all"])
    attempt(binary, "a.npz", zip_of("w.npy", b"hello"), "no npy", ["a.npz/w.npy"])
    attempt(binary, "a.npz", zip_of("w.npy", b"hello" * 100, zipfile.ZIP_LZMA), "another method", ["method 14"])
    attempt(binary, "a.npz", npz(w=np.array(["text"])), "texts", ["<U4"])
    attempt(binary, "a.npz", npz(w=np.array([{}], dtype=object)), "objects", ["|O"])
    member = io.BytesIO()
    np.save(member, np.zeros(4))
    attempt(binary, "a.npz", zip_of("w.npy", member.getvalue() + b"x"), "a byte behind", ["33 found"])
    attempt(binary, "a.npz", zip_of("w.npy", member.getvalue().replace(b"(4,)", b"(9999999999999,)")[:200]), "a shape that lies", ["bytes"])
    # The sizes in the list of members, at the end of the archive: packed at 20, unpacked at 24 of its entry.
    entry = good.index(b"PK\1\2")
    lie = good[:entry + 24] + struct.pack("<I", 0xfffffff0) + good[entry + 28:]
    attempt(binary, "a.npz", lie, "four gigabytes in the list", ["4294967280 bytes are claimed"])
    lie = good[:entry + 20] + struct.pack("<I", 0xfffffff0) + good[entry + 24:]
    attempt(binary, "a.npz", lie, "four gigabytes packed", ["4294967280 packed bytes are claimed"])
    locked = good[:entry + 8] + b"\1" + good[entry + 9:]
    attempt(binary, "a.npz", locked, "an encrypted member", ["encrypted"])
    bomb = npz(w=np.zeros(10**8, np.uint8))  # 100 MB in 100 kB; 800 MB of reals
    attempt(binary, "a.npz", bomb, "a bomb")
    attempt(binary, "a.npy", b"\x93NUMPY", "npy cut", ["truncated"])
    attempt(binary, "a.npy", b"", "an empty npy", ["truncated"])
    attempt(binary, "a.txt", b"", "a kind that load does not read", [".npy, .npz, .csv, .png, .pgm, .ppm, .h5, .hdf5"])
    attempt(binary, "a.csv", b"1", "a name for a table", ["holds a single array"], arguments=["--which", "v"])


def lies_of_tables(binary):
    for what, content, words in (
            ("empty", b"", ["holds no numbers"]),
            ("a header alone", b"a,b\n", ["holds no numbers"]),
            ("two headers", b"a,b\nc,d\n1,2\n", ["line 2: field 1: 'c' is no number"]),
            ("a short line", b"a,b,c\n1,2,3\n\n4,5\n", ["line 4: 2 numbers, but line 2 has 3"]),
            ("an empty field", b"1,2\n3,\n", ["line 2: field 2 is empty"]),
            ("decimal commas", b"1,5;2\n", ["line 1: field 1: '1,5' is no number; decimals"]),
            ("another separator", b"1,2\n3;4\n", ["line 2: field 1: '3;4' is no number"]),
            ("a word", b"1 2\n3 x\n", ["line 2: field 2: 'x' is no number"]),
            ("too large", b"1\n1e999\n", ["line 2: field 1: '1e999' is out of range"]),
            ("beyond 2^53", b"9007199254740994\n", ["line 1: field 1", "2^53"]),
            ("a long field", b"1\n" + b"x" * 100000, ["line 2", "…"]),
            ("bytes", bytes(range(256)) * 4, ["a.csv"])):
        attempt(binary, "a.csv", content, "csv: " + what, words)


def lies_of_pictures(binary):
    rows = [[random_numbers.randrange(256) for _ in range(30)] for _ in range(10)]
    for good, name in ((png(10, 10, 8, RGB, rows), "a.png"), (png(30, 10, 8, GREY, rows, interlaced=True), "a.png"),
                       (b"P5\n30 10\n255\n" + bytes(v for row in rows for v in row), "a.pgm"),
                       (b"P3\n10 10\n255\n" + b" ".join(b"%d" % v for row in rows for v in row), "a.ppm")):
        for n in cuts(good):
            if good[:n].rstrip() != good and n < len(good) - 3:  # of a text, its last number may be shorter
                attempt(binary, name, good[:n], f"{name} cut to {n}", [])
        for k, content in flips(good, 30):
            attempt(binary, name, content, f"{name}: bit of byte {k}")
    good = png(30, 10, 8, GREY, rows)
    header = lambda w, h, depth=8, colour=GREY: good[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, colour, 0, 0, 0)) + good[33:]
    attempt(binary, "a.png", header(10**6, 10**6), "a million squared", ["1000000 x 1000000 pixels are claimed"])
    attempt(binary, "a.png", header(2**31 - 1, 2**31 - 1), "the largest sides", [])
    attempt(binary, "a.png", header(0, 4), "no width", [])
    attempt(binary, "a.png", header(30, 11), "a row too many", ["a.png"])
    attempt(binary, "a.png", header(30, 10, 7), "7 bits", ["damaged"])
    attempt(binary, "a.png", header(30, 10, 8, PALETTE), "no palette", ["damaged"])
    at = good.index(b"IEND") - 5  # the last byte of the checksum before it
    attempt(binary, "a.png", good[:at] + bytes([good[at] ^ 1]) + good[at + 1:], "a checksum that is wrong", ["CRC"])
    attempt(binary, "a.png", b"\xff\xd8\xff\xe0" + bytes(100), "a JPEG", ["not a PNG picture"])
    attempt(binary, "a.pgm", b"P5 3 2 255\n12345", "a byte too few", ["3 x 2 pixels"])
    attempt(binary, "a.pgm", b"P5 3 2 255\n1234567", "a byte too many", ["byte 17", "1 bytes follow"])
    attempt(binary, "a.pgm", b"P5 3 2 70000\n123456", "a largest value that is too large", ["70000", "1 to 65535"])
    attempt(binary, "a.pgm", b"P5 3 2 9\n\x01\x02\x03\x0a\x05\x06", "a value too large", ["byte 12: value 10"])
    attempt(binary, "a.pgm", b"P5 1000000000 1000000000 255\nx", "many pixels", ["claimed"])
    attempt(binary, "a.pgm", b"P2 2 1 9\n1 x", "a letter", ["byte 11", "a value expected"])
    attempt(binary, "a.pgm", b"P4 2 1\n1", "a bitmap", ["P2, P3, P5 or P6"])
    attempt(binary, "a.pgm", b"P2 # no end", "a comment without end", ["the width expected"])


def lies_of_sets(binary):
    x, reals, y = make_arrays.samples(4)
    for make, name in ((npz, "a.npz"), (h5, "a.h5")):
        lie = lambda what, words, **arrays: attempt(binary, name, make(**arrays), f"{name}: {what}", words, "data")
        lie("no y", ["x and y", "holds x"], x=x)
        lie("other arrays", ["holds z"], z=x)
        lie("y_test alone", ["no x_test"], x=x, y=y, y_test=y)
        lie("labels of another length", ["3 labels", "4 samples"], x=x, y=y[:3])
        lie("labels that are reals", ["integers"], x=x, y=reals[:, 0, 0])
        lie("labels of two axes", ["[4, 2]"], x=x, y=np.zeros((4, 2), int))
        lie("labels beyond 2^53", ["2^53"], x=x, y=np.array([2**60] * 4))
        lie("samples of 16 bits", ["samples are bytes"], x=x.astype(np.uint16), y=y)
        lie("samples of one axis", ["[4]"], x=x[:, 0, 0], y=y)
        lie("samples without values", ["[4, 0]"], x=np.zeros((4, 0)), y=y)
        good = make(x=x, y=y)
        for n in cuts(good):
            attempt(binary, name, good[:n], f"{name} cut to {n}", [], "data")
        for k, content in flips(good, 50):
            attempt(binary, name, content, f"{name}: bit of byte {k}", None, "data")
    attempt(binary, "a.npz", npz(zipfile.ZIP_STORED, x=x, y=y).replace(x.tobytes()[:9], b"another 9"), "stored: wrong checksum", ["CRC-32"], "data")


def lies_of_hdf5(binary):
    x, _, y = make_arrays.samples(4)

    def lie(what, words, fill):
        with tempfile.TemporaryDirectory() as root:
            path = os.path.join(root, "a.h5")
            with h5py.File(path, "w") as f:
                f["y"] = y
                fill(f)
            with open(path, "rb") as f:
                attempt(binary, "a.h5", f.read(), "hdf5: " + what, words, "data")

    lie("a link to another file", ["only data sets of the file itself"], lambda f: f.__setitem__("x", h5py.ExternalLink("/etc/x.h5", "/x")))
    lie("a soft link", ["only data sets of the file itself"], lambda f: f.__setitem__("x", h5py.SoftLink("/y")))
    lie("a group", ["not a data set"], lambda f: f.create_group("x"))
    lie("texts", ["not texts"], lambda f: f.__setitem__("x", np.array([[b"a"]] * 4)))
    lie("elements in another file", ["other files"], lambda f: f.create_dataset("x", (4, 6), "u1", external=[("/etc/passwd", 0, 24)]))
    layout = h5py.VirtualLayout((4, 6), "u1")
    layout[...] = h5py.VirtualSource("/etc/x.h5", "x", (4, 6))
    lie("elements of other data sets", ["other files"], lambda f: f.create_virtual_dataset("x", layout))
    lie("never written", ["0 that are stored"], lambda f: f.create_dataset("x", (4, 10**6, 10**6), "u1", chunks=(1, 100, 100)))
    lie("a filter that is not there", ["lzf"], lambda f: f.create_dataset("x", data=x, compression="lzf"))
    short = lambda f: f.create_dataset("x", (4, 100), "u1", chunks=(4, 100), compression="gzip").id.write_direct_chunk((0, 0), zlib.compress(b"abc"))
    lie("a chunk that is shorter than its shape", ["array x: "], short)
    lie("no axes", ["an array of numbers expected"], lambda f: f.create_dataset("x", data=1.0))
    packed = io.BytesIO()
    with h5py.File(packed, "w") as f:
        f["y"] = y
        d = f.create_dataset("x", data=np.tile(x, (1, 10, 10)), chunks=(2, 10, 10), compression="gzip", fletcher32=True)
        size = struct.pack("<II", d.id.get_chunk_info(0).size, 0)
    good = packed.getvalue()
    tree = good.index(b"TREE\1")  # of the chunks: their sizes and filters
    for n in range(4):
        attempt(binary, "a.h5", good[:tree] + good[tree:].replace(size, struct.pack("<II", n, 0)), f"chunks of {n} bytes, of another size than packed",
                ["array x: damaged"], "data")
    at = good.index(size, tree) + 4
    attempt(binary, "a.h5", good[:at] + b"\1" + good[at + 1:], "a chunk that claims not to be packed", ["array x: damaged"], "data")
    for k, content in flips(good, 50):
        attempt(binary, "a.h5", content, f"packed hdf5: bit of byte {k}", None, "data")


def main():
    binary = sys.argv[1]
    for lies in (lies_of_archives, lies_of_tables, lies_of_pictures, lies_of_sets, lies_of_hdf5):
        lies(binary)
    print(f"{count} damaged files were refused or read")


if __name__ == "__main__":
    main()
