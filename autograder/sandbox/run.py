"""One notebook that was run in a sealed process, and the questions it answers.

A process that hangs or dies takes with it the cell, call or example it was busy with, nothing else: the next
question gets a fresh process in which the other cells were run again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol, Self

from autograder.domain.answer import Answer, Batch, Call, Ending, ExampleRun
from autograder.domain.course import Limits
from autograder.domain.limit import Limit, LimitKind
from autograder.domain.notebook import Cell
from autograder.domain.report import CellEnding, CellRun, Isolation
from autograder.domain.sentences import SILENT, Sentence, say
from autograder.errors import SandboxError
from autograder.sandbox.batches import encode_batch, is_timed
from autograder.sandbox.budget import Budget, NotebookBudgets
from autograder.sandbox.cellrun import make_example_run
from autograder.sandbox.cells import OVERDRAFT_SECONDS, NotebookCells
from autograder.sandbox.clock import Deadline
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
_MOST_TURNS = 4
"""How often what is left of a question is asked on, when a process was lost."""
_BINDING_SECONDS = 10.0
_SPAWN_SECONDS = 0.02
"""What a process costs, beside its cells."""
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
        lost: "Run | None" = None,
        count: int | None = None,
    ) -> None:
        """A run; `lost` is one of the same cells, of which the first `count` are run once more.

        Those that took its processes down are not tried again, and its time is the time of both.
        """
        self.source = source
        self.trouble = SILENT
        self.notes: tuple[Sentence, ...] = ()
        self._runner = runner
        self._cells: NotebookCells = (
            NotebookCells(cells, limits) if lost is None else lost._cells.for_another(count)
        )
        self._limits = limits
        self._references: References = references or {}
        self._budgets: NotebookBudgets = NotebookBudgets(limits) if lost is None else lost._budgets
        self._servers_lost = 0
        self._received = 0
        self._up_seconds = 0.0
        self._process: Process | None = None
        self.isolation = Isolation(0)
        try:
            self._up()
        except Ended as end:
            self._cells.give_up(end.limit)
            self.trouble = say("notebook_too_slow", limit=end.limit.sentence if end.limit else end.how)
        self.cells: tuple[CellRun, ...] = self._cells.accounts
        """How each cell went, in order, before anything was asked: a replay adds nothing to it."""

    def _up(self) -> Process:
        """The process with all cells run, replayed where it was lost.

        Raises:
            Ended: there is no time for another replay, not even for the definitions of its cells.
        """
        while self._process is None or not self._process.alive:
            budget = self._budgets.replays if self._cells.begun else self._budgets.cells
            if budget.left < -OVERDRAFT_SECONDS:
                raise Ended(Ending.NOT_ASKED, budget.limit)
            self._process, isolation = self._runner.spawn(self._limits)
            # The first one's: which user the last one is would tell how many there were.
            self.isolation = self.isolation if self.isolation.level else isolation
            before = budget.left
            try:
                if self._cells.run_in(self._process, budget):
                    self._bind_references(self._process)
            except Overdue:
                self._process.kill()
                budget.spend(_BINDING_SECONDS)
            except ForkServerGone:
                self._lose_server()
            budget.spend(_SPAWN_SECONDS)
            self._up_seconds = before - budget.left
        return self._process

    def _lose_server(self) -> None:
        """The fork server was killed from outside: bear it a few times."""
        self._servers_lost += 1
        if self._servers_lost > _MOST_SERVERS_LOST:
            raise SandboxError("the fork server keeps ending while student code runs")

    def _bind_references(self, process: Process) -> None:
        if self._references:
            deadline = process.deadline(_BINDING_SECONDS)
            process.send(encode_message(BindReferences(list(self._references))), deadline)
            with Dialogue(process, deadline, self._references) as dialogue:
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
            need_callback=[bool(self._references) or needs_callback(batch) for _, batch, _ in asked],
            timed=[is_timed(batch.calls) for _, batch, _ in asked],
        )
        before = self._received
        for place, (name, batch, seconds) in enumerate(asked):
            yield self._ask(name, batch, partial(pipeline.next_requests, place), seconds)
            if self._received - before > MOST_BYTES:
                self.close()  # it may be busy with what was sent ahead
                return

    def _ask(self, name: str, batch: Batch, requests: Requests, seconds: float) -> tuple[Answer, ...]:
        """The answers to a batch; a call that is not answered in time costs itself, the others are asked on.

        Quick and small answers are sent together: when a process ended, some may have been given that were
        not sent. So those that are left are asked alone, the first of them for a moment only.
        """
        calls, before, time = batch.calls, self._received, _Time(seconds, batch.seconds_per_call)
        budget = self._budgets.examples if batch.public else self._budgets.questions
        answers, end, spent = self._answers(requests, calls, time, budget)
        lost, left = end, seconds - spent
        for turn in range(_MOST_TURNS):
            if lost is None or end is None or len(calls) == 1 or not self._may_ask_on(before):
                break
            rest = calls[len(answers) :]
            request = encode_batch(name, Batch(rest), together=False)
            moment = _UNSENT_SECONDS if turn == 0 else time.each
            again = replace(time, allowed=max(left, seconds / 4, _UNSENT_SECONDS), each=moment)
            one = partial(lambda one, _: [one], request)
            more, end, spent = self._answers(one, rest, again, budget)
            answers, left = answers + more, left - spent
            if end is None or lost.ending is not Ending.TIMED_OUT:
                break
            answers.append(end if turn else lost)
            if len(answers) == len(calls):
                break
        if lost is not None:
            answers += [lost] * (len(calls) - len(answers))
        return tuple(answers)

    def _may_ask_on(self, before: int) -> bool:
        """Whether there is time for the notebook to be run again and again, and room for more answers."""
        too_much = self._received - before > MOST_BYTES
        return not too_much and self._budgets.replays.left > 4 * self._up_seconds

    def _answers(
        self, requests: Requests, calls: Sequence[Call], time: "_Time", budget: Budget
    ) -> tuple[list[Answer], Answer | None, float]:
        """The answers that came; if they are not all, what stands for the next; and the seconds spent."""
        answers: list[Answer] = []
        limit = Limit(LimitKind.MEMORY, self._limits.memory_mb)

        def exchange(dialogue: Dialogue) -> None:
            answers.clear()  # where the fork server was lost, all is asked once more
            timed = is_timed(calls)
            for answer in dialogue.answers(calls, timed=timed, memory=limit, each=time.each):
                answers.append(answer)  # noqa: PERF402 - what came stays, should the exchange break off

        before = budget.left
        end = self._converse(requests, exchange, time, budget)
        return answers, end, before - budget.left

    def variable(self, name: str) -> Answer:
        """The value of one of the notebook's names."""
        answers: list[Answer] = []

        def exchange(dialogue: Dialogue) -> None:
            answers.extend(dialogue.answers((Call(),), memory=None))

        end = self._converse(
            lambda _: encode_message(AskVariable(name)), exchange, _Time(self._limits.seconds_per_question)
        )
        return end or answers[0]

    def _converse(
        self,
        requests: Requests,
        exchange: Callable[[Dialogue], None],
        time: "_Time",
        budget: Budget | None = None,
    ) -> Answer | None:
        """Send requests and go through the exchange; what stands for the rest of it if it breaks off."""
        budget = budget or self._budgets.questions
        if budget.over:
            return Answer(Ending.NOT_ASKED, limit=budget.limit)
        try:
            process = self._up()
        except Ended as end:
            return Answer(end.ending, message=end.how, limit=end.limit)
        allowed = min(time.seconds if time.allowed is None else time.allowed, budget.left)
        deadline = process.deadline(allowed)
        dialogue = Dialogue(process, deadline, self._references)
        try:
            with dialogue:
                process.send(requests(process), deadline)
                exchange(dialogue)
        except Overdue:
            process.kill()
            return dialogue.cut_short(Ended(Ending.TIMED_OUT, time.limit(deadline, budget)))
        except Ended as end:
            return dialogue.cut_short(end)
        except ForkServerGone:
            self._lose_server()
            return self._converse(requests, exchange, time, budget)
        finally:
            self._received += dialogue.received
            budget.spend(deadline.spent())
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
        todo, budget = [place for place, run in enumerate(runs) if run is None], self._budgets.examples

        def exchange(dialogue: Dialogue) -> None:
            for place in todo:
                runs[place] = make_example_run(sources[place], dialogue.next(ExampleDone))
                dialogue.give(min(seconds, budget.left - dialogue.whole.spent()))

        requests = [RunExample(f"<example {place + 1}>", sources[place]) for place in todo]
        pieces = [piece for request in requests for piece in encode_message(request)]
        end = self._converse(lambda _: pieces, exchange, _Time(seconds), budget)
        if end is not None:
            why = f"{end.ending.value.replace('_', ' ')}: {end.limit or end.message}"
            ended = runs.index(None)
            runs[ended] = ExampleRun(sources[ended], passed=False, traceback=why)

    @contextmanager
    def standing_in(self, references: Mapping[str, Callable[..., Any]]) -> Iterator["Run"]:
        """The same notebook in a fresh process, with these functions of ours in place of the student's."""
        with self._paused():
            other = Run(
                self._runner,
                self._cells.cells,
                self._limits,
                source=self.source,
                references={**self._references, **references},
                lost=self,
            )
            with other:
                yield other

    @contextmanager
    def up_to(self, cells: int) -> Iterator["Run"]:
        """The first so many cells of the same notebook, run in a fresh process of their own."""
        with self._paused():
            first = Run(self._runner, (), self._limits, source=self.source, lost=self, count=cells)
            with first:
                yield first

    @contextmanager
    def _paused(self) -> Iterator[None]:
        """Nothing of the process runs meanwhile.

        It knows what was asked. While it runs, it could work out an answer and signal it to a fresh one, by
        the load of the machine, say.
        """
        process = self._process
        if process is not None:
            process.pause()
        try:
            yield
        finally:
            if process is not None:
                process.resume()

    def close(self) -> None:
        """End the process; nothing is left of it."""
        if self._process is not None:
            self._process.kill()
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class _Time:
    """The time of what is asked."""

    seconds: float
    """For all of it, as the limits say."""
    each: float | None = None
    """For one call."""
    allowed: float | None = None
    """For what is left of it, where that is not `seconds`."""

    def limit(self, whole: Deadline, budget: Budget) -> Limit:
        """The limit that was exceeded."""
        if budget.left <= whole.spent():
            return budget.limit
        if self.each is not None and not whole.passed():
            return Limit(LimitKind.CASE, self.each)
        return Limit(LimitKind.QUESTION, self.seconds)
