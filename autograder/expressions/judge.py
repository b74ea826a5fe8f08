"""The judge: a key prepared once, and the verdict on each answer to it.

The verdicts come in this order: unreadable, unknown symbol, ill-typed (these cost no attempt); echo of the
question; right; listed wrong; row for column; right only when a matrix is symmetric, or in dimension 1; sign
or factor; one-edit neighbour of the key; other shape; wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from autograder.expressions.expression import Expression, express
from autograder.expressions.mathml import mathml
from autograder.expressions.meaning import Meaning, Meanings, fingerprint
from autograder.expressions.parser import ParsedAnswer, parse_conditions, parse_value
from autograder.expressions.prompts import shown
from autograder.expressions.reading import line
from autograder.expressions.shapes import Shape, ShapeKind
from autograder.expressions.slips import Slip, Slips
from autograder.expressions.symbols import Symbols
from autograder.expressions.tree import Node
from autograder.expressions.unreadable import Unreadable
from autograder.expressions.verdicts import CREDITS, SENTENCES, Code, Judged, Reading, State, state_of

__all__ = ["Code", "Judged", "PreparedKey", "Reading", "State", "WrongAnswer", "interpret", "prepare"]

_NOTHING = Fraction(0)


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
        self._slips = [Slips(key, self._meanings) for key in self._keys]
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
        for slips in self._slips:
            slips.warm()
        return self

    def judge(self, answer: str) -> Judged:
        """The verdict on an answer; never an exception, whatever the text."""
        judged, ambiguous = self._judge(answer, flipped=False)
        if ambiguous and judged.state is not State.CORRECT:
            other, _ = self._judge(answer, flipped=True)
            if other.state is State.CORRECT:
                return _unreadable(
                    Code.AMBIGUOUS, SENTENCES[Code.AMBIGUOUS], judged.reading, judged.reading_mathml
                )
        return judged

    def _judge(self, answer: str, *, flipped: bool) -> tuple[Judged, bool]:
        try:
            parsed = self._read(answer, flipped=flipped)
        except Unreadable as reason:
            return _unreadable(Code(reason.code), reason.message), False
        try:
            meaning = self._understood(parsed)
        except Unreadable as reason:
            tree = parsed.tree
            return _unreadable(Code(reason.code), reason.message, line(tree), mathml(tree)), parsed.ambiguous
        tree = meaning.expression.tree
        judged = self._verdict(meaning, parsed.tree)
        return replace(judged, reading=line(tree), reading_mathml=mathml(tree)), parsed.ambiguous

    def interpret(self, answer: str) -> Reading | Unreadable:
        """What is understood of an answer to this question, for the echo while it is typed."""
        try:
            tree = self._read(answer, flipped=False).tree
        except Unreadable as reason:
            return reason
        return _interpreted(tree, self.symbols, wanted=self.shape)

    def _read(self, answer: str, *, flipped: bool) -> ParsedAnswer:
        if self.shape.kind is ShapeKind.CONDITION:
            return parse_conditions(answer, self.symbols, flipped=flipped)
        return parse_value(answer, self.symbols, flipped=flipped)

    def _understood(self, parsed: ParsedAnswer) -> Meaning:
        meaning = self._meanings.of(express(parsed.tree, self.symbols, wanted=self.shape))
        for side in parsed.also:
            other = self._meanings.of(express(side, self.symbols, wanted=self.shape))
            if not self._meanings.equal(other, meaning):
                raise Unreadable("The two sides of your equation are not equal; give one answer.")
        return meaning

    def _verdict(self, answer: Meaning, parsed: Node) -> Judged:
        if self._echoes and any(_writing(parsed) == writing for writing, _ in self._echoes):
            return _judged(Code.ECHO, SENTENCES[Code.ECHO], _NOTHING, fingerprint(answer))
        for key in self._keys:
            if self._meanings.equal(answer, key):
                return _judged(Code.RIGHT, SENTENCES[Code.RIGHT], Fraction(1), fingerprint(key))
        for listed, meaning in self._wrong:
            if self._meanings.equal(answer, meaning):
                feedback = listed.feedback or SENTENCES[Code.LISTED]
                return _judged(Code.LISTED, feedback, listed.credit, fingerprint(meaning))
        slip = self._slip(answer)
        return _judged(slip.code, slip.message, CREDITS.get(slip.code, _NOTHING), fingerprint(answer))

    def _slip(self, answer: Meaning) -> Slip:
        """The best explanation of a wrong answer: the slip from any of the keys."""
        if answer.undefined:
            return Slip(Code.UNDEFINED, SENTENCES[Code.UNDEFINED])
        if any(self._meanings.equal(answer, meaning) for _, meaning in self._echoes):
            return Slip(Code.ECHO, SENTENCES[Code.ECHO])
        for slips in self._slips:
            slip = slips.found(answer)
            if slip is not None:
                return slip
        return self._slips[0].other_shape(answer) or Slip(Code.WRONG, SENTENCES[Code.WRONG])


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
        keys.append(express(tree, symbols, wanted=keys[0].shape if keys else None))
    listed = [(answer, _listed(answer.text, symbols, keys[0].shape)) for answer in wrong]
    echoes = [
        (tree, expression) for tree, expression in shown(prompt, symbols) if _writing(tree) not in parsed
    ]
    return PreparedKey(keys, symbols, wrong=listed, echoes=echoes)


def _listed(text: str, symbols: Symbols, wanted: Shape) -> Expression:
    read = parse_conditions if wanted.kind is ShapeKind.CONDITION else parse_value
    return express(read(text, symbols).tree, symbols, wanted=wanted)


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
    return _interpreted(tree, symbols)


def _interpreted(tree: Node, symbols: Symbols, *, wanted: Shape | None = None) -> Reading | Unreadable:
    try:
        expression = express(tree, symbols, wanted=wanted)
    except Unreadable as reason:
        reason.reading, reason.reading_mathml = line(tree), mathml(tree)
        return reason
    return Reading(line(expression.tree), mathml(expression.tree), str(expression.shape))


def _writing(tree: Node) -> Node:
    """The tree without what tells one way to write a product from another."""
    parts = tuple(_writing(part) for part in tree.args)
    return Node(tree.op, parts, None if tree.op in ("product", "divide") else tree.value)


def _judged(code: Code, message: str, credit: Fraction, name: str) -> Judged:
    return Judged(state_of(credit), credit, code, message, fingerprint=name)


def _unreadable(code: Code, message: str, reading: str = "", typeset: str = "") -> Judged:
    return Judged(State.UNREADABLE, _NOTHING, code, message, reading, typeset)
