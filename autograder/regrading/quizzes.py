"""Judging a quiz again, with the same nouns as a homework: first what changes, then all of it recorded."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from autograder.errors import OvertakenError
from autograder.quiz.attempt_report import final_judgings
from autograder.quiz.model import Quiz
from autograder.quiz.records import Judging, Records
from autograder.quiz.regrade import judge_again
from autograder.quiz.seal import Seal
from autograder.regrading.changes import MarkChange, sort_changes

_WHY = "the quiz was changed"


@dataclass(frozen=True, slots=True)
class QuizRegrading:
    """What judging a quiz again came to; nothing of it is recorded yet."""

    changes: tuple[MarkChange, ...]
    kept: tuple[MarkChange, ...]
    """Marks that would go down, and stay because they were published."""
    judgings: tuple[Judging, ...]
    final: dict[tuple[str, str], Judging]
    """What each would stand after, by attempt and question."""

    @property
    def needs_person(self) -> bool:
        """Whether a person must mark one of the answers."""
        return any(each.verdict.credit is None and each.verdict.costs for each in self.judgings)


def judge_quiz_again(
    quiz: Quiz,
    records: Records,
    *,
    clock: Callable[[], datetime],
    seal: Seal | None = None,
    why: str = "",
    question: str = "",
    students: Collection[str] | None = None,
    published: Collection[str] = (),
) -> QuizRegrading:
    """Judge every answer that was handed in again by the quiz as it is; what a person marked stays.

    Args:
        quiz: as it is.
        records: what was handed in.
        clock: tells the time.
        seal: runs code that was typed.
        why: the instructor's reason.
        question: the one question to judge; empty for all.
        students: whose; None for all.
        published: students whose marks were published and never go down.
    """
    changes, kept, judgings = list[MarkChange](), list[MarkChange](), list[Judging]()
    final: dict[tuple[str, str], Judging] = {}
    for judging, change in judge_again(quiz, records, clock=clock, seal=seal):
        if question not in ("", change.question) or change.student not in (students or (change.student,)):
            continue
        (before, after), points = change.marks, change.points
        mark = MarkChange(change.student, change.question, before, after, why or _WHY, points, points)
        if mark.goes_down and change.student in published:
            kept.append(mark)
            continue
        if mark.old != mark.new:
            changes.append(mark)
        judgings.append(judging)
        known = final_judgings(records.judgings(judging.attempt))
        final[judging.attempt, judging.question] = known[judging.question]
    return QuizRegrading(sort_changes(changes), sort_changes(kept), tuple(judgings), final)


def record_quiz(regrading: QuizRegrading, records: Records) -> None:
    """Add the new verdicts.

    Raises:
        OvertakenError: an answer was judged or marked by somebody else since.
    """
    for attempt, question in regrading.final:
        known = final_judgings(records.judgings(attempt))
        if known[question] != regrading.final[attempt, question]:
            raise OvertakenError(
                f"{question}: an answer was judged in the meantime; nothing was recorded: start again"
            )
    if regrading.judgings:
        records.add(list(regrading.judgings))
