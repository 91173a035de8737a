"""STDP in NEST: its stdp_synapse without powers of the weight is the additive rule. Conductances are in units of the leak."""
import nest
import numpy as np

from report import flags
from run_nest import measure, start

args = flags(n=100)
start(args)

N, F, w_max, leak = 1000, 15.0, 0.01, 10.0
cells = nest.Create("iaf_cond_exp", args.n, {
    "C_m": 10.0 * leak, "g_L": leak, "E_L": -74.0, "E_ex": 0.0, "V_th": -54.0, "V_reset": -60.0, "V_m": -60.0, "t_ref": 0.0,
    "tau_syn_ex": 5.0, "tau_minus": 20.0})
rates = nest.Create("poisson_generator", {"rate": F})
inputs = nest.Create("parrot_neuron", N)
nest.Connect(rates, inputs, syn_spec={"delay": 0.1})
nest.CopyModel("stdp_synapse", "plastic", {
    "tau_plus": 20.0, "lambda": 0.01, "alpha": 1.05, "mu_plus": 0.0, "mu_minus": 0.0, "Wmax": w_max * leak, "delay": 0.1})
nest.Connect(inputs, cells, "all_to_all", {"synapse_model": "plastic", "weight": nest.random.uniform(0.0, w_max * leak)})

measure(args, cells, others_spike=True,
        weights=lambda: np.array(nest.GetConnections(synapse_model="plastic").weight) / (w_max * leak))
