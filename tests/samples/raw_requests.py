"""Requests as anybody may write them, straight to the application: no client puts them right beforehand."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal
from web_course import Visitor


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


class Asker:
    """Sends requests to an application."""

    def __init__(self, portal: BlockingPortal, app: Any) -> None:
        self._portal = portal
        self.app = app

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: bytes = b"",
        headers: Iterable[tuple[bytes, bytes]] = (),
        body: Iterable[bytes] = (),
        leaves: bool = False,
        endless: bytes | None = None,
    ) -> Answer:
        """Send one request; with `leaves`, whoever sends it is gone before its body ends.

        With `endless` it never ends: this piece comes again and again, and nothing more where it is empty.
        """
        sent = [(b"host", b"127.0.0.1:8000"), *headers]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode("utf-8", "replace"),
            "query_string": query,
            "root_path": "",
            "headers": sent,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
        }
        answer: Answer = self._portal.call(self._run, scope, list(body), leaves, endless)
        return answer

    async def _run(
        self, scope: dict[str, Any], body: list[bytes], leaves: bool, endless: bytes | None
    ) -> Answer:
        pieces: list[dict[str, Any]] = [
            {"type": "http.request", "body": piece, "more_body": True} for piece in body
        ]
        if endless is None:
            pieces.append({"type": "http.disconnect"} if leaves else {"type": "http.request", "body": b""})
        told: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if not pieces and endless is not None:
                await (anyio.sleep(0.01) if endless else anyio.sleep_forever())
                return {"type": "http.request", "body": endless, "more_body": True}
            return pieces.pop(0) if pieces else {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            told.append(message)

        await self.app(scope, receive, send)
        start = next((each for each in told if each["type"] == "http.response.start"), None)
        if start is None:
            return Answer(0, {}, b"")
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]
        }
        return Answer(start["status"], headers, b"".join(each.get("body", b"") for each in told))


@contextmanager
def open_asker(app: Any) -> Iterator[Asker]:
    """An asker with a loop of its own."""
    with start_blocking_portal() as portal:
        yield Asker(portal, app)


def cookie_of(visitor: Visitor) -> tuple[bytes, bytes]:
    """What the browser of somebody who is logged in sends."""
    return b"cookie", b"; ".join(f"{name}={value}".encode() for name, value in visitor.client.cookies.items())


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form that a page shows."""

    action: str
    method: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[ShownForm] = []
        self._open: dict[str, Any] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            action, method = told.get("action", ""), told.get("method", "get")
            self._open = {"action": action, "method": method.upper(), "fields": [], "files": []}
        elif self._open is not None and told.get("name"):
            if told.get("type") == "file":
                self._open["files"].append(told["name"])
            elif tag in ("input", "select", "textarea", "button"):
                self._open["fields"].append((told["name"], told.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open is not None:
            self._open |= {"fields": tuple(self._open["fields"]), "files": tuple(self._open["files"])}
            self.forms.append(ShownForm(**self._open))
            self._open = None


def forms_of(page: str) -> list[ShownForm]:
    """The forms that a page shows."""
    reader = _FormReader()
    reader.feed(page)
    return reader.forms
