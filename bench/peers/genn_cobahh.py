"""COBAHH in GeNN. Its own cell TraubMiles has other constants and 25 steps of Euler in each dt; this one is solved as Brian's."""
import math

from pygenn import create_neuron_model, init_postsynaptic, init_sparse_connectivity, init_var, init_weight_update

from report import flags
from run_genn import measure, start

args = flags(n=4000)
model = start("cobahh", args)

cell = create_neuron_model(
    "HodgkinHuxley",
    params=["C", "gL", "gNa", "gK", "EL", "ENa", "EK", "Ee", "Ei", "VT", "decayE", "decayI"],
    vars=[(name, "scalar") for name in ("V", "m", "h", "n", "ge", "gi", "old")],
    additional_input_vars=[("inE", "scalar", 0.0), ("inI", "scalar", 0.0)],
    sim_code="""
        ge += inE;
        gi += inI;
        const scalar u = V - VT;
        const scalar am = 0.32 * (13.0 - u) / (exp((13.0 - u) / 4.0) - 1.0);
        const scalar bm = 0.28 * (u - 40.0) / (exp((u - 40.0) / 5.0) - 1.0);
        const scalar ah = 0.128 * exp((17.0 - u) / 18.0);
        const scalar bh = 4.0 / (1.0 + exp((40.0 - u) / 5.0));
        const scalar an = 0.032 * (15.0 - u) / (exp((15.0 - u) / 5.0) - 1.0);
        const scalar bn = 0.5 * exp((10.0 - u) / 40.0);
        const scalar na = gNa * m * m * m * h;
        const scalar k = gK * n * n * n * n;
        const scalar g = gL + ge + gi + na + k;
        const scalar end = (gL * EL + ge * Ee + gi * Ei + na * ENa + k * EK) / g;
        old = V;
        V = end + (V - end) * exp(-dt * g / C);
        m = am / (am + bm) + (m - am / (am + bm)) * exp(-dt * (am + bm));
        h = ah / (ah + bh) + (h - ah / (ah + bh)) * exp(-dt * (ah + bh));
        n = an / (an + bn) + (n - an / (an + bn)) * exp(-dt * (an + bn));
        ge *= decayE;
        gi *= decayI;
    """,
    threshold_condition_code="V > -20.0 && old <= -20.0")

# pF, nS, mV and ms go together.
params = {"C": 200.0, "gL": 10.0, "gNa": 20000.0, "gK": 6000.0, "EL": -60.0, "ENa": 50.0, "EK": -90.0, "Ee": 0.0, "Ei": -80.0,
          "VT": -63.0, "decayE": math.exp(-0.1 / 5), "decayI": math.exp(-0.1 / 10)}
init = {"V": init_var("Normal", {"mean": -65.0, "sd": 5.0}), "m": 0.0, "h": 0.0, "n": 0.0, "old": -65.0,
        "ge": init_var("Normal", {"mean": 40.0, "sd": 15.0}), "gi": init_var("Normal", {"mean": 200.0, "sd": 120.0})}
n_e = round(0.8 * args.n)
exc = model.add_neuron_population("exc", n_e, cell, params, init)
inh = model.add_neuron_population("inh", args.n - n_e, cell, params, init)
for source, weight, into, number in ((exc, 6.0, "inE", 64), (inh, 67.0, "inI", 16)):
    for target in (exc, inh):
        synapses = model.add_synapse_population(
            source.name + target.name, "SPARSE", source, target,
            init_weight_update("StaticPulseConstantWeight", {"g": weight}), init_postsynaptic("DeltaCurr"),
            init_sparse_connectivity("FixedNumberPreWithReplacement", {"num": number}))
        synapses.post_target_var = into

measure(model, args, (exc, inh))
