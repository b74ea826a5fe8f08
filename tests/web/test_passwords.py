"""Passwords: chosen by a link, checked slowly, and nothing is learned by trying."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from web_course import URL, Visitor, WebCourse

from autograder.web.links import login_link

GOOD = "four words of mine"
OTHER = "four words of yours"


def link_of(web: WebCourse, who: str) -> str:
    return login_link(web.site.course, who, now=web.clock(), url=URL).removeprefix(URL)


def choose(web: WebCourse, who: str = "ada", password: str = GOOD, again: str | None = None) -> Any:
    """Follow a link and choose a password."""
    fields = {"password": password, "again": password if again is None else again}
    return web.visitor().client.post(link_of(web, who), data=fields)


def try_password(visitor: Visitor, id: str, password: str) -> Any:
    return visitor.client.post("/login", data={"id": id, "password": password})


@pytest.fixture
def chosen(web: WebCourse) -> Iterator[WebCourse]:
    """The course, in which ada has a password."""
    assert choose(web).status_code == 303
    yield web


def test_a_link_leads_to_a_password_by_which_one_comes_back(chosen: WebCourse) -> None:
    phone = chosen.visitor()
    answer = try_password(phone, " ada ", GOOD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert phone.get("/").status_code == 200


def test_a_forgotten_password_is_a_new_link_and_whoever_knew_the_old_one_is_out(chosen: WebCourse) -> None:
    other = chosen.visitor()
    assert try_password(other, "ada", GOOD).status_code == 303
    assert "forgotten your password" in chosen.visitor().text(link_of(chosen, "ada"))
    choose(chosen, password=OTHER)
    assert other.get("/").status_code == 303
    assert try_password(chosen.visitor(), "ada", GOOD).status_code == 422
    assert try_password(chosen.visitor(), "ada", OTHER).status_code == 303


def test_a_link_without_a_password_leaves_the_one_that_is_there(chosen: WebCourse) -> None:
    assert chosen.visitor("ada").get("/").status_code == 200
    assert try_password(chosen.visitor(), "ada", GOOD).status_code == 303


BAD = [
    ("short", "short", "at least 10 characters"),
    (GOOD, OTHER, "not the same"),
    (GOOD, "", "not the same"),
    ("", GOOD, "not the same"),
    ("ada@example.org", "ada@example.org", "others try first"),
    ("ADA LOVELACE", "ADA LOVELACE", "others try first"),
    ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "again and again"),
    ("ab" * 101, "ab" * 101, "at most 200"),
]


def test_a_weak_password_is_refused_in_words_and_the_link_still_works(web: WebCourse) -> None:
    link, visitor = link_of(web, "ada"), web.visitor()
    for password, again, told in BAD:
        answer = visitor.client.post(link, data={"password": password, "again": again})
        assert answer.status_code == 422
        assert told in answer.text
        assert not password or password not in answer.text or password in ("ada@example.org",)
    assert web.site.passwords.since("ada") is None
    assert visitor.client.post(link, data={"password": GOOD, "again": GOOD}).status_code == 303


def test_unknown_ids_wrong_passwords_and_people_without_one_are_answered_alike(chosen: WebCourse) -> None:
    """The same status, the same bytes but for the id that was typed, the same work."""

    class Counting:
        def __init__(self, real: Any) -> None:
            self.real, self.verified = real, 0

        def verify(self, kept: str, password: str) -> bool:
            self.verified += 1
            assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
            return bool(self.real.verify(kept, password))

        def hash(self, password: str) -> str:
            return str(self.real.hash(password))

    hasher = Counting(chosen.site.passwords._hasher)
    chosen.site.passwords._hasher = hasher  # type: ignore[assignment]
    shown = set()
    for count, id in enumerate(("ada", "ben", "nobody", "ina"), 1):
        answer = try_password(chosen.visitor(), id, OTHER)
        assert hasher.verified == count
        shown.add((answer.status_code, answer.text.replace(f'value="{id}"', "")))
    assert len(shown) == 1
    assert next(iter(shown))[0] == 422


def test_guessing_is_slowed_down_for_an_account_and_for_an_address(chosen: WebCourse) -> None:
    visitor = chosen.visitor()
    for id in ("ada", "nobody"):
        answers = [try_password(visitor, id, f"guess number {k}").status_code for k in range(7)]
        assert answers == [422] * 5 + [429] * 2
    assert try_password(visitor, "ada", GOOD).status_code == 429  # also the right one: nothing is learned
    chosen.clock.pass_by(minutes=20)
    assert try_password(visitor, "ada", GOOD).status_code == 303
    for k in range(20):
        try_password(visitor, f"nobody{k}", "guess")
    assert try_password(visitor, "ben", "guess").status_code == 429


def test_a_class_comes_in_by_passwords_from_one_address(chosen: WebCourse) -> None:
    for _ in range(12):
        assert try_password(chosen.visitor(), "ada", GOOD).status_code == 303


def test_who_is_taken_off_the_list_comes_in_no_more(chosen: WebCourse) -> None:
    (chosen.folder / "students.csv").write_text("id,name\nben,Ben Okri\n")
    assert try_password(chosen.visitor(), "ada", GOOD).status_code == 422


def test_a_password_is_changed_by_whoever_knows_it_and_all_other_sessions_end(chosen: WebCourse) -> None:
    ada, phone = chosen.visitor("ada"), chosen.visitor("ada")
    fields = {"current": "wrong", "password": OTHER, "again": OTHER}
    assert ada.post("/me/password", data=fields).status_code == 422
    assert ada.post("/me/password", data={**fields, "current": GOOD}).status_code == 303
    assert (ada.get("/").status_code, phone.get("/").status_code) == (200, 303)
    assert try_password(chosen.visitor(), "ada", OTHER).status_code == 303


def test_the_store_holds_no_password_also_where_the_session_was_over(chosen: WebCourse) -> None:
    """What is sent after the session is kept for its person, but for passwords."""
    ada = chosen.visitor("ada")
    key = ada.form_key()
    chosen.clock.pass_by(hours=13)
    fields = {"form_key": key, "current": GOOD, "password": OTHER, "again": OTHER}
    assert ada.client.post("/me/password", data=fields).headers["location"] == "/login?lost=1"
    try_password(ada, GOOD, OTHER)  # in the wrong fields
    kept = b"".join(f.read_bytes() for f in (chosen.folder / ".autograder").glob("transient.sqlite*"))
    assert GOOD.encode() not in kept
    assert OTHER.encode() not in kept


def test_a_text_that_was_kept_is_found_after_a_password(chosen: WebCourse) -> None:
    ada = chosen.visitor("ada")
    key = ada.form_key()
    chosen.clock.pass_by(hours=13)
    ada.client.post("/me/sessions", data={"form_key": key, "session": "a text of mine"})
    assert try_password(ada, "ada", GOOD).headers["location"] == "/me"
    assert "a text of mine" in ada.get("/me").text


def test_a_person_who_is_forgotten_has_no_password(chosen: WebCourse) -> None:
    chosen.site.transient.forget_person("ada")
    assert chosen.site.passwords.since("ada") is None


def test_programs_that_keep_passwords_know_the_fields(web: WebCourse) -> None:
    page = web.visitor().get(link_of(web, "ada")).text
    assert re.findall(r'autocomplete="([^"]+)"', page) == ["username", "new-password", "new-password"]
    assert 'autocomplete="current-password"' in web.visitor().get("/login").text


@pytest.mark.parametrize("field", [b"%00", b"%ED%A0%80", b"%FF", b"a" * 5000, b"%0D%0Aset-cookie:x"])
def test_what_is_no_text_is_a_wrong_password_like_any_other(chosen: WebCourse, field: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for body in (b"id=" + field + b"&password=guess", b"id=ada&password=" + field):
        answer = chosen.visitor().client.post("/login", content=body, headers=headers)
        assert answer.status_code in (400, 422), answer.text
