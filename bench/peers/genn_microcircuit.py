"""The cortical microcircuit, after GeNN's own script of it (potjans_microcircuit.py)."""
from pygenn import init_postsynaptic, init_sparse_connectivity, init_var, init_weight_update

from microcircuit import EXTERNAL, NAMES, RATE, W, projections, size
from report import flags
from run_genn import measure, start

args = flags(scale=0.1)
model = start("microcircuit", args)

# nA, nF and MOhm go together.
params = {"C": 0.25, "TauM": 10.0, "Vrest": -65.0, "Vreset": -65.0, "Vthresh": -50.0, "Ioffset": 0.0, "TauRefrac": 2.0}
init = {"V": init_var("Normal", {"mean": -58.0, "sd": 10.0}), "RefracTime": 0.0}
populations = [model.add_neuron_population(name, size(k, args.scale), "LIF", params, init) for k, name in enumerate(NAMES)]
for population, fibres in zip(populations, EXTERNAL):
    model.add_current_source(population.name + "Poisson", "PoissonExp", population,
                             {"weight": W * 1e-3, "tauSyn": 0.5, "rate": fibres * RATE}, {"current": 0.0})
slots = 64  # steps of the longest delay
for source, to, inputs, mean, delay in projections():
    mean *= 1e-3
    low, high = (0.0, 1e6) if mean > 0 else (-1e6, 0.0)
    synapses = model.add_synapse_population(
        NAMES[source] + NAMES[to], "SPARSE", populations[source], populations[to],
        init_weight_update("StaticPulseDendriticDelay", {}, {
            "g": init_var("NormalClipped", {"mean": mean, "sd": 0.1 * abs(mean), "min": low, "max": high}),
            "d": init_var("NormalClippedDelay", {"mean": delay, "sd": delay / 2, "min": 0.1, "max": (slots - 1) * 0.1})}),
        init_postsynaptic("ExpCurr", {"tau": 0.5}),
        init_sparse_connectivity("FixedNumberPreWithReplacement", {"num": inputs}))
    synapses.max_dendritic_delay_timesteps = slots

measure(model, args, populations)
