"""`autograder demo`."""

import shlex
import shutil
import sys
from collections import Counter
from pathlib import Path

import click

from autograder.cli import options
from autograder.cli.main import DONE, NEEDS_PERSON
from autograder.cli.progress import follow
from autograder.cli.summary import print_summary
from autograder.course.opened import OpenCourse, open_course
from autograder.course.scaffold import make_course
from autograder.demo.classroom import Sample, format_roster, hand_in, make_class
from autograder.domain.report import Report
from autograder.domain.submission import Submission
from autograder.errors import CourseError, Flaw
from autograder.grading.batch import drawing, grade_pile, record_and_write
from autograder.notebook.release import release

_NAME = "gradients"
_MARK = ".demo"
"""A file that tells a folder made by an earlier demo, which may be replaced, from anything else."""


@click.command()
@click.argument("folder", default="demo-class", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--size", type=click.IntRange(1, 1000), default=60, show_default=True, help="How many students."
)
@options.jobs
def command(folder: Path, size: int, jobs: int) -> None:
    """Grade a sample class in FOLDER: release, hand in, grade, store, write the reports.

    The class is our own code, so it is graded at whatever level of isolation this machine has; the level is
    printed.

    \b
    Example:
        autograder demo
    """
    _make_room(folder)
    course = open_course(folder)
    samples = _hand_in(course, size)
    reports = _grade(course, jobs)
    print_summary(reports)
    isolation = reports[0].isolation
    click.echo(f"Isolation: level {isolation.level} ({', '.join(isolation.layers)})")
    _say_where_to_look(folder, samples)
    sys.exit(NEEDS_PERSON if any(report.needs_person for report in reports) else DONE)


def _make_room(folder: Path) -> None:
    if (folder / _MARK).is_file():
        shutil.rmtree(folder)
    if folder.exists():
        raise CourseError([Flaw(str(folder), "exists and was not made by a demo", "name another folder")])
    make_course(folder)
    (folder / _MARK).touch()
    secret = folder / ".autograder" / "secret"  # the same cases in every demo
    secret.parent.mkdir(mode=0o700)
    secret.write_text("de" * 32, encoding="utf-8")
    secret.chmod(0o600)


def _hand_in(course: OpenCourse, size: int) -> tuple[Sample, ...]:
    """Release the notebook, and have a class of generated students hand it in."""
    folder = course.folder.path
    released = release(course.notebook(_NAME).read_bytes())
    target = folder / "release" / _NAME / f"{_NAME}.ipynb"
    target.parent.mkdir(parents=True)
    target.write_bytes(released)
    samples = make_class(released, course.module(_NAME), size=size)
    hand_in(samples, folder / "submissions" / _NAME, filename=f"{_NAME}.ipynb")
    (folder / "students.csv").write_text(format_roster(samples), encoding="utf-8")
    click.echo(f"released {target}, and {len(samples)} students handed it in")
    return samples


def _grade(course: OpenCourse, jobs: int) -> list[Report]:
    course = open_course(course.folder.path)  # with its students
    assignment, folder = course.assignment(_NAME), course.folder.path
    with course.gradebook() as gradebook:
        arrivals = course.arrivals(folder / "submissions" / _NAME, assignment.settings)
        gradebook.receive(one for one in arrivals if isinstance(one, Submission))
        pile = gradebook.pending(_NAME)
        draw = drawing(course.course)
        graded = grade_pile(pile, assignment, course.runner_maker(1, assignment), draw, workers=jobs)
        return list(follow(record_and_write(graded, gradebook, folder / "reports" / _NAME), len(pile)))


def _say_where_to_look(folder: Path, samples: tuple[Sample, ...]) -> None:
    first = {sample.archetype: sample.student for sample in reversed(samples)}
    kinds = Counter(sample.archetype for sample in samples)
    click.echo(f"{len(kinds)} kinds of submissions; one report of each:")
    for archetype, student in sorted(first.items()):
        click.echo(f"  {archetype.replace('_', ' '):<28} {folder}/reports/{_NAME}/{student}/report.html")
    called = Path(sys.argv[0]).absolute()
    program = shlex.quote(str(called)) if called.name == "autograder" else "autograder"
    click.echo(f"Everything lies in {folder}. The scores: cd {shlex.quote(str(folder))} && {program} grades")
