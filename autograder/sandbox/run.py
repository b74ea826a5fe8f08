"""One notebook that was run in a sealed process, and the questions it answers.

A process that hangs or dies takes with it the cell, call or example it was busy with, nothing else: the next
question gets a fresh process in which the other cells were run again.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol, Self

from autograder.domain.answer import Answer, Batch, Call, Ending, ExampleRun
from autograder.domain.course import Limits
from autograder.domain.notebook import Cell
from autograder.domain.report import CellEnding, CellRun, Isolation
from autograder.domain.sentences import SILENT, Sentence, say
from autograder.errors import SandboxError
from autograder.sandbox.batches import encode_batch
from autograder.sandbox.cellrun import make_example_run
from autograder.sandbox.cells import NotebookCells, time_used_up
from autograder.sandbox.dialogue import MOST_BYTES, Dialogue, References
from autograder.sandbox.forkserver import ForkServerGone
from autograder.sandbox.messages import (
    AskVariable,
    BindReferences,
    ExampleDone,
    ReferencesBound,
    RunExample,
    encode_message,
)
from autograder.sandbox.pipeline import RequestPipeline, Requests, needs_callback
from autograder.sandbox.process import Ended, Overdue, Process

_UNSENT_SECONDS = 0.5
_MOST_SERVERS_LOST = 3


class Launcher(Protocol):
    """What a run needs of its runner."""

    def spawn(self, limits: Limits) -> tuple[Process, Isolation]: ...

    def frame_of(self, name: str, batch: Batch) -> bytes: ...


class Run:
    """One notebook that was run and answers questions. A lost process is replaced when next needed."""

    def __init__(
        self,
        runner: Launcher,
        cells: Sequence[Cell],
        limits: Limits,
        *,
        source: str = "",
        references: References | None = None,
        until: float | None = None,
        lost: "Run | None" = None,
    ) -> None:
        """`lost`: a run of the same cells; those that took its processes down are not tried again."""
        self.source = source
        self.trouble = SILENT
        self.notes: tuple[Sentence, ...] = ()
        self._runner = runner
        self._cells: NotebookCells = (
            NotebookCells(cells, limits) if lost is None else lost._cells.for_another()
        )
        self._limits = limits
        self._references: References = references or {}
        self._until = until if until is not None else time.monotonic() + limits.seconds
        self._servers_lost = 0
        self._received = 0
        self._up_seconds = 0.0
        self._process: Process | None = None
        self.isolation = Isolation(0)
        try:
            self._up()
        except Ended as end:
            self._cells.give_up(end.limit)
            self.trouble = say("notebook_too_slow", limit=end.limit)

    @property
    def cells(self) -> tuple[CellRun, ...]:
        """How each cell went, in order."""
        return self._cells.accounts

    def _up(self) -> Process:
        """The process with all cells run, replayed where it was lost; Ended when no time is left."""
        while self._process is None or not self._process.alive:
            if time.monotonic() >= self._until:
                raise time_used_up(self._limits)
            began = time.monotonic()
            self._process, self.isolation = self._runner.spawn(self._limits)
            try:
                if self._cells.run_in(self._process, self._until):
                    self._bind_references(self._process)
            except Overdue:
                self._process.kill()
            except ForkServerGone:
                self._lose_server()
            self._up_seconds = time.monotonic() - began
        return self._process

    def _lose_server(self) -> None:
        """The fork server was killed from outside: bear it a few times."""
        self._servers_lost += 1
        if self._servers_lost > _MOST_SERVERS_LOST:
            raise SandboxError("the fork server keeps ending while student code runs")

    def _bind_references(self, process: Process) -> None:
        if self._references:
            process.send(encode_message(BindReferences(list(self._references))), self._until)
            with Dialogue(process, self._until, self._references) as dialogue:
                dialogue.next(ReferencesBound)

    def ask(self, name: str, batch: Batch, *, seconds: float) -> tuple[Answer, ...]:
        """Call the student's function on every call of the batch; `seconds` are for all of them together."""
        [answers] = self.ask_all([(name, batch, seconds)])
        return answers

    def ask_all(self, asked: Sequence[tuple[str, Batch, float]]) -> Iterator[tuple[Answer, ...]]:
        """Ask several batches as `ask` does one, and yield the answers to each, in order.

        What needs no talk on the way is sent ahead: the student's process need not wait for us. Where the
        answers together take as much memory as those to one question may, the rest is left to be asked alone.
        """
        pipeline = RequestPipeline(
            [self._runner.frame_of(name, batch) for name, batch, _ in asked],
            [bool(self._references) or needs_callback(batch) for _, batch, _ in asked],
        )
        before = self._received
        for place, (name, batch, seconds) in enumerate(asked):
            yield self._ask(name, batch, partial(pipeline.next_requests, place), seconds)
            if self._received - before > MOST_BYTES:
                self.close()  # it may be busy with what was sent ahead
                return

    def _ask(self, name: str, batch: Batch, requests: Requests, seconds: float) -> tuple[Answer, ...]:
        began, before = time.monotonic(), self._received
        answers, end = self._answers(requests, batch.calls, seconds)
        if end is not None:
            rest = batch.calls[len(answers) :]
            too_much = self._received - before > MOST_BYTES
            # Time for the notebook to be run again and again, and for more questions.
            may_replay = self._until - time.monotonic() > 4 * self._up_seconds + seconds
            if len(batch.calls) > 1 and not too_much and may_replay:
                answers += self._ask_unsent(name, rest, seconds - (time.monotonic() - began))
            answers += [end] * (len(batch.calls) - len(answers))
        return tuple(answers)

    def _ask_unsent(self, name: str, calls: Sequence[Call], seconds: float) -> list[Answer]:
        """Ask again, one by one, what may have been answered but not sent when the process ended.

        Quick and small answers are sent together. They took a moment, so that a moment is given at least.
        """
        request = encode_batch(name, Batch(tuple(calls)), together=False)
        return self._answers(lambda _: [request], calls, max(seconds, _UNSENT_SECONDS))[0]

    def _answers(
        self, requests: Requests, calls: Sequence[Call], seconds: float
    ) -> tuple[list[Answer], Answer | None]:
        """The answers that came, and if they are not all, what stands for the others."""
        answers: list[Answer] = []
        limit = f"{self._limits.memory_mb} MB of memory"

        def exchange(dialogue: Dialogue) -> None:
            answers.clear()  # where the fork server was lost, all is asked once more
            for answer in dialogue.answers(calls, timed=len(calls) == 1, memory=limit):
                answers.append(answer)  # noqa: PERF402 - what came stays, should the exchange break off

        end = self._converse(requests, exchange, seconds)
        return answers, end

    def variable(self, name: str) -> Answer:
        """The value of one of the notebook's names."""
        answers: list[Answer] = []

        def exchange(dialogue: Dialogue) -> None:
            answers.extend(dialogue.answers((Call(),), memory=""))

        end = self._converse(
            lambda _: encode_message(AskVariable(name)), exchange, self._limits.seconds_per_question
        )
        return end or answers[0]

    def _converse(
        self, requests: Requests, exchange: Callable[[Dialogue], None], seconds: float
    ) -> Answer | None:
        """Send requests and go through the exchange; what stands for the rest of it if it breaks off."""
        try:
            process = self._up()
        except Ended as end:
            return Answer(end.ending, limit=end.limit)
        deadline = min(time.monotonic() + seconds, self._until)
        dialogue = Dialogue(process, deadline, self._references)
        try:
            with dialogue:
                process.send(requests(process), deadline)
                exchange(dialogue)
        except Overdue:
            process.kill()
            over = time.monotonic() >= self._until
            limit = Ended(Ending.TIMED_OUT, f"{seconds:g} s for this question")
            return dialogue.cut_short(time_used_up(self._limits) if over else limit)
        except Ended as end:
            return dialogue.cut_short(end)
        except ForkServerGone:
            self._lose_server()
            return self._converse(requests, exchange, seconds)
        finally:
            self._received += dialogue.received
        return None

    def examples(
        self, sources: Sequence[str], *, seconds: float, still_valid: Set[str] = frozenset()
    ) -> tuple[ExampleRun, ...]:
        """Run public examples, each within `seconds`; one that hangs or crashes costs that one.

        Args:
            sources: what to run.
            seconds: for each of them.
            still_valid: sources of cells that would run at the end as they ran in their place. An example
                among them that ran has passed, and is not run twice.
        """
        # Saves 4 % of a submission's processor time.
        failed = {cell.source for cell in self.cells if cell.ending is not CellEnding.RAN}
        passed = still_valid & ({cell.source for cell in self.cells} - failed)
        runs = [ExampleRun(source, passed=True) if source in passed else None for source in sources]
        while None in runs:
            self._run_examples(sources, runs, seconds)
        return tuple(run for run in runs if run is not None)

    def _run_examples(self, sources: Sequence[str], runs: list[ExampleRun | None], seconds: float) -> None:
        """Run those that have not run yet, all of them or up to the one that ends the process."""
        todo = [place for place, run in enumerate(runs) if run is None]

        def exchange(dialogue: Dialogue) -> None:
            for place in todo:
                runs[place] = make_example_run(sources[place], dialogue.next(ExampleDone))
                dialogue.deadline = min(time.monotonic() + seconds, self._until)

        requests = [RunExample(f"<example {place + 1}>", sources[place]) for place in todo]
        pieces = [piece for request in requests for piece in encode_message(request)]
        end = self._converse(lambda _: pieces, exchange, seconds)
        if end is not None:
            why = f"{end.ending.value.replace('_', ' ')}: {end.limit or end.message}"
            ended = runs.index(None)
            runs[ended] = ExampleRun(sources[ended], passed=False, traceback=why)

    @contextmanager
    def standing_in(self, references: Mapping[str, Callable[..., Any]]) -> Iterator["Run"]:
        """The same notebook in a fresh process, with these functions of ours in place of the student's."""
        other = Run(
            self._runner,
            self._cells.cells,
            self._limits,
            source=self.source,
            references=references,
            until=self._until,
            lost=self,
        )
        with other:
            yield other

    @contextmanager
    def up_to(self, cells: int) -> Iterator["Run"]:
        """The first so many cells of the same notebook, run in a fresh process of their own."""
        first = Run(
            self._runner, self._cells.cells[:cells], self._limits, source=self.source, until=self._until
        )
        with first:
            yield first

    def close(self) -> None:
        """End the process; nothing is left of it."""
        if self._process is not None:
            self._process.kill()
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
