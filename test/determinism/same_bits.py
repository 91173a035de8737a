#!/usr/bin/env python3
"""Runs variants of a model and compares their recordings, data set by data set, byte by byte.

A model carries lines `# VARIANT name: s/regular expression/replacement/` (several for one name are applied in turn),
`# ARGS name: arguments` and `# SCALE k`: recorded times of a variant called scaled are k times those of the model.
Data sets that only one of the two has are not compared, but one that the model has must be in every variant."""
import os
import re
import subprocess
import sys

import h5py
import numpy as np

snnc, model, scratch = sys.argv[1:4]
text = open(model).read()
os.makedirs(scratch, exist_ok=True)


def recording(name, source, arguments):
    path = os.path.join(scratch, f"{name}.snn")
    with open(path, "w") as f:
        f.write(source)
    output = os.path.join(scratch, f"{name}.h5")
    result = {}
    for precision in ("float", "double"):
        command = [snnc, "run", path, "--", "--quiet", "--precision", precision, "--output", output, *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{name}: {' '.join(command)}\n{done.stdout}{done.stderr}")
        with h5py.File(output) as f:
            f.visititems(lambda key, d: result.update({(precision, key): d[...]}) if isinstance(d, h5py.Dataset) else None)
    return result


variants, arguments = {}, {}
for line in text.split("\n"):
    if found := re.match(r"# VARIANT (\w+): s(.)((?:\\.|(?!\2).)*)\2((?:\\.|(?!\2).)*)\2$", line):
        variants.setdefault(found[1], []).append((found[3], found[4].replace("\\n", "\n").replace("\\/", "/")))
    elif found := re.match(r"# ARGS (\w+): (.*)", line):
        arguments[found[1]] = found[2].split()
scale = float(found[1]) if (found := re.search(r"# SCALE (\S+)", text)) else 1

body = "\n".join(line for line in text.split("\n") if not line.startswith("#"))
first = recording("model", body, [])
assert any(len(d) for key, d in first.items() if "node_ids" in key[1] or "values" in key[1]), "nothing happened"
failed = 0
for name in dict.fromkeys([*variants, *arguments]):
    source = body
    for pattern, replacement in variants.get(name, []):
        source, count = re.subn(pattern, replacement, source, flags=re.M)
        assert count, f"{name}: nothing matches {pattern}"
    other = recording(name, source, arguments.get(name, []))
    for key, data in first.items():
        if key not in other:
            wrong = "is missing"
        else:
            expected = data * scale if name == "scaled" and re.search("time", key[1]) else data
            got = other[key]
            same = got.shape == expected.shape and got.tobytes() == expected.astype(got.dtype).tobytes()
            wrong = None if same else f"differs: {expected.ravel()[:6]} {got.ravel()[:6]} {expected.shape} {got.shape}"
        if wrong:
            print(f"{name}: {'/'.join(key)} {wrong}")
            failed += 1
    print(f"{name}: {len(first)} data sets compared")
sys.exit(1 if failed else 0)
