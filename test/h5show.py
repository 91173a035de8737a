#!/usr/bin/env python3
"""Prints a recording as text for FileCheck: every group, data set, attribute; with --data also the first values."""
import sys

import h5py


def attributes(thing, indent):
    for key in sorted(thing.attrs):
        value = thing.attrs[key]
        text = str(value.decode() if isinstance(value, bytes) else value)
        lines = text.rstrip("\n").split("\n")  # of a text of many lines, such as the model's source, the first
        print(f"{indent}@{key} = {lines[0]}{f' ({len(lines)} lines)' if len(lines) > 1 else ''}")


def main():
    path = sys.argv[1]
    data = "--data" in sys.argv
    with h5py.File(path, "r") as f:
        attributes(f, "")

        def show(name, thing):
            if isinstance(thing, h5py.Dataset):
                print(f"{name} {thing.dtype} {list(thing.shape)}")
                if data:
                    print(f"  {thing[...].ravel()[:12].tolist()}")
            else:
                print(f"{name}/")
            attributes(thing, "  ")

        f.visititems(show)


if __name__ == "__main__":
    main()
