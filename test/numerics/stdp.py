"""The STDP window: 0.01 exp(-lag/tau_pre) for a target's spike after the arrival, -0.0105 exp(lag/tau_post) else."""
import sys

import h5py
import numpy as np

with h5py.File(sys.argv[1]) as f:
    for name, delay, tau_pre, tau_post in (("w_now", 0, 20, 20), ("w_later", 7, 20, 20), ("w_other", 0, 10, 30)):
        w = f[f"values/{name}/data"][...].ravel()
        lag = 200 - (100 + np.arange(201) + delay)  # target's spike minus arrival
        change = np.where(lag > 0, 0.01 * np.exp(-np.maximum(lag, 0) / tau_pre),
                          -0.0105 * np.exp(np.minimum(lag, 0) / tau_post))
        assert w.shape == lag.shape, w.shape
        worst = np.argmax(np.abs(w - 0.5 - change))
        assert abs(w[worst] - 0.5 - change[worst]) <= 1e-12, (name, lag[worst], w[worst] - 0.5, change[worst])
