"""What staff see of a class: counts, questions, students and grades, each only of whom they look after."""

import csv
import html
import io
import json
from dataclasses import replace

import pytest
from class_course import RIGHT, notebook
from web_course import NOW, WRONG, WebCourse, words_of

from autograder.domain.people import CoursePerson, CourseRole, StaffMember
from autograder.domain.report import Outcome
from autograder.domain.submission import ReceivedBy, Submission
from autograder.web.navigation import CLASS_LINKS, WORK_LINKS
from autograder.web.rights import RIGHTS


@pytest.mark.parametrize(
    ("who", "begins"), [("ina", "/class"), ("asa", "/class"), ("tess", "/class"), ("adm", "/admin")]
)
def test_staff_begin_at_the_first_page_that_they_may_open(web: WebCourse, who: str, begins: str) -> None:
    answer = web.visitor(who).get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, begins)


def test_who_teaches_and_studies_has_a_way_to_both(web: WebCourse) -> None:
    tess = web.visitor("tess")
    assert 'href="/?as=student"' in tess.get("/class").text
    own = tess.get("/?as=student").text
    assert "Small homework" in own
    assert 'href="/class"' in own


def test_a_student_is_shown_no_link_of_staff(web: WebCourse) -> None:
    assert "/class" not in web.visitor("ada").get("/").text


def test_every_link_of_the_tables_leads_to_a_page_that_is_there() -> None:
    assert {("GET", link.route) for link in (*CLASS_LINKS, *WORK_LINKS)} <= RIGHTS.keys()


def test_the_class_page_counts_what_was_received_and_judged(taught: WebCourse) -> None:
    ina = taught.visitor("ina")
    page = ina.text("/class")
    assert "Small homework" in page
    assert "2 of 3" in page
    taught.visitor("tess").hand_in(notebook(**RIGHT))
    page = ina.text("/class")
    assert "3 of 3 2 (1 waiting)" in page


def test_an_assistant_counts_their_own_group_and_never_themselves(taught: WebCourse) -> None:
    assert "1 of 1" in taught.visitor("asa").text("/class")
    # tess looks after everybody, and is a student too.
    assert "2 of 2" in taught.visitor("tess").text("/class")


def test_who_is_on_no_list_is_seen_by_instructors_alone(taught: WebCourse) -> None:
    stray = Submission("zoe", "small", WRONG, NOW, ReceivedBy.SERVER, "small.ipynb")
    taught.site.gradebook.receive([stray])
    assert "3 of 4" in taught.visitor("ina").text("/class")
    assert "2 of 2" in taught.visitor("tess").text("/class")


def test_without_students_the_class_page_says_what_to_do(web: WebCourse) -> None:
    (web.folder / "students.csv").write_text("id,name\n", encoding="utf-8")
    assert "students.csv is empty" in web.visitor("ina").text("/class")


def test_a_wrong_course_file_is_told_on_the_class_page(web: WebCourse) -> None:
    ina = web.visitor("ina")
    (web.folder / "students.csv").write_text("id,name\nada,A\nada,B\n", encoding="utf-8")
    page = ina.text("/class")
    assert "students.csv" in page
    assert "0 of 3" in page  # as it was when it was last right


def test_assistants_of_some_work_see_any_student_but_not_other_work() -> None:
    member = StaffMember("bob", CourseRole.ASSISTANT, assignments=frozenset(("small",)))
    bob = CoursePerson("bob", None, member)
    assert bob.looks_after("small")
    assert bob.looks_after("")
    assert not bob.looks_after("other")


def test_a_piece_of_work_shows_who_is_missing_with_addresses(taught: WebCourse) -> None:
    page = taught.visitor("ina").text("/class/work/small")
    assert "1 student has handed in nothing" in page
    assert "tess@example.org" in page
    assert "ada@example.org" not in page


def test_scores_and_questions_are_those_of_the_files_that_count(taught: WebCourse) -> None:
    page = taught.visitor("ina").text("/class/work/small")
    assert "mean, of 6 points 5.25" in page  # 4.5 and 6
    assert "Gradient 2 62 %" in page  # a quarter for the known mistake
    # A worse file in its place counts instead.
    taught.visitor("ben").hand_in(notebook())
    taught.grade_waiting()
    page = taught.visitor("ina").text("/class/work/small")
    assert "mean, of 6 points 2.25" in page
    assert "Root 1 50 % 50 % 50 %" in page  # facility, right, not attempted


def test_the_table_of_questions_names_the_mistake_that_was_recognised_most_often(taught: WebCourse) -> None:
    """Of the files that count, with a link to the question; no student's page names it."""
    page = taught.visitor("ina").get("/class/work/small").text
    link = '<code>takes_A_symmetric</code>, <a href="/class/work/small/q/grad#known-mistakes">1 student</a>'
    assert link in page and page.count("#known-mistakes") == 1
    assert 'id="known-mistakes"' in taught.visitor("ina").get("/class/work/small/q/grad").text
    assert "left out of it" not in page
    for path in ("/work/small", "/work/small/1", "/grade"):
        assert "takes_A_symmetric" not in taught.visitor("ada").get(path).text


def test_an_assistants_figures_are_of_whom_they_look_after(taught: WebCourse) -> None:
    page = taught.visitor("asa").text("/class/work/small")
    assert "received, of 1 1" in page
    assert "mean, of 6 points 4.50" in page
    assert "tess@example.org" not in page


def test_late_and_excused_work_is_counted(taught: WebCourse) -> None:
    done = taught.run("excuse", "tess", "small", "--why", "ill", "--yes")
    assert done.exit_code == 0, done.output
    taught.clock.pass_by(days=5)
    taught.visitor("ben").hand_in(notebook(**{**RIGHT, "root": "def root(a, b):\n    return a"}))
    page = taught.visitor("ina").text("/class/work/small")
    assert "excused 1" in page
    assert "handed in nothing" not in page
    assert "waiting to be judged 1" in page
    assert "in time 2" in page  # what came too late does not count, and takes nothing away


def test_the_live_part_is_sent_again_only_when_it_changed(taught: WebCourse) -> None:
    ina, script = taught.visitor("ina"), {"hx-request": "true"}
    whole = ina.get("/class/work/small").text
    part = ina.get("/class/work/small", headers=script)
    assert "<html" not in part.text
    assert part.text in whole
    tag = part.headers["etag"]
    assert f'"If-None-Match": {json.dumps(tag)}' in html.unescape(part.text)
    again = ina.get("/class/work/small", headers={**script, "if-none-match": tag})
    assert (again.status_code, again.text) == (304, "")
    taught.clock.pass_by(hours=1)  # time alone changes nothing
    assert ina.get("/class/work/small", headers={**script, "if-none-match": tag}).status_code == 304
    taught.visitor("tess").hand_in(WRONG)
    changed = ina.get("/class/work/small", headers={**script, "if-none-match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


def test_unknown_work_is_not_there(web: WebCourse) -> None:
    assert web.visitor("ina").get("/class/work/unknown").status_code == 404


def test_what_could_not_be_judged_is_listed_with_its_file(taught: WebCourse) -> None:
    gradebook = taught.site.gradebook
    (stored,) = gradebook.last_reports([1])
    verdicts = (
        replace(stored.report.verdicts[0], outcome=Outcome.UNJUDGED, mark=None),
        *stored.report.verdicts[1:],
    )
    gradebook.record(replace(stored.report, verdicts=verdicts), again=True)
    page = taught.visitor("ina").get("/class").text
    assert "1 could not be judged" in words_of(page)
    assert "Ada Lovelace , Small homework : grad" in words_of(page)
    assert 'href="/class/work/small/student/ada/1"' in page
    assert "What needs you" in taught.visitor("asa").text("/class")


def test_the_marks_of_a_work_are_a_table_and_a_file_of_whom_one_looks_after(taught: WebCourse) -> None:
    ina = taught.visitor("ina")
    page = ina.text("/class/work/small/table")
    assert "Ada Lovelace 4.5 0.5 3 1" in page
    assert "Tess Both –" in page
    assert "1 student." in ina.text("/class/work/small/table?state=missing")
    assert "2 students." in ina.text("/class/work/small/table?group=G2")
    content = taught.visitor("asa").get("/class/work/small/table?as=csv").content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content))) == [
        ["id", "name", "group", "file", "days late", "points", "of", "grad", "extremes", "root"],
        ["ada", "Ada Lovelace", "G1", "1", "0", "9/2", "6", "1/2", "3", "1"],
    ]
