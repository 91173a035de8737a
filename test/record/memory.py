#!/usr/bin/env python3
"""Runs a program for 1 s and for 20 s of simulated time and compares the most memory that each had."""
import os
import subprocess
import sys


def peak(command):
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command}: exit {os.waitstatus_to_exitcode(status)}")
    return usage.ru_maxrss


def main():
    command = sys.argv[1:]
    short, long = peak([*command, "--T", "1s"]), peak([*command, "--T", "20s"])
    size = os.path.getsize(sys.argv[-1]) // 1024
    if long > short + 4096:
        sys.exit(f"{short} KiB for 1 s, {long} KiB for 20 s (recording {size} KiB)")
    if size < 4 * 1024 * 30:
        sys.exit(f"the recording has {size} KiB only")
    print("the memory does not grow")


if __name__ == "__main__":
    main()
