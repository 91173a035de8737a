#!/usr/bin/env python3
"""The checks of the house itself: who includes what, sizes of files, error codes with page and test, tests that say what
they test. Prints each breach and closes with 'N passed, N failed'."""
import os
import re
import subprocess
import sys

ROOT = sys.argv[1] if len(sys.argv) > 1 else "."
SOURCE = re.compile(r"\.(cpp|h|hpp)$")
HARD_LIMIT = 500


def tracked(*folders):
    done = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", *folders], capture_output=True, text=True)
    return [f for f in done.stdout.split("\n") if f and os.path.exists(os.path.join(ROOT, f))]


def text(path):
    with open(os.path.join(ROOT, path), errors="replace") as f:
        return f.read()


def include_rules():
    rules = {}
    for line in text("test/meta/includes.txt").split("\n"):
        line = line.split("#")[0].strip() if not line.startswith("compiler") else line.strip()
        if "->" in line:
            folder, allowed = line.split("->")
            own, _, outside = allowed.partition("+")
            rules[folder.strip()] = (own.split(), outside.split())
    return rules


def check_includes():
    rules = include_rules()
    for path in tracked("compiler", "runtime"):
        if not re.search(r"\.(cpp|h|hpp|def)$", path):
            continue
        folder = max((r for r in rules if path.startswith(r + "/")), key=len, default=None)
        if folder is None:
            yield f"{path}: test/meta/includes.txt has no rule for its folder"
            continue
        own, outside = rules[folder]
        for name in re.findall(r'^\s*#\s*include\s+["<]([^">]+)[">]', text(path), re.M):
            if re.match(r"^(compiler|runtime)/", name):
                if not any(name == p or name.startswith(p + "/") for p in own + [folder]):
                    yield f"{path}: includes {name}, which {folder} may not"
            elif "/" in name or name in ("hdf5.h", "zlib.h", "png.h", "antlr4-runtime.h"):
                if name.startswith(("sys/", "bits/", "linux/")):
                    continue
                if not any(name == p or name.startswith(p + "/") for p in outside):
                    yield f"{path}: includes <{name}>, which {folder} may not"


def check_sizes():
    for path in tracked("compiler", "runtime", "test", "bench", "grammar", "stdlib", "examples"):
        if re.search(r"\.(cpp|h|hpp|py|g4|snn|def)$", path):
            lines = text(path).count("\n")
            if lines > HARD_LIMIT:
                yield f"{path}: {lines} lines (at most {HARD_LIMIT})"


def check_file_comments():
    for path in tracked("compiler", "runtime"):
        if SOURCE.search(path) and not text(path).lstrip().startswith(("//", "/*")):
            yield f"{path}: does not begin with a comment that says what the file is for"


def check_codes():
    """Every registered code has a page, and every code is provoked by a test."""
    codes = re.findall(r"^DIAG\(\s*([EW]\d{4})", text("compiler/base/diag/Diagnostics.def"), re.M)
    tests = "".join(text(p) for p in tracked("test"))
    for code in codes:
        if not os.path.exists(os.path.join(ROOT, f"docs/errors/{code}.md")):
            yield f"docs/errors/{code}.md is missing"
        if code not in tests:
            yield f"no test provokes {code}"


def check_lit_headers():
    for path in tracked("test"):
        if not re.search(r"\.(snn|skir|test)$", path) or "/Inputs/" in path:
            continue
        lines = text(path).split("\n")
        runs = [k for k, line in enumerate(lines[:6]) if "RUN:" in line or "REQUIRES:" in line]
        if not runs:
            yield f"{path}: no RUN line at the top"


def check_words():
    for path in tracked("compiler", "runtime", "stdlib", "grammar", "examples", "dev"):
        for number, line in enumerate(text(path).split("\n"), 1):
            if re.search(r"\b(TODO|FIXME|XXX)\b|cantFail|using namespace ", line):
                yield f"{path}:{number}: {line.strip()[:80]}"


def main():
    passed = failed = 0
    for check in (check_includes, check_sizes, check_file_comments, check_codes, check_lit_headers, check_words):
        breaches = list(check())
        for breach in breaches[:40]:
            print(f"house: {breach}")
        failed += bool(breaches)
        passed += not breaches
    print(f"-- house: {passed} passed, {failed} failed")


if __name__ == "__main__":
    main()
