"""A zip whose run_autograder calls our engine, in a folder laid out as Gradescope's /autograder."""

import io
import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from exported_to_nbgrader import RIGHT, WRONG, with_examples

from autograder.course.opened import open_course
from autograder.interop.gradescope_zip import make_wheel
from autograder.services.gradescope import GradescopeRoot, release_to_gradescope
from tests.samples.marking_course import Course

METADATA = {
    "id": 123456,
    "created_at": "2026-11-03T12:43:12.003095-08:00",
    "assignment": {"id": 25828, "title": "Small", "total_points": "4.0"},
    "users": [{"email": "ada@example.org", "id": 1234, "name": "Ada Lovelace", "sid": "21904711"}],
    "previous_submissions": [],
}


class Gradescope:
    """Gradescope's side: the zip unpacked into source/, what a student submitted, and results/."""

    def __init__(self, root: Path, zipped: bytes) -> None:
        self.root = root
        for folder in ("source", "submission", "results"):
            (root / folder).mkdir(parents=True)
        with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
            for entry in archive.infolist():
                place = Path(archive.extract(entry, root / "source"))
                place.chmod(entry.external_attr >> 16 & 0o777)
        (root / "source" / "run_autograder").rename(root / "run_autograder")
        (root / "submission_metadata.json").write_text(json.dumps(METADATA))

    def submit(self, **files: bytes) -> None:
        for old in (self.root / "submission").iterdir():
            old.unlink()
        for name, content in files.items():
            (self.root / "submission" / f"{name}.ipynb").write_bytes(content)

    def run(self, *, python: str = sys.executable) -> "subprocess.CompletedProcess[str]":
        """Its own script, by bash, with the Python of these tests in place of the one that setup.sh makes."""
        environment = {**os.environ, "AUTOGRADER_ROOT": str(self.root), "AUTOGRADER_PYTHON": python}
        (self.root / "results" / "results.json").unlink(missing_ok=True)
        return subprocess.run(
            [str(self.root / "run_autograder")],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def results(self) -> dict[str, Any]:
        done = self.run()
        assert done.returncode == 0, done.stdout + done.stderr
        found: dict[str, Any] = json.loads((self.root / "results" / "results.json").read_text())
        return found


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = Course(tmp_path / "course")
    (made.folder / "assignments/small/small.ipynb").write_bytes(with_examples())
    return made


def pack(course: Course, root: Path) -> Gradescope:
    done = course.run("release", "small", "--to", "gradescope", "--accept-isolation", "1")
    assert done.exit_code == 0, done.output
    assert "never hand it to students" in done.output
    return Gradescope(root, (course.folder / "release/small/gradescope.zip").read_bytes())


def test_results_are_the_report_question_by_question(course: Course, tmp_path: Path) -> None:
    gradescope = pack(course, tmp_path / "autograder")
    gradescope.submit(anything=with_examples(RIGHT))
    results = gradescope.results()
    assert results["score"] == 2
    double, written = results["tests"]
    assert (double["score"], double["max_score"], double["status"]) == (2, 2, "passed")
    assert double["visibility"] == "visible"
    assert "score" not in written
    assert "A person marks this part." in written["output"]
    assert results["stdout_visibility"] == "hidden"
    gradescope.submit(anything=with_examples(WRONG))
    [double, _] = gradescope.results()["tests"]
    assert (double["score"], double["status"]) == (0, "failed")
    assert "What your function returns is not what is asked for." in double["output"]
    assert "assert double(1.0) == 2.0" in double["output"]  # the public example, whole


@pytest.mark.soak
def test_the_marks_are_those_of_the_course_itself(course: Course, tmp_path: Path) -> None:
    """The secret goes with it, so the cases are the same, and so is the revision."""
    gradescope = pack(course, tmp_path / "autograder")
    gradescope.submit(small=with_examples(RIGHT))
    course.hand_in("ada", with_examples(RIGHT))
    course.grade()
    results, report = gradescope.results(), course.report("ada")
    assert results["extra_data"]["revision"] == report["revision"]
    assert results["score"] == report["score_so_far"]


@pytest.mark.soak
def test_what_is_not_disclosed_is_shown_after_publication_only(course: Course, tmp_path: Path) -> None:
    settings = course.folder / "course.toml"
    settings.write_text(settings.read_text() + 'disclosure = "never"\n')
    gradescope = pack(course, tmp_path / "autograder")
    gradescope.submit(small=with_examples(WRONG))
    results = gradescope.results()
    examples, double, written = results["tests"]
    assert (examples["visibility"], examples["status"]) == ("visible", "failed")
    assert "score" not in examples
    assert (double["visibility"], double["score"]) == ("after_published", 0)
    assert "returns is not what is asked" not in double["output"]
    assert written["visibility"] == "visible"
    assert results["output"] == ""


@pytest.mark.soak
@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "There is no notebook in what you submitted."),
        ({"a": b"{}", "b": b"{}"}, "holds 2 notebooks. Submit one, called small.ipynb."),
        ({"small": b"PK\x03\x04"}, "This is not a notebook but a zip archive"),
    ],
)
def test_a_submission_without_one_notebook_is_told_what_to_do(
    course: Course, tmp_path: Path, files: dict[str, bytes], told: str
) -> None:
    gradescope = pack(course, tmp_path / "autograder")
    gradescope.submit(**files)
    results = gradescope.results()
    assert told in results["output"]
    assert results["score"] == 0
    # The name decides where there are several.
    gradescope.submit(other=b"{}", small=with_examples(RIGHT))
    assert gradescope.results()["score"] == 2


@pytest.mark.soak
def test_nobody_gets_0_where_the_fault_is_ours(course: Course, tmp_path: Path) -> None:
    """No results are written, and Gradescope says that the autograder failed."""
    gradescope = pack(course, tmp_path / "autograder")
    gradescope.submit(small=with_examples(RIGHT))
    solutions = gradescope.root / "source/course/solutions/small.py"
    solutions.write_text("import a_module_that_is_nowhere\n")
    done = gradescope.run()
    assert done.returncode == 2
    assert not (gradescope.root / "results" / "results.json").exists()


def test_who_submitted_and_when_is_what_gradescope_says(course: Course, tmp_path: Path) -> None:
    gradescope = pack(course, tmp_path / "autograder")
    gradescope.submit(small=with_examples(RIGHT))
    submission = GradescopeRoot(gradescope.root).submission("small")
    assert submission.student == "21904711"
    assert submission.received.isoformat() == METADATA["created_at"]
    assert not submission.received_by.doubtful
    (gradescope.root / "submission_metadata.json").write_text("[]")
    submission = GradescopeRoot(gradescope.root).submission("small")
    assert (submission.student, submission.received_by.doubtful) == ("student", True)


def test_the_zip_holds_what_grading_needs_and_nobodys_data(course: Course, tmp_path: Path) -> None:
    (course.folder / "students.csv").write_text("id,name\n21904711,Ada Lovelace\n")
    course.hand_in("21904711", with_examples(RIGHT))
    course.grade()
    zipped = release_to_gradescope(open_course(course.folder), "small", accept_level=2)
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        modes = {each.filename: stat.S_IMODE(each.external_attr >> 16) for each in archive.infolist()}
        told = b"".join(archive.read(name) for name in archive.namelist() if not name.endswith(".whl"))
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert modes["course/solutions/small.py"] == 0o600
    assert {name for name in modes if name.startswith("course/")} == {
        "course/course.toml",
        "course/assignments/small/small.ipynb",
        "course/solutions/small.py",
        "course/.autograder/secret",
    }
    assert b"Lovelace" not in told
    again = release_to_gradescope(open_course(course.folder), "small", accept_level=2)
    assert again == zipped


@pytest.mark.soak
def test_the_program_in_the_zip_runs_by_itself(course: Course, tmp_path: Path) -> None:
    """Installed from its wheel, without this repository."""
    name, wheel = make_wheel()
    (tmp_path / name).write_bytes(wheel)
    python = tmp_path / "venv" / "bin" / "python"
    made = [sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", str(tmp_path / "venv")]
    subprocess.run(made, check=True)
    place = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        archive.extractall(place)
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    Path(place, "libraries.pth").write_text(f"{libraries}\n")
    gradescope = pack(course, tmp_path / "autograder")
    gradescope.submit(small=with_examples(RIGHT))
    done = gradescope.run(python=str(python))
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((gradescope.root / "results/results.json").read_text())["score"] == 2
    where = [str(python), "-c", "import autograder; print(autograder.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert found.startswith(str(tmp_path))
