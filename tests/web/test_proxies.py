"""A proxy that is named says who is logged in; whoever else says so is not heard."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_course import Visitor, WebCourse

from autograder.course.read import read_course
from autograder.errors import CourseError
from autograder.web.sessions import list_sessions
from autograder.web.site import TrustedProxies

URL = "https://course.example.org/kernels"
PROXY = "10.1.2.3"
HEADER = "X-Remote-User"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[WebCourse]:
    """The course behind a proxy that says who asks."""
    course = WebCourse(tmp_path, url=URL, proxies=TrustedProxies(("10.1.0.0/16", "::1"), HEADER))
    yield course
    course.close()


def visitor(web: WebCourse, who: str = "", *, peer: str = PROXY, **headers: str) -> TestClient:
    """A browser behind whoever speaks to us."""
    sent = {**({HEADER: who} if who else {}), **headers}
    return TestClient(web.app, base_url=f"{URL}/", headers=sent, client=(peer, 1234), follow_redirects=False)


def ask(client: TestClient, path: str) -> Any:
    return client.get(path)


def test_whom_the_proxy_names_is_logged_in_without_a_link(web: WebCourse) -> None:
    ada = visitor(web, "ada")
    answer = ask(ada, "/me")
    assert answer.status_code == 200
    assert "Ada Lovelace" in answer.text
    assert answer.headers["set-cookie"].startswith("__Secure-session=")
    assert "path=/kernels/" in answer.headers["set-cookie"].lower()
    assert "set-cookie" not in ask(ada, "/me").headers
    assert len(list_sessions(web.site.transient, "ada", web.clock())) == 1


def test_a_form_of_theirs_is_taken(web: WebCourse) -> None:
    ada = visitor(web, "ada")
    key = ask(ada, "/me").text.partition('name="form_key" value="')[2].partition('"')[0]
    file = {"file": ("small.ipynb", b"{}")}
    assert ada.post("/work/small", data={"form_key": key}, files=file).status_code == 303
    assert ada.post("/work/small", data={"form_key": "x"}, files=file).status_code == 403
    assert len(web.site.gradebook.history("ada")) == 1


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.2.0.1", "192.168.0.1", "", "unknown"])
def test_from_any_other_peer_the_header_is_ignored_and_the_log_says_so(
    web: WebCourse, peer: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert ask(visitor(web, "ada", peer=peer), "/me").status_code == 303
    assert "is no trusted proxy: its X-Remote-User is ignored" in caplog.text
    assert not list_sessions(web.site.transient, "ada", web.clock())


def test_who_is_behind_a_proxy_cannot_pose_as_one(web: WebCourse) -> None:
    """What a stranger says of forwarding changes where they are thought to be, never who speaks to us."""
    forged = {"x-forwarded-for": PROXY, "x-forwarded-proto": "https", "forwarded": f"for={PROXY}"}
    assert ask(visitor(web, "ada", peer="192.168.0.1", **forged), "/me").status_code == 303


def test_a_header_that_is_sent_twice_is_nobodys(web: WebCourse, caplog: pytest.LogCaptureFixture) -> None:
    client = visitor(web)
    headers = [(HEADER, "ina"), (HEADER, "ada")]
    with caplog.at_level(logging.WARNING):
        assert client.get("/me", headers=headers).status_code == 303  # type: ignore[arg-type]
    assert "says twice who asks" in caplog.text


def test_whom_the_course_does_not_know_is_told_under_which_name(web: WebCourse) -> None:
    client = visitor(web, "mallory")
    answer = ask(client, "/")
    assert answer.status_code == 403
    assert "You are logged in as mallory, whom this course does not know" in answer.text
    assert ask(client, "/login").status_code == 200
    assert ask(client, "/health").text == "ok\n"


def test_another_name_is_another_session(web: WebCourse) -> None:
    client = visitor(web)
    assert "Ada" in client.get("/me", headers={HEADER: "ada"}).text
    assert "Ina" in client.get("/me", headers={HEADER: "ina"}).text
    assert not list_sessions(
        web.site.transient, "ada", web.clock()
    )  # it ended: this browser is somebody else's


def test_a_text_is_kept_where_the_session_was_over(web: WebCourse) -> None:
    ada = visitor(web, "ada")
    key = ask(ada, "/me").text.partition('name="form_key" value="')[2].partition('"')[0]
    web.clock.pass_by(hours=13)
    answer = ada.post("/me/sessions", data={"form_key": key, "session": "a text of mine"})
    assert answer.headers["location"] == "/kernels/me"
    assert "a text of mine" in ask(ada, "/me").text


def test_ids_with_accents_are_read_as_proxies_write_them(web: WebCourse) -> None:
    (web.folder / "students.csv").write_text("id,name\naimée,Aimée\n", encoding="utf-8")
    client = visitor(web)
    headers = [(HEADER.encode(), "aimée".encode())]
    assert client.get("/me", headers=headers).status_code == 200  # type: ignore[arg-type]


def test_without_a_header_named_none_is_heard(tmp_path_factory: pytest.TempPathFactory) -> None:
    proxies = TrustedProxies((PROXY,))
    course = WebCourse(tmp_path_factory.mktemp("plain"), url=URL, proxies=proxies)
    try:
        assert ask(visitor(course, "ada"), "/me").status_code == 303
    finally:
        course.close()


def test_links_work_beside_it(web: WebCourse) -> None:
    ada = Visitor(visitor(web))
    from autograder.web.links import login_link

    link = login_link(web.site.course, "ada", now=web.clock(), url=URL)
    assert ada.client.post("/in/" + link.partition("/in/")[2]).status_code == 303
    assert ask(ada.client, "/me").status_code == 200


WRONG = [
    ('url = "course.example.org"', "web.url: 'course.example.org' is no address of pages"),
    ('url = "https://u:p@c.example"', "holds more than a host and a path"),
    ('prefix = "/a/../b"', "web.prefix: '/a/../b' is no path"),
    ('trusted_proxies = ["proxy"]', "web.trusted_proxies[0]: 'proxy' is no address of a proxy"),
    ('user_header = "Cookie"', "web.user_header: 'Cookie' has a meaning of its own"),
    ('user_header = "a b"', "web.user_header: 'a b' is no name of a header"),
    ('user_heade = "X"', "web.user_heade: there is no key of this name (did you mean user_header?"),
]


def test_what_is_wrong_with_it_in_course_toml_is_told(tmp_path: Path) -> None:
    course = WebCourse(tmp_path)
    toml = tmp_path / "course.toml"
    right = toml.read_text()
    try:
        for line, told in WRONG:
            toml.write_text(f"{right}\n[web]\n{line}\n")
            with pytest.raises(CourseError) as found:
                read_course(tmp_path)
            assert told in str(found.value)
    finally:
        course.close()
