#!/usr/bin/env python3
"""Runs a program once from end to end, and several times interrupted by SIGTERM at random moments and resumed, again and
again until its end; compares standard output, every byte of the recording and of the report."""
import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

FILES = ("out.h5", "out.html")


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


def interrupted(binary, folder, args, how_long, random_numbers):
    """Interrupts and resumes until the program ends by itself. Returns its output, and how often it was interrupted."""
    checkpoint = os.path.join(folder, "state.ckpt")
    text, stops = b"", 0
    while True:
        resume = ["--resume", checkpoint] if os.path.exists(checkpoint) else args
        process = start(binary, folder, [*resume, "--checkpoint", checkpoint])
        time.sleep(random_numbers.uniform(0, how_long) if stops < 12 else 0)
        if stops < 12:
            process.send_signal(signal.SIGTERM)
        code, out, err = finish(process)
        if code == -signal.SIGTERM:  # it came before the program could catch it
            continue
        text += out
        if code == 0:
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
    random_numbers = random.Random(args.seed)
    total = 0
    with tempfile.TemporaryDirectory() as folder:
        out, files, seconds = whole(args.binary, folder, args.args)
    for k in range(args.rounds):
        with tempfile.TemporaryDirectory() as folder:
            text, stops = interrupted(args.binary, folder, args.args, seconds, random_numbers)
            total += stops
            if text != out:
                sys.exit(f"round {k}: after {stops} interruptions the standard output differs:\n{text.decode()}\n---\n{out.decode()}")
            now = output(folder)
            if now.keys() != files.keys():
                sys.exit(f"round {k}: files {sorted(now)} instead of {sorted(files)}")
            for name in files:
                if now[name] != files[name]:
                    place = next((n for n, (a, b) in enumerate(zip(now[name], files[name])) if a != b), "the end")
                    sys.exit(f"round {k}: after {stops} interruptions {name} differs from byte {place} on "
                             f"({len(now[name])} and {len(files[name])} bytes)")
    if total < args.rounds:
        sys.exit(f"only {total} interruptions in {args.rounds} rounds: the program is too short for this test")
    print(f"the same output and the same bytes of {', '.join(files)}")


if __name__ == "__main__":
    main()
