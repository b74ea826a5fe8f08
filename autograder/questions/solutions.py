"""A solutions module: loaded, hashed, and evaluated once per revision.

What is evaluated (the value of every reference and every known mistake on every case) is kept in the course's
private folder, signed with the course's secret: a kept file that was not written with it is not read.
"""

import ast
import hashlib
import hmac
import importlib.util
import pickle
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from autograder import __version__
from autograder.domain.answer import Answer, Batch, Call
from autograder.domain.course import Limits
from autograder.errors import CourseError, Flaw
from autograder.questions.arguments import made
from autograder.questions.cases import Case, Group
from autograder.questions.question import Question, questions_of
from autograder.questions.stopwatch import Stopwatch
from autograder.questions.trial import attempt


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What is known of a question once its cases are evaluated: one entry per case, speed cases last."""

    reference: tuple[Answer, ...]
    scales: tuple[Any, ...]
    mistakes: Mapping[str, tuple[Answer, ...]]
    """Per mistake, one answer per case that is not a speed case."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A question with its cases drawn and its expected values known; speed cases come last."""

    question: Question
    cases: tuple[Case, ...]
    expected: Expected
    batch: Batch
    """All cases but the speed cases."""
    stopwatch: Stopwatch = field(default_factory=Stopwatch)

    @property
    def ordinary(self) -> int:
        """How many cases are not speed cases."""
        return len(self.batch.calls)


@dataclass(frozen=True, slots=True, eq=False)
class Solutions:
    """The hidden side of one assignment: its questions, ready to judge with."""

    assignment: str
    revision: str
    questions: tuple[Prepared, ...]


def load(path: Path) -> tuple[Question, ...]:
    """The questions of a solutions module, in the order they are written.

    Raises:
        CourseError: the file is missing, cannot be run, or holds no question.
    """
    questions = tuple(questions_of(vars(_module(path))))
    flaws = (
        [] if questions else [Flaw(str(path), "defines no question", "decorate references with @question")]
    )
    flaws += [
        Flaw(f"{path}: {question.name}", "has no cases", f"write @{question.name}.cases")
        for question in questions
        if not question.draw(np.random.default_rng(0))
    ]
    if flaws:
        raise CourseError(flaws)
    return questions


def prepare(
    assignment: str, path: Path, *, secret: bytes, limits: Limits, kept: Path | None = None
) -> Solutions:
    """Load a solutions module and evaluate its references and mistakes, or read what was kept of that.

    Args:
        assignment: its name, from which with `secret` the cases are drawn.
        path: the solutions module.
        secret: the course's own.
        limits: part of the revision, since they decide marks.
        kept: folder of kept values; None keeps nothing.
    """
    questions = load(path)
    revision = revision_of(path, assignment, secret=secret, limits=limits)
    drawn = {q.name: _draw(q, assignment, secret) for q in questions}
    expected = _read_kept(kept, revision, secret) if kept else None
    if expected is None:
        expected = {q.name: _evaluate(q, drawn[q.name]) for q in questions}
        if kept:
            _keep(kept, revision, secret, expected)
    prepared = tuple(_prepared(q, drawn[q.name], expected[q.name]) for q in questions)
    return Solutions(assignment, revision, prepared)


def revision_of(path: Path, assignment: str, *, secret: bytes, limits: Limits) -> str:
    """The hash of what decides a mark: the module's code without docstrings, the limits and the case seed."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
            and ast.get_docstring(node) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    parts = [ast.dump(tree), repr(sorted(asdict(limits).items())), _seed(secret, assignment).hex()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"_solutions_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise CourseError(
            [Flaw(str(path), "there is no such file", "write the references of the assignment there")]
        )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # inspect.getsource looks there
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # an author's file may fail in any way
        raise CourseError(
            [Flaw(f"{path}{_line_of(error, path)}", f"{type(error).__name__}: {error}")]
        ) from error
    return module


def _line_of(error: BaseException, path: Path) -> str:
    if isinstance(error, SyntaxError):
        return f":{error.lineno}"
    lines, step = [], error.__traceback__
    while step:
        if step.tb_frame.f_code.co_filename == str(path):
            lines.append(step.tb_lineno)
        step = step.tb_next
    return f":{lines[-1]}" if lines else ""


def _seed(secret: bytes, name: str) -> bytes:
    return hmac.new(secret, name.encode(), hashlib.sha256).digest()


def _signature(secret: bytes, content: bytes) -> bytes:
    return hmac.new(secret, content, hashlib.sha256).digest()


def _draw(question: Question, assignment: str, secret: bytes) -> tuple[Case, ...]:
    seed = int.from_bytes(_seed(secret, f"{assignment}/{question.name}"), "big")
    cases = question.draw(np.random.default_rng(seed))
    return tuple(sorted(cases, key=lambda case: case.group is Group.SPEED))


def _evaluate(question: Question, cases: tuple[Case, ...]) -> Expected:
    ordinary = [case for case in cases if case.group is not Group.SPEED]
    return Expected(
        reference=tuple(attempt(question.reference, case.call, seconds=60.0) for case in cases),
        scales=tuple(_scale(question, case.call) for case in cases),
        mistakes={
            mistake.name: tuple(attempt(mistake.function, case.call, seconds=2.0) for case in ordinary)
            for mistake in question.mistakes
        },
    )


def _scale(question: Question, call: Call) -> Any:
    if question.scaling is None:
        return None
    return question.scaling(*map(made, call.args), **{k: made(v) for k, v in call.kwargs.items()})


def _prepared(question: Question, cases: tuple[Case, ...], expected: Expected) -> Prepared:
    calls = tuple(case.call for case in cases if case.group is not Group.SPEED)
    return Prepared(question, cases, expected, Batch(calls))


def _kept_file(folder: Path, revision: str) -> Path:
    return folder / f"{revision}-{__version__}-numpy{np.__version__}.expected"


def _keep(folder: Path, revision: str, secret: bytes, expected: Mapping[str, Expected]) -> None:
    content = pickle.dumps(dict(expected))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    final = _kept_file(folder, revision)
    partial = final.with_suffix(f".{hashlib.sha256(content).hexdigest()[:8]}.partial")
    partial.write_bytes(_signature(secret, content) + content)
    partial.chmod(0o600)
    partial.replace(final)


def _read_kept(folder: Path, revision: str, secret: bytes) -> dict[str, Expected] | None:
    file = _kept_file(folder, revision)
    if not file.is_file():
        return None
    signed = file.read_bytes()
    signature, content = signed[:32], signed[32:]
    if not hmac.compare_digest(signature, _signature(secret, content)):
        return None
    kept: dict[str, Expected] = pickle.loads(content)  # noqa: S301 - signed by ourselves
    return kept
