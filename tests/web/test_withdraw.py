"""Withdrawing a file: the one before counts again, as it came first, until marking begins."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from class_course import RIGHT, notebook
from web_course import WebCourse

from autograder.domain.course_events import CourseEvent, Team, Whom
from autograder.domain.handmark import HandMark
from autograder.domain.report import CriterionMark
from autograder.services.decisions import preview_publication, record_publication

FIRST, SECOND = notebook(**RIGHT), notebook(before="# another", **RIGHT)


def test_the_file_before_counts_again_as_it_came_first(web: WebCourse) -> None:
    """Also where the last one was late: the file that counts is in time."""
    ada = web.visitor("ada")
    ada.hand_in(FIRST)
    web.clock.pass_by(days=5)
    ada = web.visitor("ada")
    ada.hand_in(SECOND)
    assert "Withdraw this file" in ada.text("/work/small/2")
    assert "Withdraw this file" not in ada.text("/work/small/1")
    done = ada.post("/work/small/2/withdraw")
    assert (done.status_code, done.headers["location"]) == (303, "/work/small/3")
    assert ada.get("/work/small/3/file").content == FIRST
    assert ada.get("/work/small/2/file").content == SECOND, "nothing is lost"
    [*_, last] = web.site.gradebook.history("ada")
    assert last.received == web.clock()
    assert "File 3" in ada.text("/work/small") and "counts" in ada.text("/work/small")
    page = ada.text("/grade")
    assert "file 3" in page and "late" not in page.partition("file 3")[2][:60]


def refused(web: WebCourse, number: int) -> str:
    answer = web.visitor("ada").post(f"/work/small/{number}/withdraw")
    assert answer.status_code == 409
    return str(answer.text)


def test_what_cannot_be_withdrawn_is_said(web: WebCourse) -> None:
    ada = web.visitor("ada")
    ada.hand_in(FIRST)
    assert "only file" in refused(web, 1)
    ada.hand_in(SECOND)
    assert "not your last file" in refused(web, 1)
    assert ada.post("/work/small/9/withdraw").status_code == 404
    assert web.visitor("ben").post("/work/small/2/withdraw").status_code == 404
    settings = web.folder / "course.toml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(before.replace("grace =", 'counts = "best"\ngrace ='), encoding="utf-8")
    assert "best file counts" in refused(web, 2)
    settings.write_text(before, encoding="utf-8")
    assert "Withdraw this file" in web.visitor("ada").text("/work/small/2")
    assert len(web.site.gradebook.history("ada")) == 2


@pytest.mark.parametrize("begun", ["marked", "published"])
def test_nothing_is_withdrawn_once_marking_has_begun(web: WebCourse, begun: str) -> None:
    ada = web.visitor("ada")
    ada.hand_in(FIRST)
    ada.hand_in(SECOND)
    book, now = web.site.gradebook, web.clock()
    if begun == "marked":
        lines = (CriterionMark("all", Fraction(1), Fraction(1)),)
        book.hand_marks.add([HandMark("ben", "small", "Why", "0" * 64, lines, "", "ina", datetime.now(UTC))])
    else:
        record_publication(book, preview_publication(web.site.course, book, "small", "", now=now), by="ina")
    assert ("Marking has begun" if begun == "marked" else "published") in refused(web, 2)
    assert "Withdraw this file" not in web.visitor("ada").text("/work/small/2")


def test_a_team_withdraws_together(web: WebCourse) -> None:
    """Each member sees what the other handed in, and that the file before counts again."""
    teams = [CourseEvent(Team(0, "small", "one"), Whom(who), web.clock(), "ina") for who in ("ada", "ben")]
    web.site.gradebook.events.add(teams)
    web.visitor("ada").hand_in(FIRST)
    web.visitor("ben").hand_in(SECOND)
    web.clock.pass_by(minutes=1)
    assert web.visitor("ada").post("/work/small/2/withdraw").headers["location"] == "/work/small/3"
    for who in ("ada", "ben"):
        assert web.visitor(who).get("/work/small/3/file").content == FIRST
        assert "You hand in together with" in web.visitor(who).text("/work/small")
