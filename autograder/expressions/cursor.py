"""A place in a list of tokens: look at the next one, take it, insist on it."""

from collections.abc import Sequence

from autograder.expressions.symbols import Symbols
from autograder.expressions.tokens import Token
from autograder.expressions.tree import MAX_DEPTH, MAX_NODES, Node, node
from autograder.expressions.unreadable import Unreadable

_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Cursor:
    """Walks over tokens and counts what is built, so that no text can grow without bound."""

    def __init__(self, tokens: Sequence[Token], symbols: Symbols) -> None:
        self.tokens = tokens
        self.symbols = symbols
        self.at = 0
        self.nesting = 0
        self.built = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    def ahead(self, steps: int = 1) -> Token:
        """The token `steps` further on, or the end."""
        return self.tokens[min(self.at + steps, len(self.tokens) - 1)]

    def take(self) -> Token:
        """The token here; goes one further, never beyond the end."""
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def sees(self, kind: str, *texts: str) -> bool:
        """Whether the token here is of that kind, and one of the texts if any are given."""
        return self.now.kind == kind and (not texts or self.now.text in texts)

    def accept(self, kind: str, *texts: str) -> bool:
        """Take the token if it is the one asked for."""
        found = self.sees(kind, *texts)
        if found:
            self.take()
        return found

    def close(self, opening: str, where: str = "") -> None:
        """Take the bracket that closes `opening`."""
        if not self.accept("close", _CLOSING[opening]):
            raise Unreadable(f"The bracket {opening} is not closed{where}{self._before_what()}.")

    def _before_what(self) -> str:
        return "" if self.now.kind == "end" else f" before {self.now.text!r}"

    def build(self, op: str, *args: Node, value: object = None) -> Node:
        """A new node; refuses to build more than MAX_NODES."""
        self.built += 1
        if self.built > MAX_NODES:
            raise Unreadable("The answer has too many parts for me; write it in a shorter way.")
        return node(op, *args, value=value)

    def enter(self) -> None:
        """Go one bracket or sign deeper."""
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise Unreadable("There are too many brackets or signs inside each other.")

    def leave(self) -> None:
        """Come back from one."""
        self.nesting -= 1
