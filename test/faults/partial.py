#!/usr/bin/env python3
"""Runs the program of Inputs/recording.snn, which is to fail or to be stopped, and checks that the recording holds what it
had got by then."""
import argparse
import resource
import signal
import subprocess
import sys
import time

import h5py
import numpy


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--limit", type=int, help="of the size of files")
    options.add_argument("--signal", type=int, help="sent once the recording grows")
    options.add_argument("--args", default="")
    options.add_argument("binary")
    options.add_argument("output")
    args = options.parse_args()

    def limit():
        if args.limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (args.limit, args.limit))

    process = subprocess.Popen([args.binary, "--output", args.output, *args.args.split()], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, preexec_fn=limit)
    if args.signal:
        time.sleep(0.3)
        process.send_signal(args.signal)
    out = process.communicate(timeout=60)[0]
    print(f"exit {process.returncode}: {out.strip()}")
    with h5py.File(args.output, "r") as f:
        data, times = f["/states/cells/V/data"][...], f["/states/cells/V/time"][...]
    expected = numpy.arange(2, 2 + len(data), dtype=data.dtype)[:, None]
    if len(data) != len(times) or not (data == expected).all() or not (times == numpy.arange(1, 1 + len(times))).all():
        sys.exit(f"{len(data)} samples at {len(times)} times are not as they should be")
    print(f"{len(data)} samples, all as they should be")


if __name__ == "__main__":
    main()
