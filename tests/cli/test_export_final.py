"""`autograder export --final`, and marks of work with lateness and decisions reckoned in."""

import json
import shutil
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from autograder.course.opened import open_course
from autograder.domain.course import Student
from autograder.domain.course_events import CourseEvent, ReceiptTime, Recorded, Whom
from autograder.domain.events import Absence, ExamCode, ExamMark, Override, OverrideKind
from tests.samples.exported_course import make_graded
from tests.samples.marking_course import COURSE, Course
from tests.samples.marking_course import notebook as written_notebook
from tests.samples.platform_files import apogee, canvas, read_column, worksheet

HALF_EXAM = COURSE.replace(
    'homework = "100 %"\nexam = "0 %"', 'homework = "50 %"\nexam = "50 %"\nstep = "0.25"'
)
OVER = HALF_EXAM.replace('title = "Small"\nweight', 'title = "Small"\ndeadline = 2020-01-01T23:59:00\nweight')
EXAM: dict[str, Fraction | ExamCode] = {
    "21904711": Fraction(13, 20),
    "21904712": ExamCode.UNEXCUSED,
    "21904713": ExamCode.EXCUSED,
    "21904714": ExamCode.EXEMPT,
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_graded(tmp_path_factory.mktemp("graded") / "course").folder


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> Course:
    """The graded class after its deadline and an exam, from which some were absent."""
    made = object.__new__(Course)
    made.folder = shutil.copytree(graded, tmp_path / "course")
    (made.folder / "course.toml").write_text(OVER)
    record(made, *((student, ExamMark(0, mark)) for student, mark in EXAM.items()))
    return made


def record(course: Course, *events: tuple[str, Recorded]) -> None:
    with open_course(course.folder).gradebook() as gradebook:
        gradebook.events.add(
            [CourseEvent(what, Whom(student), datetime.now(UTC), "test") for student, what in events]
        )


def give(course: Course, name: str, content: bytes) -> str:
    place = course.folder.parent / name
    place.write_bytes(content)
    return str(place)


def to_apogee(course: Course, *more: str) -> dict[str, str]:
    file = give(course, "M2.TXT", apogee())
    done = course.run("export", "--final", "--to", "apogee", "--into", file, "--session", "1", "--yes", *more)
    assert done.exit_code == 0, (done.output, done.exception)
    written = (course.folder / "exports" / "M2.TXT").read_bytes().decode("latin-1")
    values = written.partition("XX-APO_VALEURS-XX\r\n")[2].split("\r\n")
    return {line.split("\t")[0]: line.split("\t")[4] for line in values[1:] if line}


def test_apogee_gets_final_grades_and_codes_of_absence(course: Course) -> None:
    """50 % of 1 and 13/20 is 16.50; whoever handed in nothing and sat no exam is still open."""
    assert to_apogee(course) == {
        "21904711": "16,50",
        "21904712": "ABI",
        "21904713": "ABJ",
        "21904714": "0,00",
        "21904715": "",
    }
    assert to_apogee(course, "--no-codes")["21904712"] == "6,25"


def test_a_step_is_of_the_scale_and_other_scales_are_exact(course: Course) -> None:
    file = give(course, "w.csv", worksheet(most="100.00"))
    done = course.run("export", "--final", "--to", "moodle", "--into", file)
    assert done.exit_code == 0, (done.output, done.exception)
    found = read_column((course.folder / "exports" / "w.csv").read_bytes(), "Grade", key="ID number")
    assert (found["21904711"], found["21904712"], found["21904713"]) == ("82.50", "31.25", "")
    assert "ABJ, and the platform takes numbers only" in done.output
    assert "the grade is still open" in done.output


def test_final_grades_as_a_table_have_their_codes(course: Course) -> None:
    done = course.run("export", "--final", "--to", "csv", "--language", "fr")
    assert done.exit_code == 0, (done.output, done.exception)
    content = (course.folder / "exports" / "final.csv").read_bytes()
    assert read_column(content, "final (/20)", key="id", separator=";")["21904711"] == "16,50"
    assert read_column(content, "code", key="id", separator=";") == {
        "21904711": "",
        "21904712": "ABI",
        "21904713": "ABJ",
        "21904714": "DIS",
        "21904715": "",
    }


def test_what_a_jury_decided_is_written_as_it_decided(course: Course) -> None:
    decided = Override(0, None, OverrideKind.MARK, Fraction("13.1") / 20, given="13.1/20")
    record(course, ("21904711", decided))
    assert to_apogee(course)["21904711"] == "13,1"


def test_a_column_of_canvas_for_final_grades_is_named(course: Course) -> None:
    file = give(course, "c.csv", canvas())
    asked = ("export", "--final", "--to", "canvas", "--into", file)
    assert "name one with --column" in str(course.run(*asked).exception)
    assert course.run(*asked, "--column", "Convexity", "--yes").exit_code == 0
    found = read_column(
        (course.folder / "exports" / "c.csv").read_bytes(), "Convexity (772)", key="SIS User ID"
    )
    assert found["21904711"] == "8.25"


def test_marks_of_work_have_lateness_excuses_and_decisions_in_them(course: Course) -> None:
    """Handed in a day late at 10 %, excused, and decided by a person; who handed in nothing has 0."""
    (course.folder / "course.toml").write_text(
        OVER + '[late]\npenalty = "10 %"\nuntil = "3 days"\nof = "points"\n'
    )
    with open_course(course.folder).gradebook(read_only=True) as gradebook:
        file_of = {one.student: one.id for one in gradebook.marked_submissions()}
    record(
        course,
        ("21904711", ReceiptTime(0, "small", file_of["21904711"], datetime(2020, 1, 2, 10, tzinfo=UTC))),
        ("21904712", Absence(0, "small", excused=True, why="ill")),
        ("21904713", Override(0, "small", OverrideKind.MARK, Fraction(3, 4), given="6/8")),
    )
    file = give(course, "w.csv", worksheet())

    done = course.run("export", "small", "--to", "moodle", "--into", file, "--json", "--feedback")

    assert done.exit_code == 0, (done.output, done.exception)
    told = json.loads(done.output)
    filled = {each["student"]: each["after"] for each in told["filled"]}
    assert filled["21904711"] == "18.00"
    assert filled["21904713"] == "15.00"
    assert filled["21904715"] == "0.00"
    assert [(each["student"], each["why"]) for each in told["without"]] == [("21904712", "is excused")]
    feedback = read_column(
        (course.folder / "exports" / "w.csv").read_bytes(), "Feedback comments", key="ID number"
    )
    assert "Score: 8 of 8 points</p><p>It counts as 7.2 of 8 points: lateness" in feedback["21904711"]


def test_what_waits_for_a_person_is_not_exported(tmp_path: Path) -> None:
    course = Course(tmp_path / "course")
    (course.folder / "students.csv").write_text("id,name\nada,Ada\n")
    course.hand_in("ada", written_notebook(answer="def double(x):\n    return 2.0 * x"))
    assert course.grade().exit_code == 0
    file = give(course, "w.csv", worksheet([Student("ada", "Ada")]))

    done = course.run("export", "small", "--to", "moodle", "--into", file)
    returned = course.run("return", "small", "--to", "moodle", file)

    assert done.exit_code == 0, (done.output, done.exception)
    assert "line 2: Ada, ada: waits for a person: " in done.output
    assert read_column((course.folder / "exports" / "w.csv").read_bytes(), "Grade", key="ID number") == {
        "ada": ""
    }
    assert "still waiting for marks of a person: 1\n  ada" in returned.output


@pytest.mark.parametrize("arguments", [("--to", "csv"), ("small", "--final", "--to", "csv")])
def test_a_name_or_final_is_given_and_not_both(course: Course, arguments: tuple[str, ...]) -> None:
    done = course.run("export", *arguments)
    assert done.exit_code == 2
    assert "name an assignment or quiz, or --final, and --to" in done.output
