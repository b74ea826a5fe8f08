"""The bytes of a file -> its text, or a sentence that says what the file really is."""

import json
import re

from autograder.domain.sentences import Sentence, say
from autograder.errors import SubmissionError

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"version https://git-lfs", "lfs"),
)
"""The first bytes of what is no notebook, and what it is."""

_PYTHON = re.compile(r"^(?:import \w|from [\w.]+ import |def \w+\(|# %%|#!.*python)", re.MULTILINE)
_MERGE_CONFLICT = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)


def decode(content: bytes) -> tuple[str, tuple[Sentence, ...]]:
    """The text of a file, and what had to be mended to read it.

    Raises SubmissionError where the file is empty or plainly something else than text.
    """
    padded = content.rstrip(b"\0") if json.detect_encoding(content[:4]).startswith("utf-8") else content
    if not content.strip(b"\0 \t\r\n"):
        raise SubmissionError(say("unread.zeros" if content else "unread.empty"))
    for signature, what in _SIGNATURES:
        if padded.startswith(signature):
            raise SubmissionError(say(f"unread.{what}"))
    text, notes = _text(padded)
    if len(padded) < len(content):
        notes += (say("read.zeros"),)
    return text, notes


def why_not_json(text: str, problem: json.JSONDecodeError) -> Sentence:
    """The sentence for a student whose file is text, but not what Jupyter writes."""
    if text.lstrip()[:1] == "<" and not _MERGE_CONFLICT.match(text.lstrip()):
        return say("unread.page")
    if _MERGE_CONFLICT.search(text):
        return say("unread.conflict")
    if text.lstrip()[:1] not in ("{", "[") and _PYTHON.search(text[:200_000]):
        return say("unread.python")
    # Right as far as it goes: the error is its end, or a string that never closes.
    ends_early = problem.msg.startswith("Unterminated string") or problem.pos >= len(text.rstrip()) - 5
    if text.lstrip()[:1] in ("{", "[") and ends_early:
        length = f"{len(text):,}".replace(",", " ")
        return say("unread.cut", line=text.count("\n") + 1, length=length)
    return say("unread.json", line=problem.lineno, column=problem.colno)


def _text(content: bytes) -> tuple[str, tuple[Sentence, ...]]:
    encoding = json.detect_encoding(content[:4])
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return _damaged_text(content, encoding)
    if encoding == "utf-8":
        return text, ()
    text = text.removeprefix("\ufeff")
    if encoding == "utf-8-sig":
        return text, (say("read.mark"),)
    return text, (say("read.encoding", encoding=encoding.upper()),)


def _damaged_text(content: bytes, encoding: str) -> tuple[str, tuple[Sentence, ...]]:
    """Text of bytes that break their encoding: damaged where most of it is right, else Latin-1."""
    text = content.decode(encoding, errors="replace").removeprefix("\ufeff")
    broken = text.count("\ufffd")
    sound = len(text) - broken - len(re.findall(r"[\x00-\x7f]", text))
    if encoding == "utf-8" and sound <= broken:
        return content.decode("latin-1"), (say("read.encoding", encoding="Latin-1"),)
    return text, (say("read.damaged"),)
