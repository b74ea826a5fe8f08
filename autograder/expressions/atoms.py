"""The smallest parts of an expression: numbers, symbols, brackets, bars, inner products, functions, sums."""

import re
from abc import abstractmethod
from collections.abc import Callable, Mapping

from autograder.expressions.functions import Functions
from autograder.expressions.subscripts import fraction, indices_in, sum_indices
from autograder.expressions.tokens import Token
from autograder.expressions.tree import Node, number
from autograder.expressions.unreadable import UnknownSymbol, Unreadable
from autograder.expressions.words import FUNCTIONS

_STARTS = frozenset(["number", "symbol", "size", "word", "frac", "sum", "nabla", "open", "ones"])


class Atoms(Functions):
    """Reads one atom; everything that may stand in a bracket is left to the grammar."""

    @abstractmethod
    def postfixed(self) -> Node: ...

    def starts(self) -> bool:
        """Whether an atom can begin here: what stands beside a factor without a sign is a product."""
        if self.now.kind == "bar":
            return not (self.bars and self._closes(self.bars[-1]))
        if self.now.kind == "angle":
            return self.now.text == "⟨" or (self.now.text == "<" and self._opens_inner())
        return self.now.kind in _STARTS

    def _closes(self, bar: str) -> bool:
        return self.now.text == bar or (bar == "|" and self.now.text == "||")

    def _opens_inner(self) -> bool:
        """Whether this < begins an inner product: it touches what follows, and a comma comes before its >."""
        depth, angles, comma = 0, 0, False
        for token in self.tokens[self.at + 1 :] if self.ahead().tight else ():
            depth += (token.kind == "open") - (token.kind == "close")
            if depth < 0 or token.kind in ("relation", "and", "end"):
                return False
            comma = comma or (token.kind == "comma" and depth == 0 and angles == 0)
            if token.kind == "angle" and depth == 0:
                angles += 1 if token.text in "<⟨" else -1
                if angles < 0:
                    return comma
        return False

    def atom(self) -> Node:
        """The atom that begins here; whatever is nested, is nested in an atom."""
        self.enter()
        found = self._atom()
        self.leave()
        return found

    def _atom(self) -> Node:
        if self.now.kind in _READERS:
            return _READERS[self.now.kind](self)
        if self.sees("angle", "<", "⟨"):
            return self._inner()
        if self.sees("operator", "^") and self._transpose_ahead():
            return self._prefixed_transpose()
        raise self._unexpected()

    def _size_itself(self) -> Node:
        return self.build("size", value=self.take().text)

    def _ones(self) -> Node:
        self.take()
        return self.build("ones", value=self._size())

    def _unexpected(self) -> Unreadable:
        if self.now.kind == "end":
            return Unreadable("Something is missing at the end." if self.at else "The answer is empty.")
        if self.now.kind == "close":
            return Unreadable(f"I did not expect the bracket {self.now.text} here.")
        return Unreadable(f"I did not expect {self.now.text!r} here.")

    def _number(self) -> Node:
        text = self.take().text
        if (
            text.isdigit()
            and not self.commas
            and self.sees("comma")
            and self.now.tight
            and self._is_digits(self.ahead())
        ):
            self.take()
            text += "." + self.take().text  # a decimal comma: nothing here separates by commas
        if text == "0" and self.accept("subscript"):
            return self.build("zeros", value="")
        if text == "1" and self.sees("subscript"):
            return self.build("ones", value=self._size())
        if text == "1" and self.sees("operator", "^") and self.ahead().kind == "top":
            return self.build("ones", value="")
        self.build("number")  # counted, then made
        return number(fraction(text))

    @staticmethod
    def _is_digits(token: Token) -> bool:
        return token.kind == "number" and token.tight and token.text.isdigit()

    def _size(self) -> str:
        """The size in a subscript, as in I_d; "" where there is none."""
        if not self.sees("subscript"):
            return ""
        text = self.take().text.replace(" ", "")
        size = re.split(r"\\times|[x,*]", text)[0]
        if size not in self.symbols.sizes:
            raise Unreadable(f"{text!r} is no size of this question; it has {', '.join(self.symbols.sizes)}.")
        return size

    def _symbol(self) -> Node:
        name = self.take().text
        symbol = self.symbols.by_name.get(name)
        if symbol is not None and symbol.is_function:
            return self._application(name, self._primes())
        return self.build("symbol", value=name)

    def _primes(self) -> int:
        count = 0
        while self.accept("prime"):
            count += 1
        if count > 2:
            raise Unreadable("I know derivatives up to the second only.")
        return count

    def _application(self, name: str, order: int) -> Node:
        if not self.sees("open"):
            raise Unreadable(f"At which point? {name} is a function: write {name}(…).")
        (argument,) = self.arguments(name, 1, 1)
        return self.build("apply", argument, value=(name, order))

    def _prefixed_transpose(self) -> Node:
        """The French way: ^tA, ^{t}A and {}^tA."""
        self.take()
        for _ in range(3 if self.sees("open") else 1):
            self.take()
        return self.build("transpose", self.atom())

    def _transpose_ahead(self) -> bool:
        """Whether a T follows the hat, bare or in a brace."""
        if self.ahead().kind == "open":
            return self.ahead(2).text in ("t", "T") and self.ahead(3).kind == "close"
        return self.ahead().kind == "top"

    def _bracket(self) -> Node:
        opening = self.take().text
        if opening == "{" and self.sees("close", "}") and self.ahead().text == "^":
            self.take()
            return self.atom()
        kept, self.bars = self.bars, ()
        inside = self.expression()
        if self.sees("comma"):
            raise Unreadable(
                "I did not expect a comma here; write an inner product as <u, v>, "
                "and the answer with its symbols, not entry by entry."
            )
        self.bars = kept
        self.close(opening)
        return inside

    def _norm(self) -> Node:
        bar = self.take().text
        kept = self.bars
        self.bars = (*kept, bar)
        inside = self.expression()
        self._close_bar(bar)
        self.bars = kept
        return self.build("norm", inside, value=self.norm_kind())

    def _close_bar(self, bar: str) -> None:
        if self.sees("bar", bar):
            self.take()
        elif bar == "|" and self.sees("bar", "||"):  # |u||v|: the double bar closes one and opens the other
            self.tokens = [*self.tokens[: self.at], Token("bar", "|"), *self.tokens[self.at + 1 :]]
        else:
            raise Unreadable(f"A norm bar {bar} is not closed.")

    def _inner(self) -> Node:
        self.take()
        kept, self.bars = self.bars, ()
        self.commas += 1
        left = self.expression()
        if not self.accept("comma") and not self.accept("bar", "|"):
            raise Unreadable("An inner product needs two vectors: <u, v>.")
        right = self.expression()
        self.commas -= 1
        self.bars = kept
        if not (self.sees("angle", ">", "⟩")):
            raise Unreadable("An inner product < , > is not closed.")
        self.take()
        return self.build("inner", left, right)

    def _fraction(self) -> Node:
        self.take()
        above = self.group("frac")
        return self.build("divide", above, self.group("frac"), value="frac")

    def group(self, name: str) -> Node:
        """A TeX argument: a brace, or the one digit or atom that follows."""
        if self.sees("open"):
            (inside,) = self.arguments(name, 1, 1)
            return inside
        if self.sees("number") and len(self.now.text) > 1 and self.now.text.isdigit():
            digits = self.now.text
            self.tokens = [*self.tokens[: self.at], Token("number", digits[1:]), *self.tokens[self.at + 1 :]]
            return number(int(digits[0]))
        return self.atom()

    def _derivative(self) -> Node:
        order = int(self.take().text)
        while self.sees("subscript") or self.sees("operator", "^"):
            if self.take().kind == "operator":
                if self.group("nabla") != number(2):
                    raise Unreadable("I know the gradient ∇ and the Hessian ∇² only.")
                order = 2
        bracket = self.sees("open") and self.ahead().kind == "symbol" and self.ahead(2).kind == "close"
        if bracket:
            self.take()
        symbol = self.symbols.by_name.get(self.now.text) if self.sees("symbol") else None
        if symbol is None or not symbol.is_function:
            raise Unreadable(
                "Write the gradient out: ∇ can only stand before a function that the question names."
            )
        self.take()
        if bracket:
            self.take()
        return self._application(symbol.name, order)

    def _sum(self) -> Node:
        self.take()
        if self.sees("open"):
            (argument,) = self.arguments("sum", 1, 1)
            return self.build("call", argument, value="total")
        upper, indices, seen = "", [], 0
        while seen < 2 and (self.sees("subscript") or self.sees("operator", "^")):
            seen += 1
            if self.sees("subscript"):
                indices = sum_indices(self.take().text)
            else:
                self.take()
                upper = self._upper_bound()
        if not indices:
            raise Unreadable("Over which index does the sum run? Write sum_i or \\sum_{i,j}.")
        return self.summed(indices, upper)

    @abstractmethod
    def summed(self, indices: list[tuple[str, str]], upper: str) -> Node: ...

    def _upper_bound(self) -> str:
        if not self.sees("open", "{", "("):
            return self.take().text
        opening = self.take().text
        text = self.take().text if not self.sees("close") else ""
        self.close(opening, " after the sum")
        return text

    def _word(self) -> Node:
        word = self.take().text
        if word in FUNCTIONS:
            return self.function(word)
        if word == "e":
            return self._power_of_e()
        if word == "pi":
            return self.build("pi")
        if word in ("I", "Id"):
            return self._identity()
        if word == "sigma" and self.sees("open"):
            return self.function("sigmoid")
        if word == "delta" and self.sees("subscript"):
            return self.build("entry", self.build("identity", value=""), value=indices_in(self.take().text))
        if word == "∂":
            raise Unreadable("Write the derivative out.")
        names = ", ".join(symbol.name for symbol in self.symbols) or "none"
        raise UnknownSymbol(f"This question has no symbol {word!r}; it uses {names}.")

    def _identity(self) -> Node:
        if (
            self.sees("open", "(")
            and self.now.tight
            and self.ahead().kind == "size"
            and self.ahead(2).kind == "close"
        ):
            return self.sized("identity")
        return self.build("identity", value=self._size())

    def _power_of_e(self) -> Node:
        if not self.accept("operator", "^"):
            return self.build("call", number(1), value="exp")
        return self.build("call", self.exponent(), value="exp")

    @abstractmethod
    def exponent(self) -> Node: ...


_READERS: Mapping[str, Callable[[Atoms], Node]] = {
    "number": Atoms._number,
    "symbol": Atoms._symbol,
    "size": Atoms._size_itself,
    "word": Atoms._word,
    "open": Atoms._bracket,
    "bar": Atoms._norm,
    "frac": Atoms._fraction,
    "nabla": Atoms._derivative,
    "sum": Atoms._sum,
    "ones": Atoms._ones,
}
