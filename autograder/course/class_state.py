"""How a class stands in all its work, as those who teach it see it: read at once, then looked at in parts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from autograder.course.graded import GradedClass, read_graded_class
from autograder.course.opened import OpenCourse
from autograder.domain.course import AssignmentSettings, QuizSettings, Student
from autograder.domain.events import Happening, History, MarkedFile
from autograder.domain.grade import Grade, WorkGrade, grade_of
from autograder.domain.people import CoursePerson, CourseRole
from autograder.domain.report import Outcome
from autograder.gradebook.marks import MarkedSubmission
from autograder.gradebook.store import Gradebook
from autograder.publishing.publication import PublishedChange, find_last_publication
from autograder.publishing.scores import find_waiting


@dataclass(frozen=True, slots=True)
class StudentWork:
    """One piece of work of one student, as staff see it."""

    student: Student
    grade: WorkGrade
    files: tuple[MarkedFile, ...]
    """Files or attempts, in the order in which they were handed in."""
    unjudged: bool
    """Whether something of what counts could not be judged: a person is needed."""
    awaiting: bool
    """Whether a part of what counts waits for its mark by hand."""

    @property
    def waiting(self) -> bool:
        """Whether what was handed in last has no report."""
        return bool(self.files) and self.files[-1].questions is None


@dataclass(frozen=True, slots=True)
class WorkState:
    """How a class stands in one piece of work; counted are the students whom somebody looks after."""

    settings: AssignmentSettings | QuizSettings
    students: int
    received: int
    """Students of whom there is something."""
    judged: int
    """Those whose last file has its report."""
    unjudged: int
    awaiting: int
    published: datetime | None
    """When its marks were last published by themselves."""
    unpublished: int
    """Students who would see another mark, were it published now."""
    down: int
    """Those among them whose mark sinks."""

    @property
    def name(self) -> str:
        """Of the assignment or quiz."""
        return self.settings.name

    @property
    def is_quiz(self) -> bool:
        """Whether it is taken by itself, and not handed in."""
        return isinstance(self.settings, QuizSettings)

    @property
    def waiting(self) -> int:
        """Students whose last file is still to be judged."""
        return self.received - self.judged


@dataclass(frozen=True, slots=True)
class ClassState:
    """A class at one moment."""

    graded: GradedClass
    works: tuple[AssignmentSettings | QuizSettings, ...]
    happenings: Mapping[str, list[Happening]]
    """By student."""
    grades: Mapping[str, Grade]
    by_work: Mapping[str, tuple[StudentWork, ...]]
    """In the order of the roster."""
    unpublished: Mapping[str | None, tuple[PublishedChange, ...]]
    """By work; None is the final grade."""
    listed: frozenset[str]
    """The ids of the class list."""

    def students(self, person: CoursePerson, work: str = "") -> tuple[Student, ...]:
        """Whom a person looks after (in a piece of work); whoever is on no list is an instructor's."""
        return tuple(each for each in self.graded.history.students if self._sees(person, work, each))

    def students_work(self, person: CoursePerson, work: str) -> tuple[StudentWork, ...]:
        """A piece of work of everybody whom a person looks after in it."""
        every = self.by_work.get(work, ())
        return tuple(each for each in every if self._sees(person, work, each.student))

    def work_states(self, person: CoursePerson) -> tuple[WorkState, ...]:
        """How the class stands in each piece of work that a person looks after."""
        return tuple(
            self._count(settings, self.students_work(person, settings.name))
            for settings in self.works
            if person.looks_after(settings.name)
        )

    def _sees(self, person: CoursePerson, work: str, student: Student) -> bool:
        known = student.id in self.listed or CourseRole.INSTRUCTOR in person.roles
        return known and person.looks_after(work, student)

    def _count(
        self, settings: AssignmentSettings | QuizSettings, every: tuple[StudentWork, ...]
    ) -> WorkState:
        seen = {each.student.id for each in every}
        changes = [each for each in self.unpublished.get(settings.name, ()) if each.student in seen]
        last = find_last_publication(self.graded.history, settings.name)
        received = [each for each in every if each.files]
        return WorkState(
            settings,
            len(every),
            len(received),
            sum(not each.waiting for each in received),
            sum(each.unjudged for each in every),
            sum(each.awaiting for each in every),
            last.at if last else None,
            len(changes),
            sum(each.down for each in changes),
        )


def read_class_state(course: OpenCourse, gradebook: Gradebook, now: datetime) -> ClassState:
    """A class at a moment. Nothing is recorded.

    Raises:
        CourseError: a quiz that counts cannot be read.
        StoreError: the gradebook cannot be read.
    """
    graded = read_graded_class(course, gradebook, now)
    happenings = graded.history.happenings()
    grades = {student: grade_of(graded.policy, own, now) for student, own in happenings.items()}
    by_work: defaultdict[str, list[StudentWork]] = defaultdict(list)
    lines = {(one.student, one.assignment, one.number): one for one in graded.history.submissions}
    for student in graded.history.students:
        for each in _works(student, grades[student.id], happenings[student.id], lines):
            by_work[each.grade.name].append(each)
    return ClassState(
        graded,
        course.course.works,
        happenings,
        grades,
        {name: tuple(every) for name, every in by_work.items()},
        graded.unpublished(gradebook, grades),
        frozenset(each.id for each in course.course.roster),
    )


def _works(
    student: Student,
    grade: Grade,
    happenings: list[Happening],
    submissions: Mapping[tuple[str, str, int], MarkedSubmission],
) -> Iterator[StudentWork]:
    history = History.of(happenings)
    for work in grade.works:
        files = history.files_of(work.name)
        judged = [each for each in files if each.questions is not None]
        # A newer file that waits for its report takes nothing away.
        counting = work.file if work.file in judged else judged[-1] if judged else None
        waiting = find_waiting(counting, history) if counting else frozenset()
        one = submissions.get((student.id, work.name, counting.number)) if waiting and counting else None
        lines = one.marks.lines if one and one.marks else ()
        outcomes = {line.outcome for line in lines if line.mark.name in waiting}
        unjudged = Outcome.UNJUDGED in outcomes
        yield StudentWork(student, work, files, unjudged, bool(waiting) and outcomes != {Outcome.UNJUDGED})
