"""`autograder init DIR`."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import click

from autograder.course.scaffold import NewCourse, find_unusable, make_course, suggest_name


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", help="A short name: letters, digits, _ and -.")
@click.option("--title", help="As students read it.")
@click.option("--timezone", help="Of the deadlines, such as Europe/Paris.")
@click.option(
    "--students",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A list of the students, whose first line names the columns id, name, email, group.",
)
@click.option("--empty", is_flag=True, help="Without the sample's assignments and quizzes.")
def command(
    folder: Path,
    name: str | None,
    title: str | None,
    timezone: str | None,
    students: Path | None,
    empty: bool,  # noqa: FBT001 - click passes options by name
) -> None:
    """Make a new course in FOLDER, with worked assignments to start from.

    On a terminal it asks for what no option tells.

    \b
    Example:
        autograder init numerics-2027
        autograder init numerics-2027 --empty --title "Numerics" --students class.csv
    """
    if sys.stdin.isatty() and not folder.exists():
        name = name or _ask("Short name", suggest_name(folder), lambda told: NewCourse(name=told))
        title = title or _ask("Title, as students read it", name, lambda told: NewCourse(title=told))
        timezone = timezone or _ask(
            "Time zone of the deadlines", "Europe/Paris", lambda told: NewCourse(timezone=told)
        )
        if students is None:
            listed = _ask(
                "List of students, a CSV file (none: later)",
                "none",
                lambda told: NewCourse(students=None if told == "none" else Path(told)),
            )
            students = None if listed == "none" else Path(listed)
    elif empty:
        name = name or suggest_name(folder)
        title = title or name
    make_course(folder, NewCourse(name or "", title or "", timezone or "", students, empty))
    later = "" if students else " List its students in students.csv (id,name,email,group)."
    if empty:
        click.echo(
            f"{folder} is a course without assignments.{later} Next:\n"
            f"  cd {shlex.quote(str(folder))}\n"
            "  autograder doctor\n"
            "Then write an assignment, assignments/NAME/NAME.ipynb with solutions/NAME.py and a table\n"
            "[assignments.NAME] in course.toml, and prove it:\n"
            "  autograder check NAME"
        )
        return
    click.echo(
        f"{folder} is a course.{later} Make course.toml yours, then:\n"
        f"  cd {shlex.quote(str(folder))}\n"
        "  autograder check gradients\n"
        "  autograder release gradients"
    )


def _ask(question: str, default: str, of: Callable[[str], NewCourse]) -> str:
    """What somebody types, asked for again until it can be used."""

    def read(typed: str) -> str:
        for flaw in find_unusable(of(typed)):
            raise click.UsageError(f"{flaw.what} ({flaw.allowed})")
        return typed

    answer: str = click.prompt(question, default=default, value_proc=read)
    return answer
