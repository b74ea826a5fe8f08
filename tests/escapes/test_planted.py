"""Files with the names of our own modules, beside a submission: nothing of ours imports them."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.course.scaffold import make_course
from autograder.doctor.attacks.reaching import _MODULES
from autograder.errors import IsolationError
from autograder.sandbox.runner import Runner

SAMPLE = Path(__file__).parents[1] / "submissions/gradients/right/notebook.ipynb"


def test_modules_planted_beside_a_notebook_are_imported_by_nothing(tmp_path: Path) -> None:
    """Not by the command, its workers or the fork server, though it is called from that very folder."""
    try:
        with Runner() as runner:
            runner.isolation  # noqa: B018 - tries it
    except IsolationError as error:
        pytest.skip(f"this machine cannot confine student code: {error}")
    make_course(tmp_path / "course")
    (tmp_path / "course" / "students.csv").unlink()
    folder = tmp_path / "course" / "submissions" / "gradients" / "mallory"
    folder.mkdir(parents=True)
    (folder / "gradients.ipynb").write_bytes(SAMPLE.read_bytes())
    with tempfile.TemporaryDirectory() as marks:
        for name in _MODULES:
            (folder / f"{name}.py").write_text(f"open({marks!r} + '/{name}', 'w')\nraise SystemExit(9)")
        command = [sys.executable, "-P", "-m", "autograder", "grade", "gradients", "-j", "2"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=1800)
        assert done.returncode in (0, 1), done.stderr
        assert list(Path(marks).iterdir()) == []
    assert "20/20" in done.stderr
