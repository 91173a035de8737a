"""Runs a NEST script on one thread and reports the CPU time that NEST's own timer gives for the second `Simulate`."""
import nest

from report import record, report


def start(args):
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.resolution = 0.1
    nest.local_num_threads = 1
    nest.rng_seed = args.seed


def measure(args, cells, others_spike=False, weights=None):
    """NEST itself counts the spikes of all nodes; where others than `cells` spike too, a recorder says how many are theirs."""
    recorder = None
    if others_spike or args.record:
        recorder = nest.Create("spike_recorder", {"start": 1000 * args.warm})
        nest.Connect(cells, recorder)
    nest.Simulate(1000 * args.warm)
    nest.Simulate(1000 * args.T)
    status = nest.GetKernelStatus(["time_simulate_cpu", "local_spike_counter"])
    report(status[0], recorder.n_events if recorder else status[1], len(cells), args)
    if args.record:
        record(args, recorder.events["senders"], recorder.events["times"], weights)
