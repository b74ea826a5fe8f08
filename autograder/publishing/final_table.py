"""The final grades of a class as a table: a line a student, with the marks that lead to the grade."""

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from autograder.domain.course import Student
from autograder.domain.grade import Grade, WorkGrade
from autograder.domain.policy import Policy
from autograder.domain.rounding import Rounding
from autograder.interop.marks import harmless

# A class earns the same few marks over and over: to write one out takes eight times as long as to find it.
_cents = lru_cache(maxsize=10_000)(Rounding().text)
"""For the eye: nothing is worked out from what is rounded here."""


def describe_work(each: WorkGrade, *, so_far: bool = False) -> str:
    """The mark of one piece of work, in brackets where it is dropped; while it is open, what it can become.

    With `so_far`, an open one is told as it stands.
    """
    if each.standing.excused:
        return "excused"
    if so_far:
        mark = "-" if each.so_far is None else _cents(each.so_far)
    elif each.mark is None:
        mark = f"{_cents(each.low)} to {_cents(each.high)}"
    else:
        mark = _cents(each.mark)
    late = f" {each.late_days}d late" if each.late_days else ""
    return f"({mark}{late})" if each.dropped else mark + late


def describe_homework(grade: Grade) -> str:
    """The mark of the homework as it stands."""
    return "open" if grade.homework.mark is None else _cents(grade.homework.mark)


def describe_exam(grade: Grade) -> str:
    """The exam mark that counts, with its code."""
    sitting = grade.exam[grade.session - 1]
    if sitting is None:
        return "-"
    code = str(sitting.code or "")
    return code if sitting.mark is None else f"{_cents(sitting.mark)} {code}".strip()


def head_works(policy: Policy, *, taken: Collection[str]) -> list[str]:
    """The headings of works; one that is called like another column says that it is a work."""
    names = (each.name for each in policy.works)
    return [f"{name} (homework)" if name in taken else name for name in names]


def final_csv(policy: Policy, students: Iterable[Student], grades: Mapping[str, Grade]) -> str:
    """The final grades for a spreadsheet: no cell is taken for a formula."""
    columns = ["id", "name", "group", "final", "code", "exact", "low", "high", "homework", "exam"]
    works = head_works(policy, taken=columns)
    columns += [f"{name}{what}" for name in works for what in ("", " days late", " free days", " counts")]
    return to_csv([columns, *(_row(policy, student, grades[student.id]) for student in students)])


def to_csv(rows: Iterable[Sequence[str]]) -> str:
    """Rows as they stand, a line each."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _row(policy: Policy, student: Student, grade: Grade) -> list[str]:
    number = policy.rounding.text
    sitting = grade.exam[grade.session - 1]
    cells = [harmless(each) for each in (student.id, student.name, student.group)]
    cells += ["" if grade.final is None else number(grade.final), str(grade.code or "")]
    cells.append("" if grade.exact is None else str(grade.exact))
    cells += ["" if end is None else number(end) for end in (grade.low, grade.high)]
    cells.append("" if grade.homework.mark is None else str(grade.homework.mark))
    cells.append("" if sitting is None or sitting.mark is None else str(sitting.mark))
    for each in grade.works:
        counts = str(each.file.number) if each.file else ""
        cells += [
            "" if each.mark is None else str(each.mark),
            str(each.late_days),
            str(each.free_days),
            counts,
        ]
    return cells
