#!/usr/bin/env python3
"""Makes each cell in turn diverge, in both precisions; prints the cells that the program did not name."""
import subprocess
import sys

program, cells = sys.argv[1], int(sys.argv[2])
wrong = 0
for precision in ("float", "double"):
    for n in (cells, 64, 9):
        for at in range(0, n, 1 if n < 20 else 3):
            done = subprocess.run([program, "--precision", precision, "--set", f"cells.at={at}", "--set", f"n={n}"],
                                  capture_output=True, text=True)
            expected = f": the run diverged at t = 1 ms: V of cell {at} in population cells is inf\n"
            if done.returncode != 4 or not done.stderr.endswith(expected):
                print(f"{precision}, {n} cells, {at}: exit {done.returncode} {done.stderr}")
                wrong += 1
        done = subprocess.run([program, "--precision", precision, "--set", f"cells.at={n}", "--set", f"n={n}"], stdout=subprocess.DEVNULL)
        if done.returncode:
            print(f"{precision}: exit {done.returncode} for a cell that is not there")
            wrong += 1
print(f"{wrong} wrong")
