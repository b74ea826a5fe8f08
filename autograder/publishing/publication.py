"""Publishing grades: a snapshot of what students may see, and what is different since."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from autograder.domain.course_events import CourseEvent, Publication, find_standing
from autograder.domain.grade import Grade
from autograder.domain.policy import Policy
from autograder.publishing.class_history import ClassHistory


@dataclass(frozen=True, slots=True)
class PublishedChange:
    """What a student would see that is not what was published."""

    student: str
    before: str
    """Empty where nothing was published."""
    after: str
    """Empty where nothing would be."""
    down: bool


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


def find_last_publication(history: ClassHistory, work: str | None) -> CourseEvent | None:
    """The last publication of a piece of work, or of the final grades, or None."""
    found = [
        each
        for each in find_standing(history.events)
        if isinstance(each.what, Publication) and each.what.work == work
    ]
    return found[-1] if found else None


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[PublishedChange, ...]:
    """What differs between two snapshots, what goes down first."""
    changes = []
    for student in {**after, **before}:
        old, new = before.get(student), after.get(student)
        if old is None or new is None or (old["shown"], old["exact"]) != (new["shown"], new["exact"]):
            shown = ["" if each is None else str(each["shown"]) for each in (old, new)]
            exact = [None if each is None else each["exact"] for each in (old, new)]
            values = [None if each is None else Fraction(each) for each in exact]
            down = values[0] is not None and (values[1] is None or values[1] < values[0])
            changes.append(PublishedChange(student, shown[0], shown[1], down))
    return tuple(sorted(changes, key=lambda each: not each.down))
