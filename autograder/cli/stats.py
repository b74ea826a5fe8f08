"""`autograder stats NAME`."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from autograder.access import write_whole
from autograder.cli import options
from autograder.cli.main import DONE, NEEDS_PERSON
from autograder.cli.progress import follow, say_how_to_grade
from autograder.cli.tables import give_csv
from autograder.course.opened import OpenCourse, course_here
from autograder.course.quizzes import quizzes_of
from autograder.domain.counts import describe_count

HEADS = (
    "question",
    "points",
    "answers",
    "facility",
    "discrimination",
    "most common mistake",
    "in words",
    "how many",
)


@dataclass(frozen=True, slots=True)
class _ClassLook:
    """A page on a class, and the figures of its questions under `HEADS`."""

    page: str
    students: int
    waiting: int
    """Scores, or answers to a quiz, that are open."""
    questions: tuple[tuple[object, ...], ...]


@click.command()
@click.argument("name")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="[default: NAME-class.html]")
@click.option("--names", is_flag=True, help="Show who it was; by default students have numbers.")
@options.jobs
@options.accept_isolation
@options.as_csv
@options.as_json
def command(
    name: str,
    out: Path | None,
    names: bool,  # noqa: FBT001 - click passes options by name
    jobs: int,
    accept_isolation: int,
    table: str | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Write a page on how the class did in the assignment or quiz NAME.

    Scores, questions, outcomes and known mistakes; and wrong answers that agree on every hidden case, with
    code, and for each group of them a mistake to paste into the solutions. The page is for instructors: it
    shows what students wrote, and what they answered to hidden cases can be worked out from that. --csv and
    --json give the figures of its questions.

    \b
    Exit codes: 0 done, 1 done but something needs a person, 2 nothing was done.

    \b
    Example:
        autograder stats gradients
    """
    if table and as_json:
        raise click.UsageError("--csv goes without --json")
    course = course_here()
    target = out or Path(f"{name}-class.html")
    is_quiz = course.course.settings(name) is None and quizzes_of(course).path(name).is_file()
    if is_quiz:
        look = _look_at_quiz(course, name)
    else:
        look = _look_at_homework(course, name, names=names, jobs=jobs, accept_isolation=accept_isolation)
    write_whole(target, look.page, course.folder.access)
    told = f"{target}: {describe_count(look.students, 'student')}."
    click.echo(told, err=as_json or table is not None)
    if not look.students and not is_quiz:
        say_how_to_grade(name)
    if as_json:
        keys = [head.replace(" ", "_") for head in HEADS]
        questions = [dict(zip(keys, row, strict=True)) for row in look.questions]
        click.echo(json.dumps({"name": name, "students": look.students, "questions": questions}))
    elif table:
        give_csv(table, HEADS, look.questions, access=course.folder.access)
    sys.exit(NEEDS_PERSON if look.waiting else DONE)


def _look_at_homework(
    course: OpenCourse, name: str, *, names: bool, jobs: int, accept_isolation: int
) -> _ClassLook:
    from autograder.grading.workers import local_workers
    from autograder.marking.answers import copy_number
    from autograder.render.class_page import render_class_page
    from autograder.services.class_look import look_at_homework

    title, seen = look_at_homework(
        course, name, accept_level=accept_isolation, workers=local_workers(jobs), watch=follow
    )
    secret = course.folder.secret()
    page = render_class_page(
        seen,
        name=name,
        title=title,
        course=course.course.title,
        label=str if names else lambda student: str(copy_number(student, name, secret=secret)),
    )
    rows = []
    for asked in seen.figures.questions:
        marks, common = asked.marks, max(asked.mistakes, key=lambda each: each.count, default=None)
        told = (common.name, common.hint, common.count) if common and common.count else (None, None, None)
        easy = (marks.facility, marks.discrimination.value if marks.discrimination else None)
        rows.append((marks.name, float(marks.points), marks.count, *easy, *told))
    return _ClassLook(page, seen.figures.marks.files, seen.figures.marks.open, tuple(rows))


def _look_at_quiz(course: OpenCourse, name: str) -> _ClassLook:
    """The same for a quiz; nobody is named there."""
    from autograder.analytics.items import figures_of_class
    from autograder.render.quiz import render_class_report

    quizzes = quizzes_of(course)
    quizzes.refuse_in_notebook(name, "stats")
    quiz = quizzes.usable_quiz(name)
    with course.gradebook(read_only=True) as gradebook:
        figures = figures_of_class(quiz, quizzes.taken(quiz, gradebook.quizzes), now=quizzes.clock())
    rows = []
    for item in figures.items:
        common = max(item.clusters, key=lambda each: each.count, default=None)
        told = (common.spellings[0], common.message, common.count) if common else (None, None, None)
        easy = (item.facility, item.discrimination.value if item.discrimination else None)
        rows.append((item.question.id, float(item.question.points), item.count, *easy, *told))
    return _ClassLook(render_class_report(figures), figures.students, figures.waiting, tuple(rows))
