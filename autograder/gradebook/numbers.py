"""The numbers that stand for people in the store: every row and every report names a number, and no person.

Which number is whose stands in the table of people alone (people.py). These types of columns put a number in
the place of a student where a row is written, and the student in its place where it is read.
"""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Dialect, Text, TypeDecorator

from autograder.gradebook.packed_text import pack, unpack

MARK = "person:"
"""What a number begins with in the store; no student's id may hold a colon."""
ERASED_PERSON = "erased-"
"""What the number of somebody who was erased begins with, as it is shown."""
_KNOWN = "autograder_numbers"
_STUDENT = re.compile(r'\{\s*"format": \d+,\s*"student": ("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True, slots=True)
class Numbers:
    """Whose the numbers of a store are, as it was when they were read."""

    students: Mapping[str, str] = field(default_factory=dict)
    """By number."""
    numbers: Mapping[str, str] = field(default_factory=dict)
    """By student."""
    read: Any = None
    """Tells of which state of the table this is; None: of none."""
    there: bool = False
    """Whether the store has the table. One of an earlier version names students themselves."""

    def number_of(self, student: str) -> str:
        """What stands in the store for a student, or for the number of somebody who was erased."""
        known = self.numbers.get(student)
        if known is None and self.there and student.startswith(ERASED_PERSON):
            return MARK + student.removeprefix(ERASED_PERSON)
        return student if known is None else known

    def student_of(self, number: str) -> str:
        """Whom a number stands for; of somebody who was erased, that number as it is shown."""
        known = self.students.get(number)
        if known is None and number.startswith(MARK):
            return ERASED_PERSON + number.removeprefix(MARK)
        return number if known is None else known

    def added(self, student: str, number: str) -> "Numbers":
        """The same with one person more."""
        students, numbers = {**self.students, number: student}, {**self.numbers, student: number}
        return Numbers(students, numbers, None, self.there)


NOBODY = Numbers()


def draw_number() -> str:
    """A number that says nothing of anybody."""
    return f"{MARK}{secrets.token_hex(6)}"


def numbers_of(dialect: Dialect) -> Numbers:
    """The numbers that are known to a database's connections."""
    found: Numbers = getattr(dialect, _KNOWN, NOBODY)
    return found


def set_numbers(dialect: Dialect, numbers: Numbers) -> None:
    """Make numbers known to a database's connections."""
    # An engine has a dialect of its own, which is all that a type of columns is told of it.
    setattr(dialect, _KNOWN, numbers)


class PersonNumber(TypeDecorator[str]):
    """A student; a number in the store."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The number that is stored."""
        return None if value is None else numbers_of(dialect).number_of(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """The student that a number stands for."""
        return None if value is None else numbers_of(dialect).student_of(value)


class ReportText(TypeDecorator[str]):
    """A report as text, with the student of its second line; in the store with a number there, and packed."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text that is stored."""
        return None if value is None else pack(with_student(value, numbers_of(dialect).number_of))

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it was given."""
        return None if value is None else with_student(unpack(value), numbers_of(dialect).student_of)


def with_student(text: str, change: Callable[[str], str]) -> str:
    """A report's text with another student, or number, in its second line."""
    found = _STUDENT.match(text)
    if found is None:
        return text
    begin, end = found.span(1)
    return f"{text[:begin]}{json.dumps(change(json.loads(found[1])))}{text[end:]}"
