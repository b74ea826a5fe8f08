"""What one student has handed in, until when what is due, and what a hand-in would cost at this moment."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import partial
from typing import Any

from autograder.course.graded import GradedClass
from autograder.course.opened import OpenCourse
from autograder.course.quizzes import quizzes_of
from autograder.domain.course import Student
from autograder.domain.events import Extension, Happening, History, MarkedFile, QuestionMark
from autograder.domain.grade import Grade, WorkGrade, grade_of
from autograder.domain.policy import Policy
from autograder.domain.policy_text import percent
from autograder.domain.shown_reports import ReportPlan, Shown, ShownReport, plan_reports
from autograder.domain.standing import stand
from autograder.domain.submission import ReceivedBy
from autograder.domain.teams import find_former_mates
from autograder.gradebook.marks import MarkedSubmission
from autograder.gradebook.store import Gradebook
from autograder.publishing.as_students_see import (
    SeenPublications,
    as_students_see,
    find_seen,
    published_at,
)
from autograder.publishing.class_history import ClassHistory, mark_attempts, read_class_history
from autograder.quiz.model import Quiz

_FAULTLESS = (QuestionMark("", Fraction(1), Fraction(1)),)


@dataclass(frozen=True, slots=True)
class HandInOutlook:
    """What handing in at this moment would mean."""

    late_days: int
    free_days: int
    """That would be spent on it."""
    cost: Fraction
    """What lateness would take away of the work, between 0 and 1."""
    counts: bool
    """Whether it would come early enough to count."""


@dataclass(frozen=True, slots=True)
class OwnWork:
    """One assignment or quiz, as its student finds it."""

    name: str
    title: str
    is_quiz: bool
    grade: WorkGrade
    files: tuple[MarkedSubmission, ...]
    """What was handed in for an assignment, the oldest first."""
    look: Callable[[], HandInOutlook]
    """Works out `outlook`."""
    published: Any = None
    """What students may see of it, where it is published: see publishing/publication.py."""
    published_at: datetime | None = None
    """When its marks were last published, by themselves or in the final grade."""
    plan: ReportPlan | None = None
    """What is shown of the report on each file of an assignment. The marks of other files are left out."""
    reasons: tuple[str, ...] = ()
    """Why there is more time."""
    opens: datetime | None = None
    """When it opens, where that is still to come."""
    begun: bool = False
    """Whether an attempt at a quiz is open."""

    @property
    def outlook(self) -> HandInOutlook:
        """What handing in at this moment would mean: a grade is worked out for it."""
        return self.look()

    @property
    def due(self) -> datetime | None:
        """Until when it is in time, extensions included; a quiz that closes before can be taken no longer."""
        return self.grade.standing.ends

    @property
    def published_words(self) -> str:
        """The mark that is published, in words; empty where none is."""
        if self.published is None:
            return ""
        exact = self.published["exact"]
        return str(self.published["shown"]) if exact is None else percent(Fraction(exact))

    @property
    def counting(self) -> int | None:
        """The number of the file or attempt that counts."""
        return self.grade.file.number if self.grade.file else None

    def file(self, number: int) -> MarkedSubmission | None:
        """What was handed in under this number, or None."""
        return next((one for one in self.files if one.number == number), None)

    def shown(self, number: int) -> ShownReport:
        """What is shown of the report on the file of this number."""
        return self.plan.files[number - 1] if self.plan is not None else ShownReport(Shown.FULL)


@dataclass(frozen=True, slots=True)
class OwnCourse:
    """All that a course knows of one student's work."""

    student: Student
    graded: GradedClass
    """A class of one."""
    grade: Grade
    works: tuple[OwnWork, ...]
    published_grade: Any = None
    """The final grade, where it is published."""
    published_at: datetime | None = None

    @property
    def happenings(self) -> list[Happening]:
        """What happened to the student."""
        return self.graded.history.happenings()[self.student.id]

    def work(self, name: str) -> OwnWork | None:
        """A piece of work by its name, or None."""
        return next((each for each in self.works if each.name == name), None)


def read_own_course(course: OpenCourse, gradebook: Gradebook, student: Student, now: datetime) -> OwnCourse:
    """All that a course knows of one student's work. Nobody else's is read, and nothing is recorded.

    Raises:
        CourseError: a quiz that counts cannot be read.
        StoreError: the gradebook cannot be read.
    """
    with gradebook.at_once():
        return _read_own(course, gradebook, student, now)


def read_due(
    course: OpenCourse, gradebook: Gradebook, student: Student, name: str, now: datetime
) -> datetime | None:
    """Until when a student's work of this name is in time, extensions included; None where it has no end.

    What was handed in is not read for it.

    Raises:
        CourseError: a quiz that counts cannot be read.
        StoreError: the gradebook cannot be read.
    """
    work = next((each for each in course.policy().works if each.name == name), None)
    if work is None:
        return None
    known = ClassHistory((student,), (), {}, (), gradebook.events.all())
    return stand(work, History.of(known.happenings()[student.id]), free_days=0, now=now).ends


def _read_own(course: OpenCourse, gradebook: Gradebook, student: Student, now: datetime) -> OwnCourse:
    opened = quizzes_of(course)
    quizzes = [opened.quiz(name) for name in opened.counting(gradebook.quizzes)]
    taken = [(quiz, opened.taken_by(quiz, gradebook.quizzes, student.id)) for quiz in quizzes]
    names = [each.name for each in course.course.assignments]
    events = gradebook.events.all()
    mates = {mate for name in names for mate in find_former_mates(events, name, student.id)}
    used_up = {quiz.id: opened.used_up(quiz, every, events) for quiz, every in taken}
    # What a team handed in is told from what its members have; their roster entry is all else that is read.
    roster = [student, *(each for each in course.course.roster if each.id in mates)]
    only = [each.id for each in roster]
    attempts = [each for quiz, every in taken for each in mark_attempts(quiz, every).values()]
    policy = course.policy()
    named = [each.name for each in policy.works]
    seen = find_seen(events, student.id, named, gradebook.events.published_of)
    published = {name: at for name in names if (at := published_at(seen, name)) is not None}
    history = read_class_history(
        roster, names, gradebook, attempts, only=only, used_up=used_up, published=published
    )
    plans = plan_shown(course, history, student, seen, now)
    known = _leave_out_hidden(as_students_see(history, seen), student, plans)
    graded = GradedClass(known, policy, now)
    grade = graded.history.grade(student.id, graded.policy, now)
    begun = {
        quiz.id
        for quiz, every in taken
        if any(every.handed_in(each.id) is None for each in every.attempts(quiz.id, student.id))
    }
    works = tuple(
        replace(each, begun=each.name in begun)
        for each in _works(course, graded, grade, student, seen, plans, quizzes)
    )
    final = seen.get(None)
    return OwnCourse(student, graded, grade, works, final and final.grade, final.event.at if final else None)


def plan_shown(
    course: OpenCourse, history: ClassHistory, student: Student, seen: SeenPublications, now: datetime
) -> dict[str, ReportPlan]:
    """What is shown of the reports on each file of a student, in order of their numbers, by assignment."""
    plans: dict[str, ReportPlan] = {}
    for each in course.course.assignments:
        files = [
            one for one in history.submissions if (one.student, one.assignment) == (student.id, each.name)
        ]
        times = [
            # The time of a file that came from elsewhere may be its student's own word.
            one.received if one.received_by is ReceivedBy.SERVER or not one.recorded else one.recorded
            for one in files
        ]
        published = published_at(seen, each.name)
        plan = plan_reports(each.reports, times, now=now, published=published)
        shown = dict(zip((one.number for one in files), plan.files, strict=True))
        plans[each.name] = replace(plan, files=tuple(shown[number] for number in sorted(shown)))
    return plans


def _leave_out_hidden(
    history: ClassHistory, student: Student, plans: Mapping[str, ReportPlan]
) -> ClassHistory:
    """The history without the marks of files of which no full report is shown."""

    def see(one: MarkedSubmission) -> MarkedSubmission:
        if one.student != student.id:
            return one
        shown = plans[one.assignment].files[one.number - 1].how is Shown.FULL
        return one if shown else replace(one, marks=None)

    return replace(history, submissions=tuple(map(see, history.submissions)))


def _works(
    course: OpenCourse,
    graded: GradedClass,
    grade: Grade,
    student: Student,
    seen: SeenPublications,
    plans: Mapping[str, ReportPlan],
    quizzes: Sequence[Quiz],
) -> Iterator[OwnWork]:
    history = graded.history
    own = [one for one in history.submissions if one.student == student.id]
    happenings = history.happenings()[student.id]
    titles = {each.name: each.title for each in course.course.works}
    assignments = {each.name for each in course.course.assignments}
    opening = {each.name: each.opens for each in course.course.assignments}
    opening |= {quiz.id: quiz.settings.opens for quiz in quizzes}
    for each in grade.works:
        yield OwnWork(
            each.name,
            titles.get(each.name, each.name),
            each.name not in assignments,
            each,
            tuple(one for one in own if one.assignment == each.name),
            partial(look_ahead, graded.policy, happenings, each.name, graded.now),
            seen[each.name].grade if each.name in seen else None,
            published_at(seen, each.name),
            plans.get(each.name),
            tuple(
                event.why
                for event in happenings
                if isinstance(event, Extension) and event.work == each.name and event.why
            ),
            opens if (opens := opening.get(each.name)) and opens > graded.now else None,
        )


def look_ahead(policy: Policy, happenings: list[Happening], work: str, now: datetime) -> HandInOutlook:
    """What handing in a faultless file at this moment would mean, by the function that makes grades.

    It is asked of the student's history with that file in the place of all others of this work, so that free
    days are spent as they would be.
    """
    others = [each for each in happenings if not (isinstance(each, MarkedFile) and each.work == work)]
    faultless = MarkedFile(work, 1, now, _FAULTLESS)
    found = next(each for each in grade_of(policy, [*others, faultless], now).works if each.name == work)
    counts = found.file is not None and not found.standing.too_late
    lost = Fraction(1) - (found.so_far if found.so_far is not None else Fraction(1))
    return HandInOutlook(found.late_days, found.free_days, lost if counts else Fraction(1), counts)
