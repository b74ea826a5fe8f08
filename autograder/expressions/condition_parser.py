"""Equations, inequalities and sets as a tree: `0 < L and x in ]0, 1[`, `{-1, 1}`, `where(z > 0, z, 0)`."""

from collections.abc import Callable, Sequence

from autograder.domain.sentences import say
from autograder.expressions.parser_state import ParserState
from autograder.expressions.tree import Node, complement, is_condition, number
from autograder.expressions.unreadable import Unreadable


class ConditionParser:
    """Reads what holds or does not; the sides of a relation are read by the `expression` it is given."""

    def __init__(self, state: ParserState, expression: Callable[[], Node]) -> None:
        self._state = state
        self._tokens, self._build = state.tokens, state.build
        self._expression = expression

    def read(self) -> Node:
        """One expression, or relations joined by `and`, commas and `or`; `and` binds more tightly."""
        found = [self._conjunction()]
        while found[0].op != "number" and self._tokens.accept("or"):
            found.append(self._conjunction())
        if len(found) > 1 and not all(is_condition(part) for part in found):
            raise Unreadable(say("typed.only_equations_and_inequalities_can"))
        return self._joined("either", found)

    def all_of(self) -> list[Node]:
        """The links of relations joined by `and` or by commas; raises Unreadable where they say nothing."""
        found = self._chain(beside_others=True)
        while self._tokens.accept("comma") or self._tokens.accept("and"):
            found += self._chain(beside_others=True)
        return _saying_something(found)

    def in_brackets(self, name: str) -> list[Node]:
        """The links of the relations in the brackets that follow the function of that name."""
        opening = self._tokens.take().text
        with self._state.within(bars=()):
            found = self.all_of()
        self._tokens.expect_closing(opening, say("typed.after", name=name))
        return found

    def bracketed(self) -> Node:
        """`(x > 0)`, whose bracket was opened: a condition where one is asked, else 1 where it holds."""
        with self._state.within(bars=()):
            links = self._chain()
        self._tokens.expect_closing("(")
        if not self._state.wanted.condition:
            return self._build("indicator", *links)
        return self._joined("both", links)

    def where(self) -> Node:
        """`where(z > 0, z, 0)`: the second where the first holds, else the third."""
        opening = self._tokens.take().text
        parts: list[Node] = []
        with self._state.parted():
            holds = self._build("indicator", *self._chain())
            while len(parts) < 2 and self._tokens.accept("comma"):
                parts.append(self._expression())
        self._tokens.expect_closing(opening, say("typed.after", name="where"))
        if len(parts) < 2:
            raise Unreadable(say("typed.takes_argument_s", name="where", count="3"))
        fails = self._build("add", number(1), self._build("negative", holds))
        there, elsewhere = (
            self._build("product", factor, part, value="")
            for factor, part in zip((holds, fails), parts, strict=True)
        )
        return self._build("add", there, elsewhere)

    def _joined(self, op: str, parts: Sequence[Node]) -> Node:
        return parts[0] if len(parts) == 1 else self._build(op, *parts)

    def _relation(self, left: Node, sign: str, right: Node) -> Node:
        return self._build("relation", left, right, value=sign)

    def _conjunction(self) -> Node:
        found = self._chain(beside_others=True)
        while (not found or is_condition(found[0])) and (
            self._tokens.sees("and") or self._tokens.sees("comma")
        ):
            while self._tokens.accept("and") or self._tokens.accept("comma"):
                pass
            found += self._chain(beside_others=True)
        if len(found) > 1 and not all(is_condition(part) for part in found):
            raise Unreadable(say("typed.only_equations_and_inequalities_can_2"))
        return self._joined("both", _saying_something(found))

    def _chain(self, *, beside_others: bool = False) -> list[Node]:
        """One expression, or a chain `a < b < c` as its links, or what lies in an interval.

        `beside_others`: whether it may be `x ∈ ℝ`, which has no link since every number lies there.
        """
        sides = [self._expression()]
        signs = []
        if self._tokens.sees("in"):
            outside = self._tokens.take().text == "out"
            ends = self._tokens.peek().kind in ("comma", "and", "end")
            if beside_others and not outside and ends and self._tokens.accept("word", "R"):
                return []
            lies = self._membership(sides[0])
            return [complement(lies) if outside else lies]
        while self._tokens.sees("relation") or self._tokens.sees("angle", "<", ">"):
            signs.append(self._tokens.take().text)
            sides.append(self._expression())
        if not signs:
            return sides
        return [self._relation(*link) for link in zip(sides, signs, sides[1:], strict=False)]

    def _membership(self, inside: Node) -> Node:
        """`x in ]0, 1[`, unions of intervals and sets of real numbers, as inequalities."""
        found = [self._set(inside)]
        while self._tokens.set_follows():
            self._tokens.take()
            found.append(self._set(inside))
        return self._joined("either", found)

    def _set(self, inside: Node) -> Node:
        """An interval, numbers in braces, or the real numbers with a mark or without some of them."""
        if self._tokens.sees("open", "{"):
            return self._is_one_of(inside)
        less = self._tokens.sees("symbol", "R") and self._tokens.peek().kind == "without"
        if not less and not self._tokens.sees("word", "R"):
            return self._interval(inside)
        self._tokens.take()
        links = self._marked(inside)
        while self._tokens.accept("without"):
            links.append(self._left_out(inside))
        return self._joined("both", _saying_something(links))

    def _marked(self, inside: Node) -> list[Node]:
        """What the marks after R say, as in R_+^*."""
        marks = ""
        while self._tokens.sees("subscript") or self._tokens.sees("operator", "^", "+", "-", "*"):
            token = self._tokens.take()
            marks += "" if token.text == "^" else token.text
            while self._tokens.sees("open", "{") or self._tokens.sees("close", "}"):
                self._tokens.take()
        if marks.strip("+*-") or ("+" in marks and "-" in marks):
            raise Unreadable(say("typed.i_read_the_sets_and"))
        if "+" in marks or "-" in marks:
            sign = (">" if "+" in marks else "<") + ("" if "*" in marks else "=")
            return [self._relation(inside, sign, number(0))]
        return [self._relation(inside, "!=", number(0))] if marks else []

    def _left_out(self, inside: Node) -> Node:
        """What lies outside an interval, or is none of the numbers in braces."""
        listed = self._tokens.sees("open", "{")
        if self._tokens.sees("open", "(") and self._tokens.peek().text in ("[", "]", "("):
            self._tokens.take()
            lies = self._membership(inside)
            self._tokens.expect_closing("(")
            return complement(lies)
        return complement(self._is_one_of(inside) if listed else self._interval(inside))

    def _is_one_of(self, inside: Node) -> Node:
        """What is one of the numbers in braces."""
        opening = self._tokens.take().text
        found: list[Node] = []
        with self._state.parted():
            while not found or self._tokens.accept("comma") or self._tokens.accept("and", ";"):
                found.append(self._relation(inside, "=", self._expression()))
        self._tokens.expect_closing(opening)
        return self._joined("either", found)

    def _interval(self, inside: Node) -> Node:
        opening = self._bracket("typed.i_read_an_interval_such")
        until = self._tokens.end_of_interval()
        # The comma of ]0,5 ; 1[ is a decimal one.
        with (
            self._state.within(until=until),
            self._state.parted(by_commas=not self._tokens.semicolon_before(until)),
        ):
            low = self._endpoint()
            if not (self._tokens.accept("comma") or self._tokens.accept("and", ";")):
                raise Unreadable(say("typed.an_interval_has_two_ends"))
            high = self._endpoint()
        closing = self._bracket("typed.the_interval_is_not_closed")
        links = []
        if low is not None:
            links.append(self._relation(low, "<=" if opening == "[" else "<", inside))
        if high is not None:
            links.append(self._relation(inside, "<=" if closing == "]" else "<", high))
        return self._joined("both", _saying_something(links))

    def _bracket(self, missing: str) -> str:
        """A bracket of an interval; raises Unreadable with the sentence of that key where none stands."""
        found = self._tokens.take()
        if found.kind not in ("open", "close") or found.text not in "([])":
            raise Unreadable(say(missing))
        return found.text

    def _endpoint(self) -> Node | None:
        """An end of an interval; None for one that is infinitely far."""
        ahead = 1 if self._tokens.sees("operator", "+", "-") else 0
        if self._tokens.peek(ahead).text == "∞":
            for _ in range(ahead + 1):
                self._tokens.take()
            return None
        return self._expression()


def _saying_something(links: list[Node]) -> list[Node]:
    """The links; raises Unreadable where there is none."""
    if not links:
        raise Unreadable(say("typed.this_says_nothing_every_number"))
    return links
