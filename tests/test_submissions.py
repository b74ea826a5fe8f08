"""Sample submissions, graded by the real pipeline: each report says what its student deserves.

tests/submissions/ASSIGNMENT/CASE/ holds a notebook and what must hold of its report: per question the exact
mark, the outcome and the recognised mistake; the score so far (a part that a person marks has none yet); and
what is said, by key and variables, or in the words of an author. The marks are worked out by hand, from the
shares of the case groups and the credits of mistakes.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENT, patient

from autograder.demo.classroom import ARCHETYPES, MISTAKEN
from autograder.domain.course import AssignmentSettings, Limits
from autograder.domain.report import CellEnding, Report
from autograder.domain.report_json import to_json
from autograder.domain.sentences import Sentence, sentence_to_json
from autograder.domain.submission import ReceivedBy, Submission
from autograder.errors import IsolationError
from autograder.grading.assignment import OpenAssignment
from autograder.grading.grade import grade
from autograder.notebook.other_homework import OtherHomework
from autograder.notebook.released import Released
from autograder.questions.solutions import load, prepare
from autograder.sandbox.runner import Runner

ROOT = Path(__file__).parents[1]
SUBMISSIONS = ROOT / "tests/submissions"
NOTEBOOKS = {path.stem: path for path in (ROOT / "assignments").glob("*/*.ipynb")}
SECRET = b"the cases of these tests are no secret"
IMPATIENT = Limits(seconds_per_cell=2.0, seconds_per_question=4.0)
"""For samples in which something never ends."""
THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
RECEIVED = datetime(2026, 10, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """One sample submission and what is expected of its report."""

    assignment: str
    name: str
    notebook: bytes
    expected: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.assignment}-{self.name}"

    @property
    def limits(self) -> Limits:
        endless = self.name == "cell_loops_forever" or "0 timed_out" in self.expected["questions"].values()
        return IMPATIENT if endless else PATIENT


def read_cases() -> Iterator[Case]:
    for expected in sorted(SUBMISSIONS.glob("*/*/expected.json")):
        folder = expected.parent
        text = json.loads(expected.read_text(encoding="utf-8"))
        if text.get("python", THIS_PYTHON) != THIS_PYTHON:  # another reads what this one does not
            continue
        yield Case(folder.parent.name, folder.name, (folder / "notebook.ipynb").read_bytes(), text)


CASES = {str(case): case for case in read_cases()}


@cache
def assignment(name: str) -> OpenAssignment:
    released = (ROOT / f"assignments/{name}/{name}.ipynb").read_bytes()
    solutions = prepare(name, ROOT / f"solutions/{name}.py", secret=SECRET, limits=PATIENT)
    settings = AssignmentSettings(name, name, weight=Fraction(1))
    others = tuple(homework for each in sorted(NOTEBOOKS) if each != name and (homework := other(each)))
    return OpenAssignment(settings, Released.from_content(released), patient(solutions), others=others)


@cache
def limited(name: str, limits: Limits, question: str) -> OpenAssignment:
    """The assignment with these limits: one, for which its public examples are prepared once."""
    opened = assignment(name)
    opened = replace(opened, settings=replace(opened.settings, limits=limits))
    return opened.only(question) if question else opened


@cache
def other(name: str) -> OtherHomework | None:
    """An assignment, as the others know it."""
    return OtherHomework.of(name, NOTEBOOKS[name].read_bytes())


Grading = Callable[[str], Report]


@pytest.fixture(scope="module")
def graded() -> Iterator[Grading]:
    """The report on a sample, graded once for all tests that look at it.

    At whatever level this machine reaches: these are our own notebooks.
    """
    with Runner(preload=("matplotlib.pyplot",), accept_level=1) as warm:
        yield cache(lambda name: grade_sample(CASES[name], warm))


def grade_sample(case: Case, runner: Runner, *, question: str = "") -> Report:
    """The report on a sample; on one question alone where it is named, which takes a quarter of the time."""
    submission = Submission(
        student=case.name,
        assignment=case.assignment,
        content=case.notebook,
        received=RECEIVED,
        received_by=ReceivedBy.SERVER,
        filename=f"{case.assignment}.ipynb",
    )
    try:
        return grade(submission, limited(case.assignment, case.limits, question), runner)
    except IsolationError as problem:
        pytest.skip(f"student code cannot be run here at all: {problem}")


def marks(report: Report) -> dict[str, str]:
    """Per question, the exact mark, the outcome and the recognised mistake, in one line."""
    return {
        v.question: " ".join(str(part) for part in (v.mark, v.outcome, v.mistake) if part is not None)
        for v in report.verdicts
    }


NEVER_END = {"gradients-loops_forever", "convexity-stuck_in_the_middle", "descent-stuck_in_the_middle"}
"""They use up their limits, which takes half a minute; `cell_loops_forever` stands for them every day."""
TAKE_LONG = {"final-error_carried_forward"}
"""Another homework shows every day what is said of an error that was carried forward."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.soak] * (name in NEVER_END | TAKE_LONG)) for name in CASES]
)
def test_each_sample_earns_what_it_deserves(name: str, graded: Grading) -> None:
    case = CASES[name]
    for library in case.expected.get("needs", ()):
        pytest.importorskip(library)
    report, expected = graded(name), case.expected
    assert marks(report) == expected["questions"]
    assert report.score_so_far == Fraction(expected["score"])
    assert expected.get("trouble", "") in str(report.trouble)
    assert bool(report.trouble) is ("trouble" in expected)
    verdicts = {verdict.question: verdict for verdict in report.verdicts}
    for question, sentence in expected["sentences"].items():
        verdict = verdicts[question]
        if isinstance(sentence, str):  # an author's words
            assert sentence in f"{verdict.sentence} {verdict.hint}"
        else:
            assert sentence in [*map(as_expected, (verdict.sentence, *verdict.notes))]
    for sentence in expected["notes"]:
        assert sentence in [*map(as_expected, report.notes)]


def as_expected(sentence: Sentence) -> dict[str, Any]:
    """A sentence as expected.json has it: its words are tested once, in tests/domain."""
    return {"key": sentence.key, "values": sentence_to_json(sentence)}


def test_every_assignment_that_is_released_has_samples() -> None:
    released = {path.parent.name for path in (ROOT / "assignments").glob("*/*.ipynb")}
    assert released == {case.assignment for case in CASES.values()}


def test_every_question_that_builds_on_another_is_shown_beside_a_wrong_one() -> None:
    """Whose earlier function was wrong or missing keeps nine tenths of what builds on it."""
    carried = {
        (case.assignment, question)
        for case in CASES.values()
        for question, mark in case.expected["questions"].items()
        if mark == "9/10 wrong" and question in builds_on_others(case.assignment)
    }
    names = {case.assignment for case in CASES.values()}
    assert carried == {(name, question) for name in names for question in builds_on_others(name)}


@cache
def builds_on_others(name: str) -> frozenset[str]:
    """The questions of an assignment that name earlier ones as what they need."""
    return frozenset(q.name for q in load(ROOT / f"solutions/{name}.py") if q.needs)


def test_every_archetype_of_the_sample_class_has_an_expected_report() -> None:
    samples = {case.name for case in CASES.values() if case.assignment == "gradients"}
    assert set(ARCHETYPES) - {MISTAKEN} <= samples


def test_the_hint_for_a_symmetric_formula_does_not_give_the_answer_away(graded: Grading) -> None:
    """Whoever wrote 2 * A @ w is told that it holds for some matrices only, and nothing that is hidden."""
    report = graded("gradients-takes_A_symmetric")
    verdict = next(v for v in report.verdicts if v.question == "quad_grad")
    assert verdict.mark == Fraction(1, 4)
    assert str(verdict.sentence) == "Your formula is right for some matrices only."
    told = json.dumps([q for q in to_json(report)["questions"] if q["name"] == "quad_grad"])
    assert not [words for words in hidden_words("quad_grad") if words in told]


def hidden_words(question: str) -> set[str]:
    """What no student may read: the reference's formula, labels, arguments and expected values of cases."""
    prepared = next(p for p in assignment("gradients").solutions.questions if p.question.name == question)
    words = {"A.T", "transpose", "A + A"} | {case.label for case in prepared.cases} - {"d=1"}
    arrays = [a for case in prepared.cases for a in case.call.args if a.any()]
    arrays += [answer.value for answer in prepared.expected.reference if answer.value.any()]
    return words | {repr(float(number)) for a in arrays for number in a.ravel() if number % 1}


def test_a_loop_in_a_cell_costs_that_cell_only(graded: Grading) -> None:
    report = graded("gradients-cell_loops_forever")
    assert [cell.ending for cell in report.cells if "while step" in cell.source] == [CellEnding.TIMED_OUT]


def test_a_million_lines_are_cut_and_said_to_be(graded: Grading) -> None:
    report = graded("gradients-million_lines")
    [cell] = [cell for cell in report.cells if "1_000_000" in cell.source]
    assert cell.cut
    assert len(cell.printed) <= 2 * 1024 * PATIENT.output_kb


def test_pictures_of_a_notebook_are_in_its_report(graded: Grading) -> None:
    for name, figures in (("gradients-plots", 3), ("descent-right", 1)):
        assert sum(len(cell.figures) for cell in graded(name).cells) == figures
