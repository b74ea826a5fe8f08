"""Running a rebuilt notebook of an adopted course: its cells sealed, its tests where no student code is.

Two processes of one fork server: the student's, which runs the cells, and one without any student code, which
runs the tests. They speak through this one, which passes on what they say, counts it and times it. Where one
of them is lost, the notebook is run once more without what took it down, and that alone is lost.
"""

import ast
import re
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol

import numpy as np

from autograder.domain.answer import Ending
from autograder.domain.course import Limits
from autograder.domain.limit import Limit, LimitKind
from autograder.domain.notebook import Cell, CellKind
from autograder.domain.report import CellEnding, CellRun, Isolation
from autograder.errors import SandboxError
from autograder.foreign.model import ForeignTest, TestStyle
from autograder.foreign.passed_over import PassedOver
from autograder.foreign.rebuild import Step
from autograder.sandbox.cellrun import make_cell_run, make_lost_cell
from autograder.sandbox.clock import Deadline
from autograder.sandbox.messages import (
    TO_GRADER,
    AskCheck,
    BeginTests,
    CellDone,
    Checked,
    FilesWritten,
    RanTest,
    RunTest,
    RunWhole,
    WholeDone,
    WriteFiles,
    decode_message,
    encode_message,
)
from autograder.sandbox.process import Ended, Overdue, Process
from autograder.sandbox.protocol import ProtocolFault

_FORMS: Mapping[TestStyle, Literal["cell", "ok", "exception"]] = {
    TestStyle.CELL: "cell",
    TestStyle.OK: "ok",
    TestStyle.EXCEPTION: "exception",
}
_GRACE_SECONDS = 1.0
_MOST_STARTS = 5
_FILES_SECONDS = 20.0
_ASKS = re.compile(r"\bos\s*\.\s*(system|popen)\b|\bsubprocess\b|^\s*[^#\n]*=\s*!", re.MULTILINE)
"""A test that decides by what a command came to."""
_MOST_TRIPS = 50_000
"""Questions to the student's process in one test."""
_PEER = b'["l","peer",'
"""How the header of what is to be passed on begins, behind the lengths of its parts."""


class Spawner(Protocol):
    """What makes sealed processes: a Runner."""

    stand_ins: tuple[str, ...]
    """The programs of `Surroundings.setup` that its processes need not run any more."""
    files: Mapping[str, bytes]
    """What its processes have, and need not be sent to be put beside a notebook."""

    def spawn(self, limits: Limits) -> tuple[Process, Isolation]: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a notebook finds where it runs."""

    files: tuple[tuple[str, bytes], ...] = ()
    """Data files and helper modules, by their paths below the folder of the notebook."""
    setup: str = ""
    """What is run in the student's process before its first cell: modules that stand for missing ones."""
    checks: tuple[str, ...] = ()
    """What a notebook of Otter's can have checked; empty where that is not known, and nothing is refused."""


@dataclass(frozen=True, slots=True)
class TestTerms:
    """What the process of the tests knows."""

    __test__ = False  # to pytest, the name looks like a class of tests
    learning: bool = False
    pins: Mapping[str, str] = field(default_factory=dict)
    libraries: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    """The names that functions of the notebook read from outside of them."""
    helpers: str = ""
    randomness: bool = False
    figures: bool = False
    files: tuple[str, ...] = ()
    """The paths of the files beside the notebook that a test could look at."""
    sharing: tuple[str, ...] = ()
    """The names of the tests that share files with the student's process."""
    written: tuple[str, ...] = ()
    """Files of the course's own that its solution writes."""


@dataclass(frozen=True, slots=True)
class TestRun:
    """How one test went in one run."""

    __test__ = False  # to pytest, the name looks like a class of tests
    passed: bool
    ending: Ending = Ending.RETURNED
    """RETURNED where it ran to its end or raised; else how a process was lost."""
    told: RanTest = RanTest()  # noqa: RUF009 - a frozen value
    limit: Limit | None = None
    ours: str = ""
    """Why it is not judged: a fault of ours, or of the test."""
    passed_over: PassedOver = PassedOver()  # noqa: RUF009 - a frozen value
    """What the notebook asked of the operating system before."""


@dataclass(frozen=True, slots=True)
class Ran:
    """All that a run of a notebook came to."""

    cells: tuple[CellRun, ...]
    trials: Mapping[str, TestRun]
    """By the name of the test; of one that ran several times, the last."""
    isolation: Isolation


class _Lost(Exception):  # noqa: N818 - a process, which is no error of ours
    """A process was lost at a step."""

    def __init__(self, place: int, outcome: CellRun | TestRun) -> None:
        super().__init__(place)
        self.place = place
        self.outcome = outcome


class _Session:
    """A run of a notebook, begun again where a process is lost."""

    def __init__(
        self,
        spawner: Spawner,
        steps: Sequence[Step],
        limits: Limits,
        surroundings: Surroundings,
        *,
        terms: TestTerms | None,
        inside: Collection[str] = (),
    ) -> None:
        self._spawner = spawner
        self._steps = tuple(steps)
        self._questions: dict[str, list[int]] = {}
        """By the name of a question of Otter's, the places of its tests."""
        for place, step in enumerate(self._steps):
            if step.test is not None and step.question:
                self._questions.setdefault(step.question, []).append(place)
        self._limits = limits
        self._surroundings = surroundings
        self._terms = terms
        """None: all tests run in the student's process."""
        self._inside = inside
        """The names of the tests that do in any case."""
        self._outcomes: dict[int, CellRun | TestRun] = {}
        self._left_out: set[int] = set()
        self._checked: set[str] = set()
        """The questions whose tests have run when they were asked for."""
        self._passed_over = PassedOver()
        """Of the operating system, that were asked for so far and not run."""
        self._bench: Process | None = None
        """The process of the tests, as soon as there is one."""
        self._seconds = limits.seconds
        self._isolation = Isolation(0)

    def run(self) -> Ran:
        """Run everything."""
        for _ in range(_MOST_STARTS):
            try:
                self._run_once()
                break
            except _Lost as lost:
                self._outcomes.setdefault(lost.place, lost.outcome)
                self._left_out.add(lost.place)
        whole = Limit(LimitKind.NOTEBOOK, self._limits.seconds)
        for place, step in enumerate(self._steps):
            if place not in self._outcomes and step.is_cell:
                self._outcomes[place] = make_lost_cell(_cell(step), CellEnding.SKIPPED, whole)
            elif place not in self._outcomes and step.test is not None:
                self._outcomes[place] = TestRun(passed=False, ending=Ending.TIMED_OUT, limit=whole)
        outcomes = sorted(self._outcomes.items())
        trials = {
            test.name: one
            for place, one in outcomes
            if isinstance(one, TestRun) and (test := self._steps[place].test) is not None
        }
        return Ran(tuple(one for _, one in outcomes if isinstance(one, CellRun)), trials, self._isolation)

    def _run_once(self) -> None:
        self._checked, self._passed_over = set(), PassedOver()
        student, self._isolation = self._spawner.spawn(self._limits)
        try:
            self._prepare(student, [path for path, _ in self._surroundings.files])
            for place, step in enumerate(self._steps):
                if place in self._left_out:
                    continue
                if step.is_cell:
                    self._run_cell(student, place, step)
                elif step.test is None:
                    self._check(student, place, step.question)
                elif place not in self._outcomes or (_binds(step.source) and not step.question):
                    self._run_test(student, place)
        finally:
            student.kill()
            if self._bench is not None:
                self._bench.kill()
                self._bench = None

    def _prepare(self, process: Process, files: Collection[str]) -> None:
        """Put files beside the notebook, those that are wanted, and set it up. Raises SandboxError."""
        if files:
            there = self._spawner.files
            wanted = {path: content for path, content in self._surroundings.files if path in files}
            kept = [path for path, content in wanted.items() if there.get(path) == content]
            sent = {path: np.frombuffer(wanted[path], np.uint8) for path in wanted if path not in kept}
            request = WriteFiles("", list(sent), list(sent.values()), kept)
            deadline = process.deadline(_FILES_SECONDS)
            try:
                process.send(encode_message(request), deadline)
                answer = process.receive(deadline)
            except (Ended, Overdue, ProtocolFault) as error:
                raise SandboxError(
                    f"the files of the course could not be put beside the notebook: {error}"
                ) from error
            if type(answer) is not FilesWritten or answer.trouble:
                raise SandboxError("the files of the course could not be put beside the notebook")
        setup = self._surroundings.setup
        if setup and setup not in self._spawner.stand_ins:
            self._ask_whole(process, "<set up>", setup, 20.0)

    def _make_bench(self) -> Process:
        assert self._terms is not None  # noqa: S101 - asked before
        terms = self._terms
        bench, _ = self._spawner.spawn(replace(self._limits, seconds=4 * self._limits.seconds))
        try:
            self._prepare(bench, terms.files)
            sources = [step.source for step in self._steps if step.is_cell]
            begin = BeginTests(
                learning=terms.learning,
                pins=dict(terms.pins),
                libraries=list(terms.libraries),
                wanted=list(terms.wanted),
                reached=list(terms.reached),
                helpers=terms.helpers,
                sources=sources,
                randomness=terms.randomness,
                figures=terms.figures,
                written=list(terms.written),
            )
            bench.send(encode_message(begin), bench.deadline(_FILES_SECONDS))
        except BaseException:
            bench.kill()
            raise
        return bench

    # A cell.

    def _run_cell(self, student: Process, place: int, step: Step) -> None:
        known = self._outcomes.get(place)
        seconds = min(self._limits.seconds_per_cell, max(self._seconds, 0.0))
        if seconds <= 0.0:
            whole = Limit(LimitKind.NOTEBOOK, self._limits.seconds)
            self._outcomes.setdefault(place, make_lost_cell(_cell(step), CellEnding.SKIPPED, whole))
            return
        self._passed_over = self._passed_over.after_code(step.source)
        began = time.monotonic()
        limit = Limit(LimitKind.CELL, self._limits.seconds_per_cell)
        try:
            done, overdue = self._ask_whole(student, _name_of(step, place), step.source, seconds, place)
        except Overdue:
            raise _Lost(place, make_lost_cell(_cell(step), CellEnding.TIMED_OUT, limit)) from None
        except Ended as end:
            ran = make_lost_cell(_cell(step), CellEnding(end.ending.value), end.limit, end=end.how)
            raise _Lost(place, ran) from None
        self._passed_over = self._passed_over.after_commands(done.commands).after_error(done.builtin)
        if known is None:
            told = CellDone(
                place,
                printed=done.printed + done.stderr,
                cut=done.cut,
                displayed=done.displayed,
                figures=done.figures,
                exception=done.builtin,
                message=done.message,
                traceback=done.traceback,
                line=done.line,
            )
            seconds = time.monotonic() - began
            self._outcomes[place] = make_cell_run(
                _cell(step), told, self._limits, seconds, limit if overdue else None
            )

    def _ask_whole(
        self, process: Process, name: str, source: str, seconds: float, place: int | None = None
    ) -> tuple[WholeDone, bool]:
        """Run a cell as a kernel does; how it went, and whether it was interrupted.

        `place` is that of a cell of the notebook, which may ask for tests before it goes on.
        """
        deadline = clock = process.deadline(seconds)
        overdue = False
        characters = self._limits.output_kb * 1000
        request = RunWhole(name, seconds, characters, self._limits.figures, source)
        try:
            try:
                process.send(encode_message(request), deadline)
                message = process.receive(deadline)
                while type(message) is AskCheck and place is not None:
                    left, tests = deadline.seconds - deadline.spent(), process.deadline(seconds)
                    self._passed_over = self._passed_over.after_commands(message.commands)
                    try:
                        self._check(process, place, message.question)
                    finally:
                        self._seconds += tests.spent()
                    deadline, checks = process.deadline(left), self._surroundings.checks
                    unknown = bool(checks) and message.question not in checks
                    process.send(encode_message(Checked(over=False, unknown=unknown)), deadline)
                    message = process.receive(deadline)
            except Overdue:
                overdue, deadline = True, process.deadline(_GRACE_SECONDS)
                process.interrupt()
                message = process.receive(deadline)
                if type(message) is AskCheck:  # it had stopped to ask, and no interrupt reaches it there
                    process.send(encode_message(Checked(over=True)), deadline)
                    message = process.receive(deadline)
            process.look_at_disk()
        except ProtocolFault as fault:
            raise Ended(Ending.CRASHED, how=f"it cannot be sent: {fault}") from fault
        finally:
            self._seconds -= clock.spent()
        if type(message) is not WholeDone:
            process.kill()
            raise Ended(Ending.CRASHED, how="it sent no account of a cell")
        return message, overdue

    # A test.

    def _check(self, student: Process, place: int, question: str) -> None:
        """Run the tests of a question of Otter's where the step at `place` asks for them.

        The last time counts; all but the first are on the notebook's own time.
        """
        again, clock = question in self._checked, student.deadline(self._limits.seconds)
        if again and self._seconds <= 0.0:
            return
        self._checked.add(question)
        for at in self._questions.get(question, ()):
            if at not in self._left_out:
                self._run_test(student, at, asked=place)
        if again:
            self._seconds -= clock.spent()

    def _run_test(self, student: Process, place: int, *, asked: int | None = None) -> None:
        """Run the test at a place in its turn, or while the cell at `asked` waits for it."""
        step = self._steps[place]
        assert step.test is not None  # noqa: S101 - asked before
        self._passed_over = self._passed_over.after_code(step.source)
        if self._terms is None or step.test.name in self._inside:
            trial = self._run_inside(student, place, step, step.test)
        else:
            trial = self._run_outside(student, place, step, step.test, asked=asked)
        if asked is None:
            self._outcomes.setdefault(place, trial)
        else:
            self._outcomes[place] = trial

    def _run_inside(self, student: Process, place: int, step: Step, test: ForeignTest) -> TestRun:
        """Run a test in the student's process."""
        seconds = self._limits.seconds_per_cell
        limit = Limit(LimitKind.CELL, seconds)
        source = step.source if test.style is TestStyle.CELL else spell_inside(test)
        try:
            done, overdue = self._ask_whole(student, _name_of(step, place), source, seconds)
        except Overdue:
            raise _Lost(place, TestRun(passed=False, ending=Ending.TIMED_OUT, limit=limit)) from None
        except Ended as end:
            raise _Lost(place, TestRun(passed=False, ending=end.ending, limit=end.limit)) from None
        told = RanTest(
            passed=not done.exception,
            exception=done.exception,
            message=done.message,
            line=done.line,
            printed=done.printed,
            stderr=done.stderr,
            shown=done.shown,
        )
        ending = Ending.TIMED_OUT if overdue and done.exception else Ending.RETURNED
        late = limit if ending is Ending.TIMED_OUT else None
        ours = ""
        if done.commands and _ASKS.search(test.text):
            # What the student's code asks for is another matter: whether that is right, the test says.
            ours = f"it has the operating system run a command, and none runs here: {done.commands[0]}"
        else:
            self._passed_over = self._passed_over.after_commands(done.commands)
        return TestRun(told.passed, ending, told, late, ours, self._passed_over.after_error(done.builtin))

    def _run_outside(
        self, student: Process, place: int, step: Step, test: ForeignTest, *, asked: int | None
    ) -> TestRun:
        """Run a test in the process without student code."""
        assert self._terms is not None  # noqa: S101 - asked before
        self._bench = bench = self._bench or self._make_bench()
        seconds = self._limits.seconds_per_cell
        before = self._steps[: place if asked is None else asked + 1]
        following = self._steps[place + 1 : place + 2]
        settle = asked is not None or any(one.is_cell for one in following)
        name, cells = _name_of(step, place), sum(one.is_cell for one in before)
        shares = test.name in self._terms.sharing
        request = RunTest(_FORMS[test.style], name, step.source, test.function, cells, settle, shares)
        limit = Limit(LimitKind.CELL, seconds)
        theirs, ours = student.deadline(seconds), bench.deadline(seconds + _GRACE_SECONDS)
        try:
            bench.send(encode_message(request), ours)
            told, overdue = self._relay(student, bench, theirs, ours)
        except _Late:
            raise _Lost(place, TestRun(passed=False, ending=Ending.TIMED_OUT, limit=limit)) from None
        except _StudentLost as lost:
            raise _Lost(place, TestRun(passed=False, ending=lost.end.ending, limit=lost.end.limit)) from None
        except Overdue:
            raise _Lost(place, TestRun(passed=False, ending=Ending.TIMED_OUT, limit=limit)) from None
        except (Ended, ProtocolFault) as end:
            ours_ = f"the process of the tests was lost: {end}"
            raise _Lost(place, TestRun(passed=False, ending=Ending.CRASHED, ours=ours_)) from None
        ending = Ending.TIMED_OUT if overdue and not told.passed else Ending.RETURNED
        late = limit if ending is Ending.TIMED_OUT else None
        self._passed_over = self._passed_over.after_commands(told.commands)
        passed_over = self._passed_over.after_error(told.exception)
        return TestRun(told.passed, ending, told, late, told.unsupported, passed_over)

    def _relay(
        self, student: Process, bench: Process, theirs: Deadline, ours: Deadline
    ) -> tuple[RanTest, bool]:
        """Pass on what the two say until the test has ended; whether the student's side was interrupted."""
        overdue = False
        for _ in range(_MOST_TRIPS):
            frame = bench.frame(ours)
            if not _is_for_peer(frame):
                told = decode_message(frame, TO_GRADER)
                if type(told) is not RanTest:
                    raise Ended(Ending.CRASHED, how="it spoke out of turn")
                return told, overdue
            try:
                student.send([bytes(frame)], theirs)
                try:
                    answer = student.frame(theirs)
                except Overdue:
                    if overdue:
                        raise
                    overdue = True
                    student.interrupt()
                    theirs = student.deadline(_GRACE_SECONDS)
                    answer = student.frame(theirs)
                    theirs = student.deadline(_GRACE_SECONDS)
                if not _is_for_peer(answer):
                    student.kill()
                    raise Ended(Ending.CRASHED, how="it sent no answer")
            except Overdue:
                raise _Late from None
            except (Ended, ProtocolFault) as end:
                lost = end if isinstance(end, Ended) else Ended(Ending.CRASHED, how="it sent no message")
                raise _StudentLost(lost) from None
            bench.send([bytes(answer)], ours)
        raise _Late


class _Late(Exception):  # noqa: N818 - the time of a test, no error of ours
    """The student's side did not answer in the time of the test."""


class _StudentLost(Exception):  # noqa: N818 - as above
    """The student's process ended during a test."""

    def __init__(self, end: Ended) -> None:
        super().__init__(str(end))
        self.end = end


def run_outside(
    spawner: Spawner,
    steps: Sequence[Step],
    limits: Limits,
    surroundings: Surroundings,
    terms: TestTerms,
    *,
    inside: Collection[str] = (),
) -> Ran:
    """Run cells in one sealed process and tests in another, but for those that are named `inside`.

    Raises:
        SandboxError, IsolationError: as a Runner does.
    """
    return _Session(spawner, steps, limits, surroundings, terms=terms, inside=inside).run()


def run_inside(spawner: Spawner, steps: Sequence[Step], limits: Limits, surroundings: Surroundings) -> Ran:
    """Run cells and tests in one process, as the tools themselves do: each test's word is the student's."""
    return _Session(spawner, steps, limits, surroundings, terms=None).run()


def read_files(folder: Path, paths: Sequence[str]) -> tuple[tuple[str, bytes], ...]:
    """The files of an adopted assignment, as they are put beside its notebooks."""
    found = []
    for path in paths:
        with suppress(OSError):
            found.append((path, (folder / path).read_bytes()))
    return tuple(found)


def _is_for_peer(frame: bytes | bytearray) -> bool:
    count = int.from_bytes(frame[4:6], "little")
    start = 6 + 8 * count
    return bytes(frame[start : start + len(_PEER)]) == _PEER


def _cell(step: Step) -> Cell:
    return Cell(CellKind.CODE, step.source, step.number)


def _name_of(step: Step, place: int) -> str:
    if step.test is not None:
        return f"<test {place + 1}>"
    return f"<cell {step.number}>" if step.number else f"<added cell {place + 1}>"


def _binds(source: str) -> bool:
    """Whether a test binds names that others may need."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef | ast.Delete
    return any(
        isinstance(node, kinds) or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
        for node in ast.walk(tree)
    )


def spell_inside(test: ForeignTest) -> str:
    """A case of Otter's as a cell that raises where the case fails, on a copy of the names."""
    body = _INSIDE_OK if test.style is TestStyle.OK else _INSIDE_EXCEPTION
    program = body.replace("TEXT", repr(test.text)).replace("FUNCTION", repr(test.function))
    return f"exec({program!r}, {{'names': globals()}})"


_INSIDE_OK = """
import doctest, io, contextlib, sys
parts = [p for p in doctest.DocTestParser().parse(TEXT, 'case') if isinstance(p, doctest.Example)]
case = doctest.DocTest(parts, names, 'case', None, None, TEXT)
case.globs.setdefault('__name__', '__main__')
words = io.StringIO()
hook, sys.displayhook = sys.displayhook, sys.__displayhook__
try:
    with contextlib.redirect_stdout(words), contextlib.redirect_stderr(words):
        failed = doctest.DocTestRunner(verbose=False).run(case, clear_globs=False).failed
finally:
    sys.displayhook = hook
assert not failed, words.getvalue()[:2000]
"""
_INSIDE_EXCEPTION = """
import inspect, sys, types
class Case:
    def __init__(self, *a, **k): pass
    def __call__(self, f): self.f = f; return self
otter, tests = types.ModuleType('otter'), types.ModuleType('otter.test_files')
otter.test_files, tests.test_case = tests, Case
kept = {n: sys.modules.get(n) for n in ('otter', 'otter.test_files')}
sys.modules.update({'otter': otter, 'otter.test_files': tests})
space = {'__name__': 'tests'}
try:
    exec(compile(TEXT, '<tests>', 'exec', dont_inherit=True), space)
finally:
    for n, m in kept.items():
        sys.modules.pop(n, None) if m is None else sys.modules.__setitem__(n, m)
f = space[FUNCTION]
f = f.f if isinstance(f, Case) else f
f(**{n: names if n == 'env' else names.get(n) for n in inspect.signature(f).parameters})
"""
