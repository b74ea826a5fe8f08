"""What holds for every request and answer: headers, host, prefix, how much is read, how long waited for."""

import asyncio
from collections.abc import Iterable

import anyio
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from autograder.domain.phrases import phrase
from autograder.web.site import Site

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_PATIENCE = 30.0
"""Seconds without a byte of a body after which nobody is waited for."""
_SLOWEST = 1_000
"""Bytes a second, on the whole, below which a body is not waited for either: a drip has no end."""
FORM_MB = 1
"""Of all that is no file."""


def list_headers(*, secure: bool) -> dict[str, str]:
    """The headers of every answer, but for what it says itself, such as how long it may be kept."""
    strict = {"strict-transport-security": "max-age=31536000"} if secure else {}
    return {**_HEADERS, **strict, "cache-control": "no-store"}


class Guard:
    """Stands before the application: nothing goes in or out but through it."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["autograder.received"] = self._site.clock()
        # Who speaks to us, before a trusted proxy says for whom.
        scope["autograder.peer"] = scope["client"][0] if scope.get("client") else ""
        scope["autograder.path"] = path = self._own_path(scope["path"])
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}

        inner = {**scope, "path": path}  # in which the route says how long a body may be
        body = _BoundedBody(inner, receive)
        begun = ending = False

        async def send_guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message["headers"], *self._headers(message)]
                if ending or not await body.pass_over():
                    message["headers"].append((b"connection", b"close"))
            await send(message)

        if not self._site.served.knows_host(headers.get("host", "")):
            refusal = PlainTextResponse("This server has another name.\n", status_code=400)
            await refusal(scope, receive, send_guarded)
            return
        try:
            await self._app(inner, body, send_guarded)
        except asyncio.CancelledError:
            # The server ends, and waits no longer for a body that does not.
            ending = True
            if not begun:
                refusal = PlainTextResponse(phrase("web.error.503") + "\n", status_code=503)
                await refusal(scope, receive, send_guarded)

    def _own_path(self, path: str) -> str:
        """The path without the prefix; of one outside of it nothing is known."""
        prefix = self._site.served.prefix
        if not prefix:
            return path
        return path.removeprefix(prefix) or "/" if f"{path}/".startswith(f"{prefix}/") else "/outside"

    def _headers(self, message: Message) -> Iterable[tuple[bytes, bytes]]:
        set_already = {name.lower() for name, _ in message["headers"]}
        return [
            (name.encode(), value.encode())
            for name, value in list_headers(secure=self._site.served.secure).items()
            if name.encode() not in set_already
        ]


class _BoundedBody:
    """A body of which no more is read than its route says, and which is not waited for without end."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self._read = 0
        self._waited = 0.0
        self._ended = False

    async def __call__(self) -> Message:
        message = await self._next()
        # Counted, not announced: a body that comes in chunks announces nothing.
        if self._read > self._most:
            raise HTTPException(413, phrase("web.too_large", most=self._file_mb or FORM_MB))
        return message

    async def pass_over(self) -> bool:
        """Read what is left of a body that is answered already; return whether it ended.

        A browser reads no answer before it has sent its file. Whoever sends without end is not listened to.
        """
        try:
            while not self._ended and self._read <= 5 * self._most:
                await self._next()
        except HTTPException:
            return False
        return self._ended

    @property
    def _most(self) -> int:
        return (self._file_mb + FORM_MB) * 1_000_000

    @property
    def _file_mb(self) -> int:
        return int(self._scope.get("autograder.file_mb", 0))

    async def _next(self) -> Message:
        begun = anyio.current_time()
        left = _PATIENCE + self._read / _SLOWEST - self._waited
        try:
            with anyio.fail_after(max(0.0, min(left, _PATIENCE))):
                message = await self._receive()
        except TimeoutError:
            what = phrase("web.stalled")
            raise HTTPException(408, what) from None
        self._waited += anyio.current_time() - begun
        self._read += len(message.get("body", b""))
        self._ended = not message.get("more_body", False)
        return message
