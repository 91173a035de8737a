"""COBAHH, after NEST's own script of the benchmarks of Brette et al.; its cells are solved with an adaptive step."""
import nest

from report import flags
from run_nest import measure, start

args = flags(n=4000)
start(args)

cells = nest.Create("hh_cond_exp_traub", args.n, {
    "g_Na": 20000.0, "g_K": 6000.0, "g_L": 10.0, "C_m": 200.0, "E_Na": 50.0, "E_K": -90.0, "E_L": -60.0, "V_T": -63.0,
    "E_ex": 0.0, "E_in": -80.0, "tau_syn_ex": 5.0, "tau_syn_in": 10.0, "t_ref": 3.0,
    "V_m": nest.random.normal(-65.0, 5.0)})
n_e = round(0.8 * args.n)
nest.CopyModel("static_synapse", "excitatory", {"weight": 6.0, "delay": 0.1})
nest.CopyModel("static_synapse", "inhibitory", {"weight": -67.0, "delay": 0.1})
nest.Connect(cells[:n_e], cells, {"rule": "fixed_indegree", "indegree": 64, "allow_multapses": False}, "excitatory")
nest.Connect(cells[n_e:], cells, {"rule": "fixed_indegree", "indegree": 16, "allow_multapses": False}, "inhibitory")

# NEST's cells begin without conductances; one spike each through a synapse that is there for it alone brings them.
kick = nest.Create("spike_generator", {"spike_times": [0.1]})
nest.Connect(kick, cells, syn_spec={"weight": nest.math.max(nest.random.normal(40.0, 15.0), 0.0), "delay": 0.1})
nest.Connect(kick, cells, syn_spec={"weight": nest.math.min(nest.random.normal(-200.0, 120.0), 0.0), "delay": 0.1})

measure(args, cells)
