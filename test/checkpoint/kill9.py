#!/usr/bin/env python3
"""Kills a program that writes checkpoints all the time, by SIGKILL at random moments, and resumes it from what it left,
until it ends. No checkpoint may ever be unreadable, and in the end the recording holds the same values as that of a run
that nobody disturbed."""
import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

import h5py
import numpy


def content(path):
    found = {}

    def take(name, thing):
        if isinstance(thing, h5py.Dataset):
            found[name] = thing[...]

    with h5py.File(path, "r") as f:
        f.visititems(take)
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--longest", type=float, default=0.06, help="seconds until a kill, at most")
    options.add_argument("binary")
    options.add_argument("args", nargs="*")
    args = options.parse_args()
    random_numbers = random.Random(4)
    kills = rounds = 0
    with tempfile.TemporaryDirectory() as folder:
        output, checkpoint = os.path.join(folder, "out.h5"), os.path.join(folder, "state.ckpt")
        subprocess.run([args.binary, *args.args, "--output", output], check=True, stdout=subprocess.DEVNULL)
        expected = content(output)
        while kills < args.kills:
            rounds += 1
            for name in os.listdir(folder):
                os.remove(os.path.join(folder, name))
            while True:
                begun = os.path.exists(checkpoint)
                command = [args.binary, "--output", output, "--checkpoint", checkpoint, "--checkpoint-every", "0.1ms",
                           *(["--resume", checkpoint] if begun else args.args)]
                process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                if kills < args.kills:
                    time.sleep(random_numbers.uniform(0.005, args.longest))
                    process.send_signal(signal.SIGKILL)
                errors = process.communicate()[1].decode(errors="replace")
                if process.returncode == 0:
                    break
                if process.returncode != -signal.SIGKILL:
                    sys.exit(f"after {kills} kills: exit {process.returncode}\n{errors}")
                kills += 1
                rest = [n for n in os.listdir(folder) if n not in ("out.h5", "state.ckpt")]
                for name in rest:  # of the file that was being written; nothing looks at it again
                    if not name.endswith(".tmp"):
                        sys.exit(f"'{name}' was left")
            now = content(output)
            if now.keys() != expected.keys():
                sys.exit(f"the recording holds {sorted(now)}, not {sorted(expected)}")
            for name, values in expected.items():
                if not numpy.array_equal(now[name], values, equal_nan=True):
                    sys.exit(f"after {kills} kills {name} differs")
            left = [n for n in os.listdir(folder) if n not in ("out.h5", "state.ckpt")]
            if len(left) > kills:
                sys.exit(f"files were left: {left}")
    print("each of the checkpoints could be read, and the recording is that of an undisturbed run")


if __name__ == "__main__":
    main()
