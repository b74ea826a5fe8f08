"""The grammar from sums down to powers; what binds tighter stands lower.

    expression := [sign] term {(+ | -) term}
    term       := factor {(* | · | @ | / | ∘ | ⊗ | nothing) factor}
    factor     := sign factor | postfixed
    postfixed  := atom {' | ^T | ^ exponent | _ indices | [indices] | .method()}

A slash is read from left to right, except that a denominator goes on over numbers and scalar symbols that
touch each other: `a/2σ` is a/(2σ), but `1/2 x` and `1/2x` are (1/2) x. Where that choice was made,
`ambiguous` says so, and `flipped` reads the same tokens the other way.
"""

from collections.abc import Sequence

from autograder.expressions.atoms import Atoms
from autograder.expressions.subscripts import indices_in
from autograder.expressions.symbols import Symbols
from autograder.expressions.tokens import Token
from autograder.expressions.tree import Node, free_indices, node
from autograder.expressions.unreadable import Unreadable

_PRODUCTS = {"*": "product", "·": "product", "@": "product", "/": "divide", "∘": "entrywise", "⊗": "outer"}
_WRITTEN = {"·": "dot", "@": "at", ".": "dot"}
_TRANSPOSES = ("T", "t", "top", "tr", "transpose")


class Grammar(Atoms):
    """Reads one expression from tokens."""

    def __init__(self, tokens: Sequence[Token], symbols: Symbols, *, flipped: bool = False) -> None:
        super().__init__(tokens, symbols)
        self.flipped = flipped
        self.ambiguous = False

    def expression(self) -> Node:
        """A sum of terms."""
        terms = [self._signed_term()]
        while self.sees("operator", "+", "-"):
            sign = self.take().text
            term = self._signed_term()
            absorbed = _absorb(terms[-1], term, sign)
            if absorbed is not None:
                terms[-1] = absorbed
            else:
                terms.append(self.build("negative", term) if sign == "-" else term)
        return terms[0] if len(terms) == 1 else self.build("add", *terms)

    def _signed_term(self) -> Node:
        if not self.sees("operator", "+", "-"):
            return self.term()
        self.enter()
        sign = self.take().text
        term = self._signed_term()
        self.leave()
        return self.build("negative", term) if sign == "-" else term

    def term(self) -> Node:
        """A product of factors, from left to right."""
        left = self._factor()
        while True:
            if self.sees("operator", *_PRODUCTS):
                sign = self.take().text
                right = self._divisor(left) if sign == "/" else self._factor()
                left = self.build(
                    _PRODUCTS[sign], left, right, value=_WRITTEN.get(sign, "" if sign == "*" else None)
                )
            elif self.sees("dot") and self._goes_on():
                self.take()
                left = self.build("product", left, self._factor(), value="dot")
            elif self.starts():
                self._refuse_digit_beside()
                left = self.build("product", left, self.postfixed(), value="")
            else:
                return left

    def _goes_on(self) -> bool:
        """Whether something follows the full stop, which else only ends the answer."""
        return self.ahead().kind not in ("end", "and", "comma")

    def _refuse_digit_beside(self) -> None:
        before = self.tokens[self.at - 1]
        if self.sees("number") and self.now.tight and before.kind in ("symbol", "word"):
            name, digits = before.text, self.now.text
            raise Unreadable(
                f"Is {name}{digits} a power, an index or a product? "
                f"Write {name}^{digits}, {name}_{digits} or {digits} {name}."
            )

    def _factor(self) -> Node:
        if not self.sees("operator", "+", "-"):
            return self.postfixed()
        self.enter()
        sign = self.take().text
        inside = self._factor()
        self.leave()
        return self.build("negative", inside) if sign == "-" else inside

    def _divisor(self, above: Node) -> Node:
        """What stands after a slash, with the scalar factors that touch it."""
        below = self._factor()
        coefficient = above.op == "number" and below.op == "number"
        while self._touches():
            self.ambiguous = True
            groups = self._scalar_follows() and not coefficient
            if groups == self.flipped:
                break
            below = self.build("product", below, self.postfixed(), value="")
        return below

    def _touches(self) -> bool:
        return (
            self.now.tight and self.starts() and (self._scalar_follows() or self.now.kind in ("open", "bar"))
        )

    def _scalar_follows(self) -> bool:
        if self.now.kind in ("number", "size"):
            return True
        symbol = self.symbols.by_name.get(self.now.text) if self.sees("symbol") else None
        return symbol is not None and not symbol.shape.is_array and not symbol.is_function

    def postfixed(self) -> Node:
        """An atom with its transposes, powers and indices."""
        inside = self.atom()
        while True:
            if self.accept("prime"):
                inside = self.build("transpose", inside)
            elif self.sees("operator", "^"):
                self.take()
                inside = self._raised(inside)
            elif self.sees("top"):  # A⊤ without a hat
                self.take()
                inside = self.build("transpose", inside)
            elif self.sees("subscript"):
                inside = self._subscripted(inside)
            elif self.sees("method"):
                inside = self._method(inside)
            elif self._is_index():
                inside = self._indexed(inside)
            else:
                return inside

    def _subscripted(self, inside: Node) -> Node:
        """`A_{ij}`; a subscript after a power belongs below it, as in `||w||^2_2` and `w^2_i`."""
        if inside.op == "power":
            base, raised = inside.args
            if base.op == "norm":
                return self.build("power", self.build("norm", base.args[0], value=self.norm_kind()), raised)
            return self.build("power", self._subscripted(base), raised)
        return self.build("entry", inside, value=indices_in(self.take().text))

    def _is_index(self) -> bool:
        """Whether `[i]`, `[i, j]` follows: small letters the question does not declare, or digits."""
        if not self.sees("open", "[") or not self.now.tight or self.tokens[self.at - 1].kind != "symbol":
            return False
        inside = self.ahead()
        letter = inside.kind == "word" and len(inside.text) == 1 and inside.text.islower()
        return (letter or inside.kind == "number") and self.ahead(2).kind in ("close", "comma")

    def _indexed(self, inside: Node) -> Node:
        self.take()
        text = ""
        while not self.sees("close"):
            if self.sees("end"):
                raise Unreadable("The bracket [ is not closed.")
            if self.sees("number"):
                raise Unreadable("Write entries with letters, as in A_{ij}.")
            text += self.take().text + " "
        self.close("[")
        indices = indices_in(text)
        if inside.op == "entry":  # A[i][j]
            return self.build("entry", inside.args[0], value=(*inside.value, *indices))
        return self.build("entry", inside, value=indices)

    def _method(self, inside: Node) -> Node:
        name = {"t": "transpose", "inverse": "inv", "trace": "tr", "matmul": "dot", "sum": "total"}.get(
            self.now.text, self.now.text
        )
        self.take()
        if name == "dot":
            self.enter()
            (argument,) = self.arguments(name, 1, 1)
            self.leave()
            return self.build("product", inside, argument, value="at")
        self.take()
        self.close("(", f" after {name}")
        return self.build("norm", inside, value="2") if name == "norm" else self.called(name, inside)

    def _raised(self, base: Node) -> Node:
        if self._takes_transpose():
            return self.build("transpose", base)
        if self.sees("open", "{", "(") and self._transpose_inside():
            return self._transposed(base)
        if self._takes_dagger():
            return self.build("call", base, value="pinv")
        if self.sees("operator", "*"):
            raise Unreadable("I do not know what the star in the exponent means here.")
        return self.build("power", base, self.exponent())

    def _takes_transpose(self) -> bool:
        if self.sees("top") or self.sees("prime") or self.sees("word", *_TRANSPOSES):
            self.take()
            return True
        return False

    def _takes_dagger(self) -> bool:
        """Take the mark of a pseudo-inverse: A^+ or A^†, with or without a brace."""
        braced = self.sees("open", "{")
        mark = self.ahead() if braced else self.now
        after = self.ahead(2) if braced else self.ahead()
        plus = mark.text == "+" and mark.kind in ("operator", "dagger")
        lone = after.kind == "close" if braced else mark.kind == "dagger" or not after.tight
        if not plus or not lone:
            return False
        for _ in range(3 if braced else 1):
            self.take()
        return True

    def _transpose_inside(self) -> bool:
        """Whether the brace holds T or -T only."""
        ahead = self.ahead(2) if self.ahead().text == "-" else self.ahead()
        after = self.ahead(3) if self.ahead().text == "-" else self.ahead(2)
        is_top = ahead.kind == "top" or (ahead.kind == "word" and ahead.text in _TRANSPOSES)
        return (is_top or ahead.kind == "prime") and after.kind == "close"

    def _transposed(self, base: Node) -> Node:
        opening = self.take().text
        inverted = self.accept("operator", "-")
        self.take()
        self.close(opening)
        transposed = self.build("transpose", base)
        return self.build("inverse", transposed) if inverted else transposed

    def exponent(self) -> Node:
        """What stands after ^: a bracket, a signed atom, and powers of it from the right."""
        if self.accept("operator", "-"):
            if self.sees("top"):
                raise Unreadable("Write the inverse of the transpose as A^{-T}.")
            self.enter()
            inside = self.exponent()
            self.leave()
            return self.build("negative", inside)
        number_first = self.sees("number")
        inside = self.group("^") if self.sees("open") else self.atom()
        while number_first and self._touches() and self._scalar_follows():
            self.ambiguous = True
            if not self.flipped:
                break
            inside = self.build("product", inside, self.postfixed(), value="")
        if self.sees("operator", "^"):
            self.take()
            self.enter()
            inside = self._raised(inside)
            self.leave()
        return inside

    def bare_argument(self, name: str) -> Node:
        """The argument of a function written without brackets: `tr A B`, `ln 2x`, `exp -x`."""
        self.enter()
        if self.accept("operator", "-"):
            inside = self.build("negative", self.bare_argument(name))
            self.leave()
            return inside
        inside = self.postfixed()
        while self.starts() and (name in ("tr", "det") or (self.now.tight and not self.sees("open"))):
            inside = self.build("product", inside, self.postfixed(), value="")
        self.leave()
        return inside

    def summed(self, indices: list[tuple[str, str]], upper: str) -> Node:
        """The sum over the indices of the term that follows."""
        self.enter()
        body = self.term()
        self.leave()
        for index, bound in reversed(indices):
            body = self.build("sum", body, value=(index, bound or upper))
        return body


def _absorb(left: Node, right: Node, sign: str) -> Node | None:
    """`right` taken into the sum that `left` ends with, if it uses that sum's index."""
    if left.op == "product":
        inner = _absorb(left.args[1], right, sign)
        return None if inner is None else node("product", left.args[0], inner, value=left.value)
    if left.op != "sum":
        return None
    body = left.args[0]
    deeper = _absorb(body, right, sign)
    if deeper is None and left.value[0] in free_indices(right):
        terms = body.args if body.op == "add" else (body,)
        deeper = node("add", *terms, node("negative", right) if sign == "-" else right)
    return None if deeper is None else node("sum", deeper, value=left.value)
