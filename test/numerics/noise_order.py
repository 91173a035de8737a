"""The mean absolute error at 1 ms over 4000 paths, for six steps: its slope over the step is the strong order."""
import subprocess
import sys

import h5py
import numpy as np

snnc, model, scratch = sys.argv[1:4]
M, S = 0.5, 1.0
ito = {"maruyama": lambda w: np.exp((M - S**2 / 2) + S * w["w"]),
       "milstein": lambda w: np.exp((M - S**2 / 2) + S * w["w"]),
       "heun": lambda w: np.exp(M + S * w["w"]),
       "pair": lambda w: np.exp(M - (0.64 + 0.36) / 2 + 0.8 * w["w"] + 0.6 * w["u"])}
ORDER = {"maruyama": 0.5, "milstein": 1.0, "heun": 1.0, "pair": 1.0}


def errors(dt):
    output = f"{scratch}.h5"
    subprocess.run([snnc, "run", model, "--", "--quiet", "--dt", f"{dt!r}ms", "--output", output], check=True)
    with h5py.File(output) as f:
        result = {}
        for name, solution in ito.items():
            values = {key: f[f"states/{name}/{key}/data"][-1] for key in f[f"states/{name}"]}
            assert abs(np.var(values["w"]) - 1) < 0.1 and abs(np.mean(values["w"])) < 0.06, (name, np.var(values["w"]))
            result[name] = np.mean(np.abs(values["x"] - solution(values)))
        return result


steps = [2.0**-k for k in range(3, 9)]
table = [errors(dt) for dt in steps]
failed = 0
for name, order in ORDER.items():
    e = [row[name] for row in table]
    slope = np.polyfit(np.log(steps), np.log(e), 1)[0]
    good = abs(slope - order) <= 0.12
    print(f"{name}: slope {slope:.3f}, errors {' '.join(f'{x:.2e}' for x in e)}{'' if good else '  WRONG'}")
    failed += not good
sys.exit(failed)
