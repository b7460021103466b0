"""What a linear decoder can make of a linear embedding."""

import numpy as np
from numpy.typing import ArrayLike

from superposition.arguments import finite_matrix
from superposition.threads import one_thread


@one_thread
def one_hot_error(E: ArrayLike, bias: bool = False) -> float:
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


def linear_loss(E: ArrayLike, moments: ArrayLike) -> float:
    """Mean squared error of the best linear decoder of inputs with given second moments, over inputs and features.

    .. math:: \\min_R \\frac{1}{m} \\, \\mathbb{E} |R E a - a|^2 = \\frac{1}{m} \\operatorname{tr}
        \\bigl(M - M E^{\\mathsf T} (E M E^{\\mathsf T})^{+} E M\\bigr), \\qquad M = \\mathbb{E} a a^{\\mathsf T}

    Parameters
    ----------
    E : array_like
        Embedding, shape (n, m).
    moments : array_like
        M, second moments of the inputs, shape (m, m), symmetric and without negative eigenvalues. With the covariance in
        its place, the loss is that of a decoder with a bias.

    Returns
    -------
    float
        In the squared unit of the activations.

    Raises
    ------
    TypeError, ValueError
        If an argument is not such a matrix.

    Notes
    -----
    *Exact* up to rounding: nothing about the inputs matters but their second moments.

    Examples
    --------
    >>> round(linear_loss([[1, 0, 0], [0, 1, 0]], np.eye(3) / 3), 12) == round(1 / 9, 12)
    True
    """
    E, moments = finite_matrix("E", E), finite_matrix("moments", moments)
    m = E.shape[1]
    if moments.shape != (m, m) or not np.allclose(moments, moments.T):
        raise ValueError(f"moments must be a symmetric matrix of shape ({m}, {m}), got shape {moments.shape}")
    values, vectors = np.linalg.eigh(moments)
    if values[0] < -1e-9 * max(values[-1], 1e-300):
        raise ValueError(f"moments must have no negative eigenvalue, got {values[0]:g}")
    root = vectors * np.sqrt(np.maximum(values, 0))
    # what is left of the root of M beside the span of its embedded rows
    decoder = np.linalg.lstsq((E @ root).T, root.T, rcond=None)[0]
    return float(np.sum((root.T - (E @ root).T @ decoder) ** 2) / m)
