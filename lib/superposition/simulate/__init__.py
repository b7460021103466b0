"""Every simulation of the book, by name; the modules are topics.

Each takes an explicit `rng` and returns arrays, or estimates with standard errors.

>>> import numpy as np
>>> from superposition import simulate
>>> simulate.overlaps(512, 3, np.random.default_rng(0)).shape
(3,)
"""

from superposition.simulate.correction import (
    Chain,
    Corrector,
    Crossing,
    Votes,
    chained,
    correction,
    correction_slices,
    crossing,
    gaussian_readouts,
)
from superposition.simulate.directions import greedy_code, overlaps, worst_overlaps
from superposition.simulate.equal_noise import NoisyErrors, dense_errors, superposed_errors, supported_noisy
from superposition.simulate.levels import (
    LevelErrors,
    SupportedLevels,
    decoded_values,
    level_errors,
    nearest_levels,
    random_code_level_errors,
    supported_level_slices,
    supported_levels,
)
from superposition.simulate.linear import one_hot_error
from superposition.simulate.precision import (
    QuantisedErrors,
    Quantiser,
    gaussian_quantiser,
    quantised_error_slices,
    quantised_errors,
    supported_active,
)
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
from superposition.simulate.relay import (
    Relay,
    random_code_relay,
    random_code_relay_slices,
    relay,
    relay_readouts,
    relay_slices,
)

__all__ = [
    "Chain",
    "Corrector",
    "Crossing",
    "Crosstalk",
    "LargestActive",
    "LevelErrors",
    "NoisyErrors",
    "QuantisedErrors",
    "Quantiser",
    "ReadoutErrors",
    "Relay",
    "SupportedLevels",
    "Votes",
    "WorstSet",
    "adversarial_set",
    "chained",
    "correction",
    "correction_slices",
    "crossing",
    "crosstalk",
    "decoded_values",
    "dense_errors",
    "gaussian_quantiser",
    "gaussian_readouts",
    "greedy_code",
    "guaranteed_active",
    "largest_active",
    "level_errors",
    "nearest_levels",
    "one_hot_error",
    "overlaps",
    "quantised_error_slices",
    "quantised_errors",
    "random_code_error_slices",
    "random_code_errors",
    "random_code_level_errors",
    "random_code_relay",
    "random_code_relay_slices",
    "readout_error_slices",
    "readout_errors",
    "readouts",
    "relay",
    "relay_readouts",
    "relay_slices",
    "superposed_errors",
    "supported_active",
    "supported_level_slices",
    "supported_levels",
    "supported_noisy",
    "worst_overlaps",
]
