#!/usr/bin/env python3
"""Checks the example neural-layers against the source's formulas in NumPy: from the input spikes that were recorded and the
weights at the start, every spike, current and weight of the outputs. Usage: neural_layers.py MODEL HOMEOSTASIS WORK"""
import os
import subprocess
import sys

import h5py
import numpy as np

MODEL, HOMEOSTASIS, WORK = sys.argv[1:4]


def recorded(program, experiment, outputs, *flags):
    """Input spikes [steps, cells], output spikes and currents [steps, outputs], weights [samples, cells, outputs]."""
    path = os.path.join(WORK, "check.h5")
    subprocess.run([program, experiment, "--output", path, "--precision", "double", *flags], check=True, cwd=WORK, stdout=subprocess.DEVNULL)
    with h5py.File(path, "r") as f:
        currents = f["states/out/I/data"][0]
        weights = np.stack([f[f"values/weights_{k}/data"][0] for k in range(outputs)], axis=2)

        def spikes(name, cells):
            out = np.zeros((len(currents), cells), dtype=int)
            group = f["spikes"][name]
            out[np.round(group["timestamps"][...]).astype(int) - 1, group["node_ids"][...].astype(int)] = 1
            return out
        return spikes("source", weights.shape[1]), spikes("out", outputs), currents, weights


def check(program, experiment, outputs, c, *flags, theta=-13.0, k=2, v0=-65.0, v_reset=-70.0, low=0.0, high=25.0, voltage=None, activity=None):
    """One step of the source: current, membrane, winners, homeostasis of the voltage, spikes, homeostasis of the activity, STDP."""
    pre, post, currents, weights = recorded(program, experiment, outputs, *flags)
    assert post.sum() > 10, "hardly a spike to compare"
    steps, every = len(pre), len(pre) // len(weights)
    learned, tested = (5000, 5300) if program == HOMEOSTASIS else (steps, steps)
    w = weights[0].copy()                              # before it is recorded no weight matters: no input has spiked
    assert pre[1:every].sum() == 0
    v, shift, excess, active = np.full(outputs, v0), np.zeros(outputs), np.zeros(outputs), np.zeros(outputs)
    x, y = np.zeros(pre.shape[1]), np.zeros(outputs)
    lateral = -c * (1 - np.eye(outputs))
    before = np.zeros(pre.shape[1]), np.zeros(outputs)
    for step in range(steps):
        current = before[0] @ w + before[1] @ lateral
        assert np.abs(current - currents[step]).max() < 1e-9, (experiment, step, current, currents[step])
        v += (-65 - v + 5 * current) / 7
        ready = v >= theta + shift
        if ready.sum() > k:
            v[ready & (np.argsort(np.argsort(-v, kind="stable"), kind="stable") >= k)] = v_reset
        if voltage and step < learned:
            least, most, eta = voltage
            excess += eta * ((v > most) * (v - most) + (v < least) * (v - least))
            v -= excess
        fired = v >= theta + shift
        assert (fired == post[step]).all(), (experiment, step, v, post[step])
        v[fired] = v_reset
        if activity and step < learned:
            window, wanted, rate = activity
            active += np.where(fired, 1, -wanted / (window - wanted))
            if (step + 1) % window == 0:
                shift += rate * active
                active[:] = 0
        x, y = (x + pre[step]) * (1 - 1 / 15), (y + fired) * (1 - 1 / 15)
        if step >= every and step < tested:
            w = np.clip(w + 0.5 * np.outer(x, fired) - 0.3 * np.outer(pre[step], y), low, high)
        if (step + 1) % every == 0 and step >= every:
            assert np.abs(w - weights[(step + 1) // every - 1]).max() < 1e-9, (experiment, step)
        before = pre[step], fired.astype(int)


PUBLISHED = ["--unbounded", "true", "--start-at-zero", "true"]
AS_PUBLISHED = dict(v0=0.0, low=-np.inf, high=np.inf)
check(MODEL, "lateral", 2, 60)
check(MODEL, "lateral", 2, 60, *PUBLISHED, **AS_PUBLISHED)
check(MODEL, "winners", 2, 10, theta=-20.0, k=1)
check(MODEL, "winners", 2, 40, "--shared", "0", "--set", "c=40", *PUBLISHED, theta=-20.0, k=1, **AS_PUBLISHED)
check(HOMEOSTASIS, "voltage", 5, 35, k=1, high=20.0, voltage=(-30, -15, 3e-4))
check(HOMEOSTASIS, "voltage", 5, 35, "--set", "out.V_reset=-73mV", "--set", "out.low=-50mV", k=1, high=20.0, v_reset=-73.0,
      voltage=(-50, -15, 3e-4))
check(HOMEOSTASIS, "activity", 5, 35, k=1, high=20.0, activity=(40, 10, 1e-4))
check(HOMEOSTASIS, "activity", 7, 35, "--set", "n_out=7", "--set", "out.V_reset=-73mV", "--set", "out.window=20ms", "--set", "out.rate=1e-3mV",
      k=1, high=20.0, v_reset=-73.0, activity=(20, 10, 1e-3))
print("spikes, currents and weights are those of the source's formulas")
