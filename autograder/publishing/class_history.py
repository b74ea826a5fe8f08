"""What happened to every student of a class, read at once, from which every grade follows."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING

from autograder.domain.counts import describe_count
from autograder.domain.course import Student
from autograder.domain.course_events import CourseEvent, PlatformLateness, ReceiptTime, find_standing
from autograder.domain.events import (
    Absence,
    BadQuestion,
    Decision,
    ExamMark,
    Extension,
    Happening,
    MarkedFile,
    Override,
    QuestionMark,
)
from autograder.domain.grade import Grade, grade_of
from autograder.domain.handmark import HandMark
from autograder.domain.policy import Policy
from autograder.domain.submission import ReceivedBy
from autograder.domain.teams import TeamFiles, find_team_files
from autograder.gradebook.marks import MarkedSubmission
from autograder.gradebook.store import Gradebook

if TYPE_CHECKING:
    from autograder.gradebook.earlier import RecordedUntil
    from autograder.quiz.model import Quiz
    from autograder.quiz.records import Records

_SET_BACK = timedelta(minutes=1)
"""Clocks are set right by less all the time."""
_DECIDING = (Extension, Absence, Override, BadQuestion, ExamMark)


@dataclass(frozen=True, slots=True)
class MarkedAttempt:
    """An attempt at a quiz that was handed in, as what it earned."""

    student: str
    file: MarkedFile
    judged: int
    """The number of its last judging in the store: while that is the last, it is as it was. 0: not known."""


@dataclass(frozen=True, slots=True)
class ClassHistory:
    """All that decides the grades of a class, as it was recorded when it was read."""

    students: tuple[Student, ...]
    """The roster in its order, then whoever else handed in, in order of ids."""
    submissions: tuple[MarkedSubmission, ...]
    """Of assignments, in the order of submissions."""
    hand_marks: Mapping[tuple[str, str], Sequence[HandMark]] = field(default_factory=dict)
    """By student and assignment."""
    attempts: tuple[tuple[str, MarkedFile], ...] = ()
    """What was handed in of quizzes, with its student."""
    events: tuple[CourseEvent, ...] = ()
    """All of them, the oldest first, with what was taken back."""
    unlisted: Mapping[str, int] = field(default_factory=dict)
    """How many files are recorded of each assignment that the course does not name (it did once)."""

    @property
    def last_event(self) -> int:
        """The number of the last event that is known here, or 0."""
        return self.events[-1].number if self.events else 0

    def followed_by(self, new: Iterable[CourseEvent]) -> "ClassHistory":
        """The same if these events were recorded next."""
        numbered = tuple(each.numbered(number) for number, each in enumerate(new, start=self.last_event + 1))
        return replace(self, events=(*self.events, *numbered))

    def happenings(self) -> dict[str, list[Happening]]:
        """What happened to each student; nothing of it is taken back."""
        standing, times, teams = find_standing(self.events), self.known_times(), self.team_files()
        ahead = find_ahead(self.submissions, key=lambda one: (one.student, one.assignment))
        files: defaultdict[str, list[Happening]] = defaultdict(list)
        late = {
            each.what.submission: each.what for each in standing if isinstance(each.what, PlatformLateness)
        }
        labels = {one.id: one.label for one in self.submissions} if teams.shared else {}
        for one in self.submissions:
            if one.id not in teams.withdrawn:
                file, shared = self._file(one, times.get(one.id)), teams.shared.get(one.id)
                if one.id in ahead and one.id not in times:
                    file = replace(file, received=ahead[one.id], time_known=False)
                if shared is not None:
                    mates = tuple(labels[each] for each in shared.submissions if each != one.id)
                    file = replace(file, team=shared.team, mates=mates)
                if one.id in late:
                    file = replace(file, platform=late[one.id].platform, late_there=late[one.id].late)
                files[one.student].append(file)
        for student, attempt in self.attempts:
            files[student].append(attempt)
        decisions = _decisions_by_student(standing, self.students)
        return {each.id: [*files[each.id], *decisions[each.id]] for each in self.students}

    def say_unlisted(self) -> tuple[str, ...]:
        """For instructors: what is recorded and counts nowhere, as after an assignment was renamed."""
        why = "which course.toml does not name: they count nowhere until it does again"
        return tuple(
            f"{describe_count(count, 'file is', 'files are')} recorded of {name}, {why}"
            for name, count in sorted(self.unlisted.items())
        )

    def known_times(self) -> dict[int, ReceiptTime]:
        """What was said of times of receipt, by the number of a submission in the store."""
        standing = find_standing(self.events)
        return {each.what.submission: each.what for each in standing if isinstance(each.what, ReceiptTime)}

    def team_files(self) -> TeamFiles:
        """Which files were handed in by teams, and which came by one that was taken back."""
        return find_team_files(self.submissions, self.events)

    def shared_with(self, one: MarkedSubmission) -> tuple[MarkedSubmission, ...]:
        """The submissions of each member of the team that handed in a file; itself alone where none did."""
        shared = self.team_files().shared.get(one.id)
        if shared is None:
            return (one,)
        return tuple(each for each in self.submissions if each.id in shared.submissions)

    def grades(self, policy: Policy, now: datetime) -> dict[str, Grade]:
        """The grade of each student at a moment."""
        return {student: grade_of(policy, every, now) for student, every in self.happenings().items()}

    def grade(self, student: str, policy: Policy, now: datetime) -> Grade:
        """The grade of one student at a moment."""
        return grade_of(policy, self.happenings()[student], now)

    def _file(self, one: MarkedSubmission, time: ReceiptTime | None) -> MarkedFile:
        given = self.hand_marks.get((one.student, one.assignment), ())
        questions = None if one.marks is None else one.marks.questions(one.blob, given)
        received = time.received if time and time.received else one.received
        known = time is not None or not one.received_by.doubtful
        return MarkedFile(one.assignment, one.number, received, questions, one.blob, known)


def read_class_history(
    roster: Sequence[Student],
    assignments: Iterable[str],
    gradebook: Gradebook,
    attempts: Iterable[MarkedAttempt] = (),
    *,
    until: "RecordedUntil | None" = None,
    only: Collection[str] | None = None,
    used_up: Mapping[str, Collection[str]] = MappingProxyType({}),
    published: Mapping[str, datetime] = MappingProxyType({}),
) -> ClassHistory:
    """Read what happened to a class, by a few questions to the store, however large it is.

    Args:
        roster: of the course.
        assignments: whose submissions count.
        gradebook: the store.
        attempts: at quizzes that count.
        until: only what was recorded before an event.
        only: students whose submissions are read; the events of all are, for many hold for a group.
        used_up: of each quiz, who can hand in no further attempt.
        published: by assignment, when its marks were published, where they are wanted as they were then.
    """
    names = frozenset(assignments)
    # Events first: whatever is recorded while the rest is read makes a preview stale, never a grade wrong.
    events = gradebook.events.all()
    if until is not None:
        events = tuple(each for each in events if each.number < until.event)
    marked = list(gradebook.marked_submissions(students=only, until=until, published=published))
    submissions = tuple(one for one in marked if one.assignment in names)
    marks: defaultdict[tuple[str, str], list[HandMark]] = defaultdict(list)
    for mark in gradebook.hand_marks.every(students=only, until=until):
        if mark.assignment in names:
            marks[mark.student, mark.assignment].append(mark)
    files = tuple(
        (each.student, replace(each.file, no_more=each.student in used_up.get(each.file.work, ())))
        for each in attempts
    )
    known = {each.id for each in roster}
    others = {one.student for one in submissions} | {student for student, _ in files}
    students = (*roster, *(Student(each) for each in sorted(others - known)))
    unlisted = dict(Counter(one.assignment for one in marked if one.assignment not in names))
    return ClassHistory(students, submissions, dict(marks), files, events, unlisted)


def mark_attempts(
    quiz: "Quiz", records: "Records", known: Mapping[str, MarkedAttempt] = MappingProxyType({})
) -> dict[str, MarkedAttempt]:
    """Every attempt at a quiz that was handed in, by its id.

    `known`: those of before, of which nothing was judged since where `records` have no judging.
    """
    from autograder.quiz.attempt_report import report_of  # a third of a second, where there is no quiz
    from autograder.quiz.records import last_number

    found = {}
    for attempt in records.attempts(quiz.id):
        end, judgings = records.handed_in(attempt.id), records.judgings(attempt.id)
        if end is None:
            continue
        if not judgings and attempt.id in known:
            found[attempt.id] = known[attempt.id]
            continue
        report = report_of(quiz, attempt, records, now=end.at, staff=True)
        questions = tuple(
            QuestionMark(each.question, each.points, each.earned, attempted=bool(each.raw.strip()))
            for each in report.questions
        )
        file = MarkedFile(quiz.id, attempt.number, end.at, questions, attempt=True)
        found[attempt.id] = MarkedAttempt(attempt.student, file, last_number(judgings))
    return found


def find_ahead(
    submissions: Iterable[MarkedSubmission], key: Callable[[MarkedSubmission], object]
) -> dict[int, datetime]:
    """Files that a server received while its clock was ahead, which was set back since.

    They were there before others that were recorded after them, at an earlier time.

    Args:
        submissions: in any order.
        key: those of one key are held against each other.

    Returns:
        By the number of a submission in the store, the earliest time of receipt of those others.
    """
    found: dict[int, datetime] = {}
    others: dict[object, tuple[datetime, datetime]] = {}
    server = (one for one in submissions if one.received_by is ReceivedBy.SERVER)
    for one in sorted(server, key=attrgetter("id"), reverse=True):
        if one.recorded is None:
            continue
        recorded, received = others.get(key(one), (one.recorded, one.received))
        if one.recorded - recorded > _SET_BACK and one.received > received:
            found[one.id] = received
        others[key(one)] = min(recorded, one.recorded), min(received, one.received)
    return found


def _decisions_by_student(
    standing: Iterable[CourseEvent], students: Sequence[Student]
) -> defaultdict[str, list[Decision]]:
    """The events that decide a grade, by the student for whom they hold."""
    found: defaultdict[str, list[Decision]] = defaultdict(list)
    for event in standing:
        if not isinstance(event.what, _DECIDING):
            continue
        # One event a student is the rule (exam marks): nobody is asked whether it is theirs.
        if event.whom.student:
            found[event.whom.student].append(event.what)
            continue
        for each in students:
            if event.whom.includes(each):
                found[each.id].append(event.what)
    return found
