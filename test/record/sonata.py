#!/usr/bin/env python3
"""Reads spikes as tools for SONATA do (as libsonata's SpikeReader documents it): /spikes/POP/{node_ids,timestamps}, the
attribute `sorting` either an enumeration or a text, `units` of the timestamps; and checks what they rely on."""
import sys

import h5py
import numpy


def main():
    with h5py.File(sys.argv[1], "r") as f:
        assert f.attrs["magic"] == 0x0A7A and list(f.attrs["version"]) == [0, 1]
        for name, group in f["spikes"].items():
            times, ids = group["timestamps"], group["node_ids"]
            assert times.dtype == numpy.float64 and ids.dtype == numpy.uint64 and times.shape == ids.shape
            assert times.attrs["units"] == "ms" and "units" not in ids.attrs
            assert group.attrs["sorting"] == "by_time"
            order = numpy.lexsort((ids[...], times[...]))
            assert (order == numpy.arange(len(order))).all(), "ordered by time, then id"
            print(f"{name}: {len(times)} spikes of {len(set(ids[...].tolist()))} cells")


if __name__ == "__main__":
    main()
