"""Writing a question: the reference is a plain function, and everything about it hangs on its name."""

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

from numpy.random import Generator

from autograder.domain.answer import Batch
from autograder.domain.counts import describe_count
from autograder.errors import CourseError, Flaw
from autograder.questions.author_rule import Rule
from autograder.questions.case_score import Tolerance
from autograder.questions.cases import Case
from autograder.questions.comparison import Comparison, acceptance_by, comparison_of
from autograder.questions.parts import PARTS_RULES, PartsRule, parts_rule_of, share_parts

Function = Callable[..., Any]
_MOST_CASES = 10_000
"""Of a question: a generator that never ends fills the memory."""
_YIELD = 'write `yield core("what it is", ...)`, or edge, dtype, magnitude, kink or speed'


@dataclass(frozen=True, slots=True, eq=False)
class Mistake:
    """A known wrong reference; its docstring is what helps whoever made it."""

    function: Function
    credit: Fraction
    same_as: str = ""
    """Name of a mistake whose answers are the same, so that the two cannot be told apart."""

    @property
    def name(self) -> str:
        """What the author calls it."""
        return self.function.__name__

    @property
    def hint(self) -> str:
        """What whoever made it is told."""
        return inspect.cleandoc(self.function.__doc__ or "")


@dataclass(frozen=True, slots=True, eq=False)
class Alternate:
    """Another right way to answer; `float32` computes in single precision and loses digits."""

    function: Function
    float32: bool = False

    @property
    def name(self) -> str:
        """What the author calls it."""
        return self.function.__name__


@dataclass(frozen=True, slots=True, eq=False)
class Property:
    """Something that holds of every right answer."""

    sentence: str
    holds: Rule


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What is drawn: `series(answer, case)` of the student's answer and of the reference's, on one case.

    The case is public, never one of the hidden ones: its expected series stands in the report.
    """

    title: str
    case: Case
    series: Callable[[Any, Any], Any]
    across: str
    logarithmic: bool
    batch: Batch
    """The case as it is asked, the same object for every student."""


class Question:
    """A reference with its cases, its known mistakes and the rules it is judged by.

    Made by `@question(...)`; it can be called like the reference it was made from.
    """

    def __init__(
        self,
        reference: Function,
        *,
        points: Fraction,
        forbids: tuple[str, ...],
        needs: tuple["Question", ...],
        tolerance: Tolerance,
        single: Tolerance,
        comparison: Comparison,
        seconds: float | None,
        sizes: str = "",
        seconds_per_case: float | None = None,
        parts: PartsRule = share_parts,
    ) -> None:
        self.reference = reference
        self.name = reference.__name__
        self.points = points
        self.forbids = forbids
        self.needs = needs
        self.tolerance = tolerance
        self.single = single
        """The tolerance where an argument holds single-precision numbers."""
        self.comparison = comparison
        self.seconds = seconds
        self.sizes = sizes
        """What arguments and answer have as shapes, in the words of a docstring; else the docstring's own."""
        self.seconds_per_case = seconds_per_case
        """The limit of one case, which the statement names where cases are heavy; None for the usual one."""
        self.parts = parts
        """What an answer of several parts earns."""
        self.variable = False
        """Whether it asks for a variable: then the reference takes no arguments."""
        self.mistakes: list[Mistake] = []
        self.alternates: list[Alternate] = []
        self.properties: list[Property] = []
        self.pictures: list[Picture] = []
        self.equivalents: dict[str, str] = {}
        """Edits of the reference that are right as well, each with the reason."""
        self.declared_at: dict[str, tuple[str, int]] = {}
        """File and line where each of them is declared."""
        self.scaling: Function | None = None
        self._draw: Callable[[Generator], Iterable[Case]] | None = None
        self.__doc__ = reference.__doc__
        self.__name__ = reference.__name__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.reference(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<question {self.name}, {describe_count(self.points, 'point')}>"

    @property
    def own_rules(self) -> bool:
        """Whether functions of the author's look at what students answer."""
        own_parts = self.parts not in PARTS_RULES.values()
        return self.comparison.own or bool(self.properties) or own_parts

    @property
    def signature(self) -> inspect.Signature:
        """Parameters as students write them."""
        return inspect.signature(self.reference)

    def cases(self, draw: Callable[[Generator], Iterable[Case]]) -> Callable[[Generator], Iterable[Case]]:
        """Decorate a generator function of a random Generator that yields cases."""
        self._draw = draw
        return draw

    def draw(self, rng: Generator) -> tuple[Case, ...]:
        """All cases, drawn from `rng`. Raises CourseError where what is drawn is no case, or has no end."""
        drawn: Any = self._draw(rng) if self._draw else ()  # an author may yield what they like
        if not isinstance(drawn, Iterable):
            what = f"its cases are not yielded: @{self.name}.cases returns {type(drawn).__name__}"
            raise CourseError([Flaw("", what, _YIELD)])
        cases = tuple(islice(drawn, _MOST_CASES + 1))
        if len(cases) > _MOST_CASES:
            what = f"has more than {_MOST_CASES} cases"
            raise CourseError([Flaw("", what, f"look for a loop that never ends in @{self.name}.cases")])
        strange = [each for each in cases if not isinstance(each, Case)]
        if strange:
            what = f"@{self.name}.cases yields {strange[0]!r:.60}, which is no case"
            raise CourseError([Flaw("", what, _YIELD)])
        return cases

    def scale(self, function: Function) -> Function:
        """Decorate a function of the arguments: the size of the rounding errors of honest work."""
        self.scaling = function
        return function

    def mistake(self, *, credit: float | str = 0, same_as: str = "") -> Callable[[Function], Function]:
        """Decorate a known wrong reference. `credit` is what it earns where no core case is right."""
        worth = Fraction(str(credit))
        if not 0 <= worth < 1:
            raise ValueError(f"credit={credit}: must lie between 0 and 1, below 1")

        def declare(function: Function) -> Function:
            self.mistakes.append(Mistake(function, worth, same_as))
            return function

        return declare

    def alternate(
        self, function: Function | None = None, /, *, float32: bool = False
    ) -> Function | Callable[[Function], Function]:
        """Decorate another right way, for which `autograder check` demands full marks."""

        def declare(function: Function) -> Function:
            self.alternates.append(Alternate(function, float32))
            return function

        return declare if function is None else declare(function)

    def check(self, sentence: str) -> Callable[[Function], Function]:
        """Decorate a predicate `(answer, case) -> bool` that holds of every right answer."""

        def declare(function: Function) -> Function:
            self.properties.append(Property(sentence, function))
            return function

        return declare

    def picture(
        self, title: str, *, of: Case, across: str = "step", logarithmic: bool = False
    ) -> Callable[[Function], Function]:
        """Decorate a function `(answer, case)` that makes of an answer numbers to draw in the report.

        They are drawn for the student's answer and for the reference's on one public case, `of`: not a
        hidden one, since its expected numbers are shown.
        """

        def declare(function: Function) -> Function:
            self.pictures.append(
                Picture(title, of, function, across, logarithmic, Batch((of.call,), public=True))
            )
            return function

        return declare

    def accepts(self, function: Rule) -> Rule:
        """Decorate a judge `(answer, case) -> None | str | partly(...)` where several answers are right."""
        self.comparison = acceptance_by(function)
        return function

    def equivalent(self, *edits: str, because: str) -> None:
        """Declare edits of the reference, as `autograder check` spells them, that are right as well.

        Students' marks do not depend on it.
        """
        if not edits or not because.strip():
            raise ValueError(f"{self.name}.equivalent: name edits, and say in because= why they are right")
        self.equivalents |= dict.fromkeys(edits, because)
        caller = sys._getframe(1)
        self.declared_at |= dict.fromkeys(edits, (caller.f_code.co_filename, caller.f_lineno))

    def mistake_named(self, name: str) -> Mistake | None:
        """The declared mistake of that name."""
        return next((mistake for mistake in self.mistakes if mistake.name == name), None)


def question(
    *,
    points: int | float | str | Fraction,
    forbids: Iterable[str] = (),
    needs: Iterable[Question] = (),
    tolerance: float = 1e-8,
    tolerance32: float = 1e-3,
    digits: float | None = 1e-4,
    compare: str | Rule = "values",
    seconds: float | None = None,
    seconds_per_case: float | None = None,
    parts: str | PartsRule = "share",
    sizes: str = "",
) -> Callable[[Function], Question]:
    """Make a question of the reference below.

    Args:
        points: what a full answer earns.
        forbids: names the answer may not use; "@" is the matrix product operator.
        needs: earlier questions it builds on; where one of them is wrong, its error is not counted twice.
        tolerance: scaled error up to which an answer is right.
        tolerance32: the same where an argument is of type float32.
        digits: scaled error up to which the formula is right and digits are lost; None for no such band.
        compare: "values", "exact", "trajectory", "up to sign", "same span", or a function (answer, case).
        seconds: processor time for all cases together; None for the assignment's own.
        seconds_per_case: limit for one case; None for the assignment's own.
        parts: what a tuple or a dictionary earns where only parts of it are right: "share", "worst", or a
            function of all its parts as they were scored.
        sizes: what lengths are called, in the words of a docstring (`X: array of shape (n, d)`, `Returns an
            array of shape (n,)`), where the stub's docstring does not say so.
    """
    comparison, parts_rule = comparison_of(compare), parts_rule_of(parts)
    worth = _read_points(points)
    errors = {"tolerance": tolerance, "tolerance32": tolerance32, "digits": digits or 0.0}
    for name, error in errors.items():
        if not 0 <= error < 1:
            raise ValueError(f"{name}={error}: must lie between 0 and 1")

    def declare(reference: Function) -> Question:
        _must_be_new(reference)
        return Question(
            reference,
            points=worth,
            forbids=tuple(forbids),
            needs=tuple(needs),
            tolerance=Tolerance(tolerance, digits),
            single=Tolerance(tolerance32, None),
            comparison=comparison,
            seconds=seconds,
            seconds_per_case=seconds_per_case,
            parts=parts_rule,
            sizes=sizes,
        )

    return declare


def _read_points(points: int | float | str | Fraction) -> Fraction:
    """The points of a question; of a float, those that are written: 0.1 is a tenth."""
    try:
        worth = Fraction(str(points))
    except (ValueError, ZeroDivisionError):
        raise ValueError(f'points={points!r}: is no number of points; write 3, or "1/2"') from None
    if worth <= 0:
        raise ValueError(f"points={points}: must be more than 0")
    return worth


def _must_be_new(reference: Function) -> None:
    """Refuse a class, and a second question of one name in a file, which would take the first's place.

    A cell of a notebook that is run again has the same lines.
    """
    if isinstance(reference, type):
        name = reference.__name__
        raise ValueError(f"{name} is a class; ask for a function that returns what its methods compute")
    before = getattr(reference, "__globals__", {}).get(reference.__name__)
    if not isinstance(before, Question):
        return
    old, new = (getattr(each, "__code__", None) for each in (before.reference, reference))
    # What is no plain function, as one that is cached, tells no line.
    if old and new and old.co_filename == new.co_filename and old.co_firstlineno != new.co_firstlineno:
        line = old.co_firstlineno
        raise ValueError(f"{reference.__name__} is a question already, on line {line}: rename one")


def questions_of(namespace: dict[str, Any]) -> Iterator[Question]:
    """The questions a solutions module defines, in the order they are written, each once."""
    return iter(dict.fromkeys(value for value in namespace.values() if isinstance(value, Question)))
