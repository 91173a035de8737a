"""Writes a model with one state for each function, runs one step of it, and compares with the formula in numpy."""
import subprocess
import sys

import h5py
import numpy as np

snnc, scratch = sys.argv[1:3]
exprel = lambda x: np.expm1(x) / x
d_exprel = lambda x: 0.5 + x / 3 + x * x / 8 + x**3 / 30 + x**4 / 144 if abs(x) < 0.02 else (np.exp(x) - exprel(x)) / x
exprelr = lambda x: x / np.expm1(x)
d_exprelr = lambda x: (np.expm1(x) - x * np.exp(x)) / np.expm1(x) ** 2 if abs(x) > 0.02 else -0.5 + x / 6 - x**3 / 180 + x**5 / 5040
sigmoid = lambda x: 1 / (1 + np.exp(-x))
F = [  # as written in the model, the function, its derivative
    ("x * x", lambda x: x * x, lambda x: 2 * x),
    ("x^3", lambda x: x**3, lambda x: 3 * x * x),
    ("x^-2", lambda x: x**-2, lambda x: -2 * x**-3),
    ("x^0.5", lambda x: x**0.5, lambda x: 0.5 * x**-0.5),
    ("x^2.5", lambda x: x**2.5, lambda x: 2.5 * x**1.5),
    ("x^p", lambda x: x**1.5, lambda x: 1.5 * x**0.5),
    ("2^x", lambda x: 2**x, lambda x: np.log(2) * 2**x),
    ("x^x", lambda x: x**x, lambda x: x**x * (np.log(x) + 1)),
    ("sqrt(1 + x)", lambda x: np.sqrt(1 + x), lambda x: 0.5 / np.sqrt(1 + x)),
    ("exp(-2 * x)", lambda x: np.exp(-2 * x), lambda x: -2 * np.exp(-2 * x)),
    ("log(x)", np.log, lambda x: 1 / x),
    ("log1p(x)", np.log1p, lambda x: 1 / (1 + x)),
    ("expm1(x)", np.expm1, np.exp),
    ("exprel(x)", exprel, d_exprel),
    ("exprel(0.01 * x)", lambda x: exprel(0.01 * x), lambda x: 0.01 * d_exprel(0.01 * x)),
    ("exprelr(x)", exprelr, d_exprelr),
    ("exprelr(0.01 * x)", lambda x: exprelr(0.01 * x), lambda x: 0.01 * d_exprelr(0.01 * x)),
    ("exprelr(30 * x)", lambda x: exprelr(30 * x), lambda x: 30 * d_exprelr(30 * x)),
    ("exprelr(-1e4 * x)", lambda x: exprelr(-1e4 * x), lambda x: -1e4 * d_exprelr(-1e4 * x)),
    ("sin(x)", np.sin, np.cos),
    ("cos(x)", np.cos, lambda x: -np.sin(x)),
    ("tan(x)", np.tan, lambda x: 1 / np.cos(x) ** 2),
    ("asin(x / 2)", lambda x: np.arcsin(x / 2), lambda x: 0.5 / np.sqrt(1 - x * x / 4)),
    ("acos(x / 2)", lambda x: np.arccos(x / 2), lambda x: -0.5 / np.sqrt(1 - x * x / 4)),
    ("atan(x)", np.arctan, lambda x: 1 / (1 + x * x)),
    ("atan2(x, 2)", lambda x: np.arctan2(x, 2), lambda x: 2 / (4 + x * x)),
    ("atan2(2, x)", lambda x: np.arctan2(2, x), lambda x: -2 / (4 + x * x)),
    ("sinh(x)", np.sinh, np.cosh),
    ("cosh(x)", np.cosh, np.sinh),
    ("tanh(x)", np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    ("sigmoid(x)", sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
    ("relu(x) + relu(-x)", lambda x: x, lambda x: 1.0),
    ("abs(-3 * x)", lambda x: 3 * x, lambda x: 3.0),
    ("min(x * x, 0.1) + min(x, 5)", lambda x: 0.1 + x, lambda x: 1.0),
    ("max(x * x, 0.1) + max(x, 5)", lambda x: x * x + 5, lambda x: 2 * x),
    ("clip(x * x, 0, 2) + clip(x, 0, x * x) + clip(x, 3 * x, 5)", lambda x: 2 * x * x + 3 * x, lambda x: 4 * x + 3),
    ("(x * x if x > 0.1 else x)", lambda x: x * x, lambda x: 2 * x),
    ("mod(x, 0.5)", lambda x: x - 0.5, lambda x: 1.0),
    ("mod(3, x)", lambda x: 3 - 4 * x, lambda x: -4.0),
    ("x / (1 + x * x)", lambda x: x / (1 + x * x), lambda x: (1 - x * x) / (1 + x * x) ** 2),
    ("floor(10 * x) * x + sign(x) * x + heaviside(x) * x + round(x) * x", lambda x: 10 * x, lambda x: 10.0),
    ("outer", lambda x: np.exp(x * x) + x * x, lambda x: 2 * x * np.exp(x * x) + 2 * x),
    ("twice(twice(x) * x)", lambda x: 4 * x * x, lambda x: 8 * x),
]
X = 0.7


def neuron(k, text):
    return f"""neuron N{k} {{
  param p = 1.5
  state x = {X},  w = 0
  let inner = x * x
  let outer = exp(inner) + inner
  fn twice(a) = a + a
  w' = xi / sqrt(ms)
  x' = ({text}) * xi / sqrt(ms)
  solver {{ x : milstein }}
}}
"""


models, members, records = "", "", ""
for k, (text, _, _) in enumerate(F):
    models += neuron(k, text)
    members += f"  population n{k} = N{k}[8]\n"
    records += f"  record n{k}.x\n  record n{k}.w\n"
with open(f"{scratch}.snn", "w") as f:
    f.write(f"{models}network Net {{\n{members}}}\nexperiment e on Net {{\n  set precision = double,  dt = 0.25 ms\n{records}  step\n}}\n")
subprocess.run([snnc, "run", f"{scratch}.snn", "--", "--quiet", "--output", f"{scratch}.h5"], check=True)
failed = 0
with h5py.File(f"{scratch}.h5") as h:
    for k, (text, g, slope) in enumerate(F):
        x, w = (h[f"states/n{k}/{name}/data"][0] for name in "xw")
        expected = X + g(X) * w + g(X) * slope(X) * (w * w - 0.25) / 2
        error = np.max(np.abs(x - expected) / (1 + np.abs(expected)))
        if not error < 1e-13:
            print(f"{text}: error {error:.2e}: {x} instead of {expected}")
            failed += 1
print(f"{len(F) - failed} of {len(F)} derivatives are right")
sys.exit(failed)
