"""The error of rk45 at four tolerances: at most 100 times the tolerance, and falling with it. Then runs that must stop."""
import subprocess
import sys

import h5py
import numpy as np

snnc, model, scratch, table = sys.argv[1:5]
reference = {}
for line in open(table):
    if not line.startswith("#"):
        name, *values = line.split()
        reference[name] = np.array([float(v) for v in values])
NAMES = ("Linear", "Driven", "Mutual", "Oscillator")
TOLERANCES = (1e-4, 1e-6, 1e-8, 1e-10)


def errors(tolerance):
    output = f"{scratch}.h5"
    sets = [f"--set={name}_.tol={tolerance}" for name in NAMES]
    subprocess.run([snnc, "run", model, "--", "check", "--quiet", "--output", output, *sets], check=True)
    with h5py.File(output) as f:
        return [np.max(np.abs(f[f"states/{name}_/x/data"][...][:, 0] - reference[name])) for name in NAMES]


rows = [errors(tolerance) for tolerance in TOLERANCES]
failed = 0
for name, column in zip(NAMES, zip(*rows)):
    good = all(e <= 100 * tolerance for e, tolerance in zip(column, TOLERANCES)) and column[3] < column[0] / 5
    print(f"{name}: {' '.join(f'{e:.2e}' for e in column)}{'' if good else '  WRONG'}")
    failed += not good
for experiment in ("pole", "rootless"):
    done = subprocess.run([snnc, "run", model, "--", experiment], capture_output=True, text=True)
    good = done.returncode == 4 and "cells" in done.stderr and "x" in done.stderr
    print(f"{experiment}: exit {done.returncode}: {done.stderr.strip()}{'' if good else '  WRONG'}")
    failed += not good
sys.exit(failed)
