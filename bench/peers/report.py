"""What every peer takes and answers: its flags, and one line of JSON with the seconds of the measured time and what was seen."""
import argparse
import json
import sys

import numpy as np

# Taken before the simulator is imported, so this module comes first: ANNarchy reads the command line when it is imported, and
# understands --n 4000 as 4000 threads.
WORDS = sys.argv[1:]
del sys.argv[1:]


def flags(**defaults):
    """The flags of a peer; `defaults` are numbers of its network."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--T", type=float, default=1.0, help="measured time in seconds")
    parser.add_argument("--warm", type=float, default=0.1, help="time before it in seconds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dir", default="peer", help="folder for generated code")
    parser.add_argument("--record", help="file for the spikes of the measured time and the final weights; slower")
    for name, value in defaults.items():
        parser.add_argument("--" + name, type=type(value), default=value)
    return parser.parse_args(WORDS)


def report(seconds, spikes, cells, args):
    """`seconds` is CPU time of the simulation of args.T; `spikes` are those of `cells` cells within it."""
    print("\n" + json.dumps({"seconds": seconds, "rate": spikes / cells / args.T}))


def record(args, cells, times, weights=None):
    """Into the file of --record: the cell and the time in ms of each spike, and what `weights` gives when it is called: the
    final weights as shares of the largest one allowed. figures.py reads it."""
    shares = np.ravel(weights()) if weights else np.empty(0)
    np.savez(args.record, cells=np.asarray(cells, np.int64), times=np.asarray(times, np.float64), weights=shares)
