"""What the parts of the parser share: the tokens, the names, what is asked and what is open."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from autograder.domain.sentences import say
from autograder.expressions.cursor import TokenCursor
from autograder.expressions.lexer import Token
from autograder.expressions.symbols import Symbols
from autograder.expressions.tree import MAX_DEPTH, MAX_NODES, Node, node
from autograder.expressions.unreadable import Unreadable


@dataclass(frozen=True, slots=True)
class Wanted:
    """What kind of answer a question asks for, as far as the parser must know."""

    condition: bool = False
    entries: bool = False
    """Whether it is a vector of so many entries, so that (1,5) is two of them and no decimal number."""
    number: bool = False
    """Whether it is a number, so that no index is left free."""


class Nesting(NamedTuple):
    """What is open around the place that is being read."""

    depth: int = 0
    bars: tuple[str, ...] = ()
    """The norm bars that are open here, the innermost last."""
    commas: bool = False
    """Whether a comma parts what stands here, and is no decimal one."""
    bound: tuple[str, ...] = ()
    """The indices of the sums around this place."""
    in_row: bool = False
    """Whether a space ends an entry here, as in [1 2; 3 4]."""
    until: int = -1
    """Where the bracket stands that closes an interval: no factor begins there."""


class ParserState:
    """Where the reading of one answer is; counts what is built, so that no text can grow without bound."""

    def __init__(self, tokens: Sequence[Token], symbols: Symbols, wanted: Wanted, *, commas: bool) -> None:
        self.tokens = TokenCursor(tokens)
        self.symbols = symbols
        self.wanted = wanted
        self.nesting = Nesting(commas=commas)
        self._built = 0

    def build(self, op: str, *args: Node, value: object = None) -> Node:
        """A new node; raises Unreadable past MAX_NODES."""
        self._built += 1
        if self._built > MAX_NODES:
            raise Unreadable(say("typed.the_answer_has_too_many"))
        return node(op, *args, value=value)

    def outer(self, left: Node, right: Node) -> Node:
        """The matrix of all products of an entry of one column with an entry of another."""
        return self.build("product", left, self.build("transpose", right), value="")

    def is_scalar(self, token: Token) -> bool:
        """Whether it is a name of a number."""
        symbol = self.symbols.by_name.get(token.text) if token.kind == "symbol" else None
        return symbol is not None and not symbol.shape.is_array and not symbol.is_function

    @contextmanager
    def within(self, **changed: Any) -> Iterator[None]:
        """The nesting with these of their fields changed, until the block ends, also by an error."""
        kept = self.nesting
        self.nesting = kept._replace(**changed)
        try:
            yield
        finally:
            self.nesting = kept

    def deeper(self) -> AbstractContextManager[None]:
        """One bracket or sign deeper; raises Unreadable past MAX_DEPTH."""
        if self.nesting.depth >= MAX_DEPTH:
            raise Unreadable(say("typed.there_are_too_many_brackets"))
        return self.within(depth=self.nesting.depth + 1)

    def parted(self, *, by_commas: bool = True) -> AbstractContextManager[None]:
        """Where commas part what stands here, if they do."""
        return self.within(commas=self.nesting.commas or by_commas)
