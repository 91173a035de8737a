#!/usr/bin/env python3
"""Runs a model in pieces, each in another way: JIT, finished binary, interpreter, JIT without optimisation, one after the
other, each interrupted by SIGTERM and resumed by the next. Leaves hop.h5 and hop, the standard output."""
import os
import signal
import subprocess
import sys
import time


def main():
    model, binary = sys.argv[1:]
    ways = [["snnc", "run", model, "--"], [binary], ["snnc", "run", "--interp", model, "--"], ["snnc", "run", "-O0", model, "--"]]
    text, turn = b"", 0
    while True:
        command = ways[turn % len(ways)] + ["--output", "hop.h5", "--checkpoint", "hop.ckpt", "--quiet"]
        if os.path.exists("hop.ckpt"):
            command += ["--resume", "hop.ckpt"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        if turn < 8:
            text += process.stdout.readline() + process.stdout.readline()  # two lines, then it is stopped
            process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=120)
        text += out
        if process.returncode == 0:
            break
        if process.returncode != 143:
            sys.exit(f"{command}: exit {process.returncode}\n{err.decode()}")
        turn += 1
    with open("hop", "wb") as f:
        f.write(text)
    if turn < 4:
        sys.exit(f"only {turn} interruptions")


if __name__ == "__main__":
    main()
