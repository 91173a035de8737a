#!/usr/bin/env python3
"""Runs experiments of a program by their names and prints exit code and messages, one line each."""
import subprocess
import sys


def main():
    binary, names = sys.argv[1], sys.argv[2:]
    for name in names:
        done = subprocess.run([binary, *name.split()], capture_output=True, text=True, errors="replace", timeout=30)
        print(f"{name}: exit {done.returncode}")
        for line in (done.stdout + done.stderr).splitlines():
            print(f"  {line}")


if __name__ == "__main__":
    main()
