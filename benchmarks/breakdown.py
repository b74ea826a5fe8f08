"""Where the processor time of one submission goes, on both sides of the wall.

The program itself is not changed: its functions are wrapped where they are looked up, for this process only,
and a child's phases are reported by `probe/sitecustomize.py`. A phase inside another counts only as its own.

What is told is what one more submission of a class costs. The first one is part of the start of the run: it
renders the first page and makes the first comparisons. All that the run does after it counts, also what no
phase names and what is done once for all at the end, which falls on few where the class is small.

`python -m benchmarks.breakdown FOLDER [NAME]` prints it as JSON, in milliseconds; of homework 1 by default.
"""

import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any

from autograder.cli.main import group
from autograder.gradebook.store import Gradebook
from autograder.grading import grade, grader, report_files
from autograder.questions import judge, judged_case
from autograder.sandbox import cells, forkserver, process, run, runner
from benchmarks.classroom import NAME

_PROBE = Path(__file__).parent / "probe"
_PHASES: tuple[tuple[Any, str, str], ...] = (
    (grade, "read", "read"),
    (grade, "match", "match"),
    (runner.Runner, "spawn", "fork and seal"),
    (process.Process, "kill", "end"),
    (cells.NotebookCells, "run_in", "cells"),
    (run.Run, "examples", "examples"),
    (run.Run, "_ask", "calls"),
    (judged_case, "_judge_ordinary", "compare"),
    (judge, "refuse_forbidden", "forbidden names"),
    (judge, "conclude", "marks and reasons"),
    (report_files, "render_html", "render"),
    (Gradebook, "record", "store"),
    (grader, "to_text", "write"),
    (report_files.ReportFiles, "write", "write"),
    (grader, "grade", "the rest of grading"),
    (report_files.ReportFiles, "complete", "what reports say of grades"),
)
PhaseTimes = dict[str, float]


class Ledger:
    """Processor time of this process by phase, each phase without those inside it."""

    def __init__(self) -> None:
        self.spent: PhaseTimes = defaultdict(float)
        self.begun = 0.0
        """When the second submission was begun."""
        self._inner = [0.0]
        self._submissions = 0

    def begin(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap what grades a submission: what is spent before the second one counts under no phase."""

        def beginning(*args: Any, **kwargs: Any) -> Any:
            self._submissions += 1
            if self._submissions == 2:
                self.begun = time.process_time()
                self.spent.clear()
            return function(*args, **kwargs)

        return beginning

    def time_under(self, function: Callable[..., Any], phase: str) -> Callable[..., Any]:
        """Wrap a function so that its time counts under `phase`."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.process_time()
            self._inner.append(0.0)
            try:
                return function(*args, **kwargs)
            finally:
                whole = time.process_time() - began
                self.spent[phase] += whole - self._inner.pop()
                self._inner[-1] += whole

        return timed


STUDENTS_OWN = ("student's own", "figures", "examples")
"""Phases in which what a student wrote is computed and drawn; all others are ours."""


def measure(folder: Path, assignment: str = NAME) -> dict[str, PhaseTimes]:
    """Grade the submissions of a course folder; milliseconds per submission by phase, on each side.

    What is spent "once" is that of the whole run, in milliseconds too.
    """
    with tempfile.NamedTemporaryFile() as board, ExitStack() as stack:
        board.truncate(1 << 16)
        ledger, server_seconds, children = Ledger(), list[float](), list[PhaseTimes]()
        for owner, name, phase in _PHASES:
            stack.enter_context(_replace(owner, name, ledger.time_under(getattr(owner, name), phase)))
        stack.enter_context(_replace(grader, "grade", ledger.begin(grader.grade)))
        stack.enter_context(_replace(forkserver, "_environment", _add_probe(board.name)))
        server = forkserver.ForkServer
        stack.enter_context(_replace(server, "fork", _note_server(server.fork, server_seconds)))
        stack.enter_context(_replace(server, "close", _note_server(server.close, server_seconds)))
        stack.enter_context(_replace(server, "reap", _note_child(server.reap, Path(board.name), children)))
        _grade(folder, assignment)
    count = sum(1 for _ in (folder / "reports" / assignment).glob("*/report.json")) - 1
    ledger.spent["the rest of the run"] = time.process_time() - ledger.begun - sum(ledger.spent.values())
    del children[0]
    phases = dict.fromkeys(phase for one in children for phase in one)
    return {
        "grader": {phase: 1000 * seconds / count for phase, seconds in ledger.spent.items()},
        "fork server": {"fork and reap": 1000 * (server_seconds[-1] - server_seconds[1]) / count},
        "sealed": {phase: 1000 * _average(children, phase) for phase in phases},
        "once": {
            "start-up and the first submission": 1000 * ledger.begun,
            "start of the fork server": 1000 * server_seconds[1],
        },
    }


def _grade(folder: Path, assignment: str) -> None:
    os.chdir(folder)
    with (
        (folder / "breakdown.log").open("w") as log,
        redirect_stdout(log),
        redirect_stderr(log),
        suppress(SystemExit),
    ):
        group.main(["grade", assignment, "-j", "1"], prog_name="autograder")


def _average(children: list[PhaseTimes], phase: str) -> float:
    return sum(one.get(phase, 0.0) for one in children) / len(children)


def _read_server_seconds(server: forkserver.ForkServer) -> float:
    """Processor time of the fork server: of the launched process and of the one it became."""
    launched = Path(f"/proc/{server.pid}")
    became = (launched / "task" / str(server.pid) / "children").read_text().split()
    files = [launched / "schedstat", *(Path(f"/proc/{pid}/schedstat") for pid in became)]
    return sum(int(file.read_text().split()[0]) for file in files) / 1e9


def _note_server(function: Callable[..., Any], seconds: list[float]) -> Callable[..., Any]:
    """The function, called after noting what the fork server has used so far."""

    def noting(server: forkserver.ForkServer, *args: Any) -> Any:
        with suppress(OSError):
            seconds.append(_read_server_seconds(server))
        return function(server, *args)

    return noting


def _add_probe(board: str) -> Callable[[Path], dict[str, str]]:
    environment = forkserver._environment
    more = {"PYTHONPATH": str(_PROBE), "AUTOGRADER_BOARD": board}
    return lambda base: environment(base) | more


def _note_child(reap: Callable[..., Any], board: Path, children: list[PhaseTimes]) -> Callable[..., Any]:
    """`reap`, which also notes what the child says of its phases."""

    def noting(*args: Any) -> Any:
        status = reap(*args)
        text = board.read_bytes().partition(b"\0")[0]
        spent: PhaseTimes = json.loads(text) if text else {}
        alive = spent.pop("alive", 0.0)
        spent["messages"] = alive - sum(spent.values())
        spent["end"] = status.cpu_seconds - alive
        children.append(spent)
        return status

    return noting


@contextmanager
def _replace(owner: Any, name: str, value: Any) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    print(json.dumps(measure(Path(sys.argv[1]), *sys.argv[2:]), indent=1))
