"""The rules of spikes by brute force: at each event sums over all spikes so far, as the papers write them; no traces.

Times are whole steps. At one time a target's spike comes before an arrival: pairs without lag depress."""
import sys

import h5py
import numpy as np

DT, STEPS, EVERY, W_MAX = 0.5, 800, 10, 2.0


def past(spikes, now, tau, including_now):
    """The sum of exp(-age / tau) over the spikes before now."""
    age = (now - spikes[spikes <= now if including_now else spikes < now]) * DT
    return np.exp(-age / tau).sum()


def clipped(w):
    return min(max(w, 0.0), W_MAX)


# A rule is a pair of functions (w, now, arrivals, spikes of the target) -> w, for an arrival and for a spike of the target.


def pair(w_minus=0.06, w_plus=0.05):
    """Song et al. 2000: each pair of spikes adds F(lag) w_max."""
    return (lambda w, now, a, b: clipped(w - W_MAX * w_minus * past(b, now, 30, True)),
            lambda w, now, a, b: clipped(w + W_MAX * w_plus * past(a, now, 20, False)))


def nearest_pairs(select_minus, select_plus):
    """Morrison et al. 2008, figure 7: pair STDP over the pairs that a scheme selects."""
    return (lambda w, now, a, b: pair()[0](w, now, a, select_minus(a[a < now], b[b <= now])),
            lambda w, now, a, b: pair()[1](w, now, select_plus(a[a < now], b[b < now]), b))


def nearest():
    """Each arrival pairs with the last spike of the target, each spike of the target with the last arrival."""
    return nearest_pairs(lambda a, b: b[-1:], lambda a, b: a[-1:])


def centred():
    """Each arrival pairs with the last spike of the target and with the next one."""
    since = lambda a, b: a[a >= b[-1]] if len(b) else a
    return nearest_pairs(lambda a, b: b[-1:], since)


def reduced():
    """Immediate pairs alone: none with a spike of either side between them. At one time a target's spike comes first."""
    return nearest_pairs(lambda a, b: b[b > a[-1]][-1:] if len(a) else b[-1:],
                         lambda a, b: a[a >= b[-1]][-1:] if len(b) else a[-1:])


def triplet(a2_plus=0.01, a3_plus=0.03, a2_minus=0.02, a3_minus=0.005):
    """Pfister & Gerstner 2006, equations 3 and 4, all to all; the slow detectors do not see the spike of the moment."""
    return (lambda w, now, a, b: clipped(w - W_MAX * past(b, now, 33.7, True) * (a2_minus + a3_minus * past(a, now, 101, False))),
            lambda w, now, a, b: clipped(w + W_MAX * past(a, now, 16.8, False) * (a2_plus + a3_plus * past(b, now, 125, False))))


def dependent(mu):
    """Guetig et al. 2003: f_plus(w) = (1 - w)^mu, f_minus(w) = w^mu, w in units of w_max."""
    return (lambda w, now, a, b: clipped(w - W_MAX * 0.06 * (w / W_MAX) ** mu * past(b, now, 30, True)),
            lambda w, now, a, b: clipped(w + W_MAX * 0.05 * (1 - w / W_MAX) ** mu * past(a, now, 20, False)))


def inhibitory(eta=0.05, rate=10e-3, tau=20):
    """Vogels et al. 2011: near-coincident spikes add eta exp(-|lag| / tau), an arrival takes eta alpha, alpha = 2 rate tau."""
    return (lambda w, now, a, b: clipped(w + eta * (past(b, now, tau, True) - 2 * rate * tau)),
            lambda w, now, a, b: clipped(w + eta * past(a, now, tau, False)))


def at_events(rule):
    on_arrival, on_spike = rule

    def course(w, a, b, level):
        events = sorted([(n, 1) for n in a] + [(n, 0) for n in b])
        for sample in range(EVERY, STEPS + 1, EVERY):
            # what arrives at the time of the sample is part of the next step
            while events and events[0] < (sample, 1):
                n, arrives = events.pop(0)
                w = (on_arrival if arrives else on_spike)(w, n, a, b)
            yield w
    return course


def eligibility(a, b, a_minus, nearest_only):
    """c at the begin of each step: what each pair left at its second spike, fading with 80 ms."""
    chosen = (lambda spikes: spikes[-1:]) if nearest_only else (lambda spikes: spikes)
    left = np.zeros(STEPS + 1)
    for n in a[a <= STEPS]:
        left[n] -= a_minus * past(chosen(b[b <= n]), n, 30, True)
    for n in b[b <= STEPS]:
        left[n] += 0.1 * past(chosen(a[a < n]), n, 20, False)
    steps = np.arange(STEPS)
    return np.array([(left[: n + 1] * np.exp(-(n - steps[: n + 1]) * DT / 80)).sum() for n in steps])


def reward(w, a, b, level):
    """Izhikevich 2007: c is the sum of STDP(lag) at the pairs, fading with tau_c; w' = c times the reward."""
    c = eligibility(a, b, 0.105, False)
    change = np.cumsum(level / 1000 * c * 80 * (1 - np.exp(-DT / 80)))
    return w + change[EVERY - 1 :: EVERY]


def dopamine(w, a, b, level):
    """Izhikevich 2007, whose program pairs nearest spikes: d' = -d / tau_d + release, w' = eta c d, by Euler's method."""
    c = eligibility(a, b, 0.15, True)
    d, fade = np.zeros(STEPS), np.exp(-DT / 40)
    for n in range(1, STEPS):
        d[n] = d[n - 1] * fade + level[n - 1] / 1000 * 40 * (1 - fade)
    return w + np.cumsum(0.03 * c * d * DT)[EVERY - 1 :: EVERY]


def pairs_of(kind):
    return [(i, j) for i in range(6) for j in range(4) if kind == "dense" or (i + 2 * j) % 3 != 0]


def delay_of(kind, i, j):
    return {"dense": 3, "replay": 0, "index": (3 * i + j) % 6}[kind]


def within(i, j):
    return 0.5 + (7 * i + 3 * j) % 5 / 5


def scaling(kind, trains):
    """Every interval the weights of a target are scaled to the total; each arrival has added 1/16 in between."""
    edges = pairs_of(kind)
    w = np.array([within(i, j) for i, j in edges])
    posts = np.array([j for _, j in edges])
    arrivals = [trains["a"][i] + delay_of(kind, i, j) for i, j in edges]
    for n in range(STEPS):
        w += 0.0625 * np.array([n in a for a in arrivals])
        if (n + 1) % 40 == 0:
            w *= 3 / np.array([w[posts == j].sum() for j in posts])
        if (n + 1) % EVERY == 0:
            yield w.copy()


COURSES = {
    "pair": at_events(pair()), "nearest": at_events(nearest()), "centred": at_events(centred()),
    "reduced": at_events(reduced()), "triplet": at_events(triplet()), "dependent": at_events(dependent(1)),
    "additive": at_events(dependent(0)), "power": at_events(dependent(0.4)), "inhibitory": at_events(inhibitory()), "reward": reward,
    "dopamine": dopamine,
}

with h5py.File(sys.argv[1]) as f:
    trains = {}
    for name, cells in (("a", 6), ("b", 4)):
        steps = np.round(f[f"spikes/{name}/timestamps"][...] / DT).astype(int)
        ids = f[f"spikes/{name}/node_ids"][...]
        trains[name] = [np.sort(steps[ids == k]) for k in range(cells)]
    level = f["values/level/data"][...].ravel()
    seen = {name: f[f"states/{name}/w/data"][...].reshape(STEPS // EVERY, -1) for name in f["states"]}

assert len(level) == STEPS and len(seen) == 27, (len(level), list(seen))
together = sum(len(np.intersect1d(a, b)) for a in trains["a"] for b in trains["b"])
assert together > 5, "spikes of both sides in one step should be among what is tested"
for name, got in seen.items():
    rule, kind = name.split("_")
    start = (lambda i, j: 2.0 * ((i + j) % 2)) if kind != "dense" and rule not in ("reward", "dopamine") else within
    if rule == "scaling":
        want = np.array(list(scaling(kind, trains)))
    else:
        course = COURSES[rule]
        arrivals = lambda i, j: trains["a"][i] + delay_of(kind, i, j)
        want = np.array([list(course(start(i, j), arrivals(i, j), trains["b"][j], level)) for i, j in pairs_of(kind)]).T
    error = np.abs(got - want)
    assert got.shape == want.shape and error.max() <= 1e-9, (name, np.unravel_index(error.argmax(), error.shape), error.max())
    moved = np.abs(np.diff(want, axis=0)).sum()
    assert moved > 1, (name, "hardly changes", moved)
