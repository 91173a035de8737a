"""The field's programs on a GPU, in sizes that fill it: time per step, what the kernels move, and how large they may become."""
import re
import subprocess

NUMBER = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}


def quantity(number, prefix):
    return float(number) * NUMBER[prefix]


def profile(snnc, model, program, seconds):
    """What `--profile` says of one run: a dictionary."""
    numbers = [word for name, value in program.numbers.items() for word in ("--set", f"{name}={value}")]
    done = subprocess.run([snnc, "run", model, "--", "simulate", "--quiet", "--device", "cuda", "--profile", "--T", f"{seconds}s",
                           "--warm", f"{program.warm}s", *numbers], capture_output=True, text=True)
    text = done.stdout + done.stderr
    head = re.search(r"profile of (\d+) steps \(([\d.e+]+) ms\) in ([\d.]+) (s|ms|us), (.*?): ", text)
    if done.returncode or not head:
        raise SystemExit(f"snnc: {text.strip().splitlines()[-1]}")
    memory = re.search(r"its memory: ([\d.]+) (.?)B/s, ([\d.]+) of ([\d.]+) MB taken", text)
    events = re.search(r"and ([\d.]+) (.?) synaptic events/s", text)
    # the cells' kernel that takes longest; the rows are in that order
    cells = re.search(r"ns a cell +([\d.]+) (.?)B/s +(?:\d+ % \w+)? +(\S.*)$", text, re.M)
    return {"device": head[5], "steps": int(head[1]), "biological": float(head[2]) / 1e3,
            "seconds": float(head[3]) * {"s": 1, "ms": 1e-3, "us": 1e-6}[head[4]],
            "events": quantity(*events.groups()) if events else 0,
            "limit": quantity(memory[1], memory[2]), "taken": float(memory[3]) / 1e3, "has": float(memory[4]) / 1e3,
            "cells": quantity(cells[1], cells[2]) if cells else 0, "kernel": cells[3] if cells else ""}


def measured(snnc, model, program, seconds):
    """The measured time alone: that of the warm-up, when networks start in step, is in both of two runs."""
    short, whole = profile(snnc, model, program, 0.0001), profile(snnc, model, program, seconds)
    delivered = whole["events"] * whole["seconds"] - short["events"] * short["seconds"]
    for of in ("steps", "biological", "seconds"):
        whole[of] -= short[of]
    whole["events"] = delivered / whole["seconds"]
    return whole


def table(name, program, found):
    """A line for each program."""
    each = found["seconds"] / found["steps"]
    print(f"{name:<14} {program.cells:>9,} cells  {each * 1e6:7.1f} us a step  {found['seconds'] / found['biological']:7.3f} s per biological s"
          f"  {found['events'] / 1e9:6.2f} G events/s  {found['cells'] / 1e9:6.0f} GB/s ({found['cells'] / found['limit']:.0%}) in {found['kernel']}"
          f"  {found['taken']:5.1f} of {found['has']:.0f} GB: {found['has'] / found['taken']:.1f} times as large would fit")


def compare(snnc, folder, chosen, seconds):
    for name, program in chosen.items():
        found = measured(snnc, f"{folder}/{program.source}.snn", program, seconds or program.seconds)
        if name == next(iter(chosen)):
            print(f"{found['device']}, memory {found['limit'] / 1e9:.0f} GB/s read and written")
        table(name, program, found)
