"""A question may ask for a variable: its stub is `name = ...`."""

import pytest
from notebook_samples import ANSWER, IMPORTS, STUB, code, content, text

from autograder.errors import CourseError
from autograder.notebook.assignment import Role, read_assignment
from autograder.notebook.match import match
from autograder.notebook.read import read
from autograder.notebook.release import release
from autograder.notebook.released import Released
from autograder.notebook.solved import solve

BEST = "w_best = ...  # YOUR ANSWER"
CELLS = [
    text("# Small"),
    code(IMPORTS),
    text("## 1. The form (2 points)\n\nCompute it."),
    code(STUB),
    text("## 2. The minimiser (1 point)\n\nWhich $w$ is best?"),
    code(BEST),
    code("assert np.shape(w_best) == (2,)"),
    code("print(w_best + 1)"),
]


def released() -> Released:
    return Released.from_content(content(*CELLS))


def test_the_stub_of_a_variable_is_recognised() -> None:
    found = read_assignment(content(*CELLS))
    best = found.statements[1]
    assert (best.name, best.variable, best.signature, best.parameters) == ("w_best", True, "w_best", ())
    assert (best.stub, len(best.examples)) == (BEST, 1)
    assert found.parts[5].role is Role.STUB
    assert not found.statements[0].variable


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("w_best = ...\nx = 1", "holds more than the stub of `w_best`"),
        ("w_best = 3", "question 2 has no stub (a function of a docstring and"),
    ],
)
def test_what_is_no_stub_of_a_variable_is_told(cell: str, said: str) -> None:
    with pytest.raises(CourseError) as caught:
        read_assignment(content(*CELLS[:5], code(cell)))
    assert said in str(caught.value)


def test_two_stubs_of_a_variable_are_told() -> None:
    with pytest.raises(CourseError, match="has another stub in cell 6"):
        read_assignment(content(*CELLS, code(BEST)))


def test_a_copied_stub_below_the_answer_does_not_undo_it() -> None:
    """Alone in its cell it is skipped; beside other code, its line is."""
    answer = "w_best = np.array([1.0, 2.0])"
    found = match(read(content(code(IMPORTS), code(ANSWER), code(answer), code(BEST))), released())
    assert [cell.source for cell in found.skipped] == [BEST]
    assert "w_best" not in found.stubs
    found = match(read(content(code(IMPORTS), code(answer), code(f"{BEST}\nx = 1"))), released())
    assert found.notebook.cells[-1].source == "\nx = 1"


def test_an_untouched_variable_is_still_its_stub() -> None:
    assert match(read(content(*CELLS)), released()).stubs == {"quad", "w_best"}


def test_a_function_is_not_taken_for_a_variable_of_nearly_its_name() -> None:
    cells = [code(IMPORTS), code(ANSWER), code("def w_bests():\n    return 1")]
    assert not match(read(content(*cells)), released()).notes


def test_it_is_released_and_solved_like_a_function() -> None:
    handed_out = read_assignment(release(content(*CELLS)))
    assert [part.cell.id for part in handed_out.parts][5:] == ["w_best", "w_best-examples", "w_best-support"]
    assert [part.cell.tags for part in handed_out.parts][6:] == [("raises-exception",)] * 2
    solved = solve(content(*CELLS), {"quad": ANSWER, "w_best": "w_best = np.array([1.0, 2.0])"})
    assert read(solved).cells[5].source == "w_best = np.array([1.0, 2.0])"
