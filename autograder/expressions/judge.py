"""The judge: a key prepared once, and the verdict on each answer to it.

The verdicts come in this order: unreadable, unknown symbol, ill-typed (these cost no attempt); echo of the
question; right; listed wrong; row for column; right only when a matrix is symmetric; sign or factor; a mutant
of the key; right only in dimension 1; other shape; wrong.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from autograder.domain.sentences import SILENT, Sentence, authored, say
from autograder.expressions.answer import (
    VALUE,
    ParsedAnswer,
    as_membership,
    parse_conditions,
    parse_tokens,
    parse_value,
    style_of,
    tokens_of,
)
from autograder.expressions.calls import CELL, unwrap_calls
from autograder.expressions.conditions import SetComparison
from autograder.expressions.definitions import DefinedAnswer, split_definitions
from autograder.expressions.expression import Expression, typecheck
from autograder.expressions.judgement import (
    CREDITS,
    Judgement,
    JudgementState,
    Reading,
    ReasonCode,
    state_of,
)
from autograder.expressions.lexer import Token
from autograder.expressions.meaning import Meaning, Meanings, fingerprint
from autograder.expressions.near_misses import NearMiss, NearMisses
from autograder.expressions.parser_state import Wanted
from autograder.expressions.printer import as_mathml, as_text
from autograder.expressions.readings import other_readings
from autograder.expressions.shapes import Shape, ShapeKind, compatible
from autograder.expressions.symbols import Symbols
from autograder.expressions.tree import Node, walk
from autograder.expressions.unreadable import IllTyped, Unreadable

_NOTHING = Fraction(0)
_FORMULA = re.compile(r"\$\$?([^$]{1,400})\$\$?")
_CUTS = re.compile(r"\\mapsto|\\to\b|↦|\\colon|:=|(?<![<>!])=")
_MAX_FORMULAS = 20
_BRACKETED_LINE = re.compile(r"\s*[\[(|⎡⎢⎣⎛⎝]([^\[\]()|]*)[\])|⎤⎥⎦⎞⎠]\s*,?\s*")
_BROKEN_LINES = re.compile(r"=|^\s*[\[({\\$]|[-+*/,;]\s*[\r\n]|[\r\n]\s*[-+*/,;]\s")
"""What tells that lines are not rows: brackets around them, or an expression that goes on."""


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """A wrong answer the author foresaw: what it earns and what its writer is told."""

    text: str
    credit: Fraction = _NOTHING
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class _Typed:
    """An answer in tokens, with the names that it defines."""

    tokens: Sequence[Token]
    style: str
    defined: DefinedAnswer


class PreparedKey:
    """One question's key, with everything computed that does not depend on the answer."""

    def __init__(
        self,
        keys: Sequence[Expression],
        symbols: Symbols,
        *,
        wrong: Sequence[tuple[WrongAnswer, Expression]] = (),
        echoes: Sequence[tuple[Node, Expression]] = (),
        order: bool = False,
    ) -> None:
        self.symbols = symbols
        self._order = order
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
        try:
            typed = self._typed(answer)
        except Unreadable as reason:
            return _unreadable(ReasonCode(reason.code), reason.sentence)
        judged = self._judge(typed)
        decided = judged.state is JudgementState.CORRECT or judged.code is ReasonCode.ECHO
        return judged if decided else self._asked_back(typed, judged)

    def _judge(self, typed: _Typed) -> Judgement:
        try:
            parsed = self._parse(typed, typed.tokens)
        except Unreadable as reason:
            return _unreadable(ReasonCode(reason.code), reason.sentence)
        try:
            meaning = self._understand(parsed)
        except Unreadable as reason:
            code, tree = ReasonCode(reason.code), parsed.tree
            return _unreadable(code, reason.sentence, as_text(tree), as_mathml(tree))
        tree = meaning.expression.tree
        judged = self._judge_order(meaning, parsed) or self._judge_meaning(meaning, parsed.tree)
        return replace(judged, reading=as_text(tree), reading_mathml=as_mathml(tree))

    def _asked_back(self, typed: _Typed, judged: Judgement) -> Judgement:
        """What is to be said instead where another reading of the tokens would be right."""
        tokens = typed.tokens
        for other in other_readings(tokens):
            try:
                meaning = self._understand(self._parse(typed, other))
                right = any(self._meanings.equal(meaning, key) for key in self._keys)
            except Unreadable:
                continue
            if right:
                code, second = ReasonCode.AMBIGUOUS, as_text(meaning.expression.tree)
                joined = len(other) == len(tokens) and any(token.kind == "or" for token in other)
                comma = any(token.kind == "comma" for token in tokens)
                kind = "judged.ambiguous" + ("" if not joined else "_comma" if comma else "_and")
                marks, turned = ([token.kind for token in read] for read in (tokens, other))
                if any(marks.count(mark) != turned.count(mark) for mark in ("dagger", "subscript")):
                    kind = "judged.ambiguous_sign"  # a dagger taken for a transpose, (1) for an index
                if marks.count("word") < turned.count("word"):
                    kind = "judged.called_sigma"
                said = say(kind, first=judged.reading, second=second)
                if not judged.reading:
                    said = say("typed.i_cannot_read_this_without", second=second)
                return _unreadable(code, said, judged.reading, judged.reading_mathml)
        return judged

    def interpret(self, answer: str) -> Reading | Unreadable:
        """What `judge` will understand of an answer, for the echo while it is typed."""
        try:
            typed = self._typed(answer)
            parsed = self._parse(typed, typed.tokens)
        except Unreadable as reason:
            return reason
        try:
            expression = self._understand(parsed).expression
        except Unreadable as reason:
            reason.reading, reason.reading_mathml = as_text(parsed.tree), as_mathml(parsed.tree)
            return reason
        return Reading(as_text(expression.tree), as_mathml(expression.tree), str(expression.shape))

    def _typed(self, answer: str) -> _Typed:
        """The tokens of an answer, whose lines may be the rows that are asked; raises Unreadable."""
        if self._wanted.condition:
            return _Typed(tokens_of(answer, self.symbols, condition=True), style_of(answer), self._undefined)
        defined = self._undefined
        if not self._wanted.entries:
            defined = split_definitions(answer, self.symbols)
        text = _as_rows(answer, self.symbols) if self._wanted.entries else defined.text
        return _Typed(tokens_of(text, defined.symbols), style_of(answer), defined)

    def _parse(self, typed: _Typed, tokens: Sequence[Token]) -> ParsedAnswer:
        parsed = self._parse_tokens(tokens, typed.style, typed.defined.symbols)
        if not typed.defined.values:
            return parsed
        also = tuple((typed.defined.put_in(side), label) for side, label in parsed.also)
        return replace(parsed, tree=typed.defined.put_in(parsed.tree), also=also)

    def _parse_tokens(self, tokens: Sequence[Token], style: str, symbols: Symbols) -> ParsedAnswer:
        lies = as_membership(tokens, self._subject, values=self._values) if self._subject else None
        if lies:
            try:
                return parse_tokens(lies, symbols, self._wanted, style)
            except Unreadable as lost:
                try:
                    return parse_tokens(tokens, symbols, self._wanted, style)
                except Unreadable as reason:
                    raise (lost if tokens[0].text in ("[", "]") else reason) from None
        return parse_tokens(tokens, symbols, self._wanted, style)

    @cached_property
    def _undefined(self) -> DefinedAnswer:
        """An answer that defines no names."""
        return DefinedAnswer("", self.symbols)

    @cached_property
    def _wanted(self) -> Wanted:
        sizes = (self.shape.rows, self.shape.columns)
        entries = self.shape.is_array and all(size.isdigit() for size in sizes)
        condition = self.shape.kind is ShapeKind.CONDITION
        return Wanted(condition, entries=entries, number=self.shape.like_number)

    @cached_property
    def _values(self) -> bool:
        """Whether the condition lists values, as x = 1 or x = -1 does."""
        parts = walk(self._keys[0].expression.tree)
        return {part.value for part in parts if part.op == "relation"} == {"="}

    @cached_property
    def _subject(self) -> str:
        """The one number that a condition is about, or the empty string."""
        if not self._wanted.condition:
            return ""
        parts = list(walk(self._keys[0].expression.tree))
        names = {part.value for part in parts if part.op == "symbol"}
        numbers = [symbol for symbol in self.symbols if symbol.name in names and not symbol.shape.is_array]
        if len(numbers) < len(names):
            return ""
        free = [symbol.name for symbol in numbers if not symbol.positive]
        bounded = [name for symbol in numbers if _is_bounded(name := symbol.name, parts)]
        return next((found[0] for found in (free, bounded) if len(found) == 1), "")

    def _understand(self, parsed: ParsedAnswer) -> Meaning:
        for name in self._vectors_beside(parsed.tree):
            raise Unreadable(say("typed.is_it_for_every", name=name))
        meaning = self._meaning_of(parsed.tree, parsed.style)
        shape = meaning.expression.shape
        if any(part.op == "stack" for part in walk(parsed.tree)) and not compatible(shape, self.shape):
            raise IllTyped(
                say("typed.the_answer_should_be_these", shape=self.shape.sentence, shape_2=shape.sentence)
            )
        for side, label in parsed.also:
            try:
                other = self._meaning_of(side, parsed.style)
            except Unreadable:
                if label:
                    continue
                raise
            if not self._meanings.equal(other, meaning):
                raise Unreadable(say("typed.the_two_sides_of_your"))
        return meaning

    def _vectors_beside(self, tree: Node) -> Iterator[str]:
        """Vectors of which the condition that is asked does not speak: w, in `w^T A w >= 0` said of A."""
        asked = {
            part.value for key in self._keys for part in walk(key.expression.tree) if part.op == "symbol"
        }
        named = {part.value for part in walk(tree) if part.op == "symbol"}
        arrays = {symbol.name for symbol in self.symbols if symbol.shape.is_array} & asked
        if self._wanted.condition and arrays and arrays <= named:
            beside = named - asked
            yield from (one.name for one in self.symbols if one.shape.is_column and one.name in beside)

    def _meaning_of(self, tree: Node, style: str) -> Meaning:
        return self._meanings.of(typecheck(tree, self.symbols, wanted=self.shape, style=style))

    def _judge_order(self, answer: Meaning, parsed: ParsedAnswer) -> Judgement | None:
        """An order of growth that is right but for constants: right where the key is one, else asked back."""
        if not parsed.order or not self.shape.like_number:
            return None
        key = self._keys[0]
        if self._meanings.equal(answer, key) or not self._meanings.grow_alike(answer, key):
            return None
        if self._order:
            return _judgement(ReasonCode.RIGHT, Fraction(1), fingerprint(key))
        return _unreadable(ReasonCode.UNDECIDED, say("typed.the_order_is_right_the"))

    def _judge_meaning(self, answer: Meaning, parsed: Node) -> Judgement:
        if self._echoes and any(_writing(parsed) == writing for writing, _ in self._echoes):
            return _judgement(ReasonCode.ECHO, _NOTHING, fingerprint(answer))
        for key in self._keys:
            if self._meanings.equal(answer, key):
                return _judgement(ReasonCode.RIGHT, Fraction(1), fingerprint(key))
        for listed, meaning in self._wrong:
            if self._meanings.equal(answer, meaning):
                code, name = ReasonCode.LISTED, fingerprint(meaning)
                return _judgement(code, listed.credit, name, said=authored(listed.feedback))
        if answer.conditions and any(
            self._meanings.compare(answer, key) is SetComparison.UNDECIDED
            for key in self._keys
            if key.conditions
        ):
            return _unreadable(ReasonCode.UNDECIDED, say("judged.undecided"))
        miss = self._explain(answer)
        credit = CREDITS.get(miss.code, _NOTHING)
        return _judgement(miss.code, credit, fingerprint(answer), said=miss.said)

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
    written: list[Node] = []
    order = chance = False
    by_chance = replace(symbols, chance=True)
    for text in texts:
        parsed = _parse_key(text, by_chance)
        chance = chance or any(part.op in ("expect", "spread", "chances") for part in walk(parsed.tree))
        written.append(_writing(parsed.tree))
        order = order or parsed.order
        wanted = keys[0].shape if keys else None
        keys.append(typecheck(parsed.tree, symbols, wanted=wanted, style=parsed.style))
    symbols = by_chance if chance else symbols
    shape = keys[0].shape
    parse = parse_conditions if shape.kind is ShapeKind.CONDITION else parse_value
    listed = [
        (answer, typecheck(parse(answer.text, symbols).tree, symbols, wanted=shape)) for answer in wrong
    ]
    echoes = [(tree, shown) for tree, shown in _formulas(prompt, symbols) if _writing(tree) not in written]
    return PreparedKey(keys, symbols, wrong=listed, echoes=echoes, order=order)


def _parse_key(text: str, symbols: Symbols) -> ParsedAnswer:
    """A key, in which an equals sign is part of a condition, and (1, 2) are two entries."""
    tokens = tokens_of(text, symbols, condition=True)
    if tokens[0].text in ("O", "Theta"):
        return parse_tokens(tokens, symbols, VALUE, style_of(text))
    return parse_tokens(tokens, symbols, Wanted(condition=True, entries=True), style_of(text))


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
    """What is understood of an answer where no key is at hand; the reason where no key would understand it.

    Where the key is known, `PreparedKey.interpret` says what is judged: by the key an equals sign may only
    name the answer, and (0, 1) be an interval.
    """
    lost: Unreadable | None = None
    by_chance = replace(symbols, chance=True)
    readings = ((read, symbols) for read in (_read_value, parse_conditions, _read_membership, _read_entries))
    for read, known in (*readings, (parse_value, by_chance)):
        tree = None
        try:
            tree = (parsed := read(answer, known)).tree
            expression = typecheck(tree, known, style=parsed.style)
        except Unreadable as reason:
            if tree is not None:
                reason.reading, reason.reading_mathml = as_text(tree), as_mathml(tree)
            # What is said of a value that was read, else of a condition, is what helps most.
            lost = reason if lost is None or (read is parse_conditions and not lost.reading) else lost
            continue
        return Reading(as_text(expression.tree), as_mathml(expression.tree), str(expression.shape))
    assert lost is not None  # noqa: S101 -- every reading either returned or was lost
    return lost


def _read_value(answer: str, symbols: Symbols) -> ParsedAnswer:
    """An answer read as a value, with the names that it defines."""
    defined = split_definitions(answer, symbols)
    parsed = parse_value(defined.text, defined.symbols)
    return replace(parsed, tree=defined.put_in(parsed.tree), style=style_of(answer))


def _read_membership(answer: str, symbols: Symbols) -> ParsedAnswer:
    """An interval, a set or a bound alone, of the only number that it can be said of."""
    numbers = [one for one in symbols if not one.shape.is_array and not one.is_function and not one.rows_of]
    free = [one.name for one in numbers if not one.positive] or [one.name for one in numbers]
    tokens = tokens_of(answer, symbols, condition=True)
    lies = as_membership(tokens, free[0], values=False) if len(free) == 1 else None
    return parse_tokens(lies or tokens, symbols, Wanted(condition=True), style_of(answer))


def _read_entries(answer: str, symbols: Symbols) -> ParsedAnswer:
    """An answer read as the entries of a vector or a matrix."""
    tokens = tokens_of(_as_rows(answer, symbols), symbols)
    return parse_tokens(tokens, symbols, Wanted(entries=True), style_of(answer))


def _as_rows(answer: str, symbols: Symbols) -> str:
    """An answer where entries are asked: calls of programs as brackets, lines as rows."""
    answer = unwrap_calls(answer, declared=frozenset(symbol.name for symbol in symbols)).replace(CELL, ", ")
    answer = re.sub(r"([\])])\s*;\s*(?=[\[(])", r"\1, ", answer)
    if "&" in answer and "\\\\" in answer and "\\begin" not in answer and "matrix" not in answer:
        return rf"\begin{{matrix}} {answer} \end{{matrix}}"
    lines = [line for line in answer.splitlines() if line.strip()]
    bracketed = [_BRACKETED_LINE.fullmatch(line) for line in lines]
    if len(lines) > 1 and all(bracketed):
        lines = [line[1] for line in bracketed if line]
    elif len(lines) < 2 or _BROKEN_LINES.search(answer):
        return answer
    return f"[{'; '.join(lines)}]"


def _writing(tree: Node) -> Node:
    """The tree without what tells one way to write a product from another."""
    parts = tuple(_writing(part) for part in tree.args)
    return Node(tree.op, parts, None if tree.op in ("product", "divide", "transpose") else tree.value)


def _judgement(code: ReasonCode, credit: Fraction, name: str, *, said: Sentence = SILENT) -> Judgement:
    """A judgement with the sentence of its code, where there is no other message."""
    return Judgement(state_of(credit), credit, code, said or say(f"judged.{code}"), fingerprint=name)


def _is_bounded(name: str, parts: Sequence[Node]) -> bool:
    """Whether every relation says between which bounds this number lies, as `0 < x < 2/L` does of x."""
    relations = [part for part in parts if part.op == "relation"]
    return bool(relations) and all(
        [name in {one.value for one in walk(side) if one.op == "symbol"} for side in relation.args].count(
            True
        )
        == 1
        and any(side.op == "symbol" and side.value == name for side in relation.args)
        for relation in relations
    )


def _unreadable(code: ReasonCode, said: Sentence, reading: str = "", typeset: str = "") -> Judgement:
    return Judgement(JudgementState.UNREADABLE, _NOTHING, code, said, reading, typeset)
