"""An nbgrader course whose gradebook is on a PostgreSQL server: read, filled, and its marks read back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from handed_in import hand_in
from marking_course import Course
from nbgrader_course import answer, check, essay, write_notebook
from real_tools import needs, run

from autograder.adopting.adopt import adopt
from autograder.adopting.source import read_source
from autograder.adopting.their_tools import TheirPython
from autograder.errors import CourseError
from autograder.foreign.model import read_assignment_file
from benchmarks.postgresql import find_server, run_server

GRADES = """
select submitted_assignment.student_id, base_cell.name, grade.auto_score, grade.needs_manual_grade from grade
join base_cell on base_cell.id = grade.cell_id
join submitted_notebook on submitted_notebook.id = grade.notebook_id
join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id order by 1, 2
"""


@pytest.fixture
def address() -> Iterator[str]:
    """An empty database on a server of our own."""
    psycopg = pytest.importorskip("psycopg", reason="psycopg is missing (pip install 'psycopg[binary]')")
    binaries = find_server()
    if binaries is None:
        pytest.skip("there is no PostgreSQL server (apt-get install postgresql)")
    with run_server(binaries) as server:
        with psycopg.connect(server % "postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE theirs")
        yield server % "theirs"


@pytest.mark.soak
@needs("nbgrader")
def test_marks_go_there_and_come_back(address: str, tmp_path: Path) -> None:
    import psycopg

    theirs = tmp_path / "theirs"
    write_notebook(theirs / "source/ps1/squares.ipynb", [answer("square"), check("t1"), essay("why")])
    driver = address.replace("postgresql://", "postgresql+psycopg://")
    (theirs / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.db_url = {driver!r}\nc.CourseDirectory.course_id = 'numerics'\n"
    )
    run("nbgrader", "generate_assignment", "ps1", "--create", at=theirs)
    run("nbgrader", "db", "student", "add", "ada", "--first-name", "Ada", "--last-name", "L.", at=theirs)
    # nbgrader grades by what the database keeps, whatever became of the file.
    write_notebook(theirs / "source/ps1/squares.ipynb", [answer("square"), check("t1", "pass"), essay("why")])
    course = Course.__new__(Course)
    course.folder = tmp_path / "ours"
    adopted = adopt(theirs, course.folder, python=TheirPython())
    assert adopted
    assert (course.folder / "students.csv").read_text().splitlines()[1].startswith("ada,Ada L.")
    assignment = read_assignment_file(course.folder / "adopted/ps1")
    [notebook] = assignment.notebooks
    assert "square(-3) == 9" in "".join(cell.source for cell in notebook.cells)
    assert any("another text for t1" in notice for notice in assignment.notices)

    answers = {"square": "def square(x):\n    return x * x", "why": "So."}
    hand_in(tmp_path / "in/ada/squares.ipynb", notebook, answers)
    graded = course.run("grade", "ps1", str(tmp_path / "in"), "-j", "1", "--accept-isolation", "1")
    assert graded.exit_code == 0, graded.output
    done = course.run("export", "ps1", "--to", "nbgrader", "--into", str(theirs))
    assert done.exit_code == 0, done.output
    with psycopg.connect(address, autocommit=True) as database:
        assert database.execute(GRADES).fetchall() == [("ada", "t1", 2, False), ("ada", "why", None, True)]
        changed = "update grade set manual_score = 2, needs_manual_grade = false where auto_score is null"
        database.execute(changed)
    taken = course.run("mark", "ps1", "--from", "nbgrader", str(theirs))
    assert "1 mark by hand and 0 decisions" in taken.output, taken.output
    report = json.loads((course.folder / "reports/ps1/ada/report.json").read_text())
    assert [q["mark"] * q["points"] for q in report["questions"]] == [2, 2]


def test_a_server_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="psycopg is missing (pip install 'psycopg[binary]')")
    write_notebook(tmp_path / "source/ps1/squares.ipynb", [answer("square"), check("t1")])
    config = tmp_path / "nbgrader_config.py"
    where = f"postgresql+psycopg://me:geheim@/theirs?host={tmp_path}"
    config.write_text(f"c.CourseDirectory.db_url = {where!r}\n")
    with pytest.raises(
        CourseError, match=r"db_url: postgresql\+psycopg://me:\*\*\*@.* cannot be read"
    ) as told:
        read_source(tmp_path, TheirPython())
    assert "geheim" not in str(told.value) and "start the server" in str(told.value)
    config.write_text("c.CourseDirectory.db_url = 'postgresql//nothing'\n")
    with pytest.raises(CourseError, match="no address of a database"):
        read_source(tmp_path, TheirPython())
