"""The server's pages: how it is, who uses it, backups; and nothing there changes a mark."""

import html
import json
import os
import re
from datetime import UTC, datetime, timedelta

import pytest
from class_course import RIGHT, notebook
from web_course import URL, WRONG, WebCourse, words_of

from autograder.domain.course_events import ALL, CourseEvent
from autograder.domain.events import Extension
from autograder.gradebook.claims import Claims
from autograder.gradebook.transient import put, servers
from autograder.render.environment import environment
from autograder.services.backups import list_backups, note_tried, try_out
from autograder.services.health import GRADER, read_upkeep
from autograder.services.outages import beat, find_outages
from autograder.web.links import note_server
from autograder.web.rights import RIGHTS, Right
from autograder.web.tokens import list_tokens, make_token


def say_graded(web: WebCourse, **flaws: str) -> None:
    told = {"jobs": 2, "flaws": flaws, "level": 3, "layers": ["landlock 7", "seccomp"]}
    row = {"name": GRADER, "url": json.dumps(told), "beat": web.clock()}
    with web.site.transient.writing() as connection:
        put(connection, servers, row)


def test_an_admin_begins_at_the_server_and_sees_how_it_is(web: WebCourse) -> None:
    adm = web.visitor("adm")
    assert adm.get("/").headers["location"] == "/admin"
    say_graded(web)
    page = adm.text("/admin")
    assert "is sealed at level 3, sealed (landlock 7, seccomp)" in page
    assert "Workers 2" in page
    assert "Kept by SQLite" in page
    assert "There is no backup of the last two days" in page
    adm.post("/admin/backups")
    assert "All is well." in adm.text("/admin")


def test_health_tells_of_a_grader_that_judges_nothing_though_something_waits(web: WebCourse) -> None:
    web.clock.now = datetime.now(UTC)  # by which the gradebook says when something was recorded
    web.site.began = web.clock()
    ada, ben, anybody = web.visitor("ada"), web.visitor("ben"), web.visitor()
    ada.hand_in(notebook(**RIGHT))
    web.clock.pass_by(minutes=2)
    assert anybody.get("/health").text == "ok\n", "it may take a while"
    web.clock.pass_by(minutes=2)
    assert anybody.get("/health").text == "grading\n"
    claims = Claims(web.site.transient, "elsewhere/1/1", lasts=timedelta(hours=1))
    claims.take([web.site.gradebook.last_submission()], web.clock())
    assert anybody.get("/health").text == "ok\n", "it is being judged"
    web.clock.pass_by(minutes=16)
    assert anybody.get("/health").text == "grading\n", "nothing takes so long"
    web.grade_waiting()
    web.clock.now = datetime.now(UTC)
    ben.hand_in(WRONG)
    assert anybody.get("/health").text == "ok\n"
    say_graded(web, small="solutions/small.py: no reference")
    web.clock.pass_by(minutes=4)
    assert anybody.get("/health").text == "grading\n"


def test_what_needs_somebody_is_said_first(web: WebCourse) -> None:
    web.clock.now = datetime.now(UTC)  # by which the gradebook says when something was recorded
    note_server(web.site.transient, URL, web.clock())
    say_graded(web, small="solutions/small.py: no reference")
    web.visitor("ada").hand_in(notebook(**RIGHT))
    web.clock.pass_by(minutes=5)
    page = web.visitor("adm").text("/admin")
    assert "Nothing has been heard of grading for two minutes" in page
    assert "Something waits for its report for more than three minutes" in page
    assert "small: solutions/small.py: no reference" in page
    assert "1 submission, the oldest since" in page
    web.clock.pass_by(minutes=-10)
    assert "The clock of this machine is behind" in web.visitor("adm").text("/admin")


def test_a_backup_is_made_listed_downloaded_and_tried(web: WebCourse) -> None:
    adm = web.visitor("adm")
    assert "None." in adm.text("/admin/backups")
    assert adm.post("/admin/backups").status_code == 303
    (found,) = list_backups(web.site.course)
    sent = adm.get(f"/admin/backups/{found.file.name}")
    assert sent.content == found.file.read_bytes()
    assert "attachment" in sent.headers["content-disposition"]
    assert sent.headers["cache-control"] == "no-store"
    assert adm.post("/admin/backups").status_code == 409  # of the same second: no backup is replaced
    tried = try_out(found.file, accept_level=1)
    note_tried(web.site.course, tried, web.clock())
    assert (
        read_upkeep(web.site.transient)["try"].told == f"{tried.entries} entries, 0 scores or grades differed"
    )
    assert "0 scores or grades differed" in adm.text("/admin/backups")


@pytest.mark.parametrize("name", ["../course.toml", "..%2F..%2Fcourse.toml", "secret", "none.zip", ".zip"])
def test_nothing_but_backups_is_downloaded(web: WebCourse, name: str) -> None:
    backups = web.folder / "backups"
    backups.mkdir()
    (backups / "secret").write_text("x")
    (backups / "none.zip").symlink_to(web.folder / "course.toml")
    assert web.visitor("adm").get(f"/admin/backups/{name}").status_code == 404


def test_people_are_listed_with_their_last_login_and_logged_out(web: WebCourse) -> None:
    ada, adm = web.visitor("ada"), web.visitor("adm")
    page = adm.text("/admin/people")
    assert "Ada Lovelace ada student 10 Dec 2026 10:00:00 1 0 Log out Ada Lovelace" in page
    assert "Ben Okri ben student never 0 0" in page
    assert "Tess Both tess assistant, student" in page
    assert "Ben Okri" not in adm.text("/admin/people?q=LOVE")
    adm.post("/admin/people", data={"person": "ada"})
    assert ada.get("/").status_code == 303


def test_an_admin_revokes_anybodys_token(web: WebCourse) -> None:
    make_token(web.site.transient, "ada", "<b>laptop</b>", web.clock())
    adm = web.visitor("adm")
    page = adm.get("/admin/tokens").text
    assert "&lt;b&gt;laptop" in page
    (token,) = list_tokens(web.site.transient)
    adm.post("/admin/tokens", data={"revoke": token.key})
    assert not list_tokens(web.site.transient)


def test_an_admin_sees_no_work_and_changes_no_mark(web: WebCourse) -> None:
    adm = web.visitor("adm")
    key = adm.form_key()
    for (method, route), right in RIGHTS.items():
        if right in (Right.OWN, Right.SCOPE, Right.CLASS):
            path = (
                route.replace(":path}", "}").format_map(
                    dict.fromkeys(("part", "copy", "number", "question", "event", "look"), "1")
                    | {
                        "name": "small",
                        "student": "ada",
                        "file": "x",
                        "token": "x",
                        "digest": "0",
                    }
                )
                if "{" in route
                else route
            )
            assert (
                adm.client.request(
                    method, path, data={"form_key": key} if method == "POST" else None
                ).status_code
                == 404
            )


def test_where_nobody_is_an_admin_the_instructors_are(web: WebCourse) -> None:
    staff = web.folder / "staff.csv"
    staff.write_text("id,role\nina,instructor\nasa,assistant\n")
    assert web.visitor("ina").get("/admin").status_code == 200
    assert web.visitor("asa").get("/admin").status_code == 404
    staff.write_text("id,role\nina,instructor\nadm,admin\n")
    assert web.visitor("ina").get("/admin").status_code == 404


def test_a_silence_is_an_outage_and_an_hour_more_for_all_is_offered(web: WebCourse) -> None:
    """4.11: away, so long before the deadline, so many people active in the hour before."""
    store, ina = web.site.transient, web.visitor("ina")
    web.clock.now = web.clock.now.replace(day=13, hour=22, minute=0)
    for who in ("ada", "ben"):
        assert web.visitor(who).get("/").status_code == 200
    ina = web.visitor("ina")
    beat(store, web.clock())
    web.clock.pass_by(minutes=1)
    beat(store, web.clock())
    assert "were away" not in ina.text("/class")
    web.clock.pass_by(minutes=11)
    beat(store, web.clock())
    page = ina.text("/class")
    assert "The pages were away from Sunday 13 Dec 2026, 23:01:00 to 13 Dec 2026 23:12:00 (11 min)" in page
    assert "3 people had used them in the hour before" in page
    assert "Small homework was due 47 min later" in page
    (offer,) = re.findall(r'href="(/class/incidents[^"]+)">One hour more for all', ina.get("/class").text)
    shown = ina.get(html.unescape(offer)).text
    assert "The pages were away for 11 min." in shown
    assert 'name="minutes" type="number" value="60"' in shown
    assert "were away" in web.visitor("adm").text("/admin")
    assert "were away" not in web.visitor("asa").text("/class")  # an assistant decides nothing
    (outage,) = find_outages(store, web.site.course.course, web.site.gradebook.events.all(), web.clock())
    given = CourseEvent(Extension(0, "small", None, "the pages were away", 60), ALL, web.clock(), "ina")
    web.site.gradebook.events.add([given], after=web.site.gradebook.events.last())
    assert outage.works
    assert "were away" not in ina.text("/class")


def test_an_outage_far_from_any_deadline_is_noted_and_offers_nothing(web: WebCourse) -> None:
    beat(web.site.transient, web.clock())
    web.clock.pass_by(hours=2)
    beat(web.site.transient, web.clock())
    assert "were away" not in web.visitor("ina").text("/class")
    (outage,) = find_outages(web.site.transient, web.site.course.course, (), web.clock())
    assert (outage.works, outage.ended - outage.begun) == ((), timedelta(hours=2))


def test_an_hour_by_which_the_clock_was_ahead_is_no_outage_once_it_is_set_right(web: WebCourse) -> None:
    store, course = web.site.transient, web.site.course.course
    beat(store, web.clock())
    web.clock.pass_by(hours=1)
    beat(store, web.clock())
    assert len(find_outages(store, course, (), web.clock())) == 1
    web.clock.pass_by(hours=-1, minutes=1)
    beat(store, web.clock())
    web.clock.pass_by(minutes=1)
    beat(store, web.clock())
    web.clock.pass_by(hours=2)
    assert not find_outages(store, course, (), web.clock())


def test_a_newer_program_in_its_place_changes_no_page_of_the_one_that_serves(
    web: WebCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its pages are read when the server begins, those included that nobody has asked for so far."""
    pages = environment()
    assert pages.cache is not None
    pages.cache.clear()
    web.site.warm()
    monkeypatch.setattr(pages.loader, "get_source", lambda *_: pytest.fail("a page is read again"))
    for who, path in (("ada", "/"), ("ada", "/work/small"), ("ina", "/class/work/small"), ("adm", "/admin")):
        assert web.visitor(who).get(path).status_code == 200


def test_what_is_wrong_with_the_courses_files_is_said_to_staff(web: WebCourse) -> None:
    settings = web.folder / "course.toml"
    right, ina = settings.read_text(), web.visitor("ina")
    settings.write_text("this is no TOML")
    assert "The course's files are wrong since they were changed" in ina.text("/class")
    settings.write_text(right)
    say_graded(web, small="solutions/small.py: no reference")
    assert "small: solutions/small.py: no reference" in ina.text("/class")


def test_a_file_that_is_written_again_with_the_same_words_is_not_read_again(web: WebCourse) -> None:
    """And one that has other words is, also with the size and the date of before."""
    settings = web.folder / "course.toml"
    before, status, text = web.site.read, settings.stat(), settings.read_text()
    settings.write_text(text)
    assert web.site.read is before
    settings.write_text(text.replace('title = "Small"', 'title = "Smoll"'))
    os.utime(settings, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert web.site.read.opened.course.title == "Smoll"


def test_anybody_reads_what_is_kept_and_for_whom_the_pages_are(web: WebCourse) -> None:
    stranger = web.visitor()
    assert "is a file on the page under your name" in stranger.text("/privacy")
    assert "WCAG 2.2" in stranger.text("/accessibility")
    assert 'href="/privacy"' in stranger.get("/login").text
    toml = web.folder / "course.toml"
    toml.write_text(toml.read_text() + '\n[privacy]\nkeep = "18 months"\n')
    assert "People are kept for 18 months" in words_of(stranger.get("/privacy").text)
