"""`autograder export NAME --to PLATFORM`."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import click

from autograder.cli import options
from autograder.cli.main import NEEDS_PERSON
from autograder.cli.nbgrader_lines import nbgrader_json, tell_nbgrader
from autograder.cli.unpublished import find_unpublished_of, print_unpublished, unpublished_json
from autograder.course.opened import OpenCourse, course_here
from autograder.domain.counts import describe_count
from autograder.interop.completion import CellChange, LineNote, Reconciliation
from autograder.interop.grades_csv import ENCODINGS, STYLES
from autograder.interop.nbgrader_gradebook import NbgraderReconciliation
from autograder.interop.otter_grades import FILE_NAME
from autograder.interop.whose_line import FileLine
from autograder.publishing.export import PLATFORMS, ExportRequest, export_marks, write_new
from autograder.render import clean
from autograder.services.exported import final_marks, work_marks
from autograder.services.nbgrader import export_to_nbgrader
from autograder.services.otter import export_to_otter
from autograder.services.persons import export_person


class _Points(click.ParamType[Fraction]):
    name = "points"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        try:
            found = Fraction(str(value).replace(",", "."))
        except (ValueError, ZeroDivisionError):
            found = Fraction(0)
        if found <= 0:
            self.fail(f"{value} is no number of points above 0")
        return found


@click.command()
@click.argument("name", required=False)
@click.option("--final", is_flag=True, help="The final grades, in place of NAME.")
@click.option(
    "--to", "platform", type=click.Choice((*PLATFORMS, "nbgrader", "otter")), help="For which platform."
)
@click.option("--person", metavar="STUDENT", help="Instead: all that is recorded of one student, as a zip.")
@click.option(
    "--into",
    type=click.Path(exists=True, path_type=Path),
    help="The platform's own file, to be completed; for nbgrader, the folder of its course.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write [default: in exports/]."
)
@click.option("--column", default="", help="Heading of the column of the marks (Apogée: the code).")
@click.option("--session", type=click.IntRange(0, 2), help="Session of the column (Apogée).")
@click.option("--out-of", type=_Points(), help="Of how many points, where the file does not say.")
@click.option("--no-codes", is_flag=True, help="Numbers in place of ABI where there is one (Apogée).")
@click.option("--feedback", is_flag=True, help="Fill Moodle's column of feedback, from the reports.")
@click.option("--language", type=click.Choice(tuple(STYLES)), default="en", help="Of the spreadsheet (csv).")
@click.option("--encoding", type=click.Choice(ENCODINGS), default=ENCODINGS[0], help="Of the file (csv).")
@options.python
@click.option("--add-students", is_flag=True, help="Add students whom nbgrader's gradebook does not know.")
@click.option("--yes", is_flag=True, help="Overwrite marks that stand there already, and the file to write.")
@options.as_json
def command(
    name: str | None,
    final: bool,  # noqa: FBT001
    platform: str | None,
    person: str | None,
    into: Path | None,
    out: Path | None,
    column: str,
    session: int | None,
    out_of: Fraction | None,
    no_codes: bool,  # noqa: FBT001
    feedback: bool,  # noqa: FBT001
    language: str,
    encoding: str,
    python: Path | None,
    add_students: bool,  # noqa: FBT001
    yes: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Write the marks of the assignment or quiz NAME, or final grades, for a platform.

    Moodle's grading worksheet or gradebook, Canvas' gradebook and Apogée's file are completed: only cells of
    marks change. What is written is read back and compared with the class; the exit code is 1 if anything is
    unmatched.

    For nbgrader, its gradebook and autograded/ are filled by its own code, so that formgrader shows the marks
    beside the cells they belong to; scores that people gave there stay. All is written or nothing. For Otter,
    a table as `otter grade` writes it.

    With --person, everything that is recorded of one student is written to a zip file: what they handed in,
    reports, marks by hand, answers to quizzes, decisions, published grades.

    \b
    Example:
        autograder export gradients --to moodle --into worksheet.csv
        autograder export gradients --to nbgrader --into ~/nbgrader-course
        autograder export --final --to apogee --into M2.TXT --column GBX9AM01
        autograder export --person amelie.durand --out amelie.zip
    """
    course, now = course_here(), datetime.now(UTC)
    if person is not None:
        if name or final or platform or into:
            raise click.UsageError(
                "--person exports one student, and no NAME, --final, --to or --into goes with it"
            )
        written = export_person(course, person, out or course.folder.path / "exports" / f"{person}.zip")
        click.echo(f"{written}: all that is recorded of {clean(person)}")
        return
    if platform is None or final == (name is not None):
        raise click.UsageError("name an assignment or quiz, or --final, and --to; or --person STUDENT")
    if final and feedback:
        raise click.UsageError("final grades have no feedback: leave --feedback out")
    if platform == "nbgrader":
        told = _to_nbgrader(course, name, into, now, python=python, add_students=add_students)
        click.echo(json.dumps(nbgrader_json(told)) if as_json else "\n".join(tell_nbgrader(told)))
        click.get_current_context().exit(NEEDS_PERSON if told.needs_person else 0)
    if platform == "otter":
        _to_otter(course, name, out, now, overwrite=yes)
        return
    if into is not None and into.is_dir():
        raise click.UsageError(f"--into {into} is a folder, and {platform} gives a file")
    marks = final_marks(course, now) if name is None else work_marks(course, name, now, feedback=feedback)
    marks = marks.without_codes_first() if no_codes else marks
    target = out or course.folder.path / "exports" / (into.name if into else f"{marks.name}.csv")
    request = ExportRequest(
        platform,
        target,
        into,
        column,
        session,
        out_of,
        feedback,
        language=language,
        encoding=encoding,
        overwrite=yes,
        access=course.folder.access,
    )
    completed = export_marks(marks, course.course.roster, request)
    with course.gradebook(read_only=True) as gradebook:
        unpublished = find_unpublished_of(course, gradebook, name)
    if as_json:
        click.echo(json.dumps({**to_json(completed, target), "unpublished": unpublished_json(unpublished)}))
    else:
        print_reconciliation(completed, target)
        print_unpublished(unpublished, aside=False)
    click.get_current_context().exit(NEEDS_PERSON if completed.needs_person else 0)


def _to_nbgrader(
    course: OpenCourse,
    name: str | None,
    into: Path | None,
    now: datetime,
    *,
    python: Path | None,
    add_students: bool,
) -> NbgraderReconciliation:
    if name is None or course.course.quiz_settings(name) is not None:
        raise click.UsageError("nbgrader has marks of assignments: name one")
    if into is None or not into.is_dir():
        raise click.UsageError("--into FOLDER names the folder of the nbgrader course")
    return export_to_nbgrader(course, name, into, now, python=python, add_students=add_students)


def _to_otter(
    course: OpenCourse, name: str | None, out: Path | None, now: datetime, *, overwrite: bool
) -> None:
    if name is None or course.course.quiz_settings(name) is not None:
        raise click.UsageError("Otter's table has marks of assignments: name one")
    table = export_to_otter(course, name, now)
    target = out or course.folder.path / "exports" / name / FILE_NAME
    write_new(target, table.content, course.folder.access, overwrite=overwrite)
    click.echo(f"{target}: {describe_count(len(table.students), 'submission')}")
    for remark in table.remarks:
        click.echo(f"note: {clean(remark)}")
    print_lines("without a graded submission", table.without)
    print_lines("could not be judged whole: look at them", table.unjudged)
    click.get_current_context().exit(NEEDS_PERSON if table.unjudged else 0)


def print_reconciliation(told: Reconciliation, written: Path) -> None:
    """Print what came of every line."""
    if told.written:
        click.echo(f"{written}: column {clean(told.column)!r}")
    else:
        click.echo("no line of the file is a student's here: nothing was written")
    for remark in told.remarks:
        click.echo(f"note: {clean(remark)}")
    click.echo(f"filled: {len(told.filled)}")
    if told.feedback:
        click.echo(f"feedback filled: {told.feedback}")
    if told.same:
        click.echo(f"there already: {len(told.same)}")
    print_lines("overwritten", (_spell_change(each) for each in told.overwritten))
    print_lines("another mark stands there and was kept (--yes overwrites it)", map(_spell_change, told.kept))
    filled = (*told.filled, *told.overwritten)
    print_lines("codes", (f"{each.line}: {each.after}" for each in filled if each.after.isalpha()))
    print_lines("known by their name alone", (str(line) for line in told.by_name))
    print_lines("in the file, without a mark here", map(_spell_note, told.without))
    print_lines("in the file, and the platform takes no mark", map(_spell_note, told.refused))
    print_lines("in the file and not here", (f"{line}: {why}" for line, why in told.unknown))
    print_lines("here and not in the file", told.missing)


def _spell_change(change: CellChange) -> str:
    return f"{change.line}: {change.before} there, {change.after} here"


def _spell_note(note: LineNote) -> str:
    return f"{note.line}: {note.why}"


def print_lines(what: str, lines: Iterable[str]) -> None:
    """Print how many there are of something, and each on a line of its own; nothing where there are none."""
    listed = list(lines)
    if listed:
        click.echo(f"{what}: {len(listed)}")
        for line in listed:
            click.echo(f"  {clean(line)}")


def to_json(told: Reconciliation, written: Path) -> dict[str, object]:
    """The same for scripts."""

    def changes(found: Iterable[CellChange]) -> list[dict[str, object]]:
        return [
            {"student": c.student, "line": c.line.number, "before": c.before, "after": c.after} for c in found
        ]

    def notes(found: Iterable[LineNote]) -> list[dict[str, object]]:
        return [{"student": each.student, "line": each.line.number, "why": each.why} for each in found]

    def lines(found: Iterable[tuple[FileLine, str]]) -> list[dict[str, object]]:
        return [{"line": line.number, "name": line.name, "ids": line.ids, "why": why} for line, why in found]

    return {
        "file": str(written) if told.written else None,
        "column": told.column,
        "filled": changes(told.filled),
        "same": changes(told.same),
        "overwritten": changes(told.overwritten),
        "kept": changes(told.kept),
        "without": notes(told.without),
        "refused": notes(told.refused),
        "not_here": lines(told.unknown),
        "not_in_file": list(told.missing),
        "by_name": [line.number for line in told.by_name],
        "feedback": told.feedback,
        "remarks": list(told.remarks),
    }
