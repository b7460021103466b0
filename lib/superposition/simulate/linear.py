"""What a linear decoder can make of a linear embedding."""

import numpy as np

from superposition.arguments import finite_matrix
from superposition.threads import one_thread


@one_thread
def one_hot_error(E, bias=False):
    """Mean squared error of the best linear decoder of one-hot inputs, over inputs and features.

    .. math:: \\min_{R,\\, \\beta} \\frac{1}{m^2} \\bigl\\| R E + \\beta \\mathbf{1}^{\\mathsf T} - I \\bigr\\|^2

    Parameters
    ----------
    E : array_like
        Embedding, shape (n, m): input i, the i-th unit vector, becomes its column i.
    bias : bool
        Whether the decoder has a bias β.

    Returns
    -------
    float
        In the squared unit of the activations.

    Raises
    ------
    TypeError, ValueError
        If E is not a matrix of finite real numbers.

    Notes
    -----
    *Exact* up to rounding: the decoder is fitted by least squares.

    Examples
    --------
    >>> round(one_hot_error([[1, 0, 0], [0, 1, 0]]), 12) == round(1 / 9, 12)
    True
    """
    inputs = finite_matrix("E", E).T
    m = len(inputs)
    if bias:
        inputs = np.column_stack([inputs, np.ones(m)])
    outputs = inputs @ np.linalg.lstsq(inputs, np.eye(m), rcond=None)[0]
    return float(np.mean((outputs - np.eye(m)) ** 2))
