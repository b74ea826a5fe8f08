"""`pytest solutions/`: the plugin that is shipped collects the claims of a course, and nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course.scaffold import make_course


def run_pytest(*arguments: str, at: Path) -> str:
    """What pytest prints, in a process of its own, with the plugins that are installed."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, timeout=1800)
    return done.stdout + done.stderr


@pytest.fixture
def course(tmp_path: Path) -> Path:
    make_course(tmp_path / "course")
    folder = tmp_path / "course"
    for path in (folder / "solutions").iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif not path.name.startswith("gradients"):
            path.unlink()
    return folder


def installed() -> bool:
    from importlib.metadata import entry_points

    return any(entry.value == "autograder.pytest_plugin" for entry in entry_points(group="pytest11"))


ALSO = () if installed() else ("-p", "autograder.pytest_plugin")
"""An installation older than the plugin does not name it yet."""


@pytest.mark.soak
def test_every_claim_of_homework_one_holds(course: Path) -> None:
    said = run_pytest("solutions/", "-q", *ALSO, at=course)
    assert " passed" in said, said
    assert "failed" not in said


def test_every_claim_is_a_test_of_its_own(course: Path) -> None:
    """It writes nothing into the course."""
    said = run_pytest("solutions/", "-v", "-k", "quad_grad or points and add", *ALSO, at=course)
    assert " passed" in said, said
    assert "failed" not in said
    assert "gradients.py::quad_grad: mistake takes_A_symmetric is caught and told apart PASSED" in said
    assert "gradients.py::quad_grad: small edits are caught PASSED" in said
    assert "gradients.py::points add up PASSED" in said
    assert not (course / ".autograder").exists()


def test_a_claim_that_does_not_hold_fails_with_its_flaws_alone(course: Path) -> None:
    module = course / "solutions/gradients.py"
    module.write_text(module.read_text(encoding="utf-8").replace("points=3, forb", "points=2, forb", 1))
    said = run_pytest("solutions/", "-q", "-k", "both and sides", *ALSO, at=course)
    assert "1 failed" in said
    assert "quad_grad: 3 points in the notebook, 2 in the solutions (make them equal)" in said
    assert "Traceback" not in said


def test_a_module_that_cannot_be_loaded_is_an_error_of_collection(course: Path) -> None:
    (course / "solutions/gradients.py").write_text("x = (\n")
    said = run_pytest("solutions/", "-q", *ALSO, at=course)
    assert "gradients.py:1: SyntaxError" in said
    assert "1 error" in said


def test_other_runs_are_not_disturbed(tmp_path: Path) -> None:
    """Nothing is loaded for them, nor is a folder called solutions collected outside of a course."""
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions/one.py").write_text("raise SystemExit\n")
    (tmp_path / "test_it.py").write_text(
        "import sys\n\ndef test_nothing_is_loaded():\n"
        "    assert not {'numpy', 'autograder.check', 'autograder.course'} & set(sys.modules)\n"
    )
    assert "1 passed" in run_pytest("-q", *ALSO, at=tmp_path)
    assert "no tests ran" in run_pytest("solutions/", "-q", *ALSO, at=tmp_path)


def make_package(course: Path) -> Path:
    """Gradients as a package of one topic, with the proof file beside it."""
    folder = course / "solutions/gradients"
    folder.mkdir()
    (course / "solutions/gradients.py").rename(folder / "calculus.py")
    (folder / "__init__.py").write_text("from . import calculus\n")
    proof = course / "solutions/gradients_proof.py"
    proof.write_text(proof.read_text(encoding="utf-8").replace("from gradients ", "from gradients.calculus "))
    return folder


def test_the_claims_of_a_package_stand_with_its_files(course: Path) -> None:
    """It is not imported as pytest imports packages, which leaves byte code about."""
    make_package(course)
    said = run_pytest(
        "solutions/", "-q", "-k", "points and add or quad_grad and summed_first", *ALSO, at=course
    )
    assert "2 passed" in said, said
    listed = run_pytest("solutions/", "--collect-only", "-q", *ALSO, at=course)
    assert "gradients/calculus.py::quad_grad: alternate summed_first earns what is declared" in listed
    assert "gradients/__init__.py::points add up" in listed
    assert "_proof" not in listed
    assert not list(course.rglob("__pycache__"))


def test_a_package_that_cannot_be_loaded_is_one_error(course: Path) -> None:
    (make_package(course) / "calculus.py").write_text("x = (\n")
    said = run_pytest("solutions/", "-q", *ALSO, at=course)
    assert "gradients/calculus.py:1: SyntaxError" in said
    assert "1 error" in said


def test_a_proof_file_that_proves_nothing_is_an_error_of_collection(course: Path) -> None:
    proof = course / "solutions/gradients_proof.py"
    proof.rename(proof.with_name("gradient_proof.py"))
    said = run_pytest("solutions/", "-q", *ALSO, at=course)
    assert "gradient_proof.py: proves nothing: there is no" in said
    assert "name it after its assignment" in said
    assert "no such file" not in said


def test_a_proof_file_that_names_what_is_not_there_is_an_error_of_collection(course: Path) -> None:
    proof = course / "solutions/gradients_proof.py"
    proof.write_text(proof.read_text(encoding="utf-8").replace("quad_grad", "quad_gard"))
    said = run_pytest("solutions/", "-q", *ALSO, at=course)
    assert "gradients.py has no quad_gard (did you mean quad_grad?)" in said
    assert "1 error" in said
