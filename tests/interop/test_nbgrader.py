"""What is handed out lives in an nbgrader course: the real one takes it, tests it and knows its points."""

import json
import shutil
from pathlib import Path

import pytest
from course_files import COURSE, NAMES, handed_out, solved
from real_tools import CHECKSUMS, GENERATE, needs, python, run

from autograder.errors import CourseError
from autograder.interop.handout import hand_out
from autograder.interop.nbgrader import make_source_version
from autograder.notebook.match import match
from autograder.notebook.read import read
from autograder.notebook.released import Released

FIRST = "# T\n\n## 1. One (1 point)\n\nA."


def notebook(*cells: tuple[str, str]) -> bytes:
    made = [
        {"cell_type": kind, "id": f"c{k}", "metadata": {}, "source": source}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for k, (kind, source) in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def marks(content: bytes) -> dict[str, dict[str, object]]:
    """By id, what nbgrader is told of the cells of a notebook that is handed out."""
    cells = hand_out(content, name="t").document["cells"]
    return {c["id"]: c["metadata"]["nbgrader"] for c in cells if "nbgrader" in c["metadata"]}


@needs("nbgrader", "nbformat")
def test_the_notebooks_are_valid_and_their_checksums_are_those_of_nbgrader(tmp_path: Path) -> None:
    """In the state that is handed out, and in that of source/."""
    for name in NAMES:
        handout = handed_out(name)
        (tmp_path / f"{name}.ipynb").write_bytes(handout.content)
    told = python(CHECKSUMS, *(f"{name}.ipynb" for name in NAMES), at=tmp_path)
    for name in NAMES:
        assert told[f"{name}.ipynb"], name
        assert all(told[f"{name}.ipynb"]), name


@needs("nbgrader")
@pytest.mark.soak
def test_nbgrader_generates_every_assignment_and_counts_its_points(tmp_path: Path) -> None:
    """What it releases is read by us as the same questions, all of them still to be answered."""
    for name in NAMES:
        source = tmp_path / "source" / name / f"{name}.ipynb"
        source.parent.mkdir(parents=True)
        source.write_bytes(handed_out(name).nbgrader_source)
    told = python(GENERATE, *NAMES, at=tmp_path)
    for name in NAMES:
        text = handed_out(name).text
        assert told[name]["points"] == pytest.approx(float(text.points))
        assert told[name]["answers"] == sorted(s.name for s in text.statements if not s.written)
        assert len(told[name]["tasks"]) == sum(s.written for s in text.statements)
        released = (tmp_path / "release" / name / f"{name}.ipynb").read_bytes()
        assert match(read(released), Released.from_text(text)).stubs == {
            s.name for s in text.statements if s.name
        }
        assert json.loads(released)["metadata"]["otter"] == handed_out(name).document["metadata"]["otter"]


@needs("nbgrader", "ipykernel")
@pytest.mark.soak
def test_nbgrader_validates_the_solved_notebook_and_refuses_the_untouched_one(tmp_path: Path) -> None:
    """Its exit code is 0 either way: the text tells. It would wait 30 seconds for a cell on any machine."""
    (tmp_path / "solved.ipynb").write_bytes(solved("gradients"))
    (tmp_path / "untouched.ipynb").write_bytes(handed_out("gradients").content)
    patient = "c = get_config()\nc.Execute.timeout = c.Execute.startup_timeout = 900\n"
    (tmp_path / "nbgrader_config.py").write_text(patient)
    said = run("nbgrader", "validate", "solved.ipynb", "untouched.ipynb", at=tmp_path)
    of_the_solved, of_the_untouched = said.split("Success! Your notebook passes all the tests.")
    assert of_the_solved == ""
    assert "VALIDATION FAILED ON 10 CELL(S)!" in of_the_untouched
    assert "CHANGED" not in of_the_untouched


def test_a_question_shares_its_points_among_its_cells_of_examples() -> None:
    stub = 'def one(x):\n    """One."""\n    raise NotImplementedError'
    told = marks(
        notebook(
            ("markdown", FIRST), ("code", stub), ("code", "assert one(1)"), ("code", "assert not one(0)")
        )
    )
    assert [(id_, mark.get("points")) for id_, mark in told.items()] == [
        ("one", None),
        ("one-examples", 0.5),
        ("one-examples-2", 0.5),
    ]
    assert told["one"]["solution"]
    assert told["one-examples"]["locked"]


def test_a_question_without_examples_is_marked_by_a_person() -> None:
    """nbgrader has nothing to run; here it is judged by hidden cases all the same."""
    stub = 'def one(x):\n    """One."""\n    raise NotImplementedError'
    told = marks(notebook(("markdown", FIRST), ("code", stub)))
    assert (told["one"]["grade"], told["one"]["solution"], told["one"]["points"]) == (True, True, 1)


def test_a_written_part_is_a_task_with_its_points() -> None:
    told = marks(
        notebook(
            ("markdown", "# T\n\n## 1. One (3/2 points, by hand)\n\nSay why."),
            ("markdown", "*Your answer*"),
            ("code", "# A figure."),
        )
    )
    assert [(mark["task"], mark["points"]) for mark in told.values()] == [(True, 1.5)]


def test_two_written_parts_in_one_cell_are_refused() -> None:
    with pytest.raises(CourseError, match="give each written part's heading a cell of its own"):
        marks(
            notebook(
                ("markdown", "# T\n\n## 1. A (1 point, by hand)\n\nB.\n\n## 2. C (2 points, by hand)\n\nD.")
            )
        )


def test_only_the_line_that_raises_is_marked_as_the_solution() -> None:
    """nbgrader would replace the function's head and docstring as well."""
    stub = 'def one(x):\n    """One."""\n    # Here.\n    raise NotImplementedError(\n        "1"\n    )'
    document = make_source_version(hand_out(notebook(("markdown", FIRST), ("code", stub)), name="t").document)
    assert "".join(document["cells"][1]["source"]).splitlines() == [
        "def one(x):",
        '    """One."""',
        "    # Here.",
        "    ### BEGIN SOLUTION",
        "    raise NotImplementedError(",
        '        "1"',
        "    )",
        "    ### END SOLUTION",
    ]


def test_the_course_needs_none_of_the_tools(tmp_path: Path) -> None:
    """They are interchange: what is handed out is made without them."""
    code = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from autograder.interop.handout import hand_out\n"
        "hand_out(Path(sys.argv[1]).read_bytes(), name='gradients')\n"
        "heavy = ('otter', 'nbgrader', 'nbformat', 'numpy')\n"
        "print(json.dumps([name for name in heavy if name in sys.modules]))"
    )
    source = COURSE / "assignments/gradients/gradients.ipynb"
    assert python(code, str(shutil.copy(source, tmp_path)), at=tmp_path) == []


def test_the_stub_of_a_variable_is_the_solution_as_a_whole() -> None:
    cells = notebook(("markdown", FIRST), ("code", "# Here.\nw = ..."), ("code", "assert len(w) == 2"))
    document = hand_out(cells, name="t").document
    assert document["metadata"]["otter"]["tests"].keys() == {"w"}
    stub = next(cell for cell in make_source_version(document)["cells"] if cell["id"] == "w")
    assert "".join(stub["source"]) == "# Here.\n### BEGIN SOLUTION\nw = ...\n### END SOLUTION"
