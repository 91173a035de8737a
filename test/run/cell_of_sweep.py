#!/usr/bin/env python3
"""Checks that a cell of a sweep's recording holds what the recording of a single run holds: cell_of_sweep.py SWEEP.h5 I,J SINGLE.h5.
Prints how many numbers were compared; exits 1 with the first difference."""
import sys

import h5py
import numpy as np


def part(data, place, single):
    """The cell's part of a data set, and whether the rest of it is filling."""
    own = data[place]
    inner = own[tuple(slice(0, n) for n in single.shape)]
    rest = own.copy()
    rest[tuple(slice(0, n) for n in single.shape)] = 0
    if rest.dtype.kind == "f":
        rest = np.where(np.isnan(rest), 0, rest)
    return inner, not np.any(rest[rest != np.iinfo(np.uint64).max] if rest.dtype.kind == "u" else rest)


def main():
    path, place, single = sys.argv[1:]
    place = tuple(int(k) for k in place.split(","))
    compared = 0
    with h5py.File(path) as sweep, h5py.File(single) as one:
        axes = sorted(sweep["sweep"], key=lambda name: sweep["sweep"][name].attrs["axis"])
        extents = [len(sweep["sweep"][name]) for name in axes]
        number = int(np.ravel_multi_index(place, extents))
        paths = []
        one.visititems(lambda name, thing: paths.append(name) if isinstance(thing, h5py.Dataset) else None)
        for name in paths:
            want, have = one[name][...], sweep[name]
            if name.startswith("spikes/"):
                mine = sweep[name.rsplit("/", 1)[0] + "/sweep"][:] == number
                got, filled = have[:][mine], True
            elif name.endswith("node_ids") and have.ndim == 1:
                got, filled = have[:], True
            else:
                got, filled = part(have[...], place, want)
            same = got.shape == want.shape and got.dtype == want.dtype and got.tobytes() == want.tobytes()
            if not same or not filled or dict(one[name].attrs) != dict(have.attrs):
                print(f"{name}: {got.tolist()[:5]} in the sweep, {want.tolist()[:5]} alone, filling {'good' if filled else 'bad'}")
                return 1
            compared += want.size
    print(f"{compared} numbers agree")
    return 0


if __name__ == "__main__":
    sys.exit(main())
