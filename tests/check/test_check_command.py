"""`autograder check`: a table for people, JSON for scripts, every flaw with its file and line."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from authored_course import SOLUTIONS, write_course
from click.testing import CliRunner, Result

from autograder.cli.main import group
from autograder.course.scaffold import make_course
from autograder.questions.solutions import load


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Path]:
    make_course(tmp_path / "course")
    before = Path.cwd()
    os.chdir(tmp_path / "course")
    yield tmp_path / "course"
    os.chdir(before)


def check(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["check", "gradients", *arguments])


def count_declared(course: Path) -> tuple[int, int]:
    """The other right ways and the known mistakes that the solutions declare."""
    questions = load(course / "solutions/gradients.py", proof=True)
    counts = [(len(question.alternates), len(question.mistakes)) for question in questions]
    accepted, caught = map(sum, zip(*counts, strict=True))
    assert accepted > 40 and caught > 40
    return accepted, caught


@pytest.mark.soak
def test_a_good_assignment_is_ready_and_its_figures_are_told(course: Path) -> None:
    """Every day a small one is."""
    result = check("--draws", "1")
    assert result.exit_code == 0, result.output
    last = result.output.strip().splitlines()
    assert last[-1] == "gradients: ready to be released (20 points)."
    [whole] = [line for line in last if line.startswith("10 questions ")]
    assert all(f"{count}/{count}" in whole for count in count_declared(course))


@pytest.mark.soak
def test_a_script_reads_the_same_as_json(course: Path) -> None:
    told = json.loads(check("--draws", "2", "--json").stdout)
    assert (told["ready"], told["flaws"], told["draws"]) == (True, [], 2)
    everything = told["all"]
    assert everything["questions"] == 10
    assert (everything["points"], everything["accepted"], everything["caught"]) == (
        20,
        *count_declared(course),
    )
    assert everything["surviving"] == 0
    assert told["questions"][3]["question"] == "quad_grad"


@pytest.mark.soak
def test_flaws_of_an_assignment_of_the_course_are_listed_too(course: Path) -> None:
    """Nothing else is to be mended in it."""
    module = course / "solutions/gradients.py"
    source = module.read_text(encoding="utf-8").replace("points=3, forb", "points=2, forb", 1)
    module.write_text(source.replace('    """Mind the requested shape."""\n', "", 1), encoding="utf-8")
    result = check("--draws", "1")
    assert result.exit_code == 2
    assert (
        "assignments/gradients/gradients.ipynb, cell 15: quad_grad: 3 points in the notebook" in result.output
    )
    line = source.splitlines().index("def row_matrix(w, x):")
    assert f"solutions/gradients.py:{line}: linear_form_grad: mistake row_matrix: has no doc" in result.output
    assert result.output.strip().endswith("gradients: 2 things to mend before it is released.")


def test_a_proof_file_that_proves_nothing_is_told_beside_all_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_course(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "solutions/smal_proof.py").write_text("", encoding="utf-8")
    right = CliRunner().invoke(group, ["check", "small", "--draws", "1"])
    assert "smal_proof.py: proves nothing" in str(right.exception)
    (tmp_path / "solutions/small.py").write_text("x = (\n", encoding="utf-8")
    both = CliRunner().invoke(group, ["check", "small", "--draws", "1"])
    assert "smal_proof.py: proves nothing" in str(both.exception)
    assert "small.py:1: SyntaxError" in str(both.exception)


def test_flaws_are_listed_at_once_with_file_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_course(tmp_path)
    monkeypatch.chdir(tmp_path)
    spoiled = SOLUTIONS.replace("points=2", "points=1", 1)
    doc = '    """That is thrice. Count again."""\n'
    (tmp_path / "solutions/small.py").write_text(spoiled.replace(doc, "", 1), encoding="utf-8")
    result = CliRunner().invoke(group, ["check", "small", "--draws", "1"])
    assert result.exit_code == 2
    assert "assignments/small/small.ipynb, cell 3: double: 2 points in the notebook" in result.output
    line = spoiled.splitlines().index("def triple(w):")
    assert f"solutions/small.py:{line}: double: mistake triple: has no doc" in result.output
    assert result.output.strip().endswith("small: 2 things to mend before it is released.")


@pytest.mark.soak
def test_an_assignment_need_not_be_planned_yet(course: Path) -> None:
    """It is written and checked before it is put into course.toml."""
    file = course / "course.toml"
    settings = file.read_text(encoding="utf-8").replace("[assignments.gradients]", "[assignments.other]")
    file.write_text(settings, encoding="utf-8")
    assert check("--draws", "1").exit_code == 0


def test_solutions_without_a_notebook_say_which_file_is_missing(course: Path) -> None:
    (course / "solutions" / "lonely.py").touch()
    result = CliRunner().invoke(group, ["check", "lonely"])
    assert "assignments/lonely/lonely.ipynb: there is no such file" in str(result.exception)


def test_a_name_that_nothing_has_says_which_was_meant(course: Path) -> None:
    result = CliRunner().invoke(group, ["check", "gradiants"])
    assert "there is no assignment 'gradiants' (did you mean gradients?)" in str(result.exception)
