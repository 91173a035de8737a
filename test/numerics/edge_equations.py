"""The same equations by brute force: closed forms of the traces, steps of dt / 20 for the rest."""
import sys

import h5py
import numpy as np

dt, steps = 0.5, 60
with h5py.File(sys.argv[1]) as f:
    gate, swinging, rewarded = (f[f"states/{name}/data"][...] for name in ("gate/s", "swinging/w", "rewarded/w"))
    level = f["values/level/data"][...].ravel()
    spread, mean = f["values/spread/data"][...].ravel()[0], f["values/mean/data"][...].ravel()[0]

sources, readers = {0: [1, 9], 1: [2, 17, 18]}, {0: [5, 20], 1: [12]}


def rk4(f, y, t, h):
    k1 = f(t, y)
    k2 = f(t + h / 2, y + h / 2 * k1)
    k3 = f(t + h / 2, y + h / 2 * k2)
    k4 = f(t + h, y + h * k3)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def trace(times, tau, t):
    return sum(np.exp(-(t - s) / tau) for s in times if s <= t + 1e-9)


# gates: x is exact, s by fine steps
for k, times in sources.items():
    s = 0.0
    for n in range(steps):
        now = [u for u in times if u <= n * dt + 1e-9]
        slope = lambda t, s: -s / 100 + 0.5 * sum(np.exp(-(t - u) / 2) for u in now) * (1 - s)
        for j in range(20):
            s = rk4(slope, s, n * dt + j * dt / 20, dt / 20)
        assert abs(gate[n, k, 0] - s) < 3e-5, (n, k, gate[n, k, 0], s)
    assert s > 0.5

# w' = a / 10 - w^3 / 50 with a of the oscillator
for i in range(3):
    omega, y = 0.1 * (1 + i), np.array([1.0, 0.0, 0.5])
    slope = lambda t, y: np.array([-omega * y[1], omega * y[0], y[0] / 10 - y[2] ** 3 / 50])
    for n in range(steps):
        for j in range(20):
            y = rk4(slope, y, 0, dt / 20)
        assert abs(swinging[n, 1, i] - y[2]) < 3e-5, (n, i, swinging[n, 1, i], y[2])

# reward: arrivals one ms later; on post sees traces at its own time, a spike of the target at lag 0 comes first
for k, pre in sources.items():
    for i, post in readers.items():
        events = sorted([(t + 1, 1) for t in pre] + [(t, 0) for t in post])
        jumps = []
        for t, arrival in events:
            if arrival:
                jumps.append((t, -0.15 * trace([u for u in post if u <= t], 20, t)))
            else:
                jumps.append((t, 0.1 * trace([u + 1 for u in pre if u + 1 < t], 20, t)))
        w = 0.5
        for n in range(steps):
            start = n * dt
            c = sum(j * np.exp(-(start - t) / 50) for t, j in jumps if t <= start + 1e-9)
            w += level[n] / 1000 * c * 50 * (1 - np.exp(-dt / 50))
            assert abs(rewarded[n, k, i] - w) < 1e-12, (n, k, i, rewarded[n, k, i], w)

# Ornstein-Uhlenbeck: variance 9 / 2 (1 - exp(-2 t / tau)), 40,000 edges
expected = 4.5 * (1 - np.exp(-2 * 30 / 10))
assert abs(spread / expected - 1) < 5 * np.sqrt(2 / 40000), (spread, expected)
assert abs(mean) < 5 * np.sqrt(expected / 40000), mean
