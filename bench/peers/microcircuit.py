"""Tables of the cortical microcircuit (Potjans & Diesmann 2014), as in programs/microcircuit.snn, for the peers."""
from math import log1p

NAMES = ["L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"]
FULL = [20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948]
EXTERNAL = [1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100]
W, RATE = 87.8, 8.0  # pA, spikes/s of an external fibre
# Rows are targets, columns sources.
PROBABILITY = [
    [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0, 0.0076, 0],
    [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0, 0.0042, 0],
    [0.0077, 0.0059, 0.0497, 0.1350, 0.0067, 0.0003, 0.0453, 0],
    [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0, 0.1057, 0],
    [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0],
    [0.0548, 0.0269, 0.0257, 0.0022, 0.0600, 0.3158, 0.0086, 0],
    [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
    [0.0364, 0.0010, 0.0034, 0.0005, 0.0277, 0.0080, 0.0658, 0.1443]]


def size(k, scale):
    return round(FULL[k] * scale)


def projections():
    """Source, target, inputs of a target cell, mean weight in pA, mean delay in ms. The deviations are a tenth of the weight
    and half of the delay; a delay is at least 0.1 ms."""
    for to in range(8):
        for source in range(8):
            p = PROBABILITY[to][source]
            inputs = round(log1p(-p) / log1p(-1 / (FULL[source] * FULL[to])) / FULL[to])
            if inputs:
                mean = -4 * W if source % 2 else 2 * W if (source, to) == (2, 0) else W
                yield source, to, inputs, mean, 0.75 if source % 2 else 1.5
