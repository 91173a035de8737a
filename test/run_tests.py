#!/usr/bin/env python3
"""Runs every suite (GoogleTest units, lit, the checks of the house) and closes with 'N passed, N failed'."""
import argparse
import os
import re
import subprocess
import sys

LIT = "/usr/lib/llvm-19/build/utils/lit/lit.py"


def run(command, **kwargs):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", **kwargs)


def unit(binary):
    """Passed and failed tests of one GoogleTest binary; a crash counts as a failure."""
    if not os.path.exists(binary):
        print(f"-- {os.path.basename(binary)}: not built")
        return 0, 1
    done = run([binary, "--gtest_brief=1"])
    passed = sum(int(n) for n in re.findall(r"\[  PASSED  \] (\d+) test", done.stdout))
    failed = len(re.findall(r"^\[  FAILED  \] \w+\.\w+", done.stdout, re.M))
    if done.returncode and not failed:
        failed = 1
    if failed:
        print(done.stdout[-8000:])
    print(f"-- {os.path.basename(binary)}: {passed} passed, {failed} failed")
    return passed, failed


def lit(root, build, nightly, only):
    command = [sys.executable, LIT, "-q", "-j2", "--time-tests" if nightly else "--no-progress-bar", f"--param=build={build}"]
    if nightly:
        command.append("--param=nightly=1")
    report = os.path.join(build, "lit.json")
    done = run(command + ["--output", report, *(only or [os.path.join(root, "test")])])
    print(done.stdout[-20000:])
    import json
    with open(report) as f:
        codes = [t["code"] for t in json.load(f)["tests"]]
    passed = codes.count("PASS") + codes.count("XFAIL")
    skipped = codes.count("UNSUPPORTED")
    failed = len(codes) - passed - skipped
    print(f"-- lit: {passed} passed, {failed} failed, {skipped} unsupported here")
    return passed, failed


def house(root):
    done = run([sys.executable, os.path.join(root, "test/meta/check_house.py"), root])
    print(done.stdout, end="")
    passed, failed = map(int, re.findall(r"(\d+) passed, (\d+) failed", done.stdout)[-1])
    return passed, failed


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--build", default="build")
    options.add_argument("--nightly", action="store_true")
    options.add_argument("only", nargs="*", help="lit tests or folders; nothing else is run then")
    args = options.parse_args()
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    build = os.path.abspath(args.build)
    results = []
    if not args.only:
        results += [unit(os.path.join(build, "bin", name)) for name in ("snn_unit_runtime", "snn_unit_compiler")]
        results.append(house(root))
    results.append(lit(root, build, args.nightly, args.only))
    passed, failed = sum(p for p, _ in results), sum(f for _, f in results)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
