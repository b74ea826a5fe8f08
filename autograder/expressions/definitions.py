"""Names that an answer gives to parts of itself: `2/n X^T r with r = X w - y`, `p (1 - p), p = σ(z)`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from autograder.domain.sentences import say
from autograder.expressions.answer import parse_value
from autograder.expressions.expression import Expression, typecheck
from autograder.expressions.normalisation import canonical_name
from autograder.expressions.shapes import ShapeKind
from autograder.expressions.symbols import Symbol, Symbols, declare
from autograder.expressions.tree import MAX_NODES, Node, node, walk
from autograder.expressions.unreadable import Unreadable
from autograder.expressions.vocabulary import ALIASES, FUNCTIONS, KEYWORDS

MOST = 3
"""Names that one answer may define."""
_SEPARATOR = re.compile(
    r"\n|;|,|\s:\s|\.\s+(?=[A-Z]|on\b)|\\q?quad\b|(?<![.\w\\])(?:\\text\s*\{\s*)?(?:where|with|avec|où|en\s+posant|en\s+notant|let|setting"
    r"|soit|posons|on\s+pose|then|alors|donc|and|et|return)\b(?!\s*\()(?:\s*\})?:?",
    re.I,
)
_DEFINITION = re.compile(
    r"\s*(?P<name>\\?[A-Za-z]\w{0,7}|[α-ωΑ-Ω])\s*(?::=|=|<-(?=\s))\s*(?P<value>[^=]+?)\s*\.?\s*"
)
_INNER_PRODUCT = re.compile(r"<[^<>=;]*>|⟨.*?⟩|\\langle.*?\\rangle")
_LABEL = re.compile(r"^[^=]{1,30}=(?!=)")
_OWN = frozenset(["I", "Id", "e", "pi", "E", "Var", "Cov", "P"])
"""Names that mean something without being declared."""


@dataclass(frozen=True, slots=True)
class DefinedAnswer:
    """An answer apart from the names it defines, and the symbols that it may use."""

    text: str
    symbols: Symbols
    values: Mapping[str, Node] = field(default_factory=dict)
    """What stands for each defined name."""

    def put_in(self, tree: Node) -> Node:
        """The tree with what they stand for in place of defined names; raises Unreadable past MAX_NODES."""
        if not self.values:
            return tree
        whole = _replaced(tree, self.values)
        if sum(1 for _ in walk(whole)) > MAX_NODES:
            raise Unreadable(say("typed.the_answer_has_too_many"))
        return whole


def split_definitions(text: str, symbols: Symbols) -> DefinedAnswer:
    """The answer and what it defines; all of the text where it defines nothing that it uses.

    Raises Unreadable where a definition cannot be read.
    """
    pieces = _pieces(text) if "=" in text or "<-" in text else []
    bare = [piece for piece in pieces if not _DEFINITION.fullmatch(piece) and "=" not in piece]
    answer = bare[0] if len(bare) == 1 else pieces[-1] if pieces and not bare else ""
    found = [_DEFINITION.fullmatch(piece) for piece in pieces if piece is not answer]
    if not answer or not found or len(found) > MOST or not all(found):
        return DefinedAnswer(text, symbols)
    named = {canonical_name(one["name"]): one["value"] for one in found if one is not None}
    used = _LABEL.sub("", answer) + " ".join(named.values())
    used += canonical_name(used)  # where \sigma is sigma too
    taken = {*(symbol.name for symbol in symbols), *symbols.sizes, *_OWN, *KEYWORDS, *FUNCTIONS, *ALIASES}
    if len(named) < len(found) or not all(name in used and name not in taken for name in named):
        return DefinedAnswer(text, symbols)
    return _define(answer, named, symbols)


def _pieces(text: str) -> list[str]:
    """The parts of the text between separators that stand in no brackets."""
    pieces, start = [], 0
    blank = _INNER_PRODUCT.sub(lambda inner: " " * len(inner[0]), text)
    for separator in _SEPARATOR.finditer(blank):
        before = text[: separator.start()]
        if sum(map(before.count, "([{")) == sum(map(before.count, ")]}")):
            pieces.append(text[start : separator.start()])
            start = separator.end()
    return [piece.strip(" :$.") for piece in (*pieces, text[start:]) if piece.strip(" :$.")]


def _define(answer: str, named: Mapping[str, str], symbols: Symbols) -> DefinedAnswer:
    """The names declared with the shapes of what they stand for, each after those that it uses."""
    values: dict[str, Node] = {}
    for _ in named:
        name, tree, expression = _first_read(named, values, symbols)
        if expression.shape.kind is ShapeKind.CONDITION or expression.indices:
            raise Unreadable(say("typed.write_what_it_is_without", name=name))
        known = declare(
            (*symbols, Symbol(name, expression.shape)), at_least=symbols.at_least, text=symbols.text
        )
        values[name], symbols = tree, replace(known, sizes=symbols.sizes, chance=symbols.chance)
    return DefinedAnswer(answer, symbols, values)


def _first_read(
    named: Mapping[str, str], values: Mapping[str, Node], symbols: Symbols
) -> tuple[str, Node, Expression]:
    """The first definition that waits and can be read; raises Unreadable where none can."""
    lost = Unreadable(say("typed.the_answer_is_empty"))
    for name in (name for name in named if name not in values):
        try:
            tree = _replaced(parse_value(named[name], symbols).tree, values)
            return name, tree, typecheck(tree, symbols)
        except Unreadable as reason:
            lost = reason
    raise lost


def _replaced(tree: Node, values: Mapping[str, Node]) -> Node:
    if tree.op == "symbol" and tree.value in values:
        return values[tree.value]
    return node(tree.op, *(_replaced(part, values) for part in tree.args), value=tree.value)
