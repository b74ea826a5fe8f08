"""What a student's process tells of a cell or an example, read with suspicion."""

import base64
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.domain.answer import ExampleRun
from autograder.domain.course import Limits
from autograder.domain.notebook import Cell
from autograder.domain.report import CellEnding, CellRun, Figure

_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_PNG = 2 << 20
_MOST_TEXT = 10_000
_MOST_SHOWN = 200


def cell_run(cell: Cell, message: Any, index: int, limits: Limits, seconds: float, limit: str) -> CellRun:
    """The account of a cell; ValueError if it is none. A `limit` says that the cell was interrupted."""
    if type(message) is not list or [type(part) for part in message] != [str, int, dict]:
        raise ValueError("it sent no account of a cell")
    word, number, told = message
    if word != "cell" or number != index:
        raise ValueError("it sent no account of a cell")
    exception = _text(told, "exception", 200)
    ending = CellEnding.RAISED if exception else CellEnding.RAN
    if exception == "MemoryError":
        ending, limit = CellEnding.OUT_OF_MEMORY, f"{limits.memory_mb} MB of memory"
    elif limit and exception:
        ending = CellEnding.TIMED_OUT
    else:
        limit = ""
    most = limits.output_kb * 1000
    return CellRun(
        number=cell.number,
        ending=ending,
        source=cell.source,
        printed=_text(told, "printed", most),
        cut=told.get("cut") is True,
        displayed=_shown(told.get("displayed"), most),
        figures=_figures(told.get("figures"), limits.figures),
        exception=exception,
        message=_text(told, "message", _MOST_TEXT),
        traceback=_text(told, "traceback", _MOST_TEXT),
        limit=limit,
        seconds=seconds,
    )


def example_run(source: str, told: dict[Any, Any]) -> ExampleRun:
    """The account of a public example."""
    texts = [_text(told, key, _MOST_TEXT) for key in ("traceback", "answer", "expected")]
    return ExampleRun(source, told.get("passed") is True, *texts)


def lost_cell(cell: Cell, ending: CellEnding, limit: str, seconds: float = 0.0) -> CellRun:
    """The account of a cell that took its process with it, or was never reached."""
    return CellRun(cell.number, ending, cell.source, limit=limit, seconds=seconds)


def as_bytes(source: str) -> bytes:
    """A source as it is sent: raw, whatever is in it."""
    return source.encode("utf-8", "surrogatepass")


def weight(ran: CellRun) -> int:
    """How many characters an account holds, pictures aside."""
    return len(ran.printed) + len(ran.traceback) + len(ran.message) + sum(map(len, ran.displayed))


def within(ran: CellRun, room: int, figures: int) -> CellRun:
    """The account with as many figures as are left, without what was shown if there is no room for it."""
    if len(ran.figures) > figures:
        ran = replace(ran, figures=ran.figures[:figures], cut=True)
    if weight(ran) <= room:
        return ran
    return replace(ran, printed="", displayed=(), traceback="", message=ran.message[:200], cut=True)


def _text(told: dict[Any, Any], key: str, most: int) -> str:
    text = told.get(key, "")
    return text[:most] if isinstance(text, str) else ""


def _shown(shown: Any, most: int) -> tuple[str, ...]:
    if type(shown) is not list:
        return ()
    return tuple(text[:most] for text in shown[:_MOST_SHOWN] if isinstance(text, str))


def _figures(figures: Any, most: int) -> tuple[Figure, ...]:
    if type(figures) is not list:
        return ()
    raw = [picture.tobytes() for picture in figures[:most] if isinstance(picture, np.ndarray)]
    return tuple(
        Figure(base64.b64encode(png).decode("ascii"))
        for png in raw
        if png.startswith(_PNG) and len(png) <= _MOST_PNG
    )
