"""Brunel's network, model A, in GeNN; the external arrivals of a step are drawn as in GeNN's own PoissonExp."""
import math

from pygenn import create_neuron_model, init_postsynaptic, init_sparse_connectivity, init_var, init_weight_update

from report import flags
from run_genn import measure, start

args = flags(order=2500)
model = start("brunel", args)

J, g, eta, theta, tau, dt = 0.1, 5.0, 2.0, 20.0, 20.0, 0.1
cell = create_neuron_model(
    "Delta",
    params=["decay", "theta", "hold", "J", "expMinusMean"],
    vars=[("V", "scalar"), ("left", "unsigned int")],
    sim_code="""
        scalar p = 1.0;
        int arrivals = -1;
        do {
            arrivals++;
            p *= gennrand_uniform();
        } while (p > expMinusMean);
        if (left > 0) {
            left--;
        }
        else {
            V = (V + Isyn) * decay + J * arrivals;
        }
    """,
    threshold_condition_code="left == 0 && V >= theta",
    reset_code="V = 0.0; left = hold;")
mean = eta * theta / (J * tau) * dt  # of arrivals in a step
params = {"decay": math.exp(-dt / tau), "theta": theta, "hold": 20, "J": J, "expMinusMean": math.exp(-mean)}
init = {"V": init_var("Uniform", {"min": 0.0, "max": theta}), "left": 0}

exc = model.add_neuron_population("exc", 4 * args.order, cell, params, init)
inh = model.add_neuron_population("inh", args.order, cell, params, init)
for source, weight, number in ((exc, J, round(0.4 * args.order)), (inh, -g * J, round(0.1 * args.order))):
    for target in (exc, inh):
        synapses = model.add_synapse_population(
            source.name + target.name, "SPARSE", source, target,
            init_weight_update("StaticPulseConstantWeight", {"g": weight}), init_postsynaptic("DeltaCurr"),
            init_sparse_connectivity("FixedNumberPreWithReplacement", {"num": number}))
        synapses.axonal_delay_steps = 15

measure(model, args, (exc, inh))
