#!/usr/bin/env python3
"""Ends a program at its first, second, … write into the recording, by strace, so that nothing depends on chance.

kill: SIGKILL while checkpoints are written without a pause; each that is found is resumed and must leave the bytes of the
recording of an undisturbed run. What is left can be read by itself, unless a journal is at its end. full: from that write on the disk is full; the program must say so, and the recording must
hold what came before."""
import argparse
import os
import signal
import subprocess
import sys
import tempfile

import h5py


JOURNAL = b"SNN\rJRNL"


def run(command, what=None):
    traced = ["strace", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64,ftruncate", "-e", f"inject={what}"] if what else []
    return subprocess.run([*traced, *command], stdin=subprocess.DEVNULL, capture_output=True, text=True)


def content(path):
    found = {}
    with h5py.File(path, "r") as f:
        f.visititems(lambda name, thing: found.update({name: thing[...].tolist()}) if isinstance(thing, h5py.Dataset) else None)
    return found


def check_beginning(output, values, when):
    for name, found in content(output).items():
        if found != values[name][:len(found)]:
            sys.exit(f"{when}: {name} is wrong")


def kill(command, output, checkpoint, expected, values, number):
    """Whether there was such a write, and whether there was something to resume."""
    done = run([*command, "--checkpoint", checkpoint, "--checkpoint-every", "0.1ms"],
               f"pwrite64,ftruncate:signal=KILL:when={number}")
    if done.returncode == 0:
        return False, False
    if done.returncode not in (-signal.SIGKILL, 128 + signal.SIGKILL):
        sys.exit(f"write {number}: exit {done.returncode}\n{done.stderr}")
    if not os.path.exists(checkpoint):
        return True, False
    with open(output, "rb") as f:
        journal = f.read().endswith(JOURNAL)
    if not journal:
        check_beginning(output, values, f"killed at write {number}")
    done = run([*command, "--resume", checkpoint])
    if done.returncode:
        sys.exit(f"killed at write {number}, then resumed: exit {done.returncode}\n{done.stderr}")
    with open(output, "rb") as f:
        if f.read() != expected:
            sys.exit(f"killed at write {number}, then resumed: the recording differs")
    return True, True


def full(command, output, values, number):
    """Whether there was such a write, and whether something was recorded before."""
    done = run(command, f"pwrite64:error=ENOSPC:when={number}+")
    if done.returncode == 0:
        return False, False
    if done.returncode != 6 or "failed: No space left on device; what was recorded before can be read" not in done.stderr:
        sys.exit(f"full at write {number}: exit {done.returncode}\n{done.stderr}")
    if os.path.getsize(output) == 0:
        return True, False
    check_beginning(output, values, f"full at write {number}")
    return True, True


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--most", type=int, default=400, help="writes")
    options.add_argument("how", choices=["kill", "full"])
    options.add_argument("binary")
    args = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        output, checkpoint = os.path.join(folder, "out.h5"), os.path.join(folder, "state.ckpt")
        command = [args.binary, "--output", output, "--quiet"]
        done = run(command)
        if done.returncode:
            sys.exit(done.stderr)
        with open(output, "rb") as f:
            whole = f.read()
        values = content(output)
        number, ends, good = 1, 0, 0
        while number <= args.most:
            for name in os.listdir(folder):
                os.remove(os.path.join(folder, name))
            there, worth = (kill(command, output, checkpoint, whole, values, number) if args.how == "kill"
                            else full(command, output, values, number))
            if not there:
                break
            ends, good = ends + 1, good + worth
            number += 1 if number < 60 else 7  # the later ones repeat themselves
    if good < 20:
        sys.exit(f"of {ends} ends only {good} left something")
    print("nothing is lost, whichever write is the last")


if __name__ == "__main__":
    main()
