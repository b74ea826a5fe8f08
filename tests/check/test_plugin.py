"""`pytest solutions/`: the plugin that is shipped collects the claims of a course, and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest
from authored_course import CELLS, write_course, write_notebook

from autograder.course.scaffold import make_course

PROOF = "from small import double\n\n\n@double.alternate\ndef summed(w):\n    return w + w\n"


def run_pytest(*arguments: str, at: Path) -> str:
    """What pytest prints, in a process of its own, with the plugins that are installed."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, timeout=1800)
    return done.stdout + done.stderr


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A small one: what pytest makes of claims is the same for all."""
    folder = tmp_path / "course"
    folder.mkdir()
    write_course(folder)
    (folder / "solutions/small_proof.py").write_text(PROOF, encoding="utf-8")
    return folder


def installed() -> bool:
    from importlib.metadata import entry_points

    return any(entry.value == "autograder.pytest_plugin" for entry in entry_points(group="pytest11"))


ALSO = () if installed() else ("-p", "autograder.pytest_plugin")
"""An installation older than the plugin does not name it yet."""


@pytest.mark.soak
def test_every_claim_of_homework_one_holds(tmp_path: Path) -> None:
    make_course(tmp_path / "course")
    said = run_pytest("solutions/gradients.py", "-q", *ALSO, at=tmp_path / "course")
    assert " passed" in said, said
    assert "failed" not in said


def test_every_claim_is_a_test_of_its_own(course: Path) -> None:
    """It writes nothing into the course."""
    said = run_pytest("solutions/", "-v", "-k", "triple or edits or points and add", *ALSO, at=course)
    assert " passed" in said, said
    assert "failed" not in said
    assert "small.py::double: mistake triple is caught and told apart PASSED" in said
    assert "small.py::double: small edits are caught PASSED" in said
    assert "small.py::points add up PASSED" in said
    assert not (course / ".autograder").exists()


def test_a_claim_that_does_not_hold_fails_with_its_flaws_alone(course: Path) -> None:
    module = course / "solutions/small.py"
    module.write_text(module.read_text(encoding="utf-8").replace("points=2", "points=1", 1))
    said = run_pytest("solutions/", "-q", "-k", "both and sides", *ALSO, at=course)
    assert "1 failed" in said
    assert "double: 2 points in the notebook, 1 in the solutions (make them equal)" in said
    assert "Traceback" not in said


def test_other_runs_are_not_disturbed(tmp_path: Path) -> None:
    """Nothing is loaded for them, nor is a folder called solutions collected outside of a course."""
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions/one.py").write_text("raise SystemExit\n")
    (tmp_path / "test_it.py").write_text(
        "import sys\n\ndef test_nothing_is_loaded():\n"
        "    assert not {'numpy', 'autograder.check', 'autograder.course'} & set(sys.modules)\n"
    )
    said = run_pytest(".", "solutions/", "-q", *ALSO, at=tmp_path)
    assert said.splitlines()[-1].startswith("1 passed in"), said


def make_package(course: Path) -> Path:
    """The assignment as a package of one topic, with the proof file beside it."""
    folder = course / "solutions/small"
    folder.mkdir()
    (course / "solutions/small.py").rename(folder / "calculus.py")
    (folder / "__init__.py").write_text("from . import calculus\n")
    proof = course / "solutions/small_proof.py"
    proof.write_text(proof.read_text(encoding="utf-8").replace("from small ", "from small.calculus "))
    return folder


def test_the_claims_of_a_package_stand_with_its_files(course: Path) -> None:
    """It is not imported as pytest imports packages, which leaves byte code about."""
    make_package(course)
    asked = "points and add or double and summed or proof"
    said = run_pytest("solutions/", "-v", "-k", asked, *ALSO, at=course)
    assert "2 passed" in said, said
    assert "small/calculus.py::double: alternate summed earns what is declared PASSED" in said
    assert "small/__init__.py::points add up PASSED" in said
    assert not list(course.rglob("__pycache__"))


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said where three assignments cannot be collected, each for a reason of its own."""
    folder = tmp_path_factory.mktemp("broken")
    write_course(folder)
    solutions = folder / "solutions"
    for name in ("single", "packed"):
        write_notebook(folder / f"assignments/{name}/{name}.ipynb", CELLS)
    (solutions / "single.py").write_text("x = (\n")
    (solutions / "packed").mkdir()
    (solutions / "packed/__init__.py").write_text("from . import calculus\n")
    (solutions / "packed/calculus.py").write_text("x = (\n")
    (solutions / "small_proof.py").write_text(PROOF.replace("double", "duoble"), encoding="utf-8")
    return run_pytest("solutions/", "-q", *ALSO, at=folder)


def test_each_error_of_collection_is_one(broken: str) -> None:
    assert "3 errors" in broken


def test_a_module_that_cannot_be_loaded_is_an_error_of_collection(broken: str) -> None:
    assert "single.py:1: SyntaxError" in broken


def test_a_package_that_cannot_be_loaded_is_one_error(broken: str) -> None:
    assert broken.count("packed/calculus.py:1: SyntaxError") == broken.count("single.py:1: SyntaxError")


def test_a_proof_file_that_proves_nothing_is_one_error_and_hides_no_other(course: Path) -> None:
    proof = course / "solutions/small_proof.py"
    proof.rename(proof.with_name("smal_proof.py"))
    (course / "solutions/single.py").write_text("x = (\n")
    write_notebook(course / "assignments/single/single.ipynb", CELLS)
    said = run_pytest(
        "solutions/", "-q", "--continue-on-collection-errors", "-k", "points and add", *ALSO, at=course
    )
    assert "1 passed" in said and "2 errors" in said
    assert "single.py:1: SyntaxError" in said
    assert "smal_proof.py: proves nothing: there is no" in said
    assert "name it after its assignment" in said
    assert "no such file" not in said


def test_a_proof_file_that_names_what_is_not_there_is_an_error_of_collection(broken: str) -> None:
    assert "small.py has no duoble (did you mean double?)" in broken
