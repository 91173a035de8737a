"""STDP, as in Brian's own example, for several cells."""
from brian2 import *

from report import flags
from run_brian2 import measure, start

args = flags(n=100)
start(args)

N, F = 1000, 15 * Hz
taum, taupre, taupost, taue = 10 * ms, 20 * ms, 20 * ms, 5 * ms
Ee, vt, vr, El = 0 * mV, -54 * mV, -60 * mV, -74 * mV
gmax, dApre = 0.01, 0.01
dApost = -dApre * taupre / taupost * 1.05 * gmax
dApre *= gmax

eqs_neurons = """
dv/dt = (ge * (Ee-v) + El - v) / taum : volt
dge/dt = -ge / taue : 1
"""
poisson_input = PoissonGroup(N, rates=F)
neurons = NeuronGroup(args.n, eqs_neurons, threshold="v > vt", reset="v = vr", method="euler")
neurons.v = vr
S = Synapses(poisson_input, neurons,
             """w : 1
                dApre/dt = -Apre / taupre : 1 (event-driven)
                dApost/dt = -Apost / taupost : 1 (event-driven)""",
             on_pre="""ge += w
                    Apre += dApre
                    w = clip(w + Apost, 0, gmax)""",
             on_post="""Apost += dApost
                     w = clip(w + Apre, 0, gmax)""")
S.post.order = -1  # of spikes in one step the cell's comes first, as it does in the others; the equilibrium depends on it
S.connect()
S.w = "rand() * gmax"

measure(args, neurons, weights=lambda: S.w[:] / gmax)
