"""Runs the axon at 6.25 to 0.78 us and compares V, every 0.05 ms, with the reference. Larger steps are not asymptotic:
at 25 us textbook Runge-Kutta is off by 0.0057 mV in the first upstroke, at 6.25 us by 1.6e-5 mV."""
import subprocess
import sys

import h5py
import numpy as np

snnc, model, scratch, table = sys.argv[1:5]
reference = np.loadtxt(table)
error = {}
for dt in (0.00625, 0.003125, 0.0015625, 0.00078125):
    output = f"{scratch}.h5"
    subprocess.run([snnc, "run", model, "--", "--quiet", "--dt", f"{dt}ms", "--output", output], check=True)
    with h5py.File(output) as f:
        for name in ("kutta", "default_"):
            v = f[f"states/{name}/V/data"][...][:, 0]
            assert v.shape == reference.shape, v.shape
            error.setdefault(name, []).append(np.max(np.abs(v - reference)))
print(error)
slope = {name: np.polyfit(np.log([8, 4, 2, 1]), np.log(e), 1)[0] for name, e in error.items()}
print(slope)
assert abs(slope["kutta"] - 4) <= 0.1 and error["kutta"][2] <= 1e-7
assert abs(np.log2(error["default_"][2] / error["default_"][3]) - 1) <= 0.1
