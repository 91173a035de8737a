#!/usr/bin/env python3
"""Runs each line of standard input that begins with '# $ ' by the shell and prints its exit code and its output, one line
a command (further lines are joined by ' / '). A command that dies of a signal or takes too long is an error."""
import argparse
import signal
import subprocess
import sys


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--in", dest="folder", default=".")
    args = options.parse_args()
    for line in sys.stdin:
        if not line.startswith("# $ "):
            continue
        command = line[4:].strip()
        done = subprocess.run(["bash", "-c", command], cwd=args.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=60,
                              # where the tests run in the background the shell has switched this signal off
                              preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        print(f"exit {done.returncode}: {' / '.join(done.stdout.strip().split(chr(10)))}")
        if done.returncode < 0:
            sys.exit(f"{command}: killed by signal {-done.returncode}")


if __name__ == "__main__":
    main()
