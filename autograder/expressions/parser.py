"""The parser: tokens to a tree, by recursive descent; the messages say what to write instead.

    answer     := {side (= | <- | ->)} conditions
    conditions := chain {(and | , | or) chain}
    chain      := expression {relation expression | in interval {or interval}}
    expression := [sign] term {(+ | -) term}
    term       := factor {(* | · | @ | / | ∘ | ⊗ | nothing) factor}
    factor     := sign factor | postfixed
    postfixed  := atom {' | ^T | ^ exponent | _ indices | [indices] | .method()}
    atom       := number | symbol | function | bracket | norm | inner product | sum | ∇ function | fraction
                  | ^t atom | (entries) | [rows]

A slash is read from left to right, except that a denominator goes on over numbers and scalar symbols that
touch each other: `a/2σ` is a/(2σ), but `1/2 x` and `1/2x` are (1/2) x. What else the same tokens could mean,
`readings` says.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from autograder.domain.sentences import say
from autograder.expressions.cursor import STARTS, TokenCursor
from autograder.expressions.lexer import Lexer, Token, read_number
from autograder.expressions.normalisation import canonical_name
from autograder.expressions.subscripts import indices_in, norm_order, sum_indices
from autograder.expressions.symbols import Symbols, unknown_symbol
from autograder.expressions.tree import (
    MAX_DEPTH,
    MAX_NODES,
    Node,
    absorb_term,
    complement,
    constant,
    is_condition,
    node,
    number,
    walk,
)
from autograder.expressions.unreadable import Unreadable, quoted
from autograder.expressions.vocabulary import CHANCE, ENTRYWISE, FUNCTIONS, OF_VECTOR, TWO

_PRODUCTS = {"*": "product", "·": "product", "@": "product", "/": "divide", "∘": "entrywise", "⊗": "outer"}
_PRODUCTS |= {"⊘": "divide", "\\": "left", ".": "product"}
_WRITTEN = {"·": "dot", "@": "at", ".": "dot", "*": "*", "⊘": "entry", "∘": None, "⊗": None, "/": None}
_METHOD_NAMES = {"t": "transpose", "inverse": "inv", "trace": "tr", "matmul": "dot", "sum": "total"}
_NO_EXPRESSIONS = {
    "∞": "typed.infinity_stands_in_intervals_only",
    "∂": "typed.write_the_derivative_out",
    **dict.fromkeys(("argmin", "argmax"), "typed.write_what_it_gives"),
}
"""Words that stand for no value, and what is said of each."""
_OPERATORS_OF_TWO = {"inner": "inner", "outer": "outer", "multiply": "entrywise", "pow": "power"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What kind of answer a question asks for, as far as the parser must know."""

    condition: bool = False
    entries: bool = False
    """Whether it is a vector of so many entries, so that (1,5) is two of them and no decimal number."""
    number: bool = False
    """Whether it is a number, so that no index is left free."""


class Parser:
    """Reads one expression, or several conditions, from tokens; counts what it builds, so that no text can
    grow without bound.
    """

    def __init__(self, tokens: Sequence[Token], symbols: Symbols, wanted: Wanted) -> None:
        self.tokens = TokenCursor(tokens)
        self.symbols = symbols
        self.wanted = wanted
        self.bound: tuple[str, ...] = ()
        """The indices of the sums around this place."""
        self.in_row = False
        """Whether a space ends an entry here, as in [1 2; 3 4]."""
        self.until = -1
        """Where the bracket stands that closes an interval: no factor begins there."""
        self.nesting = 0
        self.built = 0
        self.bars: tuple[str, ...] = ()
        """The norm bars that are open here, the innermost last."""
        self.commas = 0
        """How many enclosing brackets expect a comma."""

    def build(self, op: str, *args: Node, value: object = None) -> Node:
        """A new node; raises Unreadable past MAX_NODES."""
        self.built += 1
        if self.built > MAX_NODES:
            raise Unreadable(say("typed.the_answer_has_too_many"))
        return node(op, *args, value=value)

    def enter(self) -> None:
        """Go one bracket or sign deeper; raises Unreadable past MAX_DEPTH."""
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise Unreadable(say("typed.there_are_too_many_brackets"))

    def leave(self) -> None:
        """Come back from one."""
        self.nesting -= 1

    def conditions(self) -> Node:
        """One expression, or relations joined by `and`, commas and `or`; `and` binds more tightly."""
        found = [self._conjunction()]
        while found[0].op != "number" and self.tokens.accept("or"):
            found.append(self._conjunction())
        if len(found) > 1 and not all(is_condition(part) for part in found):
            raise Unreadable(say("typed.only_equations_and_inequalities_can"))
        return found[0] if len(found) == 1 else self.build("either", *found)

    def _conjunction(self) -> Node:
        found = self._chain()
        while is_condition(found[0]) and (self.tokens.sees("and") or self.tokens.sees("comma")):
            while self.tokens.accept("and") or self.tokens.accept("comma"):
                pass
            found += self._chain()
        if len(found) > 1 and not all(is_condition(part) for part in found):
            raise Unreadable(say("typed.only_equations_and_inequalities_can_2"))
        return found[0] if len(found) == 1 else self.build("both", *found)

    def _chain(self) -> list[Node]:
        """One expression, or a chain `a < b < c` as its links, or what lies in an interval."""
        sides = [self.expression()]
        signs = []
        if self.tokens.sees("in"):
            outside = self.tokens.take().text == "out"
            lies = self._membership(sides[0])
            return [complement(lies) if outside else lies]
        while self.tokens.sees("relation") or self.tokens.sees("angle", "<", ">"):
            signs.append(self.tokens.take().text)
            sides.append(self.expression())
        if not signs:
            return sides
        links = zip(signs, sides, sides[1:], strict=False)
        return [self.build("relation", left, right, value=sign) for sign, left, right in links]

    def _membership(self, inside: Node) -> Node:
        """`x in ]0, 1[`, unions of intervals and sets of real numbers, as inequalities."""
        found = [self._set(inside)]
        while self.tokens.set_follows():
            self.tokens.take()
            found.append(self._set(inside))
        return found[0] if len(found) == 1 else self.build("either", *found)

    def _set(self, inside: Node) -> Node:
        """An interval, numbers in braces, or the real numbers with a mark or without some of them."""
        if self.tokens.sees("open", "{"):
            return self._is_one_of(inside)
        less = self.tokens.sees("symbol", "R") and self.tokens.peek().kind == "without"
        if not less and not self.tokens.sees("word", "R"):
            return self._interval(inside)
        self.tokens.take()
        marks = ""
        while self.tokens.sees("subscript") or self.tokens.sees("operator", "^", "+", "-", "*"):
            token = self.tokens.take()
            marks += "" if token.text == "^" else token.text
            while self.tokens.sees("open", "{") or self.tokens.sees("close", "}"):
                self.tokens.take()
        links = []
        if marks.strip("+*-") or ("+" in marks and "-" in marks):
            raise Unreadable(say("typed.i_read_the_sets_and"))
        if "+" in marks or "-" in marks:
            sign = (">" if "+" in marks else "<") + ("" if "*" in marks else "=")
            links.append(self.build("relation", inside, number(0), value=sign))
        elif marks:
            links.append(self.build("relation", inside, number(0), value="!="))
        while self.tokens.accept("without"):
            links.append(self._left_out(inside))
        if not links:
            raise Unreadable(say("typed.this_says_nothing_every_number"))
        return links[0] if len(links) == 1 else self.build("both", *links)

    def _left_out(self, inside: Node) -> Node:
        """What lies outside an interval, or is none of the numbers in braces."""
        listed = self.tokens.sees("open", "{")
        if self.tokens.sees("open", "(") and self.tokens.peek().text in ("[", "]", "("):
            self.tokens.take()
            lies = self._membership(inside)
            self.tokens.expect_closing("(")
            return complement(lies)
        return complement(self._is_one_of(inside) if listed else self._interval(inside))

    def _is_one_of(self, inside: Node) -> Node:
        """What is one of the numbers in braces."""
        opening = self.tokens.take().text
        found: list[Node] = []
        self.commas += 1
        while not found or self.tokens.accept("comma") or self.tokens.accept("and", ";"):
            found.append(self.build("relation", inside, self.expression(), value="="))
        self.commas -= 1
        self.tokens.expect_closing(opening)
        return found[0] if len(found) == 1 else self.build("either", *found)

    def _interval(self, inside: Node) -> Node:
        opening = self.tokens.take()
        if opening.kind not in ("open", "close") or opening.text not in "([])":
            raise Unreadable(say("typed.i_read_an_interval_such"))
        kept, self.until = self.until, self.tokens.end_of_interval()
        parted = not self.tokens.semicolon_before(self.until)  # the comma of ]0,5 ; 1[ is a decimal one
        self.commas += parted
        low = self._endpoint()
        if not (self.tokens.accept("comma") or self.tokens.accept("and", ";")):
            raise Unreadable(say("typed.an_interval_has_two_ends"))
        high = self._endpoint()
        self.commas, self.until = self.commas - parted, kept
        closing = self.tokens.take()
        if closing.kind not in ("open", "close") or closing.text not in "([])":
            raise Unreadable(say("typed.the_interval_is_not_closed"))
        links = []
        if low is not None:
            links.append(self.build("relation", low, inside, value="<=" if opening.text == "[" else "<"))
        if high is not None:
            links.append(self.build("relation", inside, high, value="<=" if closing.text == "]" else "<"))
        if not links:
            raise Unreadable(say("typed.this_says_nothing_every_number"))
        return links[0] if len(links) == 1 else self.build("both", *links)

    def _endpoint(self) -> Node | None:
        """An end of an interval; None for one that is infinitely far."""
        ahead = 1 if self.tokens.sees("operator", "+", "-") else 0
        if self.tokens.peek(ahead).text == "∞":
            for _ in range(ahead + 1):
                self.tokens.take()
            return None
        return self.expression()

    def expression(self) -> Node:
        """A sum of terms."""
        terms = [self._signed(self._term)]
        while self.tokens.sees("operator", "+", "-") and not self._ends_entry():
            sign = self.tokens.take().text
            term = self._signed(self._term)
            absorbed = absorb_term(terms[-1], term, sign)
            if absorbed is not None:
                terms[-1] = absorbed
            else:
                terms.append(self.build("negative", term) if sign == "-" else term)
        return terms[0] if len(terms) == 1 else self.build("add", *terms)

    def _signed(self, read: Callable[[], Node]) -> Node:
        """What is read here, with the signs before it."""
        if not self.tokens.sees("operator", "+", "-"):
            return read()
        self.enter()
        sign = self.tokens.take().text
        inside = self._signed(read)
        self.leave()
        return self.build("negative", inside) if sign == "-" else inside

    def _ends_entry(self) -> bool:
        """Whether a space ends an entry of a row here: before `-2` in `[1 -2]`, not before `- 2`."""
        here = self.tokens.here
        return self.in_row and not here.tight and (here.kind != "operator" or self.tokens.peek().tight)

    def _term(self) -> Node:
        """A product of factors, from left to right."""
        left = self._signed(self._postfixed)
        while not self._ends_entry():
            if self.tokens.sees("operator", *_PRODUCTS):
                left = self._multiply(left, self.tokens.take().text)
            elif self.tokens.sees("dot") and self.tokens.peek().kind not in ("end", "and", "comma"):
                # A dot before something is a product; before nothing it ends the answer.
                left = self._multiply(left, self.tokens.take().text)
            elif self._starts_atom():
                self._refuse_digit_beside()
                left = self.build("product", left, self._postfixed(), value="")
            else:
                return left
        return left

    def _multiply(self, left: Node, sign: str) -> Node:
        """The product, quotient or division from the left that a sign makes with what follows it."""
        if sign == "\\":  # MATLAB's A\b solves A x = b
            return self.build(
                "product", self.build("inverse", left), self._signed(self._postfixed), value="at"
            )
        by_name = self.symbols.by_name
        of, by = (by_name.get(token.text) for token in (self.tokens.peek(-2), self.tokens.here))
        dotted = sign in ("·", ".") and of is not None and by is not None and of.shape.is_column
        dotted = dotted and by is not None and by.shape.is_array and not by.shape.is_column
        right = self._divisor(left) if sign == "/" else self._signed(self._postfixed)
        while dotted and self._starts_atom() and not self._ends_entry():  # w·Aw is the product of w and Aw
            right = self.build("product", right, self._postfixed(), value="")
        return self.build(_PRODUCTS[sign], left, right, value=_WRITTEN[sign])

    def _refuse_digit_beside(self) -> None:
        before, here = self.tokens.before, self.tokens.here
        if here.kind != "number":
            return
        if here.text == "1" and self.tokens.transpose_at(1):
            return
        if before.kind == "number":
            raise Unreadable(say("typed.two_numbers_stand_side_by", one=before.text, other=here.text))
        if here.tight and before.kind in ("symbol", "word"):
            raise Unreadable(say("typed.is_a_power_an_index", name=before.text, digits=here.text))

    def _divisor(self, above: Node) -> Node:
        """What stands after a slash, with the scalar factors that touch it."""
        below = self._signed(self._postfixed)
        coefficient = above.op == "number" and below.op == "number"
        while not coefficient and self._scalar_touches():
            below = self.build("product", below, self._postfixed(), value="")
        return below

    def _scalar_touches(self) -> bool:
        """Whether a number or a scalar symbol stands here, without a space or a sign before it."""
        here = self.tokens.here
        scalar = here.kind in ("number", "size") or self._is_scalar(here)
        return scalar and here.tight and self._starts_atom()

    def _postfixed(self) -> Node:
        """An atom with its transposes, powers and indices."""
        inside = self._atom()
        while True:
            if self.tokens.accept("prime"):
                inside = self.build("transpose", inside, value="'")
            elif self.tokens.accept("top"):  # A⊤ without a hat
                inside = self.build("transpose", inside)
            elif self.tokens.prefix_transpose_follows():
                return inside
            elif self.tokens.accept("operator", "^"):
                inside = self._raise(inside)
            elif self.tokens.accept("operator", ".^"):
                inside = self.build("power", inside, self._exponent(), value=".^")
            elif self.tokens.sees("subscript"):
                inside = self._subscript(inside)
            elif self.tokens.sees("method"):
                inside = self._call_method(inside)
            elif self.tokens.index_follows(again=inside.op == "entry"):
                inside = self._index(inside)
            else:
                return inside

    def _subscript(self, inside: Node) -> Node:
        """`A_{ij}`; a subscript after a power belongs below it, as in `||w||^2_2` and `w^2_i`."""
        if self.tokens.sees("subscript", "+", "-"):
            name = "relu" if self.tokens.take().text == "+" else "negpart"
            return self.build("call", inside, value=name)
        if inside.op == "power":
            base, raised = inside.args
            if base.op == "norm":
                return self.build("power", self.build("norm", base.args[0], value=self._norm_order()), raised)
            return self.build("power", self._subscript(base), raised)
        return self.build("entry", inside, value=indices_in(self.tokens.take().text))

    def _index(self, inside: Node) -> Node:
        opening = self.tokens.take().text
        text = ""
        while not self.tokens.sees("close"):
            if self.tokens.sees("end"):
                raise Unreadable(say("typed.the_bracket_is_not_closed_2", opening=opening))
            if self.tokens.sees("number") and opening == "[":  # counted from 0 in Python, from 1 in MATLAB
                raise Unreadable(say("typed.write_entries_with_letters_as"))
            text += self.tokens.take().text + " "
        self.tokens.expect_closing(opening)
        indices = indices_in(text)
        if inside.op == "entry":  # A[i][j]
            return self.build("entry", inside.args[0], value=(*inside.value, *indices))
        return self.build("entry", inside, value=indices)

    def _call_method(self, inside: Node) -> Node:
        written = self.tokens.take().text
        name = _METHOD_NAMES.get(written, written)
        if name == "dot":
            self.enter()
            argument = self._argument(name)
            self.leave()
            return self.build("product", inside, argument, value="at")
        if self.tokens.peek().kind != "close" and name == "transpose":  # whose axes differ in numpy and torch
            raise Unreadable(say("typed.write_a_transpose_as"))
        if self.tokens.peek().kind != "close" and written in FUNCTIONS:  # x.exp(-x): the dot is a product
            return self.build("product", inside, self._function(written), value="dot")
        self.tokens.take()
        self.tokens.expect_closing("(", say("typed.after", name=name))
        return self.build("norm", inside, value="2") if name == "norm" else self._call(name, inside)

    def _raise(self, base: Node) -> Node:
        """The base with what stands after ^: a transpose, the mark of a pseudo-inverse, or an exponent."""
        if self.tokens.accept_transpose():
            return self.build("transpose", base)
        if self.tokens.sees("open", "{", "(") and self.tokens.brace_holds_transpose():
            opening = self.tokens.take().text
            inverted = self.tokens.accept("operator", "-")
            self.tokens.take()
            self.tokens.expect_closing(opening)
            transposed = self.build("transpose", base)
            return self.build("inverse", transposed) if inverted else transposed
        if self.tokens.accept_dagger():
            return self.build("call", base, value="pinv")
        if self.tokens.sees("operator", "*"):
            raise Unreadable(say("typed.i_do_not_know_what_2"))
        return self.build("power", base, self._exponent())

    def _exponent(self) -> Node:
        """What stands after ^: a bracket, a signed atom, and powers of it from the right."""
        if self.tokens.accept("operator", "-"):
            if self.tokens.sees("top"):
                raise Unreadable(say("typed.write_the_inverse_of_the"))
            self.enter()
            inside = self._exponent()
            self.leave()
            return self.build("negative", inside)
        inside = self._group("^") if self.tokens.sees("open") else self._atom()
        if not self.tokens.prefix_transpose_follows() and self.tokens.accept("operator", "^"):
            self.enter()
            inside = self._raise(inside)
            self.leave()
        return inside

    def _starts_atom(self) -> bool:
        """Whether an atom can begin here: what stands beside a factor without a sign is a product."""
        here = self.tokens.here
        if here.kind == "bar":
            return not self.bars or (here.text != self.bars[-1] and (self.bars[-1], here.text) != ("|", "||"))
        if self.tokens.at == self.until:
            return False
        if self.tokens.prefix_transpose_follows():
            return True
        if here.kind == "angle":
            # Where a value is asked for, < and > are no signs of order: 2 < u, v >.
            apart = not self.wanted.condition
            return here.text == "⟨" or (
                here.text == "<" and self.tokens.opens_inner_product(self._is_scalar, apart=apart)
            )
        return here.kind in STARTS

    def _atom(self) -> Node:
        """The atom that begins here; whatever is nested, is nested in an atom."""
        self.enter()
        if self.tokens.here.kind in _ATOMS:
            found = _ATOMS[self.tokens.here.kind](self)
        elif self.tokens.sees("angle", "<", "⟨"):
            found = self._inner_product()
        elif self.tokens.sees("operator", "^") and self.tokens.transpose_follows():
            self.tokens.take()  # the French way: ^tA, ^{t}A and {}^tA
            for _ in range(3 if self.tokens.sees("open") else 1):
                self.tokens.take()
            inside = self._atom()
            while self.tokens.sees("subscript"):
                inside = self._subscript(inside)
            found = self.build("transpose", inside)
        elif self.tokens.here.kind == "end":
            raise Unreadable(
                say("typed.something_is_missing_at_the" if self.tokens.at else "typed.the_answer_is_empty")
            )
        elif self.tokens.here.kind == "close":
            raise Unreadable(say("typed.i_did_not_expect_the", text=self.tokens.here.text))
        else:
            raise Unreadable(say("typed.i_did_not_expect_here", text=quoted(self.tokens.here.text)))
        self.leave()
        return found

    def _number(self) -> Node:
        if self.tokens.sees("number", "11") and self.tokens.transpose_at(1):  # 11^T, all ones
            self.tokens.leave(Token("number", "1", tight=False))
            return self.build("ones", value="")
        text = self.tokens.take().text
        ones = text == "1" and self.tokens.sees("number", "1") and self.tokens.transpose_at(1)
        if ones or (
            text == "1" and self.tokens.transpose_at(0) and not self.tokens.prefix_transpose_follows()
        ):
            return self.build("ones", value="")
        if text.isdigit() and not self.commas and self.tokens.decimal_comma_follows():
            self.tokens.take()
            text += "." + self.tokens.take().text
        if text == "0" and self.tokens.accept("subscript"):
            return self.build("zeros", value="")
        if text == "1" and (self.tokens.sees("subscript") or self.tokens.brackets_inequality()):
            return self._ones()
        self.build("number")  # counted, then made
        return number(read_number(text))

    def _size_alone(self) -> Node:
        """A size as a number; `df(w)` is no product."""
        size = self.tokens.take().text
        symbol = self.symbols.by_name.get(self.tokens.here.text)
        if size == "d" and symbol is not None and symbol.is_function and self.tokens.here.tight:
            raise Unreadable(say("typed.write_the_derivative_out"))
        return self.build("size", value=size)

    def _size(self) -> str:
        """The size in a subscript, as in I_d; "" where there is none."""
        if not self.tokens.sees("subscript"):
            return ""
        text = self.tokens.take().text.replace(" ", "")
        size = re.split(r"\\times|[x,*]", text)[0]
        if size not in self.symbols.sizes:
            sizes = ", ".join(self.symbols.sizes)
            raise Unreadable(say("typed.is_no_size_of_this", text=quoted(text), sizes=sizes))
        return size

    def _ones(self) -> Node:
        """The vector 1_n, whose sign may be taken; `1_{i=j}` is δ_ij."""
        self.tokens.accept("ones")
        index = self.tokens.here.text if self.tokens.sees("subscript") else ""
        equal = re.fullmatch(r"(?:\\?\{)?\s*([A-Za-z])\s*={1,2}\s*([A-Za-z])\s*(?:\\?\})?", index)
        if equal is None and (self.tokens.sees("open") or re.search(r"[<>≤≥]|\\(?:[lg]eq?|[lg]t)", index)):
            return self._indicator()
        if equal is None:
            rows, columns = self._size(), index.replace(" ", "")
            column = self.build("ones", value=rows)
            wide = re.fullmatch(r"\w+(?:\\times|[x,*])(\w+)", columns)
            if wide is None or wide[1] == "1":
                return column
            if wide[1] not in self.symbols.sizes:
                sizes = ", ".join(self.symbols.sizes)
                raise Unreadable(say("typed.is_no_size_of_this", text=quoted(columns), sizes=sizes))
            return self._outer(column, self.build("ones", value=wide[1]))
        self.tokens.take()
        return self.build("entry", self.build("identity", value=""), value=equal.groups())

    def _indicator(self) -> Node:
        """1 where the inequalities hold that follow in a subscript or in brackets, else 0."""
        if not self.tokens.sees("subscript"):
            return self.build("indicator", *self._inequalities("1"))
        within = re.sub(r"^\s*\\?\{|\\?\}\s*$", "", self.tokens.take().text)
        inside = Parser(Lexer(within, self.symbols).run(), self.symbols, Wanted(condition=True))
        links = inside.inequalities()
        inside.tokens.expect_end()
        return self.build("indicator", *links)

    def inequalities(self) -> list[Node]:
        """Inequalities joined by `and` or by commas."""
        found = self._chain()
        while self.tokens.accept("comma") or self.tokens.accept("and"):
            found += self._chain()
        return found

    def _inequalities(self, name: str) -> list[Node]:
        """The inequalities in the brackets that follow, of which all hold."""
        opening = self.tokens.take().text
        kept, self.bars = self.bars, ()
        found = self.inequalities()
        self.bars = kept
        self.tokens.expect_closing(opening, say("typed.after", name=name))
        return found

    def _where(self) -> Node:
        """`where(z > 0, z, 0)`: the second where the first holds, else the third."""
        opening = self.tokens.take().text
        self.commas += 1
        holds = self.build("indicator", *self._chain())
        parts: list[Node] = []
        while len(parts) < 2 and self.tokens.accept("comma"):
            parts.append(self.expression())
        self.commas -= 1
        self.tokens.expect_closing(opening, say("typed.after", name="where"))
        if len(parts) < 2:
            raise Unreadable(say("typed.takes_argument_s", name="where", count="3"))
        fails = self.build("add", number(1), self.build("negative", holds))
        there, elsewhere = (
            self.build("product", factor, part, value="")
            for factor, part in zip((holds, fails), parts, strict=True)
        )
        return self.build("add", there, elsewhere)

    def _symbol(self) -> Node:
        name = self.tokens.take().text
        symbol = self.symbols.by_name.get(name)
        if symbol is None or not symbol.is_function:
            return self.build("symbol", value=name)
        order = 0
        while self.tokens.accept("prime"):
            order += 1
        if order > 2:
            raise Unreadable(say("typed.i_know_derivatives_up_to"))
        return self._apply(name, order)

    def _apply(self, name: str, order: int) -> Node:
        """A function of the question at the point in the brackets, `order` times differentiated."""
        if not self.tokens.sees("open"):
            raise Unreadable(say("typed.at_which_point_is_a", name=name))
        argument = self._argument(name)
        return self.build("apply", argument, value=(name, order))

    def _bracket(self) -> Node:
        opening = self.tokens.take().text
        if opening == "{" and self.tokens.sees("close", "}") and self.tokens.peek().text == "^":
            self.tokens.take()
            return self._atom()
        ahead = self.tokens.inside_bracket()
        if opening == "[":
            self._refuse_row(ahead)
        spaced = opening == "[" and any(token.text == ";" for token in ahead)
        spaced = spaced and not any(token.kind == "comma" for token in ahead)
        paired = opening == "(" and [token.text for token in ahead if token.kind == "bar"] == ["|"]
        if spaced:
            rows = self._spaced_rows()
            if rows is not None:
                return rows
        kept, self.bars = (self.bars, self.in_row), ("|",) if paired else ()
        self.in_row = False
        self.commas += self.wanted.entries
        if opening == "(" and self.tokens.holds_inequality(alone=self.wanted.condition):
            self.bars, self.in_row = kept
            self.commas -= self.wanted.entries
            return self._condition_in_brackets()
        inside = self.expression()
        if paired and self.tokens.accept("bar", "|"):  # (u|v), an inner product
            inside = self.build("inner", inside, self.expression())
        elif self.tokens.sees("comma") or self.tokens.sees("and", ";"):
            inside = self._entries(inside)
        self.commas -= self.wanted.entries
        self.bars, self.in_row = kept
        self.tokens.expect_closing(opening)
        return inside

    def _condition_in_brackets(self) -> Node:
        """`(x > 0)`: a condition where one is asked, else 1 where it holds, as in numpy."""
        kept, self.bars = self.bars, ()
        links = self._chain()
        self.bars = kept
        self.tokens.expect_closing("(")
        if not self.wanted.condition:
            return self.build("indicator", *links)
        return links[0] if len(links) == 1 else self.build("both", *links)

    def _spaced_rows(self) -> Node | None:
        """`[1 2; 3 4]`; None, with nothing taken, where spaces give no matrix, as in `[2 x; x^2]`."""
        # Whatever was begun when the reading failed is not begun any more: a sum, an interval, brackets.
        start, around = self.tokens.at, (self.nesting, self.commas, self.until, self.bound)
        kept, self.bars, self.in_row = (self.bars, self.in_row), (), True
        try:
            found = self._entries(self.expression())
            self.tokens.expect_closing("[")
        except Unreadable:
            self.tokens.at = start
            self.nesting, self.commas, self.until, self.bound = around
            return None
        finally:
            self.bars, self.in_row = kept
        return found

    def _refuse_row(self, inside: Sequence[Token]) -> None:
        """Raises Unreadable for `[a b]`, which may be a row or a product in brackets."""
        if len(inside) < 2 or any(token.tight for token in inside[1:]):
            return
        if all(token.kind in ("number", "size") or self._is_scalar(token) for token in inside):
            row = ", ".join(token.text for token in inside)
            raise Unreadable(say("typed.is_this_a_row_of", row=row))

    def _entries(self, first: Node) -> Node:
        """The entries after the first: commas or spaces between those of a row, semicolons between rows."""
        rows = [[first]]
        self.commas += 1
        while not self.tokens.sees("close") and not self.tokens.sees("end"):
            if self.tokens.accept("and", ";"):
                rows.append([])
            elif not self.tokens.accept("comma") and not self.in_row:
                break
            rows[-1].append(self.expression())
        self.commas -= 1
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
        return self.build("stack", *(entry for row in rows for entry in row), value=size)

    def _tex_matrix(self) -> Node:
        """A matrix environment, its cells and rows marked by the normalisation."""
        kind = self.tokens.take().text
        if not self.tokens.accept("open", "{"):
            raise Unreadable(say("typed.i_cannot_read_this_matrix"))
        kept, self.bars = self.bars, ()
        rows: list[list[Node]] = [[self.expression()]]
        while self.tokens.sees("cell"):
            if self.tokens.take().text == ";":
                rows.append([])
            rows[-1].append(self.expression())
        self.bars = kept
        self.tokens.expect_closing("{")
        matrix = self._matrix(rows)
        return self.build("call", matrix, value="det") if kind == "det" else matrix

    def _is_scalar(self, token: Token) -> bool:
        symbol = self.symbols.by_name.get(token.text) if token.kind == "symbol" else None
        return symbol is not None and not symbol.shape.is_array and not symbol.is_function

    def _norm(self) -> Node:
        bar = self.tokens.take().text
        kept = self.bars
        self.bars = (*kept, bar)
        inside = self.expression()
        if bar == "|" and self.tokens.sees("bar", "||"):  # |u||v|: it closes one and opens the other
            self.tokens.leave(Token("bar", "|"))
        elif not self.tokens.accept("bar", bar):
            raise Unreadable(say("typed.a_norm_bar_is_not", bar=bar))
        self.bars = kept
        plain = bar == "|" and not self.tokens.sees("subscript")
        return self.build("norm", inside, value="bar" if plain else self._norm_order())

    def _norm_order(self) -> str:
        """Which norm a subscript asks for; the Euclidean one where there is none."""
        if not self.tokens.sees("subscript") or self.tokens.sees("subscript", "+", "-"):
            return "2"
        return norm_order(self.tokens.take().text)

    def _inner_product(self) -> Node:
        opening = self.tokens.take().text
        kept, self.bars = self.bars, ("|",) if self.tokens.inner_product_has_bar() else ()
        self.commas += 1
        left = self.expression()
        if not self.tokens.accept("comma") and not self.tokens.accept("bar", "|"):
            if not self.tokens.closes_inner_product():
                raise Unreadable(say("typed.i_did_not_expect_here", text=quoted(opening)))
            raise Unreadable(say("typed.an_inner_product_needs_two"))
        entries = [left, self.expression()]
        names = {part.value for entry in entries for part in walk(entry) if part.op in ("symbol", "apply")}
        plain = self.wanted.entries and all(self._is_scalar(Token("symbol", name)) for name in names)
        while plain and self.tokens.accept("comma"):
            entries.append(self.expression())
        self.commas -= 1
        self.bars = kept
        if not self.tokens.accept("angle", ">", "⟩"):
            raise Unreadable(say("typed.an_inner_product_is_not"))
        if plain:  # <2x, 3y>, as vectors are written in America
            return self._matrix([[entry] for entry in entries], loose=True)
        return self.build("inner", *entries)

    def _tex_fraction(self) -> Node:
        self.tokens.take()
        above = self._group("frac")
        return self.build("divide", above, self._group("frac"), value="frac")

    def _group(self, name: str) -> Node:
        """A TeX argument: a brace, or the one digit or atom that follows."""
        if self.tokens.sees("open"):
            return self._argument(name)
        digits = self.tokens.here.text
        if self.tokens.sees("number") and len(digits) > 1 and digits.isdigit():
            self.tokens.leave(Token("number", digits[1:]))
            return number(int(digits[0]))
        return self._atom()

    def _derivative(self) -> Node:
        order = int(self.tokens.take().text)
        named = self.symbols.by_name.get(self.tokens.here.text) if self.tokens.sees("subscript") else None
        if named is not None and named.is_function and self.tokens.peek().kind == "open":  # nabla_f(w)
            self.tokens.take()
            return self._apply(named.name, order)
        while self.tokens.here.kind in ("subscript", "nabla") or self.tokens.sees("operator", "^"):
            turned = self.tokens.transpose_at(0)
            token = self.tokens.take()
            if token.kind == "nabla" or turned:  # ∇∇^T f
                order = order + int(token.text) if token.kind == "nabla" else order
                for _ in range((3 if self.tokens.sees("open") else 1) if turned else 0):
                    self.tokens.take()
            elif token.kind == "operator":
                if self._group("nabla") != number(2):
                    raise Unreadable(say("typed.i_know_the_gradient_and"))
                order = 2
        if order > 2:
            raise Unreadable(say("typed.i_know_the_gradient_and"))
        bracket = self.tokens.brackets_one("symbol")
        if bracket:
            self.tokens.take()
        symbol = self.symbols.by_name.get(self.tokens.here.text) if self.tokens.sees("symbol") else None
        if symbol is None or not symbol.is_function:
            raise Unreadable(say("typed.write_the_gradient_out_can"))
        self.tokens.take()
        if bracket:
            self.tokens.take()
        return self._apply(symbol.name, order)

    def _sum(self) -> Node:
        """`sum(v)`, or a sum of the term that follows, over the only free index if none is named."""
        sign = self.tokens.take().text
        if self.tokens.sees("open") and sign == "sum":
            if any(token.text in ("axis", "dim") for token in self.tokens.inside_braces()):
                return self._total_along()
            argument = self._argument("sum")
            return self.build("call", argument, value="total")
        upper, indices, seen = "", [], 0
        while seen < 2 and (self.tokens.sees("subscript") or self.tokens.sees("operator", "^")):
            seen += 1
            if self.tokens.sees("subscript"):
                indices = sum_indices(self.tokens.take().text)
            else:
                self.tokens.take()
                upper = self._upper_bound()
        indices = self._with_pairs(indices)
        kept, self.bound = self.bound, (*self.bound, *(index for index, _, _ in indices))
        self.enter()
        body = self._term()
        self.leave()
        self.bound = kept
        for index, bound, only in reversed(indices or [("?", "", "")]):
            body = self.build("sum", body, value=(index, bound or upper, only))
        return body

    def _total_along(self) -> Node:
        """`sum(X, axis=0)` of each column, `sum(X, axis=1)` of each row."""
        self.tokens.take()
        self.commas += 1
        inside = self.expression()
        self.commas -= 1
        named = self.tokens.accept("comma") and self.tokens.accept("word", "axis", "dim")
        axis = self.tokens.take().text if named and self.tokens.accept("relation", "=") else ""
        self.tokens.expect_closing("(", say("typed.after", name="sum"))
        if axis not in ("0", "1"):
            raise Unreadable(say("typed.takes_one_argument", name="sum"))
        inside = self.build("transpose", inside) if axis == "0" else inside
        return self.build("product", inside, self.build("ones", value=""), value="")

    def _with_pairs(self, indices: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
        r"""Where a number is asked, i and j of `\sum_{i \neq j}` run both, unless a sum around binds one."""
        named = {index for index, _, _ in indices} | set(self.bound)
        others = {only[-1] for _, _, only in indices if only} - named
        if not self.wanted.number:
            return indices
        return [*((other, "", "") for other in sorted(others)), *indices]

    def _upper_bound(self) -> str:
        if not self.tokens.sees("open", "{", "("):
            return self.tokens.take().text
        opening = self.tokens.take().text
        text = self.tokens.take().text if not self.tokens.sees("close") else ""
        if not self.tokens.sees("close") and not self.tokens.sees("end"):
            raise Unreadable(say("typed.a_sum_ends_at_one_name"))
        self.tokens.expect_closing(opening, say("typed.after", name=say("typed.the_sum")))
        return text

    def _word(self) -> Node:
        word = self.tokens.take().text
        if word in FUNCTIONS:
            return self._function(word)
        if word in ("array", "asarray", "Matrix", "matrix") and self.tokens.sees("open"):
            return self._argument(word)
        if word in CHANCE and self.symbols.chance:
            return self._chance(CHANCE[word])
        if word == "e":
            return self._euler()
        if word in ("pi", "Pi", "PI"):
            return self.build("pi")
        if word in ("I", "Id"):
            if self.tokens.sees("open", "(") and self.tokens.here.tight and self.tokens.brackets_one("size"):
                return self._of_size("identity")
            return self.build("identity", value=self._size())
        if word == "sigma" and self.tokens.opens_after_marks():
            return self._function("sigmoid")
        if word == "where" and self.tokens.sees("open"):
            return self._where()
        if word == "delta" and self.tokens.sees("subscript"):
            indices = indices_in(self.tokens.take().text)
            return self.build("entry", self.build("identity", value=""), value=indices)
        if word in _NO_EXPRESSIONS:
            raise Unreadable(say(_NO_EXPRESSIONS[word]))
        raise unknown_symbol(word, self.symbols)

    def _euler(self) -> Node:
        """e, or a power of it."""
        if self.tokens.sees("subscript"):
            raise Unreadable(say("typed.i_read_no_unit_vectors", name=f"e_{self.tokens.here.text}"))
        raised = self._exponent() if self.tokens.accept("operator", "^") else number(1)
        return self.build("call", raised, value="exp")

    def _chance(self, name: str) -> Node:
        """An expectation, a variance, a covariance or a probability, whose name was taken."""
        over: tuple[str, ...] = ()
        raised = None
        while self.tokens.sees("subscript") or (name == "E" and self.tokens.sees("operator", "^")):
            if self.tokens.sees("subscript"):
                words = re.split(r"\\sim|~|[^A-Za-z_*'\\]", self.tokens.take().text)
                over += tuple(filter(self.symbols.__contains__, map(canonical_name, words)))
            else:
                self.tokens.take()
                raised = self._group("^")
        if name == "P":
            if not self.tokens.sees("open"):
                raise Unreadable(say("typed.write_p_x_t_with"))
            return self.build("chances", *self._inequalities("P"))
        if name == "E":
            inside = self._argument(name) if self.tokens.sees("open") else self._postfixed()
            expected = self.build("expect", inside, value=over)
            return expected if raised is None else self.build("power", expected, raised)
        if over:
            raise Unreadable(say("typed.i_read_without_an_index", name=name))
        return self.build("spread", *self._arguments(name, 1, 1 + (name == "Cov")), value=name)

    def _function(self, name: str) -> Node:
        """The function whose name was taken, with its power and its arguments."""
        if name in ("eye", "zeros", "ones"):
            return self._of_size({"eye": "identity"}.get(name, name))
        raised = None
        if name in ENTRYWISE and self.tokens.sees("prime") and self.tokens.opens_after_primes():
            while self.tokens.accept("prime"):
                name += "'"
            if name not in ENTRYWISE:
                raise Unreadable(say("typed.i_do_not_know_this"))
        if name in ENTRYWISE and self.tokens.accept("operator", "^"):
            if self.tokens.accept("operator", "-"):
                raise Unreadable(say("typed.is_this_the_inverse_function", name=name))
            raised = self._group("^")
        if name == "sqrt" and self.tokens.sees("open", "["):
            return self._root()
        called = self._function_call(name)
        return called if raised is None else self.build("power", called, raised)

    def _root(self) -> Node:
        r"""`\sqrt[3]{x}` as a power."""
        order = self._argument("sqrt")
        inside = self._argument("sqrt")
        if order.op != "number" or not order.value:
            raise Unreadable(say("typed.write_other_roots_as_powers"))
        return self.build("power", inside, number(1 / order.value))

    def _function_call(self, name: str) -> Node:
        if name in ("max", "min"):
            return self._extreme(name)
        if name == "binom":
            return self._binomial(*self._binomial_arguments())
        if name == "solve" and not any(token.kind == "comma" for token in self.tokens.inside_braces()):
            return self.build("inverse", self._argument(name))  # as R inverts
        if name == "diag" and self.tokens.brackets_one("size"):
            return self._of_size("identity")
        if name in TWO:
            if not self.tokens.sees("open"):
                raise Unreadable(say("typed.write_u_v", name=name))
            return self._call_with_two(name, *self._arguments(name, 2, 2))
        if name == "norm" and self.tokens.sees("open"):
            return self._norm_call()
        argument = self._argument(name) if self.tokens.sees("open") else self._bare_argument(name)
        return self.build("norm", argument, value="2") if name == "norm" else self._call(name, argument)

    def _binomial_arguments(self) -> tuple[Node, Node]:
        r"""The arguments of `binom(n, 2)` and of `\binom{n}{2}`."""
        if self.tokens.sees("open", "{") and not any(
            token.kind == "comma" for token in self.tokens.inside_braces()
        ):
            return self._group("binom"), self._group("binom")
        above, below = self._arguments("binom", 2, 2)
        return above, below

    def _binomial(self, above: Node, below: Node) -> Node:
        """A binomial coefficient as a polynomial: n (n - 1)/2."""
        count = constant(below)
        if count is None or count.denominator != 1 or not 0 <= count <= 6:
            raise Unreadable(say("typed.write_the_binomial_out"))
        product, factorial = number(1), 1
        for place in range(int(count)):
            less = self.build("negative", number(place))
            factor = self.build("add", above, less) if place else above
            product = self.build("product", product, factor, value="") if place else factor
            factorial *= place + 1
        return product if factorial == 1 else self.build("divide", product, number(factorial))

    def _extreme(self, name: str) -> Node:
        """max(a, b) of two numbers or more, or of the entries of a vector."""
        if self.tokens.sees("subscript"):
            raise Unreadable(say("typed.write_it_without", name=name))
        if not self.tokens.sees("open"):
            raise Unreadable(say("typed.write_u_v", name=name))
        first, *rest = self._arguments(name, 1, 9)
        for other in rest:
            first = self.build("call", first, other, value=name)
        return first if rest else self.build("call", first, value=name)

    def _norm_call(self) -> Node:
        """`norm(w)`, `norm(A, 'fro')`, `np.linalg.norm(w, ord=1)`."""
        opening = self.tokens.take().text
        kept, self.bars = self.bars, ()
        self.commas += 1
        inside = self.expression()
        self.commas -= 1
        order = "2"
        if self.tokens.accept("comma"):
            if self.tokens.sees("word", "ord") or self.tokens.sees("word", "p"):
                self.tokens.take()
                self.tokens.accept("relation", "=")
            order = norm_order(self.tokens.take().text)
        self.bars = kept
        self.tokens.expect_closing(opening, say("typed.after", name="norm"))
        return self.build("norm", inside, value=order)

    def _argument(self, name: str) -> Node:
        """What stands in the brackets after a function of one argument."""
        (argument,) = self._arguments(name, 1, 1)
        return argument

    def _arguments(self, name: str, least: int, most: int) -> list[Node]:
        """What stands in the brackets after a function, between `least` and `most` expressions."""
        if not self.tokens.sees("open"):
            raise Unreadable(say("typed.write_what_applies_to_in", name=name))
        opening = self.tokens.take().text
        kept, self.bars = (self.bars, self.in_row), ()
        self.in_row = False
        # In a function of several arguments a comma separates them, unless a semicolon does.
        parted = most > 1 and not any(token.text == ";" for token in self.tokens.inside_bracket())
        self.commas += parted
        parts = [self.expression()]
        while self.tokens.accept("comma") or (most > 1 and self.tokens.accept("and", ";")):
            if name in OF_VECTOR and self.tokens.accept("word", "dim", "axis"):  # says nothing of a vector
                self.tokens.accept("relation", "=")
                self._signed(self._number)
            else:
                parts.append(self.expression())
        self.commas -= parted
        self.bars, self.in_row = kept
        self.tokens.expect_closing(opening, say("typed.after", name=name))
        if not least <= len(parts) <= most:
            if most == 1:
                raise Unreadable(say("typed.takes_one_argument", name=name))
            count = str(least) if least == most else say("typed.to", least=least, most=most)
            raise Unreadable(say("typed.takes_argument_s", name=name, count=count))
        return parts

    def _bare_argument(self, name: str) -> Node:
        """The argument of a function written without brackets: `tr A B`, `ln 2x`, `exp -x`."""
        self.enter()
        if self.tokens.accept("operator", "-"):
            inside = self.build("negative", self._bare_argument(name))
            self.leave()
            return inside
        inside = self._postfixed()
        while self._starts_atom() and (
            name in ("tr", "det") or (self.tokens.here.tight and not self.tokens.sees("open"))
        ):
            inside = self.build("product", inside, self._postfixed(), value="")
        self.leave()
        return inside

    def _call(self, name: str, argument: Node) -> Node:
        """A function of one argument applied: the tree that says so."""
        if name == "transpose":
            return self.build("transpose", argument)
        if name == "inv":
            return self.build("inverse", argument)
        if name == "square":
            return self.build("power", argument, number(2))
        return self.build("call", argument, value=name)

    def _call_with_two(self, name: str, left: Node, right: Node) -> Node:
        """A function of two arguments applied."""
        if name == "dot":
            return self.build("product", left, right, value="at")
        if name == "solve":
            return self.build("product", self.build("inverse", left), right, value="at")
        if name in _OPERATORS_OF_TWO:
            return self.build(_OPERATORS_OF_TWO[name], left, right)
        return self.build("call", left, right, value=name)

    def _of_size(self, op: str) -> Node:
        """eye(d), zeros(n), ones(n), and ones((n, m)) as the product of two vectors of ones."""
        arguments = self._arguments(op, 1, 2)
        if arguments[0].op == "stack":
            arguments = list(arguments[0].args)
        sizes = [str(part.value) for part in arguments]
        if sizes[0] == "1" and len(sizes) == 2 and op == "ones" and sizes[1] in self.symbols.sizes:
            return self.build("transpose", self.build("ones", value=sizes[1]))
        for size, part in zip(sizes, arguments, strict=True):
            last = part is arguments[-1] and len(sizes) == 2
            if size not in self.symbols.sizes and not (last and size == "1"):
                declared = ", ".join(self.symbols.sizes)
                raise Unreadable(say("typed.of_which_size_this_question", sizes=declared))
        column = self.build(op, value=sizes[0])
        if op != "ones" or len(sizes) == 1 or sizes[1] == "1":
            return column
        return self._outer(column, self.build("ones", value=sizes[1]))

    def _outer(self, left: Node, right: Node) -> Node:
        """The matrix of all products of an entry of one column with an entry of another."""
        return self.build("product", left, self.build("transpose", right), value="")


_ATOMS: Mapping[str, Callable[[Parser], Node]] = {
    "number": Parser._number,
    "symbol": Parser._symbol,
    "size": Parser._size_alone,
    "word": Parser._word,
    "open": Parser._bracket,
    "bar": Parser._norm,
    "frac": Parser._tex_fraction,
    "nabla": Parser._derivative,
    "sum": Parser._sum,
    "stack": Parser._tex_matrix,
    "ones": Parser._ones,
}
"""How the atom is read that begins with a token of each kind."""
