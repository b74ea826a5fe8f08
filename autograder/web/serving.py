"""Serving a course: where, to whom, and with a process beside it that grades."""

import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn

from autograder.course.opened import open_course
from autograder.domain.course import WebSettings
from autograder.errors import CourseError, Flaw, StoreError
from autograder.gradebook.served import hold_course
from autograder.services.outages import beat
from autograder.web.app import make_app
from autograder.web.certificate import read_end, require_pair
from autograder.web.guard import list_headers
from autograder.web.links import forget_server, note_server
from autograder.web.loopback import is_loopback
from autograder.web.protocol import make_protocol
from autograder.web.site import ServedAt, Site, TrustedProxies, utc_now

_log = logging.getLogger(__name__)
_M_ARENA_MAX, _ARENAS = -8, 2  # malloc.h
_AGAIN = 2.0
_FAREWELL = 20.0
_BEAT = 30.0
"""Seconds after which the store is told that the pages are there, so that it is known when they were not."""
_FLUSH = 1.0
"""Seconds after which what was committed is written where it stays, so that no commit has to wait for it."""
_SWITCH = 0.001
"""Seconds after which a thread that computes lets another one go on: with Python's own 0.005, each request
beside a large table of the class waits for 5 ms as often as it has asked the store something."""


@dataclass(frozen=True, slots=True)
class ListeningAt:
    """Where the server listens, and under which address browsers know it."""

    host: str = "127.0.0.1"
    port: int = 8000
    web: WebSettings = field(default_factory=WebSettings)

    def require_safe(self) -> None:
        """Refuse to be open to others without https, and https that could not be spoken.

        Without it passwords and marks would go in the clear.

        Raises:
            CourseError: with what to do.
        """
        web = self.web
        if bool(web.tls_cert) != bool(web.tls_key):
            raise CourseError([Flaw("serve", "--tls-cert and --tls-key belong together", "name both files")])
        if web.tls_cert:
            require_pair(Path(web.tls_cert), Path(web.tls_key))
        if web.user_header and not web.trusted_proxies:
            what = f"anybody could send {web.user_header} and be whom they like"
            allowed = "name the proxy that sends it, in trusted_proxies or by --trusted-proxy"
            raise CourseError([Flaw("[web] user_header", what, allowed)])
        address = urlsplit(web.url)
        if web.prefix and address.path.rstrip("/") not in ("", web.prefix):
            what = f"pages lie below {address.path}, by --url, or below {web.prefix}"
            raise CourseError([Flaw("--prefix", what, "leave one of them out")])
        if address.scheme == "http" and not is_loopback(address.hostname or ""):
            what = f"passwords and marks would go to {web.url} in the clear"
            raise CourseError([Flaw("--url", what, "write https://, which a proxy or --tls-cert speaks")])
        if is_loopback(self.host) or web.tls_cert or (web.trusted_proxies and address.scheme == "https"):
            return
        what = f"{self.host} is not this machine alone, and nobody would speak https"
        allowed = (
            "listen at 127.0.0.1, or name a proxy that speaks https by --trusted-proxy ADDRESS and --url "
            "https://..., or give --tls-cert and --tls-key"
        )
        raise CourseError([Flaw("--host", what, allowed)])

    def served(self, port: int) -> ServedAt:
        """The address that browsers know, once the port is known."""
        if self.web.url:
            return ServedAt(self.web.url.removesuffix(self.web.prefix) + self.web.prefix)
        host = f"[{self.host}]" if ":" in self.host else self.host
        scheme = "https" if self.web.tls_cert else "http"
        return ServedAt(f"{scheme}://{host}:{port}{self.web.prefix}")


def _share_memory() -> None:
    """Let threads take memory from the same places: each with one of its own keeps what it is done with.

    For the threads of pages glibc makes up to eight of them a processor.
    """
    with suppress(OSError, AttributeError):  # of another libc
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)


def serve(
    folder: Path,
    listening: ListeningAt,
    *,
    jobs: int,
    accept_level: int,
    announce: Callable[[Site], None],
    grading: Sequence[str] = ("autograder.services.grading_service",),
) -> None:
    """Serve a course until a signal, and grade what is handed in.

    Args:
        folder: of the course.
        listening: where.
        jobs: workers that grade.
        accept_level: the lowest level of isolation to grade at.
        announce: called once connections are taken.
        grading: the module that grades, and what it is told beyond folder, jobs, level and this process.

    Raises:
        CourseError: the course cannot be read, or would be open to others without https.
        StoreError: the gradebook cannot be opened, or another server holds the course.
        OSError: the port is taken.
    """
    listening.require_safe()
    sys.setswitchinterval(_SWITCH)
    _share_memory()
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    course = open_course(folder)
    state, access = course.folder.state, course.folder.access
    with socket.create_server((listening.host, listening.port), family=family, backlog=512) as listener:
        web, served = listening.web, listening.served(listener.getsockname()[1])
        with hold_course(state, served.url, utc_now(), access):
            proxies = TrustedProxies(web.trusted_proxies, web.user_header)
            site = Site(folder, served, proxies=proxies, accept_level=accept_level)
            if web.tls_cert:
                # Of one that has ended nothing can be read.
                site.certificate_ends = read_end(Path(web.tls_cert), Path(web.tls_key)) or site.clock()
            # Said before grading begins: it takes away what was said of a server before.
            note_server(site.transient, site.served.url, site.clock())
            beat(site.transient, site.clock())  # before anybody is served: who was there before, is known now
            regular = (
                _Regularly(_BEAT, lambda: beat(site.transient, site.clock())),
                _Regularly(_FLUSH, site.flush_logs),
            )
            module, *terms = grading
            told = (str(folder), str(jobs), str(accept_level), str(os.getpid()))
            grader = _KeptProcess([sys.executable, "-m", module, *told, *terms])
            # In its own time: in a large course the first look at the class takes seconds.
            threading.Thread(target=site.warm, daemon=True).start()
            server = CourseServer(_configure(site, listening), farewell=grader.end)

            def end(*_: object) -> None:
                """End by whatever signal, also before uvicorn listens to any."""
                server.should_exit = True

            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, end)
            try:
                announce(site)
                server.run(sockets=[listener])
            finally:
                for each in regular:
                    each.stop()
                grader.stop()
                forget_server(site.transient)
                site.close()


class CourseServer(uvicorn.Server):
    """Serves until a signal; then `farewell` is called before whoever still sends or reads is waited for."""

    def __init__(self, config: uvicorn.Config, *, farewell: Callable[[], object]) -> None:
        super().__init__(config)
        self._farewell = farewell

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End, within the time that both may take and not their sum."""
        self._farewell()
        await super().shutdown(sockets)


def _configure(site: Site, listening: ListeningAt) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(site),
        http=make_protocol(list_headers(secure=site.served.secure)),
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,  # addresses hold one-use links
        server_header=False,
        proxy_headers=False,  # the application does it, and knows by whom it is told
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=32_768,
        ssl_certfile=listening.web.tls_cert or None,
        ssl_keyfile=listening.web.tls_key or None,
    )


class _Regularly:
    """Asks something of the store again and again, in a thread of its own."""

    def __init__(self, seconds: float, ask: Callable[[], object]) -> None:
        self._seconds, self._ask = seconds, ask
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopping.wait(self._seconds):
            try:
                self._ask()
            except StoreError as error:  # it is tried again: a full disk may have room in a while
                _log.error("the store does not answer: %s", error)

    def stop(self) -> None:
        """Ask no more."""
        self._stopping.set()
        self._thread.join(_FAREWELL)


class _KeptProcess:
    """A program that is started again where it ends, until it is stopped."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._stopping = threading.Event()
        self._ends = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        # It is this thread that starts the program: the kernel ends a program with the thread that began it.
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()

    def _keep(self) -> None:
        while not self._stopping.is_set():
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own program
            self._process.wait()
            if not self._stopping.is_set():
                _log.error("grading ended and is started again")
            self._stopping.wait(_AGAIN)

    def end(self) -> None:
        """Tell the program to end; what it is judging it may finish."""
        if not self._stopping.is_set():
            self._ends = time.monotonic() + _FAREWELL
        self._stopping.set()
        if self._process is not None:
            self._process.terminate()

    def stop(self) -> None:
        """End the program, and wait for that a while."""
        self.end()
        if self._process is not None:
            try:
                self._process.wait(max(0.1, self._ends - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._thread.join(_AGAIN)
