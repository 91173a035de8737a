"""STDP with ANNarchy's own rule and its Poisson inputs."""
from report import flags  # before ANNarchy, see there

import ANNarchy as ann
import numpy as np

from run_annarchy import measure, start

args = flags(n=100)
net = start(args)

Cell = ann.Neuron(
    parameters="""
        tau_m = 10.0  : population
        tau_e = 5.0   : population
        E_e = 0.0     : population
        E_L = -74.0   : population
        v_t = -54.0   : population
        v_r = -60.0   : population
    """,
    equations="""
        tau_m * dv/dt = g_exc * (E_e - v) + E_L - v : init=-60.0
        tau_e * dg_exc/dt = -g_exc
    """,
    spike="v > v_t",
    reset="v = v_r")

w_max = 0.01
inputs = net.create(ann.PoissonPopulation(1000, rates=15.0))
cells = net.create(args.n, Cell)
plastic = net.connect(inputs, cells, target="exc",
                      synapse=ann.STDP(tau_plus=20.0, tau_minus=20.0, A_plus=0.01, A_minus=0.0105, w_max=w_max))
plastic.connect_all_to_all(weights=ann.Uniform(0.0, w_max))

measure(net, args, cells, weights=lambda: np.array(plastic.w) / w_max)
