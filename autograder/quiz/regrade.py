"""Judges again what was handed in, after a key was mended, and says what changed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import partial

from autograder.quiz.attempt_report import count_tries_before, final_judgings, keep_after
from autograder.quiz.carry import carried_values
from autograder.quiz.judge import judge_part
from autograder.quiz.model import Quiz
from autograder.quiz.records import Attempt, Judging, Occasion, Records
from autograder.quiz.seal import Seal
from autograder.quiz.verdicts import AnswerState, AnswerVerdict, without_reading


@dataclass(frozen=True, slots=True)
class Change:
    """One verdict that is another now."""

    student: str
    attempt: str
    question: str
    raw: str
    before: AnswerVerdict
    after: AnswerVerdict
    points: Fraction
    kept: tuple[Fraction, Fraction] = (Fraction(1), Fraction(1))
    """What the penalty for tries left of the credit before, and leaves of it now."""

    @property
    def marks(self) -> tuple[Fraction | None, Fraction | None]:
        """The mark before and the mark now, between 0 and 1; None where a person must look."""
        before, after = self.before.credit, self.after.credit
        return (
            None if before is None else before * self.kept[0],
            None if after is None else after * self.kept[1],
        )

    @property
    def gain(self) -> Fraction:
        """Points gained; negative where the mark goes down."""
        before, after = self.marks
        return ((after or Fraction(0)) - (before or Fraction(0))) * self.points


def regrade(
    quiz: Quiz,
    records: Records,
    *,
    clock: Callable[[], datetime],
    dry_run: bool = False,
    seal: Seal | None = None,
) -> tuple[Change, ...]:
    """Judge every attempt handed in again by the quiz as it is; new verdicts are added, old ones kept.

    What a person marked by hand stays. `dry_run` records nothing. Every change is listed, those that
    lower a mark first.
    """
    found = list(judge_again(quiz, records, clock=clock, seal=seal))
    if found and not dry_run:
        records.add([judging for judging, _ in found])
    changes = (change for _, change in found)
    return tuple(sorted(changes, key=lambda change: (change.gain, change.student, change.question)))


def judge_again(
    quiz: Quiz, records: Records, *, clock: Callable[[], datetime], seal: Seal | None = None
) -> Iterator[tuple[Judging, Change]]:
    """The judgings that are not what they were, each with what it changes; nothing is recorded."""
    for attempt in records.attempts(quiz.id):
        if records.handed_in(attempt.id) is not None:
            yield from _regrade_attempt(quiz, attempt, records, clock(), seal)


def _regrade_attempt(
    quiz: Quiz, attempt: Attempt, records: Records, now: datetime, seal: Seal | None
) -> Iterator[tuple[Judging, Change]]:
    """The judgings of one attempt that are not what they were."""
    judgings = records.judgings(attempt.id)
    final = final_judgings(judgings)
    handed_in = {judging.question: judging.raw for judging in final.values()}
    handed_in |= {each.question: each.raw for each in judgings if each.occasion is Occasion.SUBMIT}
    penalty = quiz.settings.penalty
    for last in final.values():
        question, variant = quiz.question(last.question), attempt.variant(last.question)
        if question is None or variant is None or last.occasion is Occasion.HAND:
            continue
        carried = carried_values(quiz, question, handed_in, attempt.variant)
        judge_now = partial(judge_part, question, variant, carried=carried, seal=seal)
        raw, verdict = _find_counting(judge_now, _tries(judgings, last), handed_in[question.id])
        if raw == last.raw and without_reading(verdict) == without_reading(last.verdict):
            continue
        judging = Judging(attempt.id, question.id, raw, verdict, question.version, now, Occasion.REGRADE)
        before, after = (
            keep_after(count_tries_before(question.id, one, judgings), penalty) for one in (last.raw, raw)
        )
        yield (
            judging,
            Change(
                attempt.student,
                attempt.id,
                question.id,
                raw,
                last.verdict,
                verdict,
                question.points,
                (before, after),
            ),
        )


def _tries(judgings: Iterable[Judging], last: Judging) -> list[str]:
    """What was tried at a question within the attempt, in order, and could be read then."""
    return [
        each.raw
        for each in judgings
        if each.question == last.question and each.occasion is Occasion.CHECK and each.verdict.costs
    ]


def _find_counting(
    judge_now: Callable[[str], AnswerVerdict], tries: Iterable[str], handed_in: str
) -> tuple[str, AnswerVerdict]:
    """The answer that counts by the quiz as it is, with its verdict.

    A right answer is final: the first try that is right counts as if it had been told so, and whatever was
    typed after it, because it was called wrong, costs nothing. Else what was handed in counts.
    """
    for raw in dict.fromkeys(tries):
        verdict = judge_now(raw)
        if verdict.state is AnswerState.CORRECT:
            return raw, verdict
    return handed_in, judge_now(handed_in)
