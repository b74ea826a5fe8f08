"""Whoever uses a course: a student of the roster, a line of staff.csv, or both."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from autograder.domain.course import Student


class CourseRole(StrEnum):
    """What somebody is in a course."""

    STUDENT = "student"
    ASSISTANT = "assistant"
    INSTRUCTOR = "instructor"
    ADMIN = "admin"
    """Of the server: people, links, backups; changes no mark."""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One line of staff.csv."""

    id: str
    role: CourseRole
    name: str = ""
    email: str = ""
    groups: frozenset[str] = frozenset()
    """The class groups an assistant looks after; empty for all."""
    assignments: frozenset[str] = frozenset()
    """The work an assistant looks after; empty for all."""
    looks_after_server: bool = False
    """Whether the person is the server's admin besides: an instructor where nobody else is."""


@dataclass(frozen=True, slots=True)
class CoursePerson:
    """Somebody who may use the course, with all that they are in it."""

    id: str
    student: Student | None = None
    staff: StaffMember | None = None

    @property
    def name(self) -> str:
        """What the person is called, by the class list or by staff.csv; the id where neither says."""
        known = (each.name for each in (self.student, self.staff) if each is not None)
        return next(filter(None, known), self.id)

    @property
    def roles(self) -> frozenset[CourseRole]:
        """All roles of the person."""
        own = {CourseRole.STUDENT} if self.student else set()
        if self.staff is not None:
            own |= {self.staff.role} | ({CourseRole.ADMIN} if self.staff.looks_after_server else set())
        return frozenset(own)

    def looks_after(self, work: str, student: Student | None = None) -> bool:
        """Whether the person may see a piece of work (of a student) as staff; nobody their own.

        Without a name: whether they may see any work.
        """
        if self.staff is None or (student is not None and student.id == self.id):
            return False
        if self.staff.role is CourseRole.INSTRUCTOR:
            return True
        if self.staff.role is not CourseRole.ASSISTANT:
            return False
        in_groups = student is None or not self.staff.groups or student.group in self.staff.groups
        return in_groups and (not work or not self.staff.assignments or work in self.staff.assignments)


def find_person(id: str, roster: Collection[Student], staff: Collection[StaffMember]) -> CoursePerson | None:
    """The person of this id, or None: neither on the class list nor staff."""
    student = next((each for each in roster if each.id == id), None)
    member = next((each for each in staff if each.id == id), None)
    return None if student is None and member is None else CoursePerson(id, student, member)
