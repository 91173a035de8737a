"""COBAHH, as in Brian's own example; in-degrees are fixed."""
from brian2 import *

from report import flags
from run_brian2 import measure, start

args = flags(n=4000)
start(args)

Cm = 200 * pF
gl, g_na, g_kd = 10 * nS, 20 * usiemens, 6 * usiemens
El, EK, ENa, VT = -60 * mV, -90 * mV, 50 * mV, -63 * mV
taue, taui = 5 * ms, 10 * ms
Ee, Ei = 0 * mV, -80 * mV

eqs = """
dv/dt = (gl*(El-v) + ge*(Ee-v) + gi*(Ei-v) - g_na*(m*m*m)*h*(v-ENa) - g_kd*(n*n*n*n)*(v-EK)) / Cm : volt
dm/dt = alpha_m*(1-m) - beta_m*m : 1
dn/dt = alpha_n*(1-n) - beta_n*n : 1
dh/dt = alpha_h*(1-h) - beta_h*h : 1
dge/dt = -ge / taue : siemens
dgi/dt = -gi / taui : siemens
alpha_m = 0.32*(mV**-1)*4*mV / exprel((13*mV-v+VT)/(4*mV)) / ms : Hz
beta_m = 0.28*(mV**-1)*5*mV / exprel((v-VT-40*mV)/(5*mV)) / ms : Hz
alpha_h = 0.128*exp((17*mV-v+VT)/(18*mV)) / ms : Hz
beta_h = 4./(1+exp((40*mV-v+VT)/(5*mV))) / ms : Hz
alpha_n = 0.032*(mV**-1)*5*mV / exprel((15*mV-v+VT)/(5*mV)) / ms : Hz
beta_n = .5*exp((10*mV-v+VT)/(40*mV)) / ms : Hz
"""
P = NeuronGroup(args.n, eqs, threshold="v > -20*mV", refractory=3 * ms, method="exponential_euler")
P.v = "El + (randn()*5 - 5)*mV"
P.ge = "(randn()*1.5 + 4)*10*nS"
P.gi = "(randn()*12 + 20)*10*nS"
n_e = round(0.8 * args.n)
Ce = Synapses(P[:n_e], P, on_pre="ge += 6*nS")
Ci = Synapses(P[n_e:], P, on_pre="gi += 67*nS")
Ce.connect(i="k for k in sample(N_pre, size=64)")
Ci.connect(i="k for k in sample(N_pre, size=16)")

measure(args, P)
