"""STDP in GeNN with all pairs of spikes; GeNN's own rule STDP takes nearest neighbours only."""
import math

from pygenn import create_neuron_model, create_weight_update_model, init_postsynaptic, init_var, init_weight_update

from report import flags
from run_genn import measure, start

args = flags(n=100)
model = start("stdp", args)

poisson = create_neuron_model("Poisson", params=["p"], sim_code="", threshold_condition_code="gennrand_uniform() < p")
cell = create_neuron_model(
    "Conductance",
    params=["EL", "Ee", "tau", "vt", "vr", "decay"],
    vars=[("V", "scalar"), ("g", "scalar")],
    sim_code="""
        g += Isyn;
        const scalar end = (EL + g * Ee) / (1.0 + g);
        V = end + (V - end) * exp(-dt * (1.0 + g) / tau);
        g *= decay;
    """,
    threshold_condition_code="V > vt",
    reset_code="V = vr;")
stdp = create_weight_update_model(
    "AllPairs",
    params=["tau", "Aplus", "Aminus", "wMax"],
    vars=[("w", "scalar")],
    pre_vars=[("x", "scalar")],
    post_vars=[("y", "scalar")],
    pre_spike_code="x = x * exp((st_pre - t) / tau) + Aplus;",
    post_spike_code="y = y * exp((st_post - t) / tau) + Aminus;",
    pre_spike_syn_code="""
        addToPost(w);
        w = fmax(0.0, w - y * exp((st_post - t) / tau));
    """,
    post_spike_syn_code="""
        if (t > st_pre) {  // of spikes in one step the cell's comes first, as it does in the others
            w = fmin(wMax, w + x * exp((st_pre - t) / tau));
        }
    """)

w_max = 0.01
inputs = model.add_neuron_population("inputs", 1000, poisson, {"p": 15e-4})
cells = model.add_neuron_population(
    "cells", args.n, cell, {"EL": -74.0, "Ee": 0.0, "tau": 10.0, "vt": -54.0, "vr": -60.0, "decay": math.exp(-0.1 / 5)},
    {"V": -60.0, "g": 0.0})
plastic = model.add_synapse_population(
    "plastic", "DENSE", inputs, cells,
    init_weight_update(stdp, {"tau": 20.0, "Aplus": 0.01 * w_max, "Aminus": 0.0105 * w_max, "wMax": w_max},
                       {"w": init_var("Uniform", {"min": 0.0, "max": w_max})}, {"x": 0.0}, {"y": 0.0}),
    init_postsynaptic("DeltaCurr"))


def shares():
    weights = plastic.vars["w"]
    weights.pull_from_device()
    return weights.current_values / w_max


measure(model, args, [cells], shares)
