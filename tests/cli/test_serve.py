"""`autograder serve` and `autograder token`, as they are called: a real server, and a process that grades."""

import asyncio
import csv
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from class_course import RIGHT, ClassCourse, notebook

from autograder.course.opened import open_course
from autograder.web.serving import CourseServer
from autograder.web.sessions import read_link


@contextmanager
def serving(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command, and what it printed first."""
    command = [sys.executable, "-m", "autograder", "serve", "--port", "0", "--accept-isolation", "1", *more]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=folder, env=environment, **pipes) as process:  # type: ignore[call-overload]
        told = ""
        for line in process.stdout:
            told += line
            if "Ctrl-C ends" in line:
                break
        try:
            yield process, told
        finally:
            process.terminate()
            process.wait(300)


def log_in(link: str) -> httpx2.Client:
    base, _, token = link.partition("/in/")
    client = httpx2.Client(base_url=base, timeout=300)
    _OPENED.append(client)
    assert client.post(f"/in/{token}").status_code == 303
    return client


def form_key(client: httpx2.Client) -> str:
    found = re.search(r'name="form_key" value="([^"]+)"', client.get("/me").text)
    assert found
    return found[1]


def hand_in(client: httpx2.Client, content: bytes) -> httpx2.Response:
    fields = {"form_key": form_key(client)}
    return client.post("/work/small", data=fields, files={"file": ("small.ipynb", content)})


def wait_for_report(client: httpx2.Client, path: str) -> None:
    end = time.monotonic() + 600
    while client.get(f"{path}/state").json()["state"] != "report":
        assert time.monotonic() < end, "no report came"
        time.sleep(0.3)


_OPENED: list[httpx2.Client] = []


def make_class(folder: Path) -> ClassCourse:
    made = ClassCourse(folder)
    (folder / "students.csv").write_text("id\n" + "".join(f"s{k:02}\n" for k in range(40)))
    return made


@pytest.fixture
def course(tmp_path: Path) -> Iterator[ClassCourse]:
    yield make_class(tmp_path)
    while _OPENED:
        _OPENED.pop().close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ClassCourse, str]]:
    """A course that is served, for tests that end no server, and what the command printed first."""
    made = make_class(tmp_path_factory.mktemp("served"))
    with serving(made.folder, "-j", "1") as (_, told):
        yield made, told
    while _OPENED:
        _OPENED.pop().close()


def test_a_student_comes_in_by_a_link_hands_in_and_has_a_report(served: tuple[ClassCourse, str]) -> None:
    course, told = served
    assert re.search(r"instructor \(admin and instructor\): http://127\.0\.0\.1:\d+/in/\S+", told)
    link = course.run("token", "s00").stdout.strip()
    at = re.search(r"http://127\.0\.0\.1:\d+", told)
    assert at
    assert link.startswith(at[0])  # where the pages are served
    client = log_in(link)
    assert client.get("/health").text == "ok\n"
    answer = hand_in(client, notebook(**RIGHT))
    assert (answer.status_code, answer.headers["location"]) == (303, "/work/small/1")
    wait_for_report(client, "/work/small/1")
    assert "6 of 6" in client.get("/work/small").text
    graded = course.run("grade", "small", "-j", "1", "--accept-isolation", "1")
    assert "every submission has its report" in graded.output, graded.output


def test_a_body_that_never_ends_is_cut_off_and_nobody_else_waits(served: tuple[ClassCourse, str]) -> None:
    client = log_in(served[0].run("token", "s01").stdout.strip())
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield b"a" * 65_536

    headers = {"content-type": "multipart/form-data; boundary=x"}
    with suppress(httpx2.HTTPError):  # the connection is closed while it sends
        answer = client.post("/work/small", content=endless(), headers=headers)
        assert answer.status_code in (400, 413)
    assert sent < 300_000_000
    assert client.get("/work/small").status_code == 200


NO_HTTP = (
    b"nonsense\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"POST /login HTTP/1.1\r\nHost: %s\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n",
)


def test_what_is_no_request_is_refused_with_the_headers_of_every_answer(
    served: tuple[ClassCourse, str],
) -> None:
    port = re.search(r"127\.0\.0\.1:(\d+)", served[1])
    assert port
    for sent in NO_HTTP:
        with socket.create_connection(("127.0.0.1", int(port[1])), timeout=300) as connection:
            connection.sendall(sent.replace(b"%s", b"127.0.0.1"))
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
        head = answer.partition(b"\r\n\r\n")[0]
        assert head.startswith(b"HTTP/1.1 400 ")
        assert b"content-security-policy: default-src 'none'" in head
        assert b"x-content-type-options: nosniff" in head


def test_grading_is_told_to_end_before_anybody_is_waited_for_who_sends() -> None:
    """What both may take goes by at once: one who stalls keeps the server no longer than grading does."""
    order: list[str] = []

    class Sender:
        def shutdown(self) -> None:
            order.append("told the sender")
            server.server_state.connections.clear()

    async def nothing(_scope: object, _receive: object, _send: object) -> None:
        pass

    config = uvicorn.Config(nothing, lifespan="off", log_level="error")
    server = CourseServer(config, farewell=lambda: order.append("told grading"))
    config.load()
    server.lifespan, server.servers = config.lifespan_class(config), []
    server.server_state.connections.add(Sender())  # type: ignore[arg-type] # as far as it is asked
    asyncio.run(server.shutdown())
    assert order == ["told grading", "told the sender"]


@pytest.mark.soak
def test_a_server_that_is_killed_loses_no_file_that_has_a_receipt(course: ClassCourse) -> None:
    with serving(course.folder, "-j", "1") as (process, _):
        client = log_in(course.run("token", "s01").stdout.strip())
        assert hand_in(client, notebook(**RIGHT)).status_code == 303
        process.send_signal(signal.SIGKILL)
        process.wait()
    with serving(course.folder, "-j", "1"):
        client = log_in(course.run("token", "s01").stdout.strip())
        wait_for_report(client, "/work/small/1")


@pytest.mark.soak
def test_a_class_hands_in_at_the_same_time(course: ClassCourse) -> None:
    """Forty students, two of whom hand in endless loops: every receipt has its report."""
    toml = course.folder / "course.toml"
    toml.write_text(toml.read_text() + "\n[assignments.small.limits]\nseconds_per_cell = 5\n")
    with serving(course.folder):
        clients = [log_in(course.run("token", f"s{k:02}").stdout.strip()) for k in range(40)]
        answers: list[int] = []

        def send(k: int) -> None:
            before = "while True: pass" if k % 20 == 7 else f"x = {k}"
            answers.append(hand_in(clients[k], notebook(before=before, **RIGHT)).status_code)

        threads = [threading.Thread(target=send, args=(k,)) for k in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [303] * 40
        for client in clients:
            wait_for_report(client, "/work/small/1")
    with open_course(course.folder).gradebook(read_only=True) as book:
        assert len(list(book.reports("small"))) == 40


@pytest.mark.soak
def test_a_server_that_is_killed_again_and_again_loses_nothing_that_has_a_receipt(
    course: ClassCourse,
) -> None:
    """At random moments, while files come in: each receipt has its file, and in the end its report."""
    moments = random.Random(7)
    received: list[tuple[str, str]] = []
    for round in range(8):
        with serving(course.folder) as (process, told):
            at = re.search(r"http://127\.0\.0\.1:\d+", told)
            assert at
            clients = [(f"s{k:02}", log_in(course.run("token", f"s{k:02}").stdout.strip())) for k in range(4)]
            keys = {who: form_key(client) for who, client in clients}
            stop = threading.Event()

            def send(who: str, client: httpx2.Client, keys: dict[str, str], round: int, stop: Any) -> None:
                for k in range(200):
                    if stop.is_set():
                        return
                    content = notebook(before=f"x = {round}, {k}", **RIGHT)
                    with suppress(httpx2.HTTPError):
                        fields, file = {"form_key": keys[who]}, {"file": ("small.ipynb", content)}
                        answer = client.post("/work/small", data=fields, files=file)
                        if answer.status_code == 303:
                            received.append((who, sha256(content).hexdigest()))

            threads = [
                threading.Thread(target=send, args=(who, client, keys, round, stop))
                for who, client in clients
            ]
            for thread in threads:
                thread.start()
            time.sleep(moments.uniform(0.05, 1.5))  # not waited for: any moment must do
            process.send_signal(signal.SIGKILL)
            process.wait()
            stop.set()
            for thread in threads:
                thread.join()
    assert received
    with serving(course.folder), open_course(course.folder).gradebook(read_only=True) as book:
        kept = {(who, event.blob) for who in {who for who, _ in received} for event in book.history(who)}
        assert not set(received) - kept
        end = time.monotonic() + 300
        while book.ungraded():
            assert time.monotonic() < end, "not every file has its report"
            time.sleep(0.2)
    assert "all as recorded" in course.run("doctor", "--store").output


def test_others_than_this_machine_need_https(course: ClassCourse) -> None:
    refused = course.run("serve", "--host", "0.0.0.0", "--port", "0")
    assert "nobody would speak https" in str(refused.exception)
    half = course.run("serve", "--tls-cert", str(course.solutions))
    assert "belong together" in str(half.exception)
    clear = course.run("serve", "--url", "http://course.example.org", "--port", "0")
    assert "would go to http://course.example.org in the clear" in str(clear.exception)
    assert course.run("serve", "--demo", "--host", "0.0.0.0").exit_code == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--url", "course.example.org"], "--url: 'course.example.org' is no address of pages"),
        (["--prefix", "kernels"], "--prefix: 'kernels' is no path"),
        (["--trusted-proxy", "proxy"], "--trusted-proxy: 'proxy' is no address of a proxy"),
        (["--url", "https://c.example/a", "--prefix", "/b"], "--prefix: pages lie below /a, by --url"),
    ],
)
def test_where_it_is_served_is_said_rightly_or_not_at_all(
    course: ClassCourse, given: list[str], told: str
) -> None:
    assert told in str(course.run("serve", "--port", "0", *given).exception)


def test_what_the_command_does_not_say_is_taken_from_the_course(course: ClassCourse) -> None:
    toml = course.folder / "course.toml"
    toml.write_text(toml.read_text() + '\n[web]\nuser_header = "X-Remote-User"\n')
    assert "anybody could send X-Remote-User" in str(course.run("serve", "--port", "0").exception)
    toml.write_text(
        toml.read_text() + 'url = "https://c.example"\nprefix = "/kernels"\ntrusted_proxies = ["::1"]\n'
    )
    with serving(course.folder) as (process, told):
        assert "Small: https://c.example/kernels\n" in told
        process.send_signal(signal.SIGTERM)
        assert process.wait(300) == 0


@pytest.mark.soak
def test_what_the_command_says_goes_before_what_the_course_says(course: ClassCourse) -> None:
    toml = course.folder / "course.toml"
    toml.write_text(toml.read_text() + '\n[web]\nurl = "https://c.example"\nprefix = "/kernels"\n')
    with serving(course.folder, "--url", "https://other.example") as (_, told):
        assert "Small: https://other.example/kernels\n" in told


def test_a_link_is_made_for_people_of_the_course_alone(course: ClassCourse) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/in/\S{40,}\n", course.run("token", "s00").stdout)
    assert course.run("token", "instructor").exit_code == 0
    assert "is nobody of this course" in str(course.run("token", "mallory").exception)
    (course.folder / "staff.csv").write_text("id,role\nina,boss\n")
    assert "there is no role 'boss'" in str(course.run("token", "s00").exception)


def test_a_table_of_links_is_for_its_owner_alone_and_each_logs_its_student_in(course: ClassCourse) -> None:
    roster = "id,name,email,group\ns00,=Ada,ada@example.org,G1\ns01,Ben,,G2\ns02,Cleo,,G1\n"
    (course.folder / "students.csv").write_text(roster)
    done = course.run("token", "--all", "--group", "G1", "--csv", "links.csv", "--valid", "30 days")
    assert "links.csv: 2 links" in done.output, done.output
    file = course.folder / "links.csv"
    assert file.stat().st_mode & 0o777 == 0o600
    with file.open(newline="", encoding="utf-8-sig") as text:
        rows = list(csv.DictReader(text))
    assert [(row["id"], row["name"], row["email"]) for row in rows] == [
        ("s00", "'=Ada", "ada@example.org"),
        ("s02", "Cleo", ""),
    ]
    now = datetime.now(UTC)
    with open_course(course.folder).transient() as store:
        tokens = [row["link"].rpartition("/in/")[2] for row in rows]
        assert [read_link(store, each, now=now + timedelta(days=29)) for each in tokens] == ["s00", "s02"]
        assert read_link(store, tokens[0], now=now + timedelta(days=31)) is None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--all"], "with --csv FILE"),
        (["s00", "--all", "--csv", "x.csv"], "either WHO"),
        (["s00", "--group", "G1"], "either WHO"),
        ([], "either WHO"),
        (["s00", "--valid", "soon"], "a span of time"),
        (["s00", "--valid", "0 d"], "a span of time"),
    ],
)
def test_what_a_link_is_made_for_is_said_plainly(course: ClassCourse, given: list[str], told: str) -> None:
    done = course.run("token", *given)
    assert (done.exit_code, told in done.output) == (2, True), done.output


def test_a_group_that_nobody_is_in_is_named(course: ClassCourse) -> None:
    done = course.run("token", "--all", "--group", "G9", "--csv", "links.csv")
    assert "group 'G9': has no student" in str(done.exception)
    assert not (course.folder / "links.csv").exists()
