"""The score of one case: an answer compared with what is expected, or judged by the author's own rule."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograder.domain.answer import Answer, Call, Ending, Opaque, Oracle
from autograder.errors import JudgingError
from autograder.questions.arguments import made
from autograder.questions.case_score import RIGHT, WRONG_SHAPE, CaseScore, Finding, Tolerance, wrong
from autograder.questions.cases import Case
from autograder.questions.compare import as_real, compare_exactly, compare_finiteness, compare_values
from autograder.questions.invariance import compare_rows, compare_spans, compare_up_to_sign
from autograder.questions.kinds import error_named, named, shapes
from autograder.questions.question import Question, Reason
from autograder.questions.quick_compare import Row, Yardstick

_COMPARISONS = {
    "values": compare_values,
    "trajectory": compare_rows,
    "up to sign": compare_up_to_sign,
    "same span": compare_spans,
}


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


def score_case(
    question: Question,
    case: Case,
    expected: Answer,
    scale: Any,
    answer: Answer,
    *,
    yardstick: Yardstick | Row | None = None,
) -> CaseScore:
    """Score one answer to a case; `yardstick` is that of the case, if it has one.

    Raises:
        JudgingError: an oracle, a reference or a rule of the author's failed.
    """
    if answer.ending is Ending.ORACLE_FAILED:
        raise JudgingError(f"an oracle failed in case {case.label!r} of {question.name}: {answer.message}")
    if expected.ending is not Ending.RETURNED or answer.ending is not Ending.RETURNED:
        return _compare_endings(question, case, expected, answer)
    if yardstick is not None and yardstick.passes(answer.value):
        score = RIGHT
    else:
        score = _compare(question, case, expected, scale, answer)
    if score.credit == 1 and question.properties:
        return _first_broken(question, case, expected, answer) or RIGHT
    return score


def _compare_endings(question: Question, case: Case, expected: Answer, answer: Answer) -> CaseScore:
    raised = error_named(answer.exception)
    if asked_too_often(case, answer):
        return wrong(Finding.ENDED, _ENDLESS)
    if expected.ending is Ending.RAISED and answer.ending is Ending.RAISED:
        if answer.exception == expected.exception:
            return RIGHT
        return wrong(Finding.RAISED, f"Your function raised {raised}, not the error that is asked for.")
    if expected.ending is Ending.RAISED and answer.ending is Ending.RETURNED:
        return wrong(Finding.VALUE, "Your function returned where it should have raised an error.")
    if expected.ending not in (Ending.RETURNED, Ending.RAISED):
        raise JudgingError(f"the reference of {question.name} did not return in case {case.label!r}")
    if answer.ending is Ending.RAISED:
        return wrong(Finding.RAISED, f"Your function raised {raised}.")
    return wrong(Finding.ENDED, _ENDED.get(answer.ending, "Your function did not return."))


def asked_too_often(case: Case, answer: Answer) -> bool:
    """Whether a call broke off because an oracle had been asked as often as it may be."""
    given = dict(case.call.named())
    return answer.ending is Ending.RAISED and any(
        isinstance(given.get(name), Oracle) and len(points) >= given[name].calls
        for name, points in answer.asked.items()
    )


_ENDLESS = "Your function did not return in time: it calls a function it was given again and again."
_ENDED = {
    Ending.TIMED_OUT: "Your function did not return in time.",
    Ending.OUT_OF_MEMORY: "Your function used more memory than is allowed.",
    Ending.CRASHED: "Your function ended the whole process.",
    Ending.UNDEFINED: "There is no such function.",
}


def _compare(question: Question, case: Case, expected: Answer, scale: Any, answer: Answer) -> CaseScore:
    if isinstance(answer.value, Opaque):
        return wrong(Finding.KIND, f"Your function returned {named(answer.value)}.")
    if question.acceptance is not None:
        return _judge_by_property(question, case, expected, answer)
    if callable(question.compare):
        return _ruled(question, question.compare, case, expected, answer)
    if question.compare == "exact":
        return compare_exactly(answer.value, expected.value)
    tolerance = tolerance_of(question, case)
    return _COMPARISONS[question.compare](answer.value, expected.value, scale, tolerance)


def tolerance_of(question: Question, case: Case) -> Tolerance:
    """How exact an answer to a case must be: where an argument is in single precision, less."""
    return question.single if _holds_single(case.call) else question.tolerance


def _holds_single(call: Call) -> bool:
    for value in (*call.args, *call.kwargs.values()):
        if isinstance(value, np.ndarray) and value.dtype.char in _SINGLE:
            return True
    return False


_SINGLE = np.dtype(np.float16).char + np.dtype(np.float32).char


def _judge_by_property(question: Question, case: Case, expected: Answer, answer: Answer) -> CaseScore:
    """Ask the author's rule of an answer whose kind and shape are right.

    Only a numeric reference says what shape is asked for; with any other the rule sees what came.
    """
    if not _is_numeric(expected.value):
        return _ruled(question, question.acceptance, case, expected, answer)
    given, trouble = as_real(answer.value)
    if given is None:
        return trouble
    reference = np.asarray(expected.value, float)
    if given.shape == reference.shape:
        plain = answer if not isinstance(answer.value, list | tuple) else replace(answer, value=given)
        return compare_finiteness(given, reference) or _ruled(
            question, question.acceptance, case, expected, plain
        )
    words = shapes(given.shape, reference.shape)
    if given.size == reference.size and given.size:
        reshaped = given.reshape(reference.shape)
        one = replace(answer, value=reshaped)
        if (
            compare_finiteness(reshaped, reference) is None
            and _ruled(question, question.acceptance, case, expected, one).credit == 1
        ):
            return CaseScore(WRONG_SHAPE, Finding.SHAPE, f"The numbers are right but have {words}.")
    return wrong(Finding.SHAPE, f"Your answer has {words}.")


def _is_numeric(reference: Any) -> bool:
    return isinstance(reference, np.ndarray | np.number | float | int) and not isinstance(reference, bool)


def _ruled(question: Question, rule: Any, case: Case, expected: Answer, answer: Answer) -> CaseScore:
    reason = _asked_of_author(question, rule, seen(case, expected, answer), expected, answer)
    if isinstance(reason, CaseScore):
        return reason
    if isinstance(reason, str):
        return wrong(Finding.REASON, reason)
    return RIGHT if reason is None or reason else wrong(Finding.VALUE, "")


def _first_broken(question: Question, case: Case, expected: Answer, answer: Answer) -> CaseScore | None:
    about = seen(case, expected, answer)
    for required in question.properties:
        holds = _asked_of_author(question, required.holds, about, expected, answer)
        if isinstance(holds, CaseScore):
            return holds
        if isinstance(holds, str):
            return wrong(Finding.PROPERTY, holds)
        if holds is not None and not holds:
            return wrong(Finding.PROPERTY, f"This should hold and does not: {required.sentence}.")
    return None


def seen(case: Case, expected: Answer, answer: Answer) -> Seen:
    """A case and an answer, as an author's own rule sees them."""
    return Seen(
        args=tuple(map(made, case.call.args)),
        kwargs={name: made(value) for name, value in case.call.kwargs.items()},
        known=case.known,
        expected=expected.value,
        asked=answer.asked,
        group=str(case.group),
        label=case.label,
    )


def _asked_of_author(question: Question, rule: Any, seen: Seen, expected: Answer, answer: Answer) -> Reason:
    """What a rule says of an answer; where it fails, the student's odd value or the author is to blame."""
    try:
        with np.errstate(all="ignore"):
            said = rule(answer.value, seen)
            return said if said is None or isinstance(said, str | CaseScore) else bool(said)
    except Exception as error:  # an author's rule may fail in any way
        odd = _oddity(expected, answer)
        if odd is not None:
            return odd
        raise JudgingError(f"a rule of {question.name} failed in case {seen.label!r}: {error!r}") from error


def _oddity(expected: Answer, answer: Answer) -> CaseScore | None:
    """What is plainly not of the reference's kind: the answer, or what a given function was asked at."""
    if not same_form(answer.value, expected.value):
        return wrong(
            Finding.KIND, f"Your function returned {named(answer.value)} of another form than is asked for."
        )
    for name, points in answer.asked.items():
        forms = {tuple(map(np.shape, asked)) for asked in expected.asked.get(name, ())}
        if forms and any(tuple(_form(value) for value in asked) not in forms for asked in points):
            return wrong(
                Finding.KIND, "Your function calls a function it was given on something of another form."
            )
    return None


def _form(value: Any) -> tuple[int, ...] | None:
    array, _ = as_real(value)
    return None if array is None else array.shape


def same_form(value: Any, reference: Any) -> bool:
    """Whether an answer has the structure, the kinds and the shapes of the reference."""
    if reference is None or isinstance(reference, str | bool):
        return type(value) is type(reference)
    if isinstance(reference, tuple):
        return (
            isinstance(value, tuple | list)
            and len(value) == len(reference)
            and all(map(same_form, value, reference))
        )
    if isinstance(reference, Mapping):
        return (
            isinstance(value, Mapping)
            and value.keys() == reference.keys()
            and all(same_form(value[key], reference[key]) for key in reference)
        )
    wanted = _form(reference)
    return wanted is None or _form(value) == wanted
