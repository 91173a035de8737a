"""LIF cells against the closed form: V after k free steps is E_L + RI (1 - exp(-k dt / tau)), counted from a reset."""
import math
import sys

import h5py
import numpy as np

DT, TAU, E_L, V_TH, REF = 0.1, 20.0, -65.0, -50.0, 20

with h5py.File(sys.argv[1]) as f:
    v = f["states/cells/V/data"][...]
    times, ids = f["spikes/cells/timestamps"][...], f["spikes/cells/node_ids"][...]

assert v.shape == (100000, 8), v.shape
for cell in range(8):
    drive = 12 + 1.37 * cell
    step = np.arange(1, len(v) + 1)
    if drive <= 15:
        free, spikes = step, np.array([])
    else:
        first = math.floor(TAU / DT * math.log(drive / (drive - 15))) + 1  # the first step above the threshold
        period = first + REF
        spikes = np.arange(first, len(v) + 1, period)
        free = np.where(step < first, step, np.maximum((step - first) % period - REF, 0))
    expected = E_L - drive * np.expm1(-free * DT / TAU)
    worst = np.max(np.abs(v[:, cell] / expected - 1))
    assert worst <= 1e-12, (cell, worst)
    got = np.round(times[ids == cell] / DT).astype(int)
    assert np.array_equal(got, spikes), (cell, got[:5], spikes[:5])
