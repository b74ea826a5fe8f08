"""Handing in from a program: one file is sent to the pages of a course, again where the network fails.

Sending it again does no harm: the file that was handed in last, once more, is no new one.
"""

import json
import secrets
import ssl
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlsplit

from autograder.domain.counts import describe_count
from autograder.errors import ServerError
from autograder.web.loopback import is_loopback

_WAITS = (1.0, 3.0, 9.0, 27.0)
"""Seconds between tries."""
_LONGEST_WAIT = 60.0
_PATIENCE = 60.0
_LOOK = "look at the course's page, which lists what was received"
_AGAIN = frozenset((408, 429, 502, 503, 504))
"""Answers that may be others a moment later."""
_MOST_ANSWER = 100_000


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """What a server says of a file that it received."""

    number: int
    new: bool
    """False: it is the file that was handed in last, received when it came first."""
    sha256: str
    receipt: str
    page: str
    late_days: int = 0
    counts: bool = True
    costs: str = ""
    """What lateness would take from a faultless file, as `10 %`."""


@dataclass(frozen=True, slots=True)
class _ServerAnswer:
    status: int
    text: str
    wait: float
    """After which the server wants to be asked again."""


def submit_file(
    name: str,
    filename: str,
    content: bytes,
    *,
    server: str,
    token: str,
    wait: Callable[[float], object] = time.sleep,
    tell: Callable[[str], object] = lambda _: None,
) -> ReceivedFile:
    """Hand a file in for an assignment, and return the receipt.

    Args:
        name: of the assignment.
        filename: what the file is called.
        content: its bytes.
        server: the address of the course's pages.
        token: a personal token of the student.
        wait: waits for so many seconds before the next try.
        tell: is told why it is tried again.

    Raises:
        ServerError: the file was not received; why, and what to do.
    """
    _refuse_unsafe(server, token)
    for pause in (*_WAITS, None):
        asked = 0.0
        try:
            answer = _send(name, filename, content, server=server, token=token)
            if answer.status not in _AGAIN:
                return _read_receipt(answer, name, server, content)
            trouble, asked = f"{server} answers: {answer.text or answer.status}", answer.wait
        except ssl.SSLCertVerificationError as error:
            what = f"the certificate of {server} is not to be trusted ({error.verify_message})"
            raise ServerError(f"{what}: nothing was sent (ask your instructors for the address)") from None
        except (OSError, HTTPException) as error:
            why = (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__
            why = "no answer came in time" if isinstance(error, TimeoutError) else why
            trouble = f"{server} cannot be reached ({why})"
        if pause is None:
            break
        pause = max(pause, min(asked, _LONGEST_WAIT))
        tell(f"{trouble}; once more in {describe_count(pause, 'second')}")
        wait(pause)
    raise ServerError(f"{trouble}: it is not known to be received (look at the page, and send it again)")


def _refuse_unsafe(server: str, token: str) -> None:
    try:
        address = urlsplit(server)
        known = address.scheme in ("http", "https") and address.hostname and address.port != 0
    except ValueError:  # a port that is none, half an address of version 6
        known = False
    if not known or any(each.isspace() or not each.isprintable() for each in server):
        raise ServerError(f"--server: {server!r} is no address (write it as https://course.example.org)")
    if address.scheme == "http" and not is_loopback(str(address.hostname)):
        raise ServerError(f"--server: {server} would have your token sent in the clear (write https://)")
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ServerError(
            "token: what was given is none (make one on the page under your name, and keep it in a file)"
        )


def _send(name: str, filename: str, content: bytes, *, server: str, token: str) -> _ServerAnswer:
    # Not a library that follows redirections: the token goes to the address that was named, nowhere else.
    address = urlsplit(server)
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    boundary = secrets.token_hex(16)
    shown = filename.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")  # as browsers do
    begin = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{shown}"\r\n'
    begin += "Content-Type: application/octet-stream\r\n\r\n"
    body = begin.encode(errors="replace") + content + f"\r\n--{boundary}--\r\n".encode()
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Accept": "application/json",
    }
    with closing(kind(address.hostname or "", address.port, timeout=_PATIENCE)) as connection:
        path = f"{quote(address.path.rstrip('/'), safe='/%')}/work/{quote(name, safe='')}"
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        text = answer.read(_MOST_ANSWER).decode("utf-8", "replace").strip()
        after = answer.headers.get("retry-after", "")
        plain = "html" not in answer.headers.get("content-type", "")  # of a proxy, or of no page of ours
        return _ServerAnswer(answer.status, text if plain else "", float(after) if after.isdigit() else 0.0)


def _read_receipt(answer: _ServerAnswer, name: str, server: str, content: bytes) -> ReceivedFile:
    if answer.status == 404:
        raise ServerError(f"{server}: has no assignment {name!r} for you: nothing was handed in ({_LOOK})")
    if 300 <= answer.status < 400:
        raise ServerError(
            f"{server}: is not the address of the pages (write the one that your browser shows)"
        )
    if answer.status != 200:
        raise ServerError(
            f"{server}: did not take it: {answer.text or f'it answers {answer.status}'} ({_LOOK})"
        )
    try:
        said: dict[str, Any] = json.loads(answer.text)
        received = ReceivedFile(**said)
    except (ValueError, TypeError):
        raise ServerError(
            f"{server}: does not answer as the pages of a course do (is it another server?)"
        ) from None
    # Of a zip the notebook in it is kept.
    if received.sha256 != sha256(content).hexdigest() and not content.startswith(b"PK"):
        raise ServerError(f"{server}: says that it received another file (look at {received.page})")
    return received
