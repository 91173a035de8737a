"""Runs a NEST script on one thread and reports the CPU time that NEST's own timer gives for the second `Simulate`."""
import nest

from report import report


def start(args):
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.resolution = 0.1
    nest.local_num_threads = 1
    nest.rng_seed = args.seed


def measure(args, cells, recorder=None):
    """NEST itself counts the spikes of all nodes; where others than `cells` spike too, a recorder says how many are theirs."""
    nest.Simulate(1000 * args.warm)
    nest.Simulate(1000 * args.T)
    status = nest.GetKernelStatus(["time_simulate_cpu", "local_spike_counter"])
    report(status[0], recorder.n_events if recorder else status[1], len(cells), args)
