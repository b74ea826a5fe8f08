"""The page on a class in one homework: for instructors, with numbers in place of names unless asked."""

from collections.abc import Callable, Iterable

from autograder.analytics.homework import SeenClass
from autograder.analytics.items import ENOUGH
from autograder.render.environment import render_page


def render_class_page(
    seen: SeenClass, *, name: str, title: str, course: str, label: Callable[[str], str]
) -> str:
    """The page as one HTML file that needs nothing else.

    Args:
        seen: what there is to show.
        name: the assignment, as commands name it.
        title: its title.
        course: the title of the course.
        label: what a student is called on the page.
    """

    def labels(students: Iterable[str]) -> str:
        # In the order of the labels: that of the names would tell of them.
        return ", ".join(sorted(map(label, students)))

    return render_page(
        "class.html",
        "quiz.css",
        "class.css",
        seen=seen,
        name=name,
        title=title,
        course=course,
        labels=labels,
        enough=ENOUGH,
    )
