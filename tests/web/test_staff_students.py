"""What staff see of one student: files, reports, hidden cases, notebooks, grades; and what is left behind."""

import base64
import csv
import io
import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from class_course import RIGHT, notebook
from web_course import WebCourse, words_of

from autograder.domain.course_events import CourseEvent, Whom
from autograder.domain.events import ExamMark, Override, OverrideKind

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
HOSTILE = '<img src="https://evil.example/x" onerror="alert(1)">'


def test_the_files_of_a_student_say_which_counts(taught: WebCourse) -> None:
    taught.visitor("ada").hand_in(notebook(**RIGHT))
    page = taught.visitor("ina").text("/class/work/small/student/ada")
    assert "Ada Lovelace" in page
    assert "File 2 Thursday 10 Dec 2026, 10:00:00 yes being judged" in page
    assert "File 1 Thursday 10 Dec 2026, 10:00:00 no 4.5 of 6 points" in page


def test_a_report_is_shown_as_its_student_sees_it_and_for_staff_with_names(taught: WebCourse) -> None:
    ina = taught.visitor("ina")
    own = ina.get("/class/work/small/student/ada/1").text
    assert "Your formula is right for some matrices only." in words_of(own)
    assert "takes_A_symmetric" not in own
    assert "As Ada Lovelace sees it now." in words_of(own)
    staff = ina.text("/class/work/small/student/ada/1?as=staff")
    assert "takes_A_symmetric" in staff


def test_every_hidden_case_is_told_as_the_command_tells_it(taught: WebCourse) -> None:
    page = taught.visitor("ina").get("/class/work/small/student/ada/1/cases").text
    said = taught.run("explain", "small", "ada", "--accept-isolation", "1")
    assert said.exit_code == 0, said.output
    words = words_of(page)
    assert "difference" in said.output
    for line in said.output.splitlines():
        assert " ".join(line.split()) in words


def test_a_course_may_keep_hidden_cases_from_assistants(taught: WebCourse) -> None:
    asa, path = taught.visitor("asa"), "/class/work/small/student/ada/1"
    assert "/cases" in asa.get(path).text
    settings = taught.folder / "course.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text + "[privacy]\nassistants_see_cases = false\n", encoding="utf-8")
    assert "/cases" not in asa.get(path).text
    assert asa.get(f"{path}/cases").status_code == 404
    assert "/cases" in taught.visitor("ina").get(path).text


PATHS = (
    "/class/work/small/student/{id}",
    "/class/work/small/student/{id}/1",
    "/class/work/small/student/{id}/1/file",
    "/class/work/small/student/{id}/1/notebook",
    "/class/work/small/student/{id}/1/cases",
    "/class/students/{id}",
)


@pytest.mark.parametrize("path", PATHS)
def test_a_student_whom_one_does_not_look_after_is_not_there(taught: WebCourse, path: str) -> None:
    """For asa ben is as unknown as nobody, and tess, who teaches and studies, does not see herself."""
    asa = taught.visitor("asa")
    foreign, unknown = asa.get(path.format(id="ben")), asa.get(path.format(id="nobody"))
    assert (foreign.status_code, foreign.text) == (404, unknown.text)
    assert taught.visitor("tess").get(path.format(id="tess")).status_code == 404


@pytest.mark.parametrize("number", ["0", "2", "x", "99999999", "-1", "1e0"])
def test_a_file_that_is_not_there_is_not_found(taught: WebCourse, number: str) -> None:
    assert taught.visitor("ina").get(f"/class/work/small/student/ada/{number}").status_code == 404


def test_a_file_is_given_out_as_it_came(taught: WebCourse) -> None:
    sent = taught.visitor("ina").get("/class/work/small/student/ben/1/file")
    assert sent.content == notebook(**RIGHT)
    assert sent.headers["content-disposition"].startswith("attachment;")


def test_a_saved_notebook_shows_text_and_redrawn_pictures_and_nothing_that_runs(web: WebCourse) -> None:
    document: dict[str, Any] = json.loads(notebook(**RIGHT))
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["\x1b[31m", HOSTILE]},
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"text/html": HOSTILE, "text/plain": "plain"},
        },
        {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": f"<svg>{HOSTILE}</svg>"}},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": PIXEL}},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": "bm8gcGljdHVyZQ=="}},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["\x1b[0;31mE: at line 3\x1b[0m"]},
        "no output",
    ]
    document["cells"][1]["outputs"] = outputs
    document["cells"][2]["source"] = f"# Heading\n\n{HOSTILE}\n\n[a](javascript:alert(1)) $x^2$"
    web.visitor("ada").hand_in(json.dumps(document).encode())
    answer = web.visitor("ina").get("/class/work/small/student/ada/1/notebook")
    page, words = answer.text, words_of(answer.text)
    assert '<img src="https' not in page
    assert "<svg>" not in page
    assert 'href="javascript' not in page
    assert "Not shown: text/html" in words
    assert "Not shown: image/svg+xml" in words
    assert page.count("<img ") == 1
    assert PIXEL not in page  # it is drawn anew
    assert base64.b64encode(b"\x89PNG\r\n\x1a\n")[:8].decode() in page
    assert "A picture of cell 2 is not shown: it is damaged" in words
    assert "E: at line 3" in words
    assert "<h1>Heading" not in page
    assert "<math" in page


def test_a_file_that_is_no_notebook_says_so(web: WebCourse) -> None:
    web.visitor("ada").hand_in(b"%PDF-1.4")
    page = web.visitor("ina").text("/class/work/small/student/ada/1/notebook")
    assert "notebook" in page.partition("File 1, the notebook")[2]


def test_who_looks_at_named_work_is_noted_and_told_the_student(taught: WebCourse) -> None:
    asa, ada = taught.visitor("asa"), taught.visitor("ada")
    assert "Who looked at your work" not in ada.text("/me")
    asa.get("/class/work/small/student/ada/1")
    asa.get("/class/work/small/student/ada/1/notebook")  # within the hour: one view
    me = ada.text("/me")
    assert me.count("an assistant, small") == 1
    assert "Asa" not in me
    assert "asa , small" in taught.visitor("ina").text("/class/students/ada")
    taught.site.transient.forget_person("ada")
    assert "asa , small" not in taught.visitor("ina").text("/class/students/ada")


def test_students_are_found_by_name_id_and_group(taught: WebCourse) -> None:
    ina = taught.visitor("ina")
    assert "3 students." in ina.text("/class/students")
    found = ina.text("/class/students?q=OKRI")
    assert "1 student." in found
    assert "Ben Okri" in found
    assert "2 students." in ina.text("/class/students?group=G2")
    assert "1 student." in taught.visitor("asa").text("/class/students")


def test_an_assistant_is_told_no_grade_and_no_decision(taught: WebCourse) -> None:
    assert "How it comes about" in taught.visitor("ina").text("/class/students/ada")
    page = taught.visitor("asa").text("/class/students/ada")
    assert "Small homework" in page
    assert "How it comes about" not in page
    assert "What was recorded" not in page
    for path in ("/class/grades", "/class/grades/ada", "/class/log"):
        assert taught.visitor("asa").get(path).status_code == 404


@pytest.fixture
def decided(taught: WebCourse) -> Iterator[WebCourse]:
    """The class with decisions: ada's mark is adjusted, and hostile words are recorded of ben."""
    adjusted = Override(0, "small", OverrideKind.ADJUST, Fraction(1, 10), why="a slip of ours")
    events = [
        CourseEvent(adjusted, Whom("ada"), taught.clock(), "ina", note="=cmd|' /C calc'!A0"),
        CourseEvent(ExamMark(0, Fraction(1, 2), source="list"), Whom("ben"), taught.clock(), "ina"),
    ]
    taught.site.gradebook.events.add(events)
    yield taught


def test_the_table_of_grades_has_everybody_and_can_be_filtered(taught: WebCourse) -> None:
    ina = taught.visitor("ina")
    page = ina.text("/class/grades")
    assert "3 students." in page
    assert "0.00 to 20.00" in page  # open until the deadline has passed
    assert "20.00" in ina.text("/class/grades?show=so-far")
    assert "15.00 0.75 0.75" in ina.text("/class/grades?show=so-far")
    assert "2 students." in ina.text("/class/grades?group=G2")
    assert "3 students." in ina.text("/class/grades?state=open")
    assert "0 students." in ina.text("/class/grades?state=settled")
    taught.clock.pass_by(days=9)
    ina = taught.visitor("ina")
    assert "3 students." in ina.text("/class/grades?state=settled")


def test_grades_are_the_same_in_the_file_as_the_command_prints(taught: WebCourse) -> None:
    sent = taught.visitor("ina").get("/class/grades?as=csv")
    assert sent.headers["content-disposition"].startswith("attachment;")
    rows = list(csv.reader(io.StringIO(sent.content.decode("utf-8-sig"))))
    printed = taught.run("grades", "--final", "--csv")
    assert rows == list(csv.reader(io.StringIO(printed.stdout)))


def test_a_grade_is_derived_line_by_line(decided: WebCourse) -> None:
    ina = decided.visitor("ina")
    page = ina.text("/class/grades/ada")
    assert "a slip of ours" in page
    assert "Small homework" in page
    assert ina.get("/class/grades/nobody").status_code == 404


def test_the_log_lists_events_and_its_file_holds_no_formula(decided: WebCourse) -> None:
    ina = decided.visitor("ina")
    page = ina.text("/class/log")
    assert "2 events." in page
    assert "a slip of ours" in page
    assert "Exam mark: the exam: 10/20" in page
    assert "1 event." in ina.text("/class/log?whom=ben")
    assert "1 event." in ina.text("/class/log?kind=override")
    assert "0 events." in ina.text("/class/log?by=asa")
    rows = list(csv.reader(io.StringIO(ina.get("/class/log?as=csv").content.decode("utf-8-sig"))))
    assert len(rows) == 3
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_a_number_that_is_none_shows_the_log_from_its_end(decided: WebCourse) -> None:
    for before in ("x", "-1", "99999999999", "", "²"):
        assert "2 events." in decided.visitor("ina").text(f"/class/log?before={before}")
