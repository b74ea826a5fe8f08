"""What an answer means: its values at random points, or the conditions it states."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from autograder.expressions.conditions import Condition, SetComparison, compare_conditions, find_conditions
from autograder.expressions.expression import Expression
from autograder.expressions.number_systems import PRIME
from autograder.expressions.sample_points import Assumption, Entries, SampledValues, SamplePoints
from autograder.expressions.shapes import ShapeKind, compatible
from autograder.expressions.symbols import Symbols


@dataclass(frozen=True, slots=True)
class Meaning:
    """An expression with its values, or with the conditions it states."""

    expression: Expression
    values: SampledValues
    conditions: tuple[Condition, ...] = field(default=())

    @property
    def undefined(self) -> bool:
        """Whether it has no value at any point."""
        return self.values.undefined


class Meanings:
    """Finds and compares the meanings of expressions in the symbols of one question."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.declared = SamplePoints(symbols)
        self._others: dict[Assumption, SamplePoints] = {}

    def under(self, assumption: Assumption) -> SamplePoints:
        """The points at which more holds than what the question declares."""
        if assumption not in self._others:
            self._others[assumption] = SamplePoints(self.symbols, assumption)
        return self._others[assumption]

    def of(self, expression: Expression) -> Meaning:
        """What the expression means."""
        if expression.shape.kind is not ShapeKind.CONDITION:
            return Meaning(expression, self.declared.evaluate(expression))
        found = find_conditions(expression, self.declared)
        return Meaning(expression, found[0].difference, found)

    def equal(self, answer: Meaning, key: Meaning) -> bool:
        """Whether two meanings are the same."""
        if bool(answer.conditions) != bool(key.conditions):
            return False
        if key.conditions:
            return self.compare(answer, key) is SetComparison.SAME
        if answer.expression.depends_on_sizes or key.expression.depends_on_sizes:
            return self.equal_under(Assumption(tied=True), answer.expression, key.expression)
        return self.declared.equal(answer.values, key.values)

    def compare(self, answer: Meaning, key: Meaning) -> SetComparison:
        """Whether two conditions are true at the same points, as far as it can be told."""
        mine, theirs = (answer.expression, answer.conditions), (key.expression, key.conditions)
        return compare_conditions(mine, theirs, self.declared, self.symbols)

    def grow_alike(self, answer: Meaning, key: Meaning) -> bool:
        """Whether two numbers stay within a constant factor of each other as their symbols grow."""
        return self.declared.grow_alike(answer.expression, key.expression)

    def equal_under(self, assumption: Assumption, answer: Expression, key: Expression) -> bool:
        """Whether two expressions have equal values where the assumption holds."""
        if not compatible(answer.shape, key.shape):
            return False
        points = self.under(assumption)
        return points.equal(points.evaluate(answer), points.evaluate(key))


def fingerprint(meaning: Meaning) -> str:
    """A short name that equal answers share, however they are written."""
    shape, values = meaning.expression.shape, meaning.values
    if meaning.conditions:
        joined = " or " if meaning.expression.tree.op == "either" else " and "
        stated = joined.join(sorted(_condition_text(condition) for condition in meaning.conditions))
    elif values.exact is not None:
        stated = f"exact {values.exact}"
    else:
        stated = "floats " + ";".join(_floats_text(entries) for entries in values.floats or ())
    text = f"{shape.kind.value} {shape.rows} {shape.columns} {stated}"
    return sha256(text.encode()).hexdigest()[:16]


def _floats_text(entries: Sequence[float] | None) -> str:
    return "?" if entries is None else ",".join(f"{entry:.6g}" for entry in entries)


def _condition_text(condition: Condition) -> str:
    """A condition up to the constant it may be multiplied by; the sign of an inequality is kept."""
    difference = condition.difference
    exact = difference.exact is not None
    values = difference.exact if exact else difference.floats
    return condition.sign + ";".join(_scaled_text(entries, exact=exact) for entries in values or ())


def _scaled_text(entries: Entries | None, *, exact: bool) -> str:
    lead = next((entry for entry in entries or () if entry), None)
    if entries is None or lead is None:
        return "?"
    if exact:
        return ",".join(str(entry * pow(lead, -1, PRIME) % PRIME) for entry in entries)
    return _floats_text([entry / abs(lead) for entry in entries])
