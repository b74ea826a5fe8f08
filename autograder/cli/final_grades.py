"""Final grades as a table, as CSV and as JSON, and one of them line by line."""

import json
from datetime import tzinfo
from zoneinfo import ZoneInfo

import click

from autograder.cli.tables import print_rows
from autograder.cli.unpublished import Unpublished
from autograder.course.graded import GradedClass, derive_for_staff
from autograder.course.opened import OpenCourse
from autograder.domain.attempt_words import say_others
from autograder.domain.counts import describe_count
from autograder.domain.course import Student
from autograder.domain.derivation import Derivation, grade_to_json
from autograder.domain.events import History
from autograder.domain.language import speaking
from autograder.publishing.final_table import describe_exam, describe_homework, describe_work, head_works
from autograder.publishing.final_table import final_csv as table_csv
from autograder.publishing.proposals import describe_final, find_student
from autograder.render import clean


def zone_of(course: OpenCourse) -> tzinfo:
    """The zone in which a course tells times."""
    return ZoneInfo(course.course.timezone)


def print_final(graded: GradedClass) -> None:
    """Print the final grade of every student, with the marks that lead to it."""
    heads = ("student", "name", "final", "homework")
    works = head_works(graded.policy, taken=(*heads, "exam"))
    grades, rows = graded.grades(), []
    for student in graded.history.students:
        grade = grades[student.id]
        final, homework = describe_final(graded.policy, grade), describe_homework(grade)
        marks = (describe_work(each) for each in grade.works)
        rows.append((student.id, student.name, final, homework, *marks, describe_exam(grade)))
    print_rows((*heads, *works, "exam"), rows)
    still = sum(grade.open for grade in grades.values())
    students = describe_count(len(grades), "student")
    click.echo(f"{students}, {describe_count(still, 'grade')} open. Marks are shares of 1.")


def final_json(course: OpenCourse, graded: GradedClass) -> dict[str, list[dict[str, object]]]:
    """The final grades for scripts."""
    zone = zone_of(course)
    return {
        "students": [
            {"id": student.id, **grade_to_json(graded.policy, happenings, grade, zone)}
            for student, happenings, grade in graded.every()
        ]
    }


def final_csv(graded: GradedClass) -> str:
    """The final grades for a spreadsheet: no cell is taken for a formula."""
    return table_csv(graded.policy, graded.history.students, graded.grades())


def derivation_of(course: OpenCourse, graded: GradedClass, student: Student) -> Derivation:
    """How the grade of a student comes about, for an instructor."""
    grade = graded.history.grade(student.id, graded.policy, graded.now)
    return derive_for_staff(course, graded, student, graded.history.happenings()[student.id], grade)


def print_why(course: OpenCourse, graded: GradedClass, student: str, unpublished: Unpublished) -> None:
    """Print how a student's grade comes about, what other files would give, and what is not published."""
    found = find_student(graded.history.students, student)
    history = History.of(graded.history.happenings()[found.id])
    with speaking(course.course.language):  # what the student may ask about, in the words of the report
        click.echo(clean(str(derivation_of(course, graded, found))))
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
