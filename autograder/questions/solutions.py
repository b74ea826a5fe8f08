"""The solutions of an assignment, a module or a package: loaded, hashed, and evaluated once per revision.

What is evaluated is the value of every reference and every known mistake on every case.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from autograder.access import Access
from autograder.domain.answer import Answer, Batch, Call, Ending
from autograder.domain.counts import describe_count
from autograder.domain.course import MOST_QUESTIONS_SECONDS, Limits
from autograder.domain.given_marks import as_written
from autograder.errors import CourseError, Flaw, JudgingError
from autograder.questions.arguments import make_argument
from autograder.questions.case_score import CaseScore
from autograder.questions.cases import Case, Group
from autograder.questions.compare import largest
from autograder.questions.files import SolutionsFiles, find_solutions
from autograder.questions.importing import import_solutions, locate_error
from autograder.questions.in_process import run_here
from autograder.questions.kept import keep, read_kept
from autograder.questions.memo import Memo
from autograder.questions.proof_file import read_proof
from autograder.questions.question import Mistake, Question, questions_of
from autograder.questions.revision import compute_revision, derive_seed
from autograder.questions.score_case import score_case
from autograder.questions.stopwatch import Stopwatch
from autograder.questions.written import Written, written_of
from autograder.quiet import quiet
from autograder.timeout import TimeIsUpError, at_most

Made = TypeVar("Made")
_SECONDS = 60.0
"""What an author's reference may take in one case, and drawing all cases of a question."""
_MISTAKE_SECONDS = 2.0
_TRIES = 3
"""Cases in which a known mistake has the chance to come to an end."""


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What is known of a question once its cases are evaluated: one entry per case, speed cases last."""

    reference: tuple[Answer, ...]
    scales: tuple[Any, ...]
    mistakes: Mapping[str, tuple[Answer, ...]]
    """Per mistake, one answer per case that is not a speed case."""
    symptoms: Mapping[str, tuple[CaseScore, ...]] = field(default_factory=dict)
    """Per mistake, the scores of these cases, where an author's rule judges."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A question with its cases drawn and its expected values known; speed cases come last."""

    question: Question
    cases: tuple[Case, ...]
    expected: Expected
    batch: Batch
    """All cases but the speed cases."""
    stopwatch: Stopwatch = field(default_factory=Stopwatch)
    memo: Memo[Any] = field(default_factory=Memo)
    """The judged ordinary cases, by how they were answered."""

    @property
    def ordinary(self) -> int:
        """How many cases are not speed cases."""
        return len(self.batch.calls)

    def budget(self, usual: float) -> float:
        """Seconds for all ordinary cases; `usual` is what a question without limits of its own may take."""
        each = self.question.seconds_per_case
        by_case = usual if each is None else max(usual, min(each * self.ordinary, MOST_QUESTIONS_SECONDS))
        return self.question.seconds or by_case


@dataclass(frozen=True, slots=True, eq=False)
class Solutions:
    """The hidden side of one assignment: its questions, ready to judge with."""

    assignment: str
    revision: str
    questions: tuple[Prepared, ...]
    written: tuple[Written, ...] = ()
    """The parts that a person marks."""


def load(path: Path, *, proof: bool = False) -> tuple[Question, ...]:
    """The questions of a solutions module or package, in the order they are written.

    Args:
        path: `NAME.py`, or the folder of the package.
        proof: whether its proof file is read as well, which adds other right ways and equivalent edits.

    Raises:
        CourseError: a file is missing or cannot be run, there is no question, or one name twice.
    """
    return _load(find_solutions(path), proof=proof)[0]


def _load(files: SolutionsFiles, *, proof: bool) -> tuple[tuple[Question, ...], tuple[Written, ...]]:
    """What the solutions ask: of code, and of a person who marks."""
    namespaces = [vars(module) for module in import_solutions(files)]
    # A name that one file imports from another is the same question, asked once.
    questions = tuple(dict.fromkeys(q for names in namespaces for q in questions_of(names)))
    by_hand = tuple(dict.fromkeys(part for names in namespaces for part in written_of(names)))
    if not questions and not by_hand:
        nothing = Flaw(str(files.root), "defines no question", "decorate references with @question")
        raise CourseError([nothing])
    called = Counter([*(question.name for question in questions), *(part.title for part in by_hand)])
    twice = [name for name, count in called.items() if count > 1]
    flaws = [Flaw(f"{files.root}: {name}", "is defined twice", "rename one") for name in twice]
    for part in by_hand:
        if part.offered != part.points:
            points = describe_count(part.points, "point")
            what = f"its rubric adds up to {as_written(part.offered)}, and it has {points}"
            flaws.append(Flaw(f"{files.root}: {part.title}", what, "make them equal"))
    if flaws:
        raise CourseError(flaws)
    if proof:
        read_proof(files, (*questions, *by_hand))
    return questions, by_hand


def prepare(
    assignment: str,
    path: Path,
    *,
    secret: bytes,
    limits: Limits,
    kept: Path | None = None,
    access: Access = Access(),  # noqa: B008 - frozen
    proof: bool = False,
) -> Solutions:
    """Load the solutions and evaluate their references and mistakes, or read what was kept of that.

    Args:
        assignment: its name, from which with `secret` the cases are drawn.
        path: the solutions: `NAME.py`, or the folder of a package.
        secret: the course's own.
        limits: part of the revision, since they decide marks.
        kept: folder of kept values; None keeps nothing.
        access: who may read what is kept.
        proof: whether the proof file is read as well. No mark depends on it.

    Raises:
        CourseError: the solutions cannot be run, or cases cannot be drawn or evaluated.
    """
    files = find_solutions(path)
    questions, by_hand = _load(files, proof=proof)
    revision = compute_revision(path, assignment, secret=secret, limits=limits)
    drawn = _for_each(questions, files, lambda question: _draw(question, assignment, secret))
    known = read_kept(kept, revision, secret=secret) if kept else None
    if known is None:
        known = _for_each(questions, files, lambda question: _evaluate(question, drawn[question.name]))
        if kept:
            keep(kept, revision, secret=secret, values=known, access=access)
    prepared = []
    for question in questions:
        cases, expected = drawn[question.name], known[question.name]
        _lock(answer.value for answer in expected.reference)
        calls = tuple(case.call for case in cases if case.group is not Group.SPEED)
        batch = Batch(calls, question.seconds_per_case or limits.seconds_per_case)
        prepared.append(Prepared(question, cases, expected, batch))
    return Solutions(assignment, revision, tuple(prepared), by_hand)


def _for_each(
    questions: Iterable[Question], files: SolutionsFiles, make: Callable[[Question], Made]
) -> dict[str, Made]:
    """What `make` makes of every question; all that fails is reported at once."""
    made_of, flaws = {}, []
    for question in questions:
        try:
            with quiet():
                made_of[question.name] = make(question)
        except CourseError as error:
            place = files.place_of(question.reference)
            flaws += [Flaw(f"{place}: {question.name}", f.what, f.allowed) for f in error.flaws]
        except TimeIsUpError as error:
            where = locate_error(error, files)
            what = f"takes more than {_SECONDS:g} s"
            flaws.append(Flaw(f"{where}: {question.name}", what, "look for a loop that never ends"))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - an author's function may fail in any way
            where = locate_error(error, files, otherwise=files.place_of(question.reference))
            flaws.append(Flaw(f"{where}: {question.name}", f"{type(error).__name__}: {error}"))
    if flaws:
        raise CourseError(flaws)
    return made_of


def _draw(question: Question, assignment: str, secret: bytes) -> tuple[Case, ...]:
    """The cases of a question, core first: a hang in one group costs only what comes after it."""
    seed = int.from_bytes(derive_seed(secret, f"{assignment}/{question.name}"), "big")
    with at_most(_SECONDS):
        cases = question.draw(np.random.default_rng(seed))
    if not any(case.group is Group.CORE for case in cases):
        raise CourseError([Flaw("", "has no core case", f"yield core(...) in @{question.name}.cases")])
    for case in cases:
        try:
            question.signature.bind(*case.call.args, **case.call.kwargs)
        except TypeError as error:
            what = f"cannot be called in the {case.group} case {case.label!r}: {error}"
            raise CourseError(
                [Flaw("", what, f"give it what {question.name}{question.signature} takes")]
            ) from error
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
    reference = tuple(_refer(question, case) for case in cases)
    mistakes = {mistake.name: _try_mistake(mistake, ordinary) for mistake in question.mistakes}
    with at_most(_SECONDS * len(cases)):
        scales = tuple(_compute_scale(question, case.call) for case in cases)
    return Expected(
        reference=reference,
        scales=scales,
        mistakes=mistakes,
        symptoms=_score_mistakes(question, ordinary, reference, mistakes),
    )


def _refer(question: Question, case: Case) -> Answer:
    """The value of a reference in a case. CourseError where it does not come to an end."""
    answer = run_here(question.reference, case.call, seconds=_SECONDS)
    if answer.ending is Ending.TIMED_OUT:
        what = f"its reference takes more than {_SECONDS:g} s in the case {case.label!r}"
        raise CourseError([Flaw("", what, "make the case smaller, or look for a loop that never ends")])
    return answer


def _try_mistake(mistake: Mistake, cases: Sequence[Case]) -> tuple[Answer, ...]:
    """What a mistake answers; one that never ends is not waited for in every case."""
    answers: list[Answer] = []
    for case in cases:
        endless = len(answers) >= _TRIES and all(each.ending is Ending.TIMED_OUT for each in answers)
        given = Answer(Ending.TIMED_OUT) if endless else None
        answers.append(given or run_here(mistake.function, case.call, seconds=_MISTAKE_SECONDS))
    return tuple(answers)


def _score_mistakes(
    question: Question,
    cases: Sequence[Case],
    reference: Sequence[Answer],
    mistakes: Mapping[str, Sequence[Answer]],
) -> dict[str, tuple[CaseScore, ...]]:
    """The score of every mistake in every case, where an author's rule judges."""
    if not question.comparison.own:
        return {}
    found = {}
    for name, answers in mistakes.items():
        # A rule that fails on a mistake is reported by `check`; until then its symptoms are unknown.
        with suppress(JudgingError):
            found[name] = tuple(
                score_case(question, case, expected, None, answer)
                for case, expected, answer in zip(cases, reference, answers, strict=False)
            )
    return found


def _compute_scale(question: Question, call: Call) -> Any:
    if question.scaling is None:
        return None
    scale = question.scaling(
        *map(make_argument, call.args), **{k: make_argument(v) for k, v in call.kwargs.items()}
    )
    return scale if isinstance(scale, tuple | list | Mapping) else largest(scale)
