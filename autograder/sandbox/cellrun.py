"""The account of a cell or an example, as it is kept, from what a student's process says of it."""

import base64
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from autograder.domain.answer import ExampleRun
from autograder.domain.course import Limits
from autograder.domain.limit import Limit, LimitKind
from autograder.domain.notebook import Cell
from autograder.domain.report import CellEnding, CellRun, Figure
from autograder.sandbox.messages import CellDone, ExampleDone

_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_PNG = 2 << 20
_MOST_TEXT = 10_000
_MOST_SHOWN = 200
_MOST_NAMES = 50
_LONGEST_NAME = 60
_WORD = re.compile(r"[^\W\d]\w*")


def make_cell_run(cell: Cell, done: CellDone, limits: Limits, seconds: float, limit: Limit | None) -> CellRun:
    """The account of a cell. A `limit` says that the cell was interrupted."""
    if done.skipped:
        return replace(make_lost_cell(cell, CellEnding.SKIPPED), ran_on=names_of_cell(cell, done.ran_on))
    exception = done.exception[:200]
    ending = CellEnding.RAISED if exception else CellEnding.RAN
    if exception == "MemoryError":
        ending, limit = CellEnding.OUT_OF_MEMORY, Limit(LimitKind.MEMORY, limits.memory_mb)
    elif limit and exception:
        ending = CellEnding.TIMED_OUT
    else:
        limit = None
    most = limits.output_kb * 1000
    return CellRun(
        number=cell.number,
        ending=ending,
        source=cell.source,
        printed=done.printed[:most],
        cut=done.cut,
        displayed=tuple(text[:most] for text in done.displayed[:_MOST_SHOWN]),
        figures=_figures(done.figures[: limits.figures]),
        exception=exception,
        message=done.message[:_MOST_TEXT],
        traceback=done.traceback[:_MOST_TEXT],
        limit=limit,
        seconds=seconds,
        line=done.line if exception and 0 < done.line <= cell.source.count("\n") + 1 else 0,
        ran_on=names_of_cell(cell, done.ran_on),
    )


def names_of_cell(cell: Cell, names: Sequence[str]) -> tuple[str, ...]:
    """Those that stand in the cell, in the cell's order: a process may claim to have bound anything."""
    claimed = frozenset(names)
    if not claimed:
        return ()
    found = (word for word in _WORD.findall(cell.source) if word in claimed and len(word) <= _LONGEST_NAME)
    return tuple(dict.fromkeys(found))[:_MOST_NAMES]


def make_example_run(source: str, done: ExampleDone) -> ExampleRun:
    """The account of a public example."""
    texts = [text[:_MOST_TEXT] for text in (done.traceback, done.answer, done.expected)]
    return ExampleRun(source, done.passed, *texts)


def make_lost_cell(
    cell: Cell, ending: CellEnding, limit: Limit | None = None, seconds: float = 0.0, *, end: str = ""
) -> CellRun:
    """The account of a cell that took its process with it, or was never reached."""
    return CellRun(cell.number, ending, cell.source, limit=limit, end=end, seconds=seconds)


def count_characters(ran: CellRun) -> int:
    """How many characters an account holds, pictures aside."""
    return len(ran.printed) + len(ran.traceback) + len(ran.message) + sum(map(len, ran.displayed))


def trim(ran: CellRun, room: int, figures: int) -> CellRun:
    """The account with as many figures as are left, without what was shown if there is no room for it."""
    if len(ran.figures) > figures:
        ran = replace(ran, figures=ran.figures[:figures], cut=True)
    if count_characters(ran) <= room:
        return ran
    return replace(ran, printed="", displayed=(), traceback="", message=ran.message[:200], cut=True)


def _figures(pictures: Sequence[np.ndarray]) -> tuple[Figure, ...]:
    """Those that are PNG by their first bytes, and no larger than a page of a report bears."""
    raw = [picture.tobytes() for picture in pictures]
    return tuple(
        Figure(base64.b64encode(png).decode("ascii"))
        for png in raw
        if png.startswith(_PNG) and len(png) <= _MOST_PNG
    )
