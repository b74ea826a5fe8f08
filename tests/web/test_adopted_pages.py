"""Pages of an assignment that was adopted: its tests are told to staff, and its answers in words marked."""

import json
import re
from collections.abc import Iterator
from fractions import Fraction

import nbgrader_course as sample
import pytest
from adopted_course import AdoptedCourse
from web_course import ROSTER, STAFF, WebCourse
from whole_course import AsideHere

from autograder.adopting.adopt import adopt
from autograder.adopting.their_tools import TheirPython
from autograder.services.decisions import preview_publication, record_publication


class TwoNotebooks(AdoptedCourse):
    """An assignment of two notebooks, with an essay of one name in each; ada and ben have handed both in."""

    def __init__(self, folder) -> None:
        self.folder, self.theirs = folder / "ours", folder / "theirs"
        first = [sample.answer("square"), sample.check("square_test"), sample.essay("why")]
        second = [sample.essay("why", 2), sample.task("free", 0)]
        for name, cells in (("one", first), ("two", second)):
            sample.write_notebook(self.theirs / f"source/ps1/{name}.ipynb", cells)
        adopt(self.theirs, self.folder, python=TheirPython())
        (self.folder / "students.csv").write_text(ROSTER, encoding="utf-8")
        (self.folder / "staff.csv").write_text(STAFF, encoding="utf-8")
        for student, body in {"ada": "-x", "ben": "x * x"}.items():
            place = self.folder / "submissions/ps1" / student
            first[0]["source"] = f"def square(x):\n    return {body}"
            first[2]["source"], second[0]["source"] = f"One, says {student}.", f"Two, says {student}."
            sample.write_notebook(place / "one.ipynb", first)
            sample.write_notebook(place / "two.ipynb", second)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebCourse]:
    made = TwoNotebooks(tmp_path_factory.mktemp("adopted"))
    done = made.grade_all("--accept-isolation", "1")
    assert done.exit_code == 0, done.output
    course = WebCourse.at(made.folder)
    course.site.aside = AsideHere()
    yield course
    course.close()


def test_staff_see_every_test_of_a_file(web: WebCourse) -> None:
    page = web.visitor("ina").text("/class/work/ps1/student/ada/1/cases")
    assert "square_test (2 points)" in page
    assert "[outside, hidden] square_test: does not pass, 0 of 2" in page
    assert "stopped at assert square(2) == 4" in page
    assert "two/why (2 points)" in page and "a person marks it" in page


def test_answers_in_words_are_marked_without_names(web: WebCourse) -> None:
    """Those of a notebook whose questions have its name before theirs, too; of no points nothing is asked."""
    ina = web.visitor("ina")
    listed = ina.get("/class/work/ps1/mark").text
    assert re.findall(r'href="(/class/work/ps1/mark/[\w-]+)"', listed) == [
        "/class/work/ps1/mark/one-why",
        "/class/work/ps1/mark/two-why",
    ]
    assert "free" not in listed and "square_test" not in listed
    part = "/class/work/ps1/mark/two-why"
    page = ina.get(part, follow_redirects=True)
    assert page.url.path.startswith(f"{part}/") and "Two, says" in page.text and "One, says" not in page.text
    assert "Lovelace" not in page.text and "Change the criteria" not in page.text
    assert ina.get(f"{part}/rubric").status_code == 404
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    form = sent | {"points-0": "1.5", "comment": "Which rule?"}
    following = ina.post(page.url.path, key=sent["form_key"], data=form)
    assert following.status_code == 303, following.text
    [mark] = web.site.gradebook.hand_marks.of("ps1")
    assert (mark.part, mark.earned, mark.points) == ("two/why", Fraction(3, 2), 2)
    assert "1 of 2" in ina.text("/class/work/ps1/mark")
    report = json.loads((web.folder / f"reports/ps1/{mark.student}/report.json").read_text(encoding="utf-8"))
    told = {each["name"]: (each["outcome"], each["mark"]) for each in report["questions"]}
    assert told["two/why"] == ("marked", 0.75)
    assert told["free"] == ("no_points", 1)
    assert told["one/why"] == ("awaiting_mark", None)


def test_other_pages_of_it_open(web: WebCourse) -> None:
    """The work as a whole, a question of it, a student's file, and what the student sees."""
    ina = web.visitor("ina")
    for path in ("", "/q/square_test", "/q/two/why", "/student/ada", "/student/ada/1"):
        answer = ina.get(f"/class/work/ps1{path}", follow_redirects=True)
        assert answer.status_code == 200, (path, answer.text)
    ada = web.visitor("ada")
    assert "square_test" in ada.get("/work/ps1/1").text
    shown = preview_publication(web.site.course, web.site.gradebook, "ps1", "", now=web.clock())
    record_publication(web.site.gradebook, shown, by="ina")
    asking = re.findall(r'href="(/work/ps1/1/ask/[^"]+)"', ada.get("/work/ps1/1").text)
    assert "/work/ps1/1/ask/two/why" in asking
    assert ada.get("/work/ps1/1/ask/two/why").status_code == 200
