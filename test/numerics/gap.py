"""Gap junctions by brute force: currents of all edges are added to both ends, then Euler's method."""
import sys

import h5py
import numpy as np

with h5py.File(sys.argv[1]) as f:
    value = lambda name: f[f"values/{name}/data"][...][0]
    V, drive, w = value("start"), value("drive"), value("w")
    pre, post = value("pre").astype(int), value("post").astype(int)
    seen = f["states/cells/V/data"][...]
assert len(w) > 200 and np.all(pre < post) and len(seen) == 500
spikes = 0
for step, expected in enumerate(seen):
    current = np.zeros_like(V)
    np.add.at(current, post, w * (V[pre] - V[post]))
    np.add.at(current, pre, w * (V[post] - V[pre]))
    V = V + 0.1 * (10 * (-65 - V) + drive + current) / 100
    spikes += np.count_nonzero(V > -50)
    V[V > -50] = -65
    assert np.max(np.abs(V - expected)) < 1e-9, (step, np.max(np.abs(V - expected)))
assert spikes > 20, spikes
