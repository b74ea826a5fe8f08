"""What students see of reports before marks are published: all, so many, the examples alone, or nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from class_course import RIGHT, notebook
from hypothesis import given
from hypothesis import strategies as st
from latest_report import latest_report
from web_course import Visitor, WebCourse

from autograder.course.opened import OpenCourse
from autograder.domain.shown_reports import ReportRules, ReportShows, Shown, plan_reports
from autograder.grading.team_reports import copy_report
from autograder.services.decisions import preview_publication, record_publication
from autograder.services.shown_report import read_report_for_student

START = datetime(2026, 12, 1, 12, tzinfo=UTC)


def minutes(*times: float) -> list[datetime]:
    return [START + timedelta(minutes=each) for each in times]


def hows(rules: ReportRules, times: list[datetime], now: datetime) -> list[str]:
    return [each.how.value for each in plan_reports(rules, times, now=now).files]


def test_five_hundred_files_in_an_hour_have_as_many_full_reports_as_the_pause_lets_through() -> None:
    times = minutes(*(60 * k / 500 for k in range(500)))
    rules = ReportRules(attempts=20, pause=timedelta(minutes=5))
    end = START + timedelta(hours=2)
    assert hows(rules, times, end).count("full") <= 13
    assert hows(ReportRules(attempts=4, pause=timedelta(minutes=5)), times, end).count("full") == 4
    assert hows(ReportRules(attempts=20), times, end) == ["full"] * 20 + ["spent"] * 480
    assert hows(ReportRules(), times, end) == ["full"] * 500


@given(
    st.lists(st.integers(0, 3600), max_size=40),
    st.integers(1, 5) | st.none(),
    st.integers(0, 900),
    st.integers(0, 4000),
)
def test_no_two_full_reports_are_nearer_than_the_pause_and_none_is_taken_back(
    seconds: list[int], attempts: int | None, pause: int, now: int
) -> None:
    times = [START + timedelta(seconds=each) for each in sorted(each for each in seconds if each <= now)]
    rules = ReportRules(attempts=attempts, pause=timedelta(seconds=pause))
    moment = START + timedelta(seconds=now)
    plan = plan_reports(rules, times, now=moment)
    full = [k for k, each in enumerate(plan.files) if each.how is Shown.FULL]
    assert attempts is None or len(full) <= attempts
    assert plan.full == len(full)
    if times and plan.files[-1].how is Shown.LATER:
        assert moment < plan.files[-1].at <= moment + rules.pause  # type: ignore[operator]
    # A file that comes now changes nothing of what was shown.
    again = plan_reports(rules, [*times, moment], now=moment)
    assert [k for k, each in enumerate(again.files[:-1]) if each.how is Shown.FULL] == full
    shown = again.files[-1]
    expected = None if shown.how is Shown.SPENT else moment if shown.how is Shown.FULL else shown.at
    assert plan.next_at == expected


def test_what_was_there_when_marks_were_published_is_shown_whole() -> None:
    times = minutes(0, 1, 100)
    for rules in (
        ReportRules(ReportShows.NOTHING),
        ReportRules(ReportShows.EXAMPLES),
        ReportRules(attempts=1),
    ):
        plan = plan_reports(rules, times, now=times[-1], published=times[1])
        assert [each.how is Shown.FULL for each in plan.files] == [True, True, False]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebCourse]:
    """tess has handed in what earns 4.5 of 6."""
    web = WebCourse(tmp_path_factory.mktemp("graded"))
    web.visitor("tess").hand_in(file(0))
    web.grade_waiting()
    yield web
    web.close()


@pytest.fixture
def course(judged: WebCourse, tmp_path: Path) -> Iterator[WebCourse]:
    web = judged.copy_to(tmp_path)
    yield web
    web.close()


def file(number: int) -> bytes:
    return notebook(f"number = {number}", **{**RIGHT, "grad": "def grad(A, w):\n    return 2 * A @ w"})


def say(web: WebCourse, lines: str) -> None:
    settings = web.folder / "course.toml"
    text = settings.read_text()
    settings.write_text(text.replace("[assignments.small]\n", f"[assignments.small]\n{lines}\n", 1))


def judge_alike(web: WebCourse) -> None:
    """Give what waits the report that tess has: what is tried is what is shown of it."""
    report = latest_report(web.site.gradebook, "small", "tess")
    assert report is not None
    for waiting in web.site.gradebook.ungraded():
        submission = web.site.gradebook.ungraded_submission(waiting.id)
        assert submission is not None
        web.site.gradebook.record(copy_report(report, submission).report)


def hand_in(web: WebCourse, visitor: Visitor, number: int) -> None:
    assert visitor.hand_in(file(number)).status_code == 303
    judge_alike(web)


def publish(web: WebCourse) -> None:
    book = web.site.gradebook
    shown = preview_publication(web.site.course, book, "small", "", now=web.clock())
    record_publication(book, shown, by="ina")


HINT = "Your formula is right for some matrices only."


def given_to(visitor: Visitor, files: int) -> str:
    """All that is shown to a student, on every page."""
    paths = ["/", "/work/small", "/grade", *(f"/work/small/{k}" for k in range(1, files + 1))]
    return " ".join(visitor.text(path) for path in paths)


def test_full_reports_are_counted_and_further_files_are_received_and_count(course: WebCourse) -> None:
    say(course, 'attempts = 2\ncounts = "best"')
    ada = course.visitor("ada")
    assert "Judged in full: 0 of 2; the next full report at once." in ada.text("/work/small")
    for number in (1, 2, 3):
        hand_in(course, ada, number)
    assert HINT in ada.text("/work/small/2")
    told = ada.text("/work/small/3")
    assert HINT not in told
    assert "4.5" not in told
    assert "Your full reports are spent" in told
    assert "Received, judged, and it counts." in told
    assert ada.get("/work/small/3/state").json() == {"state": "received", "before": 0}
    page = ada.text("/work/small")
    assert "Judged in full: 2 of 2; further files are received and count" in page
    assert "received; shown when marks are published" in page
    assert ada.get("/work/small/3/file").content == file(3)
    publish(course)
    assert HINT in ada.text("/work/small/3")


def test_between_two_full_reports_there_is_the_pause(course: WebCourse) -> None:
    say(course, 'attempts = 20\npause = "5 min"')
    ada = course.visitor("ada")
    hand_in(course, ada, 1)
    course.clock.pass_by(minutes=2)
    assert "Judged in full: 1 of 20; the next full report in 3 min." in ada.text("/work/small")
    hand_in(course, ada, 2)
    assert "Its full report is shown in 3 min" in ada.text("/work/small/2")
    course.clock.pass_by(minutes=1)
    hand_in(course, ada, 3)
    assert "A newer file came" in ada.text("/work/small/2")
    assert "shown in 2 min" in ada.text("/work/small/3")
    course.clock.pass_by(minutes=2)
    assert HINT in ada.text("/work/small/3")
    assert HINT not in ada.text("/work/small/2")
    assert "Judged in full: 2 of 20" in ada.text("/work/small")


def test_examples_alone_are_shown_until_marks_are_published(course: WebCourse) -> None:
    say(course, 'shows = "examples"')
    ada = course.visitor("ada")
    hand_in(course, ada, 1)
    told = ada.text("/work/small/1")
    assert "Gradient" in told
    assert "Found." in told
    everything = given_to(ada, 1)
    for hidden in (HINT, "4.5", "0.75", "15.00", "3/4"):
        assert hidden not in everything, hidden
    publish(course)
    assert HINT in ada.text("/work/small/1")
    assert "4.5 of 6" in ada.text("/work/small")


def test_nothing_is_shown_until_marks_are_published_and_nothing_of_what_comes_later(
    course: WebCourse,
) -> None:
    say(course, 'shows = "nothing"')
    ada = course.visitor("ada")
    assert "The report is shown when marks are published." in ada.text("/work/small")
    hand_in(course, ada, 1)
    everything = given_to(ada, 1)
    for hidden in (HINT, "4.5", "0.75", "15.00", "3/4", "Found", "Gradient"):
        assert hidden not in everything, hidden
    assert "not published so far" in ada.text("/grade")
    publish(course)
    assert HINT in ada.text("/work/small/1")
    course.clock.pass_by(minutes=1)
    hand_in(course, ada, 2)
    assert HINT not in ada.text("/work/small/2")
    assert HINT in ada.text("/work/small/1")


def test_a_reason_for_more_time_is_read_by_its_student(course: WebCourse) -> None:
    from autograder.domain.course_events import CourseEvent, Whom
    from autograder.domain.events import Extension

    what = Extension(0, "small", None, "The train was late.", 60)
    course.site.gradebook.events.add([CourseEvent(what, Whom("ada"), course.clock(), "ina")])
    assert "You have more time: The train was late." in course.visitor("ada").text("/work/small")
    assert "more time" not in course.visitor("ben").text("/work/small")


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('shows = "soon"', 'one of "at once", "examples", "nothing"'),
        ("attempts = 0", "a number, 1 to 10000"),
        ('attempts = "20"', "attempts"),
        ('pause = "5"', "a span of time"),
    ],
)
def test_what_course_toml_may_not_say_is_told(course: WebCourse, lines: str, says: str) -> None:
    say(course, lines)
    assert course.site.read is not None
    assert says in "\n".join(str(flaw) for flaw in course.site.flaws)


def test_staff_are_told_what_a_student_is_not_shown(course: WebCourse) -> None:
    say(course, 'shows = "nothing"')
    hand_in(course, course.visitor("ada"), 1)
    path = "/class/work/small/student/ada/1"
    told = course.visitor("ina").text(path)
    assert "Ada Lovelace is not shown this report so far" in told
    assert HINT in told
    publish(course)
    assert "sees it now" in course.visitor("ina").text(path)


def test_a_report_is_shown_by_the_gradebook_that_is_open(
    taught: WebCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To open another one for the times that people recorded is a new connection for each page."""
    opened, book = taught.site.course, taught.site.gradebook
    (own,) = book.marked_submissions(students=["ada"])

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("opened once more")

    monkeypatch.setattr(OpenCourse, "gradebook", refuse)
    assert read_report_for_student(opened, book, own.id, published=None)
    files = opened.report_files("small", gradebook=book)
    assert files.complete(book, "small", students={"ada"}, anew=True) == 1
