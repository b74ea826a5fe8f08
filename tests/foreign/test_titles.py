"""A question whose name was drawn by chance is known by the heading that stands above it."""

from dataclasses import replace
from fractions import Fraction

import pytest
from foreign_assignment import nbgrader

from autograder.foreign.model import CellType, ForeignCell, ForeignRole
from autograder.foreign.titles import title_questions

FIRST, SECOND, OTHER = "cell-0123456789abcdef", "cell-00ff00ff00ff00ff", "squares"


def title(*texts: str, names: tuple[str, ...] = (FIRST,)) -> dict[str, str]:
    """The titles of questions that stand below some markdown, one behind the other."""
    made = nbgrader("", {"a": ("", "")}, dict.fromkeys(names, ("a", "assert x")))
    (notebook,) = made.notebooks
    above = [
        ForeignCell(f"m{place}", ForeignRole.PROVIDED, CellType.MARKDOWN, text)
        for place, text in enumerate(texts)
    ]
    return title_questions(replace(made, notebooks=(replace(notebook, cells=(*above, *notebook.cells)),)))


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("# Homework\n\n## **Part A**: the `norm` of $x$ ##", "Part A: the norm of $x$"),
        ("## Part A\n```\n# a comment\n```\n", "Part A"),
        ("#no heading\n####### nor this", None),
        ("## " + "long " * 40, "long " * 15 + "…"),
        ("## <b>Part</b> my__name", "Part my__name"),
    ],
)
def test_the_last_heading_above_is_the_title(text: str, heading: str | None) -> None:
    assert title("# Before", text).get(FIRST) == (heading or "Before")


def test_of_a_few_below_one_heading_each_has_a_number() -> None:
    names = (FIRST, OTHER, SECOND)
    assert title("# Squares", names=names) == {FIRST: "Squares (1)", SECOND: "Squares (3)"}


def test_a_heading_above_all_of_many_questions_tells_nothing() -> None:
    names = tuple(f"cell-{place:016x}" for place in range(5))
    assert title("# Homework", names=names) == {}


def test_without_a_heading_the_name_is_all_there_is() -> None:
    assert title("Text.") == {}


def test_the_heading_of_a_task_is_its_own_and_an_answer_has_none() -> None:
    made = nbgrader("", {"a": ("", "")}, {FIRST: ("a", "assert x"), SECOND: ("a", "assert y")})
    (notebook,) = made.notebooks
    answer = ForeignCell("w", ForeignRole.BY_HAND, CellType.MARKDOWN, "# Mine", points=Fraction(1))
    task = ForeignCell(SECOND, ForeignRole.TASK, CellType.MARKDOWN, "# Draw it")
    cells = [each for each in notebook.cells if each.id != SECOND]
    (made,) = [replace(made, notebooks=(replace(notebook, cells=(answer, *cells, task)),))]
    assert title_questions(made) == {SECOND: "Draw it"}
