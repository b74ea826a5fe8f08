"""What came of an attempt, and what of it may be seen when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from autograder.domain.attempts import choose_attempt
from autograder.domain.phrases import phrase
from autograder.quiz.draw import fits
from autograder.quiz.marks import BY_HAND
from autograder.quiz.model import Quiz, QuizQuestion, Showing
from autograder.quiz.records import Attempt, HandedIn, Judging, Occasion, Records
from autograder.quiz.texts import fill
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerState, AnswerVerdict


@dataclass(frozen=True, slots=True)
class QuestionReport:
    """What may be seen of one question of an attempt."""

    question: str
    points: Fraction
    raw: str
    verdict: AnswerVerdict | None
    """None where it may not be seen yet, or was not given."""
    solution: str = ""
    """With its values filled in; empty where it may not be seen yet."""
    tries_before: int = 0
    """Tries before the one that counts, each of which takes off the penalty."""
    kept: Fraction = Fraction(1)
    """What the penalty leaves of the credit."""

    @property
    def earned(self) -> Fraction | None:
        """Points earned; None where a person must mark. What cannot be read earns nothing."""
        if self.verdict is None or self.verdict.state is AnswerState.MANUAL:
            return None
        return (self.verdict.credit or Fraction(0)) * self.kept * self.points


@dataclass(frozen=True, slots=True)
class AttemptReport:
    """What may be seen of an attempt."""

    attempt: Attempt
    handed_in: HandedIn | None
    questions: tuple[QuestionReport, ...]
    visible: bool
    """Whether verdicts may be seen."""
    remark: str = ""
    """When they will be."""

    @property
    def points(self) -> Fraction:
        """Points of the questions asked."""
        return sum((question.points for question in self.questions), Fraction(0))

    @property
    def score(self) -> Fraction | None:
        """Points earned; None while something waits for a person, or may not be seen."""
        earned = [question.earned for question in self.questions]
        return None if None in earned else self.score_so_far

    @property
    def score_so_far(self) -> Fraction:
        """Points earned, where what still waits for a person earns nothing yet."""
        return sum((q.earned for q in self.questions if q.earned is not None), Fraction(0))


def report_of(
    quiz: Quiz, attempt: Attempt, records: Records, *, now: datetime, staff: bool = False
) -> AttemptReport:
    """The report of an attempt as it may be seen at `now`; `staff` sees everything."""
    end = records.handed_in(attempt.id)
    settings = quiz.settings
    results = staff or _may_be_seen(settings.results, end, settings.closes, now)
    solutions = staff or (end is not None and _may_be_seen(settings.solutions, end, settings.closes, now))
    judgings = records.judgings(attempt.id)
    final = final_judgings(judgings)
    raws = {response.question: response.raw for response in records.responses(attempt.id)}
    questions = tuple(
        _with_penalty(
            _question_report(
                question, variant, raws.get(question.id, ""), final, results=results, solutions=solutions
            ),
            judgings,
            settings.penalty,
        )
        for variant in attempt.variants
        if (question := quiz.question(variant.question)) is not None
    )
    when = settings.results
    is_told = not results and when in (Showing.AT_SUBMISSION, Showing.AFTER_CLOSING, Showing.NEVER)
    told = phrase(f"quiz.shown.{when.name.lower()}") if is_told else ""
    return AttemptReport(attempt, end, questions, results, told)


def final_judgings(judgings: Sequence[Judging]) -> dict[str, Judging]:
    """The judging that counts of each question: the last one by hand, else the last one."""
    final = dict[str, Judging]()
    for judging in judgings:
        before = final.get(judging.question)
        if before is None or before.occasion is not Occasion.HAND or judging.occasion is Occasion.HAND:
            final[judging.question] = judging
    return final


def counting_report(quiz: Quiz, student: str, records: Records, *, now: datetime) -> AttemptReport | None:
    """The report of the attempt that counts, of those handed in, as staff sees it."""
    attempts = [a for a in records.attempts(quiz.id, student) if records.handed_in(a.id)]
    reports = [report_of(quiz, attempt, records, now=now, staff=True) for attempt in attempts]
    return choose_attempt(reports, quiz.settings.keep, score=lambda report: report.score_so_far)


def _question_report(
    question: QuizQuestion,
    variant: Variant,
    raw: str,
    final: Mapping[str, Judging],
    *,
    results: bool,
    solutions: bool,
) -> QuestionReport:
    judging = final.get(question.id)
    verdict = judging.verdict if judging is not None and results else None
    if judging is not None and judging.occasion is Occasion.REGRADE:
        raw = judging.raw  # an earlier try may be right by a key that was mended, and counts then
    solution = fill(question.solution, variant.drawn) if solutions and fits(question, variant) else ""
    return QuestionReport(question.id, question.points, raw, verdict, solution)


def _with_penalty(report: QuestionReport, judgings: Sequence[Judging], penalty: Fraction) -> QuestionReport:
    """The report less what the tries before the one that counts take off; a mark by hand is left as it is."""
    if not penalty or report.verdict is None or report.verdict.code == BY_HAND:
        return report
    before = count_tries_before(report.question, report.raw, judgings)
    return replace(report, tries_before=before, kept=keep_after(before, penalty))


def count_tries_before(question: str, raw: str, judgings: Iterable[Judging]) -> int:
    """How many tries at a question came before this answer and cost something, as they were judged then."""
    before = 0
    for judging in judgings:
        if judging.question == question and judging.occasion is Occasion.CHECK:
            if judging.raw == raw:
                break
            before += judging.verdict.costs
    return before


def keep_after(tries: int, penalty: Fraction) -> Fraction:
    """What the penalty for so many tries leaves of the credit."""
    return max(Fraction(0), 1 - penalty * tries)


def _may_be_seen(when: Showing, end: HandedIn | None, closes: datetime | None, now: datetime) -> bool:
    match when:
        case Showing.AT_ONCE:
            return True
        case Showing.AT_SUBMISSION:
            return end is not None
        case Showing.AFTER_CLOSING:
            return closes is not None and now >= closes
        case Showing.NEVER:
            return False
