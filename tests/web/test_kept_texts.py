"""A session that ends loses nobody's text: however it ended, what comes too late is given back."""

from collections.abc import Callable

import pytest
from class_course import RIGHT, notebook
from web_course import URL, Visitor, WebCourse, words_of

from autograder.web.links import login_link

TEXT = {"session": "a text of mine"}


def send(ada: Visitor, key: str, path: str = "/me/sessions") -> str:
    """Send a text with the key of a page that is open for long; return where that leads."""
    answer = ada.client.post(path, data={"form_key": key, **TEXT})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def end_elsewhere(web: WebCourse, ada: Visitor) -> None:
    phone = web.visitor("ada")
    phone.press("/me/sessions", phone.get("/me").text)


def log_out_in_another_tab(_web: WebCourse, ada: Visitor) -> None:
    ada.post("/logout")
    assert "session" not in ada.client.cookies


def come_back_later(web: WebCourse, _ada: Visitor) -> None:
    web.clock.pass_by(hours=13)


@pytest.mark.parametrize("end", [end_elsewhere, log_out_in_another_tab, come_back_later])
def test_what_was_written_in_a_session_that_ended_is_given_back(
    web: WebCourse, end: Callable[[WebCourse, Visitor], None]
) -> None:
    ada = web.visitor("ada")
    key = ada.form_key()
    end(web, ada)
    assert send(ada, key) == "/login"
    assert "is kept" in ada.text("/login")
    ada.log_in(login_link(web.site.course, "ada", now=web.clock(), url=URL))
    assert TEXT["session"] in ada.get("/me").text


def test_on_a_shared_computer_a_text_is_given_back_to_whoever_wrote_it_alone(web: WebCourse) -> None:
    """Also where somebody else has logged in since, and was logged out again by time."""
    ada = web.visitor("ada")
    key = ada.form_key()
    ada.post("/logout")
    ada.log_in(login_link(web.site.course, "ben", now=web.clock(), url=URL))
    web.clock.pass_by(hours=13)
    assert send(ada, key) == "/login"
    ada.log_in(login_link(web.site.course, "ben", now=web.clock(), url=URL))
    assert TEXT["session"] not in ada.get("/me").text
    ada.log_in(login_link(web.site.course, "ada", now=web.clock(), url=URL))
    assert TEXT["session"] in ada.get("/me").text


def test_what_was_written_before_a_new_session_began_in_another_tab_is_given_back(web: WebCourse) -> None:
    ada = web.visitor("ada")
    key = ada.form_key()
    ada.log_in(login_link(web.site.course, "ada", now=web.clock(), url=URL))
    assert send(ada, key) == "/me"
    assert TEXT["session"] in ada.get("/me").text


def test_the_key_of_somebody_elses_session_opens_nothing(web: WebCourse) -> None:
    """Nor that of another session of one's own that goes on, nor of one that was somebody else's."""
    ada, phone, ben = web.visitor("ada"), web.visitor("ada"), web.visitor("ben")
    of_ben = ben.form_key()
    keys = ["", "guessed", phone.form_key(), of_ben]
    ben.post("/logout")
    for key in (*keys, of_ben):
        assert ada.client.post("/me/sessions", data={"form_key": key, **TEXT}).status_code == 403
    assert TEXT["session"] not in ada.get("/me").text


def test_what_was_sent_again_is_kept_no_longer(web: WebCourse) -> None:
    ada = web.visitor("ada")
    key = ada.form_key()
    web.clock.pass_by(hours=13)
    send(ada, key)
    ada.log_in(login_link(web.site.course, "ada", now=web.clock(), url=URL))
    ada.press("/me/sessions", ada.get("/me").text, typed=TEXT)
    assert "It was not recorded" not in ada.text("/me")
    assert "kept" not in ada.client.cookies


def test_a_file_that_came_after_its_session_is_said_to_be_lost(web: WebCourse) -> None:
    """A file is not kept: whoever sent it must learn that, and not believe that it was handed in."""
    ada = web.visitor("ada")
    key = ada.form_key()
    web.clock.pass_by(hours=13)
    answer = ada.post("/work/small", key=key, files={"file": ("small.ipynb", notebook(**RIGHT))})
    assert "was not received" in ada.text(answer.headers["location"])
    assert web.site.gradebook.history("ada") == ()
    assert ada.post("/logout", key=key).headers["location"] == "/login", "of an empty form nothing is lost"


def test_a_session_that_is_over_is_shown_as_none(web: WebCourse) -> None:
    """Neither one that ended by itself nor one that was ended is a place where somebody is logged in."""
    web.visitor("ada")
    web.clock.pass_by(hours=13)
    ada = web.visitor("ada")
    assert ada.text("/me").count("since") == 1
    web.visitor("ada")
    assert ada.text("/me").count("since") == 2
    ada.press("/me/sessions", ada.get("/me").text)
    assert words_of(ada.get("/me").text).count("since") == 1
