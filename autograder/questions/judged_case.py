"""What a student's function answered, case by case, and how each case went."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from autograder.domain.answer import Answer, Batch, Ending
from autograder.domain.counts import describe_count
from autograder.domain.sentences import say
from autograder.errors import JudgingError
from autograder.questions.author_bounds import any_large, bound
from autograder.questions.case_score import CaseScore, Finding, wrong
from autograder.questions.cases import Case, Group
from autograder.questions.memo import fingerprint
from autograder.questions.score_case import score_case
from autograder.questions.solutions import Prepared
from autograder.questions.stopwatch import seconds_to_receive
from autograder.questions.student_code import StudentCode
from autograder.timeout import TimeIsUpError

_RULE_SECONDS = 5.0
"""For the author's rules on the answer to a speed case, and at least for those on all others together."""


@dataclass(frozen=True, slots=True, eq=False)
class JudgedCase:
    """One case: what was expected, what came back, and its score."""

    case: Case
    expected: Answer
    answer: Answer
    score: CaseScore


def judge_cases(
    prepared: Prepared, student: StudentCode, *, seconds: float, answers: Sequence[Answer] | None = None
) -> tuple[JudgedCase, ...]:
    """Ask a student's function every case, speed cases only where every core case earned something.

    `answers` is what it returned for the ordinary cases, where it was asked these before.

    Raises:
        JudgingError: an oracle or a rule of the author's failed, or a call was not answered.
    """
    answers = _ask(prepared, student, prepared.batch, seconds=seconds) if answers is None else answers
    _must_be_all(answers, prepared, prepared.batch)
    judged = _judge_ordinary(prepared, answers, seconds=seconds)
    if all(one.score.credit > 0 for one in judged if one.case.group is Group.CORE):
        judged += tuple(
            _time_case(prepared, student, k) for k in range(prepared.ordinary, len(prepared.cases))
        )
    return judged


def _judge_ordinary(
    prepared: Prepared, answers: Sequence[Answer], *, seconds: float
) -> tuple[JudgedCase, ...]:
    """Judge the ordinary cases, once for all who answer alike."""
    key = fingerprint(answers)
    judged: tuple[JudgedCase, ...] | None = prepared.memo.get(key)
    if judged is None:
        judged = _judge(prepared, range(len(answers)), answers, seconds=max(seconds, _RULE_SECONDS))
        prepared.memo.put(key, judged)
    return judged


def _ask(prepared: Prepared, student: StudentCode, batch: Batch, *, seconds: float) -> tuple[Answer, ...]:
    if prepared.question.variable:
        return (student.variable(prepared.question.name),) * len(batch.calls)
    answers = student.ask(prepared.question.name, batch, seconds=seconds)
    _must_be_all(answers, prepared, batch)
    return answers


def _must_be_all(answers: Sequence[Answer], prepared: Prepared, batch: Batch) -> None:
    """One answer per call: a case that nobody answered must not count as passed."""
    if len(answers) != len(batch.calls):
        raise JudgingError(
            f"{describe_count(len(batch.calls), 'call')} of {prepared.question.name}, "
            f"{describe_count(len(answers), 'answer')}"
        )


def _judge(
    prepared: Prepared, places: Sequence[int], answers: Sequence[Answer], *, seconds: float
) -> tuple[JudgedCase, ...]:
    """Judge answers to the cases at these places; rules of the author's are bounded to so many seconds."""
    cases = [prepared.cases[k] for k in places]
    expected = [prepared.expected.reference[k] for k in places]
    scales = [prepared.expected.scales[k] for k in places]

    def score() -> list[CaseScore]:
        with np.errstate(all="ignore"):
            return [
                score_case(prepared.question, *one)
                for one in zip(cases, expected, scales, answers, strict=True)
            ]

    try:
        ruled = prepared.question.own_rules
        scores = bound(score, seconds=seconds, large=any_large(answers, expected)) if ruled else score()
    except TimeIsUpError:
        what = f"the rules of {prepared.question.name} took more than {seconds:g} s"
        raise JudgingError(f"{what} on what was answered") from None
    return tuple(map(JudgedCase, cases, expected, answers, scores))


def _time_case(prepared: Prepared, student: StudentCode, k: int) -> JudgedCase:
    """Ask a speed case; whoever is too slow is asked once more, against a loop timed at that moment.

    The second time in a fresh process: this one has seen the arguments, and may have kept its answer.
    """
    one, slow = _run_timed(prepared, student, k, recalibrate=False)
    if slow:
        with student.standing_in({}) as fresh:
            again, still_slow = _run_timed(prepared, fresh, k, recalibrate=True)
        if again.answer.ending is not Ending.NOT_ASKED:
            one, slow = again, still_slow
    if slow and one.score.credit > 0:
        return replace(one, score=wrong(Finding.SLOW, say("slow")))
    return one


def _run_timed(
    prepared: Prepared, student: StudentCode, k: int, *, recalibrate: bool
) -> tuple[JudgedCase, bool]:
    """One try at a speed case, and whether it took too long."""
    case = prepared.cases[k]
    if case.pace is None:
        raise JudgingError(f"speed case {case.label!r} of {prepared.question.name} has no time limit")
    limit = prepared.stopwatch.limit(case.pace, recalibrate=recalibrate)
    [answer] = _ask(prepared, student, Batch((case.call,)), seconds=round(3.0 * limit + 2.0, 1))
    [one] = _judge(prepared, [k], [answer], seconds=_RULE_SECONDS)
    if answer.ending is Ending.TIMED_OUT:
        return one, True
    in_time = one.score.credit == 0 or answer.seconds <= limit
    return one, not (in_time or answer.seconds <= limit + seconds_to_receive(case.call))


def find_failing(judged: Sequence[JudgedCase], group: Group) -> tuple[JudgedCase, ...]:
    """The cases of a group that earned less than everything."""
    return tuple(one for one in judged if one.case.group is group and one.score.credit < 1)


def changes_arguments(judged: Sequence[JudgedCase]) -> bool:
    """Whether the function changed arguments that the reference leaves alone."""
    return any(one.answer.changed and not one.expected.changed for one in judged)
