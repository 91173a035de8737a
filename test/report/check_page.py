#!/usr/bin/env python3
"""Opens a report in headless Chromium and checks it: no errors on the console, every figure has marks, and the kinds of
figures are those named, in this order. Usage: check_page.py page.html raster trace weights curve"""
import argparse
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile


class Figures(html.parser.HTMLParser):
    """Collects the figure elements of the drawn page, the tags it holds, and the text of the data."""

    def __init__(self):
        super().__init__()
        self.figures, self.tags, self.data, self.inside = [], set(), "", False

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.add(tag)
        if tag == "figure":
            self.figures.append(attrs)
        self.inside = tag == "script" and attrs.get("id") == "data"

    def handle_data(self, data):
        if self.inside:
            self.data += data

    def handle_endtag(self, tag):
        self.inside = False


def browse(page, *flags):
    """What Chromium writes to the two outputs. Its own folders are new, so that runs beside each other do not meet."""
    with tempfile.TemporaryDirectory() as profile:
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                   f"--user-data-dir={profile}", "--virtual-time-budget=8000", "--enable-logging=stderr", "--v=0", *flags,
                   "file://" + os.path.abspath(page)]
        return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=240)


def not_json(word):
    raise ValueError(f"'{word}' is no JSON")


def check(page, expected, empty_allowed):
    """Yields what is wrong with the page."""
    done = browse(page, "--dump-dom")
    if "<html" not in done.stdout:
        yield f"Chromium shows no page (exit code {done.returncode}): {done.stderr[-2000:]}"
        return
    for line in done.stderr.split("\n"):
        if re.search(r"CONSOLE|Uncaught|Refused to", line):
            yield f"console: {line}"
    drawn = Figures()
    drawn.feed(done.stdout)
    try:
        count = len(json.loads(drawn.data, parse_constant=not_json)["figures"])
        if count != len(drawn.figures):
            yield f"{count} figures in the data, {len(drawn.figures)} on the page"
    except (ValueError, KeyError) as error:
        yield f"the data are damaged: {error}"
    kinds = [figure.get("data-kind") for figure in drawn.figures]
    if expected and kinds != expected:
        yield f"figures are {kinds}, expected {expected}"
    for figure in drawn.figures:
        marks = figure.get("data-marks", "")
        if not marks.isdigit() or (int(marks) == 0 and not empty_allowed):
            yield f"{figure.get('id')} ({figure.get('data-kind')}) has no marks: '{marks}'"
    for tag in drawn.tags & {"img", "iframe", "object", "embed", "form"}:
        yield f"the page holds a <{tag}>, which it never makes itself"
    if not drawn.figures:
        yield "the page has no figures"
    for figure in drawn.figures:
        print(f"{figure.get('id')}: {figure.get('data-kind')}, {figure.get('data-marks')} marks")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("page")
    options.add_argument("kinds", nargs="*", help="raster, trace, weights, curve")
    options.add_argument("--allow-empty", action="store_true", help="figures may have nothing to show")
    options.add_argument("--screenshot", metavar="FILE", help="saves a PNG of the page")
    options.add_argument("--size", default="1100,2200", help="of the screenshot: width,height")
    args = options.parse_args()
    if not shutil.which("chromium"):
        sys.exit("check_page.py: chromium is not installed")
    wrong = list(check(args.page, args.kinds, args.allow_empty))
    for line in wrong:
        print(f"check_page.py: {args.page}: {line}")
    if args.screenshot:
        browse(args.page, f"--screenshot={os.path.abspath(args.screenshot)}", f"--window-size={args.size}", "--hide-scrollbars")
    print("failed" if wrong else "passed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
