"""Taking back rights that are too wide, said before it is done."""

from datetime import UTC, datetime

import click

from autograder.course.opened import OpenCourse
from autograder.render import clean


def remind(course: OpenCourse) -> None:
    """Say that the time is over for which people are kept, where it is."""
    if not course.course.keep_months:
        return
    from autograder.services.persons import find_retention

    with course.gradebook(read_only=True) as gradebook:
        retention = find_retention(course, gradebook)
    if retention is not None and datetime.now(UTC) >= retention.ends:
        click.echo(
            f"[privacy] keep ended on {retention.ends:%Y-%m-%d}: keep an archive (`autograder backup`), "
            f"and from {retention.erasable:%Y-%m-%d} on `autograder erase --course` erases who took part",
            err=True,
        )


def tighten(course: OpenCourse) -> None:
    """Give files and folders of an earlier day the rights of today, after saying so."""
    wide = course.find_wide()
    if not wide:
        return
    group = course.folder.access.group
    whom = f"you and the group {group}" if group else "you (a group can be named: [privacy] group)"
    first = clean(str(wide[0].relative_to(course.folder.path)))
    more = f" and {len(wide) - 1} more" if len(wide) > 1 else ""
    click.echo(f"{first}{more} may be read by others than course.toml says: from now on by {whom}", err=True)
    for path in wide:
        course.folder.access.set(path)
