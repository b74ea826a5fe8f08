"""Small notebooks of adopted courses, for the tests of this room."""

from fractions import Fraction

from autograder.foreign.model import ForeignTest, TestStyle
from autograder.foreign.rebuild import Step


def cell(source: str, number: int = 1) -> Step:
    """A cell of the notebook."""
    return Step(source, number)


def graded(name: str, source: str) -> Step:
    """A test cell of nbgrader's."""
    return Step(source, 0, ForeignTest(name, TestStyle.CELL, source, Fraction(1)))


def case(name: str, source: str, question: str = "") -> Step:
    """A case of Otter's; of a question, it runs when that is checked, at the latest in its turn."""
    return Step(source, 0, ForeignTest(name, TestStyle.OK, source, Fraction(1)), question)


def from_file(name: str, source: str, function: str) -> Step:
    """A function of a test file of Otter's."""
    test = ForeignTest(name, TestStyle.EXCEPTION, source, Fraction(1), function=function)
    return Step(source, 0, test)
