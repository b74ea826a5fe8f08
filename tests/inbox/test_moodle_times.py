"""Times of receipt from Moodle's grading worksheet: its zip tells none but that of the download."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from graded_course import LATE
from marking_course import Course, notebook

from autograder.errors import CourseError
from autograder.interop.moodle_times import read_moment, read_times

PARIS = ZoneInfo("Europe/Paris")
EVENING = datetime(2026, 12, 14, 21, 30, tzinfo=PARIS)


@pytest.mark.parametrize(
    "text",
    [
        "Monday, 14 December 2026, 9:30 PM",
        "14 December 2026, 9:30 PM",
        "Monday, December 14, 2026, 9:30 PM",
        "lundi 14 décembre 2026, 21:30",
        "lundi 14 décembre 2026, 21:30:00",
        "lundi, 14 décembre 2026, 21:30",
        "14 déc. 2026 à 21h30",
        "2026-12-14 21:30",
        "2026-12-14T20:30:00+00:00",
    ],
)
def test_a_time_is_read_in_english_and_in_french(text: str) -> None:
    assert read_moment(text, PARIS) == EVENING


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("dimanche 1er février 2026, 00:05", datetime(2026, 2, 1, 0, 5, tzinfo=PARIS)),
        ("jeudi 2 juillet 2026, 08:00", datetime(2026, 7, 2, 8, 0, tzinfo=PARIS)),
        ("mardi 2 juin 2026, 08:00", datetime(2026, 6, 2, 8, 0, tzinfo=PARIS)),
        ("mercredi 5 août 2026, 12:00", datetime(2026, 8, 5, 12, 0, tzinfo=PARIS)),
        ("Saturday, 5 September 2026, 12:05 AM", datetime(2026, 9, 5, 0, 5, tzinfo=PARIS)),
        ("Saturday, 5 September 2026, 12:05 PM", datetime(2026, 9, 5, 12, 5, tzinfo=PARIS)),
    ],
)
def test_months_that_begin_alike_and_noon_are_told_apart(text: str, moment: datetime) -> None:
    assert read_moment(text, PARIS) == moment


@pytest.mark.parametrize(
    "text", ["soon", "31 February 2026, 9:30", "14 Dec 2026, 13:30 PM", "14.12.2026", "=1+1"]
)
def test_what_is_no_time_is_not_guessed(text: str) -> None:
    assert read_moment(text, PARIS) is None


ENGLISH = (
    "Identifier,Full name,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    'Participant 11,Ada,Submitted for grading,,20.00,Yes,"Sunday, 18 October 2026, 11:40 PM",-,\n'
    'Participant 12,Ben,Submitted for grading,,20.00,Yes,"Monday, 19 October 2026, 9:00 AM",-,\n'
    "Participant 13,All,No submission,,20.00,Yes,-,-,\n"
)
FRENCH = (
    "Identifiant;Nom complet;Statut;Note;Note maximale;La note peut être modifiée;"
    "Dernière modification (travail remis);Dernière modification (note);Feedback par commentaires\n"
    'Participant 11;Ada;Remis pour évaluation;;20,00;Oui;"dimanche 18 octobre 2026, 23:40";-;\n'
    'Participant 12;Ben;Remis pour évaluation;;20,00;Oui;"lundi 19 octobre 2026, 09:00";-;\n'
    "Participant 13;All;Aucun travail remis;;20,00;Oui;-;-;\n"
)


@pytest.mark.parametrize("worksheet", [ENGLISH, FRENCH], ids=["English", "French"])
def test_a_zip_with_its_worksheet_has_known_times(tmp_path: Path, worksheet: str) -> None:
    """Downloaded the morning after: whoever was in time is not late, whoever was late is."""
    course = Course(tmp_path)
    make_course(course)
    (tmp_path / "worksheet.csv").write_text(worksheet, encoding="utf-8-sig")
    without = course.run("collect", "small", "ML-small-7.zip", "--dry-run", "--json")
    assert [one["doubtful"] for one in json.loads(without.stdout)["collected"]] == [True, True]
    told = course.run("collect", "small", "ML-small-7.zip", "--times", "worksheet.csv", "--json")
    assert told.exit_code == 0, told.output
    collected = {one["student"]: one for one in json.loads(told.stdout)["collected"]}
    assert {name: one["doubtful"] for name, one in collected.items()} == {"ada": False, "ben": False}
    received = datetime.fromisoformat(collected["ada"]["received"]).astimezone(UTC)
    assert received == datetime(2026, 10, 18, 21, 40, tzinfo=UTC)
    course.grade()
    grades = json.loads(course.run("grades", "--final", "--json").stdout)
    late = {each["id"]: each["assignments"]["small"]["days_late"] for each in grades["students"]}
    assert late == {"ada": 0, "ben": 1, "all": 0}
    assert grades["doubtful_times"] == {}


def make_course(course: Course) -> None:
    """Two students whose files Moodle's zip holds, with the time of the download."""
    with (course.folder / "course.toml").open("a", encoding="utf-8") as file:
        file.write(LATE)
    students = "id,name\nada,Ada\nben,Ben\nall,All\n"
    (course.folder / "students.csv").write_text(students, encoding="utf-8")
    with zipfile.ZipFile(course.folder / "ML-small-7.zip", "w") as packed:
        for name, number in (("Ada", 11), ("Ben", 12)):
            place = f"{name}_{number}_assignsubmission_file_/small.ipynb"
            entry = zipfile.ZipInfo(place, (2026, 10, 20, 9, 0, 0))
            packed.writestr(entry, notebook(answer=f"def double(x):\n    return 2 * x  # {name}"))


def test_every_line_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    broken = ENGLISH.replace("18 October 2026, 11:40 PM", "yesterday").replace("19 October", "39 October")
    with pytest.raises(CourseError) as error:
        read_times(broken.encode(), "worksheet.csv", PARIS)
    assert [flaw.where for flaw in error.value.flaws] == ["worksheet.csv, line 2", "worksheet.csv, line 3"]
    with pytest.raises(CourseError, match="has no times"):
        read_times(b"id,name\nada,Ada\n", "students.csv", PARIS)


def test_nobody_is_late_by_the_time_of_a_download(tmp_path: Path) -> None:
    """No report says so; the instructor is told how many times are doubtful, and confirms them."""
    course = Course(tmp_path)
    make_course(course)
    course.run("collect", "small", "ML-small-7.zip")
    course.grade()
    assert not [note for note in course.report("ada")["notes"] if "after the deadline" in note]
    assert "small: 2 times of receipt are doubtful" in course.run("grades").output
    why = ("--why", "as told by the platform")
    told = course.run("received", "small", "--confirm", *why, "--yes")
    assert "ada/1: 20 Oct 2026 09:00:00" in told.output
    assert "doubtful" not in course.run("grades").output
    grades = json.loads(course.run("grades", "--final", "--json").stdout)
    assert [each["assignments"]["small"]["days_late"] for each in grades["students"]] == [2, 2, 0]
    course.run("feedback", "small")
    [late] = [note for note in course.report("ada")["notes"] if "after the deadline" in note]
    assert late == "Received 33 h 01 min after the deadline."
