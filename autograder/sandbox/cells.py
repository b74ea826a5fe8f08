"""The cells of one notebook, run in one process after another, and the account that is kept of each.

Of a cell that takes its process down, the next one runs the definitions alone; where these take it down too,
the one after that leaves the cell out. The first account of a cell is the one that counts, but for what was
run on of it.
"""

import time
from collections.abc import Sequence
from copy import copy
from dataclasses import replace

import numpy as np

from autograder.domain.answer import Ending
from autograder.domain.course import Limits
from autograder.domain.notebook import Cell
from autograder.domain.report import CellEnding, CellRun
from autograder.sandbox.cellrun import count_characters, make_cell_run, make_lost_cell, trim
from autograder.sandbox.messages import CellDone, RunCells, encode_message
from autograder.sandbox.process import Ended, Overdue, Process

_GRACE_SECONDS = 1.0
_REPLAY_SECONDS = 0.5
_MOST_CHARACTERS = 300_000
_ROOM = 20
"""Output kept of a whole notebook, in units of what is kept of one cell."""
_AT_ONCE = 500


def time_used_up(limits: Limits) -> Ended:
    """The end of a notebook that has used up its time."""
    return Ended(Ending.TIMED_OUT, f"{limits.seconds:g} s for the whole notebook")


class NotebookCells:
    """What is run, and how it went."""

    def __init__(self, cells: Sequence[Cell], limits: Limits) -> None:
        self.cells = tuple(cells)
        self._limits = limits
        self._records: dict[int, CellRun] = {}
        self._parts: dict[int, str] = {}
        """How much is run of the cells that are not run whole; nothing of them for ""."""
        self._room = _ROOM * limits.output_kb * 1000
        self._figures = limits.figures

    @property
    def accounts(self) -> tuple[CellRun, ...]:
        """How each cell went, in order."""
        return tuple(self._records[index] for index in sorted(self._records))

    def for_another(self) -> "NotebookCells":
        """The same cells for a process beside this one: what is known of them stays known."""
        other = copy(self)
        other._records, other._parts = dict(self._records), dict(self._parts)
        return other

    def give_up(self, limit: str) -> None:
        """The time of the whole notebook is over before all cells have run."""
        for index, cell in enumerate(self.cells):
            if index not in self._records:
                self._records[index] = make_lost_cell(cell, CellEnding.SKIPPED, limit)

    def run_in(self, process: Process, until: float) -> bool:
        """Run all cells but those that took a process down before; False if one more did.

        Raises:
            Ended: the time of the whole notebook is over.
        """
        todo = [index for index in range(len(self.cells)) if self._parts.get(index, "all")]
        for first in range(0, len(todo), _AT_ONCE):
            part = todo[first : first + _AT_ONCE]
            process.send(self._order(part), until)
            for index in part:
                ran = self._run(process, index, until)
                self._record(index, ran)
                if not process.alive:
                    self._parts[index] = "" if index in self._parts else "defines"
                    return False
        return True

    def _order(self, part: Sequence[int]) -> list[bytes]:
        """The cells to run, and how much of what they show is kept; their sources as bytes, of any length."""
        listed, sources, part_of = [], [], self._parts
        for index in part:
            number = self.cells[index].number
            name = f"<cell {number}>" if number else f"<added cell {index + 1}>"
            sources.append(self.cells[index].source.encode("utf-8", "surrogatepass"))
            listed.append((index, name, len(sources[-1]), self._patience(index), part_of.get(index, "all")))
        text = np.frombuffer(b"".join(sources), np.uint8)
        characters = min(self._limits.output_kb * 1000, _MOST_CHARACTERS)
        return encode_message(RunCells(listed, text, characters, self._figures))

    def _record(self, index: int, ran: CellRun) -> None:
        """Keep the first account of a cell, all accounts together within bounds."""
        known = self._records.get(index)
        if known is not None:
            if index in self._parts:
                self._records[index] = replace(known, ran_on=ran.ran_on)
        else:
            kept = trim(ran, self._room, self._figures)
            self._room -= count_characters(kept)
            self._figures -= len(kept.figures)
            self._records[index] = kept

    def _patience(self, index: int) -> float:
        """Seconds for a cell. One that was interrupted before gets few on a replay, to define what it may."""
        before, patience = self._records.get(index), self._limits.seconds_per_cell
        overdue = before is not None and before.ending is CellEnding.TIMED_OUT
        return min(_REPLAY_SECONDS, patience) if overdue and index not in self._parts else patience

    def _run(self, process: Process, index: int, until: float) -> CellRun:
        cell, began = self.cells[index], time.monotonic()
        limit = ""
        try:
            try:
                message = process.receive(min(began + self._patience(index), until))
            except Overdue:
                if time.monotonic() >= until:
                    raise
                limit = f"{self._limits.seconds_per_cell:g} s for a cell"
                process.interrupt()  # before it is killed: what the cell has defined so far may stay
                message = process.receive(time.monotonic() + _GRACE_SECONDS)
            process.look_at_disk()  # a cell may be done before anybody has looked
            if type(message) is not CellDone or message.number != index:
                process.kill()
                why = "it sent no account of a cell"
                return make_lost_cell(cell, CellEnding.CRASHED, why, time.monotonic() - began)
            return make_cell_run(cell, message, self._limits, time.monotonic() - began, limit)
        except Overdue:
            process.kill()
            if time.monotonic() >= until:
                raise time_used_up(self._limits) from None
            return make_lost_cell(cell, CellEnding.TIMED_OUT, limit, time.monotonic() - began)
        except Ended as end:
            ending = CellEnding.TIMED_OUT if limit else CellEnding(end.ending.value)
            return make_lost_cell(cell, ending, limit or end.limit or end.how, time.monotonic() - began)
