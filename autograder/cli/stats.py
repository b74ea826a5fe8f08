"""`autograder stats NAME`."""

import sys
from pathlib import Path

import click

from autograder.access import write_whole
from autograder.cli import options
from autograder.cli.main import DONE, NEEDS_PERSON
from autograder.cli.progress import follow
from autograder.course.opened import OpenCourse, course_here
from autograder.course.quizzes import quizzes_of


@click.command()
@click.argument("name")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="[default: NAME-class.html]")
@click.option("--names", is_flag=True, help="Show who it was; by default students have numbers.")
@options.jobs
@options.accept_isolation
def command(
    name: str,
    out: Path | None,
    names: bool,  # noqa: FBT001 - click passes options by name
    jobs: int,
    accept_isolation: int,
) -> None:
    """Write a page on how the class did in the assignment or quiz NAME.

    Scores, questions, outcomes and known mistakes; and wrong answers that agree on every hidden case, with
    code, and for each group of them a mistake to paste into the solutions. The page is for instructors: it
    shows what students wrote, and what they answered to hidden cases can be worked out from that.

    \b
    Exit codes: 0 done, 1 done but something needs a person, 2 nothing was done.

    \b
    Example:
        autograder stats gradients
    """
    course = course_here()
    target = out or Path(f"{name}-class.html")
    if course.course.settings(name) is None and quizzes_of(course).path(name).is_file():
        page, students, waiting = _look_at_quiz(course, name)
    else:
        page, students, waiting = _look_at_homework(
            course, name, names=names, jobs=jobs, accept_isolation=accept_isolation
        )
    write_whole(target, page, course.folder.access)
    click.echo(f"{target}: {students} student{'' if students == 1 else 's'}.")
    sys.exit(NEEDS_PERSON if waiting else DONE)


def _look_at_homework(
    course: OpenCourse, name: str, *, names: bool, jobs: int, accept_isolation: int
) -> tuple[str, int, int]:
    """The page, how many students it is about, and how many scores are open."""
    from autograder.grading.batch import grade_batch
    from autograder.grading.look_at_class import look_at_class, look_at_reports
    from autograder.grading.workers import local_workers
    from autograder.marking.answers import copy_number
    from autograder.render.class_page import render_class_page

    secret, title = course.folder.secret(), course.settings(name).title
    if course.settings(name).adopted:
        with course.gradebook(read_only=True) as gradebook:
            seen = look_at_reports(gradebook, name, course.revision(name))
    else:
        recipe = course.own_recipe(name, accept_level=accept_isolation)
        _, assignment = recipe.opened or recipe.open()
        title = title or assignment.released.text.title
        runner = course.runner(accept_isolation, assignment)
        with course.gradebook(read_only=True) as gradebook, runner:
            seen = look_at_class(
                assignment,
                gradebook,
                course.answer_prints(name),
                runner,
                again=lambda files: grade_batch(files, recipe, local_workers(jobs)),
                watch=follow,
            )
    page = render_class_page(
        seen,
        name=name,
        title=title,
        course=course.course.title,
        label=str if names else lambda student: str(copy_number(student, name, secret=secret)),
    )
    return page, seen.figures.marks.files, seen.figures.marks.open


def _look_at_quiz(course: OpenCourse, name: str) -> tuple[str, int, int]:
    """The same for a quiz; nobody is named there."""
    from autograder.analytics.items import figures_of_class
    from autograder.render.quiz import render_class_report

    quizzes = quizzes_of(course)
    quizzes.refuse_in_notebook(name, "stats")
    quiz = quizzes.usable_quiz(name)
    with course.gradebook(read_only=True) as gradebook:
        figures = figures_of_class(quiz, quizzes.taken(quiz, gradebook.quizzes), now=quizzes.clock())
    return render_class_report(figures), figures.students, figures.waiting
