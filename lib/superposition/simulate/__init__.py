"""Every simulation of the book, by name; the modules are topics.

Each takes an explicit `rng` and returns arrays, or estimates with standard errors. Those that can take long also come in
slices, for progress bars and event loops: `readout_errors.slices(...)` yields the fraction done and the result so far.

>>> import numpy as np
>>> from superposition import simulate
>>> simulate.overlaps(512, 3, np.random.default_rng(0)).shape
(3,)
"""

from superposition.simulate.correction import (
    Chain,
    Corrector,
    Crossing,
    DenseChain,
    SparseLayer,
    Told,
    Votes,
    assignment,
    correction,
    crossing,
    dense_chain,
    gaussian_readouts,
    half_spaces,
    sparse_chain,
)
from superposition.simulate.decoders import (
    Amp,
    Recovery,
    amp,
    decode_l1,
    decode_min_norm,
    decode_omp,
    decode_threshold,
    decode_top,
    recovery,
)
from superposition.simulate.directions import greedy_code, overlaps, worst_overlaps
from superposition.simulate.equal_noise import NoisyErrors, dense_errors, superposed_errors
from superposition.simulate.levels import (
    LargestLevels,
    LevelErrors,
    decoded_values,
    largest_levels,
    level_errors,
    nearest_levels,
    random_code_level_errors,
)
from superposition.simulate.limits import LargestActive, largest_active
from superposition.simulate.linear import linear_loss, one_hot_error
from superposition.simulate.occurrence import (
    WAYS,
    Information,
    Occurrence,
    count_law,
    decoded_information,
    mean_errors,
    occurrence_errors,
)
from superposition.simulate.precision import QuantisedErrors, quantised_errors
from superposition.simulate.quantiser import Quantiser, gaussian_quantiser
from superposition.simulate.readout import (
    Crosstalk,
    ReadoutErrors,
    WorstSet,
    adversarial_set,
    crosstalk,
    crosstalk_tail,
    guaranteed_active,
    random_code_errors,
    readout_errors,
    readouts,
)
from superposition.simulate.relay import (
    Relay,
    random_code_relay,
    relay,
    relay_readouts,
)
from superposition.simulate.training import (
    BestPair,
    Trained,
    best_pair,
    feature_dimensionality,
    pair_loss,
    toy_activations,
    toy_gradient,
    toy_loss,
    train,
)
from superposition.simulate.weights import WeightErrors, interference_tail, used_errors, weight_errors

__all__ = [
    "WAYS",
    "Amp",
    "BestPair",
    "Chain",
    "Corrector",
    "Crossing",
    "Crosstalk",
    "DenseChain",
    "Information",
    "LargestActive",
    "LargestLevels",
    "LevelErrors",
    "NoisyErrors",
    "Occurrence",
    "QuantisedErrors",
    "Quantiser",
    "ReadoutErrors",
    "Recovery",
    "Relay",
    "SparseLayer",
    "Told",
    "Trained",
    "Votes",
    "WeightErrors",
    "WorstSet",
    "adversarial_set",
    "amp",
    "assignment",
    "best_pair",
    "correction",
    "count_law",
    "crossing",
    "crosstalk",
    "crosstalk_tail",
    "decode_l1",
    "decode_min_norm",
    "decode_omp",
    "decode_threshold",
    "decode_top",
    "decoded_information",
    "decoded_values",
    "dense_chain",
    "dense_errors",
    "feature_dimensionality",
    "gaussian_quantiser",
    "gaussian_readouts",
    "greedy_code",
    "guaranteed_active",
    "half_spaces",
    "interference_tail",
    "largest_active",
    "largest_levels",
    "level_errors",
    "linear_loss",
    "mean_errors",
    "nearest_levels",
    "occurrence_errors",
    "one_hot_error",
    "overlaps",
    "pair_loss",
    "quantised_errors",
    "random_code_errors",
    "random_code_level_errors",
    "random_code_relay",
    "readout_errors",
    "readouts",
    "recovery",
    "relay",
    "relay_readouts",
    "sparse_chain",
    "superposed_errors",
    "toy_activations",
    "toy_gradient",
    "toy_loss",
    "train",
    "used_errors",
    "weight_errors",
    "worst_overlaps",
]
