"""Statistics of random connections; each fails below p = 1e-6."""
import sys

import h5py
import numpy as np

Z = 4.9


def variance_ok(counts, mean, variance):
    """The sum of squared deviations over the variance is nearly chi square with as many degrees of freedom."""
    k = len(counts)
    chi = np.sum((counts - mean)**2) / variance
    z = ((chi / k)**(1 / 3) - (1 - 2 / (9 * k))) / np.sqrt(2 / (9 * k))
    assert abs(z) < Z, (chi, k, z)


with h5py.File(sys.argv[1]) as f:
    edges = {}
    for name in ("sparse", "again", "uneven", "into", "out", "own", "repeated"):
        pre, post = (f[f"values/{name}_{side}/data"][...].ravel().astype(int) for side in ("pre", "post"))
        key = pre * 500 + post
        assert np.all(np.diff(key) >= 0), "ordered by source, then target"
        assert len(set(key)) == len(key) or name == "repeated", "distinct partners"
        m = np.zeros((500 if name == "own" else 300, 500), int)
        np.add.at(m, (pre, post), 1)
        edges[name] = m

for name in ("sparse", "again"):
    m = edges[name]
    assert abs(m.sum() - 15000) < Z * np.sqrt(150000 * 0.09)
    variance_ok(m.sum(0), 30, 300 * 0.09)
    variance_ok(m.sum(1), 50, 500 * 0.09)
    variance_ok(m.reshape(30, 10, 50, 10).sum((1, 3)).ravel(), 10, 9)  # blocks of 10 times 10
common = np.sum(edges["sparse"] * edges["again"])
assert abs(common - 1500) < Z * np.sqrt(150000 * 0.01 * 0.99), common
low, high = edges["uneven"][:150], edges["uneven"][150:]
assert abs(low.sum() - 75000 * 0.02) < Z * np.sqrt(75000 * 0.02 * 0.98)
assert abs(high.sum() - 75000 * 0.3) < Z * np.sqrt(75000 * 0.21)

assert np.all(edges["into"].sum(0) == 30) and edges["into"].max() == 1
variance_ok(edges["into"].sum(1), 50, 500 * 0.09)
assert np.all(edges["out"].sum(1) == 50) and edges["out"].max() == 1
variance_ok(edges["out"].sum(0), 30, 300 * 0.09)
assert np.all(edges["own"].sum(0) == 40) and not np.any(np.diag(edges["own"]))
variance_ok(edges["own"].sum(1), 40, 499 * 40 / 499 * (1 - 40 / 499))
assert np.all(edges["repeated"].sum(0) == 30) and edges["repeated"].max() > 1
variance_ok(edges["repeated"].sum(1), 50, 500 * 30 / 300 * (1 - 1 / 300))
