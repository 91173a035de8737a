"""States of the linear systems at chosen steps against 60-digit values; relative to the largest state of the system."""
import sys

import h5py

with h5py.File(sys.argv[1]) as f:
    seen = 0
    for line in open(sys.argv[2]):
        if line.startswith("#"):
            continue
        where, step, text = line.split()
        got = f[f"states/{where}/data"][int(step) - 1, 0]
        assert abs(got - float(text)) <= 1e-12, (line, got)
        seen += 1
assert seen == 7 * 7, seen
