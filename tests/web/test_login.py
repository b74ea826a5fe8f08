"""Links log in once, sessions end, and whoever is not logged in learns nothing."""

import logging
import re
from pathlib import Path

import pytest
from web_course import URL, WebCourse

from autograder.errors import StoreError
from autograder.web.browsers import name_browser
from autograder.web.links import login_link


def test_a_link_shows_a_button_as_often_as_it_is_followed_and_logs_in_once(web: WebCourse) -> None:
    link = login_link(web.site.course, "ada", now=web.clock(), url=URL).removeprefix(URL)
    visitor = web.visitor()
    for _ in range(5):
        shown = visitor.get(link)
        assert shown.status_code == 200
        assert "Log in as" in shown.text
    assert visitor.client.head(link).status_code == 200
    assert visitor.get("/").status_code == 303
    assert visitor.client.post(link).status_code == 303
    assert visitor.get("/").status_code == 200
    again = web.visitor()
    assert again.client.post(link).status_code == 410
    assert again.get(link).status_code == 410


def test_a_link_ends(web: WebCourse) -> None:
    link = login_link(web.site.course, "ada", now=web.clock(), url=URL).removeprefix(URL)
    web.clock.pass_by(days=2, seconds=1)
    assert web.visitor().client.post(link).status_code == 410


def test_logging_in_makes_a_new_session_and_the_old_one_is_dead(web: WebCourse) -> None:
    ada = web.visitor("ada")
    before = ada.client.cookies["session"]
    ada.log_in(login_link(web.site.course, "ada", now=web.clock(), url=URL))
    assert ada.client.cookies["session"] != before
    thief = web.visitor()
    thief.client.cookies["session"] = before
    assert thief.get("/").status_code == 303


def test_a_cookie_that_somebody_set_beforehand_is_not_used(web: WebCourse) -> None:
    victim = web.visitor()
    victim.client.cookies["session"] = "chosen-by-another"
    victim.log_in(login_link(web.site.course, "ada", now=web.clock(), url=URL))
    other = web.visitor()
    other.client.cookies["session"] = "chosen-by-another"
    assert other.get("/").status_code == 303


def test_a_cookie_is_dead_after_logging_out(web: WebCourse) -> None:
    ada = web.visitor("ada")
    cookie = ada.client.cookies["session"]
    assert ada.post("/logout").status_code == 303
    thief = web.visitor()
    thief.client.cookies["session"] = cookie
    assert thief.get("/").status_code == 303


def test_one_ends_ones_own_sessions_and_nobody_elses(web: WebCourse) -> None:
    ada, phone, ben = web.visitor("ada"), web.visitor("ada"), web.visitor("ben")
    (other,) = re.findall(r'name="session" value="([^"]+)"', ada.get("/me").text)
    ben.post("/me/sessions", data={"session": other})
    assert phone.get("/").status_code == 200
    ada.post("/me/sessions", data={"session": other})
    assert phone.get("/").status_code == 303
    assert ada.get("/").status_code == 200


def test_a_session_dies_with_a_change_of_role(web: WebCourse) -> None:
    asa = web.visitor("asa")
    assert asa.get("/me").status_code == 200
    staff = web.folder / "staff.csv"
    staff.write_text(staff.read_text().replace("asa,Asa Assistant,assistant", "asa,Asa Assistant,admin"))
    assert asa.get("/me").status_code == 303


@pytest.mark.parametrize(("who", "hours"), [("ada", 12), ("ina", 8)])
def test_a_session_ends_when_nobody_uses_it(web: WebCourse, who: str, hours: int) -> None:
    visitor = web.visitor(who)
    for _ in range(3):
        web.clock.pass_by(hours=hours, minutes=-1)
        assert visitor.get("/me").status_code == 200
    web.clock.pass_by(hours=hours, minutes=1)
    assert visitor.get("/me").status_code == 303


def test_no_session_lasts_longer_than_two_weeks(web: WebCourse) -> None:
    ada = web.visitor("ada")
    for _ in range(14 * 3):
        web.clock.pass_by(hours=7)
        assert ada.get("/").status_code == 200
    web.clock.pass_by(days=2)
    assert ada.get("/").status_code == 303


def test_whoever_is_taken_off_the_list_is_logged_out(web: WebCourse) -> None:
    ada = web.visitor("ada")
    roster = web.folder / "students.csv"
    roster.write_text("id,name\nben,Ben Okri\n")
    assert ada.get("/").status_code == 303


def test_links_that_are_guessed_are_slowed_down(web: WebCourse) -> None:
    visitor = web.visitor()
    answers = [visitor.get(f"/in/guess{k}").status_code for k in range(25)]
    assert answers[:20] == [410] * 20
    assert answers[-1] == 429
    web.clock.pass_by(minutes=1)
    assert visitor.get("/in/guess").status_code == 410


def test_a_whole_class_comes_in_from_one_address(web: WebCourse) -> None:
    for _ in range(30):
        assert web.visitor("ada").get("/").status_code == 200


def test_the_store_does_not_tell_what_a_cookie_or_a_link_holds(web: WebCourse) -> None:
    ada = web.visitor("ada")
    token = login_link(web.site.course, "ada", now=web.clock(), url=URL).rpartition("/")[2]
    kept = b"".join(each.read_bytes() for each in (web.folder / ".autograder").glob("transient.sqlite*"))
    assert ada.client.cookies["session"].encode() not in kept
    assert token.encode() not in kept


def test_with_https_no_other_site_can_set_the_cookie(tmp_path: Path) -> None:
    url = "https://course.example.org"
    course = WebCourse(tmp_path, url=url)
    try:
        link = login_link(course.site.course, "ada", now=course.clock(), url=url).removeprefix(url)
        cookie = course.visitor().client.post(link).headers["set-cookie"].lower()
        assert cookie.startswith("__host-session=")
        parts = {part.strip() for part in cookie.split(";")}
        assert parts >= {"secure", "httponly", "samesite=lax", "path=/"}
        assert "domain" not in cookie
    finally:
        course.close()


def test_the_log_holds_no_link_no_password_and_no_cookie(
    web: WebCourse, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of a page that fails while somebody comes in."""
    ada = web.visitor("ada")
    cookie = ada.client.cookies["session"]
    link = login_link(web.site.course, "ada", now=web.clock(), url=URL).removeprefix(URL)
    secrets = [cookie, link.rpartition("/")[2], "a password of mine"]

    def fail(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    with caplog.at_level(logging.DEBUG):
        monkeypatch.setattr("autograder.web.login.read_link", fail)
        assert web.visitor().get(link).status_code == 503
        sent = {"password": secrets[2], "again": secrets[2]}
        assert web.visitor().client.post(link, data=sent).status_code == 503
        monkeypatch.setattr(web.site.passwords, "fits", lambda *_: 1 / 0)
        sent = {"id": "ada", "password": secrets[2]}
        assert web.visitor().client.post("/login", data=sent).status_code == 500
        ada.get("/nowhere")
    own = [each for each in caplog.records if not each.name.startswith("httpx")]  # that is the browser
    told = "\n".join(f"{each.getMessage()} {each.exc_text}" for each in own)
    assert "/in/... cannot be shown" in told
    assert "ZeroDivisionError" in told
    assert not [secret for secret in secrets if secret in told]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/138.0.0.0 Safari/537.36 Edg/138.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/138.0.0.0 Mobile Safari/537.36", "Chrome, Android"),
        ("<i>lynx</i>", "<i>lynx</i>"),
        ("", ""),
    ],
)
def test_a_session_is_known_by_the_browser_as_a_person_calls_it(said: str, told: str) -> None:
    assert name_browser(said) == told
