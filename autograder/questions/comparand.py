"""An answer to one case, beside all that it is compared with."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from autograder.domain.answer import Answer, Oracle
from autograder.questions.arguments import make_argument
from autograder.questions.case_score import Tolerance
from autograder.questions.cases import Case
from autograder.questions.parts import PartsRule, share_parts


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as an author's own rule sees it: functions are callable, generators fresh."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    known: SimpleNamespace
    expected: Any
    asked: Any
    """Where each of our functions was called, by its place or its name; nowhere is an empty tuple."""
    group: str
    label: str

    @classmethod
    def of(cls, case: Case, expected: Answer, answer: Answer) -> "Seen":
        """What a rule sees of a case and of what the student's function asked on its way."""
        # A function of ours that was never asked was asked at nothing.
        never = {key: () for key, value in case.call.named() if isinstance(value, Oracle)}
        return cls(
            args=tuple(map(make_argument, case.call.args)),
            kwargs={name: make_argument(value) for name, value in case.call.kwargs.items()},
            known=case.known,
            expected=expected.value,
            asked={**never, **answer.asked},
            group=str(case.group),
            label=case.label,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Comparand:
    """An answer that returned, its case and what is expected of it."""

    question: str
    """The question's name."""
    case: Case
    expected: Answer
    answer: Answer
    scale: Any
    """The size of the rounding errors of honest work; None for the size of the reference."""
    tolerance: Tolerance
    parts: PartsRule = share_parts
    """What an answer of several parts earns."""
