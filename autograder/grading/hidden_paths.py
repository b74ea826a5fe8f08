"""Paths of the machine that grades, kept out of reports: a file of a library is called as it is imported."""

import re
import tempfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import autograder
from autograder.domain.answer import ExampleRun
from autograder.domain.report import CellRun, Report
from autograder.sandbox.interpreter import Interpreter

_LIBRARY = r"/lib(?:64)?/python3\.\d+(?:/(?:site|dist)-packages|/lib-dynload)?"
_SHARED = frozenset(("/usr", "/usr/local"))
"""Roots of a system's own Python, below which lies much that students may name themselves."""
_HERE = re.escape(tempfile.gettempdir())


def hide_paths(report: Report, interpreter: Interpreter) -> Report:
    """The report as its student reads it: `numpy/linalg/_linalg.py`, wherever that lies on this machine."""
    verdicts = tuple(
        replace(verdict, examples=tuple(_hide_in_example(one, interpreter) for one in verdict.examples))
        for verdict in report.verdicts
    )
    return replace(
        report, cells=tuple(_hide_in_cell(cell, interpreter) for cell in report.cells), verdicts=verdicts
    )


def hide_in_text(text: str, interpreter: Interpreter) -> str:
    """A text without the folders of an interpreter, of this program, and of the run that wrote it."""
    if "/" not in text:
        return text
    libraries, roots, own, scratch = _patterns(interpreter.roots)
    text = own.sub("autograder", scratch.sub(".", text))
    return roots.sub("python", libraries.sub("", text))


@lru_cache
def _patterns(roots: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """What is left out: folders of libraries, of interpreters, of this program, of a run."""
    longest = sorted(roots, key=len, reverse=True)
    every = "|".join(map(re.escape, longest))
    alone = "|".join(re.escape(root) for root in longest if root not in _SHARED)
    end = r"(?![\w.-])"
    return (
        re.compile(rf"(?:{every}){_LIBRARY}/"),
        re.compile(
            rf"(?:{every})(?:{_LIBRARY}|/lib/python3\d+\.zip){end}" + (f"|(?:{alone}){end}" if alone else "")
        ),
        re.compile(re.escape(str(Path(autograder.__file__).parent)) + end),
        re.compile(rf"{_HERE}/autograder-\w{{8}}(?:/run-\w{{8}})?"),
    )


def _hide_in_cell(cell: CellRun, interpreter: Interpreter) -> CellRun:
    return replace(
        cell,
        printed=hide_in_text(cell.printed, interpreter),
        displayed=tuple(hide_in_text(text, interpreter) for text in cell.displayed),
        message=hide_in_text(cell.message, interpreter),
        traceback=hide_in_text(cell.traceback, interpreter),
    )


def _hide_in_example(run: ExampleRun, interpreter: Interpreter) -> ExampleRun:
    return replace(
        run,
        traceback=hide_in_text(run.traceback, interpreter),
        answer=hide_in_text(run.answer, interpreter),
        expected=hide_in_text(run.expected, interpreter),
    )
