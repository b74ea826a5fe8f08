"""All kinds of questions a quiz can ask.

A new kind is a class like `Kind` (kind.py) in a file of its own here, a member of `QuestionKind`
(quiz/model.py), and an entry of `_ALL` below; nothing else asks which kind a question is, but the files that
tests/test_house.py counts.
"""

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
