"""`autograder grades`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import click

from autograder.cli import options
from autograder.cli.attempts import attempts_json, describe_attempts
from autograder.cli.final_grades import final_csv, final_json, print_final, print_why, why_json, zone_of
from autograder.cli.progress import spoken_attempt, spoken_quiz_score
from autograder.cli.tables import give_csv, give_text, names_of, print_rows
from autograder.cli.unpublished import print_unpublished, unpublished_json
from autograder.course.graded import GradedClass, graded_class
from autograder.course.opened import OpenCourse, course_here
from autograder.course.quizzes import quizzes_of
from autograder.course.targets import find_target
from autograder.domain.attempt_words import say_doubtful
from autograder.domain.counts import describe_count
from autograder.domain.course import Environment
from autograder.errors import CourseError
from autograder.gradebook.store import Gradebook
from autograder.publishing.scores import attempt_scores, count_doubtful, count_older
from autograder.render import clean


@click.command()
@click.argument("names", nargs=-1)
@click.option("--final", is_flag=True, help="Print the final grades instead.")
@click.option("--why", "student", help="Print how the grade of this student comes about.")
@click.option("--attempts", is_flag=True, help="Tell of each student which file counts, and why.")
@options.as_csv
@options.as_json
def command(
    names: tuple[str, ...],
    final: bool,  # noqa: FBT001 - click passes options by name
    student: str | None,
    attempts: bool,  # noqa: FBT001
    table: str | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Print the scores of assignments and quizzes NAMES (all of them by default), a line a student.

    Quizzes are those that have a table [quizzes.NAME] in course.toml. Of several files the one that counts
    is shown, with how late it is and what the others would give (a share of 1, lateness paid for); with
    --attempts line by line, in JSON with all that decides it. --final prints final grades: lateness, free
    days, drops, extensions, absences, decisions and exam marks reckoned in, of the whole roster. --why prints
    one student's grade line by line.

    \b
    Example:
        autograder grades gradients
        autograder grades --final --csv
        autograder grades --why ada
    """
    if attempts and (final or student is not None):
        raise click.UsageError("--attempts is of scores: --final and --why tell it by themselves")
    refuse_together(final=final, names=bool(names), why=student is not None)
    if table and (as_json or attempts or student is not None):
        raise click.UsageError("--csv goes without --json, --attempts and --why")
    course, now = course_here(), datetime.now(UTC)
    quizzes = [each.name for each in course.course.quizzes]
    every = (*(each.name for each in course.course.assignments), *quizzes)
    wanted = tuple(name if name in quizzes else course.settings(name).name for name in names) or every
    with graded_class(course, now) as (graded, gradebook):
        if student is not None:
            show = why_json if as_json else print_why
            show(course, graded, student, graded.unpublished(gradebook))
        elif final and table:
            give_text(table, final_csv(graded), access=course.folder.access)
            _remark(course, graded, gradebook, aside=True)
        elif final and as_json:
            click.echo(json.dumps({**final_json(course, graded), **_remarks_json(course, graded, gradebook)}))
        elif final:
            print_final(graded)
            _remark(course, graded, gradebook)
        else:
            told, scores = _scores(course, graded, wanted)
            if as_json and attempts:
                click.echo(json.dumps(attempts_json(graded, scores, wanted, zone=zone_of(course))))
            elif as_json:
                click.echo(json.dumps(scores))
            elif table:
                rows = _list_scores(graded, told, scores, wanted)
                give_csv(table, ("id", "name", *wanted), rows, access=course.folder.access)
            else:
                called = names_of(graded.history.students)
                lines = [
                    (student, called.get(student, ""), *(row.get(each, "-") for each in wanted))
                    for student, row in sorted(told.items())
                ]
                print_rows(("student", "name", *wanted), lines)
                for line in describe_attempts(graded, wanted, every=attempts):
                    click.echo(clean(line))
            _remark(course, graded, gradebook, wanted, aside=as_json or table is not None)


def refuse_together(*, final: bool, names: bool, why: bool) -> None:
    """Raise UsageError for options that do not go together."""
    if final and (names or why):
        raise click.UsageError("--final is of the whole course: it takes no NAMES, and --why goes without it")
    if why and names:
        raise click.UsageError("--why is of the whole grade: it takes no NAMES")


def _scores(
    course: OpenCourse, graded: GradedClass, wanted: tuple[str, ...]
) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, float | None]]]:
    """The table as it is printed, and the scores as numbers."""
    table: dict[str, dict[str, str]] = {each.id: {} for each in graded.history.students}
    scores: dict[str, dict[str, float | None]] = {}
    quizzes = [each.name for each in course.course.quizzes]
    for one in attempt_scores(graded.history, graded.grades()):
        # Of a quiz, its own line says more, unless a person decided otherwise.
        if one.assignment in wanted and (one.assignment not in quizzes or one.decided or one.questions):
            if not one.points:
                one = replace(one, points=_find_points(course, graded, one.assignment))
            table.setdefault(one.student, {})[one.assignment] = spoken_attempt(one)
            score = None if one.counting is None else float(one.counting)
            scores.setdefault(one.student, {})[one.assignment] = score
    opened = quizzes_of(course)
    # A quiz may stand in course.toml before it is written.
    for name in (name for name in wanted if name in quizzes and opened.path(name).is_file()):
        for line in opened.scores(name):
            if line.handed_in is not None and name not in table.get(line.student, {}):
                table.setdefault(line.student, {})[name] = spoken_quiz_score(line)
                scores.setdefault(line.student, {})[name] = None if line.score is None else float(line.score)
    return table, scores


def _find_points(course: OpenCourse, graded: GradedClass, name: str) -> Fraction:
    """Of how many points a work is of which nothing is judged; 0 where its notebook cannot be read."""
    try:
        return find_target(course, graded, name).points
    except CourseError:
        return Fraction(0)


def _list_scores(
    graded: GradedClass,
    told: Mapping[str, Mapping[str, str]],
    scores: Mapping[str, Mapping[str, float | None]],
    wanted: Sequence[str],
) -> Iterator[tuple[object, ...]]:
    """The scores for a spreadsheet: numbers; where there is none yet, what the table on the terminal says."""
    names = names_of(graded.history.students)
    for student, row in sorted(told.items()):
        points = scores.get(student, {})
        cells = (row.get(each) if points.get(each) is None else points[each] for each in wanted)
        yield student, names.get(student, ""), *cells


def _remark(
    course: OpenCourse,
    graded: GradedClass,
    gradebook: Gradebook,
    wanted: Sequence[str] = (),
    *,
    aside: bool = False,
) -> None:
    """Say below the table what an instructor should know of it; aside where scripts read the table."""
    for name in (each.name for each in course.course.assignments if each.name in wanted):
        if forgeable := course.forgeable(name):
            click.echo(clean(f"{name}: {forgeable}"), err=aside)
    for name, count in sorted(count_doubtful(graded.history).items()):
        click.echo(str(say_doubtful(name, count)), err=aside)
    for unlisted in graded.history.say_unlisted():
        click.echo(clean(unlisted), err=aside)
    older = _count_older(course, graded)
    if older and not aside:
        many = describe_count(sum(older.values()), "report was", "reports were")
        # A quiz, whose answers have no reports, is never among them.
        advice = f"`autograder regrade NAME --dry-run` says what would change: {', '.join(older)}"
        click.echo(f"{many} made by an older version. {advice}", err=aside)
    if course.course.environment != Environment() and not aside:
        _name_environment(course)
    print_unpublished(graded.unpublished(gradebook), aside=aside)


def _name_environment(course: OpenCourse) -> None:
    """Say with what student code is run, or why it cannot be: marks are shown all the same."""
    try:
        click.echo(clean(f"Student code is run with {course.interpreter().words}."))
    except CourseError as error:
        click.echo(clean(f"autograder: {error}"), err=True)


def _count_older(course: OpenCourse, graded: GradedClass) -> dict[str, int]:
    """How many reports of each assignment were made by another revision of it, or by another program."""
    reported = {one.assignment for one in graded.history.submissions if one.marks is not None}
    names = (each.name for each in course.course.assignments if each.name in reported)
    try:
        versions = dict(course.versions())
    except CourseError:  # the environment is not there: who would judge is not known
        versions = {}
    return count_older(graded.history, versions, course.revisions(names))


def _remarks_json(course: OpenCourse, graded: GradedClass, gradebook: Gradebook) -> dict[str, object]:
    return {
        "doubtful_times": count_doubtful(graded.history),
        "unlisted_works": dict(graded.history.unlisted),
        "older_reports": sum(_count_older(course, graded).values()),
        "unpublished": unpublished_json(graded.unpublished(gradebook)),
    }
