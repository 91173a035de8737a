"""Sample moments against the covariance of dX = A X dt + G dW: the integral of exp(A s) G G^T exp(A s)^T."""
import sys

import h5py
import numpy as np

H = 10.0
failed = 0


def expm(m):
    values, vectors = np.linalg.eig(m)
    return (vectors @ np.diag(np.exp(values)) @ np.linalg.inv(vectors)).real


def covariance(a, g):
    a, g = np.array(a, float), np.array(g, float)
    nodes, weights = np.polynomial.legendre.leggauss(60)
    total = 0
    for s, w in zip((nodes + 1) * H / 2, weights * H / 2):
        p = expm(a * s) @ g
        total = total + w * p @ p.T
    return total


def check(what, sample, expected):
    global failed
    n = sample.shape[1]
    got = sample @ sample.T / n
    spread = np.sqrt((np.outer(np.diag(expected), np.diag(expected)) + expected**2) / n)
    worst = np.max(np.abs(got - expected) / spread)
    good = worst < 4.5
    print(f"{what}: {worst:.2f} standard errors{'' if good else '  WRONG'}\n{got}\n{expected}")
    failed += not good


with h5py.File(sys.argv[1]) as f:
    def state(population, *names, step=0):
        return np.stack([f[f"states/{population}/{name}/data"][step] for name in names])

    check("one equation", state("single", "x"), covariance([[-1 / 5]], [[1]]))
    first, second = state("single", "x")[0], state("single", "x", step=1)[0]
    check("the second step", (second - np.exp(-2) * first)[None], covariance([[-1 / 5]], [[1]]))
    independent = np.corrcoef(second - np.exp(-2) * first, first)[0, 1]
    neighbours = np.corrcoef(first[1:], first[:-1])[0, 1]
    print(f"correlations {independent:.4f} {neighbours:.4f}")
    failed += abs(independent) > 0.015 or abs(neighbours) > 0.015
    for parity, tau in ((0, 2.0), (1, 10.0)):
        check(f"time constant {tau} ms", state("per_cell", "x")[:, parity::2], covariance([[-1 / tau]], [[1]]))
    check("two sources", state("sources", "x"), covariance([[-1 / 5]], [[1, 2]]))
    check("one source, two equations", state("shared", "x", "y"), covariance([[-1 / 5, 0], [0, -1 / 20]], [[1], [3]]))
    check("a chain of three", state("chain", "x", "y", "z"),
          covariance([[-1 / 5, 0, 0], [1 / 10, -1 / 10, 0], [0, 1 / 2, -1 / 2]], [[1, 0], [0, 0], [0, 0.1]]))
    frozen = state("held", "y", step=1) - state("held", "y", step=0)
    after = state("held", "x", step=1) - np.exp(-2) * state("held", "x", step=0)
    check("beside a held state", after, covariance([[-1 / 5]], [[1]]))
    failed += bool(np.any(frozen != 0))
sys.exit(int(failed))
