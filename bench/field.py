"""The programs of the field that are compared, and how each is given to snnc, to the peers and to the kernel by hand."""
from dataclasses import dataclass, field

from peers import microcircuit

# Each with its usual precision.
PEERS = {"brian2": ("Brian2", "double"), "nest": ("NEST", "double"), "genn": ("GeNN", "float"), "annarchy": ("ANNarchy", "double")}


@dataclass
class Program:
    source: str  # programs/<source>.snn and peers/<peer>_<source>.py
    text: str
    seconds: float  # biological time that is measured
    warm: float  # and the time before it
    cells: int  # whose spikes count
    numbers: dict = field(default_factory=dict)  # params of the network, flags of the peers
    observed: float = 0  # biological time of the statistics, where it is not the measured one
    hand: bool = False  # hand/<source>.cpp exists
    left_out: dict = field(default_factory=dict)  # peers that cannot run it, and why


def device_programs():
    """The same in sizes that fill a GPU."""
    return {
        "cuba": Program("cuba", "4,000,000 cells with currents, 80 inputs each", 1, 0.1, 4000000, {"n": 4000000}),
        "cobahh": Program("cobahh", "1,000,000 Hodgkin-Huxley cells, 80 inputs each", 1, 0.2, 1000000, {"n": 1000000}),
        "brunel": Program("brunel", "50,000 cells with delta synapses, 5,000 inputs each", 1, 0.2, 50000, {"order": 10000}),
        "stdp": Program("stdp", "1,000 Poisson inputs onto 10,000 cells, pair STDP", 1, 1, 10000, {"n": 10000}),
        "microcircuit": Program("microcircuit", "the microcircuit of Potjans and Diesmann, 77,169 cells", 1, 0.5, 77169, {"scale": 1}),
    }


def programs(scale):
    """`scale` is the share of the microcircuit's cells."""
    pairs_once = {"annarchy": "takes no pair of cells twice, as cells with all inputs in a smaller network do"}
    return {
        "cuba-4000": Program("cuba", "4,000 cells with currents, 80 inputs each", 10, 0.1, 4000, {"n": 4000}, hand=True),
        "cuba-40000": Program("cuba", "40,000 cells with currents, 80 inputs each", 2, 0.1, 40000, {"n": 40000}, hand=True),
        "cobahh": Program("cobahh", "4,000 Hodgkin-Huxley cells, 80 inputs each", 1, 0.2, 4000, {"n": 4000}),
        "brunel": Program("brunel", "12,500 cells with delta synapses, 1,250 inputs each", 1, 0.2, 12500, {"order": 2500}, hand=True),
        "stdp-100": Program("stdp", "1,000 Poisson inputs onto 100 cells, pair STDP", 10, 5, 100, {"n": 100}, observed=50),
        "stdp-1000": Program("stdp", "1,000 Poisson inputs onto 1,000 cells, pair STDP", 5, 5, 1000, {"n": 1000}, observed=20),
        "microcircuit": Program("microcircuit", f"{scale:.0%} of the cells of Potjans and Diesmann, all inputs", 4, 0.5,
                                sum(microcircuit.size(k, scale) for k in range(8)), {"scale": scale}, observed=3,
                                left_out=pairs_once),
    }
