"""What would be recorded, checked and previewed: who gets another grade, from what to what."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from autograder.domain.course import Student
from autograder.domain.course_events import ALL, CourseEvent, Recorded, Whom, find_standing
from autograder.domain.events import MarkedFile, Override, OverrideKind, Revocation
from autograder.domain.given_marks import as_written, read_mark, read_signed
from autograder.domain.grade import Grade
from autograder.domain.language import localize_number
from autograder.domain.nearest import did_you_mean
from autograder.domain.phrases import phrase
from autograder.domain.policy import Policy
from autograder.domain.rounding import Rounding
from autograder.domain.teams import find_mates, find_teams
from autograder.errors import CourseError, Flaw
from autograder.publishing.class_history import ClassHistory


@dataclass(frozen=True, slots=True)
class GradeChange:
    """What an event changes for one student."""

    student: str
    what: str
    """The final grade, or the name of a piece of work."""
    before: str
    after: str
    down: bool


def preview(
    history: ClassHistory, policy: Policy, events: Sequence[CourseEvent], now: datetime
) -> tuple[GradeChange, ...]:
    """What these events would change: marks of works and final grades, in order of students."""
    before, after = history.grades(policy, now), history.followed_by(events).grades(policy, now)
    return tuple(
        change
        for student in history.students
        for change in _compare(student.id, before[student.id], after[student.id], policy)
    )


def _compare(student: str, before: Grade, after: Grade, policy: Policy) -> Iterable[GradeChange]:
    cents = Rounding()
    for old, new in zip(before.works, after.works, strict=True):
        ends = [
            "excused" if each.standing.excused else describe_range(cents, each.low, each.high)
            for each in (old, new)
        ]
        if ends[0] != ends[1] or (old.standing.due, old.standing.decided) != (
            new.standing.due,
            new.standing.decided,
        ):
            # An open mark that is settled inside its range goes nowhere.
            yield GradeChange(student, new.name, ends[0], ends[1], (new.low, new.high) < (old.low, old.high))
    ends = [describe_final(policy, each) for each in (before, after)]
    if ends[0] != ends[1]:
        lower = (after.low or Fraction(0)) < (before.low or Fraction(0))
        yield GradeChange(student, "final grade", ends[0], ends[1], lower)


def describe_range(rounding: Rounding, low: Fraction, high: Fraction) -> str:
    """A mark, or from what to what it can still become."""
    low_told, high_told = rounding.text(low), rounding.text(high)
    return localize_number(low_told) if low == high else phrase("range", low=low_told, high=high_told)


def describe_final(policy: Policy, grade: Grade) -> str:
    """A final grade: a number, a code, or what it can still become."""
    code = f" {grade.code.value}" if grade.code else ""
    if grade.final is not None:
        return localize_number(policy.rounding.text(grade.final)) + code
    if grade.low is None or grade.high is None:
        return code.strip() or phrase("grade.no_number")
    text = policy.rounding.text
    return phrase("range", low=text(grade.low), high=text(grade.high)) + code


@dataclass(frozen=True, slots=True)
class MarkTarget:
    """What a decision is on: a question, a piece of work, or the final grade."""

    where: str
    """As it was written."""
    work: str | None
    question: str
    points: Fraction
    step: Fraction | None = None
    """Of the final grade, whose marks are given at its step."""


def decide(target: MarkTarget, kind: OverrideKind, given: str, why: str) -> Override:
    """A decision on a mark.

    Args:
        target: what it is on.
        kind: what is decided.
        given: the mark as `A/B` or a share, an adjustment in points as `+1/2` or a share; else empty.
        why: what the student reads.

    Raises:
        CourseError: the mark is of another number of points, or more than all.
    """
    value = Fraction(0)
    if kind is OverrideKind.MARK:
        value = read_mark(given, target.points, where=target.where).share(target.points, where=target.where)
        number = value * target.points
        if target.step is not None and number % target.step:
            what = f"{as_written(number)} is no multiple of {as_written(target.step)}"
            raise CourseError([Flaw(target.where, what, "final grades are given at their step")])
    if kind is OverrideKind.ADJUST:
        value = read_signed(given, target.points, where=target.where)
    return Override(0, target.work, kind, value, target.question, why, given)


def warn_of_nothing(history: ClassHistory, decision: Override, whom: Whom) -> tuple[str, ...]:
    """What to say of a decision on a question where no judged file of the student has it; else nothing."""
    if not decision.question or decision.work is None:
        return ()
    name, question = decision.work, decision.question
    files = [e for e in history.happenings()[whom.student] if isinstance(e, MarkedFile) and e.work == name]
    if any(each.name == question for file in files for each in file.questions or ()):
        return ()
    lacks = "has no file in which it is judged" if files else f"handed in nothing for {name}"
    what = f"a decision on {name}/{question} changes nothing until there is a file with it"
    return (f"{whom} {lacks}: {what}; one on {name} itself holds in any case.",)


def find_last(history: ClassHistory, whom: Whom, fits: Callable[[Recorded], bool], what: str) -> CourseEvent:
    """The last event of a student, a group or all that still holds. Raises CourseError for none."""
    found = [each for each in find_standing(history.events) if each.whom == whom and fits(each.what)]
    if not found:
        raise CourseError([Flaw(str(whom), f"there is no {what} to take back")])
    return found[-1]


def find_last_of_each(
    history: ClassHistory, whom: Sequence[Whom], fits: Callable[[Recorded], bool], what: str
) -> list[CourseEvent]:
    """The same of the first of them, and of whichever others have one."""
    found = [find_last(history, whom[0], fits, what)]
    for each in whom[1:]:
        own = [e for e in find_standing(history.events) if e.whom == each and fits(e.what)]
        found += own[-1:]
    return found


def revoke(event: CourseEvent, why: str) -> tuple[Revocation, Whom]:
    """What takes an event back, and for whom."""
    return Revocation(0, event.number, why), event.whom


def find_whom(history: ClassHistory, student: str | None, group: str | None, *, everybody: bool) -> Whom:
    """For whom something holds. Raises CourseError for a student or a group that is not in the course."""
    if sum((student is not None, group is not None, everybody)) != 1:
        raise CourseError([Flaw("for whom", "write one student, or --group GROUP, or --all")])
    if everybody:
        return ALL
    if group is not None:
        groups = sorted({each.group for each in history.students if each.group})
        if group not in groups:
            known = f"known are {', '.join(groups)}" if groups else "students.csv has no groups"
            raise CourseError([Flaw(group or "--group", "is no group of this course", known)])
        return Whom(group=group)
    return Whom(find_student(history.students, str(student)).id)


def add_team(
    history: ClassHistory, work: str | None, whom: Whom, *, together: bool
) -> tuple[tuple[Whom, ...], tuple[str, ...]]:
    """For whom something holds, and what to say of the student's team; with `together` for all of it.

    Raises:
        CourseError: the whole team is meant, and there is none.
    """
    mates = find_mates(history.events, work, whom.student) if work and whom.student else ()
    if together and not mates:
        what = f"hands in {work} with nobody" if work and whom.student else "is no member of a team"
        raise CourseError([Flaw(str(whom), what, "leave --team out")])
    if together:
        return (whom, *map(Whom, mates)), (f"for all of the team: {', '.join((whom.student, *mates))}",)
    if mates:
        told = f"{whom} hands in {work} with {', '.join(mates)}"
        return (whom,), (f"{told}: this is for {whom} alone, and not for all of the team",)
    return (whom,), tuple(_warn_of_others(history, work, whom)) if work and whom.group else ()


def _warn_of_others(history: ClassHistory, work: str, whom: Whom) -> Iterator[str]:
    """What to say where members of a class group hand in with others, for whom nothing holds."""
    inside = {each.id for each in history.students if whom.includes(each)}
    teams = {student: team.name for student, team in find_teams(history.events, work).items() if team.name}
    others = {name for student, name in teams.items() if student not in inside}
    apart = sorted(student for student, name in teams.items() if student in inside and name in others)
    if apart:
        with_others = f"{', '.join(apart)}: with students outside of {whom}"
        yield f"{work} is handed in together, by {with_others}, for whom this does not hold"


def find_student(people: Sequence[Student], student: str) -> Student:
    """The student of an id, or of a name that is one student's. Raises CourseError where there is none."""
    found = [each for each in people if each.id == student]
    found = found or [each for each in people if each.name and each.name == student]
    if len(found) == 1:
        return found[0]
    advice = did_you_mean(student, (each.id for each in people)) or "write the id as in students.csv"
    raise CourseError([Flaw(student or "STUDENT", "is the id of no student of this course", advice)])
