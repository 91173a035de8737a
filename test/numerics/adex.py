"""An AdEx cell against RK4 with a step of 0.0005 ms that stops at the spike (Brette & Gerstner 2005, equations 1 and 2)."""
import math
import sys

import h5py
import numpy as np

C, G, EL, VT, D, TAU, A, B, I = 281.0, 30.0, -70.6, -50.4, 2.0, 144.0, 4.0, 80.5, 800.0
H, END = 0.0005, 300.0


def slope(v, w):
    return (G * (EL - v) + G * D * math.exp(min((v - VT) / D, 50)) - w + I) / C, (A * (v - EL) - w) / TAU


v, w, spikes, highest = EL, 0.0, [], 0.0
for k in range(int(END / H)):
    a1, b1 = slope(v, w)
    if a1 > 2e3:  # a step of the upstroke alone: 1 mV and more
        v, w = v + H * a1, w + H * b1
    else:
        a2, b2 = slope(v + H / 2 * a1, w + H / 2 * b1)
        a3, b3 = slope(v + H / 2 * a2, w + H / 2 * b2)
        a4, b4 = slope(v + H * a3, w + H * b3)
        v, w = v + H / 6 * (a1 + 2 * a2 + 2 * a3 + a4), w + H / 6 * (b1 + 2 * b2 + 2 * b3 + b4)
    if v > 0:
        v, w = EL, w + B
        spikes.append((k + 1) * H)
        highest = max(highest, w)

with h5py.File(sys.argv[1]) as f:
    times = f["spikes/cells/timestamps"][...]
    adaptation = f["states/cells/w/data"][...]
assert len(times) == len(spikes) > 4, (len(times), len(spikes))
assert np.max(np.abs(times - spikes)) < 0.3, times - spikes
assert abs(adaptation[-1, 0] / w - 1) < 0.01, (adaptation[-1], w)
assert adaptation.max() < 1.01 * highest, (adaptation.max(), highest)
