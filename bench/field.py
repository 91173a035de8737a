"""The programs of the field that are compared, and how each is given to snnc, to the peers and to the kernel by hand."""
from dataclasses import dataclass, field

# Each with its usual precision.
PEERS = {"brian2": ("Brian2", "double"), "nest": ("NEST", "double"), "genn": ("GeNN", "float"), "annarchy": ("ANNarchy", "double")}


@dataclass
class Program:
    source: str  # programs/<source>.snn and peers/<peer>_<source>.py
    text: str
    seconds: float  # biological time that is measured
    warm: float  # and the time before it
    numbers: dict = field(default_factory=dict)  # params of the network, flags of the peers
    hand: bool = False  # hand/<source>.cpp exists
    left_out: dict = field(default_factory=dict)  # peers that cannot run it, and why


def programs(scale):
    """`scale` is the share of the microcircuit's cells."""
    pairs_once = {"annarchy": "takes no pair of cells twice, as cells with all inputs in a smaller network do"}
    return {
        "cuba-4000": Program("cuba", "4,000 cells with currents, 80 inputs each", 10, 0.1, {"n": 4000}, hand=True),
        "cuba-40000": Program("cuba", "40,000 cells with currents, 80 inputs each", 2, 0.1, {"n": 40000}, hand=True),
        "cobahh": Program("cobahh", "4,000 Hodgkin-Huxley cells, 80 inputs each", 1, 0.2, {"n": 4000}),
        "brunel": Program("brunel", "12,500 cells with delta synapses, 1,250 inputs each", 1, 0.2, {"order": 2500}),
        "stdp-100": Program("stdp", "1,000 Poisson inputs onto 100 cells, pair STDP", 10, 5, {"n": 100}),
        "stdp-1000": Program("stdp", "1,000 Poisson inputs onto 1,000 cells, pair STDP", 5, 5, {"n": 1000}),
        "microcircuit": Program("microcircuit", f"{scale:.0%} of the cells of Potjans and Diesmann, all inputs", 1, 0.5,
                                {"scale": scale}, left_out=pairs_once),
    }
