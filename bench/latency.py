"""Compile latency: wall and CPU time from the command to the first simulated step (`snnc run`, one step), and to the finished
executable (`snnc model.snn`), with the stages that it is spent in. Each figure is the median of several runs; the least one
stands beside it, because other work on the machine only adds."""
import os
import re
import resource
import statistics
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODELS = ["lif", "hodgkin-huxley", "cuba", "stdp", "digits"]
STEP = {"lif": "0.1ms", "hodgkin-huxley": "0.01ms", "cuba": "0.1ms", "stdp": "5ms"}  # stdp runs T / 10 at a time


def timed(command, folder):
    """Wall and CPU seconds of a command, and what it wrote to standard error."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}")
    return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, done.stderr


def stages(text):
    return [(float(ms), name.strip()) for ms, name in re.findall(r"^\s*([\d.]+)  (.+)$", text, re.M)]


def measure(title, command, folder, runs):
    results = [timed(command, folder) for _ in range(runs)]
    walls, cpus = [r[0] * 1e3 for r in results], [r[1] * 1e3 for r in results]
    print(f"{title:<34} {statistics.median(walls):7.0f} {min(walls):7.0f} {statistics.median(cpus):9.0f} {min(cpus):6.0f}")
    return min(results, key=lambda r: r[0])[2]


def measure_all(build, runs):
    snnc = os.path.join(os.path.abspath(build), "bin", "snnc")
    print(f"{'milliseconds':<34} {'wall':>7} {'least':>7} {'CPU':>9} {'least':>6}   (median and least of {runs} runs)")
    reports = {}
    with tempfile.TemporaryDirectory() as folder:
        timed([snnc, "--version"], folder)  # the libraries are in memory from here on
        measure("snnc --version", [snnc, "--version"], folder, runs)
        for name in MODELS:
            model = os.path.join(ROOT, "examples", name, "model.snn")
            if name in STEP:
                reports[name] = measure(f"first step of {name}", [snnc, "run", "--time-report", model, "--", "--T", STEP[name]],
                                        folder, runs)
            reports[name + ", executable"] = measure(f"executable of {name}", [snnc, "--time-report", model, "-o", "out"],
                                                     folder, runs)
    for name in ("cuba", "digits, executable"):
        print(f"\nwhere the time goes, {name} (the fastest run):")
        for ms, stage in stages(reports[name]):
            print(f"  {ms:8.2f} ms  {stage}")

