"""The judge: a key prepared once, and the verdict on each answer to it.

The verdicts come in this order: unreadable, unknown symbol, ill-typed (these cost no attempt); echo of the
question; right; listed wrong; row for column; right only when a matrix is symmetric, or in dimension 1; sign
or factor; a mutant of the key; other shape; wrong.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from autograder.expressions.expression import Expression, typecheck
from autograder.expressions.judgement import (
    CREDITS,
    SENTENCES,
    Judgement,
    JudgementState,
    Reading,
    ReasonCode,
    state_of,
)
from autograder.expressions.meaning import Meaning, Meanings, fingerprint
from autograder.expressions.near_misses import NearMiss, NearMisses
from autograder.expressions.parser import ParsedAnswer, parse_conditions, parse_value
from autograder.expressions.printer import as_mathml, as_text
from autograder.expressions.shapes import Shape, ShapeKind
from autograder.expressions.symbols import Symbols
from autograder.expressions.tree import Node
from autograder.expressions.unreadable import Unreadable

_NOTHING = Fraction(0)
_FORMULA = re.compile(r"\$\$?([^$]{1,400})\$\$?")
_CUTS = re.compile(r"\\mapsto|\\to\b|↦|\\colon|:=|(?<![<>!])=")
_MAX_FORMULAS = 20


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """A wrong answer the author foresaw: what it earns and what its writer is told."""

    text: str
    credit: Fraction = _NOTHING
    feedback: str = ""


class PreparedKey:
    """One question's key, with everything computed that does not depend on the answer."""

    def __init__(
        self,
        keys: Sequence[Expression],
        symbols: Symbols,
        *,
        wrong: Sequence[tuple[WrongAnswer, Expression]] = (),
        echoes: Sequence[tuple[Node, Expression]] = (),
    ) -> None:
        self.symbols = symbols
        self._meanings = Meanings(symbols)
        self._keys = [self._meanings.of(key) for key in keys]
        self._near_misses = [NearMisses(key, self._meanings) for key in self._keys]
        self._wrong = [(listed, self._meanings.of(expression)) for listed, expression in wrong]
        self._echoes = [(_writing(parsed), self._meanings.of(expression)) for parsed, expression in echoes]

    @property
    def shape(self) -> Shape:
        """The shape of the answer."""
        return self._keys[0].expression.shape

    @property
    def undefined(self) -> bool:
        """Whether a key has no value anywhere: the author's mistake."""
        return any(key.undefined for key in self._keys)

    def warm(self) -> "PreparedKey":
        """Compute also what only wrong answers need, for a server that will judge many."""
        for near_misses in self._near_misses:
            near_misses.warm()
        return self

    def judge(self, answer: str) -> Judgement:
        """The verdict on an answer; never an exception, whatever the text."""
        judged, ambiguous = self._judge(answer, flipped=False)
        if ambiguous and judged.state is not JudgementState.CORRECT:
            other, _ = self._judge(answer, flipped=True)
            if other.state is JudgementState.CORRECT:
                code = ReasonCode.AMBIGUOUS
                return _unreadable(code, SENTENCES[code], judged.reading, judged.reading_mathml)
        return judged

    def _judge(self, answer: str, *, flipped: bool) -> tuple[Judgement, bool]:
        try:
            parsed = self._read(answer, flipped=flipped)
        except Unreadable as reason:
            return _unreadable(ReasonCode(reason.code), reason.message), False
        try:
            meaning = self._understand(parsed)
        except Unreadable as reason:
            code, tree = ReasonCode(reason.code), parsed.tree
            return _unreadable(code, reason.message, as_text(tree), as_mathml(tree)), parsed.ambiguous
        tree = meaning.expression.tree
        judged = self._judge_meaning(meaning, parsed.tree)
        return replace(judged, reading=as_text(tree), reading_mathml=as_mathml(tree)), parsed.ambiguous

    def interpret(self, answer: str) -> Reading | Unreadable:
        """What is understood of an answer to this question, for the echo while it is typed."""
        try:
            tree = self._read(answer, flipped=False).tree
        except Unreadable as reason:
            return reason
        return _interpret(tree, self.symbols, wanted=self.shape)

    def _read(self, answer: str, *, flipped: bool) -> ParsedAnswer:
        if self.shape.kind is ShapeKind.CONDITION:
            return parse_conditions(answer, self.symbols, flipped=flipped)
        return parse_value(answer, self.symbols, flipped=flipped)

    def _understand(self, parsed: ParsedAnswer) -> Meaning:
        meaning = self._meanings.of(typecheck(parsed.tree, self.symbols, wanted=self.shape))
        for side in parsed.also:
            other = self._meanings.of(typecheck(side, self.symbols, wanted=self.shape))
            if not self._meanings.equal(other, meaning):
                raise Unreadable("The two sides of your equation are not equal; give one answer.")
        return meaning

    def _judge_meaning(self, answer: Meaning, parsed: Node) -> Judgement:
        if self._echoes and any(_writing(parsed) == writing for writing, _ in self._echoes):
            return _judgement(ReasonCode.ECHO, _NOTHING, fingerprint(answer))
        for key in self._keys:
            if self._meanings.equal(answer, key):
                return _judgement(ReasonCode.RIGHT, Fraction(1), fingerprint(key))
        for listed, meaning in self._wrong:
            if self._meanings.equal(answer, meaning):
                code, name = ReasonCode.LISTED, fingerprint(meaning)
                return _judgement(code, listed.credit, name, message=listed.feedback)
        miss = self._explain(answer)
        credit = CREDITS.get(miss.code, _NOTHING)
        return _judgement(miss.code, credit, fingerprint(answer), message=miss.message)

    def _explain(self, answer: Meaning) -> NearMiss:
        """The best explanation of a wrong answer: how it misses any of the keys."""
        if answer.undefined:
            return NearMiss.of(ReasonCode.UNDEFINED)
        if any(self._meanings.equal(answer, meaning) for _, meaning in self._echoes):
            return NearMiss.of(ReasonCode.ECHO)
        for near_misses in self._near_misses:
            miss = near_misses.find(answer)
            if miss is not None:
                return miss
        return self._near_misses[0].other_shape(answer) or NearMiss.of(ReasonCode.WRONG)


def prepare(
    key: str | Sequence[str], symbols: Symbols, *, wrong: Sequence[WrongAnswer] = (), prompt: str = ""
) -> PreparedKey:
    """Everything about a key computed once; raises Unreadable for an author's text that cannot be read."""
    texts = [key] if isinstance(key, str) else list(key)
    keys: list[Expression] = []
    parsed: list[Node] = []
    for text in texts:
        tree = parse_conditions(text, symbols).tree
        parsed.append(_writing(tree))
        keys.append(typecheck(tree, symbols, wanted=keys[0].shape if keys else None))
    wanted = keys[0].shape
    parse = parse_conditions if wanted.kind is ShapeKind.CONDITION else parse_value
    listed = [
        (answer, typecheck(parse(answer.text, symbols).tree, symbols, wanted=wanted)) for answer in wrong
    ]
    echoes = [(tree, shown) for tree, shown in _formulas(prompt, symbols) if _writing(tree) not in parsed]
    return PreparedKey(keys, symbols, wrong=listed, echoes=echoes)


def _formulas(prompt: str, symbols: Symbols) -> Iterator[tuple[Node, Expression]]:
    """Every expression between dollar signs that is more than a name: as parsed, and with its shapes."""
    for formula in _FORMULA.findall(prompt)[:_MAX_FORMULAS]:
        for part in dict.fromkeys([formula, *_CUTS.split(formula)]):
            try:
                parsed = parse_conditions(part, symbols).tree
                if parsed.args:
                    yield parsed, typecheck(parsed, symbols)
            except Unreadable:
                continue


def interpret(answer: str, symbols: Symbols) -> Reading | Unreadable:
    """What is understood of an answer, for the echo while it is typed; the reason where nothing is.

    Where the key is known, `PreparedKey.interpret` knows also whether an equals sign only names the answer.
    """
    try:
        try:
            tree = parse_value(answer, symbols).tree
        except Unreadable:
            tree = parse_conditions(answer, symbols).tree
    except Unreadable as reason:
        return reason
    return _interpret(tree, symbols)


def _interpret(tree: Node, symbols: Symbols, *, wanted: Shape | None = None) -> Reading | Unreadable:
    try:
        expression = typecheck(tree, symbols, wanted=wanted)
    except Unreadable as reason:
        reason.reading, reason.reading_mathml = as_text(tree), as_mathml(tree)
        return reason
    return Reading(as_text(expression.tree), as_mathml(expression.tree), str(expression.shape))


def _writing(tree: Node) -> Node:
    """The tree without what tells one way to write a product from another."""
    parts = tuple(_writing(part) for part in tree.args)
    return Node(tree.op, parts, None if tree.op in ("product", "divide") else tree.value)


def _judgement(code: ReasonCode, credit: Fraction, name: str, *, message: str = "") -> Judgement:
    """A judgement with the sentence of its code, where there is no other message."""
    return Judgement(state_of(credit), credit, code, message or SENTENCES[code], fingerprint=name)


def _unreadable(code: ReasonCode, message: str, reading: str = "", typeset: str = "") -> Judgement:
    return Judgement(JudgementState.UNREADABLE, _NOTHING, code, message, reading, typeset)
