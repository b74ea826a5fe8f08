"""What judging one answer gives: a state, a credit, a code for statistics, and words for the student."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any

from autograder.domain.language import Language, speaking
from autograder.domain.report import CriterionMark
from autograder.domain.sentences import (
    SILENT,
    Sentence,
    authored,
    sentence_from_json,
    sentence_to_json,
)

CHECKER = "1"
"""Version of the rules below this room; a verdict records it, so that a regrade can say what changed."""


class AnswerState(StrEnum):
    """How an answer ended."""

    CORRECT = "correct"
    PARTIAL = "partial"
    WRONG = "wrong"
    UNREADABLE = "unreadable"
    """Not understood: costs no attempt, the message says what was read."""
    MANUAL = "manual"
    """A person marks it, or must look."""


class PartMark(StrEnum):
    """How one part of an answer went (an entry of a matrix, a choice, an item)."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSED = "missed"
    """Should have been chosen."""


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """One part of an answer that has several."""

    name: str
    mark: PartMark
    message: str = ""


@dataclass(frozen=True, slots=True)
class AnswerVerdict:
    """How one answer was judged: a pure function of the question's version, the variant and the raw text."""

    state: AnswerState
    credit: Fraction | None
    """Between 0 and 1; None for unreadable and manual."""
    code: str
    """Why, in one word, for statistics."""
    said: Sentence = SILENT
    reading: str = ""
    """What was read, as text."""
    reading_mathml: str = ""
    fingerprint: str = ""
    """Equal for equal answers, however they are spelled; empty where there is none."""
    parts: tuple[AnswerPart, ...] = ()
    rubric: tuple[CriterionMark, ...] = ()
    """What a person gave for each line of the question's rubric, where it has one."""
    checker: str = field(default=CHECKER)

    def __post_init__(self) -> None:
        judged = self.state in (AnswerState.CORRECT, AnswerState.PARTIAL, AnswerState.WRONG)
        if judged != (self.credit is not None):
            raise ValueError(f"state {self.state} does not go with credit {self.credit}")
        if self.credit is not None and not 0 <= self.credit <= 1:
            raise ValueError(f"credit {self.credit} is outside [0, 1]")

    @property
    def message(self) -> str:
        """What is said to the student, in the language that is spoken."""
        return str(self.said)

    @property
    def costs(self) -> bool:
        """Whether the answer uses up a try."""
        return self.state is not AnswerState.UNREADABLE


def verdict_for(credit: Fraction, code: str, said: Sentence | str = "", **more: Any) -> AnswerVerdict:
    """A verdict whose state follows from its credit; what is said as a text is an author's."""
    state = AnswerState.CORRECT if credit == 1 else AnswerState.WRONG if credit == 0 else AnswerState.PARTIAL
    return AnswerVerdict(state, credit, code, authored(said) if isinstance(said, str) else said, **more)


def unreadable(said: Sentence, *, code: str = "unreadable", reading: str = "") -> AnswerVerdict:
    """A verdict on what could not be understood; it costs no attempt."""
    return AnswerVerdict(AnswerState.UNREADABLE, None, code, said, reading)


def manual(said: Sentence, *, code: str = "manual", reading: str = "") -> AnswerVerdict:
    """A verdict that waits for a person."""
    return AnswerVerdict(AnswerState.MANUAL, None, code, said, reading)


def without_reading(verdict: AnswerVerdict) -> AnswerVerdict:
    """The verdict without the typeset reading: what is compared when a quiz is judged again.

    What is said is compared by its English words, which is all that earlier programs kept of it.
    """
    return replace(verdict, reading_mathml="", said=authored(_in_english(verdict)))


def _in_english(verdict: AnswerVerdict) -> str:
    with speaking(Language.ENGLISH):
        return verdict.message


def to_json(verdict: AnswerVerdict) -> dict[str, Any]:
    """The verdict as plain data; `from_json` gives it back exactly."""
    given = [[line.criterion, str(line.points), str(line.earned)] for line in verdict.rubric]
    english = _in_english(verdict)
    told = {"key": verdict.said.key, "values": sentence_to_json(verdict.said)}
    return {
        **({"rubric": given} if given else {}),
        **({"said": told} if verdict.said != authored(english) else {}),
        "state": verdict.state.value,
        "credit": None if verdict.credit is None else str(verdict.credit),
        "code": verdict.code,
        "message": english,
        "reading": verdict.reading,
        "reading_mathml": verdict.reading_mathml,
        "fingerprint": verdict.fingerprint,
        "parts": [[part.name, part.mark.value, part.message] for part in verdict.parts],
        "checker": verdict.checker,
    }


def from_json(data: dict[str, Any]) -> AnswerVerdict:
    """The verdict that `to_json` wrote."""
    return AnswerVerdict(
        AnswerState(data["state"]),
        None if data["credit"] is None else Fraction(data["credit"]),
        data["code"],
        _read_said(data),
        data["reading"],
        data["reading_mathml"],
        data["fingerprint"],
        tuple(AnswerPart(name, PartMark(mark), message) for name, mark, message in data["parts"]),
        tuple(CriterionMark(said, Fraction(of), Fraction(got)) for said, of, got in data.get("rubric", ())),
        data["checker"],
    )


def _read_said(data: dict[str, Any]) -> Sentence:
    """What was said; in the English words of then where this program does not know the sentence."""
    told = data.get("said")
    try:
        return sentence_from_json(told["key"], told["values"]) if told else authored(data["message"])
    except (KeyError, TypeError):
        return authored(data["message"])
