"""Taking back rights that are too wide, said before it is done."""

import click

from autograder.course.opened import OpenCourse
from autograder.render import clean


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
