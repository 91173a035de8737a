"""Runs a GeNN script on its single-threaded CPU back-end and reports the time of GeNN's own timers, without Python's loop."""
import os

import numpy as np
from pygenn import GeNNModel

from report import record, report

DT = 0.1


def start(name, args):
    """GeNN's code is optimised only if asked."""
    model = GeNNModel("float", name, backend="single_threaded_cpu", optimize_code=True)
    model.dt = DT
    model.seed = args.seed
    model.timing_enabled = True
    model.fuse_postsynaptic_models = True
    model.default_narrow_sparse_ind_enabled = True
    return model


def spent(model):
    return (model.neuron_update_time + model.presynaptic_update_time + model.postsynaptic_update_time +
            model.synapse_dynamics_time)


def spikes_since(first, populations):
    """Cells and times in ms of the spikes from step `first` on; the cells of all populations are numbered through."""
    cells, times, before = [], [], 0
    for population in populations:
        when, who = population.spike_recording_data[0]
        later = when > (first - 0.5) * DT
        times.append(when[later])
        cells.append(who[later] + before)
        before += population.num_neurons
    return np.concatenate(cells), np.concatenate(times)


def measure(model, args, populations, weights=None):
    warm, steps = round(args.warm * 1e4), round(args.T * 1e4)
    for population in populations:
        population.spike_recording_enabled = True
    os.makedirs(args.dir, exist_ok=True)
    model.build(args.dir)
    model.load(num_recording_timesteps=warm + steps)
    while model.timestep < warm:
        model.step_time()
    before = spent(model)
    while model.timestep < warm + steps:
        model.step_time()
    seconds = spent(model) - before
    model.pull_recording_buffers_from_device()
    cells, times = spikes_since(warm, populations)
    report(seconds, len(times), sum(population.num_neurons for population in populations), args)
    if args.record:
        record(args, cells, times, weights)
