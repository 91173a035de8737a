#!/usr/bin/env python3
"""Writes small data sets (IDX, gzipped IDX, CIFAR) into a folder."""
import gzip
import os
import sys


def idx(axes, values, element=8):
    return bytes([0, 0, element, len(axes)]) + b"".join(n.to_bytes(4, "big") for n in axes) + bytes(values)


def images(n, height=3, width=2):
    return idx([n, height, width], [(7 * k) % 256 for k in range(n * height * width)])


def labels(n):
    return idx([n], [k % 10 for k in range(n)])


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content)


def idx_set(folder, suffix="", pack=bytes):
    for part, n in (("train", 4), ("t10k", 2)):
        write(os.path.join(folder, f"{part}-images-idx3-ubyte{suffix}"), pack(images(n)))
        write(os.path.join(folder, f"{part}-labels-idx1-ubyte{suffix}"), pack(labels(n)))


def cifar_set(folder, label_bytes=1):
    def batch(first, n):
        return b"".join(bytes([0] * (label_bytes - 1) + [first + k]) + bytes((k + p) % 256 for p in range(3072))
                        for k in range(n))

    if label_bytes == 1:
        for k in range(1, 6):
            write(os.path.join(folder, f"data_batch_{k}.bin"), batch(k, 2))
        write(os.path.join(folder, "test_batch.bin"), batch(7, 2))
    else:
        write(os.path.join(folder, "train.bin"), batch(40, 3))
        write(os.path.join(folder, "test.bin"), batch(97, 1))


if __name__ == "__main__":
    root = sys.argv[1]
    idx_set(os.path.join(root, "set"))
    idx_set(os.path.join(root, "packed"), ".gz", lambda b: gzip.compress(b, mtime=0))
    cifar_set(os.path.join(root, "cifar10"))
    cifar_set(os.path.join(root, "cifar100"), 2)
