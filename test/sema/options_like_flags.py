"""An option named like a flag that every program has is refused, whatever flags --help lists."""
import os
import re
import subprocess
import sys
import tempfile

snnc = sys.argv[1]
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "model.snn")

    def write(name):
        with open(path, "w") as f:
            f.write(f"experiment e {{\n  option {name} = 1 \"help\"\n}}\n")

    write("mine")
    listed = subprocess.run([snnc, "run", path, "--", "--help"], capture_output=True, text=True, check=True).stdout
    flags = re.findall(r"^\s+--([a-z-]+)", listed, re.M)
    assert "mine" in flags and "dt" in flags and len(flags) > 10, flags
    for flag in flags:
        write(flag.replace("-", "_"))
        done = subprocess.run([snnc, "check", path], capture_output=True, text=True)
        refused = f"2:10: error[E0202]: every program has a flag `--{flag}` already" in done.stderr
        assert refused == (flag != "mine"), (flag, done.stderr)
    print(len(flags) - 1, "refused")
