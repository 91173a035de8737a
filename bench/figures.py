#!/usr/bin/env python3
"""The figures of one recorded run, as one line of JSON: `figures.py FILE CELLS SECONDS`. It is a program of its own because it
needs a Python with NumPy and h5py. FILE is a recording of snnc (.h5) or of a peer (.npz, written by peers/report.py)."""
import json
import sys

import numpy as np

ENOUGH = 5  # intervals of a cell whose variation counts; fewer say little about it
LOW, HIGH = 0.1, 0.9  # of the largest weight


def of_snnc(path):
    """Cells and times of the spikes; weights as shares of the largest one allowed, none where nothing learns."""
    import h5py
    with h5py.File(path) as file:
        weights = file["values/weights/data"][-1].ravel().astype(np.float64) if "values/weights" in file else np.empty(0)
        return file["spikes/cells/node_ids"][:].astype(np.int64), file["spikes/cells/timestamps"][:], weights


def of_peer(path):
    with np.load(path) as file:
        return file["cells"], file["times"], file["weights"].astype(np.float64)


def variation(cells, times):
    """Mean over cells of the coefficient of variation of their inter-spike intervals; None if no cell has enough."""
    order = np.lexsort((times, cells))
    cells, times = cells[order], times[order]
    same = cells[1:] == cells[:-1]
    of, intervals = cells[1:][same], np.diff(times)[same]
    number = np.bincount(of)
    enough = number >= ENOUGH
    mean = np.bincount(of, intervals) / np.maximum(number, 1)
    deviation = np.sqrt(np.bincount(of, (intervals - mean[of]) ** 2) / np.maximum(number, 1))
    return np.mean(deviation[enough] / mean[enough]) if enough.any() else None


def main(path, cells, seconds):
    who, when, weights = (of_snnc if path.endswith(".h5") else of_peer)(path)
    cv = variation(who, when)
    figures = {"rate": len(who) / cells / seconds}
    if cv is not None:
        figures["cv"] = cv
    if weights.size:
        figures.update(w_mean=weights.mean(), w_sd=weights.std(), w_low=(weights < LOW).mean(), w_high=(weights > HIGH).mean())
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
