"""The score of one case: from how it ended, from the comparison of what came back, and from properties."""

from typing import Any

from autograder.domain.answer import Answer, Ending, Opaque, Oracle
from autograder.domain.sentences import say
from autograder.errors import JudgingError
from autograder.questions.author_rule import find_broken
from autograder.questions.case_score import RIGHT, CaseScore, Finding, Tolerance, wrong
from autograder.questions.cases import Case
from autograder.questions.comparand import Comparand
from autograder.questions.kinds import name_error, tell_opaque
from autograder.questions.question import Question


def score_case(question: Question, case: Case, expected: Answer, scale: Any, answer: Answer) -> CaseScore:
    """Score one answer to a case.

    Raises:
        JudgingError: an oracle, a reference or a rule of the author's failed.
    """
    if answer.ending is Ending.ORACLE_FAILED:
        raise JudgingError(f"an oracle failed in case {case.label!r} of {question.name}: {answer.message}")
    if expected.ending is not Ending.RETURNED or answer.ending is not Ending.RETURNED:
        return _compare_endings(question, case, expected, answer)
    if isinstance(answer.value, Opaque):
        return wrong(Finding.KIND, tell_opaque(answer.value))
    tolerance = tolerance_of(question, case)
    one = Comparand(question.name, case, expected, answer, scale, tolerance, question.parts)
    score = question.comparison.compare(one)
    if score.credit == 1 and question.properties:
        return find_broken(((p.sentence, p.holds) for p in question.properties), one) or RIGHT
    return score


def _compare_endings(question: Question, case: Case, expected: Answer, answer: Answer) -> CaseScore:
    if asked_too_often(case, answer):
        return wrong(Finding.ENDED, say("asks_again"))
    if expected.ending is Ending.RAISED and answer.ending is Ending.RAISED:
        if answer.exception == expected.exception:
            return RIGHT
        return wrong(Finding.RAISED, say("raised_other", error=name_error(answer.exception)))
    if expected.ending is Ending.RAISED and answer.ending is Ending.RETURNED:
        return wrong(Finding.VALUE, say("not_raised"))
    if expected.ending not in (Ending.RETURNED, Ending.RAISED):
        raise JudgingError(f"the reference of {question.name} did not return in case {case.label!r}")
    if answer.ending is Ending.RAISED:
        return wrong(Finding.RAISED, say("raised", error=name_error(answer.exception)))
    return wrong(Finding.ENDED, say(_ENDED.get(answer.ending, "not_returned")))


_ENDED = {
    Ending.TIMED_OUT: "timed_out",
    Ending.OUT_OF_MEMORY: "out_of_memory",
    Ending.CRASHED: "crashed",
    Ending.UNDEFINED: "no_function",
}


def tolerance_of(question: Question, case: Case) -> Tolerance:
    """How exact an answer to a case must be: where an argument is in single precision, less."""
    return question.single if case.single_precision else question.tolerance


def asked_too_often(case: Case, answer: Answer) -> bool:
    """Whether a call broke off because an oracle had been asked as often as it may be."""
    given = dict(case.call.named())
    return answer.ending is Ending.RAISED and any(
        isinstance(given.get(name), Oracle) and len(points) >= given[name].calls
        for name, points in answer.asked.items()
    )
