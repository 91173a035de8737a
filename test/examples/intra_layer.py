#!/usr/bin/env python3
"""Checks the example intra-layer against its source's formulas in NumPy: all weights follow from the spikes, and without
lateral inhibition all potentials and spikes of the outputs from those of the inputs. Usage: intra_layer.py MODEL WORK"""
import os
import subprocess
import sys

import h5py
import numpy as np

MODEL, WORK = sys.argv[1:3]


def recorded(*flags):
    path = os.path.join(WORK, "layer.h5")
    subprocess.run([MODEL, *flags, "--precision", "double", "--output", path], check=True, cwd=WORK, stdout=subprocess.DEVNULL)
    return h5py.File(path, "r")


def raster(group, cells, cell):
    out = np.zeros((cells, 702))
    here = group["sweep"][...] == cell
    out[group["node_ids"][...][here].astype(int), np.round(group["timestamps"][...][here] * 100).astype(int) - 1] = 1
    return out


def weights(f, outputs, axes):
    """[sweep, step, input, output]"""
    out = [f[f"values/weights_{k}/data"][...] for k in range(outputs)]
    return np.stack([w.reshape(-1, *w.shape[axes:]) for w in out], axis=-1)


def check(pre, post, w):
    """w += 3 h(w) (x s_post - s_pre y): traces that decay by 0.01 a step and contain the present spikes; the spikes of the
    inputs count a step after they were emitted, as their currents do."""
    x, y, worst = np.zeros(len(pre)), np.zeros(len(post)), 0
    for k in range(1, 701):
        s = pre[:, k - 1]
        x, y = (x + s) * 0.99, (y + post[:, k]) * 0.99
        inside = (w[k - 1] > -200) & (w[k - 1] < 200)
        expected = w[k - 1] + 3 * inside * (np.outer(x, post[:, k]) - np.outer(s, y))
        worst = max(worst, np.abs(expected - w[k]).max())
    assert worst < 1e-9, worst


def check_potentials(pre, post, w, v):
    """v += dt / tau (-(v + 65) + 10 I), with the weights of the step before; from -40 mV on a spike, and back to -70 mV."""
    for k in range(1, 701):
        expected = v[k - 1] + 0.001 * (-(v[k - 1] + 65) + 10 * pre[:, k - 1] @ w[k - 1])
        assert ((expected >= -40) == (post[:, k] > 0)).all(), k
        assert np.abs(np.where(expected >= -40, -70, expected) - v[k]).max() < 1e-9, k


for flags in [[], ["--winners", "1"], ["--lateral", "100"], ["--lateral", "0"]]:
    with recorded("overlaps", *flags) as f:
        w = weights(f, 2, 2)
        total = 0
        for shared in range(5):
            pre, post = raster(f["spikes/inputs"], 8, shared), raster(f["spikes/out"], 2, shared)
            total += post.sum()
            assert (pre[:shared] == pre[4:4 + shared]).all()
            assert shared == 4 or not (pre[shared] == pre[4 + shared]).all()
            if "1" in flags:
                assert post.sum(0).max() <= 1, "two winners"
            check(pre, post, w[shared])
            if "0" in flags:
                check_potentials(pre, post, w[shared], f["states/out/V/data"][...].reshape(5, -1, 2)[shared])
        assert total > 0
with recorded("overlaps", "--published", "true") as f:
    assert raster(f["spikes/inputs"], 8, 0).any()
with recorded("homeostasis") as f:
    pre, post = raster(f["spikes/inputs"], 20, 0), raster(f["spikes/out"], 5, 0)
    assert post.sum() > 0 and post.sum(0).max() <= 1
    check(pre, post, weights(f, 5, 1)[0])
    # The threshold moves by what was fired in the step before.
    theta = np.squeeze(f["states/out/theta/data"][...])
    rises = np.diff(theta, axis=0)
    assert np.abs(rises - np.where(post[:, :len(rises)].T > 0, 0.1, -0.1 / 9)).max() < 1e-9
print("weights, potentials and thresholds are those of the source's formulas")
