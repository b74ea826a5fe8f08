"""What students receive is normalised, valid for Jupyter, and never solved."""

import json
import warnings
from pathlib import Path

import pytest
from notebook_samples import (
    ANSWER,
    EXAMPLES,
    GRAD_ANSWER,
    GRAD_EXAMPLES,
    PLOT,
    STUB,
    answered,
    code,
    content,
    released_cells,
    text,
)

from autograder.errors import CourseError
from autograder.notebook.assignment import read_assignment
from autograder.notebook.match import match
from autograder.notebook.read import read
from autograder.notebook.release import release
from autograder.notebook.released import Released
from autograder.notebook.solved import solve

ASSIGNMENTS = sorted(Path(__file__).parents[2].glob("assignments/*/*.ipynb"))
REFERENCES = {
    "quad": '@question(\n    points=2,\n)\ndef quad(A, w):\n    """The form."""\n    return w @ A @ w\n',
    "quad_grad": f"def both(A):\n    return A + A.T\n\n\n{GRAD_ANSWER}",
}


def validate(notebook: bytes) -> None:
    """Ask the real nbformat, in the strictest way it has."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import nbformat
    nbformat.validate(nbformat.reads(notebook.decode(), as_version=4), relax_add_props=False)


def worn_cells():
    """The released cells as an author leaves them: run, with counts, outputs and odd metadata."""
    ran = [
        cell | {"execution_count": 7, "metadata": {"collapsed": True, "tags": ["keep"], "editable": False}}
        for cell in released_cells()
    ]
    ran[1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "hello"}]
    ran[4]["outputs"] = [failed("NotImplementedError")]
    ran[6]["outputs"] = [failed("NameError")]
    return ran


def failed(name: str) -> dict[str, object]:
    """The output that Jupyter saves of a cell that raised."""
    return {"output_type": "error", "ename": name, "evalue": "", "traceback": []}


def test_a_released_notebook_is_the_source_without_traces_of_work():
    """Sources stay to the letter; outputs, counts and foreign metadata go."""
    notebook = json.loads(release(content(*worn_cells())))
    assert ["".join(cell["source"]) for cell in notebook["cells"]] == [
        cell["source"] for cell in released_cells()
    ]
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    for cell in notebook["cells"]:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
        assert cell["metadata"]["editable"] is False
        assert cell["metadata"]["tags"][0] == "keep"
        assert "collapsed" not in cell["metadata"]


def test_ids_are_made_of_the_names_of_questions():
    """So that a change of one question leaves the others' ids alone."""
    ids = [cell.id for cell in read(release(content(*released_cells()))).cells]
    assert ids == [
        "text",
        "support",
        "support-2",
        "quad-statement",
        "quad",
        "quad-examples",
        "quad-support",
        "quad_grad-statement",
        "quad_grad",
        "quad_grad-examples",
    ]


def test_names_that_cannot_be_ids_are_numbered():
    """Python's names may have letters that ids may not, and may be too long."""
    long = "f" * 80
    cells = [text("# T"), text("## 1. A (1 point)\n\nB"), code(STUB.replace("quad", "gradé"))]
    cells += [text("## 2. A (1 point)\n\nB"), code(STUB.replace("quad", long))]
    released = release(content(*cells))
    assert [cell.id for cell in read(released).cells if cell.kind == "code"] == ["question1", "question2"]
    validate(released)


def test_cells_that_need_an_answer_are_tagged_to_fail():
    """So that the notebook runs from top to bottom as it is released: examples, and plots of answers."""
    tagged = [cell.source for cell in read(release(content(*released_cells()))).cells if cell.tags]
    assert tagged == [EXAMPLES, PLOT, GRAD_EXAMPLES]


def test_releasing_is_deterministic_and_idempotent():
    """The same source gives the same bytes, and a released notebook is its own release."""
    once = release(content(*worn_cells()))
    assert release(content(*worn_cells())) == once
    assert release(once) == once


def test_pictures_in_the_statement_are_kept():
    """Attachments belong to markdown cells."""
    picture = {"a.png": {"image/png": "aGVsbG8="}}
    cells = released_cells()
    cells[0]["attachments"] = picture
    released = release(content(*cells))
    assert json.loads(released)["cells"][0]["attachments"] == picture
    validate(released)


def test_a_solved_notebook_is_never_released():
    """Every function with a body where a stub should be is named."""
    with pytest.raises(CourseError) as caught:
        release(content(*answered()), path="a.ipynb")
    whats = [str(flaw) for flaw in caught.value.flaws]
    assert any("question 1 has no stub: cell 5 has a function with a body" in what for what in whats)
    assert any("question 2 has no stub: cell 9 has a function with a body" in what for what in whats)


@pytest.mark.parametrize("ename", ["NameError", "AssertionError", "ModuleNotFoundError"])
def test_a_notebook_that_was_saved_with_an_error_is_not_released(ename):
    """Except where the missing answer is the reason."""
    cells = released_cells()
    cells[2]["outputs"] = [failed(ename)]
    with pytest.raises(CourseError, match=f"cell 3: was saved with a {ename}"):
        release(content(*cells))


def test_the_old_format_is_not_released():
    """Students would open it to a question whether to convert it."""
    cells = [
        {"cell_type": "markdown", "source": "# T\n\n## 1. A (1 point)\n\nB"},
        {"cell_type": "code", "input": STUB},
    ]
    with pytest.raises(CourseError, match="old format 3"):
        release(json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode())


def test_a_released_notebook_is_valid():
    """For the real nbformat, which we do not import ourselves."""
    validate(release(content(*released_cells())))
    validate(solve(content(*released_cells()), REFERENCES))


def test_a_solved_notebook_has_references_in_place_of_stubs():
    """Without the decorators of their module, with what they need; nothing is expected to fail."""
    solved = solve(content(*released_cells()), REFERENCES)
    cells = read(solved).cells
    assert cells[4].source == 'def quad(A, w):\n    """The form."""\n    return w @ A @ w'
    assert cells[8].source == REFERENCES["quad_grad"]
    assert [cell.id for cell in cells] == [
        cell.id for cell in read(release(content(*released_cells()))).cells
    ]
    assert not any(cell.tags for cell in cells)


def test_a_solved_notebook_answers_its_examples():
    """It runs from top to bottom."""
    source = content(*released_cells())
    found = match(read(solve(source, REFERENCES)), Released.from_content(source))
    space: dict[str, object] = {}
    for cell in found.notebook.cells:
        exec(cell.source, space)
    assert found.stubs == frozenset()


@pytest.mark.parametrize(
    ("references", "reason"),
    [
        ({"quad": ANSWER}, "`quad_grad` cannot be replaced: there is no reference of that name"),
        ({"quad": ANSWER, "quad_grad": "x = 1"}, "does not define that name"),
        ({"quad": ANSWER, "quad_grad": "def f("}, "`quad_grad` cannot be replaced"),
    ],
)
def test_a_stub_without_reference_is_named(references, reason):
    """With the number of its cell."""
    with pytest.raises(CourseError) as caught:
        solve(content(*released_cells()), references, path="a.ipynb")
    assert str(caught.value).startswith("a.ipynb, cell 9: ")
    assert reason in str(caught.value)


@pytest.mark.parametrize("path", ASSIGNMENTS, ids=lambda path: path.stem)
def test_the_assignments_of_this_course_can_be_released(path):
    """Valid, with the same questions, and no question answered."""
    released = release(path.read_bytes(), path=path.name)
    validate(released)
    before, after = read_assignment(path.read_bytes()), read_assignment(released)
    assert after.statements == before.statements
    prepared = Released.from_text(before)
    assert match(read(released), prepared).stubs == prepared.questions.keys()
