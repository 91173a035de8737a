"""CUBA, after NEST's own script of the benchmarks of Brette et al."""
import nest

from report import flags
from run_nest import measure, start

args = flags(n=4000)
start(args)

C, tau_m = 200.0, 20.0
pA = C / tau_m  # weights are given in mV
cells = nest.Create("iaf_psc_exp", args.n, {
    "C_m": C, "tau_m": tau_m, "tau_syn_ex": 5.0, "tau_syn_in": 10.0, "E_L": -49.0, "V_th": -50.0, "V_reset": -60.0, "t_ref": 5.0,
    "V_m": nest.random.uniform(-60.0, -50.0)})
n_e = round(0.8 * args.n)
nest.CopyModel("static_synapse", "excitatory", {"weight": 1.62 * pA, "delay": 0.1})
nest.CopyModel("static_synapse", "inhibitory", {"weight": -9.0 * pA, "delay": 0.1})
nest.Connect(cells[:n_e], cells, {"rule": "fixed_indegree", "indegree": 64, "allow_multapses": False}, "excitatory")
nest.Connect(cells[n_e:], cells, {"rule": "fixed_indegree", "indegree": 16, "allow_multapses": False}, "inhibitory")

measure(args, cells)
