"""What is close to a key: its transpose, what equals it under an assumption, its multiples and neighbours."""

from dataclasses import dataclass
from functools import cached_property

from autograder.expressions.edits import SENTENCES as EDIT_SENTENCES
from autograder.expressions.edits import edits
from autograder.expressions.expression import Expression, part_of
from autograder.expressions.meaning import Meaning, Meanings
from autograder.expressions.sample_points import Assumption, Entries, SampledValues
from autograder.expressions.shapes import ShapeKind, compatible
from autograder.expressions.symbols import Symbols
from autograder.expressions.tree import Node, node
from autograder.expressions.unreadable import Unreadable
from autograder.expressions.verdicts import SENTENCES, Code


@dataclass(frozen=True, slots=True)
class Slip:
    """How an answer misses the key."""

    code: Code
    message: str


class Slips:
    """Recognises what is close to one key."""

    def __init__(self, key: Meaning, meanings: Meanings) -> None:
        self.key = key
        self.meanings = meanings
        self._under: dict[Assumption, SampledValues] = {}
        """The key's values under each assumption that was tried."""

    @property
    def symbols(self) -> Symbols:
        return self.meanings.symbols

    def warm(self) -> None:
        """Compute the neighbours, and the key's values under each assumption."""
        if self.key.conditions:
            return
        for names in self._symmetric_sets:
            self._equal_under(Assumption(symmetric=names), self.key.expression)
        self._equal_under(Assumption(one_dimensional=True), self.key.expression)
        self._near(self.key)

    def _equal_under(self, assumption: Assumption, answer: Expression) -> bool:
        """Whether an answer has the key's values where the assumption holds."""
        if not compatible(answer.shape, self.key.expression.shape):
            return False
        points = self.meanings.under(assumption)
        if assumption not in self._under:
            self._under[assumption] = points.with_floats(points.evaluate(self.key.expression))
        return points.equal(points.evaluate(answer), self._under[assumption])

    def found(self, answer: Meaning) -> Slip | None:
        """The first slip that explains the answer, or None."""
        if self.key.conditions:
            return self._in_condition(answer)
        return (
            self._as_row(answer)
            or self._under_assumption(answer)
            or self._multiple(answer)
            or self._near(answer)
        )

    def _as_row(self, answer: Meaning) -> Slip | None:
        turned = self._turned_round(answer.expression)
        if turned is None:
            return None
        if self.meanings.equal(self.meanings.of(turned), self.key):
            return Slip(Code.ROW, SENTENCES[Code.ROW])
        return self._if_symmetric(turned, Code.ROW_SYMMETRIC)

    def _turned_round(self, answer: Expression) -> Expression | None:
        """The transpose of an answer whose shape is the key's, rows and columns exchanged."""
        shape, wanted = answer.shape, self.key.expression.shape
        if not (shape.is_array and wanted.is_array) or shape == wanted or answer.indices:
            return None
        if (shape.rows, shape.columns) != (wanted.columns, wanted.rows):
            return None
        return Expression(node("transpose", answer.tree, shape=wanted), wanted, counts=answer.counts)

    def _under_assumption(self, answer: Meaning) -> Slip | None:
        slip = self._if_symmetric(answer.expression, Code.SYMMETRIC)
        if slip is not None or all(size.isdigit() for size in self.symbols.sizes):
            return slip
        line = Assumption(one_dimensional=True)
        if self._equal_under(line, answer.expression):
            return Slip(Code.ONE_DIMENSION, SENTENCES[Code.ONE_DIMENSION])
        return None

    def _if_symmetric(self, answer: Expression, code: Code) -> Slip | None:
        for names in self._symmetric_sets:
            if self._equal_under(Assumption(symmetric=names), answer):
                return Slip(code, SENTENCES[code].format(names=" and ".join(sorted(names))))
        return None

    @cached_property
    def _symmetric_sets(self) -> tuple[frozenset[str], ...]:
        """Each square matrix that is not declared symmetric, and all of them together."""
        used = {part.value for part in _nodes(self.key.expression.tree) if part.op == "symbol"}
        names = [
            symbol.name
            for symbol in self.symbols
            if symbol.shape.is_square and not symbol.symmetric and symbol.name in used
        ]
        sets = [frozenset([name]) for name in names]
        return tuple([*sets, frozenset(names)] if len(names) > 1 else sets)

    def _multiple(self, answer: Meaning) -> Slip | None:
        if not compatible(answer.expression.shape, self.key.expression.shape):
            return None
        factor = self.meanings.declared.factor(answer.values, self.key.values)
        if factor is None or factor == 1:
            return None
        if factor == -1:
            return Slip(Code.SIGN, SENTENCES[Code.SIGN])
        return Slip(Code.FACTOR, SENTENCES[Code.FACTOR].format(factor=factor))

    def _near(self, answer: Meaning) -> Slip | None:
        if not compatible(answer.expression.shape, self.key.expression.shape):
            return None
        if answer.values.exact is not None:
            slip = self._exact_neighbours.get(answer.values.exact)
        else:
            points = self.meanings.declared
            slip = next(
                (kind for near, kind in self._other_neighbours if points.equal(answer.values, near)), None
            )
        return Slip(Code.NEIGHBOUR, EDIT_SENTENCES[slip]) if slip else None

    @cached_property
    def _neighbours(self) -> list[tuple[SampledValues, str]]:
        """The edited keys that are not the key, with their values."""
        found = []
        for tree, slip in edits(self.key.expression.tree, self.symbols):
            try:
                expression = part_of(self.key.expression, tree)
            except Unreadable:
                continue
            near = self.meanings.declared.evaluate(expression)
            if not near.undefined and not self.meanings.declared.equal(near, self.key.values):
                found.append((near, slip))
        return found

    @cached_property
    def _exact_neighbours(self) -> dict[tuple[Entries | None, ...], str]:
        found: dict[tuple[Entries | None, ...], str] = {}
        for near, slip in self._neighbours:
            if near.exact is not None:
                found.setdefault(near.exact, slip)
        return found

    @cached_property
    def _other_neighbours(self) -> list[tuple[SampledValues, str]]:
        return [(self.meanings.declared.with_floats(near), slip) for near, slip in self._neighbours]

    def _in_condition(self, answer: Meaning) -> Slip | None:
        """Another sign, or one of several conditions missing."""
        if not answer.conditions:
            return None
        turned = {">=": ">", ">": ">="}
        for condition in answer.conditions:
            for theirs in self.key.conditions:
                if turned.get(condition.sign) != theirs.sign:
                    continue
                ratio = self.meanings.declared.factor(condition.difference, theirs.difference)
                if ratio is not None and ratio > 0:
                    return Slip(Code.NEIGHBOUR, "You are close: check whether the inequality is strict.")
        return self._turned(answer)

    def _turned(self, answer: Meaning) -> Slip | None:
        for condition in answer.conditions:
            for theirs in self.key.conditions:
                if condition.sign == theirs.sign and condition.sign in (">=", ">"):
                    ratio = self.meanings.declared.factor(condition.difference, theirs.difference)
                    if ratio is not None and ratio < 0:
                        return Slip(Code.SIGN, "The inequality points the other way.")
        return None

    def other_shape(self, answer: Meaning) -> Slip | None:
        """The answer's shape against the key's, where they differ."""
        given, wanted = answer.expression.shape, self.key.expression.shape
        if compatible(given, wanted) or given.kind is wanted.kind is ShapeKind.CONDITION:
            return None
        return Slip(Code.SHAPE, SENTENCES[Code.SHAPE].format(wanted=wanted, given=given))


def _nodes(tree: Node) -> list[Node]:
    return [tree, *(found for part in tree.args for found in _nodes(part))]
