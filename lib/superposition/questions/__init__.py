"""Every self-test question of the book, by name and in one registry.

>>> from superposition import questions
>>> len(questions.topics["sparsity"])
4
"""

import sympy as sp

from superposition.question import Choice, Number, Verdict
from superposition.questions import (
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

__all__ = ["check", "registry", "topics"]

topics = {
    topic.__name__.rpartition(".")[2]: [value for name, value in vars(topic).items() if name in topic.__all__]
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
"""The questions of each chapter, by the name of its notebook, in their order."""

registry = {question.name: question for topic in topics.values() for question in topic}


def check(question: str | Number | Choice, answer: float | str | sp.Expr) -> Verdict:
    """Say whether an answer to one of the book's questions is right, and what a wrong one may have overlooked.

    Parameters
    ----------
    question : str or Number or Choice
        The question, or its name.
    answer : number, SymPy expression or str
        What the question asks for: a number or an expression equal to it, or the letter of an option.

    Returns
    -------
    Verdict
        True if it is right, and words; a wrong answer is not given away.

    Raises
    ------
    TypeError, ValueError
        If there is no such question, or the answer is of no kind that it accepts.

    Examples
    --------
    >>> check("limit-of-a-layer", 8192 / 4)
    ✗ That is where one feature can still be read most of the time. How many are read at once?
    >>> check("limit-of-a-layer", 78)
    ✓ Right.
    """
    if isinstance(question, (Number, Choice)):
        return question.check(answer)
    if question not in registry:
        raise ValueError(f"question = {question!r}; accepted: {', '.join(registry)}")
    return registry[question].check(answer)
