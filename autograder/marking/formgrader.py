"""Marks that people gave in nbgrader's formgrader, as marks by hand and as decisions on questions.

A mark for a written part is a mark by hand for the file that was shown. One for a question that is judged
here is a decision of a person on that question, which stands whatever is judged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from autograder.domain.counts import describe_count
from autograder.domain.course_events import CourseEvent, Whom, find_standing
from autograder.domain.events import Override, OverrideKind
from autograder.domain.given_marks import as_written
from autograder.domain.handmark import HandMark
from autograder.domain.report import CriterionMark, Report
from autograder.interop.nbgrader_gradebook import FormgraderMark, FormgraderMarks
from autograder.marking.answers import AnswerToMark, PartAnswers
from autograder.marking.table import Marked

WHOLE = "the part as a whole"
"""What the mark is for where a rubric has several criteria: formgrader has one box."""


GradedCell = tuple[str, str]
"""A cell of nbgrader's: its notebook, and its name there."""


@dataclass(frozen=True, slots=True)
class CellPlace:
    """What a graded cell of nbgrader's is here."""

    question: str
    points: Fraction
    answer: GradedCell
    """The one that has the comment."""


@dataclass(frozen=True, slots=True)
class ReadMarks:
    """Marks of formgrader, as they are recorded here."""

    by_hand: Marked
    decisions: tuple[CourseEvent, ...]
    unchanged: int
    """Decisions that are recorded already."""
    notes: tuple[str, ...]
    """What was not taken, and why."""


@dataclass(frozen=True, slots=True)
class MarkingState:
    """What is known here of an assignment when marks are read."""

    name: str
    places: Mapping[GradedCell, CellPlace]
    """By graded cell."""
    parts: Sequence[PartAnswers]
    reports: Mapping[str, Report]
    """The one that counts of each student."""
    events: Sequence[CourseEvent]


def read_marks(given: FormgraderMarks, state: MarkingState, *, marker: str, now: datetime) -> ReadMarks:
    """What of the marks is new here.

    Args:
        given: as they stand in nbgrader's gradebook.
        state: of the assignment here.
        marker: who reads them, for staff.
        now: the moment at which they are recorded.
    """
    answers = {
        (part.part.key, answer.student): (part, answer) for part in state.parts for answer in part.answers
    }
    notes, marks, judged = list[str](), list[HandMark](), dict[tuple[str, str], list[FormgraderMark]]()
    for mark in given.marks:
        place = state.places.get((mark.notebook, mark.cell))
        trouble = _why_not(mark, place, state)
        if trouble or place is None:
            notes.append(f"{mark.student}: {trouble}")
        elif (found := answers.get((place.question, mark.student))) is not None:
            marks.append(_by_hand(mark, given, place, *found, marker=marker, now=now))
        else:
            judged.setdefault((mark.student, place.question), []).append(mark)
    decided = [
        event
        for (student, question), theirs in judged.items()
        if (event := _decide(student, question, theirs, given, state, marker, now)) is not None
    ]
    known = _standing(state)
    new = [each for each in decided if not _is_known(each, known)]
    return ReadMarks(Marked(tuple(marks), ()), tuple(new), len(decided) - len(new), tuple(notes))


def _why_not(mark: FormgraderMark, place: CellPlace | None, state: MarkingState) -> str:
    """Why a mark is not taken, or nothing."""
    if place is None:
        return f"{mark.cell} is no cell of {state.name} here"
    report = state.reports.get(mark.student)
    if report is None:
        return f"{mark.cell} has a mark, and nothing of this student was graded here"
    if not 0 <= mark.score <= place.points:
        of = f"{as_written(mark.score)} of {describe_count(place.points, 'point')}"
        return f"{mark.cell} was given {of}: write a mark from 0 to {as_written(place.points)}"
    if not mark.blob:
        return f"{mark.cell} was marked on a notebook that was not written from here: export, and look again"
    if mark.blob != report.receipt.blob or (mark.open and mark.manual is not None):
        return f"{mark.cell} was marked before the file that counts was shown: look at it again in formgrader"
    return ""


def _by_hand(
    mark: FormgraderMark,
    given: FormgraderMarks,
    place: CellPlace,
    part: PartAnswers,
    answer: AnswerToMark,
    *,
    marker: str,
    now: datetime,
) -> HandMark:
    rubric = part.part.rubric
    criterion = rubric[0].sentence if len(rubric) == 1 else WHOLE
    return HandMark(
        student=mark.student,
        assignment=answer.assignment,
        part=part.part.title,
        blob=mark.blob,
        rubric=(CriterionMark(criterion, place.points, mark.score),),
        comment=_comment(mark.student, place, given),
        marker=marker,
        marked=now,
        answer=answer.digest,
    )


def _comment(student: str, place: CellPlace, given: FormgraderMarks) -> str:
    return given.comments.get((student, *place.answer), "").strip()


def _decide(
    student: str,
    question: str,
    marks: Iterable[FormgraderMark],
    given: FormgraderMarks,
    state: MarkingState,
    marker: str,
    now: datetime,
) -> CourseEvent | None:
    """The decision on a question that a machine judged; None where it changes nothing."""
    verdict = next((v for v in state.reports[student].verdicts if v.question == question), None)
    if verdict is None or not verdict.points:
        return None  # of nothing, nothing can be decided
    cells = {cell: place for cell, place in state.places.items() if place.question == question}
    scores = {(each.notebook, each.cell): each.score for each in marks}
    earned = verdict.earned or Fraction(0)
    total = sum(
        (scores.get(cell, earned * place.points / verdict.points) for cell, place in cells.items()),
        Fraction(0),
    )
    last = _standing(state).get((student, question))
    if total == verdict.earned and last is None:
        return None
    place = next(iter(cells.values()))
    why = _comment(student, place, given) or "marked by a person"
    written = f"{as_written(total)}/{as_written(verdict.points)}"
    what = Override(0, state.name, OverrideKind.MARK, total / verdict.points, question, why, written)
    return CourseEvent(what, Whom(student), now, marker, "read from nbgrader's formgrader")


def _standing(state: MarkingState) -> dict[tuple[str, str], Override]:
    """The last decision that holds on each question, by student."""
    return {
        (event.whom.student, event.what.question): event.what
        for event in find_standing(state.events)
        if isinstance(event.what, Override) and event.what.work == state.name
    }


def _is_known(event: CourseEvent, known: Mapping[tuple[str, str], Override]) -> bool:
    what = event.what
    if not isinstance(what, Override):
        return False
    last = known.get((event.whom.student, what.question))
    return last is not None and (last.kind, last.value, last.why) == (what.kind, what.value, what.why)
