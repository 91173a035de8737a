#!/usr/bin/env python3
"""Runs a program once from end to end, and several times interrupted by SIGTERM at random moments and resumed, again and
again until its end; compares standard output, every byte of the recording and of the report. The moments adapt themselves
to how fast the program is here, and the rounds go on until there were enough interruptions."""
import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

FILES = ("out.h5", "out.html")
MOST_STOPS = 12  # of one round


def output(folder):
    found = {}
    for name in FILES:
        path = os.path.join(folder, name)
        if os.path.exists(path):
            with open(path, "rb") as f:
                found[name] = f.read()
    return found


def start(binary, folder, args):
    return subprocess.Popen([binary, "--output", os.path.join(folder, "out.h5"), "--quiet", *args], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process):
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err.decode(errors="replace")


def whole(binary, folder, args):
    begin = time.monotonic()
    code, out, err = finish(start(binary, folder, args))
    if code:
        sys.exit(f"the uninterrupted run: exit {code}\n{err}")
    return out, output(folder), time.monotonic() - begin


class Pace:
    """How long to wait before an interruption: shorter once the program was through by then, longer once it was too early."""

    def __init__(self, whole, seed):
        self.whole = self.longest = whole
        self.random = random.Random(seed)

    def wait(self):
        time.sleep(self.random.uniform(0, self.longest))

    def too_late(self):
        self.longest *= 0.7

    def too_early(self):
        self.longest = min(self.longest * 1.2, self.whole)


def interrupted(binary, folder, args, pace):
    """Interrupts and resumes until the program ends by itself. Returns its output, and how often it was interrupted."""
    checkpoint = os.path.join(folder, "state.ckpt")
    text, stops = b"", 0
    while True:
        resume = ["--resume", checkpoint] if os.path.exists(checkpoint) else args
        process = start(binary, folder, [*resume, "--checkpoint", checkpoint])
        if stops < MOST_STOPS:
            pace.wait()
            process.send_signal(signal.SIGTERM)
        code, out, err = finish(process)
        if code == -signal.SIGTERM:  # it came before the program could catch it
            pace.too_early()
            continue
        text += out
        if code == 0:
            if stops < MOST_STOPS:
                pace.too_late()
            return text, stops
        if code != 128 + signal.SIGTERM:
            sys.exit(f"after {stops} interruptions: exit {code}\n{err}")
        stops += 1


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("binary")
    options.add_argument("args", nargs="*")
    args = options.parse_args()
    total = rounds = 0
    with tempfile.TemporaryDirectory() as folder:
        out, files, seconds = whole(args.binary, folder, args.args)
    pace = Pace(seconds, args.seed)
    while rounds < args.rounds or total < 2 * args.rounds:
        if rounds == 20 * args.rounds:
            sys.exit(f"only {total} interruptions in {rounds} rounds: the program is too short for this test")
        rounds += 1
        with tempfile.TemporaryDirectory() as folder:
            text, stops = interrupted(args.binary, folder, args.args, pace)
            total += stops
            if text != out:
                sys.exit(f"round {rounds}: after {stops} interruptions the standard output differs:\n{text.decode()}\n---\n{out.decode()}")
            now = output(folder)
            if now.keys() != files.keys():
                sys.exit(f"round {rounds}: files {sorted(now)} instead of {sorted(files)}")
            for name in files:
                if now[name] != files[name]:
                    place = next((n for n, (a, b) in enumerate(zip(now[name], files[name])) if a != b), "the end")
                    sys.exit(f"round {rounds}: after {stops} interruptions {name} differs from byte {place} on "
                             f"({len(now[name])} and {len(files[name])} bytes)")
    print(f"the same output and the same bytes of {', '.join(files)}")


if __name__ == "__main__":
    main()
