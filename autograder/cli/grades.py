"""`autograder grades`."""

import json
from datetime import UTC, datetime

import click

from autograder.cli import options
from autograder.cli.final_grades import final_csv, final_json, print_final, print_why, why_json
from autograder.cli.progress import spoken_attempt, spoken_quiz_score
from autograder.course.graded import GradedClass, graded_class
from autograder.course.opened import OpenCourse, course_here
from autograder.course.quizzes import quizzes_of
from autograder.gradebook.store import Gradebook
from autograder.grading.versions import versions_here
from autograder.publishing.scores import attempt_scores, count_doubtful, count_older
from autograder.render import clean


@click.command()
@click.argument("names", nargs=-1)
@click.option("--final", is_flag=True, help="Print the final grades instead.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a table for spreadsheets (with --final).")
@click.option("--why", "student", help="Print how the grade of this student comes about.")
@options.as_json
def command(
    names: tuple[str, ...],
    final: bool,  # noqa: FBT001 - click passes options by name
    as_csv: bool,  # noqa: FBT001
    student: str | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Print the scores of assignments and quizzes NAMES (all of them by default), a line a student.

    Quizzes are those that have a table [quizzes.NAME] in course.toml. Of several files the one that counts
    is shown, with how late it is. --final prints final grades: lateness, free days, drops, extensions,
    absences, decisions and exam marks reckoned in, of the whole roster. --why prints one student's grade
    line by line.

    \b
    Example:
        autograder grades gradients
        autograder grades --final --csv
        autograder grades --why ada
    """
    refuse_together(final=final, names=bool(names), why=student is not None, csv=as_csv, json=as_json)
    course, now = course_here(), datetime.now(UTC)
    quizzes = [each.name for each in course.course.quizzes]
    every = (*(each.name for each in course.course.assignments), *quizzes)
    wanted = tuple(name if name in quizzes else course.settings(name).name for name in names) or every
    with graded_class(course, now) as (graded, gradebook):
        if student is not None:
            show = why_json if as_json else print_why
            show(course, graded, student, graded.unpublished(gradebook))
        elif final and as_csv:
            click.echo(final_csv(graded), nl=False)
            _remark(graded, gradebook, aside=True)
        elif final and as_json:
            click.echo(json.dumps({**final_json(course, graded), **_remarks_json(graded, gradebook)}))
        elif final:
            print_final(graded)
            _remark(graded, gradebook)
        else:
            table, scores = _scores(course, graded, wanted)
            if as_json:
                click.echo(json.dumps(scores))
            else:
                _print(table, wanted)
            _remark(graded, gradebook, aside=as_json)


def refuse_together(*, final: bool, names: bool, why: bool, csv: bool, json: bool) -> None:
    """Raise UsageError for options that do not go together."""
    if final and (names or why):
        raise click.UsageError("--final is of the whole course: it takes no NAMES, and --why goes without it")
    if why and names:
        raise click.UsageError("--why is of the whole grade: it takes no NAMES")
    if csv and (not final or json):
        raise click.UsageError("--csv goes with --final, and without --json")


def _scores(
    course: OpenCourse, graded: GradedClass, wanted: tuple[str, ...]
) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, float | None]]]:
    """The table as it is printed, and the scores as numbers."""
    table: dict[str, dict[str, str]] = {each.id: {} for each in graded.history.students}
    scores: dict[str, dict[str, float | None]] = {}
    quizzes = [each.name for each in course.course.quizzes]
    for one in attempt_scores(graded.history, graded.grades()):
        if one.assignment in wanted:
            table.setdefault(one.student, {})[one.assignment] = spoken_attempt(one)
            score = None if one.score is None else float(one.score)
            scores.setdefault(one.student, {})[one.assignment] = score
    opened = quizzes_of(course)
    # A quiz may stand in course.toml before it is written.
    for name in (name for name in wanted if name in quizzes and opened.path(name).is_file()):
        for line in opened.scores(name):
            if line.handed_in is not None:
                table.setdefault(line.student, {})[name] = spoken_quiz_score(line)
                scores.setdefault(line.student, {})[name] = None if line.score is None else float(line.score)
    return table, scores


def _print(table: dict[str, dict[str, str]], names: tuple[str, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    shown = Table(header_style="bold", box=None, pad_edge=False)
    for heading in ("student", *names):
        shown.add_column(heading)
    for student, row in sorted(table.items()):
        shown.add_row(clean(student), *(row.get(name, "-") for name in names))
    Console(highlight=False, markup=False).print(shown)


def _remark(graded: GradedClass, gradebook: Gradebook, *, aside: bool = False) -> None:
    """Say below the table what an instructor should know of it; aside where scripts read the table."""
    for name, count in sorted(count_doubtful(graded.history).items()):
        times = "time of receipt is" if count == 1 else "times of receipt are"
        click.echo(f"{name}: {count} {times} doubtful, and nobody is late by them.", err=aside)
    older = count_older(graded.history, dict(versions_here()))
    if older:
        what = "report was" if older == 1 else "reports were"
        click.echo(f"{older} {what} made by an older version.", err=aside)
    for work, changes in graded.unpublished(gradebook).items():
        students = f"{len(changes)} student{'' if len(changes) == 1 else 's'}"
        down = sum(each.down for each in changes)
        click.echo(f"unpublished changes of {work or 'the final grades'}: {students}, {down} down", err=aside)


def _remarks_json(graded: GradedClass, gradebook: Gradebook) -> dict[str, object]:
    return {
        "doubtful_times": count_doubtful(graded.history),
        "older_reports": count_older(graded.history, dict(versions_here())),
        "unpublished": [
            {"work": work, "students": len(changes), "down": sum(each.down for each in changes)}
            for work, changes in graded.unpublished(gradebook).items()
        ],
    }
