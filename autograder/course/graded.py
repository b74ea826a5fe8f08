"""The grades of a course as they stand: its store, its quizzes and its policy joined."""

from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from autograder.course.opened import OpenCourse
from autograder.course.quizzes import quizzes_of
from autograder.domain.course import Student
from autograder.domain.course_events import Publication, find_standing
from autograder.domain.derivation import Derivation, derive, describe_heading, moment_of
from autograder.domain.events import Happening
from autograder.domain.grade import Grade, grade_of
from autograder.domain.policy import Policy
from autograder.domain.policy_text import name_policy
from autograder.errors import CourseError
from autograder.gradebook.earlier import RecordedUntil
from autograder.gradebook.store import Gradebook
from autograder.publishing.class_history import (
    ClassHistory,
    MarkedAttempt,
    mark_attempts,
    read_class_history,
)
from autograder.publishing.publication import PublishedChange, compare, find_last_publication, snapshot

if TYPE_CHECKING:
    from autograder.quiz.model import Quiz
    from autograder.quiz.records import Records


@dataclass(frozen=True, slots=True)
class GradedClass:
    """A class with all that decides its grades."""

    history: ClassHistory
    policy: Policy
    now: datetime
    taken: "tuple[tuple[Quiz, Mapping[str, MarkedAttempt]], ...]" = ()
    """The quizzes that count, each with its attempts by their ids."""

    def every(self) -> Iterator[tuple[Student, list[Happening], Grade]]:
        """Each student with what happened to them and the grade that follows from it."""
        happenings = self.history.happenings()
        for student in self.history.students:
            own = happenings[student.id]
            yield student, own, grade_of(self.policy, own, self.now)

    def unpublished(
        self, gradebook: Gradebook, grades: Mapping[str, Grade] | None = None
    ) -> dict[str | None, tuple[PublishedChange, ...]]:
        """What changed since each last publication, by work; None is the final grade.

        `grades` are those of `grades()`, where they are worked out already.
        """
        works = (*(each.name for each in self.policy.works), None)
        published = {
            work: last for work in works if (last := find_last_publication(self.history.events, work))
        }
        found: dict[str | None, tuple[PublishedChange, ...]] = {}
        # Grades are worked out for nothing where nothing was published.
        if grades is None:
            grades = self.grades() if published else {}
        for work, last in published.items():
            changes = compare(gradebook.events.published(last.number), snapshot(grades, self.policy, work))
            if changes:
                found[work] = changes
        return found

    def grades(self) -> dict[str, Grade]:
        """The grade of each student, whoever handed in nothing included; the roster's order first."""
        return self.history.grades(self.policy, self.now)


def read_graded_class(
    course: OpenCourse,
    gradebook: Gradebook,
    now: datetime,
    *,
    until: RecordedUntil | None = None,
    before: GradedClass | None = None,
) -> GradedClass:
    """What decides the grades of a course at a moment. Nothing is recorded.

    Args:
        course: the course.
        gradebook: its store.
        now: the moment.
        until: what was recorded since an event is passed over: the grades are those of that moment.
        before: what was read of this store before: attempts at quizzes of which nothing was judged since are
            not read again.

    Raises:
        CourseError: a quiz that counts cannot be read.
        StoreError: the gradebook cannot be read.
    """
    with gradebook.at_once():
        return _read_graded(course, gradebook, now, until, before)


def _read_graded(
    course: OpenCourse,
    gradebook: Gradebook,
    now: datetime,
    until: RecordedUntil | None,
    before: GradedClass | None,
) -> GradedClass:
    moment = until.at if until is not None else now
    opened = replace(quizzes_of(course), clock=lambda: moment)
    quizzes = [opened.quiz(name) for name in opened.counting(gradebook.quizzes)]
    marked, copies = list[tuple["Quiz", Mapping[str, MarkedAttempt]]](), list[tuple["Quiz", "Records"]]()
    for quiz in quizzes:
        recorded: Records = gradebook.quizzes
        if until is not None:
            recorded = recorded.snapshot(quiz.id).as_of(quiz.id, moment)
        # Of a quiz that was edited since, another mark may follow from the same judgings.
        last = next((own for same, own in before.taken if same is quiz), {}) if before else {}
        judged = {id: each.judged for id, each in last.items() if each.judged}
        copies.append((quiz, opened.taken(quiz, recorded, known=judged)))
        marked.append((quiz, mark_attempts(quiz, copies[-1][1], last)))
    assignments = [each.name for each in course.course.assignments]
    events = gradebook.events.all() if quizzes else ()
    if until is not None:
        events = tuple(each for each in events if each.number < until.event)
    used_up = {quiz.id: opened.used_up(quiz, copy, events) for quiz, copy in copies}
    attempts = [each for _, own in marked for each in own.values()]
    history = read_class_history(
        course.course.roster, assignments, gradebook, attempts, until=until, used_up=used_up
    )
    return GradedClass(history, course.policy(), now, tuple(marked))


def read_unpublished(
    course: OpenCourse, gradebook: Gradebook, now: datetime, works: Container[str | None]
) -> dict[str | None, tuple[PublishedChange, ...]]:
    """What changed of some works since they were published; None is the final grade.

    Where nothing was published the class is not read, and where no grade can be worked out nothing is told.

    Raises:
        StoreError: the gradebook cannot be read.
    """
    standing = (each.what for each in find_standing(gradebook.events.all()))
    if not any(isinstance(each, Publication) and each.work in works for each in standing):
        return {}
    try:
        found = read_graded_class(course, gradebook, now).unpublished(gradebook)
    except CourseError:
        return {}  # of a quiz that cannot be read; who asks for grades is told
    return {work: changes for work, changes in found.items() if work in works}


def derive_for_staff(
    course: OpenCourse, graded: GradedClass, student: Student, happenings: Sequence[Happening], grade: Grade
) -> Derivation:
    """How the grade of a student comes about that follows from these happenings, for an instructor."""
    zone = ZoneInfo(course.course.timezone)
    heading = describe_heading(
        student.name, student.id, course.course.title, grade, moment_of(graded.now, zone)
    )
    heading = (*heading, name_policy(graded.policy))
    return derive(graded.policy, happenings, grade, heading=heading, zone=zone, staff=True)


@contextmanager
def graded_class(course: OpenCourse, now: datetime) -> Iterator[tuple[GradedClass, Gradebook]]:
    """The same with the store, open for reading."""
    with course.gradebook(read_only=True) as gradebook:
        yield read_graded_class(course, gradebook, now), gradebook
