"""Runs an ANNarchy script on one thread and reports the CPU time of the second `simulate`."""
import time

from report import report  # before ANNarchy, see there

import ANNarchy as ann


def start(args):
    return ann.Network(dt=0.1, seed=args.seed)


def measure(net, args, cells):
    monitor = net.monitor(cells, "spike", start=False)
    net.compile(directory=args.dir, silent=True)
    net.simulate(1000 * args.warm)
    monitor.start()
    begin = time.process_time()
    net.simulate(1000 * args.T)
    seconds = time.process_time() - begin
    spikes = sum(len(times) for times in monitor.get("spike").values())
    report(seconds, spikes, cells.size, args)
