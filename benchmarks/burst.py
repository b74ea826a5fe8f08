"""The last minute before a deadline: a class hands in at once, while others read pages and take a quiz.

The server is the program itself, on the loopback; the class is this process, by plain sockets. With kills,
the server is ended without warning at random moments and begun again, as by whatever keeps it alive.
"""

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from autograder.course.opened import OpenCourse, open_course
from autograder.demo.classroom import format_roster
from autograder.web.sessions import begin_session, find_session
from benchmarks.classroom import NAME, make_course_with, make_honest_class
from benchmarks.meter import MemoryWatch

QUIZ = "first-quiz"
_TABLE = f'\n[quizzes.{QUIZ}]\ntitle = "First quiz"\nweight = "5 %"\nbonus = true\n'
_LOOP = "while True:\n    pass"
_ANSWERS = ("x", "w", "2 x", "x^T", "x + x", "2 w")
_PAGES = ("/", f"/work/{NAME}", "/grade", f"/quiz/{QUIZ}")
_STAFF_PAGES = ("/class", "/class/grades", f"/class/work/{NAME}")
_POLL, _GIVE_UP = 1.0, 600.0
_TURN = 7.5
"""Seconds of a turn: a machine is no quicker in those with readers than in those between them."""


@dataclass(frozen=True, slots=True)
class BurstSizes:
    """How much happens."""

    students: int = 300
    seconds: float = 60.0
    loops: float = 0.03
    """The share of files that never end."""
    saves: float = 60.0
    """Answers of a quiz that are saved each second."""
    pages: float = 10.0
    """Pages that are read each second."""
    staff_pages: float = 0.0
    """Pages on the whole class that whoever teaches reads each second, in every other turn."""
    file_kb: int = 1000
    kills: int = 0
    jobs: int = 2


@dataclass(slots=True)
class BurstTimes:
    """Seconds that everything took."""

    receipts: list[float] = field(default_factory=list)
    receipts_while: list[float] = field(default_factory=list)
    """Those of files sent in a turn in which whoever teaches reads."""
    receipts_between: list[float] = field(default_factory=list)
    """All others."""
    reports: list[float] = field(default_factory=list)
    """Of files that end."""
    loop_reports: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    staff_pages: list[float] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """Who was given a receipt and no report."""
    refused: list[str] = field(default_factory=list)
    """What was answered where nothing should have been refused."""
    kills: int = 0
    peak_mb: float = 0.0


@dataclass(frozen=True, slots=True)
class _Person:
    id: str
    cookie: str
    form_key: str
    content: bytes
    loops: bool


class _Server:
    """The program, served at one port; killed and begun again at will."""

    def __init__(self, folder: Path, jobs: int, store: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._folder = folder
        self._command = [
            sys.executable,
            "-m",
            "autograder",
            "serve",
            "--port",
            str(self.port),
            "-j",
            str(jobs),
        ]
        self._environment = {**os.environ, **({"AUTOGRADER_STORE": store} if store else {})}
        self.process = self._begin()

    def _begin(self) -> "subprocess.Popen[bytes]":
        log = self._folder.with_suffix(".server.log").open("ab")
        with log:
            return subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def wait(self) -> None:
        """Until it answers."""
        while True:
            connection = _Connection(self.port)
            with suppress(OSError, asyncio.IncompleteReadError):
                status, _, _ = await connection.ask("GET", "/health")
                await connection.close()
                if status in (200, 503):
                    return
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended; see {self._folder.with_suffix('.server.log')}")
            await asyncio.sleep(0.1)

    def kill(self) -> None:
        """End it as a power cut would, and begin it again."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process = self._begin()

    def stop(self) -> None:
        """End it as its operator would."""
        self.process.terminate()
        self.process.wait(60)


class _Connection:
    """One browser's connection, kept open: no more of HTTP than is needed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self, method: str, path: str, headers: str = "", body: bytes = b""
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request; return status, headers and body. Raises OSError or IncompleteReadError."""
        try:
            return await self._ask(method, path, headers, body)
        except BaseException:
            await self.close()
            raise

    async def _ask(
        self, method: str, path: str, headers: str, body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        length = f"content-length: {len(body)}\r\n" if method == "POST" else ""
        head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{self._port}\r\n{headers}{length}\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        raw = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        told = {n.lower(): v for n, _, v in (line.partition(": ") for line in raw[1:] if line)}
        content = await reader.readexactly(int(told.get("content-length", "0")))
        if told.get("connection") == "close":
            await self.close()
        return int(raw[0].split()[1]), told, content

    async def close(self) -> None:
        """Let go of it."""
        streams, self._streams = self._streams, None
        if streams is not None:
            streams[1].close()
            with suppress(OSError):
                await streams[1].wait_closed()


def measure_burst(
    folder: Path, sizes: BurstSizes = BurstSizes(), *, store: str = "", seed: int = 1
) -> BurstTimes:
    """Let a class hand in during the last minute.

    Args:
        folder: in which a course is made.
        sizes: how much happens.
        store: the address of a database; empty for the course's own file.
        seed: for everything that is drawn.

    Raises:
        RuntimeError: the server ended by itself.
    """
    os.environ.pop("AUTOGRADER_STORE", None)
    if store:
        os.environ["AUTOGRADER_STORE"] = store
    course = _make_course(folder, sizes)
    people, instructor = _log_in(course, sizes)
    server = _Server(folder, sizes.jobs, store)
    times = BurstTimes()
    try:
        with MemoryWatch(lambda: server.process.pid, every=1.0) as memory:
            asyncio.run(_Burst(server, sizes, people, instructor, times, random.Random(seed)).run())
        times.peak_mb = memory.peak_mb
    finally:
        server.stop()
    return times


def _make_course(folder: Path, sizes: BurstSizes) -> OpenCourse:
    samples = make_honest_class(sizes.students + 1)  # one hands in before the others
    make_course_with((), folder)
    settings = folder / "course.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + _TABLE, encoding="utf-8")
    (folder / "students.csv").write_text(format_roster(samples), encoding="utf-8")
    (folder / "staff.csv").write_text(
        "id,name,role,groups,assignments\nina,Ina,instructor,,\n", encoding="utf-8"
    )
    for sample in samples:
        (folder / f"{sample.student}.notebook").write_bytes(sample.notebook)
    return open_course(folder)


def _log_in(course: OpenCourse, sizes: BurstSizes) -> tuple[list[_Person], _Person]:
    """A session for each student, and an attempt at the quiz; and a session for the instructor."""
    from autograder.course.quizzes import quizzes_of
    from autograder.domain.people import find_person

    people, now = [], datetime.now(UTC)
    every = round(1 / sizes.loops) if sizes.loops else 0
    with course.gradebook() as gradebook, course.transient() as transient:
        quizzes = quizzes_of(course)
        service = quizzes.service(QUIZ, gradebook.quizzes)

        def log_in(name: str, content: bytes = b"", *, loops: bool = False) -> _Person:
            person = find_person(name, course.course.roster, course.staff())
            if person is None:
                raise RuntimeError(f"{name} is nobody")
            cookie = begin_session(transient, person, now=now)
            found = find_session(transient, cookie, now=now)
            if found is None:
                raise RuntimeError(f"{name} is not logged in")
            return _Person(name, cookie, found[0].form_key, content, loops)

        for number, student in enumerate(course.course.roster, 1):
            loops = bool(every) and number % every == 0
            raw = (course.folder.path / f"{student.id}.notebook").read_bytes()
            people.append(log_in(student.id, _fill_up(raw, sizes.file_kb, loops=loops), loops=loops))
            service.start(student.id)
        return people, log_in("ina")


def _fill_up(content: bytes, kilobytes: int, *, loops: bool) -> bytes:
    """A notebook as large as one with pictures in it; with `loops`, one whose first cell never ends."""
    notebook = json.loads(content)
    noise = random.Random(len(content)).randbytes(500 * kilobytes).hex()
    cell = next(each for each in notebook["cells"] if each["cell_type"] == "code")
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": noise}]
    if loops:
        cell["source"] = _LOOP
    return json.dumps(notebook).encode()


class _Burst:
    """All that happens in the minute."""

    def __init__(
        self,
        server: _Server,
        sizes: BurstSizes,
        people: list[_Person],
        instructor: _Person,
        times: BurstTimes,
        rng: random.Random,
    ) -> None:
        self._server, self._sizes, self._people, self._times, self._rng = server, sizes, people, times, rng
        self._instructor = instructor
        self._over = asyncio.Event()
        self._begun = 0.0
        """When the minute began."""
        self._begun_again = 0.0
        """When the server was begun for the last time: what is given up is what it does not do by itself."""

    async def run(self) -> None:
        """Until every receipt has its report."""
        await self._server.wait()
        # A server that has been there for a while: it has judged a file, and shown each kind of page.
        first, self._times = self._times, BurstTimes()
        await self._hand_in(self._people.pop(0), after=0.0)
        await self._show_each_page(self._people[0], _PAGES)
        if self._sizes.staff_pages:
            await self._show_each_page(self._instructor, _STAFF_PAGES)
        self._times, self._begun = first, time.monotonic()
        others = [
            asyncio.create_task(each)
            for each in (
                self._read_pages(),
                self._read_staff_pages(),
                self._save_answers(),
                self._kill_at_random(),
            )
        ]
        moments = [self._rng.uniform(0, self._sizes.seconds) for _ in self._people]
        await asyncio.gather(*(self._hand_in(p, after=m) for p, m in zip(self._people, moments, strict=True)))
        self._over.set()
        await asyncio.gather(*others)

    async def _hand_in(self, person: _Person, *, after: float) -> None:
        await asyncio.sleep(after)
        connection = _Connection(self._server.port)
        fields = f'--b\r\ncontent-disposition: form-data; name="form_key"\r\n\r\n{person.form_key}\r\n'
        file = '--b\r\ncontent-disposition: form-data; name="file"; filename="gradients.ipynb"\r\n\r\n'
        body = (fields + file).encode() + person.content + b"\r\n--b--\r\n"
        headers = f"cookie: session={person.cookie}\r\ncontent-type: multipart/form-data; boundary=b\r\n"
        began, ended = await self._insist(
            lambda: connection.ask("POST", f"/work/{NAME}", headers, body), (303,)
        )
        if not ended:
            return
        took = time.monotonic() - began
        self._times.receipts.append(took)
        part = self._times.receipts_while if self._is_read(began) else self._times.receipts_between
        part.append(took)
        received, path = time.monotonic(), ended[1]["location"].partition("?")[0]
        headers = f"cookie: session={person.cookie}\r\naccept: application/json\r\n"
        while time.monotonic() - max(received, self._begun_again) < _GIVE_UP:
            began, told = await self._insist(lambda: connection.ask("GET", f"{path}/state", headers), (200,))
            self._times.polls.append(time.monotonic() - began)
            if told and json.loads(told[2])["state"] == "report":
                reports = self._times.loop_reports if person.loops else self._times.reports
                reports.append(time.monotonic() - received)
                break
            # As the page does, which is told how long it may wait; the server soon closes what nobody uses.
            pause = float(told[1].get("retry-after", _POLL)) if told else _POLL
            if pause > _POLL:
                await connection.close()
            await asyncio.sleep(pause)
        else:
            self._times.lost.append(person.id)
        await connection.close()

    async def _insist(
        self, ask: Callable[[], Awaitable[tuple[int, dict[str, str], bytes]]], wanted: tuple[int, ...]
    ) -> tuple[float, tuple[int, dict[str, str], bytes] | None]:
        """Ask until there is an answer, as somebody does who sees that the server is away."""
        while True:
            began = time.monotonic()
            try:
                told = await ask()
            except (OSError, asyncio.IncompleteReadError):
                if not self._sizes.kills:
                    raise
                await asyncio.sleep(0.5)
                continue
            if told[0] in wanted:
                return began, told
            if told[0] == 503 and self._sizes.kills:
                await asyncio.sleep(0.5)
                continue
            self._times.refused.append(f"{told[0]}: {told[2][:300]!r}")
            return began, None

    async def _read_pages(self) -> None:
        await self._regularly(
            self._people,
            self._sizes.pages,
            lambda p: ("GET", self._rng.choice(_PAGES), "", b""),
            self._times.pages,
        )

    async def _read_staff_pages(self) -> None:
        await self._regularly(
            [self._instructor],
            self._sizes.staff_pages,
            lambda p: ("GET", self._rng.choice(_STAFF_PAGES), "", b""),
            self._times.staff_pages,
            when=self._is_read,
        )

    def _is_read(self, moment: float) -> bool:
        """Whether whoever teaches reads in the turn of this moment."""
        return bool(self._sizes.staff_pages) and (moment - self._begun) // _TURN % 2 == 0

    async def _show_each_page(self, person: _Person, paths: tuple[str, ...]) -> None:
        connection = _Connection(self._server.port)
        for path in paths:
            await connection.ask("GET", path, f"cookie: session={person.cookie}\r\n")
        await connection.close()

    async def _save_answers(self) -> None:
        def save(person: _Person) -> tuple[str, str, str, bytes]:
            fields = {"form_key": person.form_key, "grad-inner": self._rng.choice(_ANSWERS)}
            kind = "content-type: application/x-www-form-urlencoded\r\nhx-request: true\r\n"
            return "POST", f"/quiz/{QUIZ}/1/grad-inner", kind, urlencode(fields).encode()

        await self._regularly(self._people, self._sizes.saves, save, self._times.saves)

    async def _regularly(
        self,
        people: list[_Person],
        a_second: float,
        make: Callable[[_Person], tuple[str, str, str, bytes]],
        took: list[float],
        *,
        when: Callable[[float], bool] = lambda _: True,
    ) -> None:
        """Send requests of one person after the other at a steady rate, whether they are answered or not."""
        if not a_second:
            return
        under_way = set[asyncio.Task[None]]()

        async def send(person: _Person) -> None:
            connection = _Connection(self._server.port)
            method, path, headers, body = make(person)
            headers += f"cookie: session={person.cookie}\r\n"
            began, told = await self._insist(lambda: connection.ask(method, path, headers, body), (200, 409))
            if told:
                took.append(time.monotonic() - began)
            await connection.close()

        begun, count = time.monotonic(), 0
        while not self._over.is_set() and time.monotonic() - begun < self._sizes.seconds:
            if when(time.monotonic()):
                task = asyncio.create_task(send(people[count % len(people)]))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            count += 1
            await asyncio.sleep(max(0.0, begun + count / a_second - time.monotonic()))
        await asyncio.gather(*under_way)

    async def _kill_at_random(self) -> None:
        while self._times.kills < self._sizes.kills and not self._over.is_set():
            await asyncio.sleep(self._rng.uniform(0.2, 6.0))
            if not self._over.is_set():
                self._server.kill()
                self._times.kills += 1
                await self._server.wait()
                self._begun_again = time.monotonic()


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def summarise(times: BurstTimes, prefix: str) -> dict[str, float]:
    """The figures of a burst, by key; pages of whoever teaches have one where they were read."""
    figures = {
        f"{prefix}_receipt_p95_ms": 1000 * percentile(times.receipts, 0.95),
        f"{prefix}_receipt_max_ms": 1000 * percentile(times.receipts, 1.0),
        f"{prefix}_report_p95_s": percentile(times.reports, 0.95),
        f"{prefix}_page_p95_ms": 1000 * percentile(times.pages, 0.95),
        f"{prefix}_poll_p95_ms": 1000 * percentile(times.polls, 0.95),
        f"{prefix}_save_p95_ms": 1000 * percentile(times.saves, 0.95),
        f"{prefix}_saves": float(len(times.saves)),
        f"{prefix}_mb": times.peak_mb,
        f"{prefix}_receipts": float(len(times.receipts)),
        f"{prefix}_reports": float(len(times.reports) + len(times.loop_reports)),
        f"{prefix}_lost": float(len(times.lost)),
        f"{prefix}_refused": float(len(times.refused)),
        f"{prefix}_kills": float(times.kills),
    }
    if times.staff_pages:
        figures |= {
            f"{prefix}_staff_page_p95_ms": 1000 * percentile(times.staff_pages, 0.95),
            f"{prefix}_receipt_p95_ms_while": 1000 * percentile(times.receipts_while, 0.95),
            f"{prefix}_receipt_p95_ms_between": 1000 * percentile(times.receipts_between, 0.95),
        }
    return figures
