"""Reading features from neurons of few bits."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from superposition.arguments import generator, integer, real
from superposition.results import Result
from superposition.simulate import chains
from superposition.simulate.trials import BLOCK, Slices, estimates, mean_and_error, parts, sliced

# with so many of the active features looked at, the rest adds little to the precision
_LOOKED_AT = 16


@dataclass(frozen=True, repr=False)
class QuantisedErrors(Result):
    """Wrong readouts per trial of all m features, read from quantised neurons, with standard errors.

    Attributes
    ----------
    errors, errors_se : float
        all wrong readouts.
    false_alarms, false_alarms_se : float
        absent read present.
    misses, misses_se : float
        present read absent.
    signal, signal_se : float
        mean present readout.
    trials : int
        active sets drawn.
    """

    errors: float
    errors_se: float
    false_alarms: float
    false_alarms_se: float
    misses: float
    misses_se: float
    signal: float
    signal_se: float
    trials: int


@sliced
def quantised_errors(
    n: int,
    m: int,
    n_active: int,
    bits: int | None,
    trials: int,
    rng: Generator,
    threshold: float = 0.5,
    rescale: bool = True,
    *,
    slices: int,
) -> Slices[QuantisedErrors]:
    """Wrong readouts of all m features of a random code when every neuron keeps b bits.

    .. math:: r = \\frac{1}{1 - D_b}\\, F^{\\mathsf T} q(F a), \\qquad \\text{false alarms} = (m - l)\\,
              P\\Bigl(t > \\frac{(1 - D_b)\\, \\theta}{|q(x)|}\\Bigr)

    Parameters
    ----------
    n : int
        Neurons, at least 2.
    m : int
        Features, at least 1; costs nothing.
    n_active : int
        l, features active at once, each with activation 1; 1 to m. Each trial takes of the order of n + l steps.
    bits : int or None
        b, 1 to 12, of the Lloyd–Max quantiser for values of variance l/n; None leaves the neurons as they are.
    trials : int
        Active sets to draw, each with a fresh code; at least 2.
    rng : numpy.random.Generator
        Source of randomness.
    threshold : float
        θ, in the unit of the activations.
    rescale : bool
        Whether readouts are divided by 1 - D_b.

    Returns
    -------
    QuantisedErrors
        Means per trial.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of its type or range.

    Notes
    -----
    *Exact in law.* The directions of absent features are independent of the quantised neurons, so their false alarms
    are known in closed form given the length of q(x). Of a present feature x · f is drawn, and in what is at right angles to x
    its direction is uniform: its chance of being missed is known in closed form, too. `chains.quantised` is the declaration.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> full, one = (quantised_errors(1024, 10**6, 8, bits, 200, rng).errors for bits in (None, 1))
    >>> full < 0.1 < one
    True
    """
    n, m, trials = integer("n", n, low=2), integer("m", m), integer("trials", trials, low=2)
    n_active, rng, threshold = integer("n_active", n_active, high=m), generator(rng), real("threshold", threshold)
    at = {"n": n, "m": m, "l": n_active, "theta": threshold, "shown": min(n_active, _LOOKED_AT)}
    chain = chains.quantised(*([] if bits is None else [bits]), rescale=bool(rescale))
    at |= {} if bits is None else {"b": bits}
    values = np.empty((4, trials))
    for part, due in parts(trials, slices, BLOCK // n):
        drawn = chain.sample(rng, part.stop - part.start, **at)
        values[:, part] = drawn["errors"], drawn["false_alarms"], drawn["misses"], drawn["present"].mean(axis=1)
        if due:
            done = part.stop
            yield done / trials, estimates(QuantisedErrors, *mean_and_error(values[:, :done]), done)
