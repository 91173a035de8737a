#!/usr/bin/env python3
"""Damages a checkpoint in many ways; the program must refuse every one with exit code 7 and one line that names the file."""
import argparse
import os
import random
import subprocess
import sys
import tempfile


def variants(good, everything):
    numbers = random.Random(11)
    head = 32 + int.from_bytes(good[12:16], "little")  # the preamble and the table
    step = 1 if everything else max(1, (head - 32) // 60)
    for k in [*range(32), *range(32, head, step)]:
        yield f"byte {k} flipped", good[:k] + bytes([good[k] ^ 1 << numbers.randrange(8)]) + good[k + 1:]
        if everything or k < 8:
            yield f"byte {k} inverted", good[:k] + bytes([good[k] ^ 255]) + good[k + 1:]
    for _ in range(1000 if everything else 60):
        bit = numbers.randrange(8 * head, 8 * len(good))
        at = bit // 8
        yield f"bit {bit} flipped", good[:at] + bytes([good[at] ^ 1 << bit % 8]) + good[at + 1:]
    for length in [*range(0, 33, 1 if everything else 4), *(numbers.randrange(len(good)) for _ in range(300 if everything else 30)),
                   len(good) - 1]:
        yield f"cut to {length} bytes", good[:length]
    yield "with junk behind", good + b"junk"
    yield "twice", good + good
    yield "zeros", bytes(len(good))
    yield "a recording", b"\x89HDF\r\n\x1a\n" + bytes(1000)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--all", action="store_true")
    options.add_argument("binary")
    options.add_argument("checkpoint")
    args = options.parse_args()
    with open(args.checkpoint, "rb") as f:
        good = f.read()
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "damaged.ckpt")
        for what, content in variants(good, args.all):
            with open(path, "wb") as f:
                f.write(content)
            done = subprocess.run([args.binary, "--resume", path, "--output", os.path.join(folder, "out.h5")],
                                  capture_output=True, text=True, errors="replace", timeout=20)
            lines = done.stderr.strip().split("\n")
            if done.returncode != 7 or len(lines) != 1 or path not in lines[0] or not lines[0].startswith("error: "):
                sys.exit(f"{what}: exit {done.returncode}\n{done.stderr}")
            if os.path.exists(os.path.join(folder, "out.h5")):
                sys.exit(f"{what}: a recording was made")
            count += 1
    print("every damaged checkpoint was refused" if count > 150 else f"only {count} variants")


if __name__ == "__main__":
    main()
