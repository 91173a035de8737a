"""Brunel's network, model A. What arrives for a refractory cell is dropped, as in the model, so on_pre asks."""
from brian2 import *

from report import flags
from run_brian2 import measure, start

args = flags(order=2500)
start(args)

tau, theta, J, g, eta = 20 * ms, 20 * mV, 0.1 * mV, 5, 2
n_e, n = 4 * args.order, 5 * args.order
C_E, C_I = round(0.1 * n_e), round(0.1 * args.order)
nu = eta * theta / (J * tau)

P = NeuronGroup(n, "dv/dt = -v / tau : volt (unless refractory)", threshold="v >= theta", reset="v = 0*mV",
                refractory=2 * ms, method="exact")
P.v = "rand() * theta"
external = PoissonInput(P, "v", N=C_E, rate=nu / C_E, weight="J * int(not_refractory)")
Se = Synapses(P[:n_e], P, on_pre="v += J * int(not_refractory)", delay=1.5 * ms)
Si = Synapses(P[n_e:], P, on_pre="v -= g * J * int(not_refractory)", delay=1.5 * ms)
Se.connect(i=f"k for k in sample(N_pre, size={C_E})")
Si.connect(i=f"k for k in sample(N_pre, size={C_I})")

measure(args, P)
