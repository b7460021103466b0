"""The graded assignments, as a student meets them: a variant of each problem, and what is said of an answer.

Right answers are not here: those who grade have them, in `assignments/grading`. What is here names likely mistakes.
"""

from superposition.course import booleanish, compounding_noise, sparsity
from superposition.course.problem import Derivation, Handed, Program, Variant, variant

__all__ = ["Derivation", "Handed", "Program", "Sheet", "Variant", "assignments", "variant"]

assignments = {
    topic.__name__.rpartition(".")[2]: {problem.name: problem for problem in topic.PROBLEMS}
    for topic in (sparsity, booleanish, compounding_noise)
}
"""The problems of each assignment, by name."""


class Sheet:
    """One student's assignment.

    Parameters
    ----------
    assignment : str
        Its name, such as "sparsity".
    student : str
        The student's name in the course: it chooses the variant.

    Raises
    ------
    TypeError, ValueError
        If there is no such assignment, or `student` is no name.

    Examples
    --------
    >>> sheet = Sheet("sparsity", "ada")
    >>> sheet.names
    ('limit', 'fools', 'errors')
    >>> sheet == Sheet("sparsity", "ada"), sheet.variant == Sheet("sparsity", "grace").variant
    (True, False)
    """

    def __init__(self, assignment, student):
        if assignment not in assignments:
            raise ValueError(f"assignment = {assignment!r}; accepted: {', '.join(assignments)}")
        self.assignment, self.student = assignment, student
        self.variant = variant(assignment, student)
        self.problems = assignments[assignment]

    @property
    def names(self):
        """The problems, in order."""
        return tuple(self.problems)

    def __eq__(self, other):
        return isinstance(other, Sheet) and (self.assignment, self.student) == (other.assignment, other.student)

    __hash__ = None

    def _problem(self, name):
        if name not in self.problems:
            raise ValueError(f"problem = {name!r}; accepted: {', '.join(self.problems)}")
        return self.problems[name]

    def ask(self, name):
        """The problem in words, with this student's numbers."""
        return self._problem(name).ask(self.variant)

    def hand_in(self, name, answer):
        """Take an answer, and say at once if it makes a likely mistake.

        Parameters
        ----------
        name : str
            The problem.
        answer : SymPy expression or function
            What the problem asks for.

        Returns
        -------
        Handed
            Shown as what was found. That nothing was found does not mean that the answer is right.

        Raises
        ------
        TypeError, ValueError
            If it is not what was asked for: names what is.
        """
        return self._problem(name).hand_in(answer, self.variant)
