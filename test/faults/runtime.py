#!/usr/bin/env python3
"""Each experiment of a model is to fail in its own way: runs them all by their names, each into a recording of its own, and
prints exit code, message and how many samples of `cells.V` can be read from the recording."""
import os
import subprocess
import sys

import h5py


def samples(path):
    if not os.path.exists(path):
        return "no recording"
    with h5py.File(path, "r") as f:
        return f"{len(f['/states/cells/V/data'])} samples"


def main():
    folder, binary, names = sys.argv[1], sys.argv[2], sys.argv[3:]
    for name in names:
        output = os.path.join(folder, name + ".h5")
        done = subprocess.run([binary, name, "--output", output], capture_output=True, text=True, errors="replace",
                              timeout=30)
        text = (done.stdout + done.stderr).strip().replace("\n", " / ")
        print(f"{name}: exit {done.returncode}, {samples(output)}: {text}")


if __name__ == "__main__":
    main()
