"""What grading one submission produced, and what a student may read of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from autograder.domain.answer import ExampleRun
from autograder.domain.answer_print import AnswerPrint
from autograder.domain.limit import Limit
from autograder.domain.receipt import Receipt
from autograder.domain.sentences import SILENT, Sentence


class Outcome(StrEnum):
    """How a question ended."""

    RIGHT = "right"
    WRONG = "wrong"
    """Wrong, or partly right: the mark is below 1."""
    RAISED = "raised"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    NOT_ATTEMPTED = "not_attempted"
    AWAITING_MARK = "awaiting_mark"
    """A written part that a person marks: no alarm."""
    MARKED = "marked"
    """A written part that a person has marked."""
    NO_POINTS = "no_points"
    """Nobody judges it, and it is worth nothing, so that nothing waits for it."""
    UNJUDGED = "unjudged"
    """Our fault or the author's: a person looks."""


@dataclass(frozen=True, slots=True)
class GroupScore:
    """How a group of hidden cases went. Its name and worth are all that is told of it."""

    name: str
    share: Fraction
    """Part of the question's points, all groups together 1."""
    worth: Fraction
    """Earned part of that share, between 0 and 1."""


@dataclass(frozen=True, slots=True)
class CriterionMark:
    """What a person gave for one line of a rubric."""

    criterion: str
    points: Fraction
    earned: Fraction

    def __post_init__(self) -> None:
        if not 0 <= self.earned <= self.points:
            raise ValueError(f"{self.earned} of {self.points} for {self.criterion!r}")


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers in order, to be drawn as a line; None where there is no finite one."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What an answer does on a public case, beside what is expected, which is the last series."""

    title: str
    series: tuple[Series, ...]
    across: str = ""
    """What is counted from left to right, from 0."""
    logarithmic: bool = False


FORGEABLE = "checked inside the student's process: this mark could be forged"
"""What staff read of a test that was judged inside."""


@dataclass(frozen=True, slots=True)
class TestMark:
    """How one test of an adopted assignment went, as the tool it comes from counts it."""

    __test__ = False  # to pytest, the name looks like a class of tests
    name: str
    passed: bool | None
    """None where it is not judged."""
    where: str
    """"outside", "inside", "by hand" or "not judged"; inside, the mark could be forged."""
    points: Fraction
    earned: Fraction | None
    note: Sentence = SILENT
    """What students should know of it."""

    @property
    def label(self) -> str:
        """What staff should know of where it was judged."""
        return FORGEABLE if self.where == "inside" else ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one question ended, what it earns and why. Holds nothing hidden: a student may read all of it."""

    question: str
    points: Fraction
    outcome: Outcome
    mark: Fraction | None
    """Between 0 and 1; None where a person must look or mark."""
    sentence: Sentence
    """Why the mark is what it is, one sentence."""
    title: str = ""
    mistake: str | None = None
    """Name of the recognised misconception."""
    hint: str = ""
    """What helps whoever made it, without giving the answer."""
    advice: tuple[Sentence, ...] = ()
    """What to try next."""
    notes: tuple[Sentence, ...] = ()
    """What else was noticed: an argument changed in place, an error carried forward."""
    groups: tuple[GroupScore, ...] = ()
    examples: tuple[ExampleRun, ...] = ()
    rubric: tuple[CriterionMark, ...] = ()
    """How a written part was marked, once it is."""
    comment: str = ""
    """What the person who marked it says to the student."""
    pictures: tuple[Chart, ...] = ()
    """What the answer does on public cases; worth no marks."""
    tests: tuple[TestMark, ...] = ()
    """Of an adopted assignment, in the order they run."""
    number: int = 0
    """Of its heading in the notebook; 0 for what has none there."""
    answered: AnswerPrint | None = field(default=None, compare=False, repr=False)
    """While a wrong answer is graded: by what it is known to be another's. It stands in no report."""

    def __post_init__(self) -> None:
        if self.mark is not None and not 0 <= self.mark <= 1:
            raise ValueError(f"mark of {self.question} is {self.mark}, outside [0, 1]")
        if (self.mark is None) != (self.outcome in (Outcome.AWAITING_MARK, Outcome.UNJUDGED)):
            raise ValueError(f"outcome {self.outcome} of {self.question} does not go with mark {self.mark}")

    @property
    def earned(self) -> Fraction | None:
        """Points earned, or None."""
        if self.mark is None:
            return None
        return self.points if self.mark == 1 else self.mark * self.points


class CellEnding(StrEnum):
    """How one cell of the notebook ended."""

    RAN = "ran"
    RAISED = "raised"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture the student's notebook made: PNG as base64 text, with its alternative text."""

    png: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class CellRun:
    """What one code cell did when the notebook was run, in the student's own words and figures."""

    number: int
    """As counted in the submitted file, from 1; 0 for a released cell that was put back."""
    ending: CellEnding
    source: str = ""
    printed: str = ""
    """Standard output and standard error, interleaved, as kept within the limits."""
    cut: bool = False
    """Whether more was printed than was kept."""
    displayed: tuple[str, ...] = ()
    """Plain-text form of what the cell displayed."""
    figures: tuple[Figure, ...] = ()
    exception: str = ""
    message: str = ""
    traceback: str = ""
    limit: Limit | None = None
    """The limit that was exceeded."""
    end: str = ""
    """How else it took its process with it: a signal, an exit code. The process's own word."""
    seconds: float = 0.0
    line: int = 0
    """Of the cell, where it stopped; 0 where that is not known."""
    ran_on: tuple[str, ...] = ()
    """Names that imports and definitions bound which were run although the cell stopped above them."""
    notebook: str = ""
    """Its name, where several were handed in together: each counts its cells anew."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """How well student code was sealed: 1 limits only, 2 confined, 3 sealed; and by which layers."""

    level: int
    layers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All that grading produced for one submission; its score is derived."""

    receipt: Receipt
    revision: str
    verdicts: tuple[Verdict, ...]
    isolation: Isolation
    graded: datetime
    title: str = ""
    """The assignment's title."""
    trouble: Sentence = SILENT
    """Why nothing of the notebook could be run; silent where it ran."""
    notes: tuple[Sentence, ...] = ()
    """What was recovered or skipped so that the student loses no marks for it."""
    cells: tuple[CellRun, ...] = ()
    seconds: float = 0.0
    """Wall-clock time of grading, up to the next power of two."""
    versions: tuple[tuple[str, str], ...] = field(default=())
    """Names and versions of what decided: autograder, numpy, python."""
    points: Fraction = field(init=False, repr=False, compare=False)
    """Points the assignment offers."""
    score_so_far: Fraction = field(init=False, repr=False, compare=False)
    """Points earned on what has a mark."""

    def __post_init__(self) -> None:
        """Add up once what is read many times."""
        earned = (verdict.earned for verdict in self.verdicts)
        so_far = sum((points for points in earned if points is not None), Fraction(0))
        object.__setattr__(self, "points", sum((verdict.points for verdict in self.verdicts), Fraction(0)))
        object.__setattr__(self, "score_so_far", so_far)

    @property
    def student(self) -> str:
        """Who handed it in."""
        return self.receipt.student

    @property
    def assignment(self) -> str:
        """What it was handed in for."""
        return self.receipt.assignment

    @property
    def score(self) -> Fraction | None:
        """Points earned, or None while any question has no mark."""
        return None if any(verdict.mark is None for verdict in self.verdicts) else self.score_so_far

    @property
    def needs_person(self) -> bool:
        """Whether something could not be judged (a written part that awaits its mark is no alarm)."""
        return any(verdict.outcome is Outcome.UNJUDGED for verdict in self.verdicts)
