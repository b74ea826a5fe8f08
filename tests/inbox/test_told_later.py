"""What platforms tell of files: Canvas whether they are late there, Moodle's worksheet when they came."""

import json
import zipfile
from pathlib import Path

import pytest
from marking_course import Course, notebook
from test_moodle_times import ENGLISH, make_course

from autograder.course.opened import open_course
from autograder.domain.course_events import PlatformLateness, ReceiptTime
from autograder.domain.submission import PlatformWord
from autograder.interop.moodle_times import read_lateness

WHY = ("--why", "as agreed", "--yes")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = Course(tmp_path / "course")
    make_course(course)
    (course.folder / "worksheet.csv").write_text(ENGLISH, encoding="utf-8-sig")
    return course


def give_canvas(course: Course, *names: str) -> str:
    """A zip as Canvas gives it."""
    with zipfile.ZipFile(course.folder / "submissions.zip", "w") as packed:
        for name in names:
            packed.writestr(zipfile.ZipInfo(name, (2026, 10, 20, 9, 0, 0)), notebook(answer=f"x = {name!r}"))
    return "submissions.zip"


def lateness(course: Course) -> list[tuple[str, str, bool]]:
    with open_course(course.folder).gradebook(read_only=True) as book:
        said = [(e.whom.student, e.what) for e in book.events.all()]
    return [(who, what.platform, what.late) for who, what in said if isinstance(what, PlatformLateness)]


def work(course: Course, student: str) -> dict[str, object]:
    told = json.loads(course.run("grades", "--final", "--json").stdout)["students"]
    found: dict[str, object] = next(e for e in told if e["id"] == student)["assignments"]["small"]
    return found


def test_canvas_word_is_kept_with_the_submission(course: Course) -> None:
    """A fact for people: nobody is late by it, and no student reads it."""
    source = give_canvas(course, "ada_LATE_11_1_small.ipynb", "ben_12_2_small.ipynb")
    told = course.run("collect", "small", source)
    assert (
        "ada_11: came late, Canvas says; see in Canvas when, and say so: autograder received" in told.output
    )
    course.grade()
    assert lateness(course) == [("ada", "Canvas", True), ("ben", "Canvas", False)]
    course.grade()
    assert course.run("collect", "small", source).exit_code == 0
    assert len(lateness(course)) == 2
    assert work(course, "ada")["platform"] == {"name": "Canvas", "late": True}
    assert work(course, "ben")["platform"] == {"name": "Canvas", "late": False}
    assert (work(course, "ada")["days_late"], work(course, "all")["platform"]) == (0, None)
    why = course.run("grades", "--why", "ada").output
    assert "time of receipt doubtful, so not late, late, says Canvas" in why
    assert "Canvas" not in json.dumps(course.report("ada"))


def test_a_file_that_is_recorded_already_learns_of_it(course: Course) -> None:
    """Of a course that was collected by a program that knew nothing of it."""
    source = give_canvas(course, "ada_LATE_11_1_small.ipynb")
    course.run("collect", "small", source)
    for place in course.folder.glob("submissions/small/*/*/platform.txt"):
        place.unlink()
    course.grade()
    assert lateness(course) == []
    told = course.run("collect", "small", source, "--dry-run")
    assert "would be known: ada/1 is late, says Canvas" in told.output
    assert lateness(course) == []
    told = course.run("collect", "small", source)
    assert "known from now on: ada/1 is late, says Canvas" in told.output
    assert lateness(course) == [("ada", "Canvas", True)]


@pytest.mark.parametrize(
    ("status", "late"),
    [
        ("Submitted for grading", False),
        ("Submitted for grading - 2 hours 5 mins late", True),
        ("Submitted for grading - Graded - 1 day late - Extension granted until: 20 October", True),
        ("Remis pour évaluation - 2 heures 5 min de retard", True),
        ("Remis pour évaluation", False),
        ("Related to the plate", False),
    ],
)
def test_moodles_worksheet_says_whether_a_file_is_late_there(status: str, late: bool) -> None:
    worksheet = ENGLISH.replace("Submitted for grading", status, 1)
    assert read_lateness(worksheet.encode(), "worksheet.csv") == {"11": late, "12": False}
    assert read_lateness(b"id,name\nada,Ada\n", "students.csv") == {}


def test_moodles_word_is_kept_with_the_submission_too(course: Course) -> None:
    status = "Submitted for grading"
    begin = ENGLISH.rindex(status) + len(status)
    worksheet = f"{ENGLISH[:begin]} - 9 hours late{ENGLISH[begin:]}"
    (course.folder / "worksheet.csv").write_text(worksheet, encoding="utf-8-sig")
    course.run("collect", "small", "ML-small-7.zip", "--times", "worksheet.csv")
    course.grade()
    assert lateness(course) == [("ada", "Moodle", False), ("ben", "Moodle", True)]
    assert work(course, "ben")["platform"] == {"name": "Moodle", "late": True}
    assert "1 day late, late, says Moodle" in course.run("grades", "--why", "ben").output


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Canvas: late\n", PlatformWord("Canvas", late=True)),
        ("Canvas: in time", PlatformWord("Canvas", late=False)),
        ("Canvas late", None),
        ("", None),
        ("\x1b[31m: late", None),
        ("Canvas: late: late", None),
    ],
)
def test_only_what_was_written_is_read(text: str, word: PlatformWord | None) -> None:
    assert PlatformWord.read(text) == word


def test_a_student_cannot_bring_a_word_of_a_platform(course: Course) -> None:
    """Beside a notebook in a folder that no run of collecting named, it is one of their own files."""
    course.hand_in("ada", notebook())
    (course.folder / "submissions" / "small" / "ada" / "platform.txt").write_text("Canvas: in time\n")
    course.grade()
    assert lateness(course) == []


def test_times_make_known_what_was_collected_and_is_not_graded(course: Course) -> None:
    course.run("collect", "small", "ML-small-7.zip")
    told = course.run("collect", "small", "ML-small-7.zip", "--times", "worksheet.csv", "--dry-run")
    assert "would be known: ada was received 18 Oct 2026 23:40:00" in told.output
    assert len(list(course.folder.glob("submissions/small/*/*-file"))) == 2
    told = course.run("collect", "small", "ML-small-7.zip", "--times", "worksheet.csv")
    assert "0 collected, 2 unchanged" in told.output
    assert "known from now on: ben was received 19 Oct 2026 09:00:00" in told.output
    assert "~" not in told.output
    assert not list(course.folder.glob("submissions/small/*/*-file"))
    course.grade()
    assert [work(course, who)["days_late"] for who in ("ada", "ben")] == [0, 1]
    assert "doubtful" not in course.run("grades").output


def test_times_make_known_what_is_graded(course: Course) -> None:
    """Shown with what changes by it; what a person recorded stands."""
    course.run("collect", "small", "ML-small-7.zip")
    course.grade()
    course.run("received", "small", "ada", "2026-10-17T10:00", *WHY)
    times = ("--times", "worksheet.csv")
    told = course.run("collect", "small", "ML-small-7.zip", *times, "--dry-run", "--json")
    assert json.loads(told.stdout)["times"]["ben/1"] == "2026-10-19T09:00:00+02:00"
    assert work(course, "ben")["days_late"] == 0
    told = course.run("collect", "small", "ML-small-7.zip", *times)
    assert "known from now on: ben/1 was received 19 Oct 2026 09:00:00" in told.output
    assert "ben: small 0.50 to 1.00 -> 0.40 to 0.90  DOWN" in told.output
    assert [work(course, who)["days_late"] for who in ("ada", "ben")] == [0, 1]
    with open_course(course.folder).gradebook(read_only=True) as book:
        said = [e for e in book.events.all() if isinstance(e.what, ReceiptTime)]
    assert [(e.whom.student, e.what.why) for e in said] == [("ada", "as agreed"), ("ben", "by worksheet.csv")]
    again = course.run("collect", "small", "ML-small-7.zip", *times)
    assert "known from now on" not in again.output
    course.grade()
    assert json.loads(course.run("grades", "--final", "--json").stdout)["doubtful_times"] == {}
    course.run("feedback", "small")
    assert [n for n in course.report("ben")["notes"] if "after the deadline" in n]
    assert course.run("received", "small", "ben", "--revoke", *WHY).exit_code == 0
    assert work(course, "ben")["days_late"] == 0
