#!/usr/bin/env python3
"""Runs an example as its README says: compiles it to an executable, runs that with the flags given, and prints what it
printed; then checks that the recording opens and holds something, and with --page KIND… that the report shows these figures
in a real browser."""
import argparse
import glob
import os
import shutil
import subprocess
import sys

import h5py


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--snnc", required=True)
    options.add_argument("--page", nargs="*", default=[])
    options.add_argument("model")
    options.add_argument("work", help="folder for what the example writes")
    options.add_argument("flags", nargs="*")
    args = options.parse_args()
    shutil.rmtree(args.work, ignore_errors=True) # what an earlier run has left would hide a missing file
    os.makedirs(args.work)
    binary = os.path.join(args.work, "example")
    subprocess.run([args.snnc, args.model, "-o", binary], check=True)
    subprocess.run([binary, *args.flags], cwd=args.work, check=True)
    [recording] = glob.glob(os.path.join(args.work, "*.h5"))
    with h5py.File(recording, "r") as f:
        found = []
        f.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) and item.size else None)
        print(f"recorded: {' '.join(sorted(found))}")
    if args.page:
        check = os.path.join(os.path.dirname(__file__), "../report/check_page.py")
        subprocess.run([sys.executable, check, recording[:-3] + ".html", *args.page], check=True)


if __name__ == "__main__":
    main()
