"""V after 1, 2, 5, ... 4000 steps from the arrival against 60-digit values: within 4 ULP after one step, 1e-12 later."""
import sys

import h5py
import numpy as np

with h5py.File(sys.argv[1]) as f:
    data = {name: f[f"values/of_{name}/data"][...].ravel() for name in ("exponential", "alpha")}
seen = {name: 0 for name in data}
failed = 0
for line in open(sys.argv[2]):
    if line.startswith("#"):
        continue
    name, cell, step, text = line.split()
    expected, got = float(text), data[name][seen[name]]
    seen[name] += 1
    error = abs(got - expected)
    limit = 4 * np.spacing(expected) if step == "1" else 1e-12 * abs(expected)
    if not error <= limit:
        print(line.strip(), got, f"{error / np.spacing(expected):.1f} ULP")
        failed += 1
assert not failed and all(n == 16 * 8 for n in seen.values()), seen
