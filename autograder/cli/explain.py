"""`autograder explain NAME STUDENT [QUESTION]`."""

from pathlib import Path

import click

from autograder.cli import options
from autograder.cli.tables import write_file
from autograder.course.opened import course_here
from autograder.course.people_named import require_students
from autograder.errors import CourseError, Flaw
from autograder.render import clean
from autograder.services.class_look import explain_submission, save_case_of


@click.command()
@click.argument("name")
@click.argument("student")
@click.argument("question", required=False)
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write one case of QUESTION to this file (.npz), and print the line that runs it.",
)
@click.option("--case", "label", default="", help="Which one [default: the first that lost something].")
@options.accept_isolation
def command(
    name: str, student: str, question: str | None, save: Path | None, label: str, accept_isolation: int
) -> None:
    """Show every hidden case of STUDENT's latest submission for NAME: for instructors, for appeals.

    Prints arguments, expected value, answer and difference; of an adopted assignment each test, hidden ones
    too, with the statement where it stops. Nothing is recorded.

    \b
    Example:
        autograder explain gradients amelie.durand quad_grad
        autograder explain gradients amelie.durand quad_grad --save case.npz
    """
    if save is not None and not question:
        raise click.UsageError("--save goes with a QUESTION")
    if label and save is None:
        raise click.UsageError("--case goes with --save")
    course = course_here()
    with course.gradebook(read_only=True) as gradebook:
        require_students(course, gradebook, [student])
        submission = next(iter(gradebook.latest_submissions(name, students=[student])), None)
    if submission is None:
        what = f"has handed in nothing for {name}"
        raise CourseError([Flaw(student, what, "`autograder grades` shows who has a score")])
    if save is not None:
        target = save if save.suffix == ".npz" else save.with_name(f"{save.name}.npz")
        saved = save_case_of(course, submission, question or "", accept_level=accept_isolation, label=label)
        write_file(target, saved.content, access=course.folder.access)
        click.echo(
            f"{target} holds the case {clean(saved.label)!r}, which students must not see. Run it with:"
        )
        click.echo(f"  import numpy as np; case = np.load({str(target)!r}); {saved.call}")
        if saved.others:
            click.echo(f"It holds {' and '.join(saved.others)} too.")
        return
    told = explain_submission(course, submission, accept_level=accept_isolation, question=question or "")
    for line in told:
        click.echo(clean(line))
