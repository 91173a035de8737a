"""Runs an ANNarchy script on one thread and reports the CPU time of the second `simulate`."""
import time

from report import record, report  # before ANNarchy, see there

import ANNarchy as ann


def start(args):
    return ann.Network(dt=0.1, seed=args.seed)


def measure(net, args, cells, weights=None):
    monitor = net.monitor(cells, "spike", start=False)
    net.compile(directory=args.dir, silent=True)
    net.simulate(1000 * args.warm)
    monitor.start()
    begin = time.process_time()
    net.simulate(1000 * args.T)
    seconds = time.process_time() - begin
    spikes = monitor.get("spike")
    times, ranks = monitor.raster_plot(spikes)
    report(seconds, len(times), cells.size, args)
    if args.record:
        record(args, ranks, times, weights)
