#!/usr/bin/env python3
"""Checks the example neural-coding against the source's formulas in NumPy: spikes of the two codes without random numbers,
for random pictures, the reshaped raster of the third, and all weights of the networks, from the spikes that were recorded.
Usage: neural_coding.py codes|weights PROGRAM WORK"""
import os
import subprocess
import sys

import h5py
import numpy as np

PART, PROGRAM, WORK = sys.argv[1:4]
RANDOM = np.random.default_rng(7)


def recorded(experiment, *flags):
    path = os.path.join(WORK, f"{experiment}.h5")
    subprocess.run([PROGRAM, experiment, "--output", path, *flags], check=True, cwd=WORK, stdout=subprocess.DEVNULL)
    return h5py.File(path, "r")


def raster(group, cells, steps, cell=0, dt=1, first=0):
    """[cells, steps] of 0 and 1 of one cell of the sweep; the spikes of a step have the time of its end."""
    out = np.zeros((cells, steps), dtype=int)
    here = group["sweep"][...] == cell
    at = np.round(group["timestamps"][...][here] / dt).astype(int) - 1 - first
    inside = (at >= 0) & (at < steps)
    out[group["node_ids"][...][here][inside].astype(int), at[inside]] = 1
    return out


def check_codes():
    grey = RANDOM.integers(0, 256, (4, 256, 256))
    os.makedirs(os.path.join(WORK, "pictures"), exist_ok=True)
    for k, name in enumerate(["bird", "bridge", "camera", "lena"]):
        np.save(os.path.join(WORK, "pictures", f"{name}.npy"), grey[k])
    levels = {"whole": grey.reshape(4, -1) / 256, "pooled": grey.reshape(4, 32, 8, 32, 8).mean((2, 4)).reshape(4, -1) / 256}
    with recorded("first_spike", "--pictures", "pictures") as f:
        for k in range(4):
            for name, x in levels.items():
                expected = np.zeros((x[k].size, 250), dtype=int)
                expected[np.arange(x[k].size), 249 - np.clip(np.floor(x[k] * 250).astype(int) - 1, 0, 249)] = 1
                assert (raster(f["spikes"][name], x[k].size, 250, k) == expected).all(), f"first_spike {name}"
    with recorded("numerical", "--pictures", "pictures") as f:
        for k in range(4):
            for name, x in levels.items():
                sd = 100 / np.pi ** 3
                q = sd * np.pi * np.exp(-0.5 * ((256 * x[k][:, None] - 256 * np.arange(100) / 100) / sd) ** 2)
                # Of means of pixels, float and double may round the one q in 10^6 that lies at 0.5 otherwise.
                differ = raster(f["spikes"][name], x[k].size, 100, k) != (np.round(q) != 0)[:, ::-1]
                assert (abs(q[:, ::-1][differ] - 0.5) < 1e-4).all(), f"numerical {name}"
    with recorded("intervals", "--reshaped", "true") as f:
        for k in range(4):
            code = raster(f["spikes/whole"], 65536, 60, k)
            assert code.any() and not (code[:, 1:].sum(1) == 0).all()
            assert (raster(f["spikes/scrambled"], 65536, 60, k, first=60) == code.T.reshape(65536, 60)).all(), "reshaped"


def weights(f, inputs, outputs, on_arrival, reward, constant, start):
    """The largest difference from W += c d; c += -c / tau_c + A h(W) (x s_post - s_pre y), both traces with the spikes of the
    present step; d of a step is what output 0 fired in the last one, less what output 1 did, or 1."""
    pre = raster(f["spikes"][inputs], 10, 700, dt=0.01)[:8]
    post = raster(f["spikes"][outputs], 10, 700, dt=0.01)[8:] if outputs == inputs else raster(f["spikes"][outputs], 2, 700, dt=0.01)
    found = np.concatenate([np.squeeze(f[f"values/{name}_weights/data"][...]) for name in ("strong", "weak")], axis=1)
    assert post.sum() > 0 and found.shape == (700, 8, 2)
    x, y, c, worst, w = np.zeros(8), np.zeros(2), np.full((8, 2), start), 0, None
    for k in range(700):
        s = pre[:, k] if not on_arrival else pre[:, k - 1] if k else np.zeros(8)
        x, y = (x + s) * (1 - 0.001), (y + post[:, k]) * (1 - 0.001)
        inside = np.ones((8, 2)) if w is None else (w > -1000) & (w < (200 if reward else 100))
        c += -c / (3 if reward else 1) + 2 * inside * (np.outer(x, post[:, k]) - np.outer(s, y))
        d = 1 if constant or not reward else post[0, k - 1] - post[1, k - 1] if k else 0
        w = found[0] if w is None else w + c * d                       # the first step needs no weights
        worst = max(worst, np.abs(w - found[k]).max())
    return worst


def check_weights():
    for flags in [[], ["--rstdp", "true"], ["--rstdp", "true", "--constant-dopamine", "true", "--start-at-one", "true"]]:
        known = (bool(flags), "--constant-dopamine" in flags, 1.0 if "--start-at-one" in flags else 0.0)
        with recorded("currents", "--precision", "double", *flags) as f:
            assert weights(f, "cells", "cells", False, *known) < 1e-9, ("currents", flags)
            rose = np.ptp(np.squeeze(f["values/unused_weights/data"][...]), axis=0)
            assert (np.abs(rose - (4 / 3 if known[2] else 0)) < 1e-9).all(), rose   # of 2, 2/3 come in the first step
        for scan in [[], ["--swapped", "true"]]:
            with recorded("pixels", "--precision", "double", *flags, *scan) as f:
                assert weights(f, "inputs", "out", True, *known) < 1e-9, ("pixels", flags, scan)


def check_constant_current():
    """Without noise V after n steps from the reset is 1935 - 2005 * 0.999^n mV with a current of 200: above -40 mV after 16
    steps; with 50 it is 435 - 505 * 0.999^n: after 62."""
    with recorded("currents", "--noise", "0") as f:
        spikes = raster(f["spikes/cells"], 10, 700, dt=0.01)
        for cells, steps in [(range(4), 16), (range(4, 8), 62)]:
            for cell in cells:
                at = np.flatnonzero(spikes[cell])
                assert (np.diff(at) == steps).all() and at[0] < steps and 700 - at[-1] <= steps, (cell, at)
    # With noise the mean interval is shorter, since a cell spikes at the first of the steps that lie above the threshold.
    with recorded("currents", "--seeds", "40") as f:
        counts = np.array([[raster(f["spikes/cells"], 10, 700, k, 0.01)[cells].sum(1).mean() for cells in (slice(0, 4), slice(4, 8))] for k in range(40)])
        print(f"mean spikes {counts.mean(0).round(1)}")
        assert (np.abs(counts.mean(0) - [44.6, 11.2]) < 0.6).all(), counts.mean(0)


if PART == "codes":
    check_codes()
else:
    check_weights()
    check_constant_current()
print("spikes and weights are those of the source's formulas")
