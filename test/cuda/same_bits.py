#!/usr/bin/env python3
"""Runs every program of the folders on the CPU and on the CUDA device at hand, in both precisions, and compares standard output and
every byte of the recording. A program that needs flags or data is left to its own test, unless --flags gives what all need."""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile


def results(command, device, precision, folder):
    path = os.path.join(folder, device + ".h5")
    done = subprocess.run([*command, "--device", device, "--precision", precision, "--output", path],
                          capture_output=True, text=True, cwd=folder)
    recording = b""
    if os.path.exists(path):
        with open(path, "rb") as file:
            recording = file.read()
        os.remove(path)
    return done.returncode, done.stdout, done.stderr, recording


def difference(snnc, model, flags, precision):
    """What differs, or nothing."""
    command = [snnc, "run", model, "--", *flags]
    with tempfile.TemporaryDirectory() as place:
        cpu = results(command, "cpu", precision, place)
        cuda = results(command, "cuda", precision, place)
    if cpu == cuda and cpu[0] == 0:
        return ""
    recordings = "" if cpu[3] == cuda[3] else ", the recordings differ"
    return f"{model} ({precision}): exit {cpu[0]} and {cuda[0]}{recordings}\n--- cpu\n{cpu[1]}{cpu[2]}--- cuda\n{cuda[1]}{cuda[2]}"


def comparable(model):
    with open(model) as file:
        return re.search(r"RUN: %every-way %s( [|>&]|$)", file.read(), re.M)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--snnc", required=True)
    options.add_argument("--jobs", type=int, default=1, help="programs at a time [%(default)s]")
    options.add_argument("--flags", default="", help="experiment and flags of all programs, in one text")
    options.add_argument("folders", nargs="+")
    args = options.parse_args()
    models = [os.path.join(os.path.abspath(folder), name) for folder in args.folders for name in sorted(os.listdir(folder)) if name.endswith(".snn")]
    flags = args.flags.split()
    cases = [(args.snnc, model, flags, precision) for model in models if flags or comparable(model) for precision in ("float", "double")]
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        found = [text for text in pool.map(lambda case: difference(*case), cases) if text]
    print("".join(found) + f"{len(cases)} compared, {len(found)} differ")
    return len(found) != 0 or not cases


if __name__ == "__main__":
    sys.exit(main())
