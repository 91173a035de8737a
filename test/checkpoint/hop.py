#!/usr/bin/env python3
"""Runs a model in pieces, each in another way: JIT, finished binary, interpreter, JIT without optimisation, one after the
other, each interrupted by SIGTERM and resumed by the next. Leaves hop.h5 and hop, the standard output."""
import os
import signal
import subprocess
import sys


def hop(ways, lines):
    """One run in pieces, each stopped after so many lines. Returns its output and how often it was stopped."""
    if os.path.exists("hop.ckpt"):
        os.remove("hop.ckpt")
    text, turn = b"", 0
    while True:
        command = ways[turn % len(ways)] + ["--output", "hop.h5", "--checkpoint", "hop.ckpt", "--quiet"]
        if os.path.exists("hop.ckpt"):
            command += ["--resume", "hop.ckpt"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        if turn < 8:
            for _ in range(lines):
                text += process.stdout.readline()
            process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=120)
        text += out
        if process.returncode == 0:
            return text, turn
        if process.returncode != 143:
            sys.exit(f"{command}: exit {process.returncode}\n{err.decode()}")
        turn += 1


def main():
    model, binary = sys.argv[1:]
    ways = [["snnc", "run", model, "--"], [binary], ["snnc", "run", "--interp", model, "--"], ["snnc", "run", "-O0", model, "--"]]
    for attempt in range(30):  # where this script is slow a program may be through before it is stopped
        text, turns = hop(ways, 2 if attempt < 3 else 1)
        if turns >= len(ways):
            break
    else:
        sys.exit(f"only {turns} interruptions, again and again")
    with open("hop", "wb") as f:
        f.write(text)


if __name__ == "__main__":
    main()
