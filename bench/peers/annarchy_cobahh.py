"""COBAHH in ANNarchy with exponential Euler."""
from report import flags  # before ANNarchy, see there

import ANNarchy as ann

from run_annarchy import measure, start

args = flags(n=4000)
net = start(args)

HH = ann.Neuron(
    parameters="""
        C = 200.0     : population
        gL = 10.0     : population
        gNa = 20000.0 : population
        gK = 6000.0   : population
        EL = -60.0    : population
        ENa = 50.0    : population
        EK = -90.0    : population
        Ee = 0.0      : population
        Ei = -80.0    : population
        VT = -63.0    : population
        tau_exc = 5.0  : population
        tau_inh = 10.0 : population
    """,
    equations="""
        old = V
        u = V - VT
        am = 0.32 * (13.0 - u) / (exp((13.0 - u) / 4.0) - 1.0)
        bm = 0.28 * (u - 40.0) / (exp((u - 40.0) / 5.0) - 1.0)
        ah = 0.128 * exp((17.0 - u) / 18.0)
        bh = 4.0 / (1.0 + exp((40.0 - u) / 5.0))
        an = 0.032 * (15.0 - u) / (exp((15.0 - u) / 5.0) - 1.0)
        bn = 0.5 * exp((10.0 - u) / 40.0)
        C * dV/dt = gL * (EL - V) + g_exc * (Ee - V) + g_inh * (Ei - V) + gNa * m^3 * h * (ENa - V) + gK * n^4 * (EK - V) : exponential
        dm/dt = am * (1.0 - m) - bm * m : exponential
        dh/dt = ah * (1.0 - h) - bh * h : exponential
        dn/dt = an * (1.0 - n) - bn * n : exponential
        tau_exc * dg_exc/dt = -g_exc : exponential
        tau_inh * dg_inh/dt = -g_inh : exponential
    """,
    spike="(V > -20.0) and (old <= -20.0)",
    reset="")

P = net.create(args.n, HH)
P.V = ann.Normal(-65.0, 5.0)
P.old = -65.0
P.g_exc = ann.Normal(40.0, 15.0)
P.g_inh = ann.Normal(200.0, 120.0)
n_e = round(0.8 * args.n)
Ce = net.connect(P[:n_e], P, target="exc")
Ce.connect_fixed_number_pre(number=64, weights=6.0)
Ci = net.connect(P[n_e:], P, target="inh")
Ci.connect_fixed_number_pre(number=16, weights=67.0)

measure(net, args, P)
