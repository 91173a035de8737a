"""Makes currents.txt with mpmath: V n steps after an arrival of 1 mV at g (exponential) or at h (alpha), V(0) = 0."""
from mpmath import exp, mp, mpf

mp.dps = 60
RATIOS = [1, 1.000000000000001, 0.999999999999999, 1.0000000000001, 1.00000000001, 0.99999999999, 1.000000001,
          0.999999999, 1.0000001, 1.00001, 0.99999, 1.001, 0.999, 1.5, 0.25, 4]


def exponential(m, s, t):
    if m == s:
        return t / m * exp(-t / m)
    return (exp(-t / s) - exp(-t / m)) / (m * (1 / m - 1 / s))


def alpha(m, s, t):
    """g = t/s exp(-t/s); V is its convolution with exp(-t/m)/m."""
    if m == s:
        return t**2 / (2 * m * m) * exp(-t / m)
    a = 1 / m - 1 / s
    return (exp(-t / s) * (t / a - 1 / a**2) + exp(-t / m) / a**2) / (m * s)


print("# population cell step V; made by currents.py")
for name, form in (("exponential", exponential), ("alpha", alpha)):
    for cell, ratio in enumerate(RATIOS):
        for n in (1, 2, 5, 20, 100, 500, 2000, 4000):
            # 20 ms * ratio and dt are doubles
            v = form(mpf(20), mpf(20.0 * ratio), n * mpf(0.1))
            print(name, cell, n, mp.nstr(v, 20))
