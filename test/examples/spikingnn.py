#!/usr/bin/env python3
"""Checks the groups of the example spikingnn against the source's formulas in NumPy, with the draws of its seed 0: all tuning curves, the
published rates at x = 0.5, and the synapses behind the cells. Usage: spikingnn.py EXAMPLE WORK"""
import os
import subprocess
import sys

import h5py
import numpy as np

EXAMPLE, WORK = sys.argv[1:3]
DT, T_RC, T_REF, T_INH, T_S = 0.001, 0.02, 0.002, 0.05, 0.05
XS = np.arange(-20, 21)[:, None] / 20

draws = np.random.RandomState(0)
max_rate, intercept, direction = draws.uniform(200, 400, 50), draws.uniform(-1, 1, 50), np.sign(draws.randn(50))
np.save(os.path.join(WORK, "draws.npy"), [max_rate, intercept, direction])


def recorded(*command):
    path = os.path.join(WORK, f"{command[0]}.h5")
    subprocess.run([EXAMPLE, *command, "--precision", "double", "--output", path], check=True, cwd=WORK, stdout=subprocess.DEVNULL)
    return h5py.File(path, "r")


def counts(adaptive):
    """Spikes of each cell in a second, for all values of x: [x, cell]."""
    gain = (1 - 1 / (1 - np.exp((T_REF - 1 / max_rate) / T_RC))) / (intercept - 1)
    current = 1 - gain * intercept + XS * direction * gain
    v, refractory, inhibition, count = [np.zeros((41, 50)) for unused in range(4)]
    for unused in range(1000):
        refractory -= DT
        v = current + (v - current) * np.exp(-np.clip(DT - refractory, 0, DT) / T_RC)
        spike = v > 1 + inhibition
        at = T_RC * np.log((v[spike] - current[spike]) / (1 - current[spike])) + DT
        v[spike], refractory[spike] = 0, T_REF + at
        count += spike
        if adaptive:
            inhibition = inhibition * np.exp(-DT / T_INH) + spike
    return count


def check_tuning():
    with recorded("tuning", "--draws", "draws.npy") as f:
        for name, adaptive in [("lif", False), ("alif", True)]:
            found, expected = f[f"values/{name}/data"][...], counts(adaptive)
            assert (found == expected).all(), (name, np.argwhere(found != expected))
            print(f"{name} at x = 0.5: {found[30].min():.0f} {found[30].mean():.1f} {found[30].max():.0f} Hz")


def check_synapses():
    """The spike of a step arrives in the next one."""
    a = np.exp(-DT / T_S)
    with recorded("group") as f:
        spikes, found = f["spikes/cells"], f["states/filtered/v/data"][0]
        arrived = np.zeros((1001, 50))
        arrived[np.round(spikes["timestamps"][...]).astype(int), spikes["node_ids"][...].astype(int)] = 1 / DT
    v = np.zeros(50)
    for k in range(1000):
        v = a * v + (1 - a) * arrived[k]
        assert np.abs(v - found[k]).max() < 1e-9, k
    assert v.max() > 100


check_tuning()
check_synapses()
print("groups and synapses are those of the source's formulas")
