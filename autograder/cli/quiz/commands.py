"""The commands `autograder quiz ...`: they parse and join; everything is loaded when it is called.

Whoever mounts the group puts a `Means` into click's context: where quizzes lie, where attempts are recorded,
how code is run. Without one, quizzes are looked for in quiz/ and attempts are practice, recorded nowhere.
"""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from autograder.quiz.model import Quiz
    from autograder.quiz.records import Records
    from autograder.quiz.seal import Seal

DONE, NEEDS_PERSON, USAGE = 0, 1, 2
SUFFIX = ".quiz.md"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Means:
    """What the commands work with."""

    folder: Path = field(default_factory=lambda: Path("quiz"))
    records: "Callable[[], AbstractContextManager[Records]] | None" = None
    """Opens the store of attempts; None for practice."""
    seal: "Seal | None" = None
    clock: Callable[[], datetime] = _now

    def opened(self) -> "AbstractContextManager[Records]":
        """The store of attempts, or one that is forgotten."""
        from autograder.quiz.records import MemoryRecords

        return nullcontext(MemoryRecords()) if self.records is None else self.records()

    def quiz(self, name: str) -> "Quiz":
        """The quiz called `name`, or in the file `name`. Raises CourseError."""
        from autograder.quiz.format.reader import read_quiz

        return read_quiz(self.path(name))

    def path(self, name: str) -> Path:
        """Where a quiz lies."""
        given = Path(name)
        return given if given.suffix == ".md" else self.folder / f"{name}{SUFFIX}"

    def names(self) -> list[str]:
        """The quizzes of the folder."""
        return sorted(path.name.removesuffix(SUFFIX) for path in self.folder.glob(f"*{SUFFIX}"))


_means = click.make_pass_decorator(Means, ensure=True)


@click.group()
def quiz() -> None:
    """Quizzes: check, take, judge, report, export.

    A quiz is one file, quiz/NAME.quiz.md.

    \b
    Example:
        autograder quiz check first-quiz
        autograder quiz take first-quiz
    """


@quiz.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--seeds", default=200, show_default=True, help="Draws tried of each question.")
@_means
def check(means: Means, names: tuple[str, ...], seeds: int) -> None:
    """Refuse a quiz that would harm a student; without a NAME, check them all.

    Every key must be judged right by its own checker, every listed wrong answer wrong and readable, every
    question must have a solution, every formula be drawn on every page.

    \b
    Example:
        autograder quiz check first-quiz
    """
    from autograder.check.quiz import lint
    from autograder.errors import CourseError

    failed = 0
    for name in names or means.names():
        try:
            read = means.quiz(name)
            flaws = lint(read, seeds=seeds)
            said = f"{name}: {len(read.questions)} questions, {float(read.points):g} points"
        except CourseError as error:
            flaws, said = error.flaws, f"{name}: cannot be read"
        for flaw in flaws:
            click.echo(str(flaw), err=True)
        failed += bool(flaws)
        click.echo(f"{said}, {len(flaws)} to mend." if flaws else f"{said}, nothing to mend.")
    sys.exit(USAGE if failed else DONE)


@quiz.command()
@click.argument("name")
@click.option("--student", help="Who takes it.  [default: your user name]")
@_means
def take(means: Means, name: str, student: str | None) -> None:
    """Take a quiz on the terminal.

    \b
    Example:
        autograder quiz take first-quiz
    """
    from getpass import getuser

    from autograder.cli.quiz.terminal import Terminal
    from autograder.cli.quiz.terminal import take as take_quiz
    from autograder.quiz.service import QuizService

    def ask(prompt: str) -> str:
        click.echo(prompt, nl=False)
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\n")

    with means.opened() as records:
        if means.records is None:
            click.echo("Practice: nothing is recorded.")
        service = QuizService(means.quiz(name), records, clock=means.clock, seal=means.seal)
        take_quiz(service, student or getuser(), Terminal(click.echo, ask))


@quiz.command()
@click.argument("name", metavar="FILE")
@_means
def judge(means: Means, name: str) -> None:
    """Judge answers read from standard input, one JSON object a line.

    A line is {"question": ..., "answer": ...}, with "values" for drawn values (else the first of their
    ranges); letters are those of the file as written. Each answer is written as one line with state, credit,
    code, message and reading.

    \b
    Example:
        echo '{"question": "quad-grad", "answer": "2Aw"}' | autograder quiz judge first-quiz
    """
    from autograder.cli.quiz.pipe import judge_lines

    errors = judge_lines(means.quiz(name), sys.stdin, sys.stdout)
    sys.exit(USAGE if errors else DONE)


@quiz.command()
@click.argument("name")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="[default: NAME-report.html]")
@_means
def report(means: Means, name: str, out: Path | None) -> None:
    """Write a page on how the class answered.

    \b
    Example:
        autograder quiz report first-quiz --out report.html
    """
    from autograder.analytics.final_answers import final_answers
    from autograder.analytics.items import class_figures
    from autograder.render.quiz import class_report

    read = means.quiz(name)
    with means.opened() as records:
        figures = class_figures(read, final_answers(read, records, now=means.clock()))
    target = out or Path(f"{read.id}-report.html")
    target.write_text(class_report(figures), encoding="utf-8")
    click.echo(f"{target}: {figures.students} students.")
    sys.exit(NEEDS_PERSON if figures.waiting else DONE)


@quiz.command()
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@_means
def regrade(means: Means, name: str, dry_run: bool) -> None:  # noqa: FBT001 - click passes flags by keyword
    """Judge what was handed in again, after a key was mended, and list what changes.

    \b
    Example:
        autograder quiz regrade first-quiz --dry-run
    """
    from autograder.quiz.regrade import regrade as judge_again

    with means.opened() as records:
        changes = judge_again(means.quiz(name), records, clock=means.clock, dry_run=dry_run, seal=means.seal)
    for change in changes:
        before, after = change.before, change.after
        click.echo(
            f"{change.student}  {change.question}  {float(change.gain):+g}  "
            f"{before.state} ({before.code}) -> {after.state} ({after.code})  {change.raw[:60]!r}"
        )
    lowered = sum(change.gain < 0 for change in changes)
    click.echo(
        f"{len(changes)} verdicts {'would change' if dry_run else 'changed'}, {lowered} marks go down."
    )


@quiz.command()
@click.argument("name")
@click.option(
    "--to",
    "format_",
    type=click.Choice(["moodle", "qti", "jupyterquiz", "html"]),
    required=True,
    help="html is a page to print.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="[default: NAME and an ending]")
@click.option("--solutions", is_flag=True, help="With solutions (html).")
@click.option("--seed", help="Draw values and shuffle for this name (html).")
@click.option("--copies", default=1, show_default=True, help="Variants of each drawn question (moodle).")
@_means
def export(
    means: Means,
    name: str,
    format_: str,
    out: Path | None,
    solutions: bool,  # noqa: FBT001 - click passes flags by keyword
    seed: str | None,
    copies: int,
) -> None:
    """Write a quiz for another program, and say what is lost.

    \b
    Example:
        autograder quiz export first-quiz --to moodle
        autograder quiz export first-quiz --to html --solutions
    """
    from autograder.cli.quiz.export import ENDINGS, written

    read = means.quiz(name)
    made = written(read, format_, solutions=solutions, seed=seed, copies=copies)
    target = out or Path(f"{read.id}{'-solutions' if solutions else ''}{ENDINGS[format_]}")
    target.write_bytes(made.content)
    for loss in made.losses:
        click.echo(f"lost in {loss}", err=True)
    click.echo(f"{target}: {len(read.questions)} questions, {len(made.losses)} losses.")
