"""The cortical microcircuit in Brian2, with all synapses in one object: one for each of the 55 connections takes long to compile."""
from brian2 import *

from microcircuit import EXTERNAL, RATE, W, projections, size
from report import flags
from run_brian2 import measure, start

args = flags(scale=0.1)
start(args)

C, tau_m, tau_s = 250 * pF, 10 * ms, 0.5 * ms
E_L, V_th, V_reset = -65 * mV, -50 * mV, -65 * mV
first = cumsum([0] + [size(k, args.scale) for k in range(8)])

P = NeuronGroup(first[-1], """dv/dt = (E_L - v) / tau_m + I / C : volt (unless refractory)
                              dI/dt = -I / tau_s : amp""",
                threshold="v >= V_th", reset="v = V_reset", refractory=2 * ms, method="exact")
P.v = "-58*mV + 10*mV*randn()"
inputs = [PoissonInput(P[first[k]:first[k + 1]], "I", N=EXTERNAL[k], rate=RATE * Hz, weight=W * pA) for k in range(8)]

rng = np.random.default_rng(args.seed)
pre, post, weight, delays = [], [], [], []
for source, to, number, mean_weight, mean_delay in projections():
    count = number * (first[to + 1] - first[to])
    pre.append(rng.integers(first[source], first[source + 1], count, dtype=np.int32))
    post.append(np.repeat(np.arange(first[to], first[to + 1], dtype=np.int32), number))
    weight.append(rng.normal(mean_weight, 0.1 * abs(mean_weight), count))
    delays.append(np.maximum(rng.normal(mean_delay, mean_delay / 2, count), 0.1))
order = np.argsort(np.concatenate(pre), kind="stable")
S = Synapses(P, P, "w : amp", on_pre="I += w")
S.connect(i=np.concatenate(pre)[order], j=np.concatenate(post)[order])
S.w = np.concatenate(weight)[order] * pA
S.delay = np.concatenate(delays)[order] * ms

measure(args, P, inputs)
