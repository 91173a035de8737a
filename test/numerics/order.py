"""Runs a model at six steps and compares the slope of log(error) over log(dt) with the solver's order."""
import subprocess
import sys

import h5py
import numpy as np

snnc, model, scratch, table = sys.argv[1:5]
FIRST = {"rk4": 0.5, "two": 1 / 8, "one": 1 / 128}  # ms; the steps where the error is asymptotic and above rounding
reference = {}
for line in open(table):
    if not line.startswith("#"):
        name, *values = line.split()
        reference[name] = np.array([float(v) for v in values])


def errors(dt):
    output = f"{scratch}.h5"
    subprocess.run([snnc, "run", model, "--", "--quiet", "--dt", f"{dt!r}ms", "--output", output], check=True)
    with h5py.File(output) as f:
        result = {}
        for name in f["states"]:
            x = f[f"states/{name}/x/data"][...][:, 0]
            expected = next(v for k, v in reference.items() if name.startswith(k))
            result[name.rstrip("_")] = np.max(np.abs(x - expected))
        return result


def slopes(first, suffixes):
    steps = [first / 2**k for k in range(6)]
    table = [errors(dt) for dt in steps]
    for name in table[0]:
        if name.endswith(suffixes):
            e = [row[name] for row in table]
            yield name, np.polyfit(np.log(steps), np.log(e), 1)[0], e


failed = 0
for first, suffixes, order in ((FIRST["one"], ("Euler", "Expo", "Implicit"), 1), (FIRST["two"], ("Mid", "Heun"), 2), (FIRST["rk4"], ("Kutta",), 4)):
    for name, slope, e in slopes(first, suffixes):
        good = abs(slope - order) <= 0.1
        print(f"{name}: slope {slope:.3f}, errors {' '.join(f'{x:.2e}' for x in e)}{'' if good else '  WRONG'}")
        failed += not good
exact = errors(0.125)["LinearExact"]
assert exact <= 1e-13, exact
sys.exit(failed)
