"""Measure a dictionary of one's own, a matrix or a file of one, against the formulas of the book.

>>> from superposition.codes import random_code
>>> import numpy as np
>>> found = diagnose(random_code(64, 500, np.random.default_rng(0)))
>>> round(found.effective_neurons)
64
"""

from superposition.dictionary.comparison import Comparison, compare
from superposition.dictionary.diagnosis import Diagnosis, diagnose
from superposition.dictionary.files import read

__all__ = ["Comparison", "Diagnosis", "compare", "diagnose", "read"]
