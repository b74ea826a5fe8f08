"""What a quiz is made of: the words of `NAME.quiz.md`, as values.

Texts may hold `{{expression:format}}`, filled per variant; keys are expressions, never code.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from autograder.domain.attempts import Keep
from autograder.domain.handmark import Criterion


class QuestionKind(StrEnum):
    """The kinds of questions."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    NUMERIC = "numeric"
    MATRIX = "matrix"
    SYMBOLIC = "symbolic"
    ORDER = "order"
    MATCH = "match"
    CODE = "code"
    WITNESS = "witness"
    TEXT = "text"


class Spread(StrEnum):
    """How the tolerance of a numeric key is meant."""

    RELATIVE = "relative"
    ABSOLUTE = "absolute"
    FACTOR = "factor"
    """Within a factor: for orders of magnitude."""


@dataclass(frozen=True, slots=True)
class NumericTolerance:
    """How far from the key an answer may be: `+- 3%`, `+- 0.5` (in the key's unit), `+- factor 3`."""

    amount: Fraction
    spread: Spread

    def bounds(self, key: Fraction) -> tuple[Fraction, Fraction]:
        """The least and the greatest value admitted, in the key's unit."""
        if self.spread is Spread.FACTOR:
            low, high = sorted((key / self.amount, key * self.amount))
            return low, high
        room = self.amount * (abs(key) if self.spread is Spread.RELATIVE else 1)
        return key - room, key + room

    def admits(self, answer: Fraction, key: Fraction, unit: Fraction) -> bool:
        """Whether `answer` is near enough to `key`, both in base units; `unit` is the key's unit in them."""
        if self.spread is Spread.FACTOR:
            return answer * key > 0 and 1 / self.amount <= answer / key <= self.amount
        room = self.amount * (abs(key) if self.spread is Spread.RELATIVE else abs(unit))
        return abs(answer - key) <= room


EXACT = NumericTolerance(Fraction(1, 10**30), Spread.RELATIVE)
"""What is demanded where a key names no tolerance."""


@dataclass(frozen=True, slots=True)
class Key:
    """An accepted answer, as written after `=`; `unit` and `tolerance` for numbers only."""

    text: str
    unit: str = ""
    tolerance: NumericTolerance | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class ListedMistake:
    """A known wrong answer, as written after `~`, with what helps whoever gives it."""

    text: str
    credit: Fraction = Fraction(0)
    feedback: str = ""
    unit: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One line to choose, to put in order or to match."""

    text: str
    right: bool = False
    feedback: str = ""
    rank: int = 0
    """Place in the right order, from 1 (order)."""
    partner: str = ""
    """What the text goes with (match); a text that is empty is a partner too many."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value drawn per student: `@ name in 150..300 step 10` or `@ name in {5, 10}`."""

    name: str
    values: tuple[Fraction, ...] = ()
    """The values in braces; empty for a range."""
    low: Fraction = Fraction(0)
    step: Fraction = Fraction(1)
    count: int = 0
    line: int = 0
    source: str = ""
    """The question whose answer it is, where it is one: `@ name from question`."""
    expression: str = ""
    """The key of that question, by which it is computed."""
    origin: str = ""
    """The question that draws it, where that is another."""

    def value(self, index: int) -> Fraction:
        """The value with this index, below `size`."""
        return self.values[index] if self.values else self.low + index * self.step

    @property
    def size(self) -> int:
        """How many values there are to draw from."""
        return 1 if self.expression else len(self.values) or self.count


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing a witness must give, or one argument of a code question: `x: scalar`, `A: mat 2 2`."""

    name: str
    shape: tuple[int, ...]
    """() for a number, (d,) for a vector, (r, c) for a matrix."""
    positive: bool = False
    symmetric: bool = False


@dataclass(frozen=True, slots=True)
class WitnessCondition:
    """A relation a witness must satisfy: a `need` (a hypothesis) or a `show` (the point)."""

    text: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """The smallest thing with points in a quiz."""

    id: str
    kind: QuestionKind
    points: Fraction
    prompt: str
    version: str
    """Hash of the question's text and of the symbols it uses."""
    symbols: str = ""
    parameters: tuple[Parameter, ...] = ()
    keys: tuple[Key, ...] = ()
    wrong: tuple[ListedMistake, ...] = ()
    choices: tuple[Choice, ...] = ()
    give: tuple[Asked, ...] = ()
    need: tuple[WitnessCondition, ...] = ()
    show: tuple[WitnessCondition, ...] = ()
    hints: tuple[str, ...] = ()
    solution: str = ""
    rubric: tuple[Criterion, ...] = ()
    """What a person gives points for (text); empty where the points are given as a whole."""
    rule: str = ""
    digits: int = 0
    """Significant digits asked for, 0 for any (numeric)."""
    function: str = ""
    """Name of the function to write (code)."""
    line: int = 0

    @property
    def sources(self) -> frozenset[str]:
        """The questions whose answers it builds on."""
        return frozenset(parameter.source for parameter in self.parameters if parameter.source)

    @property
    def right(self) -> frozenset[int]:
        """Indices of the right choices, as written."""
        return frozenset(index for index, choice in enumerate(self.choices) if choice.right)

    @property
    def partners(self) -> tuple[str, ...]:
        """The texts to match with, each once, as written (match)."""
        return tuple(dict.fromkeys(choice.partner for choice in self.choices))

    @property
    def items(self) -> tuple[Choice, ...]:
        """The lines that await a partner (match): those that have a text."""
        return tuple(choice for choice in self.choices if choice.text)


class Showing(StrEnum):
    """When a student sees verdicts."""

    AT_ONCE = "at once"
    AT_SUBMISSION = "at submission"
    AFTER_CLOSING = "after closing"
    NEVER = "never"


class Shuffling(StrEnum):
    """What is put in another order for each student."""

    NONE = "none"
    CHOICES = "choices"
    QUESTIONS = "questions"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a quiz is taken."""

    attempts: int = 1
    """How often the quiz may be taken; 0 for as often as one likes."""
    tries: int = 1
    """How often a question may be answered within an attempt where verdicts are shown at once; 0: always."""
    penalty: Fraction = Fraction(0)
    """Part of its points that a question loses for each try before the one that counts."""
    time_limit: timedelta | None = None
    shuffle: Shuffling = Shuffling.CHOICES
    results: Showing = Showing.AT_SUBMISSION
    solutions: Showing = Showing.AFTER_CLOSING
    opens: datetime | None = None
    closes: datetime | None = None
    keep: Keep = Keep.BEST
    """Which attempt counts."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Questions of which each student is asked some: `# pick 3 of`, above the first of them."""

    count: int
    """How many are asked."""
    questions: tuple[str, ...]
    """The ids of all of them, in the order of the file."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Quiz:
    """One `NAME.quiz.md`."""

    id: str
    title: str
    questions: tuple[QuizQuestion, ...]
    revision: str
    """Hash of the file."""
    symbols: str = ""
    settings: Settings = field(default_factory=Settings)
    source: str = ""
    """Where it was read, for messages."""
    pools: tuple[Pool, ...] = ()

    @property
    def points(self) -> Fraction:
        """Points of all questions that one student is asked together."""
        return sum((question.points for question in self.shared_questions), Fraction(0))

    @property
    def shared_questions(self) -> tuple[QuizQuestion, ...]:
        """What everybody meets on paper and in a notebook: of each pool its first questions."""
        left_out = {id for pool in self.pools for id in pool.questions[pool.count :]}
        return tuple(question for question in self.questions if question.id not in left_out)

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The ids of questions, those together that build on each other: they keep their order."""
        groups: dict[str, list[str]] = {}
        for question in self.questions:
            group: list[str] = []
            for source in sorted(question.sources & groups.keys()):
                if groups[source] is not group:
                    group += groups[source]
                    groups |= dict.fromkeys(groups[source], group)
            group.append(question.id)
            groups[question.id] = group
        return tuple(tuple(group) for group in {id(group): group for group in groups.values()}.values())

    def question(self, id: str) -> QuizQuestion | None:
        """The question called `id`, or None."""
        return next((question for question in self.questions if question.id == id), None)
