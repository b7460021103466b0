"""Every formula of the book, by name and in one registry.

>>> from superposition import formulas
>>> formulas.registry["welch_bound"] is formulas.welch_bound
True
"""

from superposition.formula import Formula
from superposition.formulas import directions, sparsity
from superposition.formulas.directions import *
from superposition.formulas.sparsity import *

registry = {
    name: value
    for topic in (directions, sparsity)
    for name, value in vars(topic).items()
    if isinstance(value, Formula)
}

__all__ = ["registry", *registry]  # noqa: PLE0604
