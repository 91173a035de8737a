#!/usr/bin/env python3
"""Generates programs and runs each every way; keeps and names those on which the ways differ."""
import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from gen import Generator

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("--snnc", required=True)
options.add_argument("--keep", required=True, help="folder for the programs that fail")
options.add_argument("--first", type=int, default=1)
options.add_argument("--count", type=int, default=12)
options.add_argument("--cuda-every", type=int, default=1, help="one of so many programs goes to the stand-in for a device, which compiles its text")
args = options.parse_args()
os.makedirs(args.keep, exist_ok=True)
failed = 0
for seed in range(args.first, args.first + args.count):
    path = os.path.join(args.keep, f"generated-{seed}.snn")
    with open(path, "w") as f:
        f.write(Generator(seed).program())
    ways = [] if seed % args.cuda_every == 0 else ["--no-cuda"]
    done = subprocess.run([sys.executable, os.path.join(HERE, "../every_way.py"), "--snnc", args.snnc, *ways, path],
                          capture_output=True, text=True)
    if done.returncode:
        failed += 1
        print(f"{path}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    else:
        os.remove(path)
print(f"{args.count} programs, {failed} failed")
sys.exit(1 if failed else 0)
