"""What changed since grades were published, told wherever grades are shown."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import click

from autograder.course.graded import read_unpublished
from autograder.course.opened import OpenCourse
from autograder.domain.counts import describe_count
from autograder.gradebook.store import Gradebook
from autograder.publishing.publication import PublishedChange

Unpublished = Mapping[str | None, Sequence[PublishedChange]]
"""What changed since each last publication, by work; None is the final grade."""


def print_unpublished(unpublished: Unpublished, *, aside: bool) -> None:
    """Print how many students see another grade than they have; aside where scripts read what is printed."""
    for work, changes in unpublished.items():
        students = describe_count(len(changes), "student")
        down = sum(each.down for each in changes)
        click.echo(f"unpublished changes of {work or 'the final grades'}: {students}, {down} down", err=aside)


def unpublished_json(unpublished: Unpublished) -> list[dict[str, object]]:
    """The same for scripts."""
    return [
        {"work": work, "students": len(changes), "down": sum(each.down for each in changes)}
        for work, changes in unpublished.items()
    ]


def find_unpublished_of(course: OpenCourse, gradebook: Gradebook, name: str | None) -> Unpublished:
    """The same of one work (None: of none) and of the final grades, where anything of them was published."""
    return read_unpublished(course, gradebook, datetime.now(UTC), {name, None})
