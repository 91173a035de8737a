#!/usr/bin/env python3
"""Starts a program, waits until it catches SIGTERM and sends it; with --twice another signal with it, so that the program
can do nothing in between. Ends with the program's exit code."""
import argparse
import signal
import subprocess
import sys
import time


def catches(process, number):
    with open(f"/proc/{process.pid}/status") as f:
        caught = next(line.split()[1] for line in f if line.startswith("SigCgt:"))
    return int(caught, 16) >> (number - 1) & 1


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--twice", action="store_true")
    options.add_argument("command", nargs=argparse.REMAINDER)
    args = options.parse_args()
    process = subprocess.Popen(args.command)
    deadline = time.monotonic() + 50
    while not catches(process, signal.SIGTERM):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            sys.exit(f"{args.command} never caught SIGTERM")
        time.sleep(0.01)
    if args.twice:
        for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGCONT):
            process.send_signal(number)
    else:
        time.sleep(0.1)  # mostly it is in the middle of the run then
        process.send_signal(signal.SIGTERM)
    sys.exit(process.wait())


if __name__ == "__main__":
    main()
