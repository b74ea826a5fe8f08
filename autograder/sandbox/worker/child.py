"""One submission's process: sealed, then doing what the grader asks until it is killed."""

import random
import signal
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import NoReturn

import numpy as np

from autograder.sandbox.messages import (
    AskBatch,
    AskCheck,
    AskVariable,
    BeginTests,
    BindReferences,
    CellDone,
    Checked,
    Hello,
    RunCells,
    RunExample,
    RunTest,
    RunWhole,
    ToPeer,
    WholeDone,
    WriteFiles,
)
from autograder.sandbox.protocol import ProtocolFault
from autograder.sandbox.worker.bench import Bench
from autograder.sandbox.worker.calls import Calls
from autograder.sandbox.worker.cells import CellRunner, OutputLimits, parse_or_nothing, shorten_commands
from autograder.sandbox.worker.examples import run_example
from autograder.sandbox.worker.run_on import names_needed
from autograder.sandbox.worker.sealing import Terms, leave_server, seal
from autograder.sandbox.worker.shared_files import SharedFolder
from autograder.sandbox.worker.shell import Shell
from autograder.sandbox.worker.standins import Exchange
from autograder.sandbox.worker.student_side import StudentSide, write_files
from autograder.sandbox.worker.wire_end import WireEnd

SEED = 0
_SOON = 0.5
"""After so many seconds, what is asked of the student's objects may be interrupted."""
_OVER = "stopped: this cell has used up its time"
_EARLY = 0.9
"""An interrupt that comes before this part of a cell's time was meant for the cell before."""


class Child:
    """Answers the grader's messages, one after the other."""

    def __init__(self, wire: WireEnd, shell: Shell, files: Mapping[str, np.ndarray], folder: str) -> None:
        self._wire = wire
        self._files = files
        self._folder = SharedFolder(folder, ())
        self._shell = shell
        self._cells = CellRunner(shell)
        self._calls = Calls(wire, Exchange(wire), self._cells.namespace)
        self._began: tuple[float, float] | None = None
        """When the cell under way began, on the wall and in processor time."""
        self._allowed = 0.0
        self._student: StudentSide | None = None
        self._bench: Bench | None = None
        self._checking = False
        """Whether a cell waits for the tests of a question that it asked for."""
        self._over = False
        """Whether the notebook has used up its time: of its cells, only definitions are run."""
        signal.signal(signal.SIGINT, self._interrupt)
        signal.signal(signal.SIGUSR1, self._end_cells)

    def serve(self) -> NoReturn:
        """Do what is asked, for ever; the process ends by being killed."""
        while True:
            match self._wire.receive():
                case AskBatch() as request:
                    self._calls.answer(request)
                case RunCells() as request:
                    self._run_cells(request)
                case RunExample(name, source):
                    self._wire.send(run_example(name, source, self._cells.namespace))
                case AskVariable(name):
                    self._calls.answer_variable(name)
                case BindReferences(names):
                    self._calls.bind_references(names)
                case foreign:
                    self._answer_adopted(foreign)

    def _answer_adopted(self, request: object) -> None:
        """What is asked in an adopted course."""
        match request:
            case ToPeer():
                if self._student is None:
                    self._student = StudentSide(self._wire, self._shell, self._folder)
                self._begin(_SOON)
                self._student.answer(request)
                self._began = None
            case RunWhole():
                self._begin(request.seconds)
                self._shell.check_question = None if self._checking else self._check_question
                limits = OutputLimits(request.characters, request.figures)
                try:
                    done = self._cells.run_whole(request.name, request.source, limits)
                except KeyboardInterrupt as late:  # it came when the cell had just ended
                    done = WholeDone("KeyboardInterrupt", "KeyboardInterrupt", str(late))
                self._began = self._shell.check_question = None
                self._send_whole(done)
            case RunTest() if self._bench is not None:
                self._wire.send(self._bench.run(request))
            case BeginTests():
                self._bench = Bench(self._wire, self._shell, request, self._folder)
            case WriteFiles():
                self._folder = SharedFolder(self._folder.root, [*request.paths, *request.kept])
                write_files(self._wire, request, self._files)
                self._folder.begin()

    def _check_question(self, question: str) -> bool:
        """Have the tests of a question run before the cell goes on; their time is not the cell's."""
        if self._began is None or threading.current_thread() is not threading.main_thread():
            return True
        (clock, used), allowed = self._began, self._allowed
        clock, used = clock - time.monotonic(), used - time.process_time()
        commands, self._shell.check_question = self._shell.passed_over, None
        self._began, self._checking = None, True
        self._wire.send(AskCheck(str(question)[:255], shorten_commands(commands or ())))
        while type(answer := self._wire.receive()) is not Checked:
            self._answer_adopted(answer)
        self._shell.passed_over, self._shell.check_question = commands, self._check_question
        self._checking, self._allowed = False, allowed
        self._began = clock + time.monotonic(), used + time.process_time()
        if answer.over:
            raise KeyboardInterrupt(_OVER)
        return not answer.unknown

    def _begin(self, seconds: float) -> None:
        self._began, self._allowed = (time.monotonic(), time.process_time()), seconds

    def _send_whole(self, done: WholeDone) -> None:
        try:
            self._wire.send(done)
        except ProtocolFault:  # too much after all, spelled for the wire
            texts = {name: getattr(done, name)[:10_000] for name in ("printed", "stderr", "traceback")}
            self._wire.send(replace(done, **texts, displayed=[], figures=[], cut=True))

    def _run_cells(self, request: RunCells) -> None:
        limits = OutputLimits(request.characters, request.figures)
        text, start = request.sources.tobytes(), 0
        sources = []
        for _, _, length, *_ in request.cells:
            sources.append(text[start : start + length].decode("utf-8", "surrogatepass"))
            start += length
        needed = cache(lambda: names_needed(map(parse_or_nothing, sources)))
        for (number, name, _, seconds, part), source in zip(request.cells, sources, strict=True):
            self._allowed = seconds
            whole = part == "all" and not self._over
            if whole:
                self._began = time.monotonic(), time.process_time()
                try:
                    done = self._cells.run(number, name, source, limits, needed=needed)
                except KeyboardInterrupt as late:  # it came when the cell had just ended
                    done = CellDone(number, exception="KeyboardInterrupt", message=str(late))
                self._began = None
            else:
                done = self._cells.define(number, name, source, needed=needed, anew=part != "defines")
            self._send(done if whole else replace(done, skipped=True))

    def _send(self, done: CellDone) -> None:
        try:
            self._wire.send(done)
        except ProtocolFault:  # too much after all, spelled for the wire
            self._wire.send(replace(done, printed=done.printed[:10_000], displayed=[], figures=[], cut=True))

    def _interrupt(self, _signal: int, _frame: object) -> None:
        if self._began is None:
            return
        clock, used = self._began
        if max(time.monotonic() - clock, time.process_time() - used) > _EARLY * self._allowed:
            raise KeyboardInterrupt(_OVER)

    def _end_cells(self, _signal: int, _frame: object) -> None:
        self._over = True
        if self._began is not None:
            raise KeyboardInterrupt("stopped: the notebook has used up its time")


def run_child(end: socket.socket, server: int, terms: Terms, shell: Shell) -> NoReturn:
    """All that a child does, from its fork to its end."""
    wire = WireEnd(leave_server(end, server))
    sealed = seal(terms, server)
    random.seed(SEED)  # each fork draws it anew; numpy's the server has set
    wire.send(Hello(sealed.active, sealed.failed))
    Child(wire, shell, terms.files, terms.grader.scratch).serve()
