"""Final grades as a table, as CSV and as JSON, and one of them line by line."""

import csv
import io
import json
from collections.abc import Collection
from datetime import tzinfo
from zoneinfo import ZoneInfo

import click

from autograder.cli.tables import print_table
from autograder.cli.unpublished import Unpublished
from autograder.course.graded import GradedClass
from autograder.course.opened import OpenCourse
from autograder.domain.attempt_words import say_others
from autograder.domain.course import Student
from autograder.domain.derivation import (
    Derivation,
    derive,
    describe_heading,
    grade_to_json,
    moment_of,
)
from autograder.domain.events import History
from autograder.domain.grade import Grade, WorkGrade
from autograder.domain.policy_text import name_policy
from autograder.domain.rounding import Rounding
from autograder.interop.marks import harmless
from autograder.publishing.proposals import describe_final, find_student
from autograder.render import clean

_CENTS = Rounding()
"""For the eye: nothing is worked out from what is rounded here."""


def zone_of(course: OpenCourse) -> tzinfo:
    """The zone in which a course tells times."""
    return ZoneInfo(course.course.timezone)


def print_final(graded: GradedClass) -> None:
    """Print the final grade of every student, with the marks that lead to it."""
    from rich.table import Table

    works = _head_works(graded, taken=("student", "final", "homework", "exam"))
    shown = Table(header_style="bold", box=None, pad_edge=False)
    for heading in ("student", "final", "homework", *works, "exam"):
        shown.add_column(heading)
    grades = graded.grades()
    for student in graded.history.students:
        grade = grades[student.id]
        homework = "open" if grade.homework.mark is None else _CENTS.text(grade.homework.mark)
        sitting = grade.exam[grade.session - 1]
        exam = "-" if sitting is None else str(sitting.code or "")
        if sitting is not None and sitting.mark is not None:
            exam = f"{_CENTS.text(sitting.mark)} {exam}".strip()
        marks = (_spoken_work(each) for each in grade.works)
        shown.add_row(clean(student.id), describe_final(graded.policy, grade), homework, *marks, exam)
    print_table(shown)
    still = sum(grade.open for grade in grades.values())
    click.echo(f"{len(grades)} students, {still} of whose grades are open. Marks are shares of 1.")


def _spoken_work(each: WorkGrade) -> str:
    """The mark of one piece of work, in brackets where it is dropped."""
    if each.standing.excused:
        return "excused"
    if each.mark is None:
        mark = f"{_CENTS.text(each.low)} to {_CENTS.text(each.high)}"
    else:
        mark = _CENTS.text(each.mark)
    late = f" {each.late_days}d late" if each.late_days else ""
    return f"({mark}{late})" if each.dropped else mark + late


def final_json(course: OpenCourse, graded: GradedClass) -> dict[str, list[dict[str, object]]]:
    """The final grades for scripts."""
    zone = zone_of(course)
    return {
        "students": [
            {"id": student.id, **grade_to_json(graded.policy, happenings, grade, zone)}
            for student, happenings, grade in graded.every()
        ]
    }


def _head_works(graded: GradedClass, *, taken: Collection[str]) -> list[str]:
    """The headings of works; one that is called like another column says that it is a work."""
    names = (each.name for each in graded.policy.works)
    return [f"{name} (homework)" if name in taken else name for name in names]


def final_csv(graded: GradedClass) -> str:
    """The final grades for a spreadsheet: no cell is taken for a formula."""
    columns = ["id", "name", "group", "final", "code", "exact", "low", "high", "homework", "exam"]
    works = _head_works(graded, taken=columns)
    columns += [f"{name}{what}" for name in works for what in ("", " days late", " free days", " counts")]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    grades = graded.grades()
    for student in graded.history.students:
        writer.writerow(_row(graded, student, grades[student.id]))
    return text.getvalue()


def _row(graded: GradedClass, student: Student, grade: Grade) -> list[str]:
    number = graded.policy.rounding.text
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


def derivation_of(course: OpenCourse, graded: GradedClass, student: Student) -> Derivation:
    """How the grade of a student comes about, for an instructor."""
    happenings = graded.history.happenings()[student.id]
    grade, zone = graded.history.grade(student.id, graded.policy, graded.now), zone_of(course)
    heading = describe_heading(
        student.name, student.id, course.course.title, grade, moment_of(graded.now, zone)
    )
    heading = (*heading, name_policy(graded.policy))
    return derive(graded.policy, happenings, grade, heading=heading, zone=zone, staff=True)


def print_why(course: OpenCourse, graded: GradedClass, student: str, unpublished: Unpublished) -> None:
    """Print how a student's grade comes about, what other files would give, and what is not published."""
    found = find_student(graded.history.students, student)
    click.echo(clean(str(derivation_of(course, graded, found))))
    history = History.of(graded.history.happenings()[found.id])
    for each in graded.history.grade(found.id, graded.policy, graded.now).works:
        for sentence in say_others(each, history):
            click.echo(clean(str(sentence)))
    for work, changes in unpublished.items():
        for change in (each for each in changes if each.student == found.id):
            before, after = change.before or "nothing", change.after or "open"
            down = "  DOWN" if change.down else ""
            click.echo(f"unpublished change of {work or 'the final grade'}: {before} -> {after}{down}")


def why_json(course: OpenCourse, graded: GradedClass, student: str, unpublished: Unpublished) -> None:
    """Print the same for scripts."""
    found = find_student(graded.history.students, student)
    happenings = graded.history.happenings()[found.id]
    grade = graded.history.grade(found.id, graded.policy, graded.now)
    told = {
        "id": found.id,
        **grade_to_json(graded.policy, happenings, grade, zone_of(course)),
        "derivation": derivation_of(course, graded, found).to_json(),
        "unpublished": [
            {"work": work, "before": each.before, "after": each.after, "down": each.down}
            for work, changes in unpublished.items()
            for each in changes
            if each.student == found.id
        ],
    }
    click.echo(json.dumps(told))
