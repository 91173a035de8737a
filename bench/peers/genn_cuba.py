"""CUBA with GeNN's own cell LIF and its own current ExpCurr."""
from pygenn import init_postsynaptic, init_sparse_connectivity, init_var, init_weight_update

from report import flags
from run_genn import measure, start

args = flags(n=4000)
model = start("cuba", args)

# The capacity equals the membrane's time constant, so that currents are in mV.
params = {"C": 20.0, "TauM": 20.0, "Vrest": -49.0, "Vreset": -60.0, "Vthresh": -50.0, "Ioffset": 0.0, "TauRefrac": 5.0}
init = {"V": init_var("Uniform", {"min": -60.0, "max": -50.0}), "RefracTime": 0.0}
n_e = round(0.8 * args.n)
exc = model.add_neuron_population("exc", n_e, "LIF", params, init)
inh = model.add_neuron_population("inh", args.n - n_e, "LIF", params, init)
for source, weight, tau, number in ((exc, 1.62, 5.0, 64), (inh, -9.0, 10.0, 16)):
    for target in (exc, inh):
        model.add_synapse_population(
            source.name + target.name, "SPARSE", source, target,
            init_weight_update("StaticPulseConstantWeight", {"g": weight}), init_postsynaptic("ExpCurr", {"tau": tau}),
            init_sparse_connectivity("FixedNumberPreWithReplacement", {"num": number}))

measure(model, args, (exc, inh))
