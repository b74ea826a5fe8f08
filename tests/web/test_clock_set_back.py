"""Files that were received while the clock was ahead: the last one counts, and a person says who is late."""

import json
import shlex
from datetime import datetime

from class_course import RIGHT, notebook
from web_course import WRONG, WebCourse

from autograder.domain.submission import ReceivedBy, Submission
from autograder.gradebook.store import Gradebook


def receive(web: WebCourse, student: str, content: bytes, clock: str) -> None:
    """Hand in by what the server's clock shows."""
    at, folder = datetime.fromisoformat(f"{clock}+01:00"), web.site.course.folder
    sent = Submission(student, "small", content, at, ReceivedBy.SERVER, "small.ipynb")
    with Gradebook.open(folder.store_url, folder.custody(), clock=lambda: at) as book:
        book.receive([sent])


def doubted(web: WebCourse) -> dict[str, str]:
    """By student, the command that settles a time of receipt that cannot be."""
    waiting = json.loads(web.run("todo", "--json").stdout)
    return {each["student"]: each["command"] for each in waiting if "clock was ahead" in each["what"]}


def test_the_last_file_counts_and_a_person_is_told_whose_time_cannot_be(web: WebCourse) -> None:
    """An hour ahead, over midnight: nobody is late by it where a later file shows it, or a person says it."""
    settings = web.folder / "course.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("2026-12-13", "2025-12-13"))
    receive(web, "ada", WRONG, "2025-12-14T00:30:00")
    receive(web, "ben", notebook(**RIGHT), "2025-12-14T00:32:00")
    receive(web, "ada", notebook(**RIGHT), "2025-12-13T23:40:00")
    receive(web, "tess", notebook(**RIGHT), "2025-12-14T00:20:00")
    web.grade_waiting()
    ada = web.visitor("ada")
    assert "File 2 , 13 Dec 2025 23:40:00 6 of 6 points · counts" in ada.text("/work/small")
    grades = web.run("grades", "--why", "ada").stdout
    assert "file 2" in grades
    assert "late" not in grades
    assert "1 day late" in web.run("grades", "--why", "ben").stdout
    assert doubted(web).keys() == {"ada", "ben"}
    for student, time in (("ada", "2025-12-13T23:30"), ("ben", "2025-12-13T23:32")):
        typed = doubted(web)[student].replace("TIME", time).replace("WHY", "the clock was ahead")
        assert web.run(*shlex.split(typed)[1:], "--yes").exit_code == 0
    assert doubted(web) == {}
    assert "late" not in web.run("grades", "--why", "ben").stdout
    assert "6 of 6 points · counts" in ada.text("/work/small")
