"""Reading staff.csv: who teaches, in which role, and whom an assistant looks after."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from autograder.course.roster import read_table
from autograder.domain.people import CourseRole, StaffMember
from autograder.domain.student_id import normal, why_unsafe
from autograder.errors import CourseError, Flaw

_COLUMNS = ("id", "name", "email", "role", "groups", "assignments")
_ROLES = (CourseRole.ASSISTANT, CourseRole.INSTRUCTOR, CourseRole.ADMIN)
ALONE = "instructor"
"""Who teaches where there is no staff.csv: whoever can run the program in the course's folder."""


def read_staff(path: Path, works: Collection[str]) -> tuple[StaffMember, ...]:
    """Who teaches; where there is no such file, one instructor of that name.

    Where nobody is an admin, instructors are.
    Groups are separated by semicolons, assignments by semicolons or blanks; none named means all.

    Args:
        path: of staff.csv.
        works: the assignments and quizzes of the course.

    Raises:
        CourseError: with all that is wrong with the file.
    """
    rows, flaws = read_table(path, path.name, _COLUMNS, required=("id", "role"))
    members: list[StaffMember] = []
    for line, cells in rows:
        where = f"{path.name}, line {line}"
        found = list(_mistakes(cells, where, works, {each.id for each in members}))
        flaws += found
        if not found:
            members.append(
                StaffMember(
                    normal(cells["id"]),
                    CourseRole(cells["role"].lower()),
                    cells.get("name", ""),
                    cells.get("email", ""),
                    frozenset(_split(cells.get("groups", ""), ";")),
                    frozenset(_split(cells.get("assignments", ""), "; ")),
                )
            )
    if flaws:
        raise CourseError(flaws)
    if not path.exists():
        members = [StaffMember(ALONE, CourseRole.INSTRUCTOR)]
    if not any(each.role is CourseRole.ADMIN for each in members):
        members = [replace(m, looks_after_server=m.role is CourseRole.INSTRUCTOR) for m in members]
    return tuple(members)


def _split(cell: str, separators: str) -> list[str]:
    """The names in a cell; a class group may hold blanks (`TP 1`), an assignment does not."""
    for separator in separators:
        cell = cell.replace(separator, ";")
    return [name.strip() for name in cell.split(";") if name.strip()]


def _mistakes(
    cells: dict[str, str], where: str, works: Collection[str], known: Collection[str]
) -> Iterator[Flaw]:
    person = normal(cells["id"])
    if unsafe := why_unsafe(person):
        yield Flaw(where, f"the id {person!r} {unsafe}", "letters, digits, . _ - @")
    elif person in known:
        yield Flaw(where, f"the id {person!r} stands in it already", "each person has one line")
    if cells["role"].lower() not in _ROLES:
        yield Flaw(where, f"there is no role {cells['role']!r}", f"roles are {', '.join(_ROLES)}")
    for name in _split(cells.get("assignments", ""), "; "):
        if name not in works:
            yield Flaw(where, f"there is no assignment or quiz {name!r}", f"known are {', '.join(works)}")
