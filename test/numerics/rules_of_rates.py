"""The rules of rates, step by step. Within a step the rates of both cells count as constant; weights are integrated by
exponential Euler, which is exact where the weight alone changes, and takes thresholds and means from the begin of the step.

Rates in 1/s, times in s. A rate cell: tau r' = -r + I, with the current of the begin of the step."""
import sys

import h5py
import numpy as np

DT, STEPS, EVERY = 0.5e-3, 600, 4
ALL = np.ones((5, 3), bool)
KEPT = np.array([[(i + 2 * j) % 3 != 0 for j in range(3)] for i in range(5)])


def toward(x, end, tau):
    return end + (x - end) * np.exp(-DT / tau)


class Oja:
    """Oja 1982: w' = eta (post pre - post^2 w)."""

    def step(self, w, pre, post):
        rate = np.maximum(2e-3 * post**2, 1e-300)[None, :]
        return toward(w, 2e-3 * np.outer(pre, post) / rate, 1 / rate)


class Bcm:
    """w' = eta pre post (post - theta), tau theta' = post^2 / r_0 - theta: the threshold is the mean square over r_0."""

    def __init__(self):
        self.theta = np.full(3, 15.0)

    def step(self, w, pre, post):
        w = w + 1e-3 * np.outer(pre, post * (post - self.theta)) * DT
        self.theta = toward(self.theta, post**2 / 15, 0.1)
        return w


class Covariance:
    """Sejnowski 1977: w' = eta (pre - <pre>)(post - <post>), running means with tau."""

    def __init__(self):
        self.pre, self.post = np.zeros(5), np.zeros(3)

    def step(self, w, pre, post):
        w = w + 0.02 * np.outer(pre - self.pre, post - self.post) * DT
        self.pre, self.post = toward(self.pre, pre, 0.06), toward(self.post, post, 0.06)
        return w


def course(rule, kept):
    w = np.where(kept, [[0.1 * (1 + (i + j) % 4) for j in range(3)] for i in range(5)], 0.0)
    pre, post = np.zeros(5), np.zeros(3)
    for n in range(STEPS):
        current = w.T @ pre
        after = np.where(kept, rule.step(w, pre, post), 0.0)
        pre = toward(pre, 20 + 15 * np.sin(1.7 * (n // 10) + 2 * np.arange(5)), 5e-3)
        post = toward(post, np.maximum(current, 0), 10e-3)
        w = after
        if (n + 1) % EVERY == 0:
            yield w[kept]


with h5py.File(sys.argv[1]) as f:
    for name, rule, kept in (("oja_w", Oja(), ALL), ("bcm_w", Bcm(), KEPT), ("covariance_w", Covariance(), ALL)):
        got = f[f"states/{name}/w/data"][...].reshape(STEPS // EVERY, -1)
        want = np.array(list(course(rule, kept)))
        error = np.abs(got - want)
        assert got.shape == want.shape and error.max() <= 1e-9, (name, np.unravel_index(error.argmax(), error.shape), error.max())
        assert np.abs(want[-1] - want[0]).max() > 0.1, (name, "hardly changes")
