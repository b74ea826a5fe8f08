"""The commands `autograder quiz ...`: each parses, calls one verb and shows, and loads what it needs."""

import sys
from pathlib import Path

import click

from autograder.access import write_whole
from autograder.cli import options
from autograder.cli.user import find_user
from autograder.course.quizzes import OpenQuizzes, quizzes_here
from autograder.domain.counts import describe_count

DONE, NEEDS_PERSON, USAGE = 0, 1, 2


class _Quiz(click.Group):
    """Its list tells whole sentences: click would cut those that are longer than a line."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            told = ((name, each.get_short_help_str(1000)) for name, each in sorted(self.commands.items()))
            formatter.write_dl(list(told))


@click.group(cls=_Quiz)
@click.pass_context
def command(context: click.Context) -> None:
    """Quizzes: check, take, judge, mark, report, export.

    A quiz is one file, quiz/NAME.quiz.md.

    \b
    Example:
        autograder quiz check first-quiz
        autograder quiz take first-quiz
    """
    context.obj = context.obj or quizzes_here(Path.cwd())


@command.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--seeds", type=click.IntRange(1), default=200, show_default=True, help="Draws tried of each question."
)
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
        found = check_quiz(quizzes.file(name), seeds=seeds)
        for flaw in found.flaws:
            click.echo(str(flaw), err=True)
        failed += bool(found.flaws)
        click.echo(f"{name}: {found}")
    sys.exit(USAGE if failed else DONE)


def _find_student(quizzes: OpenQuizzes, named: str | None) -> str:
    """Who takes a quiz: whoever is named, and else who is logged in on this machine.

    Whoever is logged in may be no student: the attempt is kept, and that it counts for nobody is told.

    Raises:
        CourseError: nobody of the course is called as named.
    """
    if named is not None:
        quizzes.require_student(named)
        return named
    who = find_user()
    if quizzes.roster and who not in quizzes.roster:
        told = f"{who}, who is logged in here, is no student of students.csv; --student says who it is."
        click.echo(told, err=True)
    return who


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
    from autograder.cli.quiz.terminal import Terminal
    from autograder.cli.quiz.terminal import take as take_quiz
    from autograder.domain.language import speaking
    from autograder.domain.phrases import phrase

    def ask(prompt: str) -> str:
        click.echo(prompt, nl=False)
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\n")

    with quizzes.records() as records, speaking(quizzes.language):
        service = quizzes.taking(name, records)
        who = _find_student(quizzes, student)
        if quizzes.store is None:
            click.echo(phrase("take.practice"))
        take_quiz(service, who, Terminal(click.echo, ask))


@command.command()
@click.argument("name")
@click.option("--student", help="Whose result.  [default: your user name]")
@click.option("--attempt", type=click.IntRange(1), help="Which attempt.  [default: all of them]")
@click.pass_obj
def result(quizzes: OpenQuizzes, name: str, student: str | None, attempt: int | None) -> None:
    """Show the results of a quiz again, as far as they may be seen now.

    \b
    Example:
        autograder quiz result first-quiz
        autograder quiz result first-quiz --attempt 1
    """
    from autograder.cli.quiz.terminal import Terminal, show_result
    from autograder.domain.language import speaking
    from autograder.domain.phrases import phrase
    from autograder.errors import AttemptError

    with quizzes.records() as records, speaking(quizzes.language):
        service, who = quizzes.service(name, records), _find_student(quizzes, student)
        taken = [each for each in service.attempts(who) if attempt in (None, each.number)]
        if not taken:
            which = "take.none" if attempt is None else "take.none.numbered"
            raise AttemptError(phrase(which, number=attempt, student=who, quiz=name))
        for each in taken:
            show_result(service, each, Terminal(click.echo, lambda _: ""))


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

    errors = judge_lines(quizzes.usable_quiz(name), sys.stdin, sys.stdout)
    sys.exit(USAGE if errors else DONE)


@command.command()
@click.argument("name")
@click.option(
    "--csv",
    "tables",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the marks in this table; may be repeated.",
)
@click.option("--names", is_flag=True, help="Show who wrote what; by default answers have numbers.")
@click.option("--marker", default="", help="Who marked [default: your login]; students do not see it.")
@click.pass_obj
def mark(
    quizzes: OpenQuizzes,
    name: str,
    tables: tuple[Path, ...],
    names: bool,  # noqa: FBT001 - click passes flags by keyword
    marker: str,
) -> None:
    """Mark by hand the texts of a quiz, and what a regrade left to a person.

    Writes to marking/NAME/, for every question with such answers, a sheet to read or to print and a table to
    fill in. With --csv, reads such a table and records its marks, which students see with their results. A
    table may be read as often as you like: what is unchanged is not recorded again, and of changed marks the
    last counts.

    \b
    Exit codes: 0 done, 1 done but something needs a person, 2 nothing was done.

    \b
    Example:
        autograder quiz mark first-quiz
        autograder quiz mark first-quiz --csv marking/first-quiz/why.csv
    """
    from autograder.cli.mark import show_written
    from autograder.marking.record import write_sheets
    from autograder.marking.typed import gather_typed, record_typed, sheet_of_typed

    quizzes.refuse_in_notebook(name, "mark")
    read = quizzes.quiz(name)
    with quizzes.records() as records:
        quizzes.service(name, records).close_overdue()
        parts = gather_typed(read, records.snapshot(read.id), secret=quizzes.secret())
        if tables:
            now = quizzes.clock()
            recorded = record_typed(tables, parts, records, marker=marker or find_user(), now=now)
            for note in recorded.notes:
                click.echo(note, err=True)
            click.echo(
                f"{describe_count(len(recorded.new), 'mark')} recorded, {recorded.unchanged} unchanged"
            )
            sys.exit(NEEDS_PERSON if recorded.notes else DONE)
    if not parts:
        click.echo("Nothing waits to be marked by hand.")
        return
    sheets = ((part, sheet_of_typed(part, names=names)) for part in parts)
    folder, access = quizzes.home / "marking" / name, quizzes.access
    for written in write_sheets(sheets, folder, names=names, access=access):
        show_written(written)
    click.echo(f"Fill in the tables, then: autograder quiz mark {name} --csv TABLE")


@command.command()
@click.argument("name")
@options.as_csv
@options.as_json
@click.pass_obj
def scores(quizzes: OpenQuizzes, name: str, table: str | None, as_json: bool) -> None:  # noqa: FBT001 - by name
    """Print the scores of a quiz, a line a student: of the attempt that counts.

    A quiz that is answered in a notebook has the scores of that notebook's reports.

    \b
    Exit codes: 0 done, 1 done but some answers need a person, 2 nothing was done.

    \b
    Example:
        autograder quiz scores first-quiz
        autograder quiz scores first-quiz --csv > first-quiz.csv
    """
    from autograder.cli.quiz.scores import HEADS, list_scores, print_scores, scores_json
    from autograder.cli.tables import give_csv, names_of

    if table and as_json:
        raise click.UsageError("--csv goes without --json")
    lines, settings = quizzes.scores(name), quizzes.settings(name)
    names = names_of(quizzes.course.course.roster if quizzes.course else ())
    if as_json:
        click.echo(scores_json(name, lines, settings, names, zone=quizzes.zone))
    elif table:
        rows = list_scores(lines, settings, names, zone=quizzes.zone)
        give_csv(table, HEADS, rows, access=quizzes.access)
    else:
        print_scores(lines, settings, names, zone=quizzes.zone)
        home = quizzes.notebook_of(name)
        if any(line.waiting for line in lines):
            click.echo(
                f"Answers wait for a person: autograder {f'mark {home}' if home else f'quiz mark {name}'}"
            )
    sys.exit(NEEDS_PERSON if any(line.waiting for line in lines) else DONE)


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

    quizzes.refuse_in_notebook(name, "stats")
    read = quizzes.usable_quiz(name)
    with quizzes.records() as records:
        figures = figures_of_class(read, quizzes.taken(read, records), now=quizzes.clock())
    target = out or Path(f"{read.id}-report.html")
    write_whole(target, render_class_report(figures), quizzes.access)
    click.echo(f"{target}: {describe_count(figures.students, 'student')}.")
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

    quizzes.refuse_in_notebook(name, "regrade")
    with quizzes.records() as records:
        if not dry_run:
            quizzes.service(name, records).close_overdue()
        changes = judge_again(
            quizzes.usable_quiz(name), records, clock=quizzes.clock, dry_run=dry_run, seal=quizzes.seal
        )
    for change in changes:
        before, after = change.before, change.after
        click.echo(
            f"{change.student}  {change.question}  {float(change.gain):+g}  "
            f"{before.state} ({before.code}) -> {after.state} ({after.code})  {change.raw[:60]!r}"
        )
    lowered = sum(change.gain < 0 for change in changes)
    click.echo(
        f"{describe_count(len(changes), 'verdict')} {'would change' if dry_run else 'changed'}, "
        f"{describe_count(lowered, 'mark goes', 'marks go')} down."
    )
    waiting = sum(change.after.credit is None and change.after.costs for change in changes)
    if waiting:
        told = describe_count(waiting, "answer waits", "answers wait")
        click.echo(f"{told} for a person: autograder quiz mark {name}")
        sys.exit(NEEDS_PERSON)


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
@click.option(
    "--copies",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Variants of each drawn question (moodle).",
)
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

    read = quizzes.usable_quiz(name)
    if format_ == "html":
        from autograder.render.quiz import render_paper

        made = Export(render_paper(read, solutions=solutions, seed=seed).encode(), ())
    else:
        made = export_quiz(read, format_, copies=copies)
    ending = ENDINGS.get(format_, ".html")
    target = out or Path(f"{read.id}{'-solutions' if solutions else ''}{ending}")
    write_whole(target, made.content, quizzes.access)
    for loss in made.losses:
        click.echo(f"lost in {loss}", err=True)
    questions = describe_count(len(read.questions), "question")
    click.echo(f"{target}: {questions}, {describe_count(len(made.losses), 'loss', 'losses')}.")
