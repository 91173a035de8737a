"""CUBA, as in Brian's own example; in-degrees are fixed."""
from brian2 import *

from report import flags
from run_brian2 import measure, start

args = flags(n=4000)
start(args)

taum, taue, taui = 20 * ms, 5 * ms, 10 * ms
Vt, Vr, El = -50 * mV, -60 * mV, -49 * mV

eqs = """
dv/dt  = (ge + gi - (v - El)) / taum : volt (unless refractory)
dge/dt = -ge / taue : volt
dgi/dt = -gi / taui : volt
"""
P = NeuronGroup(args.n, eqs, threshold="v > Vt", reset="v = Vr", refractory=5 * ms, method="exact")
P.v = "Vr + rand() * (Vt - Vr)"
n_e = round(0.8 * args.n)
Ce = Synapses(P[:n_e], P, on_pre="ge += 1.62*mV")
Ci = Synapses(P[n_e:], P, on_pre="gi -= 9*mV")
Ce.connect(i="k for k in sample(N_pre, size=64)")
Ci.connect(i="k for k in sample(N_pre, size=16)")

measure(args, P)
