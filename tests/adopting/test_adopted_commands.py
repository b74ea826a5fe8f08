"""What commands tell of an adopted assignment, and what they ask of whoever grades it."""

from collections.abc import Iterator

import pytest
from adopted_course import INSIDE, AdoptedCourse

from autograder.adopting.adopt import adopt
from autograder.adopting.inside import list_inside
from autograder.adopting.their_tools import TheirPython
from autograder.domain.report import FORGEABLE
from autograder.errors import CourseError


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdoptedCourse]:
    course = AdoptedCourse(tmp_path_factory.mktemp("adopted"))
    done = course.grade_all()
    assert done.exit_code == 0, done.output
    assert "1 test waits for a decision" in done.stderr
    yield course


def test_explain_tells_instructors_every_test_with_all_it_met(course: AdoptedCourse) -> None:
    """Hidden statements and values too, and why a test is judged where it is."""
    told = course.run("explain", "ps1", "cyd").stdout
    assert "[outside, hidden] square_test: does not pass, 0 of 2" in told
    assert "stopped at assert square(-3) == 9" in told
    assert "expected   9\n" in told and "answered   -9\n" in told
    assert f"[inside] kernel_test: passes, 1 of 1\n      {FORGEABLE}\n      because it needs IPython" in told
    assert "why (3 points)\n  a person marks it" in told
    alone = course.run("explain", "ps1", "ada", "column_test").stdout
    assert alone == "column_test (2 points)\n  [outside] column_test: passes, 2 of 2\n"
    unknown = course.run("explain", "ps1", "ada", "none")
    assert isinstance(unknown.exception, CourseError)
    assert "known are square_test, kernel_test, column_test, why" in str(unknown.exception)


def test_stats_show_the_class(course: AdoptedCourse) -> None:
    done = course.run("stats", "ps1", "--out", "class.html")
    assert "class.html: 3 students." in done.stdout
    page = (course.folder / "class.html").read_text()
    assert "square_test" in page and "column_test" in page
    assert "ada" not in page.replace("data", "")


def test_nothing_is_to_be_regraded_until_something_changes(course: AdoptedCourse) -> None:
    assert "is of today's assignment" in course.run("regrade", "ps1", "--dry-run").stdout
    unknown = course.run("regrade", "ps1", "--question", "none", "--dry-run")
    assert "there is no question 'none'" in str(unknown.exception)


def test_a_decision_on_tests_inside_is_recorded_once_and_changes_the_marks(course: AdoptedCourse) -> None:
    """It waits, then counts, then is a person's; what was decided is asked anew when the test is another."""
    folder = course.folder / "adopted/ps1"
    assert course.report("ada")["kernel_test"]["outcome"] == "awaiting_mark"
    course.grade_all("--inside", "accept", "--dry-run")
    assert not (folder / "inside.json").exists()

    accepted = course.grade_all("--inside", "accept")
    assert "for a decision" not in accepted.stderr and "older version" not in accepted.stderr
    assert "3 submissions waited for what you have decided, and were judged again." in accepted.stdout
    assert "Nothing to grade" not in accepted.stdout
    [test] = list_inside(folder)
    assert (test.test.text, test.answer is not None and test.answer.accepted) == (INSIDE, True)
    marks = {student: course.report(student)["kernel_test"]["tests"] for student in ("ada", "bob", "cyd")}
    assert {student: mark["earned"] for student, [mark] in marks.items()} == {"ada": 1, "bob": 0, "cyd": 1}
    assert {(mark["where"], mark["label"]) for [mark] in marks.values()} == {("inside", FORGEABLE)}
    told = f"ps1: {FORGEABLE} (kernel_test)"
    assert told in course.run("grades", "ps1").stdout
    assert told in course.run("grades", "--csv").stderr
    assert f"    {FORGEABLE}\n" in course.run("explain", "ps1", "ada", "kernel_test").stdout
    page = (course.folder / "reports/ps1/ada/report.html").read_text()
    assert "forged" not in page and "It ran together with your own code." in page
    assert "Nothing to grade" in course.grade_all().stdout

    adopt(course.theirs, course.folder, python=TheirPython())
    [test] = list_inside(folder)
    assert test.answer is not None  # the same test: it still holds

    course.grade_all("--inside", "manual")
    course.run("regrade", "ps1", "--why", "A person looks.", "--yes")
    [mark] = course.report("ada")["kernel_test"]["tests"]
    assert (mark["where"], mark["earned"]) == ("by hand", None)


def test_deciding_is_refused_where_nothing_is_asked(course: AdoptedCourse) -> None:
    toml = course.folder / "course.toml"
    text = toml.read_text()
    toml.write_text(text.replace('inside = "ask"', 'inside = "accept"'))
    try:
        done = course.grade_all("--inside", "manual")
    finally:
        toml.write_text(text)
    assert done.exit_code == 2
    assert 'with inside = "ask"' in done.stderr
