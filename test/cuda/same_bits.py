#!/usr/bin/env python3
"""Runs every program of the folders on the CPU and on the CUDA device at hand, in both precisions, and compares standard output and
every byte of the recording. A program that needs flags or data is left to its own test."""
import argparse
import os
import re
import subprocess
import sys
import tempfile


def results(snnc, model, device, precision, folder):
    path = os.path.join(folder, device + ".h5")
    done = subprocess.run([snnc, "run", model, "--", "--device", device, "--precision", precision, "--output", path],
                          capture_output=True, text=True, cwd=folder)
    recording = b""
    if os.path.exists(path):
        with open(path, "rb") as file:
            recording = file.read()
        os.remove(path)
    return done.returncode, done.stdout, done.stderr, recording


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--snnc", required=True)
    options.add_argument("folders", nargs="+")
    args = options.parse_args()
    compared = failed = 0
    for folder in args.folders:
        for name in sorted(os.listdir(folder)):
            model = os.path.join(folder, name)
            if not name.endswith(".snn"):
                continue
            with open(model) as file:
                if not re.search(r"RUN: %every-way %s( |$)", file.read(), re.M):
                    continue
            for precision in ("float", "double"):
                with tempfile.TemporaryDirectory() as place:
                    cpu = results(args.snnc, model, "cpu", precision, place)
                    cuda = results(args.snnc, model, "cuda", precision, place)
                compared += 1
                if cpu != cuda:
                    failed += 1
                    print(f"{model} ({precision}): exit {cpu[0]} and {cuda[0]}\n{cuda[1]}{cuda[2]}")
    print(f"{compared} compared, {failed} differ")
    return failed != 0 or compared == 0


if __name__ == "__main__":
    sys.exit(main())
