"""Clopath et al. 2010, equations 1 to 5, step by step: cells by closed forms, weights by Euler's method with the values of the
begin of the step. x is the sum over arrivals of exp(-age / tau_x) / tau_x; w in units of w_max, between 0 and 1."""
import sys

import h5py
import numpy as np

DT, STEPS, EVERY, E_L, W_MAX = 0.5, 800, 10, -70.6, 4.0
THETA_MINUS, THETA_PLUS, U_REF = -70.6, -45.3, 60.0


def positive(x):
    return np.maximum(x, 0)


class Passive:
    """V falls to E_L with 8 ms, u_plus and u_minus follow it with 7 and 10 ms, u_hom the square of its distance from E_L.
    What arrives in a step is part of the cell's own equations; edges see V as it was at the end of the last step."""

    def __init__(self, kicks):
        self.kicks = kicks
        self.V, self.u_plus, self.u_minus, self.u_hom = (np.full(3, x) for x in (E_L, E_L, E_L, 60.0))

    def begin(self, n):
        self.kicked = self.V + 25 * np.array([n - 2 in times for times in self.kicks])

    def follow(self, u, tau):
        v, fade, fade_v = self.kicked - E_L, np.exp(-DT / tau), np.exp(-DT / 8)
        return E_L + (u - E_L) * fade + v * 8 / (8 - tau) * (fade_v - fade)

    def integrate(self):
        fade = np.exp(-DT / 50)
        self.u_hom = (self.kicked - E_L) ** 2 * (1 - fade) + self.u_hom * fade
        self.u_plus, self.u_minus = self.follow(self.u_plus, 7), self.follow(self.u_minus, 10)
        self.V = E_L + (self.kicked - E_L) * np.exp(-DT / 8)


class Recorded:
    """The library's cell as it was recorded at the end of each step; it begins at rest."""

    def __init__(self, states):
        rest = {"V": E_L, "u_plus": E_L, "u_minus": E_L, "u_hom": 60.0}
        self.course = {name: np.vstack([np.full(3, value), states[name]]) for name, value in rest.items()}

    def begin(self, n):
        self.V, self.u_plus, self.u_minus, self.u_hom = (self.course[k][n] for k in ("V", "u_plus", "u_minus", "u_hom"))

    def integrate(self):
        pass


def weights(cells, sources, edges, delay, w, tau_x=15, a_ltd=3e-3, a_ltp=3e-3):
    pre, post = np.array([i for i, _ in edges]), np.array([j for _, j in edges])
    arrivals = [set(sources[i] + delay(i, j)) for i, j in edges]
    w, x = np.array(w), np.zeros(len(edges))
    for n in range(STEPS):
        cells.begin(n)
        arrived = np.array([n in times for times in arrivals])
        depression = a_ltd * cells.u_hom / U_REF * positive(cells.u_minus - THETA_MINUS)
        w = np.where(arrived, positive(w - depression[post]), w)
        x = x * np.exp(-DT / tau_x) + arrived / tau_x
        w = np.minimum(w + DT * a_ltp * x * (positive(cells.V - THETA_PLUS) * positive(cells.u_plus - THETA_MINUS))[post], 1)
        cells.integrate()
        yield w * W_MAX


with h5py.File(sys.argv[1]) as f:
    def trains(name, cells):
        steps = np.round(f[f"spikes/{name}/timestamps"][...] / DT).astype(int)
        ids = f[f"spikes/{name}/node_ids"][...]
        return [steps[ids == k] for k in range(cells)]

    sources, kicks, fired = trains("a", 5), trains("kicks", 3), trains("spiking", 3)
    seen = {name: f[f"states/{name}/w/data"][...].reshape(-1, count) for name, count in (("dense", 15), ("sparse", 12), ("of_cells", 15))}
    states = {name: f[f"states/spiking/{name}/data"][...] for name in ("V", "u_plus", "u_minus", "u_hom")}

pairs = [(i, j) for i in range(5) for j in range(3)]
others = [(i, j) for i, j in pairs if i != j]
start = lambda edges: [[0, 0.25, 0.75, 1][(i + j) % 4] for i, j in edges]
wanted = {
    "dense": weights(Passive(kicks), sources, pairs, lambda i, j: 3, start(pairs)),
    "sparse": weights(Passive(kicks), sources, others, lambda i, j: (3 * i + j) % 6, start(others), tau_x=12),
    "of_cells": weights(Recorded(states), sources, pairs, lambda i, j: 0, [0.5] * 15, a_ltd=1.4e-4, a_ltp=8e-5),
}
for name, course in wanted.items():
    want = np.array(list(course))
    want = want if name == "of_cells" else want[EVERY - 1 :: EVERY]
    error = np.abs(seen[name] - want)
    assert seen[name].shape == want.shape and error.max() <= 1e-9, (name, np.unravel_index(error.argmax(), error.shape), error.max())
    assert (np.diff(want, axis=0) > 0.001).any() and (np.diff(want, axis=0) < -0.001).any(), (name, "goes one way only")
at_bounds = [(seen["dense"] == bound).sum() for bound in (0, W_MAX)]
assert min(at_bounds) > 5, at_bounds

# The library's cell: its averages are low-pass filters of the recorded potential, which take in a plateau of 2 ms when it is over.
assert len(fired[0]) == 0 and len(fired[1]) > 3 and len(fired[2]) > len(fired[1]), [len(times) for times in fired]
for cell, times in enumerate(fired):
    V = np.concatenate([[E_L], states["V"][:, cell]])
    for n in times[times < STEPS - 4]:
        assert (V[n : n + 4] == 31.1).all() and V[n + 4] == -49.5, V[n : n + 6]
        for name, tau in (("u_plus", 7), ("u_minus", 10)):
            u = np.concatenate([[E_L], states[name][:, cell]])
            assert (u[n : n + 4] == u[n]).all()
            assert abs(u[n + 4] - (31.1 + (u[n] - 31.1) * np.exp(-2 / tau))) < 1e-9
            # the trapezoidal rule over steps of 0.5 ms, until V runs up to the next spike
            for k in range(n + 4, STEPS):
                if V[k + 1] > -40:
                    break
                rule = u[k] * np.exp(-DT / tau) + (V[k] + V[k + 1]) / 2 * (1 - np.exp(-DT / tau))
                assert abs(u[k + 1] - rule) < 0.02, (cell, n, k, u[k + 1] - rule)
