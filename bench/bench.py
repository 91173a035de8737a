#!/usr/bin/env python3
"""The field's programs in snnc, in their usual simulators and by hand, side by side: `./dev bench [NAME …]`. Without names all of
them, and the compile latency (`latency`). Times first, then whether all compute the same. README.md says what is compared and
how."""
import argparse
import json
import os
import statistics
import subprocess
import sys

from contest import Contest, Failed, compiler
from environment import Environment
from field import PEERS, device_programs, programs
import agreement
import device
import latency

HERE = os.path.dirname(os.path.abspath(__file__))


def options():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(programs(0.1))}, latency")
    parser.add_argument("--peers", default=",".join(PEERS), help="these only, with commas; 'none' for none [%(default)s]")
    parser.add_argument("--seconds", type=float, help="biological seconds that are measured [each program's own]")
    parser.add_argument("--runs", type=int, default=5, help="runs of each, in turn, with seeds 1, 2, … [%(default)s]")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--statistics", action="store_true", help="without times: whether rates, intervals and weights agree")
    only.add_argument("--no-statistics", action="store_true", help="times alone")
    parser.add_argument("--scale", type=float, default=0.1, help="share of the microcircuit's cells [%(default)s]")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu", help="cuda: snnc alone, in sizes for a GPU [%(default)s]")
    parser.add_argument("--core", type=int, default=(os.cpu_count() or 1) - 1, help="that everything runs on [%(default)s]")
    parser.add_argument("--build", default="build", help=argparse.SUPPRESS)
    args = parser.parse_args()
    known = [*device_programs()] if args.device == "cuda" else [*programs(args.scale), "latency"]
    for name in args.names:
        if name not in known:
            parser.error(f"unknown name {name}; there are {', '.join(known)}")
    args.names = args.names or (list(programs(args.scale)) if args.statistics else known)
    args.peers = [] if args.peers == "none" else args.peers.split(",")
    for name in args.peers:
        if name not in PEERS:
            parser.error(f"unknown peer {name}; there are {', '.join(PEERS)}")
    return args


def present(environment, peers):
    """Versions of the peers that are there; says which are not, and why."""
    why = environment.make() if peers else ""
    found = {}
    for name in peers:
        version, reason = (None, why) if why else environment.provide(name)
        if version:
            found[name] = version
        else:
            print(f"{PEERS[name][0]} is left out: {reason}")
    return found


def entrants(program, found):
    """(peer, name with its version, precision) of the peers that can run this program."""
    for peer, version in found.items():
        title, precision = PEERS[peer]
        if peer in program.left_out:
            print(f"  {title} is left out: {program.left_out[peer]}")
        else:
            yield peer, f"{title} {version}", precision


def timed(contest, snnc, peers):
    """{(name, precision): contestant} of all that are timed."""
    found = {("snnc", precision): contest.snnc(snnc, precision) for precision in ("float", "double")}
    if contest.program.hand:
        for precision in ("float", "double"):
            try:
                found[f"by hand ({compiler()})", precision] = contest.hand(precision)
            except Failed as why:
                print(f"  by hand is left out: {why}")
    return {**found, **{(name, precision): contest.peer(peer) for peer, name, precision in peers}}


def observed(contest, snnc, peers):
    """{(name, precision): contestant} of all whose figures are compared."""
    found = {("snnc", precision): contest.observed_snnc(snnc, precision) for precision in ("float", "double")}
    return {**found, **{(name, precision): contest.observed_peer(peer) for peer, name, precision in peers}}


def in_turn(contestants, runs):
    """Answers of all; in turn, so that what else the machine does meets all of them. Who fails once is left out."""
    results = {who: [] for who in contestants}
    for seed in range(1, runs + 1):
        for who, contestant in contestants.items():
            if who not in results:
                continue
            if sys.stderr.isatty():
                print(f"\r\033[K  run {seed} of {runs}: {' '.join(who)}", end="", file=sys.stderr, flush=True)
            try:
                results[who].append(contestant(seed))
            except Failed as why:
                if who[0] == "snnc":
                    raise
                print(f"  {who[0]} is left out: {why}")
                del results[who]
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    return results


def table(results):
    """Prints the results of a program and gives them as rows for the plot."""
    print(f"  {'':<26} {'':<7} {'CPU s per biological s':^24} {'rate':>8}   {'times snnc':<10}")
    print(f"  {'':<26} {'':<7} {'median':>11} {'least':>11} {'1/s':>9}   (same precision)")
    own = {precision: statistics.median(t for t, _ in runs) for (name, precision), runs in results.items() if name == "snnc"}
    expected = statistics.mean(rate for (name, _), runs in results.items() if name == "snnc" for _, rate in runs)
    rows, marked = [], False
    for (name, precision), runs in results.items():
        seconds, rate = [t for t, _ in runs], statistics.mean(r for _, r in runs)
        far = abs(rate - expected) > agreement.NEAR * expected
        marked |= far
        ratio = statistics.median(seconds) / own[precision]
        print(f"  {name:<26} {precision:<7} {statistics.median(seconds):11.4f} {min(seconds):11.4f} "
              f"{rate:8.2f}{'*' if far else ' '}   {ratio:.2f}")
        rows.append({"name": name, "precision": precision, "seconds": statistics.median(seconds), "rate": rate})
    if marked:
        print(f"  * differs from snnc's by more than {agreement.NEAR:.0%}; see bench/README.md")
    for (name, precision), runs in results.items():
        if name.startswith("by hand"):
            times = own[precision] / statistics.median(t for t, _ in runs)
            print(f"  snnc takes {times:.2f} times as long as by hand ({precision})")
    return rows


def keep(folder, times, figures):
    """results.json, with what has been measured before."""
    path = os.path.join(folder, "results.json")
    before = {}
    if os.path.exists(path):
        with open(path) as file:
            before = json.load(file)
    with open(path, "w") as file:
        json.dump({"times": {**before.get("times", {}), **times}, "statistics": {**before.get("statistics", {}), **figures}},
                  file, indent=1)
    return path


def plot(path, environment):
    """One picture of all programs that have been measured so far."""
    picture = os.path.join(os.path.dirname(path), "bench.png")
    found, why = environment.provide("matplotlib") if environment.exists() else (None, "it is made together with peers")
    if found:
        subprocess.run([environment.python, os.path.join(HERE, "plot.py"), path, picture], check=True)
        print(f"\n{picture}")
    else:
        print(f"\nno picture: {why}")


def compare(args, chosen):
    """Times and figures of the chosen programs."""
    folder = os.path.join(os.path.abspath(args.build), "bench")
    snnc = os.path.join(os.path.abspath(args.build), "bin", "snnc")
    environment = Environment(args.build)
    found = present(environment, args.peers)
    if not args.no_statistics and not environment.reader:
        why = "no Python with numpy and h5py (Debian: python3-h5py)"
        if args.statistics:
            raise SystemExit(f"statistics: {why}")
        print(f"statistics are left out: {why}")
        args.no_statistics = True
    times, figures = {}, {}
    for name, program in chosen.items():
        contest = Contest(program, os.path.join(folder, name), args.core, args.seconds, environment)
        print(f"\n{name}: {program.text}; {contest.seconds:g} s after {contest.warm:g} s, {args.runs} runs, core {args.core}",
              flush=True)
        peers = list(entrants(program, found))
        try:
            if not args.statistics:
                times[name] = table(in_turn(timed(contest, snnc, peers), args.runs))
            if not args.no_statistics:
                figures[name] = agreement.table(in_turn(observed(contest, snnc, peers), args.runs), contest.observed)
        except Failed as why:
            raise SystemExit(f"snnc: {why}") from None
    path = keep(folder, times, figures)
    if times:
        plot(path, environment)


def main():
    args = options()
    known = device_programs() if args.device == "cuda" else programs(args.scale)
    chosen = {name: program for name, program in known.items() if name in args.names}
    if args.device == "cuda":
        device.compare(os.path.join(os.path.abspath(args.build), "bin", "snnc"), os.path.join(HERE, "programs"), chosen, args.seconds)
        return
    if chosen:
        compare(args, chosen)
    if "latency" in args.names:
        print("\ncompile latency")
        latency.measure_all(args.build, 11)


if __name__ == "__main__":
    main()
