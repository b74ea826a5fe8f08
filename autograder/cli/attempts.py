"""Which file of each student counts, why, and what the others would give: in lines, and as JSON."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from autograder.cli.final_grades import zone_of
from autograder.course.graded import GradedClass, read_graded_class
from autograder.course.opened import OpenCourse
from autograder.domain.attempt_words import (
    say_choice,
    say_counting,
    say_days,
    say_doubtful,
    say_others,
)
from autograder.domain.counts import describe_count
from autograder.domain.derivation import work_to_json
from autograder.domain.events import History
from autograder.domain.grade import WorkGrade
from autograder.errors import CourseError
from autograder.gradebook.store import Gradebook
from autograder.grading.batch import BriefReport
from autograder.publishing.scores import count_doubtful

_NAMED = 12
"""Students of a run who are named; of more, their number is told."""
Scores = Mapping[str, Mapping[str, float | None]]
"""Points by student and work, as `grades --json` prints them."""


@dataclass(frozen=True, slots=True)
class GradedAttempts:
    """How what a run graded stands in the grades of its students."""

    lines: tuple[str, ...] = ()
    """For the instructor."""
    students: tuple[dict[str, Any], ...] = ()
    """The same for scripts."""
    doubtful: int = 0
    """How many times of receipt of the assignment nobody knows for sure."""


def describe_attempts(graded: GradedClass, names: Sequence[str], *, every: bool) -> Iterator[str]:
    """Why which file counts, where a student has several; with `every` also what each of them gives."""
    lines: list[str] = []
    several: dict[str, WorkGrade] = {}
    for student, each, history in _works(graded, names):
        if say_others(each, history):
            several.setdefault(each.name, each)
        lines += _lines_of(student, each, history)
    yield from (f"{say_choice(several[name])}." for name in names if name in several)
    if every:
        yield from lines


def attempts_json(
    graded: GradedClass, scores: Scores, names: Sequence[str], *, zone: tzinfo | None = None
) -> dict[str, Any]:
    """The same for scripts, with the points of the file that counts."""
    students: dict[str, dict[str, Any]] = {each.id: {} for each in graded.history.students}
    for student, each, history in _works(graded, names):
        score = scores.get(student, {}).get(each.name)
        students[student][each.name] = {"score": score, **work_to_json(each, history, zone)}
    doubtful = count_doubtful(graded.history)
    return {
        "students": [{"id": id, "assignments": works} for id, works in students.items()],
        "doubtful_times": {name: count for name, count in doubtful.items() if name in names},
    }


def look_at_graded(
    course: OpenCourse, gradebook: Gradebook, name: str, reports: Sequence[BriefReport]
) -> GradedAttempts:
    """What lateness, and the choice among several files, make of what was graded just now."""
    scores = {report.student: report.score for report in reports}
    if not scores:
        return GradedAttempts()
    try:
        graded = read_graded_class(course, gradebook, datetime.now(UTC))
    except CourseError as error:  # of a quiz that counts: it keeps no assignment from being graded
        return GradedAttempts((f"how late they are cannot be told: {error}",))
    works = [one for one in _works(graded, [name]) if one[0] in scores]
    late = [f"{student} {say_days(each.late_days)}" for student, each, _ in works if each.late_days]
    several = [one for one in works if say_others(one[1], one[2])]
    doubtful = count_doubtful(graded.history).get(name, 0)
    more = f" and {len(late) - _NAMED} more" if len(late) > _NAMED else ""
    lines = [f"Late: {', '.join(late[:_NAMED])}{more}."] if late else []
    lines += [f"{say_choice(several[0][1])}."] if several else []
    lines += [line for one in several[:_NAMED] for line in _lines_of(*one)]
    if len(several) > _NAMED:
        lines.append(
            f"{describe_count(len(several) - _NAMED, 'more has', 'more have')} several files: "
            f"autograder grades {name} --attempts"
        )
    lines += [str(say_doubtful(name, doubtful))] if doubtful else []
    students, zone = [], zone_of(course)
    for student, each, history in works:
        score = scores[student]
        told = {"id": student, "score": None if score is None else float(score)}
        students.append({**told, **work_to_json(each, history, zone)})
    return GradedAttempts(tuple(lines), tuple(students), doubtful)


def _lines_of(student: str, each: WorkGrade, history: History) -> Iterator[str]:
    """What each file of a student gives, or would give."""
    late = say_days(each.late_days)
    if each.file is not None:
        yield f"{student}: {say_counting(each)}{f' ({late})' if late else ''}"
    yield from (f"{student}: {other}" for other in say_others(each, history))


def _works(graded: GradedClass, names: Collection[str]) -> Iterator[tuple[str, WorkGrade, History]]:
    for student, happenings, grade in graded.every():
        history = History.of(happenings)
        yield from ((student.id, each, history) for each in grade.works if each.name in names)
