#!/usr/bin/env python3
"""Whether two recordings hold the same data sets with the same bytes; what they say about their models may differ."""
import sys

import h5py


def contents(path):
    found = {}
    with h5py.File(path, "r") as f:
        f.visititems(lambda name, thing: found.__setitem__(name, thing[...].tobytes()) if isinstance(thing, h5py.Dataset) else None)
    return found


one, other = map(contents, sys.argv[1:3])
different = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
print(f"{len(one)} data sets", *(f"{name} differs" for name in different), sep="\n")
sys.exit(1 if different or not one else 0)
