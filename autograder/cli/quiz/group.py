"""`autograder quiz ...`, in the course around the current folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from autograder.cli.quiz import commands
from autograder.quiz.records import Records


@click.group(commands=commands.quiz.commands, help=commands.quiz.help)
@click.pass_context
def command(context: click.Context) -> None:
    """Hand the quizzes, the gradebook and the sandbox of this course to the commands."""
    context.obj = means_here(Path.cwd())


def means_here(here: Path) -> commands.Means:
    """What the quiz commands work with: the course's, or outside of a course what lies in quiz/."""
    if not any((folder / "course.toml").is_file() for folder in (here, *here.parents)):
        return commands.Means()
    from autograder.course.opened import course_here

    course = course_here()

    @contextmanager
    def records() -> Iterator[Records]:
        with course.gradebook() as gradebook:
            yield gradebook.quizzes

    return commands.Means(folder=course.folder.quiz, records=records, seal=course.seal)
