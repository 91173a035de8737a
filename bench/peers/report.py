"""What every peer takes and answers: its flags, and one line of JSON with the seconds of the measured time and what was seen."""
import argparse
import json
import sys

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
    for name, value in defaults.items():
        parser.add_argument("--" + name, type=type(value), default=value)
    return parser.parse_args(WORDS)


def report(seconds, spikes, cells, args):
    """`seconds` is CPU time of the simulation of args.T; `spikes` are those of `cells` cells within it."""
    print("\n" + json.dumps({"seconds": seconds, "rate": spikes / cells / args.T}))
