"""Small questions and hand-written students to judge them with."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.domain.answer import Answer, Batch, Call, Ending
from autograder.domain.course import Limits
from autograder.questions.case_score import CaseScore, Tolerance
from autograder.questions.cases import Case, Group
from autograder.questions.comparison import COMPARISONS
from autograder.questions.in_process import InProcessCode
from autograder.questions.judged_case import JudgedCase
from autograder.questions.question import Question
from autograder.questions.score_case import score_case
from autograder.questions.solutions import Prepared, prepare

SECRET = b"of the tests"
_TOLERANCE = Tolerance()


def prepared(file: Path, *, kept: Path | None = None) -> dict[str, Prepared]:
    """The questions of a module by name, cases drawn and evaluated."""
    solutions = prepare("small", file, secret=SECRET, limits=Limits(), kept=kept)
    return {one.question.name: one for one in solutions.questions}


def student(source: str = "", **functions: Callable[..., Any]) -> InProcessCode:
    """A student who handed in these functions."""
    return InProcessCode(functions, source=source)


class Scripted:
    """A student whose answers are written down: a list for the batch, then one list a later asking."""

    def __init__(self, *rounds: Sequence[Answer] | Answer, source: str = "") -> None:
        self.source = source
        self.asked: list[Batch] = []
        self.seconds: list[float] = []
        self._rounds = list(rounds)

    def ask(self, name: str, batch: Batch, *, seconds: float) -> tuple[Answer, ...]:
        self.asked.append(batch)
        self.seconds.append(seconds)
        answers = self._rounds.pop(0) if len(self._rounds) > 1 else self._rounds[0]
        return (answers,) * len(batch.calls) if isinstance(answers, Answer) else tuple(answers)

    def variable(self, name: str) -> Answer:
        return Answer(Ending.UNDEFINED)

    @contextmanager
    def standing_in(self, references: Mapping[str, Callable[..., Any]]) -> Iterator["Scripted"]:
        yield self


def returned(*values: Any) -> list[Answer]:
    """Answers that came back."""
    return [Answer(Ending.RETURNED, value=value) for value in values]


def right(one: Prepared) -> list[Answer]:
    """The reference's own answers to the cases that are not about speed."""
    return list(one.expected.reference[: one.ordinary])


def but(answers: Sequence[Answer], k: int, **changes: Any) -> list[Answer]:
    """The same answers with one of them changed."""
    return [replace(answer, **changes) if at == k else answer for at, answer in enumerate(answers)]


def judged(*pairs: tuple[Any, Any], args: Sequence[Any] = (), score: CaseScore | None = None):
    """Failing core cases from pairs of (what came, what was expected), each with one set of arguments."""
    question = Question(
        len, points=1, forbids=(), needs=(), tolerance=_TOLERANCE, single=_TOLERANCE,
        comparison=COMPARISONS["values"], seconds=None,
    )  # fmt: skip
    found = []
    for given, expected in pairs:
        case = Case(Group.CORE, "hidden label", Call(tuple(args)))
        answer = given if isinstance(given, Answer) else Answer(Ending.RETURNED, value=given)
        wanted = Answer(Ending.RETURNED, value=expected)
        stands = score or score_case(question, case, wanted, None, answer)
        found.append(JudgedCase(case, wanted, answer, stands))
    return found
