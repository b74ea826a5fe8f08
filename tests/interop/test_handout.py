"""What is handed out holds nothing hidden, in no pack, and is the same whenever it is made."""

import io
import os
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from course_files import COURSE, NAMES, handed_out

from autograder.cli.main import group
from autograder.course.scaffold import make_course
from autograder.domain.course import Limits
from autograder.domain.language import Language, speaking
from autograder.grading.conditions import tell_conditions
from autograder.interop.handout import hand_out, pack
from autograder.notebook.assignment import read_assignment
from autograder.questions.files import find_solutions

VERSIONS = (("autograder", "0.9"), ("numpy", "2.1.3"), ("python", "3.12.1"), ("pandas", "2.2.2"))


def hidden_lines(name: str) -> set[str]:
    """The lines of the solutions that do not stand in the author's notebook."""
    public = (COURSE / "assignments" / name / f"{name}.ipynb").read_text(encoding="utf-8")
    files = find_solutions(COURSE / "solutions" / f"{name}.py").read_by_check
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return {line.strip() for line in lines if len(line.strip()) > 20 and line.strip() not in public}


@pytest.mark.parametrize("name", NAMES)
def test_no_line_of_the_solutions_is_handed_out(name: str) -> None:
    """Neither in the notebook nor for nbgrader nor in the zip."""
    handout = handed_out(name)
    archive = zipfile.ZipFile(io.BytesIO(pack(handout, versions=VERSIONS)))
    texts = [handout.content, handout.nbgrader_source, *map(archive.read, archive.namelist())]
    hidden = hidden_lines(name)
    assert len(hidden) > 200
    for text in texts:
        assert not [line for line in hidden if line in text.decode()]


def test_the_solutions_are_not_even_read(tmp_path: Path) -> None:
    """A canary in them cannot come out."""
    make_course(tmp_path / "course")
    module = tmp_path / "course/solutions/gradients.py"
    module.write_text("CANARY = 'CANARY'\nraise SystemExit(CANARY)\n", encoding="utf-8")
    for to in ("notebook", "zip", "nbgrader"):
        assert release(tmp_path / "course", "gradients", "--to", to).exit_code == 0
    made = [file for file in (tmp_path / "course/release").rglob("*") if file.is_file()]
    assert sorted(str(file.relative_to(tmp_path / "course/release/gradients")) for file in made) == [
        "gradients.ipynb",
        "gradients.zip",
        "source/gradients/gradients.ipynb",
    ]
    assert not [file for file in made if b"CANARY" in file.read_bytes()]


def release(folder: Path, *arguments: str):
    before = Path.cwd()
    os.chdir(folder)
    try:
        return CliRunner().invoke(group, ["release", *arguments])
    finally:
        os.chdir(before)


def test_an_assignment_without_a_notebook_is_named(tmp_path: Path) -> None:
    make_course(tmp_path / "course")
    failed = release(tmp_path / "course", "gradiants")
    assert "there is no assignment 'gradiants' (did you mean gradients?)" in str(failed.exception)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_handed_out_asks_the_same_questions(name: str) -> None:
    content = (COURSE / "assignments" / name / f"{name}.ipynb").read_bytes()
    handout = hand_out(content, name=name)
    assert read_assignment(handout.content).statements == read_assignment(content).statements
    assert hand_out(content, name=name).content == handout.content
    again = hand_out(content, name=name)
    assert pack(handout, versions=VERSIONS) == pack(again, versions=VERSIONS)


def test_the_zip_says_how_to_begin_and_until_when() -> None:
    """And by which Python and libraries it is graded, those that course.toml names too."""
    packed = pack(handed_out("gradients"), versions=VERSIONS, deadline="Sunday 13 December 2026")
    archive = zipfile.ZipFile(io.BytesIO(packed))
    assert archive.namelist() == ["gradients/gradients.ipynb", "gradients/README.txt"]
    page = archive.read("gradients/README.txt").decode()
    assert "10 questions, 20 points." in page
    assert "Submit it by Sunday 13 December 2026." in page
    assert "It is graded by Python 3.12 with numpy 2.1, pandas 2.2;" in page
    assert 'python -m pip install "numpy==2.1.*" "pandas==2.2.*" jupyterlab' in page


def test_what_is_handed_out_speaks_the_language_of_the_course() -> None:
    """The page of the zip, and the cell that says by what the notebook is graded."""
    with speaking(Language.FRENCH):
        packed = pack(handed_out("gradients"), versions=VERSIONS, deadline="dimanche 13 décembre 2026")
        told = tell_conditions(Limits(), VERSIONS)
    page = zipfile.ZipFile(io.BytesIO(packed)).read("gradients/README.txt").decode()
    assert "10 questions, 20 points." in page
    assert "Rendez-le avant le dimanche 13 décembre 2026." in page
    assert "Il est évalué par Python 3.12 avec numpy 2.1, pandas 2.2\N{NARROW NO-BREAK SPACE};" in page
    assert "- **Python 3.12**, avec NumPy 2.1, pandas 2.2." in told


def test_the_head_names_the_packages_of_the_course() -> None:
    """Beside the usual ones, which are called as people call them."""
    told = tell_conditions(Limits(), VERSIONS)
    assert "- **Python 3.12**, with NumPy 2.1, pandas 2.2. What only a newer Python reads" in told


@pytest.mark.parametrize("name", ["gradients", "final"])
def test_the_head_says_by_what_it_is_graded_and_nothing_else_changes(name: str) -> None:
    content = (COURSE / "assignments" / name / f"{name}.ipynb").read_bytes()
    plain, told = (
        hand_out(content, name=name),
        hand_out(content, name=name, conditions="### By Python 3\n\nIn time."),
    )
    cells = list(told.document["cells"])
    [added] = [cell for cell in cells if cell["id"] == "conditions"]
    place = cells.index(added)
    assert "".join(added["source"]) == "### By Python 3\n\nIn time."
    assert [cell["cell_type"] for cell in cells[:place]] == ["markdown"] * place and place
    assert cells[:place] + cells[place + 1 :] == plain.document["cells"]
    assert [s.markdown for s in told.text.statements] == [s.markdown for s in plain.text.statements]
