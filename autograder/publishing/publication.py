"""Publishing grades: a snapshot of what students may see, and what is different since."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from autograder.domain.course_events import CourseEvent, Publication, Whom, find_standing
from autograder.domain.events import Override, OverrideKind, Revocation
from autograder.domain.grade import Grade
from autograder.domain.policy import Policy
from autograder.domain.policy_text import describe_policy
from autograder.errors import CourseError, Flaw
from autograder.publishing.class_history import ClassHistory

AS_OF = "as_of"
"""In what is published of a student who is held back: the publication that goes on being seen."""


@dataclass(frozen=True, slots=True)
class PublishedChange:
    """What a student would see that is not what was published."""

    student: str
    before: str
    """Empty where nothing was published."""
    after: str
    """Empty where nothing would be."""
    down: bool
    exact: tuple[Fraction | None, Fraction | None] = (None, None)
    """Both as they are not rounded: of a piece of work between 0 and 1; None where there is no number."""


def snapshot(grades: Mapping[str, Grade], policy: Policy, work: str | None) -> dict[str, dict[str, Any]]:
    """What students may see of a piece of work, or of the final grade; what is open is left out."""
    found: dict[str, dict[str, Any]] = {}
    for student, grade in grades.items():
        if work is None:
            if not grade.open:
                shown = "" if grade.final is None else policy.rounding.text(grade.final)
                code = grade.code.value if grade.code else ""
                exact = None if grade.exact is None else str(grade.exact)
                found[student] = {"shown": f"{shown} {code}".strip(), "exact": exact, "code": code or None}
            continue
        each = next(one for one in grade.works if one.name == work)
        if each.standing.excused:
            found[student] = {"shown": "excused", "exact": None, "code": None}
        elif each.mark is not None:
            found[student] = {"shown": str(each.mark), "exact": str(each.mark), "code": None}
    return found


def find_publications(events: Iterable[CourseEvent], work: str | None) -> tuple[CourseEvent, ...]:
    """The publications of a piece of work, or of the final grades, that still hold; the oldest first."""
    return tuple(
        each
        for each in find_standing(events)
        if isinstance(each.what, Publication) and each.what.work == work
    )


def find_last_publication(events: Iterable[CourseEvent], work: str | None) -> CourseEvent | None:
    """The last of them, or None."""
    found = find_publications(events, work)
    return found[-1] if found else None


class FallingMarks(StrEnum):
    """What becomes of marks that are lower than they were published."""

    PUBLISH = "publish"
    """They go down."""
    KEEP = "keep"
    """They stay, by a decision on each; where the new one is not known yet it is held back."""
    HOLD_BACK = "hold back"
    """Students see what was published until somebody publishes again."""


@dataclass(frozen=True, slots=True)
class PublicationProposal:
    """What would be published, or taken back, with what students would see otherwise than now."""

    event: Publication | Revocation
    grades: Mapping[str, Any]
    """What students would see, by student."""
    changes: tuple[PublishedChange, ...]
    waiting: tuple[str, ...]
    """Students whose mark is open, and is not published."""
    first: bool
    policy_changed: bool
    """Since the last publication."""
    decisions: tuple[tuple[Override, Whom], ...] = ()
    """What is decided before it: marks that stay although they would go down."""
    held_back: tuple[str, ...] = ()
    """Students who go on seeing what was published."""

    @property
    def idle(self) -> bool:
        """Whether there is nothing to record."""
        if isinstance(self.event, Revocation):
            return False
        return not self.grades if self.first else not (self.changes or self.policy_changed or self.decisions)


def propose_publication(
    history: ClassHistory,
    policy: Policy,
    work: str | None,
    why: str,
    *,
    now: datetime,
    published: Callable[[int], dict[str, Any]],
    falling: FallingMarks = FallingMarks.PUBLISH,
) -> PublicationProposal:
    """What publishing a piece of work, or the final grades (None), would change for students.

    Args:
        history: of the class.
        policy: by which grades are worked out.
        work: an assignment or a quiz of the policy, or None.
        why: what students read.
        now: the moment.
        published: gives the grades of a publication, by its number.
        falling: what becomes of marks that go down.
    """
    last = find_last_publication(history.events, work)
    before = published(last.number) if last else {}
    after = snapshot(history.grades(policy, now), policy, work)
    changes = compare(before, after)
    down = {each.student for each in changes if each.down and falling is not FallingMarks.PUBLISH}
    known = {student for student in down if after.get(student, {}).get("exact") is not None}
    kept = tuple(sorted(known)) if falling is FallingMarks.KEEP else ()
    decisions = tuple(
        (_keep(work, before[student], policy, last.number if last else 0), Whom(student)) for student in kept
    )
    if decisions:
        events = [CourseEvent(what, whom, now, "") for what, whom in decisions]
        after = snapshot(history.followed_by(events).grades(policy, now), policy, work)
    held_back = tuple(sorted(down.difference(kept)))
    if last is not None:
        after |= {student: {AS_OF: last.number, **before[student]} for student in held_back}
    changes = tuple(
        each
        for each in compare(before, after)
        # A final grade that stays is decided as it was rounded: to its student nothing changed.
        if each.student not in kept or before[each.student]["shown"] != after[each.student]["shown"]
    )
    event = Publication(0, work, describe_policy(policy), why)
    return PublicationProposal(
        event,
        after,
        changes,
        tuple(each.id for each in history.students if each.id not in after),
        last is None,
        last is not None and isinstance(last.what, Publication) and last.what.policy != event.policy,
        decisions,
        held_back,
    )


def _keep(work: str | None, before: Mapping[str, Any], policy: Policy, publication: int) -> Override:
    """The decision by which a mark stays as it was published."""
    exact = Fraction(before["exact"])
    share = exact if work is not None else policy.rounding(exact) / policy.scale
    why = "It was published, and does not go down."
    given = f"as in publication {publication}"
    return Override(0, work, OverrideKind.MARK, share, "", why, given)


def propose_withdrawal(
    history: ClassHistory, work: str | None, why: str, *, published: Callable[[int], dict[str, Any]]
) -> PublicationProposal:
    """What taking the last publication back would change: the one before it holds again, or none.

    Raises:
        CourseError: nothing is published.
    """
    found = find_publications(history.events, work)
    if not found:
        raise CourseError([Flaw(work or "the final grades", "nothing of it is published to take back")])
    after = published(found[-2].number) if len(found) > 1 else {}
    changes = compare(published(found[-1].number), after)
    return PublicationProposal(
        Revocation(0, found[-1].number, why), after, changes, (), first=False, policy_changed=False
    )


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[PublishedChange, ...]:
    """What differs between two snapshots, what goes down first."""
    changes = []
    for student in {**after, **before}:
        old, new = before.get(student), after.get(student)
        # A snapshot that another program took may say of a student that something is published, and not what.
        shown = ["" if each is None else str(each.get("shown", "")) for each in (old, new)]
        exact = [None if each is None else each.get("exact") for each in (old, new)]
        if old is None or new is None or (shown[0], exact[0]) != (shown[1], exact[1]):
            values = [None if each is None else Fraction(each) for each in exact]
            if old and new and shown[0] == shown[1]:
                # Rounded they are equal, but how the grade comes about, which students read, is not.
                shown = [f"{text} ({number})" for text, number in zip(shown, exact, strict=True)]
            down = values[0] is not None and (values[1] is None or values[1] < values[0])
            changes.append(PublishedChange(student, shown[0], shown[1], down, (values[0], values[1])))
    return tuple(sorted(changes, key=lambda each: not each.down))
