#!/usr/bin/env python3
"""Damages data sets in every way that comes to mind. Each must end in exit code 7, with one message that names the file
(or the folder) and is no longer than a screen; never in a crash, a hang or much memory."""
import gzip
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile

import make_sets
from make_sets import idx, images, labels

TRAIN, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
random_numbers = random.Random(5)


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))


def attempt(binary, root, what, words=()):
    done = subprocess.run([binary], capture_output=True, text=True, errors="replace", timeout=20, preexec_fn=limit,
                          env={"SNN_DATA": root, "HOME": "/"}, cwd=root)
    good = done.returncode == 7 and done.stderr.startswith("error: ") and done.stderr.count("\n") < 12
    if not good or not all(w in done.stderr for w in words):
        sys.exit(f"{what}: exit {done.returncode}, expected 7 and {words}\n{done.stdout}{done.stderr}")
    if "-v" in sys.argv:
        print(f"{what}: {done.stderr.strip()}")


def files(images_content=None, labels_content=None):
    """Contents of the two training files; None leaves the good one."""
    return {TRAIN: images_content, LABELS: labels_content}


def idx_lies():
    good, tags = images(4), labels(4)
    yield from ((f"images cut to {n}", files(good[:n]), [TRAIN]) for n in [*range(len(good)), ] if n != len(good))
    yield from ((f"labels cut to {n}", files(None, tags[:n]), [LABELS]) for n in range(len(tags)))
    yield "images with a byte behind", files(good + b"x"), [TRAIN, "bytes"]
    yield "little-endian", files(good[3::-1] + good[4:]), ["little-endian"]
    yield "an image file of floats", files(idx([4, 3, 2], bytes(96), element=0x0D)), [TRAIN, "0x0d"]
    yield "no axes", files(bytes([0, 0, 8, 0])), ["0 axes"]
    yield "255 axes", files(bytes([0, 0, 8, 255]) + bytes(2000)), ["255 axes"]
    yield "empty images", files(idx([4, 0, 2], b"")), ["length 0"]
    yield "a product that overflows", files(idx([2**32 - 1] * 4, b"x")), ["overflow"]
    yield "four thousand million images", files(idx([2**32 - 1, 28, 28], b"x" * 100)), ["bytes", "100"]
    yield "one label too many", files(None, labels(5)), ["5 labels", "4 images"]
    yield "labels of two axes", files(None, idx([2, 2], b"abcd")), [LABELS, "2 axes"]
    yield "labels as images", files(tags), [TRAIN]
    yield "no IDX at all", files(b"\x89PNG\r\n\x1a\n" + bytes(100)), ["not an IDX file"]
    for k in range(16):
        flipped = bytearray(good)
        flipped[k] ^= 1 << random_numbers.randrange(8)
        yield f"bit of byte {k} flipped", files(bytes(flipped)), []


def packed_lies():
    good = gzip.compress(images(4) , mtime=0)
    for n in range(2, len(good)):
        yield f"gzip cut to {n}", good[:n], []
    yield "gzip with junk behind", good + b"junk", []
    yield "a checksum that is wrong", good[:-8] + bytes([good[-8] ^ 1]) + good[-7:], []
    yield "not packed though called .gz", images(4)[:-3], ["bytes"]
    yield "a bomb", gzip.compress(idx([4000000000 // 6, 3, 2], b"") + bytes(64 << 20)), []
    for _ in range(100):
        k = random_numbers.randrange(10, len(good))
        yield f"gzip byte {k}", good[:k] + bytes([good[k] ^ 1 << random_numbers.randrange(8)]) + good[k + 1:], []


def cifar_lies():
    record = bytes([3]) + bytes(3072)
    yield "a batch cut", record[:-1], ["3072 bytes", "3073"]
    yield "an empty batch", b"", ["0 bytes"]
    yield "label 10", bytes([10]) + bytes(3072), ["label 10", "10 classes"]
    yield "gzipped", gzip.compress(record), ["gzipped"]


def run_idx(binary):
    for what, contents, words in idx_lies():
        with tempfile.TemporaryDirectory() as root:
            make_sets.idx_set(os.path.join(root, "set"))
            for name, content in contents.items():
                if content is not None:
                    make_sets.write(os.path.join(root, "set", name), content)
            attempt(binary, root, what, words)
    for what, content, words in packed_lies():
        with tempfile.TemporaryDirectory() as root:
            make_sets.idx_set(os.path.join(root, "set"))
            os.remove(os.path.join(root, "set", TRAIN))
            make_sets.write(os.path.join(root, "set", TRAIN + ".gz"), content)
            attempt(binary, root, what, [TRAIN + ".gz", *words])


def run_cifar(binary):
    for what, content, words in cifar_lies():
        with tempfile.TemporaryDirectory() as root:
            make_sets.cifar_set(os.path.join(root, "set"))
            make_sets.write(os.path.join(root, "set", "data_batch_3.bin"), content)
            attempt(binary, root, what, ["data_batch_3.bin", *words])
    with tempfile.TemporaryDirectory() as root:
        make_sets.cifar_set(os.path.join(root, "set"))
        os.remove(os.path.join(root, "set", "data_batch_4.bin"))
        attempt(binary, root, "a batch that is missing", ["data_batch_4.bin", "No such file"])


def replace(path, make):
    os.remove(path)
    make(path)


def run_folders(binary):
    things = {
        "a folder in place of the images": lambda p: replace(p, os.mkdir),
        "a pipe in place of the images": lambda p: replace(p, os.mkfifo),
        "a device in place of the images": lambda p: replace(p, lambda q: os.symlink("/dev/zero", q)),
        "a link to nowhere": lambda p: replace(p, lambda q: os.symlink("/none", q)),
    }
    for what, do in things.items():
        with tempfile.TemporaryDirectory() as root:
            make_sets.idx_set(os.path.join(root, "set"))
            do(os.path.join(root, "set", TRAIN))
            attempt(binary, root, what, ["set"])
    with tempfile.TemporaryDirectory() as root:
        make_sets.idx_set(os.path.join(root, "set"))
        os.remove(os.path.join(root, "set", LABELS))
        attempt(binary, root, "no labels", ["training images", "no labels"])
    with tempfile.TemporaryDirectory() as root:
        attempt(binary, root, "no data set", ["'set' was not found", "SNN_DATA"])
        os.mkdir(os.path.join(root, "set"))
        attempt(binary, root, "an empty folder", ["set"])
        os.rmdir(os.path.join(root, "set"))
        make_sets.write(os.path.join(root, "set"), b"x")
        attempt(binary, root, "a file in place of the folder", ["is a file"])


def main():
    binary = shutil.copy(sys.argv[1], sys.argv[1] + ".copy")
    run_idx(binary)
    run_cifar(binary)
    run_folders(binary)
    print("every damaged data set was refused")


if __name__ == "__main__":
    main()
