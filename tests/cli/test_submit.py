"""`autograder submit`: a file is handed in by a program, once, and what goes wrong is said."""

import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from class_course import RIGHT, notebook
from click.testing import CliRunner, Result
from web_course import WebCourse

from autograder.cli.main import group
from autograder.errors import ServerError
from autograder.web.submitting import submit_file
from autograder.web.tokens import list_tokens, make_token, revoke_token

CONTENT = notebook(**RIGHT)
Submit = Callable[..., Result]


@pytest.fixture
def web(tmp_path: Path) -> Iterator[WebCourse]:
    """The pages of a course, on the loopback."""
    (tmp_path / "course").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        course = WebCourse(tmp_path / "course", url=f"http://127.0.0.1:{listener.getsockname()[1]}")
        server = uvicorn.Server(uvicorn.Config(course.app, log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield course
        finally:
            server.should_exit = True
            thread.join()
            course.close()


@pytest.fixture
def submit(web: WebCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Submit:
    """The command, with ada's token, somewhere outside of any course."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AUTOGRADER_SERVER", raising=False)
    (tmp_path / "token").write_text(make_token(web.site.transient, "ada", "laptop", web.clock()) + "\n")
    (tmp_path / "mine é.ipynb").write_bytes(CONTENT)

    def run(*more: str, name: str = "small", file: str = "mine é.ipynb", env: Any = None) -> Result:
        given = ["submit", name, file, "--server", web.site.served.url, *more]
        given += [] if env or more else ["--token-file", "token"]
        return CliRunner().invoke(group, given, env={"AUTOGRADER_TOKEN": "", **(env or {})})

    return run


def test_a_file_is_handed_in_and_the_receipt_has_its_hash(web: WebCourse, submit: Submit) -> None:
    done = submit()
    assert done.exit_code == 0, done.exception
    assert f"SHA-256    {hashlib.sha256(CONTENT).hexdigest()}" in done.output
    assert "mine é.ipynb" in done.output
    assert f"Its report: {web.site.served.url}/work/small/1" in done.output
    (event,) = web.site.gradebook.history("ada")
    assert web.site.gradebook.content(event.blob) == CONTENT
    assert web.visitor("ada").get("/work/small/1/receipt.txt").text in done.output
    (token,) = list_tokens(web.site.transient, "ada")
    assert token.used is not None


def test_the_same_file_again_is_no_new_one(web: WebCourse, submit: Submit) -> None:
    submit()
    again = submit()
    assert again.exit_code == 0
    assert "counts as it came first" in again.output
    assert len(web.site.gradebook.history("ada")) == 1


def test_a_token_may_stand_in_the_environment(web: WebCourse, submit: Submit, tmp_path: Path) -> None:
    assert submit(env={"AUTOGRADER_TOKEN": (tmp_path / "token").read_text()}).exit_code == 0
    missing = submit(env={"AUTOGRADER_TOKEN": " "})
    assert "there is no token" in str(missing.exception)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (5, "1 day late: a faultless file would lose 0 %"),  # by a free day
        (6, "2 days late: a faultless file would lose 10 %"),
        (9, "too late to count"),
    ],
)
def test_what_comes_late_is_received_and_what_that_costs_is_said(
    web: WebCourse, submit: Submit, days: int, told: str
) -> None:
    web.clock.pass_by(days=days - 1)
    done = submit()
    assert (done.exit_code, told in done.output) == (0, True), done.output
    assert len(web.site.gradebook.history("ada")) == 1


def test_what_is_no_token_is_refused_in_words(web: WebCourse, submit: Submit, tmp_path: Path) -> None:
    (token,) = list_tokens(web.site.transient, "ada")
    (tmp_path / "guess").write_text("nabla_guess")
    assert "There is no such token, or it was revoked" in str(submit("--token-file", "guess").exception)
    revoke_token(web.site.transient, token.key)
    done = submit()
    assert (done.exit_code, "was revoked" in str(done.exception)) == (1, True)
    assert not web.site.gradebook.history("ada")


def test_an_unknown_assignment_and_a_file_that_is_too_large_are_named(
    web: WebCourse, submit: Submit, tmp_path: Path
) -> None:
    assert "has no assignment 'other'" in str(submit(name="other").exception)
    toml = web.folder / "course.toml"
    toml.write_text(toml.read_text() + "\n[limits]\nnotebook_mb = 1\n")
    (tmp_path / "large.ipynb").write_bytes(b"a" * 1_000_001)
    told = str(submit(file="large.ipynb").exception)
    assert "It was not received: it has 1.1 MB, and at most 1 MB are taken" in told
    assert not web.site.gradebook.history("ada")


def test_a_token_hands_in_and_does_nothing_else(web: WebCourse, submit: Submit, tmp_path: Path) -> None:
    submit()
    token = (tmp_path / "token").read_text().strip()
    stranger = web.visitor()
    bearer = {"authorization": f"Bearer {token}"}
    for path in ("/", "/work/small", "/work/small/1", "/work/small/1/receipt.txt", "/grade", "/me/tokens"):
        assert stranger.get(path, headers=bearer).status_code == 303, path
    for path in ("/me/tokens", "/me/password", "/quiz/first"):
        assert stranger.client.post(path, headers=bearer, data={"name": "x"}).status_code == 303, path
    file = {"file": ("small.ipynb", CONTENT)}
    for sent in ({}, {"params": {"token": token}}, {"data": {"token": token}}):  # nowhere but in the header
        assert stranger.client.post("/work/small", files=file, **sent).status_code == 303  # type: ignore[arg-type]
    assert len(web.site.gradebook.history("ada")) == 1


def test_tokens_are_made_shown_once_and_revoked_by_their_owner(web: WebCourse) -> None:
    ada, ben = web.visitor("ada"), web.visitor("ben")
    made = ada.post("/me/tokens", data={"name": "my laptop"})
    assert "nabla_" in made.text
    page = ada.get("/me/tokens").text
    assert "nabla_" not in page
    assert "my laptop" in page
    (token,) = list_tokens(web.site.transient, "ada")
    kept = b"".join(f.read_bytes() for f in (web.folder / ".autograder").glob("transient.sqlite*"))
    shown = made.text.partition("nabla_")[2].partition("<")[0]
    assert shown.encode() not in kept
    ben.post("/me/tokens", data={"revoke": token.key})
    assert list_tokens(web.site.transient, "ada")
    ada.post("/me/tokens", data={"revoke": token.key})
    assert not list_tokens(web.site.transient, "ada")
    assert ada.post("/me/tokens", data={"name": " "}).status_code == 422


def test_who_is_erased_or_off_the_list_hands_in_no_more(web: WebCourse, submit: Submit) -> None:
    (web.folder / "students.csv").write_text("id\nben\n")
    assert "was revoked" in str(submit().exception)


class Scripted(BaseHTTPRequestHandler):
    """A server that answers as it is told, one answer after the other."""

    answers: list[tuple[int, str, dict[str, str]]]
    received: list[bytes]

    def do_POST(self) -> None:
        self.received.append(self.rfile.read(int(self.headers["content-length"])))
        status, text, headers = self.answers.pop(0)
        if not status:
            return  # the connection is closed without a word
        self.send_response(status)
        for name, value in {"content-type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def scripted() -> Iterator[tuple[str, type[Scripted]]]:
    handler = type("Handler", (Scripted,), {"answers": [], "received": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", handler
        server.shutdown()
        thread.join()


def send(server: str, waits: list[float], content: bytes = b"x") -> Any:
    return submit_file("small", "f", content, server=server, token="nabla_x", wait=waits.append)


def test_it_is_tried_again_where_that_may_help(scripted: tuple[str, type[Scripted]]) -> None:
    server, handler = scripted
    said = {"number": 1, "new": True, "sha256": hashlib.sha256(b"x").hexdigest(), "receipt": "R", "page": "P"}
    receipt = json.dumps(said)
    handler.answers += [(0, "", {}), (503, "away", {}), (429, "", {"retry-after": "20"}), (200, receipt, {})]
    waits: list[float] = []
    assert send(server, waits).receipt == "R"
    assert waits == [1, 3, 20]
    assert (
        len({each.partition(b"\r\n")[2].rpartition(b"--")[0].strip(b"-") for each in handler.received}) <= 4
    )


REFUSED = [
    (200, "no json", {}, "does not answer as the pages of a course do"),
    (200, '{"number": 1, "new": true, "sha256": "0", "receipt": "R", "page": "P"}', {}, "another file"),
    (303, "", {"location": "https://evil.example/"}, "is not the address of the pages"),
    (500, "<html>", {"content-type": "text/html"}, "it answers 500"),
]


@pytest.mark.parametrize(("status", "text", "headers", "told"), REFUSED)
def test_what_is_no_receipt_is_an_error(
    scripted: tuple[str, type[Scripted]], status: int, text: str, headers: dict[str, str], told: str
) -> None:
    """A redirection is not followed: the token would go with it."""
    server, handler = scripted
    handler.answers.append((status, text, headers))
    with pytest.raises(ServerError, match=told):
        send(server, [])
    assert len(handler.received) == 1


def test_without_a_network_it_says_so_in_the_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    waits: list[float] = []
    with pytest.raises(ServerError, match=r"cannot be reached \(Connection refused\)"):
        send(f"http://127.0.0.1:{port}", waits)
    assert waits == [1, 3, 9, 27]


@pytest.mark.parametrize(
    "server",
    [
        *("http://course.example.org", "course.example.org", "ftp://x", "file:///x", "https://a b.example"),
        *("https://a.example:port", "https://a.example:99999", "https://a.example:0", "https://[::1"),
    ],
)
def test_a_token_is_never_sent_in_the_clear(server: str) -> None:
    with pytest.raises(ServerError, match=r"in the clear|is no address"):
        send(server, [])
