#!/usr/bin/env python3
"""Writes arrays and data sets in the formats of `load` and `dataset` into a folder: .npy, .npz, .csv, pictures, HDF5."""
import os
import struct
import sys
import zlib

import h5py
import numpy as np

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def scan_lines(rows, depth):
    """Rows of values as PNG's lines without filter."""
    out = b""
    for row in rows:
        bits = "".join(format(v, f"0{depth}b") for v in row)
        bits += "0" * (-len(bits) % 8)
        out += b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    return out


def png(width, height, depth, colour, values, palette=b"", transparent=b"", interlaced=False):
    """`values`: rows of the values of all channels, one pixel after the other."""
    n = CHANNELS[colour]
    if interlaced:
        lines = b""
        for x0, y0, dx, dy in ADAM7:
            rows = [[v for x in range(x0, width, dx) for v in row[x * n:x * n + n]] for row in values[y0::dy]]
            lines += scan_lines(rows, depth) if rows and rows[0] else b""
    else:
        lines = scan_lines(values, depth)
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced)))
    out += chunk(b"PLTE", palette) if palette else b""
    out += chunk(b"tRNS", transparent) if transparent else b""
    return out + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def pictures(write):
    grey = [[0, 51, 102], [153, 204, 255]]
    colour = [[255, 0, 51, 0, 102, 0], [0, 204, 153, 51, 51, 51]]
    write("grey.png", png(3, 2, 8, GREY, grey))
    write("interlaced.png", png(9, 9, 8, GREY, [[x + 9 * y for x in range(9)] for y in range(9)], interlaced=True))
    write("bits.png", png(3, 2, 1, GREY, [[0, 1, 0], [1, 1, 0]]))
    write("deep.png", png(2, 1, 16, GREY, [[65535, 13107]]))
    write("alpha.png", png(3, 1, 8, GREY_ALPHA, [[0, 9, 51, 0, 255, 99]]))
    write("colour.png", png(2, 2, 8, RGB, colour))
    write("colour-alpha.png", png(2, 2, 8, RGBA, [[255, 0, 51, 1, 0, 102, 0, 2], [0, 204, 153, 3, 51, 51, 51, 4]]))
    write("deep-colour.png", png(1, 1, 16, RGB, [[65535, 0, 13107]]))
    write("palette.png", png(2, 2, 2, PALETTE, [[0, 1], [2, 3]], bytes([255, 0, 51, 0, 102, 0, 0, 204, 153, 51, 51, 51]), b"\x10\xff"))
    write("CAPITALS.PNG", png(3, 2, 8, GREY, grey))
    write("text.pgm", b"P2 # grey\n# a comment\n3 2\n5\n0 1 2\n3 4 5")
    write("bytes.pgm", b"P5\n3 2\n255\n" + bytes(v for row in grey for v in row))
    write("deep.pgm", b"P5 2 1 65535\n" + struct.pack(">HH", 65535, 13107))
    write("text.ppm", b"P3\n2 2 5\n5 0 1 0 2 0\n0 4 3 1 1 1\n")
    write("bytes.ppm", b"P6\n2 2\n255\n" + bytes(v for row in colour for v in row))


def tables(write):
    write("table.csv", b"V,w\r\n-65.5,1\r\n\r\n2e-3,+2\r\n")
    write("semicolons.csv", b"\xef\xbb\xbf\"a 1\";\"b 2\"\n1;2\n3;4\n")
    write("tabs.csv", b"1\t2\t3\n4\t5\t6")
    write("blanks.csv", b"# written by numpy.savetxt\n  1.5   2.5\n  3.5 4.5  \n")
    write("column.csv", b"\"7\"\n8\n9\n")
    write("line.csv", b"7, 8, 9\n")


def arrays(folder):
    at = lambda name: os.path.join(folder, name)
    np.save(at("one.npy"), np.arange(6.0).reshape(2, 3))
    np.savez(at("one.npz"), w=np.arange(6.0).reshape(2, 3))
    np.savez_compressed(at("several.npz"), w=np.asfortranarray(np.arange(6.0).reshape(2, 3)), n=np.array([3, 4]))


def samples(n):
    """Bytes and floats of [n, 3, 2], and labels."""
    x = (7 * np.arange(n * 6) % 256).astype(np.uint8).reshape(n, 3, 2)
    return x, (x / 255).astype(np.float32), np.arange(n) % 10


def sets(folder):
    at = lambda name: os.path.join(folder, name)
    x, reals, y = samples(4)
    tx, treals, ty = samples(2)
    np.savez(at("stored.npz"), x=x, y=y, x_test=tx, y_test=ty)
    np.savez_compressed(at("packed.npz"), x=x, y=y.astype(np.uint8), x_test=tx, y_test=ty)
    np.savez(at("keras.npz"), x_train=x, y_train=y.reshape(4, 1), x_test=tx, y_test=ty)
    np.savez(at("fortran.npz"), x=np.asfortranarray(x), y=y, x_test=tx, y_test=ty)
    np.savez(at("reals.npz"), x=reals, y=y)
    np.savez(at("doubles.npz"), x=x / 255, y=y)
    np.savez(at("bools.npz"), x=x > 100, y=y)
    for name, options in {"plain": {}, "chunks": {"chunks": (3, 2, 2)}, "gzip": {"chunks": (2, 3, 1), "compression": "gzip",
                                                                                "shuffle": True, "fletcher32": True}}.items():
        with h5py.File(at(name + ".h5"), "w") as f:
            f.create_dataset("x", data=x, **options)
            f["y"], f["x_test"], f["y_test"] = y, tx, ty.astype(">i2")
    with h5py.File(at("reals.hdf5"), "w", libver="latest") as f:
        f["x"], f["y"] = reals, y
    with h5py.File(at("halves.h5"), "w") as f:
        f["x"], f["y"] = np.array([[0.5, 1], [-2, 0.25]], np.float16), np.array([3, 4])
    with h5py.File(at("bools.h5"), "w") as f:
        f["x"], f["y"] = x > 100, y


def all_files(folder):
    os.makedirs(folder, exist_ok=True)

    def write(name, content):
        with open(os.path.join(folder, name), "wb") as f:
            f.write(content)

    pictures(write)
    tables(write)
    arrays(folder)
    sets(folder)


if __name__ == "__main__":
    all_files(sys.argv[1])
