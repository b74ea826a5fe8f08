"""The cells of one notebook, run in one process after another, and the account that is kept of each.

Of a cell that takes its process down, the next one runs the definitions alone; where these take it down too,
the one after that leaves the cell out. Of cells for which there is no time left, the definitions are run. The
first account of a cell is the one that counts, but for what was run on of it.
"""

import time
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace

import numpy as np

from autograder.domain.course import Limits
from autograder.domain.limit import Limit, LimitKind
from autograder.domain.notebook import Cell
from autograder.domain.report import CellEnding, CellRun
from autograder.sandbox.budget import Budget
from autograder.sandbox.cellrun import count_characters, make_cell_run, make_lost_cell, trim
from autograder.sandbox.experiments import find_experiments
from autograder.sandbox.messages import CellDone, RunCells, encode_message
from autograder.sandbox.process import Ended, Overdue, Process

_GRACE_SECONDS = 1.0
_REPLAY_SECONDS = 0.5
_DEFINING_SECONDS = 5.0
"""For the imports and definitions of a cell that is not run whole."""
OVERDRAFT_SECONDS = 30.0
"""For the definitions of all cells, when their time is used up."""
_LEAST_SECONDS = 0.1
_SLOW_SECONDS = 1.0
_MOST_CHARACTERS = 300_000
_ROOM = 20
"""Output kept of a whole notebook, in units of what is kept of one cell."""
_AT_ONCE = 500


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
        self._over = False
        """Whether the process under way runs nothing but definitions from now on."""

    @property
    def accounts(self) -> tuple[CellRun, ...]:
        """How each cell went, in order."""
        return tuple(self._records[index] for index in sorted(self._records))

    @property
    def begun(self) -> bool:
        """Whether each cell has had its turn: what is run from then on is run once more."""
        return len(self._records) == len(self.cells)

    def for_another(self, count: int | None = None) -> "NotebookCells":
        """The same cells, or the first so many, for another process: what is known of them stays known."""
        other = copy(self)
        other.cells = self.cells[:count]
        here = range(len(other.cells))
        other._records = {index: ran for index, ran in self._records.items() if index in here}
        other._parts = {index: part for index, part in self._parts.items() if index in here}
        return other

    def give_up(self, limit: Limit | None) -> None:
        """No process could be had for the cells that have not run."""
        for index, cell in enumerate(self.cells):
            if index not in self._records:
                self._records[index] = make_lost_cell(cell, CellEnding.SKIPPED, limit)

    def run_in(self, process: Process, budget: Budget) -> bool:
        """Run all cells, each as far as it may be; False if one more took the process down.

        When the budget is used up, what is left of the notebook is not run but for its definitions.
        """
        self._over = budget.over
        hasty = self._experiments() if self.begun else frozenset()
        whole = "anew" if self._over else "all"
        parts = {i: self._parts.get(i, "anew" if i in hasty else whole) for i in self._all()}
        todo = [index for index in self._all() if parts[index]]
        for first in range(0, len(todo), _AT_ONCE):
            part = todo[first : first + _AT_ONCE]
            patience = process.deadline(_DEFINING_SECONDS)
            process.send(self._order(part, parts), patience)
            for index in part:
                self._record(index, self._run(process, index, parts[index], budget), budget)
                if not process.alive:
                    self._parts[index] = "" if parts[index] != "all" else "defines"
                    return False
        return True

    def _all(self) -> range:
        return range(len(self.cells))

    def _experiments(self) -> frozenset[int]:
        """The cells that took long and that nothing depends on: in a replay their definitions are enough."""
        ran = ((index, ran) for index, ran in self._records.items() if ran.ending is CellEnding.RAN)
        slow = frozenset(index for index, ran in ran if ran.seconds >= _SLOW_SECONDS)
        return slow and slow & find_experiments([cell.source for cell in self.cells])

    def _order(self, part: Sequence[int], parts: Mapping[int, str]) -> list[bytes]:
        """The cells to run, and how much of what they show is kept; their sources as bytes, of any length."""
        listed, sources = [], []
        for index in part:
            number = self.cells[index].number
            name = f"<cell {number}>" if number else f"<added cell {index + 1}>"
            sources.append(self.cells[index].source.encode("utf-8", "surrogatepass"))
            listed.append((index, name, len(sources[-1]), self._patience(index), parts[index]))
        text = np.frombuffer(b"".join(sources), np.uint8)
        characters = min(self._limits.output_kb * 1000, _MOST_CHARACTERS)
        return encode_message(RunCells(listed, text, characters, self._figures))

    def _record(self, index: int, ran: CellRun, budget: Budget) -> None:
        """Keep the first account of a cell, all accounts together within bounds."""
        known = self._records.get(index)
        if known is not None:
            if ran.ending is CellEnding.SKIPPED and not known.ran_on and known.ending is not CellEnding.RAN:
                self._records[index] = replace(known, ran_on=ran.ran_on)
            return
        if ran.ending is CellEnding.SKIPPED:
            self._parts[index] = "anew"
            ran = replace(ran, limit=budget.limit)
        kept = trim(ran, self._room, self._figures)
        self._room -= count_characters(kept)
        self._figures -= len(kept.figures)
        self._records[index] = kept

    def _patience(self, index: int) -> float:
        """Seconds for a cell. One that was interrupted before gets few on a replay, to define what it may."""
        before, patience = self._records.get(index), self._limits.seconds_per_cell
        overdue = before is not None and before.ending is CellEnding.TIMED_OUT
        return min(_REPLAY_SECONDS, patience) if overdue else patience

    def _run(self, process: Process, index: int, part: str, budget: Budget) -> CellRun:
        cell, began = self.cells[index], time.monotonic()
        limit: Limit | None = None
        patience = self._patience(index)
        over = self._over
        if part != "all" or over:
            patience = max(_LEAST_SECONDS, min(_DEFINING_SECONDS, budget.left + OVERDRAFT_SECONDS))
        elif budget.left < patience:
            patience, limit = budget.left, budget.limit
        deadline = process.deadline(patience)
        try:
            try:
                message, limit = process.receive(deadline), None
            except Overdue:
                self._over = self._over or bool(limit)
                limit = limit or Limit(LimitKind.CELL, self._limits.seconds_per_cell)
                process.interrupt(for_good=self._over)  # not killed yet: what it has defined may stay
                message = process.receive(process.deadline(_GRACE_SECONDS))
            process.look_at_disk()  # a cell may be done before anybody has looked
            if over and not getattr(message, "skipped", True) and not message.exception:
                process.kill()  # it goes on with whole cells
                return make_lost_cell(cell, CellEnding.SKIPPED, budget.limit)
            if type(message) is not CellDone or message.number != index:
                process.kill()
                why = "it sent no account of a cell"
                return make_lost_cell(cell, CellEnding.CRASHED, None, time.monotonic() - began, end=why)
            return make_cell_run(cell, message, self._limits, time.monotonic() - began, limit)
        except Overdue:
            process.kill()
            return make_lost_cell(cell, CellEnding.TIMED_OUT, limit, time.monotonic() - began)
        except Ended as end:
            ending = CellEnding.TIMED_OUT if limit else CellEnding(end.ending.value)
            seconds = time.monotonic() - began
            return make_lost_cell(cell, ending, limit or end.limit, seconds, end=end.how)
        finally:
            budget.spend(deadline.spent())
