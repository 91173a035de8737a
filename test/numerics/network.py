"""Simulates network.snn step by step in Python and compares spikes exactly, states and weights within 1e-9."""
import math
import sys

import h5py
import numpy as np

DT, STEPS, N, M = 0.5, 800, 30, 12
DECAY_M, DECAY_S = math.exp(-DT / 20), math.exp(-DT / 5)
V_OF_G = (DECAY_S - DECAY_M) / (20 * (1 / 20 - 1 / 5))


class Edge:
    def __init__(self, pre, post, w, delay):
        self.pre, self.post, self.w, self.delay = pre, post, w, delay
        self.x = self.y = 0.0
        self.x_at = self.y_at = 0

    def trace(self, name, step, tau):
        return getattr(self, name) * math.exp(-(step - getattr(self, name + "_at")) * DT / tau)

    def on_pre(self, step):
        self.x, self.x_at = self.trace("x", step, 20) + 0.05, step
        self.w = min(max(self.w + self.trace("y", step, 30), 0), 1)

    def on_post(self, step):
        self.y, self.y_at = self.trace("y", step, 30) - 0.06, step
        self.w = min(max(self.w + self.trace("x", step, 20), 0), 1)


pairs = [(p, q) for p in range(N) for q in range(M)]
plastic = [Edge(p, q, 0.0625 * ((7 * p + 13 * q) % 16), (p + q) % 5) for p, q in pairs]
scaled = [Edge(p, q, 0.03125 * (1 + (p + q) % 3), 3) for p, q in pairs if p % 4 == q % 4]
inhibition = [Edge(p, q, -0.5, 2) for p in range(M) for q in range(M) if p != q]

V, g, held = np.zeros(M), np.zeros(M), np.zeros(M, int)
fired = {"source": [[] for _ in range(STEPS)], "cells": [[] for _ in range(STEPS)]}
all_v, all_g = [], []
for step in range(STEPS):
    into_g, into_v = np.zeros(M), np.zeros(M)
    for edges, population, into in ((plastic, "source", into_g), (scaled, "source", into_v), (inhibition, "cells", into_g)):
        for emitted in range(max(0, step - 6), step):  # oldest first; found in step e, due at e + 1 + delay
            for edge in edges:
                if emitted + 1 + edge.delay == step and edge.pre in fired[population][emitted]:
                    into[edge.post] += edge.w
                    if edges is plastic:
                        edge.on_pre(step)
    free = held == 0
    V[free] += into_v[free]  # what arrives at a held state is lost
    g += into_g
    V[free] = (V * DECAY_M + g * V_OF_G)[free]
    g *= DECAY_S
    n = step + 1
    fired["source"][step] = [i for i in range(N) if (n + 7 * i) % 19 == 0 or (n * n + i) % 31 == 3]
    spikes = [i for i in range(M) if free[i] and V[i] > 5]
    held = np.maximum(held - 1, 0)
    for i in spikes:
        V[i], held[i] = 0.1 * i, 4
    fired["cells"][step] = spikes
    for edge in plastic:
        if edge.post in spikes:
            edge.on_post(n)
    for edge in scaled:
        if edge.post in spikes:
            edge.w *= 1.0625
    if n % 20 == 0:
        total = np.zeros(M)
        for edge in scaled:
            total[edge.post] += edge.w
        for edge in scaled:
            edge.w *= 0.75 / total[edge.post]
    all_v.append(V.copy())
    all_g.append(g.copy())

with h5py.File(sys.argv[1]) as f:
    for name, expected in fired.items():
        got = list(zip(np.round(f[f"spikes/{name}/timestamps"][...] / DT).astype(int) - 1, f[f"spikes/{name}/node_ids"][...]))
        want = [(step, i) for step, cells in enumerate(expected) for i in cells]
        assert got == want, (name, [p for p in zip(got, want) if p[0] != p[1]][:3])
    for key, want in (("states/cells/V", all_v), ("states/cells/g", all_g), ("values/w_plastic", [e.w for e in plastic]),
                      ("values/w_scaled", [e.w for e in scaled])):
        error = np.abs(f[f"{key}/data"][...].ravel() - np.ravel(want))
        assert error.max() <= 1e-9, (key, error.argmax(), error.max())
