"""The commands `autograder quiz ...`: each parses, calls one verb and shows, and loads what it needs."""

import sys
from pathlib import Path

import click

from autograder.course.quizzes import OpenQuizzes, quizzes_here

DONE, NEEDS_PERSON, USAGE = 0, 1, 2


@click.group()
@click.pass_context
def command(context: click.Context) -> None:
    """Quizzes: check, take, judge, report, export.

    A quiz is one file, quiz/NAME.quiz.md.

    \b
    Example:
        autograder quiz check first-quiz
        autograder quiz take first-quiz
    """
    context.obj = context.obj or quizzes_here(Path.cwd())


@command.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--seeds", default=200, show_default=True, help="Draws tried of each question.")
@click.pass_obj
def check(quizzes: OpenQuizzes, names: tuple[str, ...], seeds: int) -> None:
    """Refuse a quiz that would harm a student; without a NAME, check them all.

    Every key must be judged right by its own checker, every listed wrong answer wrong and readable, every
    question must have a solution, every formula be drawn on every page.

    \b
    Example:
        autograder quiz check first-quiz
    """
    from autograder.check.quiz import check_quiz

    failed = 0
    for name in names or quizzes.names():
        found = check_quiz(quizzes.path(name), seeds=seeds)
        for flaw in found.flaws:
            click.echo(str(flaw), err=True)
        failed += bool(found.flaws)
        click.echo(f"{name}: {found}")
    sys.exit(USAGE if failed else DONE)


@command.command()
@click.argument("name")
@click.option("--student", help="Who takes it.  [default: your user name]")
@click.pass_obj
def take(quizzes: OpenQuizzes, name: str, student: str | None) -> None:
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

    with quizzes.records() as records:
        if quizzes.store is None:
            click.echo("Practice: nothing is recorded.")
        service = QuizService(quizzes.quiz(name), records, clock=quizzes.clock, seal=quizzes.seal)
        take_quiz(service, student or getuser(), Terminal(click.echo, ask))


@command.command()
@click.argument("name", metavar="FILE")
@click.pass_obj
def judge(quizzes: OpenQuizzes, name: str) -> None:
    """Judge answers read from standard input, one JSON object a line.

    A line is {"question": ..., "answer": ...}, with "values" for drawn values (else the first of their
    ranges); letters are those of the file as written. Each answer is written as one line with state, credit,
    code, message and reading.

    \b
    Example:
        echo '{"question": "quad-grad", "answer": "2Aw"}' | autograder quiz judge first-quiz
    """
    from autograder.quiz.json_lines import judge_lines

    errors = judge_lines(quizzes.quiz(name), sys.stdin, sys.stdout)
    sys.exit(USAGE if errors else DONE)


@command.command()
@click.argument("name")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="[default: NAME-report.html]")
@click.pass_obj
def report(quizzes: OpenQuizzes, name: str, out: Path | None) -> None:
    """Write a page on how the class answered.

    \b
    Example:
        autograder quiz report first-quiz --out report.html
    """
    from autograder.analytics.items import figures_of_class
    from autograder.render.quiz import render_class_report

    read = quizzes.quiz(name)
    with quizzes.records() as records:
        figures = figures_of_class(read, records, now=quizzes.clock())
    target = out or Path(f"{read.id}-report.html")
    target.write_text(render_class_report(figures), encoding="utf-8")
    click.echo(f"{target}: {figures.students} students.")
    sys.exit(NEEDS_PERSON if figures.waiting else DONE)


@command.command()
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.pass_obj
def regrade(quizzes: OpenQuizzes, name: str, dry_run: bool) -> None:  # noqa: FBT001 - click passes flags by keyword
    """Judge what was handed in again, after a key was mended, and list what changes.

    \b
    Example:
        autograder quiz regrade first-quiz --dry-run
    """
    from autograder.quiz.regrade import regrade as judge_again

    with quizzes.records() as records:
        changes = judge_again(
            quizzes.quiz(name), records, clock=quizzes.clock, dry_run=dry_run, seal=quizzes.seal
        )
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


@command.command()
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
@click.pass_obj
def export(
    quizzes: OpenQuizzes,
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
    from autograder.interop.exports import ENDINGS, export_quiz
    from autograder.interop.losses import Export

    read = quizzes.quiz(name)
    if format_ == "html":
        from autograder.render.quiz import render_paper

        made = Export(render_paper(read, solutions=solutions, seed=seed).encode(), ())
    else:
        made = export_quiz(read, format_, copies=copies)
    ending = ENDINGS.get(format_, ".html")
    target = out or Path(f"{read.id}{'-solutions' if solutions else ''}{ending}")
    target.write_bytes(made.content)
    for loss in made.losses:
        click.echo(f"lost in {loss}", err=True)
    click.echo(f"{target}: {len(read.questions)} questions, {len(made.losses)} losses.")
