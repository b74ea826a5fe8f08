"""What holds for every answer and every form: headers, hosts, foreign forms, bodies without end."""

import asyncio
import shutil
from typing import Any, NoReturn

import pytest
from web_course import URL, Visitor, WebCourse

from autograder.errors import StoreError
from autograder.web.links import note_server
from autograder.web.rights import RIGHTS, Right

POSTS = [at for (method, at), right in RIGHTS.items() if method == "POST" and right is not Right.PUBLIC]


def test_every_answer_carries_the_headers_errors_included(web: WebCourse) -> None:
    ada, stranger = web.visitor("ada"), web.visitor()
    answers = [ada.get("/"), ada.get("/no")]
    answers += [stranger.get(path) for path in ("/", "/login", "/in/x", "/static/0/x")]
    answers += [ada.client.post("/logout"), stranger.get("/", headers={"host": "evil.example"})]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"


def test_styles_and_scripts_are_kept_for_ever_and_change_their_address(web: WebCourse) -> None:
    visitor = web.visitor()
    digest = web.site.static.digest
    for name in ("web.css", "htmx.min.js"):
        found = visitor.get(f"/static/{digest}/{name}")
        assert found.status_code == 200
        assert "immutable" in found.headers["cache-control"]
    for path in ("/static/0/web.css", f"/static/{digest}/../app.py", f"/static/{digest}/base.html"):
        assert visitor.get(path).status_code == 404


def test_no_page_holds_a_style_or_a_script_of_its_own(web: WebCourse) -> None:
    for page in (web.visitor("ada").get("/").text, web.visitor().get("/login").text):
        assert "<style" not in page
        assert " style=" not in page
        assert "<script>" not in page
        assert " onclick=" not in page


OTHERS = ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", ""]
NO_HOSTS = ["[", "[evil]", "[v1.x]", "evil.example@127.0.0.1", "127.0.0.1/x", "127.0.0.1:x", "a b", "\xff"]


@pytest.mark.parametrize("host", OTHERS + NO_HOSTS)
def test_a_request_that_means_another_host_is_refused(web: WebCourse, host: str) -> None:
    """A page elsewhere may point its own name at this machine, and ask in its reader's browser."""
    answer = web.visitor("ada").client.get("/", headers={"host": host.encode("latin-1")})
    assert answer.status_code == 400
    assert "Ada" not in answer.text
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_this_machine_has_several_names(web: WebCourse, host: str) -> None:
    assert web.visitor().client.get("/login", headers={"host": host}).status_code == 200


ATTACKS: list[dict[str, object]] = [
    {"data": {}},
    {"data": {"form_key": "guessed"}},
    {"headers": {"origin": "https://evil.example"}},
    {"headers": {"origin": "null"}},
    {"headers": {"origin": "http://127.0.0.1:9999"}},
    {"headers": {"origin": "http://[evil]", "referer": "http://[evil]"}},
    {"headers": {"sec-fetch-site": "cross-site"}},
    {"headers": {"sec-fetch-site": "same-site"}},
    {"headers": {"content-type": "text/plain"}, "data": None, "content": "form_key={key}"},
    {"headers": {"content-type": "application/json"}, "data": None, "content": '{"form_key": "{key}"}'},
]


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_a_foreign_form_changes_nothing(web: WebCourse, attack: dict[str, object]) -> None:
    """Of whatever page: each route is sent the attack by somebody who may use it."""
    people = {who: web.visitor(who) for who in ("ada", "ina", "adm")}
    keys = {who: visitor.form_key() for who, visitor in people.items()}
    for route in POSTS:
        right = RIGHTS["POST", route]
        who = {Right.OWN: "ada", Right.PERSON: "ada", Right.SERVER: "adm"}.get(right, "ina")
        path = route.replace("{name}", "small").replace("{number}", "1")
        sent: dict[str, object] = {"data": {"form_key": keys[who]}, **attack}
        if "content" in sent:
            sent["content"] = str(sent["content"]).replace("{key}", keys[who])
        answer = people[who].client.post(path, **sent)  # type: ignore[arg-type]
        assert answer.status_code == 403, (route, answer.text)
    for visitor in people.values():
        assert visitor.get("/me").status_code == 200  # still logged in: nothing was done


def test_a_form_with_another_sessions_key_is_refused(web: WebCourse) -> None:
    ada, ben = web.visitor("ada"), web.visitor("ben")
    assert ada.client.post("/logout", data={"form_key": ben.form_key()}).status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_asking_changes_nothing(web: WebCourse, method: str) -> None:
    ada = web.visitor("ada")
    assert ada.client.request(method, f"/logout?form_key={ada.form_key()}").status_code == 404
    assert ada.get("/").status_code == 200


def test_a_form_with_more_files_than_its_page_has_is_refused_in_words_of_ours(web: WebCourse) -> None:
    ada = web.visitor("ada")
    files = [("file", (f"{name}.ipynb", b"{}")) for name in "ab"]
    answer = ada.post("/work/small", files=files, headers={"accept-language": "fr"})
    assert answer.status_code == 400
    assert "plus de fichiers" in answer.text
    assert "Maximum" not in answer.text
    assert web.site.gradebook.history("ada") == ()


def test_a_form_of_a_page_of_ours_is_taken(web: WebCourse) -> None:
    ada = web.visitor("ada")
    origin = {"origin": URL, "sec-fetch-site": "same-origin"}
    assert ada.post("/logout", headers=origin).status_code == 303


def test_a_body_that_announces_no_length_is_counted(web: WebCourse) -> None:
    ada = web.visitor("ada")
    headers = {"content-type": "application/x-www-form-urlencoded"}
    pieces = (b"a" * 65_536 for _ in range(40))
    assert ada.client.post("/logout", content=pieces, headers=headers).status_code == 413
    assert ada.get("/").status_code == 200


@pytest.mark.parametrize("count", [2_001, 20_000])
def test_a_form_of_thousands_of_fields_is_refused(web: WebCourse, count: int) -> None:
    ada = web.visitor("ada")
    content = "&".join(f"f{k}=1" for k in range(count))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert ada.client.post("/logout", content=content, headers=headers).status_code == 400


def test_the_course_files_may_be_wrong_for_a_while(web: WebCourse) -> None:
    """The last right ones are used, and it is known what is wrong."""
    ada = web.visitor("ada")
    settings = web.folder / "course.toml"
    right = settings.read_text()
    settings.write_text("this is no TOML")
    assert ada.get("/").status_code == 200
    assert web.site.flaws
    settings.write_text(right.replace('title = "Small"', 'title = "Smaller"'))
    assert "Smaller" in Visitor(ada.client).text("/")
    assert not web.site.flaws


def test_health_is_one_word(web: WebCourse) -> None:
    answer = web.visitor().get("/health")
    assert (answer.status_code, answer.text.strip()) == (200, "ok")


def test_health_tells_of_grading_that_is_silent(web: WebCourse) -> None:
    note_server(web.site.transient, URL, web.clock())
    assert web.visitor().get("/health").status_code == 200
    web.clock.pass_by(minutes=3)
    answer = web.visitor().get("/health")
    assert (answer.status_code, answer.text.strip()) == (503, "grading")


def test_health_tells_of_a_store_that_is_read_and_not_written_to(
    web: WebCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where another program holds its lock: a file was refused, and for a minute it is said."""

    def refuse(*_args: object, **_options: object) -> None:
        raise StoreError("another program has been writing to the gradebook for too long")

    ada = web.visitor("ada")
    with monkeypatch.context() as locked:
        locked.setattr("autograder.web.student.work.hand_in", refuse)
        assert ada.hand_in(b"{}").status_code == 503
    answer = web.visitor().get("/health")
    assert (answer.status_code, answer.text) == (503, "store\n")
    web.clock.pass_by(minutes=1)
    assert web.visitor().get("/health").text == "ok\n"


def test_health_tells_of_a_disk_that_is_nearly_full(web: WebCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(web.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=99_999_999))
    answer = web.visitor().get("/health")
    assert (answer.status_code, answer.text) == (503, "disk\n")


def test_pages_below_a_prefix_stay_there(tmp_path_factory: pytest.TempPathFactory) -> None:
    course = WebCourse(tmp_path_factory.mktemp("prefix"), url="http://127.0.0.1:8000/kernels")
    try:
        visitor = course.visitor()
        assert visitor.client.get("http://127.0.0.1:8000/login").status_code == 404
        page = visitor.client.get("http://127.0.0.1:8000/kernels/login")
        assert page.status_code == 200
        assert 'href="/kernels/static/' in page.text
        answer = visitor.client.get("http://127.0.0.1:8000/kernels/")
        assert answer.headers["location"] == "/kernels/login"
        assert visitor.client.get("http://127.0.0.1:8000/kernelsx/login").status_code == 404
        assert visitor.client.get("http://127.0.0.1:8000/kernels/login/").status_code == 404
    finally:
        course.close()


def test_whose_file_is_on_its_way_when_the_server_ends_is_told_that_it_was_not_received(
    web: WebCourse,
) -> None:
    """And nothing is said of a failure of ours: whoever sends it waits for no page that never comes."""
    sent: list[Any] = []
    waits = asyncio.Event()

    async def receive() -> NoReturn:
        waits.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    async def end_while_it_comes() -> None:
        headers = [(b"host", b"127.0.0.1:8000"), (b"content-type", b"application/x-www-form-urlencoded")]
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/login",
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 1),
        }
        asked = asyncio.create_task(web.app(scope, receive, send))
        await waits.wait()
        asked.cancel()
        await asked

    asyncio.run(end_while_it_comes())
    start, body = sent
    assert start["status"] == 503
    assert {b"content-security-policy", b"connection"} <= {name for name, _ in start["headers"]}
    assert b"what you sent just now was not recorded" in body["body"]
