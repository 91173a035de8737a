"""Brunel's network, model A, as in NEST's own example (brunel_delta_nest.py)."""
import nest

from report import flags
from run_nest import measure, start

args = flags(order=2500)
start(args)

tau, theta, J, g, eta = 20.0, 20.0, 0.1, 5.0, 2.0
n_e, n = 4 * args.order, 5 * args.order
C_E, C_I = round(0.1 * n_e), round(0.1 * args.order)

cells = nest.Create("iaf_psc_delta", n, {
    "C_m": 1.0, "tau_m": tau, "t_ref": 2.0, "E_L": 0.0, "V_reset": 0.0, "V_th": theta, "V_m": nest.random.uniform(0.0, theta)})
noise = nest.Create("poisson_generator", {"rate": 1000 * eta * theta / (J * tau)})
nest.CopyModel("static_synapse", "excitatory", {"weight": J, "delay": 1.5})
nest.CopyModel("static_synapse", "inhibitory", {"weight": -g * J, "delay": 1.5})
nest.Connect(noise, cells, syn_spec="excitatory")
nest.Connect(cells[:n_e], cells, {"rule": "fixed_indegree", "indegree": C_E, "allow_multapses": False}, "excitatory")
nest.Connect(cells[n_e:], cells, {"rule": "fixed_indegree", "indegree": C_I, "allow_multapses": False}, "inhibitory")

measure(args, cells)
