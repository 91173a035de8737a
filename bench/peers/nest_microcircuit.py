"""The cortical microcircuit in NEST."""
import nest

from microcircuit import EXTERNAL, RATE, W, projections, size
from report import flags
from run_nest import measure, start

args = flags(scale=0.1)
start(args)

populations = [nest.Create("iaf_psc_exp", size(k, args.scale), {
    "C_m": 250.0, "tau_m": 10.0, "E_L": -65.0, "V_th": -50.0, "V_reset": -65.0, "t_ref": 2.0, "tau_syn_ex": 0.5,
    "tau_syn_in": 0.5, "V_m": nest.random.normal(-58.0, 10.0)}) for k in range(8)]
for source, to, inputs, mean, delay in projections():
    nest.Connect(populations[source], populations[to], {"rule": "fixed_indegree", "indegree": inputs}, {
        "weight": nest.random.normal(mean, 0.1 * abs(mean)), "delay": nest.math.max(nest.random.normal(delay, delay / 2), 0.1)})
for population, fibres in zip(populations, EXTERNAL):
    noise = nest.Create("poisson_generator", {"rate": fibres * RATE})
    nest.Connect(noise, population, syn_spec={"weight": W, "delay": 0.1})

measure(args, sum(populations[1:], populations[0]))
