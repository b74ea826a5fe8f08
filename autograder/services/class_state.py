"""How a class stands in all its work, as those who teach it see it: read at once, then looked at in parts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from autograder.course.graded import GradedClass, read_graded_class
from autograder.course.opened import OpenCourse
from autograder.domain.course import AssignmentSettings, QuizSettings, Student
from autograder.domain.course_events import CourseEvent, find_standing
from autograder.domain.events import Extension, Happening, History, MarkedFile, QuestionMark
from autograder.domain.grade import Grade, WorkGrade, grade_of
from autograder.domain.lateness import count_late_days
from autograder.domain.people import CoursePerson, CourseRole
from autograder.domain.policy import Policy
from autograder.domain.report import Outcome
from autograder.domain.report_marks import MarkLine, ReportMarks
from autograder.domain.standing import find_waiting
from autograder.gradebook.marks import MarkedSubmission
from autograder.gradebook.store import Gradebook
from autograder.publishing.publication import PublishedChange, find_last_publication


@dataclass(frozen=True, slots=True)
class StudentWork:
    """One piece of work of one student, as staff see it."""

    student: Student
    grade: WorkGrade
    files: tuple[MarkedFile, ...]
    """Files or attempts, in the order in which they were handed in."""
    judged: MarkedFile | None
    """The file that counts, or where that waits for its report, the last one that has one."""
    marks: ReportMarks | None
    """Of that file, as it was graded; None where it is an attempt at a quiz."""
    unjudged_questions: tuple[str, ...]
    """The questions of what counts that could not be judged, and of which nobody has decided."""
    awaiting_questions: tuple[str, ...]
    """Its parts that wait for their mark by hand."""

    @property
    def unjudged(self) -> bool:
        """Whether something of what counts could not be judged: a person is needed."""
        return bool(self.unjudged_questions)

    @property
    def awaiting(self) -> bool:
        """Whether a part of what counts waits for its mark by hand."""
        return bool(self.awaiting_questions)

    @property
    def waiting(self) -> bool:
        """Whether what was handed in last has no report."""
        return bool(self.files) and self.files[-1].questions is None

    @property
    def lines(self) -> tuple[MarkLine, ...]:
        """How each question of the judged file went, with the marks that were given by hand."""
        titled = {line.mark.name: line for line in self.marks.lines} if self.marks else {}
        questions = (self.judged.questions if self.judged else None) or ()
        return tuple(_line(each, titled.get(each.name)) for each in questions)

    @property
    def score(self) -> tuple[Fraction | None, Fraction]:
        """What the judged file earned, None while something of it is open, and of how many points."""
        questions = (self.judged.questions if self.judged else None) or ()
        points = sum((each.points for each in questions), Fraction(0))
        earned = [each.earned for each in questions if each.earned is not None]
        done = self.judged is not None and len(earned) == len(questions)
        return (sum(earned, Fraction(0)) if done else None), points


@dataclass(frozen=True, slots=True)
class StudentState:
    """One student, with all that decides the grade and what follows from it."""

    student: Student
    happenings: list[Happening]
    submissions: tuple[MarkedSubmission, ...]
    grade: Grade
    works: tuple[StudentWork, ...]


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
    closes: datetime | None
    """When a quiz ends by its own file."""

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
    by_student: Mapping[str, StudentState]
    """By id, in the order of the roster."""
    by_work: Mapping[str, tuple[StudentWork, ...]]
    """In the order of the roster."""
    unpublished: Mapping[str | None, tuple[PublishedChange, ...]]
    """By work; None is the final grade."""
    listed: frozenset[str]
    """The ids of the class list."""
    phase: tuple[int, ...]
    """See `find_phase`."""

    @property
    def grades(self) -> dict[str, Grade]:
        """The grade of each student."""
        return {id: each.grade for id, each in self.by_student.items()}

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

    def work_state(self, person: CoursePerson, name: str) -> WorkState | None:
        """How the class stands in one piece of work; None where there is none of that name."""
        settings = next((each for each in self.works if each.name == name), None)
        if settings is None or not person.looks_after(name):
            return None
        return self._count(settings, self.students_work(person, name))

    def unjudged(self, person: CoursePerson) -> tuple[StudentWork, ...]:
        """What could not be judged of whom a person looks after, what was received first before all else."""
        every = (each for work in self.works for each in self.students_work(person, work.name))
        found = [each for each in every if each.unjudged and each.judged]
        return tuple(sorted(found, key=lambda each: each.judged.received if each.judged else self.graded.now))

    def _sees(self, person: CoursePerson, work: str, student: Student) -> bool:
        known = student.id in self.listed or CourseRole.INSTRUCTOR in person.roles
        return known and person.looks_after(work, student)

    def _count(
        self, settings: AssignmentSettings | QuizSettings, every: tuple[StudentWork, ...]
    ) -> WorkState:
        seen = {each.student.id for each in every}
        changes = [each for each in self.unpublished.get(settings.name, ()) if each.student in seen]
        last = find_last_publication(self.graded.history.events, settings.name)
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
            next((each.closes for each in self.graded.policy.works if each.name == settings.name), None),
        )


def read_class_state(
    course: OpenCourse, gradebook: Gradebook, now: datetime, *, before: ClassState | None = None
) -> ClassState:
    """A class at a moment. Nothing is recorded.

    Of whom nothing is different, nothing is worked out again where it is known from `before`: grades are
    most of the time that a large class takes.

    Raises:
        CourseError: a quiz that counts cannot be read.
        StoreError: the gradebook cannot be read.
    """
    graded = read_graded_class(course, gradebook, now, before=before.graded if before else None)
    happenings, phase = graded.history.happenings(), find_phase(graded.policy, graded.history.events, now)
    kept = before
    if kept is not None and (kept.graded.policy, kept.phase) != (graded.policy, phase):
        kept = None
    submissions: defaultdict[str, list[MarkedSubmission]] = defaultdict(list)
    for one in graded.history.submissions:
        submissions[one.student].append(one)
    by_student: dict[str, StudentState] = {}
    for student in graded.history.students:
        own, files = happenings[student.id], tuple(submissions[student.id])
        known = kept.by_student.get(student.id) if kept else None
        if known is None or (known.student, known.happenings, known.submissions) != (student, own, files):
            grade = grade_of(graded.policy, own, now)
            works = tuple(_works(student, grade, own, files))
            known = StudentState(student, own, files, grade, works)
        by_student[student.id] = known
    by_work: defaultdict[str, list[StudentWork]] = defaultdict(list)
    for known in by_student.values():
        for each in known.works:
            by_work[each.grade.name].append(each)
    grades = {id: each.grade for id, each in by_student.items()}
    return ClassState(
        graded,
        course.course.works,
        by_student,
        {name: tuple(every) for name, every in by_work.items()},
        graded.unpublished(gradebook, grades),
        frozenset(each.id for each in course.course.roster),
        phase,
    )


def find_phase(policy: Policy, events: Iterable[CourseEvent], now: datetime) -> tuple[int, ...]:
    """What of a moment decides grades: how late work would be. In one phase every grade stays as it is."""
    extensions = [each.what for each in find_standing(events) if isinstance(each.what, Extension)]
    return tuple(
        count_late_days(now, due, work.grace)
        for work in policy.works
        if work.deadline is not None
        for due in (
            work.deadline,
            *(each.end(work.deadline) for each in extensions if each.work == work.name),
        )
    )


def _works(
    student: Student,
    grade: Grade,
    happenings: list[Happening],
    submissions: Iterable[MarkedSubmission],
) -> Iterator[StudentWork]:
    history = History.of(happenings)
    stored = {(one.assignment, one.number): one for one in submissions}
    for work in grade.works:
        files = history.files_of(work.name)
        judged = [each for each in files if each.questions is not None]
        # A newer file that waits for its report takes nothing away.
        counting = work.file if work.file in judged else judged[-1] if judged else None
        waiting = find_waiting(counting, history) if counting else ()
        one = stored.get((work.name, counting.number)) if counting else None
        marks = one.marks if one else None
        lines = marks.lines if marks else ()
        failed = {line.mark.name for line in lines if line.outcome is Outcome.UNJUDGED}
        unjudged = tuple(name for name in waiting if name in failed)
        awaiting = tuple(name for name in waiting if name not in failed)
        yield StudentWork(student, work, files, counting, marks, unjudged, awaiting)


def _line(question: QuestionMark, graded: MarkLine | None) -> MarkLine:
    """A question as it stands. Of a quiz, whose questions have no outcomes, by what it earned."""
    if graded is not None:
        given = graded.by_hand and question.earned is not None
        if question is graded.mark and not given:
            return graded
        return replace(graded, mark=question, outcome=Outcome.MARKED if given else graded.outcome)
    if not question.attempted:
        outcome = Outcome.NOT_ATTEMPTED
    elif question.earned is None:
        outcome = Outcome.AWAITING_MARK
    else:
        outcome = Outcome.RIGHT if question.earned == question.points else Outcome.WRONG
    return MarkLine(question, question.name, outcome, by_hand=False)
