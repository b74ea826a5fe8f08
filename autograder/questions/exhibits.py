"""What a student's function answered, case by case, and how each case went."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograder.domain.answer import Answer, Batch, Call, Ending, Opaque
from autograder.errors import JudgingError
from autograder.questions.arguments import made
from autograder.questions.cases import Case, Group
from autograder.questions.compare import compare_exactly, compare_values
from autograder.questions.invariance import compare_rows, compare_spans, compare_up_to_sign
from autograder.questions.question import Question, Reason
from autograder.questions.solutions import Prepared
from autograder.questions.standing import RIGHT, Finding, Standing, Tolerance, wrong
from autograder.questions.student import Student

_COMPARISONS = {
    "values": compare_values,
    "trajectory": compare_rows,
    "up to sign": compare_up_to_sign,
    "same span": compare_spans,
}


@dataclass(frozen=True, slots=True, eq=False)
class Exhibit:
    """One case: what was expected, what came back, how it stands."""

    case: Case
    expected: Answer
    answer: Answer
    standing: Standing


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as an author's own rule sees it: functions are callable, generators fresh."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    known: SimpleNamespace
    expected: Any
    asked: Any
    group: str
    label: str


def examine(prepared: Prepared, student: Student, *, seconds: float) -> tuple[Exhibit, ...]:
    """Ask a student's function every case, speed cases only where every core case earned something.

    Raises:
        JudgingError: an oracle or a rule of the author's failed.
    """
    question = prepared.question
    answers = student.ask(question.name, prepared.batch, seconds=seconds)
    exhibits = tuple(_exhibit(prepared, k, answer) for k, answer in enumerate(answers))
    if all(e.standing.worth > 0 for e in exhibits if e.case.group is Group.CORE):
        exhibits += tuple(_race(prepared, student, k) for k in range(prepared.ordinary, len(prepared.cases)))
    return exhibits


def weigh(question: Question, case: Case, expected: Answer, scale: Any, answer: Answer) -> Standing:
    """How one case stands."""
    if answer.ending is Ending.ORACLE_FAILED:
        raise JudgingError(f"an oracle failed in case {case.label!r} of {question.name}: {answer.message}")
    if expected.ending is not Ending.RETURNED or answer.ending is not Ending.RETURNED:
        return _compare_endings(question, case, expected, answer)
    standing = _compare(question, case, expected, scale, answer)
    if standing.worth == 1:
        return _first_broken(question, case, expected, answer) or RIGHT
    return standing


def _exhibit(prepared: Prepared, k: int, answer: Answer) -> Exhibit:
    case, expected, scale = prepared.cases[k], prepared.expected.reference[k], prepared.expected.scales[k]
    return Exhibit(case, expected, answer, weigh(prepared.question, case, expected, scale, answer))


def _compare_endings(question: Question, case: Case, expected: Answer, answer: Answer) -> Standing:
    if expected.ending is Ending.RAISED and answer.ending is Ending.RAISED:
        if answer.exception == expected.exception:
            return RIGHT
        return wrong(
            Finding.RAISED, f"Your function raised {answer.exception}, not the error that is asked for."
        )
    if expected.ending is Ending.RAISED and answer.ending is Ending.RETURNED:
        return wrong(Finding.VALUE, "Your function returned where it should have raised an error.")
    if expected.ending is not Ending.RETURNED:
        raise JudgingError(f"the reference of {question.name} did not return in case {case.label!r}")
    if answer.ending is Ending.RAISED:
        return wrong(Finding.RAISED, f"Your function raised {answer.exception}.")
    return wrong(Finding.ENDED, _ENDED.get(answer.ending, "Your function did not return."))


_ENDED = {
    Ending.TIMED_OUT: "Your function did not return in time.",
    Ending.OUT_OF_MEMORY: "Your function used more memory than is allowed.",
    Ending.CRASHED: "Your function ended the whole process.",
    Ending.UNDEFINED: "There is no such function.",
}


def _compare(question: Question, case: Case, expected: Answer, scale: Any, answer: Answer) -> Standing:
    tolerance = question.single if _holds_single(case.call) else question.tolerance
    if isinstance(answer.value, Opaque):
        return compare_values(answer.value, expected.value, scale, tolerance)
    if question.acceptance is not None:
        return _judge_by_property(question, case, expected, answer)
    if callable(question.compare):
        return _reason(question, question.compare, case, expected, answer)
    if question.compare == "exact":
        return compare_exactly(answer.value, expected.value)
    return _COMPARISONS[question.compare](answer.value, expected.value, scale, tolerance)


def _judge_by_property(question: Question, case: Case, expected: Answer, answer: Answer) -> Standing:
    """Ask the author's rule of an answer whose kind and shape are right.

    Only a numeric reference says what shape is asked for; with any other the rule sees what came.
    """
    rule, reference = question.acceptance, expected.value
    if not isinstance(reference, np.ndarray | np.number | float | int) or isinstance(reference, bool):
        return _reason(question, rule, case, expected, answer)
    standing = compare_values(answer.value, reference, math.inf, Tolerance(math.inf, None))
    if standing.finding is not Finding.SHAPE:
        return standing if standing.worth < 1 else _reason(question, rule, case, expected, answer)
    reshaped = (
        replace(answer, value=np.reshape(answer.value, np.shape(reference))) if standing.worth else None
    )
    if reshaped and _reason(question, rule, case, expected, reshaped).worth == 1:
        return standing
    return wrong(
        Finding.SHAPE, standing.sentence.replace("The numbers are right but have", "Your answer has")
    )


def _reason(question: Question, rule: Any, case: Case, expected: Answer, answer: Answer) -> Standing:
    reason = _asked_of_author(question, rule, case, expected, answer)
    if isinstance(reason, Standing):
        return reason
    if isinstance(reason, str):
        return wrong(Finding.REASON, reason)
    return RIGHT if reason is None or reason else wrong(Finding.VALUE, "")


def _first_broken(question: Question, case: Case, expected: Answer, answer: Answer) -> Standing | None:
    for required in question.properties:
        holds = _asked_of_author(question, required.holds, case, expected, answer)
        if isinstance(holds, str):
            return wrong(Finding.PROPERTY, holds)
        if holds is not None and not holds:
            return wrong(Finding.PROPERTY, f"This should hold and does not: {required.sentence}.")
    return None


def _asked_of_author(question: Question, rule: Any, case: Case, expected: Answer, answer: Answer) -> Reason:
    seen = Seen(
        args=tuple(map(made, case.call.args)),
        kwargs={k: made(v) for k, v in case.call.kwargs.items()},
        known=case.known,
        expected=expected.value,
        asked=answer.asked,
        group=str(case.group),
        label=case.label,
    )
    try:
        with np.errstate(all="ignore"):
            verdict: Reason = rule(answer.value, seen)
    except Exception as error:
        raise JudgingError(f"a rule of {question.name} failed in case {case.label!r}: {error!r}") from error
    return verdict


def _holds_single(call: Call) -> bool:
    values = [*call.args, *call.kwargs.values()]
    return any(isinstance(v, np.ndarray) and v.dtype in (np.float32, np.float16) for v in values)


def _race(prepared: Prepared, student: Student, k: int) -> Exhibit:
    """Ask a speed case. Whoever is too slow is asked once more, against a loop timed at that moment."""
    case, pace = prepared.cases[k], prepared.cases[k].pace
    assert pace is not None  # noqa: S101 - every speed case has one
    exhibit, limit = None, 0.0
    for anew in (False, True):
        limit = prepared.stopwatch.limit(pace, anew=anew)
        [answer] = student.ask(prepared.question.name, Batch((case.call,)), seconds=3.0 * limit + 2.0)
        exhibit = _exhibit(prepared, k, answer)
        if exhibit.standing.worth < 1 or answer.seconds <= limit:
            return exhibit
    slow = wrong(Finding.SLOW, "Right, but too slow on large input.")
    assert exhibit is not None  # noqa: S101 - the loop ran
    return Exhibit(case, exhibit.expected, exhibit.answer, slow)


def failing(exhibits: tuple[Exhibit, ...], group: Group) -> Iterator[Exhibit]:
    """The exhibits of a group that earned less than everything."""
    return (e for e in exhibits if e.case.group is group and e.standing.worth < 1)
