"""From reports to final grades, through the store and the commands."""

import csv
import io
import json
from datetime import UTC, datetime
from fractions import Fraction

from graded_course import final, record
from marking_course import Course

from autograder.course.graded import graded_class
from autograder.course.opened import open_course
from autograder.domain.course_events import ALL, Whom
from autograder.domain.events import BadQuestion, ExamMark, Extension, Override, OverrideKind, Remedy


def test_every_student_of_the_roster_has_a_line(course: Course) -> None:
    """Lateness is paid for; what is open is a range; whoever handed in nothing has 0 of it."""
    grades = final(course)
    assert list(grades) == ["ada", "ben", "all"]
    ada = grades["ada"]
    assert (ada["final"], ada["exact"], ada["code"]) == (None, None, None)
    assert ada["range"] == ["9.00", "19.00"]
    assert ada["homework"] == "9/10"
    small = ada["assignments"]["small"]  # type: ignore[index]
    assert {key: small[key] for key in ("mark", "days_late", "free_days", "counts")} == {
        "mark": "9/10",
        "days_late": 1,
        "free_days": 0,
        "counts": 1,
    }
    assert small["why"] == "file 1, 19 Oct 2026 10:15:00, 1 day late"
    assert grades["ben"]["assignments"]["small"]["counts"] == 2  # type: ignore[index]
    assert grades["all"]["range"] == ["0.00", "10.00"]
    assert grades["all"]["assignments"]["small"]["why"] == "not handed in"  # type: ignore[index]


def test_what_people_recorded_decides(course: Course) -> None:
    """For a student, for a group, for all."""
    until = datetime(2026, 10, 19, 12, 0, tzinfo=UTC)
    record(
        course,
        (Whom("ada"), Extension(0, "small", until, "ill")),
        (Whom("ada"), ExamMark(0, Fraction(13, 20), source="exam.csv, line 2")),
        (Whom(group="TP 1"), Override(0, None, OverrideKind.ADJUST, Fraction(1, 40), given="+1/2")),
        (ALL, BadQuestion(0, "small", "double", Remedy.FULL, "a typing error")),
    )
    ada = final(course)["ada"]
    assert (ada["final"], ada["exact"], ada["homework"]) == ("17.00", "17", "1")
    [line] = list(csv.DictReader(io.StringIO(course.run("grades", "--final", "--csv").stdout)))[:1]
    assert (line["id"], line["name"], line["final"], line["exact"]) == ("ada", "Ada", "17.00", "17")
    assert (line["small"], line["small days late"], line["small counts"]) == ("1", "0", "1")
    with graded_class(open_course(course.folder), datetime.now(UTC)) as (graded, _):
        assert [str(grade.final) for grade in graded.grades().values()] == ["17", "None", "None"]


def test_a_grade_says_how_it_comes_about(course: Course) -> None:
    record(course, (Whom("ben"), ExamMark(0, Fraction(13, 20), source="exam.csv, line 3")))
    told = course.run("grades", "--why", "ben").output.splitlines()
    assert told[0].startswith("Ben (ben)      Small, session 1      as of ")
    assert [line.split()[0] for line in told[1:5]] == ["Homework", "small", "Exam", "Final"]
    assert "2 of 2, file 2, 18 Oct 2026 10:15:00, in time" in told[2]
    assert "50 %, 13 of 20, exam.csv, line 3" in told[3]
    assert "50 % x 13/20 + 50 % x 1 = 33/40, of 20: 16.5, rounded to 0.01, ties up" in told[4]
    assert told[4].endswith("16.50")
    assert told[5] == "small, file 1: would give 0"
    found = json.loads(course.run("grades", "--why", "ben", "--json").stdout)
    assert found["final"] == "16.50"
    assert found["derivation"]["lines"][1]["label"] == "small"
    wrong = course.run("grades", "--why", "bem")
    assert "bem: is the id of no student of this course (did you mean ben?)" in str(wrong.exception)


def test_scores_say_which_file_counts_and_how_late_it_is(course: Course) -> None:
    told = course.run("grades").output
    assert "2/2, 1 day late" in told
    assert "2/2, file 2" in told
    assert [line.split() for line in told.splitlines() if line.startswith("all")] == [["all", "All", "-"]]
    assert json.loads(course.run("grades", "--json").stdout) == {"ada": {"small": 2.0}, "ben": {"small": 2.0}}


def test_files_of_an_assignment_that_was_renamed_are_told_of(course: Course) -> None:
    """They count nowhere, and nobody is left to wonder why everybody has nothing."""
    told = "3 files are recorded of small, which course.toml does not name: they count nowhere until"
    assert told not in course.run("grades").output
    toml = course.folder / "course.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("assignments.small", "assignments.tiny"))
    assert told in course.run("grades").stdout
    assert told in course.run("grades", "--final").stdout
    assert told in course.run("grades", "--final", "--csv").stderr
    assert json.loads(course.run("grades", "--final", "--json").stdout)["unlisted_works"] == {"small": 3}


def test_what_if_records_nothing(course: Course) -> None:
    told = course.run("whatif", "ben").output
    assert "10.00 to 20.00" in told
    assert "for 10, needed in the exam: 0 of 20" in told
    assert "for 14, needed in the exam: 8 of 20" in told
    assert "trial, nothing is recorded: 16.50" in course.run("whatif", "ben", "--exam", "13/20").output
    assert "'=1+1' is no mark" in str(course.run("whatif", "ben", "--exam", "=1+1").exception)
    assert final(course)["ben"]["final"] is None


def test_options_that_do_not_go_together_are_refused(course: Course) -> None:
    for arguments in (
        ("--final", "small"),
        ("--csv", "--json"),
        ("--csv", "--why", "ada"),
        ("--final", "--why", "ada"),
        ("--why", "ada", "small"),
    ):
        assert course.run("grades", *arguments).exit_code == 2
