"""One submission's process: sealed, then doing what the grader asks until it is killed."""

import random
import signal
import socket
import time
from typing import Any, NoReturn

import numpy as np

from autograder.sandbox.protocol import ProtocolFault
from autograder.sandbox.worker.calls import Calls
from autograder.sandbox.worker.cells import Bounds, Cells
from autograder.sandbox.worker.examples import run_example
from autograder.sandbox.worker.line import Line
from autograder.sandbox.worker.sealing import Terms, seal, settle
from autograder.sandbox.worker.shell import Shell
from autograder.sandbox.worker.standins import Exchange

SEED = 0
_EARLY = 0.9
"""An interrupt that comes before this part of a cell's time was meant for the cell before."""


class Child:
    """Answers the grader's messages, one after the other."""

    def __init__(self, line: Line, shell: Shell) -> None:
        self._line = line
        self._cells = Cells(shell)
        self._calls = Calls(line, Exchange(line), self._cells.namespace)
        self._began: float | None = None
        self._allowed = 0.0
        signal.signal(signal.SIGINT, self._interrupted)

    def serve(self) -> NoReturn:
        """Do what is asked, for ever; the process ends by being killed."""
        while True:
            order, *rest = self._line.receive()
            if order == "batch":
                self._calls.batch(*rest)
            elif order == "cells":
                self._run_cells(*rest)
            elif order == "example":
                self._line.send("example", run_example(rest[0], rest[1], self._cells.namespace))
            elif order == "variable":
                self._calls.variable(*rest)
            elif order == "stand":
                self._calls.stand(*rest)

    def _run_cells(
        self, cells: list[tuple[int, str, int, float]], sources: np.ndarray, characters: int, figures: int
    ) -> None:
        bounds, text, start = Bounds(characters, figures), sources.tobytes(), 0
        for index, name, length, seconds in cells:
            source = text[start : start + length].decode("utf-8", "surrogatepass")
            start += length
            self._allowed = seconds
            self._began = time.monotonic()
            told: dict[str, Any] = self._cells.run(name, source, bounds)
            self._began = None
            self._tell(index, told)

    def _tell(self, index: int, told: dict[str, Any]) -> None:
        try:
            self._line.send("cell", index, told)
        except ProtocolFault:  # too much after all, spelled for the wire
            less = {"printed": told.get("printed", "")[:10_000], "displayed": [], "figures": [], "cut": True}
            self._line.send("cell", index, told | less)

    def _interrupted(self, _signal: int, _frame: object) -> None:
        if self._began is not None and time.monotonic() - self._began > _EARLY * self._allowed:
            raise KeyboardInterrupt("stopped: this cell has used up its time")


def live(end: socket.socket, server: int, terms: Terms, shell: Shell) -> NoReturn:
    """All of a child's life."""
    line = Line(settle(end, server))
    sealed = seal(terms, server)
    random.seed(SEED)  # each fork draws it anew; numpy's the server has set
    line.send("hello", sealed.active, sealed.failed)
    Child(line, shell).serve()
