r"""Calls by name: `exp(-x)`, `max(a, b)`, `norm(A, 'fro')`, `\sqrt[3]{x}`, `\binom{n}{2}`, `ln 2x`."""

from typing import Protocol

from autograder.domain.sentences import say
from autograder.expressions.parser_state import ParserState
from autograder.expressions.subscripts import norm_order
from autograder.expressions.tree import Node, constant, number
from autograder.expressions.unreadable import Unreadable, quoted
from autograder.expressions.vocabulary import ENTRYWISE, OF_VECTOR, TWO

_OPERATORS_OF_TWO = {"inner": "inner", "outer": "outer", "multiply": "entrywise", "pow": "power"}
_EXTREME_WITH = {"min": "max", "lower": "max", "max": "min", "upper": "min"}
"""What is taken of a number and a bound of that name."""


class Grammar(Protocol):
    """What a call needs of the grammar around it."""

    def expression(self) -> Node:
        """A sum of terms."""

    def postfixed(self) -> Node:
        """An atom with its transposes, powers and indices."""

    def atom_follows(self) -> bool:
        """Whether an atom begins here."""

    def group(self, name: str) -> Node:
        """A TeX argument: a brace, or the one digit or atom that follows."""


class CallParser:
    """Reads functions and their arguments."""

    def __init__(self, state: ParserState, grammar: Grammar) -> None:
        self._state = state
        self._tokens, self._build = state.tokens, state.build
        self._grammar = grammar

    def function(self, name: str) -> Node:
        """The function whose name was taken, with its power and its arguments."""
        if name in ("eye", "zeros", "ones"):
            return self.of_size({"eye": "identity"}.get(name, name))
        raised = None
        if name in ENTRYWISE and self._tokens.sees("prime") and self._tokens.opens_after_primes():
            while self._tokens.accept("prime"):
                name += "'"
            if name not in ENTRYWISE:
                raise Unreadable(say("typed.i_do_not_know_this"))
        if name in ENTRYWISE and self._tokens.accept("operator", "^"):
            if self._tokens.accept("operator", "-"):
                raise Unreadable(say("typed.is_this_the_inverse_function", name=name))
            raised = self._grammar.group("^")
        called = self._call(name)
        return called if raised is None else self._build("power", called, raised)

    def apply(self, name: str, argument: Node) -> Node:
        """A function of one argument, applied to it."""
        if name == "transpose":
            return self._build("transpose", argument)
        if name == "inv":
            return self._build("inverse", argument)
        if name == "square":
            return self._build("power", argument, number(2))
        return self._build("call", argument, value=name)

    def argument(self, name: str) -> Node:
        """What stands in the brackets after a function of one argument."""
        (argument,) = self.arguments(name, 1, 1)
        return argument

    def arguments(self, name: str, least: int, most: int) -> list[Node]:
        """What stands in the brackets after a function, between `least` and `most` expressions."""
        if not self._tokens.sees("open"):
            raise Unreadable(say("typed.write_what_applies_to_in", name=name))
        opening = self._tokens.take().text
        # In a function of several arguments a comma separates them, unless a semicolon does.
        parted = most > 1 and not any(token.text == ";" for token in self._tokens.inside_bracket())
        with self._state.within(bars=(), in_row=False), self._state.parted(by_commas=parted):
            parts = [self._grammar.expression()]
            while self._tokens.accept("comma") or (most > 1 and self._tokens.accept("and", ";")):
                if name in OF_VECTOR and self._tokens.accept("word", "dim", "axis"):
                    self._skip_axis(name)
                else:
                    parts.append(self._grammar.expression())
        self._tokens.expect_closing(opening, say("typed.after", name=name))
        if not least <= len(parts) <= most:
            if most == 1:
                raise Unreadable(say("typed.takes_one_argument", name=name))
            count = str(least) if least == most else say("typed.to", least=least, most=most)
            raise Unreadable(say("typed.takes_argument_s", name=name, count=count))
        return parts

    def clip(self, inside: Node | None = None) -> Node:
        """`clip(x, 0, 2)`, `clamp(x, min=0)`; what is clipped stands first if it is not given."""
        opening = self._tokens.take().text
        with self._state.within(bars=(), in_row=False), self._state.parted():
            if inside is None:
                inside = self._grammar.expression()
                self._tokens.accept("comma")
            if self._tokens.sees("close"):
                raise Unreadable(
                    say("typed.takes_argument_s", name="clip", count=say("typed.to", least=2, most=3))
                )
            for extreme in ("max", "min"):  # of it and the lower bound, then of that and the upper one
                if not self._tokens.sees("close"):
                    inside = self._bounded(inside, extreme)
                    self._tokens.accept("comma")
        self._tokens.expect_closing(opening, say("typed.after", name="clip"))
        return inside

    def _bounded(self, inside: Node, extreme: str) -> Node:
        """What is clipped at the bound that stands here, `None` or an expression, maybe with its name."""
        if self._tokens.peek().text == "=":
            name = self._tokens.take().text
            if name not in _EXTREME_WITH:
                raise Unreadable(say("typed.i_did_not_expect_here", text=quoted(name)))
            extreme = _EXTREME_WITH[name]
            self._tokens.take()
        if self._tokens.accept("word", "None"):
            return inside
        return self._build("call", inside, self._grammar.expression(), value=extreme)

    def of_size(self, op: str) -> Node:
        """eye(d), zeros(n), ones(n), and ones((n, m)) as the product of two vectors of ones."""
        arguments = self.arguments(op, 1, 2)
        if arguments[0].op == "stack":
            arguments = list(arguments[0].args)
        sizes = [str(part.value) for part in arguments]
        known = self._state.symbols.sizes
        if sizes[0] == "1" and len(sizes) == 2 and op == "ones" and sizes[1] in known:
            return self._build("transpose", self._build("ones", value=sizes[1]))
        for size, part in zip(sizes, arguments, strict=True):
            last = part is arguments[-1] and len(sizes) == 2
            if size not in known and not (last and size == "1"):
                raise Unreadable(say("typed.of_which_size_this_question", sizes=", ".join(known)))
        column = self._build(op, value=sizes[0])
        if op != "ones" or len(sizes) == 1 or sizes[1] == "1":
            return column
        return self._state.outer(column, self._build("ones", value=sizes[1]))

    def _skip_axis(self, name: str) -> None:
        """`axis=0`, which says nothing of a vector."""
        self._tokens.accept("relation", "=")
        while self._tokens.accept("operator", "+", "-"):
            pass
        if not self._tokens.accept("number"):
            raise Unreadable(say("typed.takes_one_argument", name=name))

    def _call(self, name: str) -> Node:
        if name in ("max", "min"):
            return self._extreme(name)
        if name == "clip" and self._tokens.sees("open"):
            return self.clip()
        if name == "binom":
            return self._binomial()
        if name == "sqrt" and self._tokens.sees("open", "["):
            return self._root()
        if name == "solve" and not any(token.kind == "comma" for token in self._tokens.inside_braces()):
            return self._build("inverse", self.argument(name))  # as R inverts
        if name == "diag" and self._tokens.brackets_one("size"):
            return self.of_size("identity")
        if name in TWO:
            return self._of_two(name)
        if name == "norm" and self._tokens.sees("open"):
            return self._norm()
        argument = self.argument(name) if self._tokens.sees("open") else self._bare_argument(name)
        return self._build("norm", argument, value="2") if name == "norm" else self.apply(name, argument)

    def _root(self) -> Node:
        r"""`\sqrt[3]{x}` as a power."""
        order = self.argument("sqrt")
        inside = self.argument("sqrt")
        if order.op != "number" or not order.value:
            raise Unreadable(say("typed.write_other_roots_as_powers"))
        return self._build("power", inside, number(1 / order.value))

    def _binomial(self) -> Node:
        r"""`binom(n, 2)` and `\binom{n}{2}` as a polynomial: n (n - 1)/2."""
        braced = self._tokens.sees("open", "{")
        if braced and not any(token.kind == "comma" for token in self._tokens.inside_braces()):
            above, below = self._grammar.group("binom"), self._grammar.group("binom")
        else:
            above, below = self.arguments("binom", 2, 2)
        count = constant(below)
        if count is None or count.denominator != 1 or not 0 <= count <= 6:
            raise Unreadable(say("typed.write_the_binomial_out"))
        product, factorial = number(1), 1
        for place in range(int(count)):
            less = self._build("negative", number(place))
            factor = self._build("add", above, less) if place else above
            product = self._build("product", product, factor, value="") if place else factor
            factorial *= place + 1
        return product if factorial == 1 else self._build("divide", product, number(factorial))

    def _extreme(self, name: str) -> Node:
        """max(a, b) of two numbers or more, or of the entries of a vector."""
        if self._tokens.sees("subscript"):
            raise Unreadable(say("typed.write_it_without", name=name))
        if not self._tokens.sees("open"):
            raise Unreadable(say("typed.write_u_v", name=name))
        first, *rest = self.arguments(name, 1, 9)
        for other in rest:
            first = self._build("call", first, other, value=name)
        return first if rest else self._build("call", first, value=name)

    def _of_two(self, name: str) -> Node:
        """A function of two arguments."""
        if not self._tokens.sees("open"):
            raise Unreadable(say("typed.write_u_v", name=name))
        left, *others = self.arguments(name, 1 if name == "crossprod" else 2, 2)
        right = others[0] if others else left
        if name == "crossprod":  # of R
            return self._build("product", self._build("transpose", left), right, value="at")
        if name == "dot":
            return self._build("product", left, right, value="at")
        if name == "lstsq" and self._tokens.accept("open", "["):  # the first of all that it returns
            self._tokens.accept("number", "0")
            self._tokens.expect_closing("[", say("typed.after", name=name))
        if name in ("solve", "lstsq"):
            return self._build("product", self._build("inverse", left), right, value="at")
        if name in _OPERATORS_OF_TWO:
            return self._build(_OPERATORS_OF_TWO[name], left, right)
        return self._build("call", left, right, value=name)

    def _norm(self) -> Node:
        """`norm(w)`, `norm(A, 'fro')`, `np.linalg.norm(w, ord=1)`."""
        opening = self._tokens.take().text
        with self._state.within(bars=()), self._state.parted():
            inside = self._grammar.expression()
        order = "2"
        if self._tokens.accept("comma"):
            if self._tokens.accept("word", "ord", "p"):
                self._tokens.accept("relation", "=")
            order = norm_order(self._tokens.take().text)
        self._tokens.expect_closing(opening, say("typed.after", name="norm"))
        return self._build("norm", inside, value=order)

    def _bare_argument(self, name: str) -> Node:
        """The argument of a function written without brackets: `tr A B`, `ln 2x`, `exp -x`."""
        with self._state.deeper():
            if self._tokens.accept("operator", "-"):
                return self._build("negative", self._bare_argument(name))
            inside = self._grammar.postfixed()
            # A trace takes all that follows; another function what touches it and is no bracket.
            while self._grammar.atom_follows() and (
                name in ("tr", "det") or (self._tokens.here.tight and not self._tokens.sees("open"))
            ):
                inside = self._build("product", inside, self._grammar.postfixed(), value="")
        return inside
