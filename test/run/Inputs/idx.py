#!/usr/bin/env python3
"""Writes an IDX data set of `n` training samples of one pixel into a folder: sample k has the label k."""
import os
import sys

folder, n = sys.argv[1], int(sys.argv[2])


def idx(axes, values):
    return bytes([0, 0, 8, len(axes)]) + b"".join(a.to_bytes(4, "big") for a in axes) + bytes(values)


os.makedirs(folder, exist_ok=True)
for part in ("train", "t10k"):
    for name, axes in (("images-idx3", [n, 1, 1]), ("labels-idx1", [n])):
        with open(os.path.join(folder, f"{part}-{name}-ubyte"), "wb") as f:
            f.write(idx(axes, range(n)))
