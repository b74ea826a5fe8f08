"""The scores of a class in its assignments: of the file that counts, or of the last one that is judged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from autograder.domain.events import MarkedFile
from autograder.domain.grade import Grade, WorkGrade
from autograder.domain.report import Outcome
from autograder.gradebook.marks import MarkedSubmission
from autograder.publishing.class_history import ClassHistory


@dataclass(frozen=True, slots=True)
class AttemptScore:
    """What one student has in one assignment, in points, lateness aside."""

    student: str
    assignment: str
    number: int
    """Of the file, from 1."""
    score: Fraction | None
    """None while anything of it waits for a person."""
    so_far: Fraction
    points: Fraction
    needs_person: bool
    """Whether something could not be judged."""
    work: WorkGrade | None = None
    """How the assignment stands in the grade."""


def attempt_scores(history: ClassHistory, grades: Mapping[str, Grade]) -> Iterator[AttemptScore]:
    """A score for every student and assignment of which anything is judged, in order of students."""
    judged: dict[tuple[str, str], dict[int, MarkedSubmission]] = {}
    withdrawn = history.team_files().withdrawn
    for one in history.submissions:
        if one.marks is not None and one.id not in withdrawn:
            judged.setdefault((one.student, one.assignment), {})[one.number] = one
    happenings = history.happenings()
    for student, grade in sorted(grades.items()):
        files = {
            (each.work, each.number): each for each in happenings[student] if isinstance(each, MarkedFile)
        }
        for work in grade.works:
            own = judged.get((student, work.name))
            if not own:
                continue
            # A newer file that waits for its report takes nothing away.
            counted = work.file.number if work.file and work.file.number in own else max(own)
            yield _score(own[counted], files[work.name, counted], work)


def _score(one: MarkedSubmission, file: MarkedFile, work: WorkGrade) -> AttemptScore:
    questions = file.questions or ()
    earned = [each.earned for each in questions if each.earned is not None]
    waiting = {each.name for each in questions if each.earned is None}
    lines = one.marks.lines if one.marks else ()
    so_far = sum(earned, Fraction(0))
    return AttemptScore(
        one.student,
        one.assignment,
        one.number,
        None if waiting else so_far,
        so_far,
        sum((each.points for each in questions), Fraction(0)),
        any(line.outcome is Outcome.UNJUDGED and line.mark.name in waiting for line in lines),
        work,
    )


def count_doubtful(history: ClassHistory) -> dict[str, int]:
    """How many submissions of each assignment were received at a time that nobody knows for sure."""
    counts: dict[str, int] = {}
    for every in history.happenings().values():
        for each in every:
            if isinstance(each, MarkedFile) and not each.time_known:
                counts[each.work] = counts.get(each.work, 0) + 1
    return counts


def count_older(history: ClassHistory, versions: Mapping[str, str]) -> int:
    """How many reports were made by other versions of the program or of the libraries than these."""
    return sum(
        any(versions.get(name, version) != version for name, version in one.marks.versions.items())
        for one in history.submissions
        if one.marks is not None
    )
