"""A submission runs as submitted; what students do to notebooks by accident is mended and said."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notebook_samples import (
    ANSWER,
    DATA,
    EXAMPLES,
    GRAD_ANSWER,
    GRAD_EXAMPLES,
    GRAD_STUB,
    IMPORTS,
    PLOT,
    STUB,
    answered,
    code,
    content,
    released_cells,
    text,
)

from autograder.domain.notebook import Cell, CellKind, Notebook
from autograder.notebook.match import Matched, match
from autograder.notebook.read import read
from autograder.notebook.released import Released

RELEASED = Released.from_content(content(*released_cells()))


def matched(*cells: object) -> Matched:
    """The cells matched; strings are code."""
    return match(read(content(*(code(cell) if isinstance(cell, str) else cell for cell in cells))), RELEASED)


def sources(found: Matched) -> list[str]:
    return [cell.source for cell in found.notebook.cells]


def notes(found: Matched) -> tuple[str, ...]:
    return tuple(map(str, found.notes))


def numbers(found: Matched) -> list[int]:
    return [cell.number for cell in found.notebook.cells]


def test_an_answered_notebook_runs_as_it_is():
    """Nothing is added, skipped or said."""
    found = matched(*answered())
    assert sources(found) == [IMPORTS, DATA, ANSWER, EXAMPLES, PLOT, GRAD_ANSWER, GRAD_EXAMPLES]
    assert numbers(found) == [2, 3, 5, 6, 7, 9, 10]
    assert found.notes == found.skipped == ()
    assert found.stubs == frozenset()
    assert found.found == ("quad", "quad_grad")
    assert found.source == "\n\n".join(sources(found))


def test_an_untouched_notebook_is_all_stubs():
    """Stubs are no answers."""
    found = matched(*released_cells())
    assert found.stubs == {"quad", "quad_grad"}
    assert found.notes == ()


@pytest.mark.parametrize(
    "edited",
    [
        STUB.replace("# YOUR CODE HERE", "# I do not know yet"),
        STUB.replace("w'Aw, for", "My words for"),
        STUB.replace("    ", "  "),
        STUB.replace("NotImplementedError", 'NotImplementedError("todo")'),
    ],
)
def test_a_stub_with_other_comments_is_still_the_stub(edited):
    """Cells are compared by what they do."""
    assert matched(IMPORTS, DATA, edited, GRAD_ANSWER).stubs == {"quad"}
    assert matched(IMPORTS, DATA, ANSWER, edited, GRAD_ANSWER).stubs == frozenset()


def test_a_stub_copied_below_its_answer_does_not_undo_it():
    """The copy is skipped, and the student reads which."""
    found = matched(IMPORTS, DATA, ANSWER, GRAD_ANSWER, STUB)
    assert STUB not in sources(found)
    assert found.skipped == (Cell(CellKind.CODE, STUB, 5),)
    assert notes(found) == (
        "Cell 5: the stub of `quad`, which cell 3 defines already; the stub was left out.",
    )


def test_a_stub_above_its_answer_runs():
    """The notebook runs top to bottom: the later definition holds."""
    found = matched(IMPORTS, DATA, STUB, ANSWER, GRAD_ANSWER)
    assert found.skipped == found.notes == ()
    assert found.stubs == frozenset()


def test_only_the_stub_is_taken_out_of_a_cell_with_other_code():
    """Cells may be merged; the lines keep their numbers."""
    found = matched(IMPORTS, DATA, ANSWER, f"{GRAD_ANSWER}\n{STUB}\nz = 1")
    assert sources(found)[-1] == GRAD_ANSWER + "\n\n\n\n\nz = 1"
    assert found.skipped == ()
    assert found.stubs == frozenset()
    assert "Cell 4: the stub of `quad`" in str(found.notes[0])


def test_a_redefinition_that_is_no_stub_runs():
    """Only what students did not write is left out."""
    other = "def quad(A, w):\n    return 0"
    found = matched(IMPORTS, DATA, ANSWER, GRAD_ANSWER, other)
    assert sources(found)[-1] == other
    assert found.notes == ()


def test_missing_imports_run_first():
    """A deleted import cell costs nothing."""
    found = matched(DATA, ANSWER, GRAD_ANSWER)
    assert sources(found) == [IMPORTS, DATA, ANSWER, GRAD_ANSWER]
    assert numbers(found) == [0, 1, 2, 3]
    assert notes(found) == ("The released cell that defines `np` is missing; it was run first.",)


def test_missing_data_run_first_with_the_imports_they_need():
    """The data cell would fail before the student's own imports."""
    found = matched(ANSWER, IMPORTS, GRAD_ANSWER)
    assert sources(found) == [IMPORTS, DATA, ANSWER, IMPORTS, GRAD_ANSWER]
    assert notes(found) == ("The released cell that defines `X` is missing; it was run first.",)


def test_imports_written_in_another_way_are_not_missing():
    """What counts is that the names are there."""
    own = "import scipy\nimport numpy\nnp = numpy  # mine\nX = [[1.0, 2.0]]"
    assert matched(own, ANSWER, GRAD_ANSWER).notes == ()


@pytest.mark.parametrize("own", ["import jax.numpy as np", "from jax import numpy as np"])
def test_what_is_imported_under_the_same_name_from_elsewhere_is_run_after_the_released_import(own):
    """It may not be installed; where it is, it is what counts."""
    found = matched(own, DATA, ANSWER, GRAD_ANSWER)
    assert sources(found) == [IMPORTS, own, DATA, ANSWER, GRAD_ANSWER]
    either = f"try:\n    {own}\nexcept ImportError:\n    {IMPORTS}"
    assert matched(either, DATA, ANSWER, GRAD_ANSWER).notes == ()


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_an_answer_in_a_cell_that_became_text_is_found(kind):
    """One key (M or Y) in Jupyter changes the kind of a cell."""
    lost = {"cell_type": kind, "metadata": {}, "source": ANSWER}
    found = matched(IMPORTS, DATA, lost, GRAD_ANSWER)
    assert sources(found) == [IMPORTS, DATA, ANSWER, GRAD_ANSWER]
    assert numbers(found) == [1, 2, 3, 4]
    assert all(cell.kind is CellKind.CODE for cell in found.notebook.cells)
    assert notes(found) == ("Cell 3: a text cell that holds Python and defines `quad`; it was run as code.",)


def test_text_cells_are_left_alone_where_code_defines_the_function():
    """Notes about an older attempt are notes."""
    found = matched(IMPORTS, DATA, text("def quad(A, w):\n    return 0"), ANSWER, GRAD_ANSWER)
    assert len(found.notebook.cells) == 4
    assert found.notes == ()


def test_of_two_text_cells_the_answer_is_taken():
    """Not a stub, not what defines nothing."""
    found = matched(IMPORTS, DATA, text(STUB), text("about def quad"), text(ANSWER), text(STUB), GRAD_ANSWER)
    assert numbers(found) == [1, 2, 5, 7]


@pytest.mark.parametrize("name", ["quadGrad", "Quad_Grad", "quad_gradd", "qad_grad"])
def test_a_renamed_function_is_taken_for_the_missing_one(name):
    """If it has the question's parameters, and no other comes near."""
    found = matched(IMPORTS, DATA, ANSWER, GRAD_ANSWER.replace("quad_grad", name), "x = 1")
    assert sources(found)[-2:] == [f"quad_grad = {name}", "x = 1"]
    assert found.found == ("quad", "quad_grad")
    assert f"`{name}`, which has its parameters, was taken for it" in str(found.notes[0])


def test_no_function_is_taken_for_another_without_good_reason():
    """Other parameters, another name, two candidates, a stub that is there: nothing is guessed."""
    near = GRAD_ANSWER.replace("quad_grad", "quad_gradd")
    assert not matched(IMPORTS, DATA, ANSWER, near.replace("w", "x")).notes
    assert not matched(IMPORTS, DATA, ANSWER, GRAD_ANSWER.replace("quad_grad", "slope")).notes
    assert not matched(IMPORTS, DATA, ANSWER, near, near.replace("gradd", "grade")).notes
    assert not matched(IMPORTS, DATA, ANSWER, near, GRAD_STUB).notes


@pytest.mark.parametrize(
    "pieces",
    [
        ("def quad(A, w):\n    B = A @ w", "    return w @ B"),
        ("def quad(A, w):", "\n    return w @ A @ w"),
        ("def quad(A, w):\n    if not len(w):\n        return 0.0", "    else:\n        return w @ A @ w"),
        ("def quad(A, w):", "    # the product", "    B = A @ w", "    return w @ B\n\nprint(quad)"),
        ('def quad(A, w):\n    """w\'Aw,', 'a number."""\n    return w @ A @ w'),
        ("def quad(A,", "         w):\n    return w @ A @ w"),
    ],
    ids=["statements", "head", "else", "four", "docstring", "parameters"],
)
def test_a_function_cut_over_several_cells_is_run_as_one(pieces):
    """As a reader sees it; each piece is said with the line at which it begins."""
    found = matched(IMPORTS, DATA, *pieces, EXAMPLES, GRAD_ANSWER)
    assert sources(found) == [IMPORTS, DATA, "\n".join(pieces), EXAMPLES, GRAD_ANSWER]
    assert numbers(found) == [1, 2, 3, len(pieces) + 3, len(pieces) + 4]
    assert found.source.count("def quad(") == 1
    begins = [pieces[0].count("\n") + 2]
    for piece in pieces[1:-1]:
        begins.append(begins[-1] + piece.count("\n") + 1)
    assert notes(found) == tuple(
        f"Cell {cell} goes on with `quad`, which cell 3 begins; it was run as a part of that cell, "
        f"from line {line} of it on."
        for cell, line in enumerate(begins, 4)
    )


def test_a_stub_cut_in_two_is_still_the_stub():
    """Nothing was written, and nothing else is said."""
    head, end = STUB.split("\n    # YOUR CODE HERE\n")
    assert matched(IMPORTS, DATA, head, end, GRAD_ANSWER).stubs == {"quad"}


@pytest.mark.parametrize(
    "below",
    ["    print(quad(np.eye(2), np.ones(2)))", "return 3", "B = 1", "    class C:\n        pass", "    )"],
)
def test_what_can_stand_alone_below_a_function_is_not_joined_to_it(below):
    """Nor is what does not make one function of both."""
    found = matched(IMPORTS, DATA, ANSWER, below, GRAD_ANSWER)
    assert sources(found) == [IMPORTS, DATA, ANSWER, below, GRAD_ANSWER]


def test_text_between_two_pieces_keeps_them_apart():
    """They are no longer one cell that was split."""
    pieces = ["def quad(A, w):\n    B = A @ w", "    return w @ B"]
    found = matched(IMPORTS, DATA, pieces[0], text("Then:"), pieces[1], GRAD_ANSWER)
    assert sources(found) == [IMPORTS, DATA, *pieces, GRAD_ANSWER]


def test_a_cell_that_is_not_python_runs_and_is_named():
    """It fails in the run; which question it meant to answer is known."""
    wrong = "def quad(A, w)\n    return w @ A @ w"
    found = matched(IMPORTS, DATA, wrong, GRAD_ANSWER)
    assert sources(found)[2] == wrong
    assert found.broken == {"quad": 3}
    assert notes(found) == ("Cell 3: not Python (line 1: expected ':'); it was run as it stands.",)
    assert wrong not in found.source


def test_a_broken_attempt_beside_an_answer_is_no_concern():
    """The stub below it is."""
    assert matched(IMPORTS, DATA, ANSWER, "def quad(", GRAD_ANSWER).broken == {}
    assert matched(IMPORTS, DATA, "def quad(", STUB, GRAD_ANSWER).broken == {"quad": 3}


def test_magics_are_blanked_in_the_static_source_only():
    """The cells run as they were written."""
    magic = "%matplotlib inline\nimport numpy as np"
    found = matched(magic, DATA, ANSWER, GRAD_ANSWER)
    assert sources(found)[0] == magic
    assert found.source.startswith("pass\nimport numpy as np")


def test_metadata_ids_order_and_tags_play_no_role():
    """Colab, VS Code and copying lose them."""
    cells = [cell | {"id": "same", "metadata": {"tags": ["x"]}} for cell in reversed(answered())]
    found = match(read(content(*cells)), RELEASED)
    assert found.found == ("quad", "quad_grad")
    assert found.notes == found.skipped == ()


def test_notes_of_reading_come_first_and_notes_are_few():
    """A student with a thousand broken cells reads twenty notes."""
    broken = [code("x = = 1")] * 1000
    found = match(read(b"\xef\xbb\xbf" + content(*answered(), *broken)), RELEASED)
    assert "byte order mark" in str(found.notes[0])
    assert len(found.notes) == 22
    assert str(found.notes[-1]) == "980 more notes of this kind are left out."


pieces = st.sampled_from(
    [
        IMPORTS,
        DATA,
        STUB,
        ANSWER,
        EXAMPLES,
        GRAD_STUB,
        GRAD_ANSWER,
        PLOT,
        "",
        "def quad(",
        "def quad(A, w):",
        "    return w",
        "%time x = 1",
        "# note",
    ]
)
some_cells = st.builds(
    Cell, st.sampled_from(CellKind), pieces | st.builds("\n".join, st.lists(pieces)) | st.text(max_size=20)
)


@given(st.lists(some_cells, max_size=8))
def test_no_code_cell_is_lost_and_every_step_is_said(cells):
    """Every code cell runs, alone or within another, or is in `skipped`; all that was changed is noted."""
    cells = [Cell(cell.kind, cell.source, number) for number, cell in enumerate(cells, 1)]
    found = match(Notebook(tuple(cells)), RELEASED)
    ran = [cell for cell in found.notebook.cells if cell.number]
    skipped = {cell.number for cell in found.skipped}
    code_numbers = {cell.number for cell in cells if cell.kind is CellKind.CODE}
    joined = {dict(note.values)["next"] for note in found.notes if note.key == "match.joined"}
    assert {cell.number for cell in ran} | skipped | joined >= code_numbers
    assert not {cell.number for cell in ran} & joined
    assert not {cell.number for cell in ran} & skipped
    assert [cell.number for cell in ran] == sorted(cell.number for cell in ran)
    changed = [cell for cell in ran if cell != cells[cell.number - 1]] + list(found.skipped)
    assert len(found.notes) >= len({cell.number for cell in changed})
    ast.parse(found.source)
    assert found.stubs <= set(found.found)


@given(st.lists(some_cells, max_size=6))
def test_matching_what_was_matched_changes_nothing(cells):
    """Matching is idempotent: the cells to run need no further mending."""
    once = match(Notebook(tuple(Cell(c.kind, c.source, n) for n, c in enumerate(cells, 1))), RELEASED)
    renumbered = [Cell(c.kind, c.source, n) for n, c in enumerate(once.notebook.cells, 1)]
    again = match(Notebook(tuple(renumbered)), RELEASED)
    assert [cell.source for cell in again.notebook.cells] == [cell.source for cell in once.notebook.cells]
    assert again.stubs == once.stubs
