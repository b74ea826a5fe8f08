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

from autograder.domain.sentences import say
from autograder.expressions.bracket_parser import BracketParser
from autograder.expressions.call_parser import CallParser
from autograder.expressions.condition_parser import ConditionParser
from autograder.expressions.cursor import STARTS
from autograder.expressions.lexer import Lexer, Token, read_number
from autograder.expressions.normalisation import canonical_name
from autograder.expressions.parser_state import ParserState, Wanted
from autograder.expressions.subscripts import indices_in, sum_indices
from autograder.expressions.symbols import Symbols, unknown_symbol
from autograder.expressions.tree import Node, absorb_term, free_indices, number
from autograder.expressions.unreadable import Unreadable, quoted
from autograder.expressions.vocabulary import ALIASES, CHANCE, FUNCTIONS

_PRODUCTS = {"*": "product", "·": "product", "@": "product", "/": "divide", "∘": "entrywise", "⊗": "outer"}
_PRODUCTS |= {"⊘": "divide", "\\": "left", ".": "product"}
_WRITTEN = {"·": "dot", "@": "at", ".": "dot", "*": "*", "⊘": "entry", "∘": None, "⊗": None, "/": None}
_METHODS_ALONE = {"t": "transpose", "sum": "total", "LUsolve": "solve"}
"""Methods that are called otherwise than the functions of ours that they are."""
_NO_EXPRESSIONS = {
    "∞": "typed.infinity_stands_in_intervals_only",
    "∂": "typed.write_the_derivative_out",
    **dict.fromkeys(("argmin", "argmax"), "typed.write_what_it_gives"),
}
"""Words that stand for no value, and what is said of each."""


class Parser:
    """Reads one expression, or several conditions, from tokens.

    `commas`: whether a comma parts what stands outside all brackets, and is no decimal one.
    """

    def __init__(
        self, tokens: Sequence[Token], symbols: Symbols, wanted: Wanted, *, commas: bool = False
    ) -> None:
        self._state = ParserState(tokens, symbols, wanted, commas=commas)
        self.tokens, self._build = self._state.tokens, self._state.build
        self._symbols, self._wanted = symbols, wanted
        self.conditions = ConditionParser(self._state, self.expression)
        self._calls = CallParser(self._state, self)
        self._brackets = BracketParser(self._state, self.expression, self.conditions)

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
                terms.append(self._build("negative", term) if sign == "-" else term)
        return terms[0] if len(terms) == 1 else self._build("add", *terms)

    def _signed(self, read: Callable[[], Node]) -> Node:
        """What is read here, with the signs before it."""
        if not self.tokens.sees("operator", "+", "-"):
            return read()
        sign = self.tokens.take().text
        with self._state.deeper():
            inside = self._signed(read)
        return self._build("negative", inside) if sign == "-" else inside

    def _ends_entry(self) -> bool:
        """Whether a space ends an entry of a row here: before `-2` in `[1 -2]`, not before `- 2`."""
        here = self.tokens.here
        return (
            self._state.nesting.in_row
            and not here.tight
            and (here.kind != "operator" or self.tokens.peek().tight)
        )

    def _term(self) -> Node:
        """A product of factors, from left to right."""
        left = self._signed(self.postfixed)
        while not self._ends_entry():
            if self.tokens.sees("operator", *_PRODUCTS):
                left = self._multiply(left, self.tokens.take().text)
            elif self.tokens.sees("dot") and self.tokens.peek().kind not in ("end", "and", "comma"):
                # A dot before something is a product; before nothing it ends the answer.
                left = self._multiply(left, self.tokens.take().text)
            elif self.atom_follows():
                self._refuse_digit_beside()
                left = self._build("product", left, self.postfixed(), value="")
            else:
                return left
        return left

    def _multiply(self, left: Node, sign: str) -> Node:
        """The product, quotient or division from the left that a sign makes with what follows it."""
        if sign == "\\":  # MATLAB's A\b solves A x = b
            return self._build(
                "product", self._build("inverse", left), self._signed(self.postfixed), value="at"
            )
        by_name = self._symbols.by_name
        of, by = (by_name.get(token.text) for token in (self.tokens.peek(-2), self.tokens.here))
        of_column = sign in ("·", ".") and of is not None and of.shape.is_column
        dotted = of_column and by is not None and by.shape.is_matrix
        right = self._divisor(left) if sign == "/" else self._signed(self.postfixed)
        while dotted and self.atom_follows() and not self._ends_entry():  # w·Aw is the product of w and Aw
            right = self._build("product", right, self.postfixed(), value="")
        return self._build(_PRODUCTS[sign], left, right, value=_WRITTEN[sign])

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
        below = self._signed(self.postfixed)
        coefficient = above.op == "number" and below.op == "number"
        while not coefficient and self._scalar_touches():
            below = self._build("product", below, self.postfixed(), value="")
        return below

    def _scalar_touches(self) -> bool:
        """Whether a number or a scalar symbol stands here, without a space or a sign before it."""
        here = self.tokens.here
        scalar = here.kind in ("number", "size") or self._state.is_scalar(here)
        return scalar and here.tight and self.atom_follows()

    def postfixed(self) -> Node:
        """An atom with its transposes, powers and indices."""
        inside = self._atom()
        while True:
            if self.tokens.accept("prime"):
                inside = self._build("transpose", inside, value="'")
            elif self.tokens.accept("top"):  # A⊤ without a hat
                inside = self._build("transpose", inside)
            elif self.tokens.prefix_transpose_follows():
                return inside
            elif self.tokens.accept("operator", "^"):
                inside = self._raise(inside)
            elif self.tokens.accept("operator", ".^"):
                inside = self._build("power", inside, self._exponent(), value=".^")
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
            return self._build("call", inside, value=name)
        if inside.op == "power":
            base, raised = inside.args
            if base.op == "norm":
                return self._build(
                    "power", self._build("norm", base.args[0], value=self._brackets.norm_order()), raised
                )
            return self._build("power", self._subscript(base), raised)
        indices = indices_in(self.tokens.take().text)
        if inside.op != "symbol" and free_indices(inside) == set(indices):  # (w_i x_j)_{ij}
            return inside
        return self._build("entry", inside, value=indices)

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
            return self._build("entry", inside.args[0], value=(*inside.value, *indices))
        return self._build("entry", inside, value=indices)

    def _call_method(self, inside: Node) -> Node:
        written = self.tokens.take().text
        name = _METHODS_ALONE.get(written) or ALIASES.get(written, written)
        if name in ("dot", "solve"):
            with self._state.deeper():
                argument = self._calls.argument(name)
            inside = inside if name == "dot" else self._build("inverse", inside)
            return self._build("product", inside, argument, value="at")
        if name == "clip":
            return self._calls.clip(inside)
        if self.tokens.peek().kind != "close" and name == "transpose":  # whose axes differ in numpy and torch
            raise Unreadable(say("typed.write_a_transpose_as"))
        if self.tokens.peek().kind != "close" and written in FUNCTIONS:  # x.exp(-x): the dot is a product
            return self._build("product", inside, self._calls.function(written), value="dot")
        self.tokens.take()
        self.tokens.expect_closing("(", say("typed.after", name=name))
        return self._build("norm", inside, value="2") if name == "norm" else self._calls.apply(name, inside)

    def _raise(self, base: Node) -> Node:
        """The base with what stands after ^: a transpose, the mark of a pseudo-inverse, or an exponent."""
        if self.tokens.accept_transpose():
            return self._build("transpose", base)
        if self.tokens.sees("open", "{", "(") and self.tokens.brace_holds_transpose():
            opening = self.tokens.take().text
            inverted = self.tokens.accept("operator", "-")
            self.tokens.take()
            self.tokens.expect_closing(opening)
            transposed = self._build("transpose", base)
            return self._build("inverse", transposed) if inverted else transposed
        if self.tokens.accept_dagger():
            return self._build("call", base, value="pinv")
        if self.tokens.accept_star():
            return self._adjoint(base)
        return self._build("power", base, self._exponent())

    def _adjoint(self, base: Node) -> Node:
        """`A^*`, the transpose of a real matrix; the star of a vector may be that of an optimum."""
        symbol = self._symbols.by_name.get(base.value) if base.op == "symbol" else None
        if symbol is None or not symbol.shape.is_matrix:
            raise Unreadable(say("typed.i_do_not_know_what_2"))
        return self._build("transpose", base)

    def _exponent(self) -> Node:
        """What stands after ^: a bracket, a signed atom, and powers of it from the right."""
        if self.tokens.accept("operator", "-"):
            if self.tokens.sees("top"):
                raise Unreadable(say("typed.write_the_inverse_of_the"))
            with self._state.deeper():
                return self._build("negative", self._exponent())
        inside = self.group("^") if self.tokens.sees("open") else self._atom()
        if not self.tokens.prefix_transpose_follows() and self.tokens.accept("operator", "^"):
            with self._state.deeper():
                return self._raise(inside)
        return inside

    def atom_follows(self) -> bool:
        """Whether an atom can begin here: what stands beside a factor without a sign is a product."""
        here = self.tokens.here
        if here.kind == "bar":
            bars = self._state.nesting.bars
            return not bars or (here.text != bars[-1] and (bars[-1], here.text) != ("|", "||"))
        if self.tokens.at == self._state.nesting.until:
            return False
        if self.tokens.prefix_transpose_follows():
            return True
        if here.kind == "angle":
            # Where a value is asked for, < and > are no signs of order: 2 < u, v >.
            apart = not self._wanted.condition
            return here.text == "⟨" or (
                here.text == "<" and self.tokens.opens_inner_product(self._state.is_scalar, apart=apart)
            )
        return here.kind in STARTS

    def _atom(self) -> Node:
        """The atom that begins here; whatever is nested, is nested in an atom."""
        with self._state.deeper():
            if self.tokens.here.kind in _ATOMS:
                return _ATOMS[self.tokens.here.kind](self)
            if self.tokens.sees("angle", "<", "⟨"):
                return self._brackets.inner_product()
            if self.tokens.sees("operator", "^") and self.tokens.transpose_follows():
                return self._transposed_from_left()
            if self.tokens.here.kind == "end":
                missing = (
                    "typed.something_is_missing_at_the" if self.tokens.at else "typed.the_answer_is_empty"
                )
                raise Unreadable(say(missing))
            if self.tokens.here.kind == "close":
                raise Unreadable(say("typed.i_did_not_expect_the", text=self.tokens.here.text))
            raise Unreadable(say("typed.i_did_not_expect_here", text=quoted(self.tokens.here.text)))

    def _transposed_from_left(self) -> Node:
        """The French way: ^tA, ^{t}A and {}^tA."""
        self.tokens.take()
        for _ in range(3 if self.tokens.sees("open") else 1):
            self.tokens.take()
        inside = self._atom()
        while self.tokens.sees("subscript"):
            inside = self._subscript(inside)
        return self._build("transpose", inside)

    def _number(self) -> Node:
        if self.tokens.sees("number", "11") and self.tokens.transpose_at(1):  # 11^T, all ones
            self.tokens.leave(Token("number", "1", tight=False))
            return self._build("ones", value="")
        text = self.tokens.take().text
        ones = text == "1" and self.tokens.sees("number", "1") and self.tokens.transpose_at(1)
        if ones or (
            text == "1" and self.tokens.transpose_at(0) and not self.tokens.prefix_transpose_follows()
        ):
            return self._build("ones", value="")
        if text.isdigit() and not self._state.nesting.commas and self.tokens.decimal_comma_follows():
            self.tokens.take()
            text += "." + self.tokens.take().text
        if text == "0" and self.tokens.accept("subscript"):
            return self._build("zeros", value="")
        if text == "1" and (self.tokens.sees("subscript") or self.tokens.brackets_inequality()):
            return self._ones()
        self._build("number")  # counted, then made
        return number(read_number(text))

    def _size_alone(self) -> Node:
        """A size as a number; `df(w)` is no product."""
        size = self.tokens.take().text
        symbol = self._symbols.by_name.get(self.tokens.here.text)
        if size == "d" and symbol is not None and symbol.is_function and self.tokens.here.tight:
            raise Unreadable(say("typed.write_the_derivative_out"))
        return self._build("size", value=size)

    def _size(self) -> str:
        """The size in a subscript, as in I_d; "" where there is none."""
        if not self.tokens.sees("subscript"):
            return ""
        text = self.tokens.take().text.replace(" ", "")
        size = re.split(r"\\times|[x,*]", text)[0]
        if size not in self._symbols.sizes:
            sizes = ", ".join(self._symbols.sizes)
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
            column = self._build("ones", value=rows)
            wide = re.fullmatch(r"\w+(?:\\times|[x,*])(\w+)", columns)
            if wide is None or wide[1] == "1":
                return column
            if wide[1] not in self._symbols.sizes:
                sizes = ", ".join(self._symbols.sizes)
                raise Unreadable(say("typed.is_no_size_of_this", text=quoted(columns), sizes=sizes))
            return self._state.outer(column, self._build("ones", value=wide[1]))
        self.tokens.take()
        return self._build("entry", self._build("identity", value=""), value=equal.groups())

    def _indicator(self) -> Node:
        """1 where the inequalities hold that follow in a subscript or in brackets, else 0."""
        if not self.tokens.sees("subscript"):
            return self._build("indicator", *self.conditions.in_brackets("1"))
        within = re.sub(r"^\s*\\?\{|\\?\}\s*$", "", self.tokens.take().text)
        inside = Parser(Lexer(within, self._symbols).run(), self._symbols, Wanted(condition=True))
        links = inside.conditions.all_of()
        inside.tokens.expect_end()
        return self._build("indicator", *links)

    def _symbol(self) -> Node:
        name = self.tokens.take().text
        symbol = self._symbols.by_name.get(name)
        if symbol is None or not symbol.is_function:
            return self._build("symbol", value=name)
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
        argument = self._calls.argument(name)
        return self._build("apply", argument, value=(name, order))

    def _open(self) -> Node:
        """A bracket, or {} before the T of a transpose: {}^tA."""
        if (
            self.tokens.sees("open", "{")
            and self.tokens.peek().text == "}"
            and self.tokens.peek(2).text == "^"
        ):
            self.tokens.take()
            self.tokens.take()
            return self._atom()
        return self._brackets.bracket()

    def _tex_fraction(self) -> Node:
        self.tokens.take()
        above = self.group("frac")
        return self._build("divide", above, self.group("frac"), value="frac")

    def group(self, name: str) -> Node:
        """A TeX argument: a brace, or the one digit or atom that follows."""
        if self.tokens.sees("open"):
            return self._calls.argument(name)
        digits = self.tokens.here.text
        if self.tokens.sees("number") and len(digits) > 1 and digits.isdigit():
            self.tokens.leave(Token("number", digits[1:]))
            return number(int(digits[0]))
        return self._atom()

    def _derivative(self) -> Node:
        order = int(self.tokens.take().text)
        named = self._symbols.by_name.get(self.tokens.here.text) if self.tokens.sees("subscript") else None
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
                if self.group("nabla") != number(2):
                    raise Unreadable(say("typed.i_know_the_gradient_and"))
                order = 2
        if order > 2:
            raise Unreadable(say("typed.i_know_the_gradient_and"))
        bracket = self.tokens.brackets_one("symbol")
        if bracket:
            self.tokens.take()
        symbol = self._symbols.by_name.get(self.tokens.here.text) if self.tokens.sees("symbol") else None
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
            argument = self._calls.argument("sum")
            return self._build("call", argument, value="total")
        upper, indices, seen = "", [], 0
        while seen < 2 and (self.tokens.sees("subscript") or self.tokens.sees("operator", "^")):
            seen += 1
            if self.tokens.sees("subscript"):
                indices = sum_indices(self.tokens.take().text)
            else:
                self.tokens.take()
                upper = self._upper_bound()
        indices = self._with_pairs(indices)
        around = self._state.nesting.bound
        with self._state.deeper(), self._state.within(bound=(*around, *(index for index, _, _ in indices))):
            body = self._term()
        for index, bound, only in reversed(indices or [("?", "", "")]):
            body = self._build("sum", body, value=(index, bound or upper, only))
        return body

    def _total_along(self) -> Node:
        """`sum(X, axis=0)` of each column, `sum(X, axis=1)` of each row."""
        self.tokens.take()
        with self._state.parted():
            inside = self.expression()
        named = self.tokens.accept("comma") and self.tokens.accept("word", "axis", "dim")
        axis = self.tokens.take().text if named and self.tokens.accept("relation", "=") else ""
        self.tokens.expect_closing("(", say("typed.after", name="sum"))
        if axis not in ("0", "1"):
            raise Unreadable(say("typed.takes_one_argument", name="sum"))
        inside = self._build("transpose", inside) if axis == "0" else inside
        return self._build("product", inside, self._build("ones", value=""), value="")

    def _with_pairs(self, indices: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
        r"""Where a number is asked, i and j of `\sum_{i \neq j}` run both, unless a sum around binds one."""
        named = {index for index, _, _ in indices} | set(self._state.nesting.bound)
        others = {only[-1] for _, _, only in indices if only} - named
        if not self._wanted.number:
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
            return self._calls.function(word)
        if word in ("array", "asarray", "Matrix", "matrix") and self.tokens.sees("open"):
            return self._calls.argument(word)
        if word in CHANCE and self._symbols.chance:
            return self._chance(CHANCE[word])
        if word == "e":
            return self._euler()
        if word in ("pi", "Pi", "PI"):
            return self._build("pi")
        if word in ("I", "Id"):
            if self.tokens.sees("open", "(") and self.tokens.here.tight and self.tokens.brackets_one("size"):
                return self._calls.of_size("identity")
            return self._build("identity", value=self._size())
        if word == "sigma" and self.tokens.opens_after_marks():
            return self._calls.function("sigmoid")
        if word == "where" and self.tokens.sees("open"):
            return self.conditions.where()
        if word == "delta" and self.tokens.sees("subscript"):
            indices = indices_in(self.tokens.take().text)
            return self._build("entry", self._build("identity", value=""), value=indices)
        if word in _NO_EXPRESSIONS:
            raise Unreadable(say(_NO_EXPRESSIONS[word]))
        raise unknown_symbol(word, self._symbols)

    def _euler(self) -> Node:
        """e, or a power of it."""
        if self.tokens.sees("subscript"):
            raise Unreadable(say("typed.i_read_no_unit_vectors", name=f"e_{self.tokens.here.text}"))
        raised = self._exponent() if self.tokens.accept("operator", "^") else number(1)
        return self._build("call", raised, value="exp")

    def _chance(self, name: str) -> Node:
        """An expectation, a variance, a covariance or a probability, whose name was taken."""
        over: tuple[str, ...] = ()
        raised = None
        while self.tokens.sees("subscript") or (name == "E" and self.tokens.sees("operator", "^")):
            if self.tokens.sees("subscript"):
                words = re.split(r"\\sim|~|[^A-Za-z_*'\\]", self.tokens.take().text)
                over += tuple(filter(self._symbols.__contains__, map(canonical_name, words)))
            else:
                self.tokens.take()
                raised = self.group("^")
        if name == "P":
            if not self.tokens.sees("open"):
                raise Unreadable(say("typed.write_p_x_t_with"))
            return self._build("chances", *self.conditions.in_brackets("P"))
        if name == "E":
            inside = self._calls.argument(name) if self.tokens.sees("open") else self.postfixed()
            expected = self._build("expect", inside, value=over)
            return expected if raised is None else self._build("power", expected, raised)
        if over:
            raise Unreadable(say("typed.i_read_without_an_index", name=name))
        return self._build("spread", *self._calls.arguments(name, 1, 1 + (name == "Cov")), value=name)


_ATOMS: Mapping[str, Callable[[Parser], Node]] = {
    "number": Parser._number,
    "symbol": Parser._symbol,
    "size": Parser._size_alone,
    "word": Parser._word,
    "open": Parser._open,
    "bar": lambda parser: parser._brackets.norm(),
    "frac": Parser._tex_fraction,
    "nabla": Parser._derivative,
    "sum": Parser._sum,
    "stack": lambda parser: parser._brackets.tex_matrix(),
    "ones": Parser._ones,
}
"""How the atom is read that begins with a token of each kind."""
