"""CUBA, as in ANNarchy's own example; in-degrees are fixed."""
from report import flags  # before ANNarchy, see there

import ANNarchy as ann

from run_annarchy import measure, start

args = flags(n=4000)
net = start(args)

CUBA = ann.Neuron(
    parameters="""
        El = -49.0     : population
        Vr = -60.0     : population
        Vt = -50.0     : population
        tau_m = 20.0   : population
        tau_exc = 5.0  : population
        tau_inh = 10.0 : population
    """,
    equations="""
        tau_m * dv/dt = (El - v) + g_exc + g_inh
        tau_exc * dg_exc/dt = -g_exc
        tau_inh * dg_inh/dt = -g_inh
    """,
    spike="v > Vt",
    reset="v = Vr",
    refractory=5.0)

P = net.create(args.n, CUBA)
P.v = ann.Uniform(-60.0, -50.0)
n_e = round(0.8 * args.n)
Ce = net.connect(P[:n_e], P, target="exc")
Ce.connect_fixed_number_pre(number=64, weights=1.62)
Ci = net.connect(P[n_e:], P, target="inh")
Ci.connect_fixed_number_pre(number=16, weights=-9.0)

measure(net, args, P)
