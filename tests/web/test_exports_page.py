"""Marks for other platforms on a page: their file is completed, told line by line, and downloaded."""

import csv
import io
import zipfile
from collections.abc import Iterator
from fractions import Fraction
from urllib.parse import parse_qsl, urlsplit

import pytest
from web_course import WebCourse, words_of

from autograder.domain.course_events import CourseEvent, Whom
from autograder.domain.events import Override, OverrideKind

GRADEBOOK = b"First name,Last name,ID number,Email address,small\r\nAda,Lovelace,ada,ada@example.org,\r\n"
OTHERS = b"Ben,Okri,ben,ben@example.org,3\r\nNo,Body,nobody,no@example.org,\r\n"


@pytest.fixture
def course(web: WebCourse) -> Iterator[WebCourse]:
    """ada has half, ben all, and tess nothing; it is over."""
    marks = (("ada", "1/2"), ("ben", "1"))
    events = [
        CourseEvent(
            Override(0, "small", OverrideKind.MARK, Fraction(share), "", "x", share),
            Whom(who),
            web.clock(),
            "ina",
        )
        for who, share in marks
    ]
    web.site.gradebook.events.add(events)
    web.clock.pass_by(days=10)
    yield web


def test_a_platforms_file_is_completed_told_and_downloaded(course: WebCourse) -> None:
    ina = course.visitor("ina")
    assert "only its cells of marks change" in ina.text("/class/exports")
    typed = {"work": "small", "to": "moodle", "out_of": "20"}
    sent = ina.post("/class/exports", data=typed, files={"file": ("grades.csv", GRADEBOOK + OTHERS)})
    assert sent.status_code == 303
    page = ina.get(sent.headers["location"])
    told = words_of(page.text)
    assert "Another mark stands there and was kept: 1" in told
    assert "In the file and not here: 1" in told
    assert "Here and not in the file: 1" in told
    link = page.text.partition('href="/class/exports/file')[2].partition('"')[0].replace("&amp;", "&")
    answer = ina.get(f"/class/exports/file{link}")
    assert answer.headers["content-disposition"].startswith('attachment; filename="grades.csv"')
    rows = {row["ID number"]: row["small"] for row in csv.DictReader(io.StringIO(answer.text))}
    assert rows == {"ada": "10.00", "ben": "3", "nobody": ""}
    answer = ina.get(f"/class/exports/file{link}&overwrite=1")
    rows = {row["ID number"]: row["small"] for row in csv.DictReader(io.StringIO(answer.text))}
    assert rows["ben"] == "20.00"
    uploads = list((course.folder / ".autograder" / "uploads").iterdir())
    assert len(uploads) == 1  # what was sent, and nothing that was made from it
    assert not (course.folder / "exports").exists()


def test_a_table_of_ones_own_needs_no_file_and_holds_no_formula(course: WebCourse) -> None:
    roster = course.folder / "students.csv"
    roster.write_text(roster.read_text().replace("Ada Lovelace", "=cmd|'/c calc'!A1"))
    ina = course.visitor("ina")
    for work in ("small", "final grade"):
        sent = ina.post("/class/exports", data={"work": work, "to": "csv", "language": "fr"})
        page = ina.get(sent.headers["location"]).text
        assert "What stands in the file" in words_of(page)
        link = page.partition('href="/class/exports/file')[2].partition('"')[0].replace("&amp;", "&")
        text = ina.get(f"/class/exports/file{link}").content.decode("utf-8-sig")
        assert "'=cmd" in text
        assert ";" in text.splitlines()[0]


def test_what_was_typed_is_asked_for_as_it_was_typed(course: WebCourse) -> None:
    """Headings hold spaces and signs of all kinds."""
    heading = "Devoir 1 + 2 (50 %) & plus #3"
    sent = course.visitor("ina").post("/class/exports", data={"to": "csv", "column": heading})
    query = dict(parse_qsl(urlsplit(sent.headers["location"]).query))
    assert query["column"] == heading


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"to": "moodle", "work": "small"}, "the platform's file: is not there"),
        ({"to": "moodle", "work": "small", "into": "../../secret"}, "is not there"),
        ({"to": "nowhere", "work": "small"}, "'nowhere' is none"),
        ({"to": "csv", "work": "other"}, "'other' is no assignment or quiz"),
        ({"to": "csv", "work": "small", "out_of": "-3"}, "is no number of points"),
        ({"to": "csv", "work": "small", "out_of": "\x00"}, "is no number of points"),
    ],
)
def test_what_cannot_be_exported_is_told(course: WebCourse, typed: dict[str, str], says: str) -> None:
    ina = course.visitor("ina")
    for path in ("/class/exports", "/class/exports/file"):
        answer = ina.get(path, params=typed)
        assert answer.status_code == 422
        assert says in words_of(answer.text)


def test_a_file_that_is_not_the_platforms_is_refused(course: WebCourse) -> None:
    ina = course.visitor("ina")
    for content in (b"\xff\xfe\x00", b"hello", b"ID number,small\r\nnobody,\r\n", b'"'):
        files = {"file": ("../x.csv", content)}
        sent = ina.post("/class/exports", data={"work": "small", "to": "moodle"}, files=files)
        assert ina.get(sent.headers["location"]).status_code == 422, content


def test_all_that_is_recorded_of_a_student_and_the_table_for_otter_are_downloads(course: WebCourse) -> None:
    ina = course.visitor("ina")
    answer = ina.get("/class/students/ada/data.zip")
    assert answer.headers["content-disposition"].startswith('attachment; filename="ada.zip"')
    assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert ina.get("/class/students/nobody/data.zip").status_code == 404
    assert ina.get("/class/exports/otter/small").status_code == 200
    assert ina.get("/class/exports/otter/other").status_code == 404


def test_only_instructors_export(course: WebCourse) -> None:
    paths = ("/class/exports", "/class/exports/file?to=csv&work=small", "/class/exports/otter/small")
    for who in ("ada", "asa", "adm"):
        visitor = course.visitor(who)
        for path in (*paths, "/class/students/ada/data.zip"):
            assert visitor.get(path).status_code == 404
