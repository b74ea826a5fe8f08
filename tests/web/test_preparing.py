"""What takes long is asked for on a page, done beside the pages, and confirmed as it was shown."""

import re
from fractions import Fraction

import pytest
from class_course import RIGHT, notebook
from errands_here import do_what_waits, zipped
from latest_report import latest_report
from web_course import NOW, WRONG, WebCourse, words_of

from autograder.domain.course_events import CourseEvent, Whom
from autograder.domain.events import Override, OverrideKind
from autograder.gradebook.errands import ErrandKind, Errands, ErrandState
from autograder.services.collecting import collect_work
from autograder.services.uploads import course_uploads

PAGES = ("check", "release", "collect", "grade", "regrade")


@pytest.fixture
def course(taught: WebCourse) -> WebCourse:
    return taught


def seen_by_ada(course: WebCourse) -> list[str]:
    """Her mark on three pages."""
    pages = {"/work/small": r"(\S+) of 6 points · counts", "/work/small/1": r"Score (\S+) of 6"}
    pages["/grade"] = r"(\S+) of 6, file 1"
    ada = course.visitor("ada")
    return [found[1] for page, told in pages.items() if (found := re.search(told, ada.text(page)))]


def page_of(name: str) -> str:
    return f"/class/work/small/{name}"


def test_a_check_is_asked_for_is_polled_and_tells_what_it_found(course: WebCourse) -> None:
    ina, path = course.visitor("ina"), page_of("check")
    assert ina.press(path).headers["location"] == path
    fragment = ina.get(path, headers={"hx-request": "true"})
    assert "Waits to be begun." in words_of(fragment.text)
    assert "<html" not in fragment.text
    assert "hx-refresh" not in fragment.headers
    assert 'http-equiv="refresh"' in ina.get(path).text  # without scripts
    ina.press(path, ina.get(page_of("check")).text)
    assert do_what_waits(course) == 1  # asked for twice, it is one
    assert ina.get(path, headers={"hx-request": "true"}).headers["hx-refresh"] == "true"
    told = ina.text(path)
    # The edits of this little course are not all caught: what to mend is said in sentences.
    assert "to mend before it is released" in told
    assert "grad 2 4" in told
    assert "Files were changed since" not in told
    (course.folder / "solutions" / "small.py").write_text("# another one\n")
    assert "Files were changed since" in ina.text(path)
    ina.press(path)
    do_what_waits(course)
    assert "solutions/small.py" in ina.text(path)  # which has no question any more


def test_a_release_is_refused_while_the_check_fails(course: WebCourse) -> None:
    ina, path = course.visitor("ina"), page_of("release")
    assert "Nothing is released so far." in ina.text(path)
    ina.press(path)
    do_what_waits(course)
    told = ina.text(path)
    assert "Not released: the check fails." in told
    assert "to mend before it is released" in told
    assert not (course.folder / "release").exists()


def test_what_is_released_is_what_was_shown(course: WebCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    from autograder.check.assignment import CheckReport
    from autograder.course.subject import open_under_test
    from autograder.services import errand_work

    def find_nothing_wrong(given, name, *, watch):
        return open_under_test(given, name, draws=1), CheckReport((), ())

    monkeypatch.setattr(errand_work, "check_assignment", find_nothing_wrong)
    ina, path = course.visitor("ina"), page_of("release")
    page = ina.get(path).text
    author = course.folder / "assignments" / "small" / "small.ipynb"
    before = author.read_bytes()
    author.write_bytes(before.replace(b"Small homework", b"Another homework"))
    moved = ina.press(path, page)
    assert moved.status_code == 409
    # It moves while the errand waits.
    assert ina.press(path).status_code == 303
    author.write_bytes(before)
    do_what_waits(course)
    assert "changed since it was shown" in ina.text(path)
    assert ina.press(path).status_code == 303
    do_what_waits(course)
    assert "students find it on their page" in ina.text(path)
    assert course.visitor("ada").get("/work/small/notebook").status_code == 200
    author.write_bytes(before.replace(b"Write it.", b"Write it well."))
    told = ina.text(path)
    assert "Students would be given another notebook than they have. 2 files were handed in already" in told
    assert "+ Write it well." in told


def test_what_was_handed_in_elsewhere_is_shown_and_then_collected_and_received(course: WebCourse) -> None:
    ina, path = course.visitor("ina"), page_of("collect")
    content = zipped(tess=notebook(**RIGHT), nobody=WRONG)
    assert ina.press(path, files={"file": ("moodle.zip", content)}).status_code == 303
    do_what_waits(course)
    page = ina.get(path).text
    told = words_of(page)
    assert "What would be collected" in told
    assert "1 new, 0 there already, 1 not matched" in told
    assert "Tess Both" in told
    assert "nobody" in told
    assert "doubtful" in told
    assert "No notebook so far from" not in told  # ada and ben handed in here
    assert not (course.folder / "submissions").exists()
    assert ina.press(path, page).status_code == 303
    do_what_waits(course)
    assert "Collected on" in ina.text(path)
    assert [each.student for each in course.site.gradebook.ungraded()] == ["tess"]
    assert not list((course.folder / ".autograder" / "uploads").iterdir())
    # What was shown is confirmed once.
    assert ina.press(path, page).status_code == 409


def test_a_second_download_is_not_passed_over_in_silence(course: WebCourse) -> None:
    ina, path = course.visitor("ina"), page_of("collect")
    page = ina.get(path).text
    ina.press(path, page, files={"file": ("moodle.zip", zipped(tess=notebook(**RIGHT)))})
    answer = ina.press(path, page, files={"file": ("moodle.zip", zipped(tess=WRONG))})
    assert answer.status_code == 409
    assert "under way already" in words_of(answer.text)
    assert len(list((course.folder / ".autograder" / "uploads").iterdir())) == 1


def test_what_moved_since_a_download_was_shown_is_not_collected(course: WebCourse) -> None:
    ina, path = course.visitor("ina"), page_of("collect")
    ina.press(path, files={"file": ("moodle.zip", zipped(tess=notebook(**RIGHT)))})
    do_what_waits(course)
    assert ina.press(path).status_code == 303
    roster = course.folder / "students.csv"
    roster.write_text(roster.read_text().replace("tess,", "bess,"))
    do_what_waits(course)
    assert "Nothing was collected: something changed since" in ina.text(path)
    assert not (course.folder / "submissions").exists()


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04" + bytes(30)])
def test_what_is_no_download_is_told(course: WebCourse, content: bytes) -> None:
    ina, path = course.visitor("ina"), page_of("collect")
    answer = ina.press(path, files={"file": ("../../x.zip", content)})
    if not content:
        assert answer.status_code == 422
        assert "Choose the file first" in words_of(answer.text)
        return
    do_what_waits(course)
    assert 'role="alert"' in ina.get(path).text
    assert not (course.folder / "submissions").exists()


def test_judging_is_stopped_and_goes_on(course: WebCourse) -> None:
    ina, path = course.visitor("ina"), page_of("grade")
    assert "Every file that was received has its report." in ina.text(path)
    ina.post(path, data={"do": "stop"})
    assert Errands(course.site.transient).held() == {"small"}
    course.visitor("tess").hand_in(notebook(**RIGHT))
    assert "Nothing of this is judged for now: 1 file waits" in ina.text(path)
    assert "Judging is stopped for now" in course.visitor("tess").text("/work/small/1")
    course.hand_in("ada")  # into submissions/, as collect does
    ina.post(path, data={"do": "start"})
    assert Errands(course.site.transient).held() == frozenset()
    do_what_waits(course)
    assert {each.student for each in course.site.gradebook.ungraded()} == {"ada", "tess"}
    assert "2 files wait to be judged" in ina.text(path)


def test_what_would_change_is_judged_again_shown_and_then_recorded(course: WebCourse) -> None:
    ina, path = course.visitor("ina"), page_of("regrade")
    assert "Every report is of today's assignment and program." in ina.text(path)
    text = course.solutions.read_text(encoding="utf-8").replace("credit=0.25", "credit=0.5")
    course.solutions.write_text(text, encoding="utf-8")
    assert "2 reports were made by an older version" in ina.text(path)
    ina.press(path)
    do_what_waits(course)
    page = ina.get(path).text
    told = words_of(page)
    assert "Ada Lovelace grad 1/2 of 2 1 of 2" in told
    assert "1 report with the same marks" in told
    assert [line.outcome for line in course.site.gradebook.marked_submissions()[0].marks.lines]  # as it was
    assert "2 reports were made" in told
    refused = ina.press(path, page)
    assert refused.status_code == 422  # marks change, and their students would not read why
    assert "Say why marks change" in words_of(refused.text)
    assert ina.press(path, refused.text, typed={"why": "The credit was too small."}).status_code == 303
    do_what_waits(course)
    told = ina.text(path)
    assert "Recorded on" in told
    assert "Nothing of this is published so far: students see it where" in told
    assert "Every report is of today's" in told
    report = latest_report(course.site.gradebook, "small", "ada")
    assert report is not None
    assert report.score == 5
    assert ina.press(path, page).status_code == 409


def test_what_was_judged_again_is_seen_once_it_is_published(course: WebCourse) -> None:
    """On every page of its student, also where it was judged before a publication and recorded after it."""
    ina, path, publish = course.visitor("ina"), page_of("regrade"), page_of("publish")
    text = course.solutions.read_text(encoding="utf-8").replace("credit=0.25", "credit=0.5")
    course.solutions.write_text(text, encoding="utf-8")
    ina.press(path)
    do_what_waits(course)
    course.clock.pass_by(days=10)
    ina = course.visitor("ina")
    ina.press(publish)
    course.clock.pass_by(minutes=1)
    ina.press(path, typed={"why": "A lost sign earns half."})
    do_what_waits(course)
    assert "Students see it once it is published again." in ina.text(path)

    assert seen_by_ada(course) == ["4.5", "4.5", "4.5"]
    ina.press(publish)
    assert seen_by_ada(course) == ["5", "5", "5"]


def test_whoever_is_held_back_goes_on_seeing_what_was_published(course: WebCourse) -> None:
    """On every page, until marks are published without holding back; whatever else is published meanwhile."""
    course.clock.pass_by(days=10)
    ina, path, publish = course.visitor("ina"), page_of("regrade"), page_of("publish")
    ina.press(publish)
    text = course.solutions.read_text(encoding="utf-8").replace("credit=0.25", "credit=0.1")
    course.solutions.write_text(text, encoding="utf-8")
    for share in (Fraction(1, 2), Fraction(2, 3), Fraction(5, 6)):
        course.clock.pass_by(minutes=1)
        if "Every report is of today" not in ina.text(path):
            ina.press(
                path, typed={"why": "A lost sign earns a tenth."} if "Record this" in ina.text(path) else {}
            )
            do_what_waits(course)  # judged again, then recorded
        raised = Override(0, "small", OverrideKind.MARK, share, "", "as agreed", "")
        course.site.gradebook.events.add([CourseEvent(raised, Whom("tess"), course.clock(), "ina")])
        page = ina.get(publish, params={"falling": "hold back"}).text
        assert ("Held back" in words_of(page)) == (share > Fraction(1, 2))
        ina.press(publish, page)
        assert seen_by_ada(course) == ["4.5", "4.5", "4.5"]
    assert "4.5" in ina.text("/class/work/small/student/ada/1"), "as ada sees it"
    course.clock.pass_by(minutes=1)
    ina.press(publish, typed={"typed": "small"})
    assert seen_by_ada(course) == ["4.2", "4.2", "4.2"]


def test_while_files_are_judged_that_were_handed_in_nothing_is_judged_again(course: WebCourse) -> None:
    """For a minute at most after each report: somebody may hand in without end."""
    ina, path = course.visitor("ina"), page_of("regrade")
    text = course.solutions.read_text(encoding="utf-8").replace("credit=0.25", "credit=0.5")
    course.solutions.write_text(text, encoding="utf-8")
    waited: list[float] = []
    ina.press(path)
    do_what_waits(course, others_wait=lambda: sum(waited) < 61, pause=waited.append)
    assert sum(waited) == 60 + 1  # after the first report a minute, after the second until nobody waits
    assert "1 report with the same marks" in words_of(ina.text(path))


def test_what_was_killed_halfway_is_completed_when_it_is_begun_again(course: WebCourse) -> None:
    """Recorded and not written, collected and not received."""
    errands = Errands(course.site.transient)
    report = course.folder / "reports" / "small" / "ada" / "report.json"
    report.unlink()
    errands.ask(ErrandKind.RECORD, "small", {"state": "as it was shown"}, by="ina", now=NOW)
    do_what_waits(course)
    assert report.is_file()
    ina = course.visitor("ina")
    assert "Recorded on" in ina.text(page_of("regrade"))
    collect = page_of("collect")
    ina.press(collect, files={"file": ("moodle.zip", zipped(tess=notebook(**RIGHT)))})
    do_what_waits(course)
    told = errands.last(ErrandKind.COLLECT, "small").told  # type: ignore[union-attr]
    sent = course_uploads(course.site.course).find(told["upload"])
    assert sent is not None
    collect_work(course.site.course, "small", sent, by="ina", now=course.clock())
    wanted = {"upload": told["upload"], "times": None, "confirmed": told["state"]}
    errands.ask(ErrandKind.COLLECT, "small", wanted, by="ina", now=NOW)
    do_what_waits(course)
    assert "Collected on" in ina.text(collect)
    assert [each.student for each in course.site.gradebook.ungraded()] == ["tess"]


@pytest.mark.soak
def test_what_moved_since_it_was_judged_again_is_not_recorded(course: WebCourse) -> None:
    ina, path = course.visitor("ina"), page_of("regrade")
    text = course.solutions.read_text(encoding="utf-8")
    course.solutions.write_text(text.replace("credit=0.25", "credit=0.5"), encoding="utf-8")
    ina.press(path)
    do_what_waits(course)
    assert ina.press(path, typed={"why": "The credit was too small."}).status_code == 303
    course.solutions.write_text(text.replace("credit=0.25", "credit=0.75"), encoding="utf-8")
    do_what_waits(course)
    assert "Nothing was recorded: something changed since" in ina.text(path)
    assert latest_report(course.site.gradebook, "small", "ada").score == 4.5  # type: ignore[union-attr]


def test_an_errand_is_stopped_and_one_whose_program_was_killed_is_begun_again_once(course: WebCourse) -> None:
    errands = Errands(course.site.transient)
    number = errands.ask(ErrandKind.CHECK, "small", {}, by="ina", now=NOW)
    assert errands.ask(ErrandKind.CHECK, "small", {}, by="ina", now=NOW) == number
    gone = "nowhere/1/1".replace("nowhere", __import__("socket").gethostname()[:30])
    for tries in range(2):
        begun = errands.begin(gone, NOW)
        assert begun is not None, tries
        assert errands.any_waiting()
    assert errands.begin(gone, NOW) is None
    last = errands.last(ErrandKind.CHECK, "small")
    assert last is not None
    assert last.state is ErrandState.FAILED
    ina, path = course.visitor("ina"), page_of("check")
    ina.press(path)
    ina.post(path, data={"do": "stop"})
    assert do_what_waits(course) == 0
    assert "It was stopped, and nothing was changed." in ina.text(path)
    ina.press(path)
    begun = errands.begin("other/1/1", NOW)
    assert begun is not None
    ina.post(path, data={"do": "stop"})
    assert "Is being stopped." in ina.text(path)
    assert not errands.tell(begun.number, 1, 2)


def test_only_instructors_ask_and_only_for_assignments(course: WebCourse) -> None:
    for who in ("ada", "asa", "adm"):
        visitor = course.visitor(who)
        for name in PAGES:
            assert visitor.get(page_of(name)).status_code == 404
            assert visitor.post(page_of(name), data={"state": "x"}).status_code == 404
    ina = course.visitor("ina")
    for name in PAGES:
        assert ina.get(f"/class/work/other/{name}").status_code == 404
        assert ina.post(f"/class/work/other/{name}").status_code == 404
    assert not Errands(course.site.transient).any_waiting()
