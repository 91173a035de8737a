"""Statistics of Poisson cells; each fails below p = 1e-6, that is beyond 4.9 standard errors of a normal statistic."""
import sys

import h5py
import numpy as np

CELLS, STEPS, P, Z = 100, 20000, 0.05, 4.9


def chi_square_ok(observed, expected):
    """Wilson & Hilferty: the cube root of chi2 / k is normal."""
    k = len(observed) - 1
    chi = np.sum((observed - expected)**2 / expected)
    z = ((chi / k)**(1 / 3) - (1 - 2 / (9 * k))) / np.sqrt(2 / (9 * k))
    assert abs(z) < Z, ("chi square", chi, k, z)


with h5py.File(sys.argv[1]) as f:
    trains = {}
    for name in "ab":
        dense = np.zeros((STEPS, CELLS))
        step = np.round(f[f"spikes/{name}/timestamps"][...] / 0.5).astype(int) - 1
        np.add.at(dense, (step, f[f"spikes/{name}/node_ids"][...].astype(int)), 1)
        assert dense.max() == 1
        trains[name] = dense

for name, dense in trains.items():
    intervals = np.concatenate([np.diff(np.flatnonzero(dense[:, c])) for c in range(CELLS)])
    top = 80
    observed = np.bincount(np.minimum(intervals, top), minlength=top + 1)[1:]
    expected = len(intervals) * np.append(P * (1 - P)**np.arange(top - 1), (1 - P)**(top - 1))
    chi_square_ok(observed, expected)
    total = dense.sum()
    assert abs(total - STEPS * CELLS * P) < Z * np.sqrt(STEPS * CELLS * P * (1 - P)), total
    counts = dense.reshape(STEPS // 200, 200, CELLS).sum(1).ravel()
    fano = counts.var() / counts.mean()
    assert abs(fano - (1 - P)) < Z * (1 - P) * np.sqrt(2 / len(counts)), fano
    half = dense.reshape(2, STEPS // 2, CELLS).sum(1)  # the same rate in both halves
    assert abs(half[0].sum() - half[1].sum()) < Z * np.sqrt(STEPS * CELLS * P * (1 - P))

both = np.hstack([trains["a"], trains["b"]]) - P
for lag in (0, 1):
    c = both[:STEPS - lag].T @ both[lag:] / (STEPS - lag) / (P * (1 - P)) * np.sqrt(STEPS - lag)
    if lag == 0:
        np.fill_diagonal(c, 0)
    # 40000 coefficients, each normal: the largest is below 6.5 with probability 1 - 1e-6 or more
    assert np.abs(c).max() < 6.8, (lag, np.abs(c).max())
    used = c[np.triu_indices(len(c), 1)]
    assert abs(used.var() - 1) < Z * np.sqrt(2 / len(used)) + 0.01, used.var()
