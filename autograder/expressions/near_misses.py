"""Near misses: a key's transpose, what equals it under an assumption, its multiples, its mutants."""

from dataclasses import dataclass, replace
from functools import cached_property

from autograder.domain.sentences import Sentence, join_names, say
from autograder.expressions.expression import Expression, part_of
from autograder.expressions.judgement import ReasonCode
from autograder.expressions.meaning import Meaning, Meanings
from autograder.expressions.mutations import mutate
from autograder.expressions.sample_points import Assumption, Entries, SampledValues
from autograder.expressions.shapes import NUMBER, ShapeKind, compatible
from autograder.expressions.tree import node, walk
from autograder.expressions.unreadable import Unreadable


@dataclass(frozen=True, slots=True)
class NearMiss:
    """How an answer misses the key."""

    code: ReasonCode
    said: Sentence

    @classmethod
    def of(cls, code: ReasonCode, **values: Sentence | str) -> "NearMiss":
        """A near miss with the sentence of its code."""
        return cls(code, say(f"judged.{code}", **values))


class NearMisses:
    """Recognises what is close to one key."""

    def __init__(self, key: Meaning, meanings: Meanings) -> None:
        self.key = key
        self.meanings = meanings
        self.symbols = meanings.symbols
        self._under: dict[Assumption, SampledValues] = {}
        """The key's values under each assumption that was tried."""

    def warm(self) -> None:
        """Compute the mutants, and the key's values under each assumption."""
        if self.key.conditions:
            return
        for names in self._symmetric_sets:
            self._equal_under(Assumption(symmetric=names), self.key.expression)
        self._equal_under(Assumption(one_dimensional=True), self.key.expression)
        self._find_mutant(self.key)

    def _equal_under(self, assumption: Assumption, answer: Expression) -> bool:
        """Whether an answer has the key's values where the assumption holds."""
        if not compatible(answer.shape, self.key.expression.shape):
            return False
        points = self.meanings.under(assumption)
        if assumption not in self._under:
            self._under[assumption] = points.with_floats(points.evaluate(self.key.expression))
        return points.equal(points.evaluate(answer), self._under[assumption])

    def find(self, answer: Meaning) -> NearMiss | None:
        """The first near miss that explains the answer, or None."""
        if self.key.conditions:
            return self._find_in_conditions(answer)
        return (
            self._find_row(answer)
            or self._find_if_symmetric(answer.expression, ReasonCode.SYMMETRIC)
            or self._find_multiple(answer)
            or self._find_mutant(answer)
            or self._find_on_a_line(answer)
        )

    def _find_row(self, answer: Meaning) -> NearMiss | None:
        turned = self._transpose(answer.expression)
        if turned is None:
            return None
        if self.meanings.equal(self.meanings.of(turned), self.key):
            return NearMiss.of(ReasonCode.ROW)
        return self._find_if_symmetric(turned, ReasonCode.ROW_SYMMETRIC)

    def _transpose(self, answer: Expression) -> Expression | None:
        """The transpose of an answer whose shape is the key's, rows and columns exchanged."""
        shape, wanted = answer.shape, self.key.expression.shape
        if not (shape.is_array and wanted.is_array) or shape == wanted or answer.indices:
            return None
        if (shape.rows, shape.columns) != (wanted.columns, wanted.rows):
            return None
        return replace(answer, tree=node("transpose", answer.tree, shape=wanted), shape=wanted)

    def _find_on_a_line(self, answer: Meaning) -> NearMiss | None:
        """What is right where every size is 1; so is an answer that lacks a factor n, which tells more."""
        if all(size.isdigit() for size in self.symbols.sizes):
            return None
        line = Assumption(one_dimensional=True)
        return NearMiss.of(ReasonCode.ONE_DIMENSION) if self._equal_under(line, answer.expression) else None

    def _find_if_symmetric(self, answer: Expression, code: ReasonCode) -> NearMiss | None:
        for names in self._symmetric_sets:
            if self._equal_under(Assumption(symmetric=names), answer):
                return NearMiss.of(code, names=join_names(sorted(names)))
        return None

    @cached_property
    def _symmetric_sets(self) -> tuple[frozenset[str], ...]:
        """Each square matrix that is not declared symmetric, and all of them together."""
        used = {part.value for part in walk(self.key.expression.tree) if part.op == "symbol"}
        names = [
            symbol.name
            for symbol in self.symbols
            if symbol.shape.is_square and not symbol.symmetric and symbol.name in used
        ]
        sets = [frozenset([name]) for name in names]
        return tuple([*sets, frozenset(names)] if len(names) > 1 else sets)

    def _find_multiple(self, answer: Meaning) -> NearMiss | None:
        if not compatible(answer.expression.shape, self.key.expression.shape):
            return None
        factor = self.meanings.declared.factor(answer.values, self.key.values)
        if factor is None:
            return self._find_size_in_factor(answer.expression)
        if factor == 1:
            return None
        if factor == -1:
            return NearMiss.of(ReasonCode.SIGN)
        return NearMiss.of(ReasonCode.FACTOR, factor=str(factor))

    def _find_size_in_factor(self, answer: Expression) -> NearMiss | None:
        """A sum for a mean, or a mean for a sum, maybe with a constant."""
        declared = self.meanings.declared
        for name in self.symbols.sizes:
            if name.isdigit():
                continue
            size = node("size", value=name, shape=NUMBER)
            for tree in (
                node("product", size, answer.tree, value="", shape=answer.shape),
                node("divide", answer.tree, size, shape=answer.shape),
            ):
                values = declared.with_floats(declared.evaluate(replace(answer, tree=tree)))
                if declared.factor(values, self.key.values) is not None:
                    return NearMiss(ReasonCode.NEIGHBOUR, say("close.size", size=name))
        return None

    def _find_mutant(self, answer: Meaning) -> NearMiss | None:
        if not compatible(answer.expression.shape, self.key.expression.shape):
            return None
        if answer.values.exact is not None:
            change = self._exact_mutants.get(answer.values.exact)
        else:
            alike = self.meanings.declared.alike
            found = (change for mutant, change in self._float_mutants if alike(answer.values, mutant))
            change = next(found, None)
        return NearMiss(ReasonCode.NEIGHBOUR, say(f"close.{change}")) if change else None

    @cached_property
    def _mutants(self) -> list[tuple[SampledValues, str]]:
        """The mutants that are not the key after all, with their values."""
        found = []
        for tree, change in mutate(self.key.expression.tree, self.symbols):
            try:
                expression = part_of(self.key.expression, tree)
            except Unreadable:
                continue
            mutant = self.meanings.declared.evaluate(expression)
            if not mutant.undefined and not self.meanings.declared.alike(mutant, self.key.values):
                found.append((mutant, change))
        return found

    @cached_property
    def _exact_mutants(self) -> dict[tuple[Entries | None, ...], str]:
        """What was changed, by the values of the mutant: one look-up for most answers."""
        found: dict[tuple[Entries | None, ...], str] = {}
        for mutant, change in self._mutants:
            if mutant.exact is not None:
                found.setdefault(mutant.exact, change)
        return found

    @cached_property
    def _float_mutants(self) -> list[tuple[SampledValues, str]]:
        return [(self.meanings.declared.with_floats(mutant), change) for mutant, change in self._mutants]

    def _find_in_conditions(self, answer: Meaning) -> NearMiss | None:
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
                    return NearMiss(ReasonCode.NEIGHBOUR, say("close.strict"))
        return self._find_turned(answer)

    def _find_turned(self, answer: Meaning) -> NearMiss | None:
        for condition in answer.conditions:
            for theirs in self.key.conditions:
                if condition.sign == theirs.sign and condition.sign in (">=", ">"):
                    ratio = self.meanings.declared.factor(condition.difference, theirs.difference)
                    if ratio is not None and ratio < 0:
                        return NearMiss(ReasonCode.SIGN, say("typed.the_inequality_points_the_other"))
        return None

    def other_shape(self, answer: Meaning) -> NearMiss | None:
        """The answer's shape against the key's, where they differ."""
        given, wanted = answer.expression.shape, self.key.expression.shape
        if compatible(given, wanted) or given.kind is wanted.kind is ShapeKind.CONDITION:
            return None
        return NearMiss.of(ReasonCode.SHAPE, wanted=wanted.sentence, given=given.sentence)
