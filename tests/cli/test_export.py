"""`autograder export`, as an instructor types it."""

import json
import shutil
import stat
from pathlib import Path

import pytest

from autograder.domain.course import Student
from tests.samples.exported_course import make_graded
from tests.samples.marking_course import Course
from tests.samples.platform_files import PEOPLE, apogee, canvas, gradebook, read_column, worksheet

HANDED_IN = PEOPLE[:4]
GRADES = {"21904711": "20.00", "21904712": "12.50", "21904713": "7.50", "21904714": "0.00"}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_graded(tmp_path_factory.mktemp("graded") / "course").folder


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> Course:
    """The graded class, in a folder that the test may change."""
    made = object.__new__(Course)
    made.folder = shutil.copytree(graded, tmp_path / "course")
    return made


def give(course: Course, name: str, content: bytes) -> str:
    place = course.folder.parent / name
    place.write_bytes(content)
    return str(place)


def test_a_worksheet_is_completed_beside_the_one_that_was_given(course: Course) -> None:
    theirs = worksheet(HANDED_IN)
    file = give(course, "Grades.csv", theirs)

    done = course.run("export", "small", "--to", "moodle", "--into", file)

    assert done.exit_code == 0, done.output
    written = course.folder / "exports" / "Grades.csv"
    assert read_column(written.read_bytes(), "Grade", key="ID number") == GRADES
    assert Path(file).read_bytes() == theirs
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert "filled: 4" in done.output


def test_whoever_handed_in_nothing_is_told_and_is_no_fault(course: Course) -> None:
    done = course.run("export", "small", "--to", "moodle", "--into", give(course, "w.csv", worksheet()))
    assert done.exit_code == 0
    assert "in the file, without a mark here: 1\n  line 6: Jean Martin, 21904715" in done.output


def test_what_is_unmatched_is_exit_code_1(course: Course) -> None:
    file = give(course, "w.csv", worksheet((*PEOPLE[:2], Student("7", "Zoé Partie", "zoe@example.org"))))

    done = course.run("export", "small", "--to", "moodle", "--into", file)

    assert done.exit_code == 1
    assert "in the file and not here: 1\n  line 4: Zoé Partie, 7" in done.output
    assert "here and not in the file: 2\n  21904713\n  21904714" in done.output


def test_another_mark_is_overwritten_with_yes_alone(course: Course) -> None:
    file = give(course, "w.csv", worksheet(HANDED_IN, grades={"21904712": "3.00"}))

    kept = course.run("export", "small", "--to", "moodle", "--into", file)
    written = course.folder / "exports" / "w.csv"

    assert kept.exit_code == 1
    assert "3.00 there, 12.50 here" in kept.output
    assert read_column(written.read_bytes(), "Grade", key="ID number") == GRADES | {"21904712": "3.00"}
    done = course.run("export", "small", "--to", "moodle", "--into", file, "--yes")
    assert done.exit_code == 0, done.output
    assert read_column(written.read_bytes(), "Grade", key="ID number") == GRADES


def test_feedback_says_what_the_report_says_of_each_question(course: Course) -> None:
    file = give(course, "w.csv", worksheet(HANDED_IN))

    done = course.run("export", "small", "--to", "moodle", "--into", file, "--feedback")

    assert done.exit_code == 0, done.output
    assert "feedback filled: 4" in done.output
    written = (course.folder / "exports" / "w.csv").read_bytes()
    assert read_column(written, "Feedback comments", key="ID number")["21904712"] == (
        "<p>Score: 5 of 8 points</p><ul><li><code>double</code>: 0 of 3 points. Your function still raises "
        "NotImplementedError: this question was not attempted.</li><li><code>half</code>: 5 of 5 points. "
        "Everything that was asked of it is right.</li></ul>"
    )
    refused = course.run(
        *("export", "small", "--to", "moodle", "--into", give(course, "g.csv", gradebook()), "--feedback"),
        *("--column", "Course total (Real)"),
    )
    assert "has no column for feedback" in str(refused.exception)


def test_a_file_that_is_there_is_not_overwritten_silently(course: Course) -> None:
    file = give(course, "w.csv", worksheet(HANDED_IN))

    done = course.run("export", "small", "--to", "moodle", "--into", file, "--out", file)

    assert done.exit_code != 0
    assert "is there already (--yes overwrites it, --out names another)" in str(done.exception)
    assert Path(file).read_bytes() == worksheet(HANDED_IN)


def test_the_wrong_file_is_not_written_again(course: Course) -> None:
    file = give(course, "w.csv", worksheet([Student("7", "Zoé Partie", "zoe@example.org")]))

    done = course.run("export", "small", "--to", "moodle", "--into", file)

    assert done.exit_code == 1
    assert "nothing was written" in done.output
    assert not (course.folder / "exports").exists()


@pytest.mark.parametrize(
    ("platform", "content", "heading", "key"),
    [
        ("moodle", gradebook(HANDED_IN), "Assignment: Convexity (Real)", "ID number"),
        ("canvas", canvas(HANDED_IN), "Homework 1: Gradients (771)", "SIS User ID"),
    ],
)
def test_a_column_is_named_where_titles_differ(
    course: Course, platform: str, content: bytes, heading: str, key: str
) -> None:
    file = give(course, "x.csv", content)
    asked = ("export", "small", "--to", platform, "--into", file)

    refused = course.run(*asked)
    done = course.run(*asked, "--column", heading, "--out-of", "20", "--yes")

    assert refused.exit_code != 0
    assert "name one with --column: Assignment" in str(refused.exception) or "Homework 1" in str(
        refused.exception
    )
    assert done.exit_code == 0, done.output
    found = read_column((course.folder / "exports" / "x.csv").read_bytes(), heading, key=key)
    assert {who: grade for who, grade in found.items() if who} == GRADES


def test_apogee_is_told_code_and_session(course: Course) -> None:
    file = give(course, "M2.TXT", apogee(HANDED_IN))
    done = course.run(
        "export",
        "small",
        "--to",
        "apogee",
        "--into",
        file,
        "--column",
        "GBX9AM01",
        "--session",
        "2",
        "--json",
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["column"] == "GBX9AM01 session 2 (Kernels)"
    assert [(each["student"], each["after"]) for each in told["filled"]][1] == ("21904712", "12,50")


@pytest.mark.parametrize(("language", "separator", "mark"), [("en", ",", "5.00"), ("fr", ";", "5,00")])
def test_a_table_for_spreadsheets(course: Course, language: str, separator: str, mark: str) -> None:
    done = course.run("export", "small", "--to", "csv", "--language", language)
    assert done.exit_code == 0, done.output
    content = (course.folder / "exports" / "small.csv").read_bytes()
    found = read_column(content, "small (/8)", key="id", separator=separator)
    assert found["21904712"] == mark
    assert found["21904715"] == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--to", "moodle"), "--into FILE names it"),
        (("--to", "apogee", "--into", "students.csv"), "no file of Apogée"),
        (("--to", "canvas", "--into", "students.csv"), "no gradebook of Canvas"),
        (("--to", "moodle", "--into", "students.csv"), "no column for marks"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(course: Course, arguments: tuple[str, ...], says: str) -> None:
    here = str(course.folder / "students.csv")
    done = course.run("export", "small", *(here if each == "students.csv" else each for each in arguments))
    assert done.exit_code != 0
    assert says in str(done.exception)


def test_an_unknown_name_is_refused(course: Course) -> None:
    assert "there is no assignment 'other'" in str(course.run("export", "other", "--to", "csv").exception)
