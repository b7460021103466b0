"""Every simulation of the book, by name; the modules are topics.

Each takes an explicit `rng` and returns arrays, or estimates with standard errors.

>>> import numpy as np
>>> from superposition import simulate
>>> simulate.overlaps(512, 3, np.random.default_rng(0)).shape
(3,)
"""

from superposition.simulate.directions import greedy_code, overlaps, worst_overlaps
from superposition.simulate.readout import (
    Crosstalk,
    LargestActive,
    ReadoutErrors,
    WorstSet,
    adversarial_set,
    crosstalk,
    guaranteed_active,
    largest_active,
    random_code_error_slices,
    random_code_errors,
    readout_error_slices,
    readout_errors,
    readouts,
)

__all__ = [
    "Crosstalk",
    "LargestActive",
    "ReadoutErrors",
    "WorstSet",
    "adversarial_set",
    "crosstalk",
    "greedy_code",
    "guaranteed_active",
    "largest_active",
    "overlaps",
    "random_code_error_slices",
    "random_code_errors",
    "readout_error_slices",
    "readout_errors",
    "readouts",
    "worst_overlaps",
]
