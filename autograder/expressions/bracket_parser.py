"""What stands between two marks: `(a + b)`, `(1, 2)`, `[1 2; 3 4]`, `⟨u, v⟩`, `‖w‖_2`, a TeX matrix."""

import re
from collections.abc import Callable, Sequence

from autograder.domain.sentences import say
from autograder.expressions import subscripts
from autograder.expressions.condition_parser import ConditionParser
from autograder.expressions.lexer import Token
from autograder.expressions.parser_state import ParserState
from autograder.expressions.tree import Node, walk
from autograder.expressions.unreadable import Unreadable, quoted

_PLAIN_SPACE = re.compile(r"F|fro|Fro|2|(?:\\?ell|l)_?2|R(?:\s*\^.*)?")
"""What may stand below an inner product that is the usual one."""


class BracketParser:
    """Reads brackets and their entries, inner products and norms."""

    def __init__(
        self, state: ParserState, expression: Callable[[], Node], conditions: ConditionParser
    ) -> None:
        self._state = state
        self._tokens, self._build = state.tokens, state.build
        self._expression = expression
        self._conditions = conditions

    def bracket(self) -> Node:
        """What a bracket holds: an expression, the entries of an array, (u|v), or a condition."""
        opening = self._tokens.take().text
        ahead = self._tokens.inside_bracket()
        if opening == "[":
            self._refuse_row(ahead)
            spaced = any(token.text == ";" for token in ahead)
            rows = self._spaced_rows() if spaced and all(token.kind != "comma" for token in ahead) else None
            if rows is not None:
                return rows
        if opening == "(" and self._tokens.holds_inequality(alone=self._state.wanted.condition):
            with self._state.within(in_row=False):
                return self._conditions.bracketed()
        paired = opening == "(" and [token.text for token in ahead if token.kind == "bar"] == ["|"]
        opened = self._state.within(bars=("|",) if paired else (), in_row=False)
        with opened, self._state.parted(by_commas=self._state.wanted.entries):
            inside = self._expression()
            if paired and self._tokens.accept("bar", "|"):  # (u|v), an inner product
                inside = self._build("inner", inside, self._expression())
            elif self._tokens.sees("comma") or self._tokens.sees("and", ";"):
                inside = self._entries(inside)
        self._tokens.expect_closing(opening)
        return inside

    def tex_matrix(self) -> Node:
        """A matrix environment, its cells and rows marked by the normalisation."""
        kind = self._tokens.take().text
        if not self._tokens.accept("open", "{"):
            raise Unreadable(say("typed.i_cannot_read_this_matrix"))
        with self._state.within(bars=()):
            rows = [[self._expression()]]
            while self._tokens.sees("cell"):
                if self._tokens.take().text == ";":
                    rows.append([])
                rows[-1].append(self._expression())
        self._tokens.expect_closing("{")
        matrix = self._matrix(rows)
        return self._build("call", matrix, value="det") if kind == "det" else matrix

    def norm(self) -> Node:
        """What stands between bars, a norm or the absolute value of a number."""
        bar = self._tokens.take().text
        with self._state.within(bars=(*self._state.nesting.bars, bar)):
            inside = self._expression()
        if bar == "|" and self._tokens.sees("bar", "||"):  # |u||v|: it closes one and opens the other
            self._tokens.leave(Token("bar", "|"))
        elif not self._tokens.accept("bar", bar):
            raise Unreadable(say("typed.a_norm_bar_is_not", bar=bar))
        plain = bar == "|" and not self._tokens.sees("subscript")
        return self._build("norm", inside, value="bar" if plain else self.norm_order())

    def norm_order(self) -> str:
        """Which norm a subscript asks for; the Euclidean one where there is none."""
        if not self._tokens.sees("subscript") or self._tokens.sees("subscript", "+", "-"):
            return "2"
        return subscripts.norm_order(self._tokens.take().text)

    def inner_product(self) -> Node:
        """⟨u, v⟩ or ⟨u|v⟩; a vector where one is asked and all that is named are numbers."""
        opening = self._tokens.take().text
        bars = ("|",) if self._tokens.inner_product_has_bar() else ()
        with self._state.within(bars=bars), self._state.parted():
            left = self._expression()
            if not self._tokens.accept("comma") and not self._tokens.accept("bar", "|"):
                if not self._tokens.closes_inner_product():
                    raise Unreadable(say("typed.i_did_not_expect_here", text=quoted(opening)))
                raise Unreadable(say("typed.an_inner_product_needs_two"))
            entries = [left, self._expression()]
            named = (part for side in entries for part in walk(side) if part.op in ("symbol", "apply"))
            plain = self._state.wanted.entries and all(
                self._state.is_scalar(Token("symbol", part.value)) for part in named
            )
            while plain and self._tokens.accept("comma"):
                entries.append(self._expression())
        if not self._tokens.accept("angle", ">", "⟩"):
            raise Unreadable(say("typed.an_inner_product_is_not"))
        if plain:  # <2x, 3y>, as vectors are written in America
            return self._matrix([[entry] for entry in entries], loose=True)
        if self._tokens.sees("subscript") and _PLAIN_SPACE.fullmatch(self._tokens.here.text):
            self._tokens.take()
        return self._build("inner", *entries)

    def _spaced_rows(self) -> Node | None:
        """`[1 2; 3 4]`; None, with nothing taken, where spaces give no matrix, as in `[2 x; x^2]`."""
        start = self._tokens.mark()
        try:
            with self._state.within(bars=(), in_row=True):
                found = self._entries(self._expression())
            self._tokens.expect_closing("[")
        except Unreadable:
            self._tokens.return_to(start)
            return None
        return found

    def _refuse_row(self, inside: Sequence[Token]) -> None:
        """Raises Unreadable for `[a b]`, which may be a row or a product in brackets."""
        if len(inside) < 2 or any(token.tight for token in inside[1:]):
            return
        if all(token.kind in ("number", "size") or self._state.is_scalar(token) for token in inside):
            row = ", ".join(token.text for token in inside)
            raise Unreadable(say("typed.is_this_a_row_of", row=row))

    def _entries(self, first: Node) -> Node:
        """The entries after the first: commas or spaces between those of a row, semicolons between rows."""
        rows = [[first]]
        with self._state.parted():
            while not self._tokens.sees("close") and not self._tokens.sees("end"):
                if self._tokens.accept("and", ";"):
                    rows.append([])
                elif not self._tokens.accept("comma") and not self._state.nesting.in_row:
                    break
                rows[-1].append(self._expression())
        return self._stack(rows)

    def _stack(self, rows: Sequence[Sequence[Node]]) -> Node:
        """Rows of entries; one row alone is a column, as vectors are, unless it is a row of rows."""
        if len(rows) == 1 and all(part.op == "stack" and part.value[1] == 1 for part in rows[0]):
            return self._matrix([part.args for part in rows[0]])
        if len(rows) == 1 and len(rows[0]) > 1:
            return self._matrix([[entry] for entry in rows[0]], loose=True)
        return self._matrix(rows)

    def _matrix(self, rows: Sequence[Sequence[Node]], *, loose: bool = False) -> Node:
        """Rows of equal length as one node; `loose` says that it may be a row as well as a column."""
        if len({len(row) for row in rows}) != 1:
            raise Unreadable(say("typed.the_rows_of_the_matrix"))
        size = (len(rows), len(rows[0]), loose)
        return self._build("stack", *(entry for row in rows for entry in row), value=size)
