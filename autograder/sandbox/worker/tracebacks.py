"""Exceptions of student code as their author should see them: without a frame of ours."""

import builtins
import re
import traceback
from pathlib import Path
from types import TracebackType

_OURS = str(Path(__file__).parent)
_MOST = 8000
_MOST_MESSAGE = 2000
_REPEATED = re.compile(r"(?<=\[Previous line repeated )\d{3,}(?= more times\])")
"""How deep endless recursion comes depends on frames of ours, and on how warm the interpreter is."""


def builtin_name(kind: type[BaseException]) -> str:
    """The name of the nearest built-in class of an exception: a class of the student's own says nothing."""
    for base in kind.__mro__:
        if base.__module__ == "builtins" and getattr(builtins, base.__name__, None) is base:
            return str(base.__name__)
    return "Exception"


def message_of(error: BaseException) -> str:
    """What the exception says of itself, within bounds."""
    try:
        return str.__str__(str(error))[
            :_MOST_MESSAGE
        ]  # `__str__` may return a subclass that slices otherwise
    except Exception:  # noqa: BLE001 - `__str__` of a student's own exception class
        return ""


def describe(error: BaseException) -> str:
    """The traceback as text, our own frames left out, long ones cut in the middle."""
    try:
        told = traceback.TracebackException(type(error), error, _own(error.__traceback__), compact=True)
        _clean(told)
        text = _REPEATED.sub("many", "".join(told.format()))
    except Exception:  # noqa: BLE001 - `__str__` and the like of a student's own exception class
        return type(error).__name__
    return text if len(text) <= _MOST else f"{text[: _MOST // 2]}\n[...]\n{text[-_MOST // 2 :]}"


def _own(trace: TracebackType | None) -> TracebackType | None:
    """The part of a traceback that begins in student code."""
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_OURS):
        trace = trace.tb_next
    return trace


def _clean(told: traceback.TracebackException) -> None:
    """Leave our frames out of the chain of exceptions too."""
    link: traceback.TracebackException | None = told
    while link is not None:
        kept = [frame for frame in link.stack if not frame.filename.startswith(_OURS)]
        link.stack = traceback.StackSummary.from_list(kept)
        link = link.__cause__ or link.__context__
