"""Every formula of the book, by name and in one registry.

>>> from superposition import formulas
>>> formulas.registry["welch_bound"] is formulas.welch_bound
True
"""

from superposition.formula import Formula
from superposition.formulas import (
    booleanish,
    compounding_noise,
    dictionary,
    directions,
    error_correction,
    error_correction_layers,
    is_it_a_win,
    occurrence,
    readouts,
    sparsity,
    training,
    weights,
)
from superposition.formulas.booleanish import *
from superposition.formulas.compounding_noise import *
from superposition.formulas.dictionary import *
from superposition.formulas.directions import *
from superposition.formulas.error_correction import *
from superposition.formulas.error_correction_layers import *
from superposition.formulas.is_it_a_win import *
from superposition.formulas.occurrence import *
from superposition.formulas.readouts import *
from superposition.formulas.sparsity import *
from superposition.formulas.training import *
from superposition.formulas.weights import *

topics = {
    topic.__name__.rpartition(".")[2]: {
        name: value for name, value in vars(topic).items() if isinstance(value, Formula) and name in topic.__all__
    }
    for topic in (
        directions,
        sparsity,
        booleanish,
        compounding_noise,
        error_correction,
        error_correction_layers,
        is_it_a_win,
        readouts,
        occurrence,
        training,
        weights,
        dictionary,
    )
}
"""The formulas of each chapter, by the name of its notebook."""

registry = {name: formula for topic in topics.values() for name, formula in topic.items()}

__all__ = ["registry", "topics", *registry]
