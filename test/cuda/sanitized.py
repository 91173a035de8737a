#!/usr/bin/env python3
"""Runs programs on the CUDA device at hand under compute-sanitizer, whose findings are errors: memcheck and racecheck, in both
precisions. Prints how many runs were clean."""
import argparse
import os
import subprocess
import sys
import tempfile

FOUND = 99


def finding(sanitizer, snnc, model, tool, precision):
    """What the sanitizer or the program says, or nothing."""
    with tempfile.TemporaryDirectory() as place:
        done = subprocess.run([sanitizer, "--tool", tool, "--error-exitcode", str(FOUND), snnc, "run", os.path.abspath(model), "--", "--device", "cuda",
                               "--precision", precision, "--output", os.path.join(place, "out.h5")], capture_output=True, text=True, cwd=place)
    return f"{model} ({tool}, {precision}): exit {done.returncode}\n{done.stdout}{done.stderr}" if done.returncode else ""


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--snnc", required=True)
    options.add_argument("--sanitizer", default="compute-sanitizer", help="the program [%(default)s]")
    options.add_argument("models", nargs="+")
    args = options.parse_args()
    cases = [(model, tool, precision) for model in args.models for tool in ("memcheck", "racecheck") for precision in ("float", "double")]
    found = [text for text in (finding(args.sanitizer, args.snnc, *case) for case in cases) if text]
    print("".join(found) + f"{len(cases)} runs, {len(found)} not clean")
    return len(found) != 0


if __name__ == "__main__":
    sys.exit(main())
