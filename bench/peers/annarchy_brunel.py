"""Brunel's network, model A, in ANNarchy; by Euler, so that the arrivals of a step enter V whole; its external fibres
fire at random in each step."""
from report import flags  # before ANNarchy, see there

import ANNarchy as ann

from run_annarchy import measure, start

args = flags(order=2500)
net = start(args)

J, g, eta, theta, tau = 0.1, 5.0, 2.0, 20.0, 20.0
C_E, C_I = round(0.4 * args.order), round(0.1 * args.order)
Delta = ann.Neuron(
    parameters=f"""
        tau = {tau}      : population
        theta = {theta}  : population
        J = {J}          : population
        fibres = {C_E}   : population
        p = {eta * theta / (J * tau) / C_E * 0.1} : population
    """,
    equations="""
        noise = Binomial(fibres, p)
        tau * dv/dt = -v + tau / dt * (g_exc + J * noise)
    """,
    spike="v >= theta",
    reset="v = 0.0",
    refractory=2.0)

P = net.create(5 * args.order, Delta)
P.v = ann.Uniform(0.0, theta)
exc, inh = P[:4 * args.order], P[4 * args.order:]
Ce = net.connect(exc, P, target="exc")
Ce.connect_fixed_number_pre(number=C_E, weights=J, delays=1.5)
Ci = net.connect(inh, P, target="exc")
Ci.connect_fixed_number_pre(number=C_I, weights=-g * J, delays=1.5)

measure(net, args, P)
