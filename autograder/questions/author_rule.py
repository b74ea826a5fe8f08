"""An author's own rule asked of an answer: a comparison, a judge of many right answers, or a property.

Where a rule fails on a value that is plainly of another form than the reference's, the student's answer is
wrong; where it fails on any other, the rule is, and nobody is marked by it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.domain.sentences import SILENT, authored, say
from autograder.errors import JudgingError
from autograder.questions.case_score import RIGHT, WRONG_SHAPE, CaseScore, Finding, wrong
from autograder.questions.comparand import Comparand, Seen
from autograder.questions.compare import as_real, compare_finiteness
from autograder.questions.kinds import name_kind
from autograder.quiet import quiet

Reason = CaseScore | str | bool | None
"""What an author's own rule returns: None or True is right, a string the reason it is wrong."""
Rule = Callable[[Any, Any], Reason]
"""Of an answer and the case as `Seen`."""


def judge_by_rule(rule: Rule, one: Comparand) -> CaseScore:
    """The score that an author's rule gives, whatever the answer is."""
    reason = _ask(rule, one, Seen.of(one.case, one.expected, one.answer))
    if isinstance(reason, CaseScore):
        return reason
    if isinstance(reason, str):
        return wrong(Finding.REASON, authored(reason))
    return RIGHT if reason is None or reason else wrong(Finding.VALUE, SILENT)


def accept_by_rule(rule: Rule, one: Comparand) -> CaseScore:
    """The score that an author's rule gives an answer whose kind and shape are right.

    Only a numeric reference says what shape is asked for; with any other the rule sees what came.
    """
    expected, answer = one.expected.value, one.answer
    if not isinstance(expected, np.ndarray | np.number | float | int) or isinstance(expected, bool):
        return judge_by_rule(rule, one)
    given, trouble = as_real(answer.value)
    if given is None:
        return trouble
    reference = np.asarray(expected, float)
    if given.shape == reference.shape:
        in_other_form = isinstance(answer.value, list | tuple) or np.iscomplexobj(answer.value)
        plain = replace(answer, value=given) if in_other_form else answer
        return compare_finiteness(given, reference) or judge_by_rule(rule, replace(one, answer=plain))
    if given.size == reference.size and given.size:
        reshaped = given.reshape(reference.shape)
        if compare_finiteness(reshaped, reference) is None:
            score = judge_by_rule(rule, replace(one, answer=replace(answer, value=reshaped)))
            if score.credit == 1:
                return CaseScore(WRONG_SHAPE, Finding.SHAPE, say("shape.numbers_right"))
    return wrong(Finding.SHAPE, say("shape"))


def find_broken(properties: Iterable[tuple[str, Rule]], one: Comparand) -> CaseScore | None:
    """The score of an answer that lacks one of these properties, each with its sentence; else None."""
    seen = Seen.of(one.case, one.expected, one.answer)
    for sentence, holds in properties:
        reason = _ask(holds, one, seen)
        if isinstance(reason, CaseScore):
            return reason
        if isinstance(reason, str):
            return wrong(Finding.PROPERTY, authored(reason))
        if reason is not None and not reason:
            return wrong(Finding.PROPERTY, say("property", property=sentence))
    return None


def _ask(rule: Rule, one: Comparand, seen: Seen) -> Reason:
    try:
        with quiet():
            said = rule(one.answer.value, seen)
            return said if said is None or isinstance(said, str | CaseScore) else bool(said)
    except (Exception, SystemExit) as error:  # an author's rule may fail in any way
        odd = _find_odd(one)
        if odd is not None:
            return odd
        raise JudgingError(f"a rule of {one.question} failed in case {seen.label!r}: {error!r}") from error


def _find_odd(one: Comparand) -> CaseScore | None:
    """What is plainly not of the reference's kind: the answer, or what a given function was asked at."""
    value = one.answer.value
    if not has_form_of(value, one.expected.value):
        return wrong(Finding.KIND, say("other_form", what=name_kind(value)))
    for name, points in one.answer.asked.items():
        forms = {tuple(map(np.shape, asked)) for asked in one.expected.asked.get(name, ())}
        if forms and any(tuple(map(_shape, asked)) not in forms for asked in points):
            return wrong(Finding.KIND, say("asked_other_form"))
    return None


def _shape(value: Any) -> tuple[int, ...] | None:
    array, _ = as_real(value)
    return None if array is None else array.shape


def has_form_of(value: Any, reference: Any) -> bool:
    """Whether an answer has the structure, the kinds and the shapes of the reference."""
    if reference is None or isinstance(reference, str | bool):
        return type(value) is type(reference)
    if isinstance(reference, tuple):
        return (
            isinstance(value, tuple | list)
            and len(value) == len(reference)
            and all(map(has_form_of, value, reference))
        )
    if isinstance(reference, Mapping):
        return (
            isinstance(value, Mapping)
            and value.keys() == reference.keys()
            and all(has_form_of(value[key], reference[key]) for key in reference)
        )
    wanted = _shape(reference)
    return wanted is None or _shape(value) == wanted
