#!/usr/bin/env python3
"""Reads CUDA text from standard input and checks that nothing of a user's text is in it: every word is one of the library's, or
made of [a-z0-9_], and no sign could begin a directive, a text or an escape. Prints how many words there are."""
import re
import sys

LIBRARY = {
    "SNN_DEV", "Control", "Call", "Owners", "Checks", "Place", "Sink", "Sum", "Which", "Site", "AddInPlace", "atomicAdd", "fetchAhead",
    "pushArrivals", "overArrivals", "overCells", "overEvents", "overRows", "overTargets", "overColumns", "overColumnsInOrder", "wrapAdd", "wrapSub", "wrapMul", "wrapNeg", "wholeAbs", "wholeMod",
    "drawUniform", "drawNormal", "drawExponential", "drawGamma", "drawLognormal", "drawPoisson", "drawBernoulli", "quietNaN",
    "Divisor", "quotientBy", "fetchesNext",
}


def main():
    lines = sys.stdin.read().split("\n")
    fixed = [k for k, line in enumerate(lines) if line.startswith("#")]
    if fixed != [1] or lines[1] != '#include "runtime/device/cuda/Kernels.h"':
        return f"lines with #: {fixed}"
    text = "\n".join(lines[2:]).replace('extern "C" __global__', "")
    comments = " ".join(re.findall(r"//(.*)", text))
    code = re.sub(r"//.*", "", text)
    if bad := re.search(r"[^A-Za-z0-9_ \n,.:;()-]", comments):
        return f"in a comment: {bad[0]!r}"
    if bad := re.search(r"[^A-Za-z0-9_ \n,.:;()<>\[\]{}+*/%=!&|?-]", code):
        return f"in the code: {bad[0]!r}"
    words = re.findall(r"(?<![\w.])[A-Za-z_]\w*", code)
    if bad := [w for w in words if w not in LIBRARY and not re.fullmatch(r"[a-z0-9_]+", w)]:
        return f"words: {bad[:5]}"
    print(f"{len(words)} plain words")
    return None


if __name__ == "__main__":
    sys.exit(main())
