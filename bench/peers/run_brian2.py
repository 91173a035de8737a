"""Runs a Brian2 script in C++ standalone mode and reports the time that Brian2's own timer gives for the second `run`."""
from brian2 import Network, SpikeMonitor, collect, device, ms, second, seed, set_device

from report import record, report


def start(args):
    set_device("cpp_standalone", directory=args.dir, build_on_run=False)
    seed(args.seed)


def measure(args, cells, others=(), weights=None):
    """Runs what the script has made and named, and `others` that it keeps in a list; level=1 says that the script's names are
    meant, not those of this function."""
    spikes = SpikeMonitor(cells, record=args.record is not None)
    network = Network(collect(level=1), *others, spikes)
    spikes.active = False
    network.run(args.warm * second, level=1)
    spikes.active = True
    network.run(args.T * second, level=1)
    device.build(directory=args.dir, compile=True, run=True)
    report(device._last_run_time, spikes.num_spikes, len(cells), args)
    if args.record:
        record(args, spikes.i, spikes.t / ms, weights)
