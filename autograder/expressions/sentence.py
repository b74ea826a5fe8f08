"""A whole answer: what stands before an equals sign, conditions joined by `and`, punctuation at the ends."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.expressions.grammar import Grammar
from autograder.expressions.symbols import Symbols
from autograder.expressions.tokens import MAX_LENGTH, Lexer, Token
from autograder.expressions.tree import Node, node
from autograder.expressions.unreadable import Unreadable
from autograder.expressions.words import FUNCTIONS

_END = Token("end", "")
_CLOSING_MARKS = (".", ",", ";", ":", "!")
_DEFINITE = re.compile(
    r"\s+(?:is\s+|be\s+)?(?:(?P<semi>positive\s+semi-?\s*definite|psd)|positive\s+definite|pd)\s*\.?\s*$",
    re.IGNORECASE,
)
"""`A is positive semidefinite` says A >= 0."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What was read: the answer, what it is claimed to equal, and whether a slash was ambiguous."""

    tree: Node
    also: tuple[Node, ...] = ()
    ambiguous: bool = False


def read_value(text: str, symbols: Symbols, *, flipped: bool = False) -> Sentence:
    """An answer that is an expression: `∇f(w) = 2w` is 2w, `w + w = 2w` is 2w and claims to be w + w."""
    tokens = _trimmed(Lexer(text, symbols).run())
    sides = _split(tokens, "=", "<-", "->")
    if any(token.kind == "relation" and token.text != "=" for token in sides[-1]) or len(sides) == 1:
        return _conditions(tokens, symbols, flipped=flipped)
    if not sides[-1]:
        raise Unreadable("Something is missing after the equals sign.")
    last = _expression(sides[-1], symbols, flipped=flipped)
    also = [
        _expression(side, symbols, flipped=flipped)
        for side in sides[:-1]
        if side and not _is_label(side, symbols)
    ]
    return Sentence(
        last.tree, tuple(side.tree for side in also), last.ambiguous or any(s.ambiguous for s in also)
    )


def read_conditions(text: str, symbols: Symbols, *, flipped: bool = False) -> Sentence:
    """An answer that may be an equation, an inequality, or several joined by `and`."""
    if len(text) <= MAX_LENGTH:
        text = _DEFINITE.sub(lambda word: " >= 0" if word["semi"] else " > 0", text)
    return _conditions(_trimmed(Lexer(text, symbols).run()), symbols, flipped=flipped)


def _trimmed(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without a leading equals sign and without the full stop at the end."""
    kept = list(tokens[:-1])
    while kept and kept[-1].text in _CLOSING_MARKS:
        kept.pop()
    while kept and kept[0].kind in ("relation", "arrow") and kept[0].text in ("=", "->"):
        kept.pop(0)
    if not kept:
        raise Unreadable("The answer is empty.")
    return kept


def _split(tokens: Sequence[Token], *marks: str) -> list[list[Token]]:
    """The tokens cut at these signs, outside all brackets."""
    sides: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.kind in ("relation", "arrow") and token.text in marks:
            sides.append([])
        else:
            sides[-1].append(token)
    return sides


def _expression(tokens: Sequence[Token], symbols: Symbols, *, flipped: bool) -> Sentence:
    grammar = Grammar([*tokens, _END], symbols, flipped=flipped)
    tree = grammar.expression()
    _expect_end(grammar)
    return Sentence(tree, ambiguous=grammar.ambiguous)


def _expect_end(grammar: Grammar) -> None:
    if grammar.sees("end"):
        return
    if grammar.sees("close"):
        raise Unreadable(f"The bracket {grammar.now.text} closes nothing.")
    if grammar.sees("comma"):
        raise Unreadable("I did not expect a comma here; write an inner product as <u, v>.")
    raise Unreadable(f"I did not expect {grammar.now.text!r} here.")


def _conditions(tokens: Sequence[Token], symbols: Symbols, *, flipped: bool) -> Sentence:
    grammar = Grammar([*tokens, _END], symbols, flipped=flipped)
    grammar.commas = 1 if any(token.kind == "relation" or token.text in "<>" for token in tokens) else 0
    found = _chain(grammar)
    while found[0].op == "relation" and (grammar.sees("and") or grammar.sees("comma")):
        while grammar.accept("and") or grammar.accept("comma"):
            pass
        found += _chain(grammar)
    _expect_end(grammar)
    if len(found) > 1 and any(part.op != "relation" for part in found):
        raise Unreadable("Only equations and inequalities can be joined by 'and'.")
    tree = found[0] if len(found) == 1 else node("both", *found)
    return Sentence(tree, ambiguous=grammar.ambiguous)


def _chain(grammar: Grammar) -> list[Node]:
    """One expression, or a chain `a < b < c` as its links."""
    sides = [grammar.expression()]
    signs = []
    while grammar.sees("relation") or grammar.sees("angle", "<", ">"):
        signs.append(grammar.take().text)
        sides.append(grammar.expression())
    if not signs:
        return sides
    links = zip(signs, sides, sides[1:], strict=False)
    return [node("relation", left, right, value=sign) for sign, left, right in links]


def _is_label(side: Sequence[Token], symbols: Symbols) -> bool:
    """Whether a left-hand side only names what is asked: ∇f(w), f'(w), ∂f/∂w, w*, grad."""
    start = 2 if side[0].kind == "frac" and len(side) > 2 else 0
    first = side[start]
    if first.kind == "nabla" or (first.kind == "word" and first.text not in ("I", "e", "pi")):
        return not _is_call_of_known(first)
    if first.kind == "size" and first.text == "d" and len(side) > start + 1:
        return True
    if first.kind == "open":
        return any(token.kind == "nabla" for token in side)
    return first.kind == "symbol" and _only_decorated(side, symbols)


def _is_call_of_known(first: Token) -> bool:
    return first.text in FUNCTIONS


def _only_decorated(side: Sequence[Token], symbols: Symbols) -> bool:
    """One symbol with marks, w or w^*, or a function of the question at a point."""
    symbol = symbols.by_name.get(side[0].text)
    if symbol is not None and symbol.is_function:
        return side[-1].kind == "close"
    rest = [token for token in side[1:] if token.kind != "prime"]
    if len(rest) > 2 and rest[0].text == "^" and rest[1].text == "{" and rest[-1].text == "}":
        return True  # w^{(t+1)}
    return all(token.kind == "subscript" or token.text in ("^", "*", "{", "}") for token in rest)
