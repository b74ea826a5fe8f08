"""What was written for a part that a person marks is found, however its heading was treated."""

import json
from typing import Any

import pytest
from notebook_samples import ANSWER, IMPORTS, STUB, code, content, text

from autograder.notebook.match import match
from autograder.notebook.read import read
from autograder.notebook.release import release
from autograder.notebook.released import Released
from autograder.notebook.written import WrittenAnswer, written_answers

HEADING = "## 2. Losses of random starts (2 points, by hand)"
STATEMENT = HEADING + "\n\nDraw one figure.\n\n### Hint\n\nMind the axes."
PLACEHOLDER = "*Your comment: write here.*"
PROOF = "## 3. A proof of convexity (1 point, by hand)\n\nProve it."
PARTS = [
    text("# Training"),
    code(IMPORTS),
    text("## 1. The form (2 points)\n\nCompute it."),
    code(STUB),
    text("# By hand\n\nA person looks.\n\n" + STATEMENT),
    code("# your figure"),
    text(PLACEHOLDER),
    text(PROOF),
    text(PLACEHOLDER),
    text("# Before you submit\n\nSave it."),
]
RELEASED = Released.from_content(content(*PARTS))


def answers(*cells: dict[str, Any]) -> dict[str, WrittenAnswer]:
    notebook = read(content(*cells))
    return written_answers(notebook, RELEASED.text.statements, RELEASED.places)


def figure(*cells: dict[str, Any]) -> WrittenAnswer:
    return answers(*cells)["written-2"]


def said(answer: WrittenAnswer) -> str:
    return "\n".join(cell.source for cell in answer.cells)


def with_answer(*cells: dict[str, Any]) -> list[dict[str, Any]]:
    """The released cells with these in place of the figure and of the comment."""
    return [*PARTS[:5], *cells, *PARTS[7:]]


def test_what_stands_below_the_heading_is_the_answer() -> None:
    """Text that was released is left out, and the next part is not this one's."""
    found = figure(*with_answer(code("plt.plot(losses)"), text("Units are inactive.")))
    assert not found.empty
    assert [cell.source for cell in found.cells] == ["plt.plot(losses)", "Units are inactive."]
    assert [cell.number for cell in found.cells] == [6, 7]


def test_an_untouched_part_is_empty() -> None:
    """Also where the same placeholder stands in two parts, or was deleted."""
    for cells in (PARTS, with_answer(), with_answer(text(PLACEHOLDER), text("  \n"))):
        assert all(answer.empty and answer.found for answer in answers(*cells).values())


def test_a_part_that_is_gone_is_empty_and_not_found() -> None:
    gone = figure(*PARTS[:4])
    assert (gone.empty, gone.found) == (True, False)


@pytest.mark.parametrize(
    "heading",
    [
        "## 7. Losses of random starts (2 points, by hand)",
        "# Losses of random starts",
        "### 2) losses of Random Starts",
        "## Question 2: Losses for random starts (2 pts)",
        "**2. Losses of random starts**",
    ],
)
def test_a_heading_may_be_renumbered_and_retyped(heading: str) -> None:
    found = figure(*PARTS[:4], text(heading), text("Units are inactive."), *PARTS[7:])
    assert said(found) == "Units are inactive."
    assert figure(*PARTS[:4], text(heading + "\n\nDraw one figure."), *PARTS[7:]).empty


def test_an_answer_may_stand_in_the_cell_of_the_heading() -> None:
    """Then that cell is shown from the heading on."""
    found = figure(*PARTS[:4], text(PARTS[4]["source"] + "\n\nUnits are inactive."), *PARTS[7:])
    assert "Units are inactive." in said(found)
    assert "A person looks." not in said(found)


def test_headings_and_bold_lines_of_the_students_own_belong_to_the_answer() -> None:
    found = figure(*with_answer(text("## What I see\n\nThis.\n\n## Why\n\nThat."), text("**It stops.**")))
    assert said(found) == "## What I see\n\nThis.\n\n## Why\n\nThat.\n**It stops.**"


def test_a_heading_inside_code_is_none() -> None:
    """Neither in a code cell nor in a fence."""
    fenced = "```\n# Before you submit\n```\nstill mine"
    found = figure(*with_answer(code("# Before you submit\nx = 1"), text(fenced)))
    assert "still mine" in said(found)


def test_where_the_heading_is_gone_the_ids_of_the_cells_tell() -> None:
    """Jupyter keeps them."""
    cells = json.loads(release(content(*PARTS)))["cells"]
    del cells[4]
    cells[5]["source"] = "Units are inactive."
    del cells[6]
    found = figure(*cells)
    assert said(found) == "# your figure\nUnits are inactive."


def test_the_next_question_ends_the_answer_though_its_heading_is_gone() -> None:
    """Its function tells."""
    found = figure(text(STATEMENT), text("Mine."), code(ANSWER), text("Not mine."))
    assert said(found) == "Mine."


def test_an_answer_is_known_again_in_another_file() -> None:
    """By its content alone, wherever it stands."""
    one = figure(*with_answer(text("Units are inactive.")))
    other = figure(code("1 + 1"), *with_answer(text("Units are inactive.")))
    changed = figure(*with_answer(text("Units are active.")))
    assert one.digest == other.digest != changed.digest


def test_matching_tells_which_parts_are_unwritten() -> None:
    """So that the report can say it before a person has looked."""
    assert match(read(content(*PARTS)), RELEASED).unwritten == {"written-2", "written-3"}
    both = with_answer(text("Mine."))
    assert match(read(content(*both)), RELEASED).unwritten == {"written-3"}


def test_very_many_headings_cost_little() -> None:
    """A hostile notebook is not compared line by line for ever."""
    lines = "\n".join(f"# Losses of random {k} x" for k in range(20_000))
    assert not figure(*with_answer(text(lines))).empty
