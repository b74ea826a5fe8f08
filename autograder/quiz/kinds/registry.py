"""All kinds of questions."""

from collections.abc import Mapping

from autograder.quiz.kinds.code import CodeKind
from autograder.quiz.kinds.kind import Kind
from autograder.quiz.kinds.match import MatchKind
from autograder.quiz.kinds.matrix import MatrixKind
from autograder.quiz.kinds.multiple import MultipleKind
from autograder.quiz.kinds.numeric import NumericKind
from autograder.quiz.kinds.order import OrderKind
from autograder.quiz.kinds.single import SingleKind
from autograder.quiz.kinds.symbolic import SymbolicKind
from autograder.quiz.kinds.text import TextKind
from autograder.quiz.kinds.witness import WitnessKind
from autograder.quiz.model import QuestionKind, QuizQuestion

_ALL: tuple[Kind, ...] = (
    SingleKind(),
    MultipleKind(),
    NumericKind(),
    MatrixKind(),
    SymbolicKind(),
    OrderKind(),
    MatchKind(),
    CodeKind(),
    WitnessKind(),
    TextKind(),
)
KINDS: Mapping[QuestionKind, Kind] = {kind.name: kind for kind in _ALL}
"""Every kind by its name."""


def kind_of(question: QuizQuestion) -> Kind:
    """The kind of a question."""
    return KINDS[question.kind]
