"""What a person decides of grades: proposed, shown with what it changes, and recorded as it was shown.

A face names what is wanted; here it becomes events. Whoever confirms confirms what was shown: where anything
of it is otherwise by then, nothing is recorded.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

from autograder.course.graded import GradedClass, read_graded_class
from autograder.course.opened import OpenCourse
from autograder.course.roster import read_lines, read_table
from autograder.course.targets import find_target, require_work
from autograder.domain.counts import describe_count
from autograder.domain.course_events import ALL, CourseEvent, Publication, Recorded, Whom, find_standing
from autograder.domain.derivation import derive
from autograder.domain.events import (
    Absence,
    BadQuestion,
    ExamMark,
    Extension,
    MarkedFile,
    Override,
    OverrideKind,
    Remedy,
)
from autograder.domain.grade import grade_of
from autograder.errors import CourseError, Flaw, OvertakenError
from autograder.gradebook.store import Gradebook
from autograder.publishing.class_history import ClassHistory
from autograder.publishing.exam_list import (
    ExamList,
    find_exam_column,
    find_held_marks,
    find_new_marks,
    read_exam_list,
)
from autograder.publishing.proposals import (
    GradeChange,
    add_team,
    decide,
    find_last,
    find_last_of_each,
    preview,
    revoke,
    warn_of_nothing,
)
from autograder.publishing.publication import (
    FallingMarks,
    PublicationProposal,
    propose_publication,
    propose_withdrawal,
)
from autograder.publishing.scores import count_points
from autograder.services.quiz_endings import describe_ended


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be recorded, and what is said of it beforehand."""

    decisions: Sequence[tuple[Recorded, Whom]]
    notes: tuple[str, ...] = ()


Propose = Callable[[GradedClass, Gradebook], Proposal]
"""Finds what would be recorded, by what is."""


@dataclass(frozen=True, slots=True)
class PreviewedProposal:
    """A proposal with what it changes, as it is shown to whoever confirms it."""

    proposal: Proposal
    events: tuple[CourseEvent, ...]
    changes: tuple[GradeChange, ...]
    graded: GradedClass = field(repr=False)
    """The class as it was before."""

    @property
    def after(self) -> int:
        """The number of the last event that was known."""
        return self.graded.history.last_event

    @property
    def state(self) -> str:
        """Tells what was shown: another text wherever anything of it is otherwise."""
        shown = (self.after, self.proposal.decisions, self.proposal.notes, self.changes)
        return sha256(repr(shown).encode()).hexdigest()[:32]


def preview_proposal(
    course: OpenCourse, gradebook: Gradebook, propose: Propose, *, by: str, note: str = "", now: datetime
) -> PreviewedProposal:
    """What would be recorded at this moment, and what it would change for whom.

    Args:
        course: whose grades they are.
        gradebook: its store.
        propose: finds what would be recorded.
        by: who decides.
        note: for staff alone.
        now: the moment.

    Raises:
        CourseError: with all that is wrong with what is to be recorded.
    """
    graded = read_graded_class(course, gradebook, now)
    proposal = propose(graded, gradebook)
    events = tuple(CourseEvent(what, whom, now, by, note) for what, whom in proposal.decisions)
    changes = preview(graded.history, graded.policy, events, now)
    return PreviewedProposal(proposal, events, changes, graded)


@dataclass(frozen=True, slots=True)
class LineForStudent:
    """A line of a derivation that is another, as its student reads it."""

    student: str
    label: str
    told: str


def describe_for_students(shown: PreviewedProposal, zone: tzinfo) -> Iterator[LineForStudent]:
    """What each student for whom something is decided alone reads of it, once it is published."""
    graded = shown.graded
    after = graded.history.followed_by(shown.events)
    before, then = graded.history.happenings(), after.happenings()
    for student in dict.fromkeys(event.whom.student for event in shown.events if event.whom.student):
        grades = [grade_of(graded.policy, every[student], graded.now) for every in (before, then)]
        derived = [
            derive(graded.policy, every[student], grade, heading=(), zone=zone).lines
            for every, grade in zip((before, then), grades, strict=True)
        ]
        known = {(line.label, line.told) for line in derived[0]}
        for line in derived[1]:
            if (line.label, line.told) not in known:
                yield LineForStudent(student, line.label, line.told)


def record_proposal(
    gradebook: Gradebook, shown: PreviewedProposal, *, state: str | None = None
) -> tuple[CourseEvent, ...]:
    """Record what was shown, all of it or nothing, and return it with its numbers.

    Args:
        gradebook: the store.
        shown: as it is at this moment.
        state: that of what was confirmed, where it was shown some time ago.

    Raises:
        OvertakenError: it is not what was confirmed, or somebody recorded something meanwhile.
    """
    _require_same(shown.state, state)
    return gradebook.events.add(shown.events, after=shown.after)


@dataclass(frozen=True, slots=True)
class PreviewedPublication:
    """A publication, or taking one back, as it is shown to whoever confirms it."""

    found: PublicationProposal
    at: datetime
    after: int
    """The number of the last event that was known."""
    points: Fraction = Fraction(0)
    """Of a piece of work, where they are known; 0 of the final grades, which are told on their scale."""

    @property
    def state(self) -> str:
        """Tells what was shown: another text wherever anything of it is otherwise."""
        found = self.found
        event = replace(found.event, why="")  # which is written beside what was shown
        shown = (self.after, event, sorted(found.grades.items()), found.changes, found.decisions)
        return sha256(repr(shown).encode()).hexdigest()[:32]


def preview_publication(
    course: OpenCourse,
    gradebook: Gradebook,
    work: str | None,
    why: str,
    *,
    now: datetime,
    falling: FallingMarks = FallingMarks.PUBLISH,
    taking_back: bool = False,
) -> PreviewedPublication:
    """What publishing a piece of work, or the final grades (None), would change for students at this moment.

    Raises:
        CourseError: nothing of that name counts, or there is nothing to take back.
    """
    graded, published = read_graded_class(course, gradebook, now), gradebook.events.published
    if work is not None:
        require_work(graded.policy, work)
    if taking_back:
        found = propose_withdrawal(graded.history, work, why, published=published)
    else:
        found = propose_publication(
            graded.history, graded.policy, work, why, now=now, published=published, falling=falling
        )
    every = (each for happened in graded.history.happenings().values() for each in happened)
    files = (each for each in every if isinstance(each, MarkedFile) and each.work == work)
    return PreviewedPublication(found, now, graded.history.last_event, count_points(files))


def record_publication(
    gradebook: Gradebook, shown: PreviewedPublication, *, by: str, state: str | None = None
) -> None:
    """Publish what was shown, or take the publication back; `state` as in `record_proposal`.

    Raises:
        OvertakenError: it is not what was confirmed, or somebody recorded something meanwhile.
    """
    _require_same(shown.state, state)
    found = shown.found
    event = CourseEvent(found.event, ALL, shown.at, by)
    if isinstance(found.event, Publication):
        decided = [CourseEvent(what, whom, shown.at, by) for what, whom in found.decisions]
        gradebook.events.publish(event, found.grades, after=shown.after, decided=decided)
    else:
        gradebook.events.add([event], after=shown.after)


def _require_same(shown: str, confirmed: str | None) -> None:
    if confirmed is not None and confirmed != shown:
        raise OvertakenError


def require_reason(why: str, *, where: str = "the reason") -> None:
    """Raise CourseError where no reason is given."""
    if not why.strip():
        raise CourseError([Flaw(where, "is missing", "the student reads it: say why in a sentence")])


def propose_extension(
    course: OpenCourse,
    graded: GradedClass,
    gradebook: Gradebook,
    wanted: Extension,
    whom: Whom,
    *,
    together: bool = False,
) -> Proposal:
    """More time for a piece of work; with `together` for all who hand in together.

    Raises:
        CourseError: nothing of that name counts, or there is no team.
    """
    work = require_work(graded.policy, wanted.work)
    every, told = add_team(graded.history, work, whom, together=together)
    deadline = next(each.deadline for each in graded.policy.works if each.name == work)
    notes = [*told]
    if deadline is None:
        notes.append(f"{work} has no deadline: an extension changes nothing while it has none")
    elif wanted.end(deadline).timestamp() <= deadline.timestamp():
        notes.append(f"{work} is due later than that: the extension changes nothing")
    if course.course.quiz_settings(work) is not None:
        after = graded.history.followed_by([CourseEvent(wanted, each, graded.now, "") for each in every])
        notes += describe_ended(course, gradebook, work, after, every)
    return Proposal([(wanted, each) for each in every], tuple(notes))


def propose_absence(graded: GradedClass, wanted: Absence, whom: Whom, *, together: bool = False) -> Proposal:
    """That a student could not hand in, or could not sit the exam. Raises CourseError as above."""
    work = None if wanted.work is None else require_work(graded.policy, wanted.work)
    every, told = add_team(graded.history, work, whom, together=together)
    return Proposal([(wanted, each) for each in every], told)


@dataclass(frozen=True, slots=True)
class WantedDecision:
    """A decision on a mark, as it was written."""

    target: str | None
    """`WORK` or `WORK/QUESTION`; None: the final grade."""
    kind: OverrideKind
    given: str
    """A mark or an adjustment, else empty."""
    why: str


def propose_override(
    course: OpenCourse, graded: GradedClass, wanted: WantedDecision, whom: Whom, *, together: bool = False
) -> Proposal:
    """A decision on a mark.

    Raises:
        CourseError: there is no such question, or the mark is none of it.
    """
    target = find_target(course, graded, wanted.target, student=whom.student)
    every, told = add_team(graded.history, target.work, whom, together=together)
    decision = decide(target, wanted.kind, wanted.given, wanted.why)
    nothing = (line for each in every for line in warn_of_nothing(graded.history, decision, each))
    return Proposal([(decision, each) for each in every], (*told, *nothing))


def propose_remedy(
    course: OpenCourse, graded: GradedClass, *, target: str, remedy: Remedy, why: str
) -> Proposal:
    """What becomes of a question, `WORK/QUESTION`, that was found wrong. Raises CourseError for none."""
    name, _, question = target.partition("/")
    work = require_work(graded.policy, name)
    find_target(course, graded, target)
    return Proposal([(BadQuestion(0, work, question, remedy, why), ALL)])


def propose_taking_back(
    history: ClassHistory,
    work: str | None,
    whom: Whom,
    fits: Callable[[Recorded], bool],
    what: str,
    *,
    why: str,
    together: bool = False,
) -> Proposal:
    """Taking back the last event of a student that fits, or of the team's. Raises CourseError for none."""
    if not whom.student and not whom.group:
        return Proposal([revoke(find_last(history, whom, fits, what), why)])
    every, told = add_team(history, work, whom, together=together)
    return Proposal([revoke(each, why) for each in find_last_of_each(history, every, fits, what)], told)


_DECISIONS = Extension | Absence | Override | BadQuestion | ExamMark
"""What is taken back by its number; publications and teams are taken back where they are made."""


def propose_revocation(graded: GradedClass, event: str, whom: Whom, why: str) -> Proposal:
    """Taking back the event of a number. Raises CourseError where it is not theirs, or does not hold."""
    for each in find_standing(graded.history.events):
        own = str(each.number) == event and each.whom == whom
        if own and isinstance(each.what, _DECISIONS):
            return Proposal([revoke(each, why)])
    what = f"there is no decision {event} that holds for {whom}"
    raise CourseError([Flaw("what to take back", what, "it may be taken back already")])


def fits_extension(work: str) -> Callable[[Recorded], bool]:
    """Tells extensions of a piece of work."""
    return lambda what: isinstance(what, Extension) and what.work == work


def fits_absence(work: str | None, session: int) -> Callable[[Recorded], bool]:
    """Tells absences from a piece of work, or from a session of the exam."""
    return lambda what: isinstance(what, Absence) and (what.work, what.session) == (work, session)


def fits_override(work: str | None, question: str) -> Callable[[Recorded], bool]:
    """Tells decisions on one mark."""
    return lambda what: isinstance(what, Override) and (what.work, what.question) == (work, question)


def fits_remedy(work: str, question: str) -> Callable[[Recorded], bool]:
    """Tells what was done about a bad question."""
    return lambda what: isinstance(what, BadQuestion) and (what.work, what.question) == (work, question)


def propose_exam_marks(
    graded: GradedClass, file: Path, *, name: str, session: int, why: str = "", taking_back: bool = False
) -> Proposal:
    """The marks of a list that are new; or, taken back, those that hold.

    Args:
        graded: the class.
        file: a table with the columns `id` and `exam (/20)`.
        name: of the list, as messages tell it.
        session: of the exam, 1 or 2.
        why: what the student reads.
        taking_back: take back what the list says.

    Raises:
        CourseError: with every flaw of the list.
    """
    listed, events = _read_exam_file(graded, file, name=name, session=session, why=why), graded.history.events
    count = describe_count(len(listed.marks), "mark") + " in the list"
    if taking_back:
        held = find_held_marks(listed, events, session)
        other = [student for student in listed.marks if student not in held]
        notes = (f"{count}, {len(held)} of them hold", *_name("recorded otherwise or not at all", other))
        return Proposal([revoke(each, why) for each in held.values()], notes)
    new = find_new_marks(listed, events, session)
    others = [f"{student} ({name})" for student, name in listed.other_names.items()]
    notes = (
        f"{count}, {len(new)} of them new or changed",
        *_name("without a mark in the list", listed.empty),
        *_name("not in the list", listed.missing),
        *_name("under another name than in students.csv", others),
    )
    return Proposal([(mark, Whom(student)) for student, mark in new.items()], notes)


def _read_exam_file(graded: GradedClass, file: Path, *, name: str, session: int, why: str) -> ExamList:
    # The heading says of how many points marks are: it is looked for before the table is read.
    lines, flaws = read_lines(file, name)
    if flaws and not lines:
        raise CourseError(flaws)
    column, out_of = find_exam_column(lines[0][1] if lines else [], name)
    low = column.lower()
    rows: list[tuple[int, dict[str, str]]]
    rows, flaws = read_table(file, name, ("id", low), required=("id", low))
    told: list[tuple[int, Mapping[str, str]]] = list(rows)
    people = graded.history.students
    return read_exam_list(told, low, out_of, people, name=name, session=session, why=why, broken=flaws)


def _name(what: str, students: Sequence[str]) -> Iterator[str]:
    if students:
        yield f"{what}: {', '.join(students)}"
