"""`autograder grades`."""

import json

import click

from autograder.cli import options
from autograder.cli.progress import spoken_quiz_score, spoken_score
from autograder.course.opened import course_here
from autograder.course.quizzes import quizzes_of
from autograder.render import clean


@click.command()
@click.argument("names", nargs=-1)
@options.as_json
def command(names: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Print the scores of assignments and quizzes NAMES (all of them by default), a line a student.

    Quizzes are those that have a table [quizzes.NAME] in course.toml.

    \b
    Example:
        autograder grades gradients
    """
    course = course_here()
    quizzes = [each.name for each in course.course.quizzes]
    every = (*(each.name for each in course.course.assignments), *quizzes)
    wanted = tuple(name if name in quizzes else course.settings(name).name for name in names) or every
    table: dict[str, dict[str, str]] = {}
    scores: dict[str, dict[str, float | None]] = {}
    with course.gradebook(read_only=True) as gradebook:
        for name in (name for name in wanted if name not in quizzes):
            for report in gradebook.latest_reports(name):
                table.setdefault(report.student, {})[name] = spoken_score(report)
                score = None if report.score is None else float(report.score)
                scores.setdefault(report.student, {})[name] = score
    opened = quizzes_of(course)
    # A quiz may stand in course.toml before it is written.
    for name in (name for name in wanted if name in quizzes and opened.path(name).is_file()):
        for line in opened.scores(name):
            if line.handed_in is not None:
                table.setdefault(line.student, {})[name] = spoken_quiz_score(line)
                scores.setdefault(line.student, {})[name] = None if line.score is None else float(line.score)
    if as_json:
        click.echo(json.dumps(scores))
        return
    _print(table, wanted)


def _print(table: dict[str, dict[str, str]], names: tuple[str, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    shown = Table(header_style="bold", box=None, pad_edge=False)
    for heading in ("student", *names):
        shown.add_column(heading)
    for student, row in sorted(table.items()):
        shown.add_row(clean(student), *(row.get(name, "-") for name in names))
    Console(highlight=False, markup=False).print(shown)
