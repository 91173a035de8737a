#!/usr/bin/env python3
"""Runs one program by the interpreter, the JIT (-O0 and the default), as a finished binary and by the CUDA back-end on the stand-in
for a device (test/cuda/shim), and compares standard output and every byte of the recording. Prints the common output, or the first difference and exits 1."""
import argparse
import hashlib
import os
import subprocess
import sys
import tempfile


def digest(path):
    if not os.path.exists(path):
        return "no recording"
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--snnc", required=True)
    options.add_argument("--no-interp", action="store_true", help="too long for the interpreter")
    options.add_argument("--no-cuda", action="store_true", help="too long for the stand-in")
    options.add_argument("model")
    options.add_argument("args", nargs="*")
    args = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        binary = os.path.join(folder, "model")
        subprocess.run([args.snnc, args.model, "-o", binary], check=True)
        ways = {
            "aot": [binary],
            "jit": [args.snnc, "run", args.model, "--"],
            "jit -O0": [args.snnc, "run", "-O0", args.model, "--"],
            "aot, double": [binary, "--precision", "double"],
            "jit, double": [args.snnc, "run", args.model, "--", "--precision", "double"],
        }
        if not args.no_interp:
            ways["interpreter"] = [args.snnc, "run", "--interp", args.model, "--"]
            ways["interpreter, double"] = [args.snnc, "run", "--interp", args.model, "--", "--precision", "double"]
        build = os.path.dirname(os.path.dirname(os.path.abspath(args.snnc)))
        shim = os.path.join(build, "lib", "libsnn_cuda_shim.so")
        on_shim = dict(os.environ, SNN_CUDA_LIBRARY=shim, SNN_NVRTC_LIBRARY=shim, SNN_CACHE=os.path.join(build, "cuda-cache"))
        if not args.no_cuda:
            ways["cuda"] = [args.snnc, "run", args.model, "--", "--device", "cuda"]
            ways["cuda, double"] = [binary, "--device", "cuda", "--precision", "double"]
        seen = {}
        for way, command in ways.items():
            output = os.path.join(folder, "out.h5")
            if os.path.exists(output):
                os.remove(output)
            done = subprocess.run(command + args.args + ["--output", output], capture_output=True, text=True,
                                  env=on_shim if "cuda" in way else None)
            if done.returncode:
                print(f"{way}: exit {done.returncode}\n{done.stdout}{done.stderr}")
                return 1
            group = "double" if "double" in way else "float"
            result = (done.stdout, digest(output))
            first = seen.setdefault(group, (way, result))
            if first[1] != result:
                print(f"{way} differs from {first[0]}:\n{first[1]}\n{result}")
                return 1
        print(seen["float"][1][0], end="")
        print(f"{len(ways)} ways agree")
    return 0


if __name__ == "__main__":
    sys.exit(main())
