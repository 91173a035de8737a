#!/usr/bin/env python3
"""Checks the example neural-coding against the source's formulas in NumPy: spikes of the two codes without random numbers,
for random pictures, and all weights of the networks, from the spikes that were recorded. Usage: neural_coding.py EXAMPLE WORK"""
import os
import subprocess
import sys

import h5py
import numpy as np

EXAMPLE, WORK = sys.argv[1:3]
RANDOM = np.random.default_rng(7)


def recorded(experiment, *flags):
    path = os.path.join(WORK, f"{experiment}.h5")
    subprocess.run([EXAMPLE, experiment, "--output", path, *flags], check=True, cwd=WORK, stdout=subprocess.DEVNULL)
    return h5py.File(path, "r")


def raster(group, cells, steps, first=0):
    """[cells, steps] of 0 and 1; a step is 1 ms long and its spikes have the time of its end."""
    out = np.zeros((cells, steps), dtype=int)
    at = np.round(group["timestamps"][...]).astype(int) - 1 - first
    inside = (at >= 0) & (at < steps)
    out[group["node_ids"][...][inside].astype(int), at[inside]] = 1
    return out


def check_codes():
    grey = RANDOM.integers(0, 256, (4, 256, 256))
    np.save(os.path.join(WORK, "grey.npy"), grey)
    with recorded("codes", "--pictures", "grey.npy") as f:
        for k in range(4):
            for name, x in [("first", grey[k] / 256), ("first_pooled", grey[k].reshape(32, 8, 32, 8).mean((1, 3)) / 256)]:
                x = x.ravel()
                expected = np.zeros((x.size, 250), dtype=int)
                expected[np.arange(x.size), 249 - np.clip(np.floor(x * 250).astype(int) - 1, 0, 249)] = 1
                assert (raster(f["spikes"][name], x.size, 250, 250 * k) == expected).all(), name
            x = grey[k].ravel() / 256
            sd = 100 / np.pi ** 3
            q = sd * np.pi * np.exp(-0.5 * ((256 * x[:, None] - 256 * np.arange(100) / 100) / sd) ** 2)
            assert (raster(f["spikes"]["numerical"], x.size, 250, 250 * k)[:, :100] == (np.round(q) != 0)[:, ::-1]).all(), "numerical"


def check_weights(experiment, reward, *flags):
    """W += c d; c += -c / tau_c + A h(W) (x s_post - s_pre y), both traces with the spikes of the present step."""
    with recorded(experiment, "--precision", "double", "--reward", "true" if reward else "false", *flags) as f:
        def spikes(name, cells):
            group = f["spikes"][name]
            out = np.zeros((700, cells))
            out[np.round(group["timestamps"][...] * 100).astype(int) - 1, group["node_ids"][...].astype(int)] = 1
            return out
        pre, post, found = spikes("cells", 8), spikes("out", 2), np.squeeze(f["values/weights/data"][...])
        start = 1.0 if "--published" in flags else 0.0
    assert post.sum() > 0
    x, y, c, changes = np.zeros(8), np.zeros(2), np.full((8, 2), start), np.zeros((8, 2))
    # The weights begin at what was recorded first, less what the rule adds in the first step, which needs no weights.
    w = None
    for k in range(700):
        x, y = (x + pre[k]) * (1 - 0.001), (y + post[k]) * (1 - 0.001)
        inside = np.ones((8, 2)) if w is None else (w > -1000) & (w < (200 if reward else 100))
        c += -c / (3 if reward else 1) + 2 * inside * (np.outer(x, post[k]) - np.outer(pre[k], y))
        w = found[0] if w is None else w + c
        changes = np.maximum(changes, np.abs(w - found[k]))
    assert changes.max() < 1e-9, changes


check_codes()
for experiment in ["currents", "pixels"]:
    for reward in [False, True]:
        check_weights(experiment, reward)
        check_weights(experiment, reward, "--published", "true")
print("spikes and weights are those of the source's formulas")
