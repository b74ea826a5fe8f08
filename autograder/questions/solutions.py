"""A solutions module: loaded, hashed, and evaluated once per revision.

What is evaluated is the value of every reference and every known mistake on every case.
"""

import ast
import hashlib
import hmac
import importlib.util
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, TypeVar

import numpy as np

from autograder.domain.answer import Answer, Batch, Call
from autograder.domain.course import Limits
from autograder.errors import CourseError, Flaw, JudgingError
from autograder.questions.arguments import made
from autograder.questions.case_score import Standing
from autograder.questions.cases import Case, Group
from autograder.questions.compare import largest
from autograder.questions.in_process import attempt
from autograder.questions.kept import keep, read_kept
from autograder.questions.memo import Alike
from autograder.questions.question import Question, questions_of
from autograder.questions.quick_compare import Row, Yardstick, yardstick_of
from autograder.questions.score_case import tolerance_of, weigh
from autograder.questions.stopwatch import Stopwatch
from autograder.questions.written import Written, written_of

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What is known of a question once its cases are evaluated: one entry per case, speed cases last."""

    reference: tuple[Answer, ...]
    scales: tuple[Any, ...]
    mistakes: Mapping[str, tuple[Answer, ...]]
    """Per mistake, one answer per case that is not a speed case."""
    symptoms: Mapping[str, tuple[Standing, ...]] = field(default_factory=dict)
    """Per mistake, how these cases stand, where an author's rule judges."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A question with its cases drawn and its expected values known; speed cases come last."""

    question: Question
    cases: tuple[Case, ...]
    expected: Expected
    batch: Batch
    """All cases but the speed cases."""
    yardsticks: tuple[Yardstick | Row | None, ...]
    """Per case, where values are compared by scaled error."""
    stopwatch: Stopwatch = field(default_factory=Stopwatch)
    weighed: Alike[Any] = field(default_factory=Alike)
    """How ordinary cases went, by how they were answered: exhibits."""

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
    written: tuple[Written, ...] = ()
    """The parts that a person marks."""


def load(path: Path) -> tuple[Question, ...]:
    """The questions of a solutions module, in the order they are written.

    Raises:
        CourseError: the file is missing, cannot be run, holds no question or one name twice.
    """
    return _load(path)[0]


def _load(path: Path) -> tuple[tuple[Question, ...], tuple[Written, ...]]:
    """What a solutions module asks: of code, and of a person who marks."""
    names = vars(_module(path))
    questions, by_hand = tuple(questions_of(names)), tuple(written_of(names))
    if not questions and not by_hand:
        raise CourseError([Flaw(str(path), "defines no question", "decorate references with @question")])
    called = Counter([*(question.name for question in questions), *(part.title for part in by_hand)])
    twice = [name for name, count in called.items() if count > 1]
    flaws = [Flaw(f"{path}: {name}", "is defined twice", "rename one") for name in twice]
    for part in by_hand:
        if part.offered != part.points:
            what = f"its rubric adds up to {part.offered}, and it has {part.points} points"
            flaws.append(Flaw(f"{path}: {part.title}", what, "make them equal"))
    if flaws:
        raise CourseError(flaws)
    return questions, by_hand


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

    Raises:
        CourseError: the module cannot be run, or cases cannot be drawn or evaluated.
    """
    questions, by_hand = _load(path)
    revision = revision_of(path, assignment, secret=secret, limits=limits)
    drawn = _for_each(questions, path, lambda question: _draw(question, assignment, secret))
    known = read_kept(kept, revision, secret=secret) if kept else None
    if known is None:
        known = _for_each(questions, path, lambda question: _evaluate(question, drawn[question.name]))
        if kept:
            keep(kept, revision, secret=secret, values=known)
    prepared = tuple(_prepared(q, drawn[q.name], known[q.name]) for q in questions)
    return Solutions(assignment, revision, prepared, by_hand)


def _for_each(questions: Iterable[Question], path: Path, make: Callable[[Question], Made]) -> dict[str, Made]:
    """What `make` makes of every question; all that fails is reported at once."""
    made_of, flaws = {}, []
    for question in questions:
        try:
            made_of[question.name] = make(question)
        except CourseError as error:
            flaws += [Flaw(f"{path}: {question.name}", f.what, f.allowed) for f in error.flaws]
        except Exception as error:  # noqa: BLE001 - an author's function may fail in any way
            where = f"{path}{_line_of(error, path)}: {question.name}"
            flaws.append(Flaw(where, f"{type(error).__name__}: {error}"))
    if flaws:
        raise CourseError(flaws)
    return made_of


def revision_of(path: Path, assignment: str, *, secret: bytes, limits: Limits) -> str:
    """The hash of what decides a mark: the module's code without docstrings, the limits and the case seed."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if not _declares_equivalents(node)]
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
            and ast.get_docstring(node) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    parts = [ast.dump(tree), repr(sorted(asdict(limits).items())), _seed(secret, assignment).hex()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _declares_equivalents(node: ast.stmt) -> bool:
    """Whether it is `question.equivalent(...)`, which only a check before release reads."""
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "equivalent"


class _Source(SourceFileLoader):
    """Loads what is written: Python's byte code would hide an edit of the same length within a second."""

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = self.source_to_code(self.get_data(self.path), self.path)
        return code


def _module(path: Path) -> ModuleType:
    name = f"_solutions_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path, loader=_Source(name, str(path)))
    if spec is None or spec.loader is None or not path.is_file():
        raise CourseError(
            [Flaw(str(path), "there is no such file", "write the references of the assignment there")]
        )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # inspect.getsource looks there
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # an author's file may fail in any way
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


def _draw(question: Question, assignment: str, secret: bytes) -> tuple[Case, ...]:
    """The cases of a question, core first: a hang in one group costs only what comes after it."""
    seed = int.from_bytes(_seed(secret, f"{assignment}/{question.name}"), "big")
    cases = question.draw(np.random.default_rng(seed))
    if not any(case.group is Group.CORE for case in cases):
        raise CourseError([Flaw("", "has no core case", f"yield core(...) in @{question.name}.cases")])
    for case in cases:
        _lock(value for _, value in case.call.named())
    order = list(Group)
    return tuple(sorted(cases, key=lambda case: order.index(case.group)))


def _lock(values: Iterable[Any]) -> None:
    """Make arrays read-only: an author's rule that wrote into them would change the next student's case."""
    for value in values:
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
        elif isinstance(value, tuple | list):
            _lock(value)


def _evaluate(question: Question, cases: tuple[Case, ...]) -> Expected:
    ordinary = [case for case in cases if case.group is not Group.SPEED]
    reference = tuple(attempt(question.reference, case.call, seconds=60.0) for case in cases)
    mistakes = {
        mistake.name: tuple(attempt(mistake.function, case.call, seconds=2.0) for case in ordinary)
        for mistake in question.mistakes
    }
    return Expected(
        reference=reference,
        scales=tuple(_scale(question, case.call) for case in cases),
        mistakes=mistakes,
        symptoms=_symptoms(question, ordinary, reference, mistakes),
    )


def _symptoms(
    question: Question,
    cases: Sequence[Case],
    reference: Sequence[Answer],
    mistakes: Mapping[str, Sequence[Answer]],
) -> dict[str, tuple[Standing, ...]]:
    """How every mistake stands, case by case, where an author's rule judges."""
    if question.acceptance is None and not callable(question.compare):
        return {}
    found = {}
    for name, answers in mistakes.items():
        # A rule that fails on a mistake is reported by `check`; until then its symptoms are unknown.
        with suppress(JudgingError):
            found[name] = tuple(
                weigh(question, case, expected, None, answer)
                for case, expected, answer in zip(cases, reference, answers, strict=False)
            )
    return found


def _scale(question: Question, call: Call) -> Any:
    if question.scaling is None:
        return None
    scale = question.scaling(*map(made, call.args), **{k: made(v) for k, v in call.kwargs.items()})
    return scale if isinstance(scale, tuple | list | Mapping) else largest(scale)


def _prepared(question: Question, cases: tuple[Case, ...], expected: Expected) -> Prepared:
    calls = tuple(case.call for case in cases if case.group is not Group.SPEED)
    _lock(answer.value for answer in expected.reference)
    return Prepared(question, cases, expected, Batch(calls), _yardsticks(question, cases, expected))


def _yardsticks(
    question: Question, cases: Sequence[Case], expected: Expected
) -> tuple[Yardstick | Row | None, ...]:
    if question.acceptance is not None or question.compare != "values":
        return (None,) * len(cases)
    return tuple(
        yardstick_of(answer, scale, tolerance_of(question, case).right)
        for case, answer, scale in zip(cases, expected.reference, expected.scales, strict=True)
    )
