"""What leads to the pages of staff: two tables, to which a new page adds its line.

Whether somebody is shown a link follows from the right of its route.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.domain.course import Course
from autograder.domain.people import CoursePerson
from autograder.web.rights import RIGHTS, allows


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """A page, by the route that answers it."""

    route: str
    label: str
    of_assignments: bool = False
    """Whether a quiz has no such page."""


CLASS_LINKS = (
    NavigationLink("/class", "Class"),
    NavigationLink("/class/students", "Students"),
    NavigationLink("/class/grades", "Grades"),
    NavigationLink("/class/requests", "Requests"),
    NavigationLink("/class/exam", "Exam"),
    NavigationLink("/class/publish", "Publish"),
    NavigationLink("/class/exports", "Exports"),
    NavigationLink("/class/incidents", "Incidents"),
    NavigationLink("/class/log", "Log"),
    NavigationLink("/admin", "Server"),
)
"""Above every page of whoever teaches. The first that somebody may open is where they begin."""
WORK_LINKS = (
    NavigationLink("/class/work/{name}", "Overview"),
    NavigationLink("/class/work/{name}/table", "Marks"),
    NavigationLink("/class/work/{name}/mark", "Mark by hand"),
    NavigationLink("/class/work/{name}/check", "Check", of_assignments=True),
    NavigationLink("/class/work/{name}/release", "Release", of_assignments=True),
    NavigationLink("/class/work/{name}/collect", "Collect", of_assignments=True),
    NavigationLink("/class/work/{name}/grade", "Grade", of_assignments=True),
    NavigationLink("/class/work/{name}/regrade", "Judge again"),
    NavigationLink("/class/work/{name}/publish", "Publish"),
)
"""Above every page on one assignment or quiz."""


@dataclass(frozen=True, slots=True)
class ShownLink:
    """A link as it stands on a page."""

    path: str
    label: str
    current: str = ""
    """What `aria-current` says of it: "page" on the page itself, "true" on one below it."""


def list_links(
    links: Sequence[NavigationLink],
    person: CoursePerson | None,
    course: Course,
    params: Mapping[str, str],
    *,
    here: str = "",
) -> tuple[ShownLink, ...]:
    """Those links that a person may follow, on the page whose path is `here`."""
    is_quiz = course.settings(params.get("name", "")) is None
    allowed = [
        each
        for each in links
        if not (each.of_assignments and is_quiz) and allows(RIGHTS["GET", each.route], person, course, params)
    ]
    paths = [each.route.format_map(params) for each in allowed]
    above = [path for path in paths if f"{here}/".startswith(f"{path}/")]
    nearest = max(above, key=len, default=None)
    return tuple(
        ShownLink(path, each.label, "" if path != nearest else "page" if path == here else "true")
        for each, path in zip(allowed, paths, strict=True)
    )
