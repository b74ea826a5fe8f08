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
from difflib import get_close_matches
from fractions import Fraction

from autograder.domain.sentences import SILENT, Sentence, say
from autograder.expressions.lexer import MAX_LENGTH, Lexer, Token
from autograder.expressions.normalisation import canonical_name
from autograder.expressions.subscripts import indices_in, norm_order, sum_indices
from autograder.expressions.symbols import Symbols
from autograder.expressions.tree import MAX_DEPTH, MAX_NODES, Node, free_indices, node, number
from autograder.expressions.unreadable import UnknownSymbol, Unreadable
from autograder.expressions.vocabulary import CHANCE, ENTRYWISE, FUNCTIONS, TWO
from autograder.expressions.words import definite_as_relation

_END = Token("end", "")
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_CLOSING_MARKS = (".", ",", ";", ":", "!")
_PRODUCTS = {"*": "product", "·": "product", "@": "product", "/": "divide", "∘": "entrywise", "⊗": "outer"}
_PRODUCTS |= {"⊘": "divide", "\\": "left"}
_WRITTEN = {"·": "dot", "@": "at", ".": "dot", "*": "*", "⊘": "entry", "∘": None, "⊗": None, "/": None}
_LINKING = frozenset(["with", "where", "avec", "où", "for", "pour", "if", "si", "when", "quand", "car"])
_TRANSPOSES = ("T", "t", "top", "tr", "transpose")
_METHOD_NAMES = {"t": "transpose", "inverse": "inv", "trace": "tr", "matmul": "dot", "sum": "total"}
_OPERATORS_OF_TWO = {"inner": "inner", "outer": "outer", "multiply": "entrywise", "pow": "power"}
_OPPOSITES = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
_STARTS = frozenset(["number", "symbol", "size", "word", "frac", "sum", "nabla", "open", "ones", "stack"])
_LIKE_NUMPY = re.compile(r"@|\bnp\b|\bnumpy\b|\btorch\b|\*\*|\.T\b|\.dot\(|\.sum\(")
_LIKE_MATLAB = re.compile(r"\.[*/^']")


@dataclass(frozen=True, slots=True)
class ParsedAnswer:
    """What was read: the answer, and what it is claimed to equal."""

    tree: Node
    also: tuple[tuple[Node, bool], ...] = ()
    """Other sides of an equation, each with whether it may be a label only, as in `det(A) = ad`."""
    order: bool = False
    """Whether it is an order of growth, O(n d^2)."""
    style: str = ""
    """`numpy` or `matlab` where it is written in one of them: signs and functions work entry by entry."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What kind of answer a question asks for, as far as the parser must know."""

    condition: bool = False
    entries: bool = False
    """Whether it is a vector of so many entries, so that (1,5) is two of them and no decimal number."""
    number: bool = False
    """Whether it is a number, so that no index is left free."""


VALUE, CONDITIONS = Wanted(), Wanted(condition=True)


def style_of(text: str) -> str:
    """The program in whose language an answer is written, if it is."""
    if _LIKE_NUMPY.search(text):
        return "numpy"
    return "matlab" if _LIKE_MATLAB.search(text) else ""


def tokens_of(text: str, symbols: Symbols, *, condition: bool = False) -> list[Token]:
    """The tokens of an answer, without an equals sign before and a full stop behind; raises Unreadable."""
    if condition and len(text) <= MAX_LENGTH:
        text = definite_as_relation(text)
    return _trim(Lexer(text, symbols).run())


def parse_value(text: str, symbols: Symbols) -> ParsedAnswer:
    """An answer that is an expression: `∇f(w) = 2w` is 2w, `w + w = 2w` is 2w and claims to be w + w.

    Raises Unreadable.
    """
    return parse_tokens(tokens_of(text, symbols), symbols, VALUE, style_of(text))


def parse_conditions(text: str, symbols: Symbols) -> ParsedAnswer:
    """An answer that may be an equation, an inequality, or several of them; raises Unreadable."""
    return parse_tokens(tokens_of(text, symbols, condition=True), symbols, CONDITIONS, style_of(text))


def parse_tokens(tokens: Sequence[Token], symbols: Symbols, wanted: Wanted, style: str) -> ParsedAnswer:
    """The tokens of an answer as a tree; raises Unreadable."""
    if wanted.condition:
        return _parse_conditions(tokens, symbols, wanted, style)
    sides = _split(tokens, "=", "<-", "->", ":")
    if any(token.kind == "relation" and token.text != "=" for token in sides[-1]):
        return _parse_conditions(tokens, symbols, wanted, style)
    if not sides[-1]:
        raise Unreadable(say("typed.something_is_missing_after_the"))
    also = []
    for side in sides[:-1]:
        if not side or _is_label(side, symbols):
            continue
        lone = _is_name_with_marks(side)
        try:
            also.append((_parse_side(side, symbols, wanted), lone))
        except Unreadable:
            if not lone:
                raise
    last = sides[-1]
    if wanted.entries and len(_split(last, ",", ";")) > 1:  # `2xy, x^2`: entries without brackets
        last = [Token("open", "("), *last, Token("close", ")")]
    inside = _inside_order(last, symbols)
    if inside is None and len(sides) == 1:
        return _parse_conditions(last, symbols, wanted, style)
    tree = _parse_side(inside or last, symbols, wanted)
    return ParsedAnswer(tree, tuple(also), order=inside is not None, style=style)


class Parser:
    """Reads one expression, or several conditions, from tokens; counts what it builds, so that no text can
    grow without bound.
    """

    def __init__(self, tokens: Sequence[Token], symbols: Symbols, wanted: Wanted = VALUE) -> None:
        self.tokens = tokens
        self.symbols = symbols
        self.wanted = wanted
        self.bound: tuple[str, ...] = ()
        """The indices of the sums around this place."""
        self.in_row = False
        """Whether a space ends an entry here, as in [1 2; 3 4]."""
        self.at = 0
        self.until = -1
        """Where the bracket stands that closes an interval: no factor begins there."""
        self.nesting = 0
        self.built = 0
        self.bars: tuple[str, ...] = ()
        """The norm bars that are open here, the innermost last."""
        self.commas = 0
        """How many enclosing brackets expect a comma."""

    @property
    def token(self) -> Token:
        """The token here."""
        return self.tokens[self.at]

    def peek(self, steps: int = 1) -> Token:
        """The token `steps` further on, or the end."""
        return self.tokens[min(self.at + steps, len(self.tokens) - 1)]

    def take(self) -> Token:
        """The token here; goes one further, never beyond the end."""
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def sees(self, kind: str, *texts: str) -> bool:
        """Whether the token here is of that kind, and one of the texts if any are given."""
        return self.token.kind == kind and (not texts or self.token.text in texts)

    def accept(self, kind: str, *texts: str) -> bool:
        """Take the token if it is the one asked for."""
        found = self.sees(kind, *texts)
        if found:
            self.take()
        return found

    def expect_closing(self, opening: str, where: Sentence = SILENT) -> None:
        """Take the bracket that closes `opening`; raises Unreadable where it is missing."""
        if not self.accept("close", _CLOSING[opening]):
            ends = self.token.kind == "end"
            before = SILENT if ends else say("typed.before", token=repr(self.token.text))
            raise Unreadable(
                say("typed.the_bracket_is_not_closed", opening=opening, where=where, before=before)
            )

    def expect_end(self) -> None:
        """Raises Unreadable where something is left over."""
        if self.sees("end"):
            return
        if self.sees("close"):
            raise Unreadable(say("typed.the_bracket_closes_nothing", text=self.token.text))
        if self.sees("comma"):
            raise Unreadable(say("typed.i_did_not_expect_a"))
        raise Unreadable(say("typed.i_did_not_expect_here", text=repr(self.token.text)))

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
        while found[0].op != "number" and self.accept("or"):
            found.append(self._conjunction())
        if len(found) > 1 and not all(_is_condition(part) for part in found):
            raise Unreadable(say("typed.only_equations_and_inequalities_can"))
        return found[0] if len(found) == 1 else self.build("either", *found)

    def _conjunction(self) -> Node:
        found = self._chain()
        while _is_condition(found[0]) and (self.sees("and") or self.sees("comma")):
            while self.accept("and") or self.accept("comma"):
                pass
            found += self._chain()
        if len(found) > 1 and not all(_is_condition(part) for part in found):
            raise Unreadable(say("typed.only_equations_and_inequalities_can_2"))
        return found[0] if len(found) == 1 else self.build("both", *found)

    def _chain(self) -> list[Node]:
        """One expression, or a chain `a < b < c` as its links, or what lies in an interval."""
        sides = [self.expression()]
        signs = []
        if self.sees("in"):
            outside = self.take().text == "out"
            lies = self._membership(sides[0])
            return [self._complement(lies) if outside else lies]
        while self.sees("relation") or self.sees("angle", "<", ">"):
            signs.append(self.take().text)
            sides.append(self.expression())
        if not signs:
            return sides
        links = zip(signs, sides, sides[1:], strict=False)
        return [self.build("relation", left, right, value=sign) for sign, left, right in links]

    def _membership(self, inside: Node) -> Node:
        """`x in ]0, 1[`, unions of intervals and sets of real numbers, as inequalities."""
        found = [self._set(inside)]
        while self.sees("or") and (self.peek().kind in ("open", "close") or self.peek().text == "R"):
            self.take()
            found.append(self._set(inside))
        return found[0] if len(found) == 1 else self.build("either", *found)

    def _set(self, inside: Node) -> Node:
        """An interval, or the real numbers with a mark or without some of them."""
        if not (self.sees("word", "R") or (self.sees("symbol", "R") and self.peek().kind == "without")):
            return self._interval(inside)
        self.take()
        marks = ""
        while self.sees("subscript") or self.sees("operator", "^", "+", "-", "*"):
            token = self.take()
            marks += "" if token.text == "^" else token.text
            while self.sees("open", "{") or self.sees("close", "}"):
                self.take()
        links = []
        if marks.strip("+*-") or ("+" in marks and "-" in marks):
            raise Unreadable(say("typed.i_read_the_sets_and"))
        if "+" in marks or "-" in marks:
            sign = (">" if "+" in marks else "<") + ("" if "*" in marks else "=")
            links.append(self.build("relation", inside, number(0), value=sign))
        elif marks:
            links.append(self.build("relation", inside, number(0), value="!="))
        while self.accept("without"):
            links.append(self._left_out(inside))
        if not links:
            raise Unreadable(say("typed.this_says_nothing_every_number"))
        return links[0] if len(links) == 1 else self.build("both", *links)

    def _left_out(self, inside: Node) -> Node:
        """What lies outside an interval, or is none of the numbers in braces."""
        if not self.accept("open", "{"):
            return self._complement(self._interval(inside))
        found: list[Node] = []
        self.commas += 1
        while not found or self.accept("comma") or self.accept("and", ";"):
            found.append(self.build("relation", inside, self.expression(), value="!="))
        self.commas -= 1
        self.expect_closing("{")
        return found[0] if len(found) == 1 else self.build("both", *found)

    def _complement(self, condition: Node) -> Node:
        """The condition that holds where this one does not."""
        if condition.op == "relation":
            return self.build("relation", *condition.args, value=_OPPOSITES[condition.value])
        joined = "either" if condition.op == "both" else "both"
        return self.build(joined, *(self._complement(part) for part in condition.args))

    def _interval(self, inside: Node) -> Node:
        opening = self.take()
        if opening.kind not in ("open", "close") or opening.text not in "([])":
            raise Unreadable(say("typed.i_read_an_interval_such"))
        self.commas += 1
        kept, self.until = self.until, self._end_of_interval()
        low = self._endpoint()
        if not (self.accept("comma") or self.accept("and", ";")):
            raise Unreadable(say("typed.an_interval_has_two_ends"))
        high = self._endpoint()
        self.commas, self.until = self.commas - 1, kept
        closing = self.take()
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

    def _end_of_interval(self) -> int:
        """The place of the bracket that closes an interval, which may be a [ in France."""
        depth = 0
        for place in range(self.at, len(self.tokens)):
            token, after = self.tokens[place], self.tokens[min(place + 1, len(self.tokens) - 1)]
            last = after.kind in ("end", "or", "and", "comma")
            if depth == 0 and (token.kind == "close" or (token.text == "[" and last)):
                return place
            depth += (token.kind == "open") - (token.kind == "close")
        return len(self.tokens)

    def _endpoint(self) -> Node | None:
        """An end of an interval; None for one that is infinitely far."""
        ahead = 1 if self.sees("operator", "+", "-") else 0
        if self.peek(ahead).text == "∞":
            for _ in range(ahead + 1):
                self.take()
            return None
        return self.expression()

    def expression(self) -> Node:
        """A sum of terms."""
        terms = [self._signed_term()]
        while self.sees("operator", "+", "-") and not self._ends_entry():
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
            return self._term()
        self.enter()
        sign = self.take().text
        term = self._signed_term()
        self.leave()
        return self.build("negative", term) if sign == "-" else term

    def _ends_entry(self) -> bool:
        """Whether a space ends an entry of a row here: before `-2` in `[1 -2]`, not before `- 2`."""
        return self.in_row and not self.token.tight and (self.token.kind != "operator" or self.peek().tight)

    def _term(self) -> Node:
        """A product of factors, from left to right."""
        left = self._factor()
        while not self._ends_entry():
            if self.sees("operator", *_PRODUCTS):
                left = self._multiply(left, self.take().text)
            elif self.sees("dot") and self.peek().kind not in ("end", "and", "comma"):
                self.take()  # a dot before something is a product; before nothing it ends the answer
                left = self.build("product", left, self._factor(), value="dot")
            elif self._starts_atom():
                self._refuse_digit_beside()
                left = self.build("product", left, self._postfixed(), value="")
            else:
                return left
        return left

    def _multiply(self, left: Node, sign: str) -> Node:
        """The product, quotient or division from the left that a sign makes with what follows it."""
        if sign == "\\":  # MATLAB's A\b solves A x = b
            return self.build("product", self.build("inverse", left), self._factor(), value="at")
        right = self._divisor(left) if sign == "/" else self._factor()
        return self.build(_PRODUCTS[sign], left, right, value=_WRITTEN[sign])

    def _refuse_digit_beside(self) -> None:
        before = self.tokens[self.at - 1]
        if self.sees("number") and before.kind == "number":
            one, other = before.text, self.token.text
            raise Unreadable(say("typed.two_numbers_stand_side_by", one=one, other=other))
        if self.sees("number") and self.token.tight and before.kind in ("symbol", "word"):
            name, digits = before.text, self.token.text
            raise Unreadable(say("typed.is_a_power_an_index", name=name, digits=digits))

    def _factor(self) -> Node:
        if not self.sees("operator", "+", "-"):
            return self._postfixed()
        self.enter()
        sign = self.take().text
        inside = self._factor()
        self.leave()
        return self.build("negative", inside) if sign == "-" else inside

    def _divisor(self, above: Node) -> Node:
        """What stands after a slash, with the scalar factors that touch it."""
        below = self._factor()
        coefficient = above.op == "number" and below.op == "number"
        while self._touches() and self._scalar_follows() and not coefficient:
            below = self.build("product", below, self._postfixed(), value="")
        return below

    def _touches(self) -> bool:
        return (
            self.token.tight
            and self._starts_atom()
            and (self._scalar_follows() or self.token.kind in ("open", "bar"))
        )

    def _scalar_follows(self) -> bool:
        return self.token.kind in ("number", "size") or self._is_scalar(self.token)

    def _postfixed(self) -> Node:
        """An atom with its transposes, powers and indices."""
        inside = self._atom()
        while True:
            if self.accept("prime"):
                inside = self.build("transpose", inside, value="'")
            elif self.accept("top"):  # A⊤ without a hat
                inside = self.build("transpose", inside)
            elif self._prefix_follows():
                return inside
            elif self.accept("operator", "^"):
                inside = self._raise(inside)
            elif self.accept("operator", ".^"):
                inside = self.build("power", inside, self._exponent(), value=".^")
            elif self.sees("subscript"):
                inside = self._subscript(inside)
            elif self.sees("method"):
                inside = self._call_method(inside)
            elif self._is_index():
                inside = self._index(inside)
            else:
                return inside

    def _prefix_follows(self) -> bool:
        """Whether a French transpose follows, `ᵗb` in `a ᵗb` and `2ᵗA`: it touches what it stands before."""
        if not self.sees("operator", "^") or not self._transpose_follows():
            return False
        after = self.peek(4 if self.peek().kind == "open" else 2)
        before = self.tokens[self.at - 1]
        apart = not self.token.tight or (before.kind == "number" and before.text != "1")
        return apart and after.tight and (after.kind in _STARTS or after.kind in ("angle", "bar"))

    def _subscript(self, inside: Node) -> Node:
        """`A_{ij}`; a subscript after a power belongs below it, as in `||w||^2_2` and `w^2_i`."""
        if self.sees("subscript", "+", "-"):
            name = "relu" if self.take().text == "+" else "negpart"
            return self.build("call", inside, value=name)
        if inside.op == "power":
            base, raised = inside.args
            if base.op == "norm":
                return self.build("power", self.build("norm", base.args[0], value=self._norm_order()), raised)
            return self.build("power", self._subscript(base), raised)
        return self.build("entry", inside, value=indices_in(self.take().text))

    def _is_index(self) -> bool:
        """Whether `[i]`, `[i, j]` follows: small letters the question does not declare, or digits."""
        if (
            not self.sees("open", "[", "(")
            or not self.token.tight
            or self.tokens[self.at - 1].kind != "symbol"
        ):
            return False
        inside, steps = self.peek(), 1
        letter = inside.kind == "word" and len(inside.text) == 1 and inside.text.islower()
        if not (letter or inside.kind == "number") or self.peek(2).kind not in ("close", "comma"):
            return False
        if self.sees("open", "["):
            return True
        # In round brackets, as in MATLAB, letters only, or two indices: w(2) may be a product.
        items = []
        while self.peek(steps).kind in ("word", "number", "comma"):
            items.append(self.peek(steps))
            steps += 1
        named = [item for item in items if item.kind != "comma"]
        lettered = all(
            item.kind == "number" or (len(item.text) == 1 and item.text.islower()) for item in named
        )
        return (
            self.peek(steps).kind == "close"
            and lettered
            and len(named) <= 2
            and (len(named) == 2 or named[0].kind == "word")
        )

    def _index(self, inside: Node) -> Node:
        opening = self.take().text
        text = ""
        while not self.sees("close"):
            if self.sees("end"):
                raise Unreadable(say("typed.the_bracket_is_not_closed_2", opening=opening))
            if self.sees("number") and opening == "[":  # counted from 0 in Python, from 1 in MATLAB
                raise Unreadable(say("typed.write_entries_with_letters_as"))
            text += self.take().text + " "
        self.expect_closing(opening)
        indices = indices_in(text)
        if inside.op == "entry":  # A[i][j]
            return self.build("entry", inside.args[0], value=(*inside.value, *indices))
        return self.build("entry", inside, value=indices)

    def _call_method(self, inside: Node) -> Node:
        written = self.take().text
        name = _METHOD_NAMES.get(written, written)
        if name == "dot":
            self.enter()
            (argument,) = self._arguments(name, 1, 1)
            self.leave()
            return self.build("product", inside, argument, value="at")
        self.take()
        self.expect_closing("(", say("typed.after", name=name))
        return self.build("norm", inside, value="2") if name == "norm" else self._call(name, inside)

    def _raise(self, base: Node) -> Node:
        """The base with what stands after ^: a transpose, the mark of a pseudo-inverse, or an exponent."""
        if self._accept_transpose():
            return self.build("transpose", base)
        if self.sees("open", "{", "(") and self._brace_holds_transpose():
            opening = self.take().text
            inverted = self.accept("operator", "-")
            self.take()
            self.expect_closing(opening)
            transposed = self.build("transpose", base)
            return self.build("inverse", transposed) if inverted else transposed
        if self._accept_dagger():
            return self.build("call", base, value="pinv")
        if self.sees("operator", "*"):
            raise Unreadable(say("typed.i_do_not_know_what_2"))
        return self.build("power", base, self._exponent())

    def _accept_transpose(self) -> bool:
        return self.accept("top") or self.accept("prime") or self.accept("word", *_TRANSPOSES)

    def _brace_holds_transpose(self) -> bool:
        """Whether the brace holds T or -T only."""
        inside, after = (
            (self.peek(2), self.peek(3)) if self.peek().text == "-" else (self.peek(), self.peek(2))
        )
        is_top = inside.kind == "top" or (inside.kind == "word" and inside.text in _TRANSPOSES)
        return (is_top or inside.kind == "prime") and after.kind == "close"

    def _accept_dagger(self) -> bool:
        """Take the mark of a pseudo-inverse: A^+ or A^†, with or without a brace."""
        braced = self.sees("open", "{")
        mark = self.peek() if braced else self.token
        after = self.peek(2) if braced else self.peek()
        plus = mark.text == "+" and mark.kind in ("operator", "dagger")
        apart = not after.tight or after.kind in ("end", "close", "comma", "operator", "relation")
        lone = after.kind == "close" if braced else mark.kind == "dagger" or apart
        if not plus or not lone:
            return False
        for _ in range(3 if braced else 1):
            self.take()
        return True

    def _exponent(self) -> Node:
        """What stands after ^: a bracket, a signed atom, and powers of it from the right."""
        if self.accept("operator", "-"):
            if self.sees("top"):
                raise Unreadable(say("typed.write_the_inverse_of_the"))
            self.enter()
            inside = self._exponent()
            self.leave()
            return self.build("negative", inside)
        inside = self._group("^") if self.sees("open") else self._atom()
        if not self._prefix_follows() and self.accept("operator", "^"):
            self.enter()
            inside = self._raise(inside)
            self.leave()
        return inside

    def _starts_atom(self) -> bool:
        """Whether an atom can begin here: what stands beside a factor without a sign is a product."""
        if self.token.kind == "bar":
            closes = self.bars and (
                self.token.text == self.bars[-1] or (self.bars[-1] == "|" and self.token.text == "||")
            )
            return not closes
        if self.at == self.until:
            return False
        if self._prefix_follows():
            return True
        if self.token.kind == "angle":
            return self.token.text == "⟨" or (self.token.text == "<" and self._opens_inner())
        return self.token.kind in _STARTS

    def _opens_inner(self) -> bool:
        """Whether this < begins an inner product: it touches what follows, and a comma comes before its >."""
        depth, angles, comma = 0, 0, False
        for token in self.tokens[self.at + 1 :] if self.peek().tight else ():
            depth += (token.kind == "open") - (token.kind == "close")
            if depth < 0 or token.kind in ("relation", "and", "end"):
                return False
            parted = token.kind == "comma" or (token.kind == "bar" and token.text == "|")
            comma = comma or (parted and depth == 0 and angles == 0)
            if token.kind == "angle" and depth == 0:
                angles += 1 if token.text in "<⟨" else -1
                if angles < 0:
                    return comma
        return False

    def _atom(self) -> Node:
        """The atom that begins here; whatever is nested, is nested in an atom."""
        self.enter()
        if self.token.kind in _ATOMS:
            found = _ATOMS[self.token.kind](self)
        elif self.sees("angle", "<", "⟨"):
            found = self._inner_product()
        elif self.sees("operator", "^") and self._transpose_follows():
            self.take()  # the French way: ^tA, ^{t}A and {}^tA
            for _ in range(3 if self.sees("open") else 1):
                self.take()
            inside = self._atom()
            while self.sees("subscript"):
                inside = self._subscript(inside)
            found = self.build("transpose", inside)
        elif self.token.kind == "end":
            raise Unreadable(
                say("typed.something_is_missing_at_the" if self.at else "typed.the_answer_is_empty")
            )
        elif self.token.kind == "close":
            raise Unreadable(say("typed.i_did_not_expect_the", text=self.token.text))
        else:
            raise Unreadable(say("typed.i_did_not_expect_here", text=repr(self.token.text)))
        self.leave()
        return found

    def _transpose_follows(self) -> bool:
        """Whether a T follows the hat, bare or in a brace."""
        if self.peek().kind == "open":
            return self.peek(2).text in ("t", "T") and self.peek(3).kind == "close"
        return self.peek().kind == "top" and self.peek().text == "T"

    def _number(self) -> Node:
        text = self.take().text
        if self._decimal_comma_after(text):
            self.take()
            text += "." + self.take().text
        if text == "0" and self.accept("subscript"):
            return self.build("zeros", value="")
        if text == "1" and self.sees("subscript"):
            return self.build("ones", value=self._size())
        if text == "1" and self.sees("operator", "^") and self.peek().kind == "top":
            return self.build("ones", value="")
        self.build("number")  # counted, then made
        return number(_fraction(text))

    def _decimal_comma_after(self, text: str) -> bool:
        """Whether a comma and digits go on a number, where nothing else separates by commas."""
        after = self.peek()
        return (
            text.isdigit()
            and not self.commas
            and self.sees("comma")
            and self.token.tight
            and after.kind == "number"
            and after.tight
            and after.text.isdigit()
        )

    def _size(self) -> str:
        """The size in a subscript, as in I_d; "" where there is none."""
        if not self.sees("subscript"):
            return ""
        text = self.take().text.replace(" ", "")
        size = re.split(r"\\times|[x,*]", text)[0]
        if size not in self.symbols.sizes:
            raise Unreadable(
                say("typed.is_no_size_of_this", text=repr(text), sizes=", ".join(self.symbols.sizes))
            )
        return size

    def _symbol(self) -> Node:
        name = self.take().text
        symbol = self.symbols.by_name.get(name)
        if symbol is None or not symbol.is_function:
            return self.build("symbol", value=name)
        order = 0
        while self.accept("prime"):
            order += 1
        if order > 2:
            raise Unreadable(say("typed.i_know_derivatives_up_to"))
        return self._apply(name, order)

    def _apply(self, name: str, order: int) -> Node:
        """A function of the question at the point in the brackets, `order` times differentiated."""
        if not self.sees("open"):
            raise Unreadable(say("typed.at_which_point_is_a", name=name))
        (argument,) = self._arguments(name, 1, 1)
        return self.build("apply", argument, value=(name, order))

    def _bracket(self) -> Node:
        opening = self.take().text
        if opening == "{" and self.sees("close", "}") and self.peek().text == "^":
            self.take()
            return self._atom()
        ahead = self._look_through(opening)
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
        inside = self.expression()
        if paired and self.accept("bar", "|"):  # (u|v), an inner product
            inside = self.build("inner", inside, self.expression())
        elif self.sees("comma") or self.sees("and", ";"):
            inside = self._entries(inside)
        self.commas -= self.wanted.entries
        self.bars, self.in_row = kept
        self.expect_closing(opening)
        return inside

    def _spaced_rows(self) -> Node | None:
        """`[1 2; 3 4]`; None, with nothing taken, where spaces give no matrix, as in `[2 x; x^2]`."""
        start, kept, self.in_row = self.at, (self.bars, self.in_row), True
        self.bars = ()
        try:
            found = self._entries(self.expression())
            self.expect_closing("[")
        except Unreadable:
            self.at = start
            return None
        finally:
            self.bars, self.in_row = kept
        return found

    def _look_through(self, opening: str) -> list[Token]:
        """The tokens inside the bracket that was opened, without those of brackets within."""
        found: list[Token] = []
        depth = 0
        for token in self.tokens[self.at :]:
            depth += (token.kind == "open") - (token.kind == "close")
            if depth < 0:
                return found
            if depth == 0 and token.kind != "close":
                found.append(token)
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
        while not self.sees("close") and not self.sees("end"):
            if self.accept("and", ";"):
                rows.append([])
            elif not self.accept("comma") and not self.in_row:
                break
            rows[-1].append(self.expression())
        self.commas -= 1
        return self._stack(rows)

    def _stack(self, rows: Sequence[Sequence[Node]]) -> Node:
        """Rows of entries; one row alone is a column, as vectors are, unless it is a row of rows."""
        if len(rows) == 1 and all(part.op == "stack" and part.value[1] == 1 for part in rows[0]):
            rows = [part.args for part in rows[0]]
            loose = False
        else:
            loose = len(rows) == 1 and len(rows[0]) > 1
            rows = [[entry] for entry in rows[0]] if loose else rows
        if len({len(row) for row in rows}) != 1:
            raise Unreadable(say("typed.the_rows_of_the_matrix"))
        size = (len(rows), len(rows[0]), loose)
        return self.build("stack", *(entry for row in rows for entry in row), value=size)

    def _tex_matrix(self) -> Node:
        """A matrix environment, its cells and rows marked by the normalisation."""
        kind = self.take().text
        if not self.accept("open", "{"):
            raise Unreadable(say("typed.i_cannot_read_this_matrix"))
        kept, self.bars = self.bars, ()
        rows: list[list[Node]] = [[self.expression()]]
        while self.sees("cell"):
            if self.take().text == ";":
                rows.append([])
            rows[-1].append(self.expression())
        self.bars = kept
        self.expect_closing("{")
        if len({len(row) for row in rows}) != 1:
            raise Unreadable(say("typed.the_rows_of_the_matrix"))
        size = (len(rows), len(rows[0]), False)
        matrix = self.build("stack", *(entry for row in rows for entry in row), value=size)
        return self.build("call", matrix, value="det") if kind == "det" else matrix

    def _is_scalar(self, token: Token) -> bool:
        symbol = self.symbols.by_name.get(token.text) if token.kind == "symbol" else None
        return symbol is not None and not symbol.shape.is_array and not symbol.is_function

    def _norm(self) -> Node:
        bar = self.take().text
        kept = self.bars
        self.bars = (*kept, bar)
        inside = self.expression()
        if bar == "|" and self.sees("bar", "||"):  # |u||v|: the double bar closes one and opens the other
            self._replace_token(Token("bar", "|"))
        elif not self.accept("bar", bar):
            raise Unreadable(say("typed.a_norm_bar_is_not", bar=bar))
        self.bars = kept
        plain = bar == "|" and not self.sees("subscript")
        return self.build("norm", inside, value="bar" if plain else self._norm_order())

    def _norm_order(self) -> str:
        """Which norm a subscript asks for; the Euclidean one where there is none."""
        if not self.sees("subscript") or self.sees("subscript", "+", "-"):
            return "2"
        return norm_order(self.take().text)

    def _replace_token(self, token: Token) -> None:
        """Leave this token to be read next, where half of the one here was taken."""
        self.tokens = [*self.tokens[: self.at], token, *self.tokens[self.at + 1 :]]

    def _inner_product(self) -> Node:
        self.take()
        kept, self.bars = self.bars, ("|",) if self._parted_by_bar() else ()
        self.commas += 1
        left = self.expression()
        if not self.accept("comma") and not self.accept("bar", "|"):
            raise Unreadable(say("typed.an_inner_product_needs_two"))
        right = self.expression()
        self.commas -= 1
        self.bars = kept
        if not self.accept("angle", ">", "⟩"):
            raise Unreadable(say("typed.an_inner_product_is_not"))
        return self.build("inner", left, right)

    def _parted_by_bar(self) -> bool:
        """Whether the inner product that was opened is written <u|v>."""
        bars = 0
        for token in self.tokens[self.at :]:
            if token.kind == "comma" or token.kind == "end":
                return False
            if token.kind == "angle":
                return bars == 1
            bars += token.kind == "bar" and token.text == "|"
        return False

    def _tex_fraction(self) -> Node:
        self.take()
        above = self._group("frac")
        return self.build("divide", above, self._group("frac"), value="frac")

    def _group(self, name: str) -> Node:
        """A TeX argument: a brace, or the one digit or atom that follows."""
        if self.sees("open"):
            (inside,) = self._arguments(name, 1, 1)
            return inside
        if self.sees("number") and len(self.token.text) > 1 and self.token.text.isdigit():
            digits = self.token.text
            self._replace_token(Token("number", digits[1:]))
            return number(int(digits[0]))
        return self._atom()

    def _derivative(self) -> Node:
        order = int(self.take().text)
        named = self.symbols.by_name.get(self.token.text) if self.sees("subscript") else None
        if named is not None and named.is_function and self.peek().kind == "open":  # nabla_f(w)
            self.take()
            return self._apply(named.name, order)
        while self.sees("subscript") or self.sees("operator", "^"):
            if self.take().kind == "operator":
                if self._group("nabla") != number(2):
                    raise Unreadable(say("typed.i_know_the_gradient_and"))
                order = 2
        bracket = self.sees("open") and self.peek().kind == "symbol" and self.peek(2).kind == "close"
        if bracket:
            self.take()
        symbol = self.symbols.by_name.get(self.token.text) if self.sees("symbol") else None
        if symbol is None or not symbol.is_function:
            raise Unreadable(say("typed.write_the_gradient_out_can"))
        self.take()
        if bracket:
            self.take()
        return self._apply(symbol.name, order)

    def _sum(self) -> Node:
        """`sum(v)`, or a sum of the term that follows, over the only free index if none is named."""
        sign = self.take().text
        if self.sees("open") and sign == "sum":
            (argument,) = self._arguments("sum", 1, 1)
            return self.build("call", argument, value="total")
        upper, indices, seen = "", [], 0
        while seen < 2 and (self.sees("subscript") or self.sees("operator", "^")):
            seen += 1
            if self.sees("subscript"):
                indices = sum_indices(self.take().text)
            else:
                self.take()
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

    def _with_pairs(self, indices: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
        r"""Where a number is asked, i and j of `\sum_{i \neq j}` run both, unless a sum around binds one."""
        named = {index for index, _, _ in indices} | set(self.bound)
        others = {only[-1] for _, _, only in indices if only} - named
        if not self.wanted.number:
            return indices
        return [*((other, "", "") for other in sorted(others)), *indices]

    def _upper_bound(self) -> str:
        if not self.sees("open", "{", "("):
            return self.take().text
        opening = self.take().text
        text = self.take().text if not self.sees("close") else ""
        self.expect_closing(opening, say("typed.after", name=say("typed.the_sum")))
        return text

    def _word(self) -> Node:
        word = self.take().text
        if word in FUNCTIONS:
            return self._function(word)
        if word in ("array", "asarray", "Matrix", "matrix") and self.sees("open"):
            return self._arguments(word, 1, 1)[0]
        if word in CHANCE and self.symbols.chance:
            return self._chance(CHANCE[word])
        if word == "∞":
            raise Unreadable(say("typed.infinity_stands_in_intervals_only"))
        if word == "e":
            raised = self._exponent() if self.accept("operator", "^") else number(1)
            return self.build("call", raised, value="exp")
        if word == "pi":
            return self.build("pi")
        if word in ("I", "Id"):
            return self._identity()
        if word == "sigma" and (self.sees("open") or (self.sees("prime") and self._opens_after_primes())):
            return self._function("sigmoid")
        if word == "delta" and self.sees("subscript"):
            return self.build("entry", self.build("identity", value=""), value=indices_in(self.take().text))
        if word == "∂":
            raise Unreadable(say("typed.write_the_derivative_out"))
        names = ", ".join(symbol.name for symbol in self.symbols) or say("typed.none")
        meant = self._meant_by(word)
        advice = say("typed.did_you_mean", name=meant) if meant else SILENT
        told = say("typed.this_question_has_no_symbol", word=repr(word), names=names, advice=advice)
        raise UnknownSymbol(told)

    def _chance(self, name: str) -> Node:
        """An expectation, a variance, a covariance or a probability, whose name was taken."""
        over: tuple[str, ...] = ()
        raised = None
        while self.sees("subscript") or (name == "E" and self.sees("operator", "^")):
            if self.sees("subscript"):
                words = re.split(r"\\sim|~|[^A-Za-z_*'\\]", self.take().text)
                over += tuple(filter(self.symbols.__contains__, map(canonical_name, words)))
            else:
                self.take()
                raised = self._group("^")
        if name == "P":
            return self.build("chances", *self._chances())
        if name == "E":
            inside = self._arguments(name, 1, 1)[0] if self.sees("open") else self._postfixed()
            expected = self.build("expect", inside, value=over)
            return expected if raised is None else self.build("power", expected, raised)
        if over:
            raise Unreadable(say("typed.i_read_without_an_index", name=name))
        return self.build("spread", *self._arguments(name, 1, 1 + (name == "Cov")), value=name)

    def _chances(self) -> list[Node]:
        """The inequalities in the brackets of P( ), of which all hold."""
        if not self.sees("open"):
            raise Unreadable(say("typed.write_p_x_t_with"))
        opening = self.take().text
        kept, self.bars = self.bars, ()
        found = self._chain()
        while self.accept("comma") or self.accept("and"):
            found += self._chain()
        self.bars = kept
        self.expect_closing(opening, say("typed.after", name="P"))
        return found

    def _meant_by(self, word: str) -> str:
        """A declared name that was perhaps meant by an unknown word, or the empty string."""
        names = [symbol.name for symbol in self.symbols]
        alike = [name for name in names if name.casefold() == word.casefold()]
        close = get_close_matches(word.strip("\\").lower(), [*names, *sorted(FUNCTIONS)], n=1, cutoff=0.7)
        return (alike or (close if len(word) > 1 else [""]) or [""])[0]

    def _opens_after_primes(self) -> bool:
        steps = 0
        while self.peek(steps).kind == "prime":
            steps += 1
        return self.peek(steps).kind == "open"

    def _identity(self) -> Node:
        if (
            self.sees("open", "(")
            and self.token.tight
            and self.peek().kind == "size"
            and self.peek(2).kind == "close"
        ):
            return self._of_size("identity")
        return self.build("identity", value=self._size())

    def _function(self, name: str) -> Node:
        """The function whose name was taken, with its power and its arguments."""
        if name in ("eye", "zeros", "ones"):
            return self._of_size({"eye": "identity"}.get(name, name))
        raised = None
        if name in ENTRYWISE and self.sees("prime") and self._opens_after_primes():
            while self.accept("prime"):
                name += "'"
            if name not in ENTRYWISE:
                raise Unreadable(say("typed.i_do_not_know_this"))
        if name in ENTRYWISE and self.accept("operator", "^"):
            if self.accept("operator", "-"):
                raise Unreadable(say("typed.is_this_the_inverse_function", name=name))
            raised = self._group("^")
        if name == "sqrt" and self.sees("open", "["):
            return self._root()
        called = self._function_call(name)
        return called if raised is None else self.build("power", called, raised)

    def _root(self) -> Node:
        r"""`\sqrt[3]{x}` as a power."""
        (order,) = self._arguments("sqrt", 1, 1)
        (inside,) = self._arguments("sqrt", 1, 1)
        if order.op != "number" or not order.value:
            raise Unreadable(say("typed.write_other_roots_as_powers"))
        return self.build("power", inside, number(1 / order.value))

    def _function_call(self, name: str) -> Node:
        if name in ("max", "min"):
            return self._extreme(name)
        if name in TWO:
            if not self.sees("open"):
                raise Unreadable(say("typed.write_u_v", name=name))
            return self._call_with_two(name, *self._arguments(name, 2, 2))
        if name == "norm" and self.sees("open"):
            return self._norm_call()
        argument = self._arguments(name, 1, 1)[0] if self.sees("open") else self._bare_argument(name)
        return self.build("norm", argument, value="2") if name == "norm" else self._call(name, argument)

    def _extreme(self, name: str) -> Node:
        """max(a, b) of two numbers or more, or of the entries of a vector."""
        if not self.sees("open"):
            raise Unreadable(say("typed.write_u_v", name=name))
        first, *rest = self._arguments(name, 1, 9)
        for other in rest:
            first = self.build("call", first, other, value=name)
        return first if rest else self.build("call", first, value=name)

    def _norm_call(self) -> Node:
        """`norm(w)`, `norm(A, 'fro')`, `np.linalg.norm(w, ord=1)`."""
        opening = self.take().text
        kept, self.bars = self.bars, ()
        self.commas += 1
        inside = self.expression()
        self.commas -= 1
        order = "2"
        if self.accept("comma"):
            if self.sees("word", "ord") or self.sees("word", "p"):
                self.take()
                self.accept("relation", "=")
            order = norm_order(self.take().text)
        self.bars = kept
        self.expect_closing(opening, say("typed.after", name="norm"))
        return self.build("norm", inside, value=order)

    def _arguments(self, name: str, least: int, most: int) -> list[Node]:
        """What stands in the brackets after a function, between `least` and `most` expressions."""
        if not self.sees("open"):
            raise Unreadable(say("typed.write_what_applies_to_in", name=name))
        opening = self.take().text
        kept, self.bars = (self.bars, self.in_row), ()
        self.in_row = False
        # In a function of several arguments a comma separates them, unless a semicolon does.
        parted = most > 1 and not any(token.text == ";" for token in self._look_through(opening))
        self.commas += parted
        parts = [self.expression()]
        while self.accept("comma") or (most > 1 and self.accept("and", ";")):
            parts.append(self.expression())
        self.commas -= parted
        self.bars, self.in_row = kept
        self.expect_closing(opening, say("typed.after", name=name))
        if not least <= len(parts) <= most:
            if most == 1:
                raise Unreadable(say("typed.takes_one_argument", name=name))
            count = str(least) if least == most else say("typed.to", least=least, most=most)
            raise Unreadable(say("typed.takes_argument_s", name=name, count=count))
        return parts

    def _bare_argument(self, name: str) -> Node:
        """The argument of a function written without brackets: `tr A B`, `ln 2x`, `exp -x`."""
        self.enter()
        if self.accept("operator", "-"):
            inside = self.build("negative", self._bare_argument(name))
            self.leave()
            return inside
        inside = self._postfixed()
        while self._starts_atom() and (name in ("tr", "det") or (self.token.tight and not self.sees("open"))):
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
                raise Unreadable(
                    say("typed.of_which_size_this_question", sizes=", ".join(self.symbols.sizes))
                )
        column = self.build(op, value=sizes[0])
        if op != "ones" or len(sizes) == 1 or sizes[1] == "1":
            return column
        return self.build(
            "product", column, self.build("transpose", self.build("ones", value=sizes[1])), value=""
        )


_ATOMS: Mapping[str, Callable[[Parser], Node]] = {
    "number": Parser._number,
    "symbol": Parser._symbol,
    "size": lambda parser: parser.build("size", value=parser.take().text),
    "word": Parser._word,
    "open": Parser._bracket,
    "bar": Parser._norm,
    "frac": Parser._tex_fraction,
    "nabla": Parser._derivative,
    "sum": Parser._sum,
    "stack": Parser._tex_matrix,
    "ones": lambda parser: parser.build(parser.take().kind, value=parser._size()),
}
"""How the atom is read that begins with a token of each kind."""


def _fraction(text: str) -> Fraction:
    mantissa, _, exponent = text.lower().partition("e")
    if exponent and abs(int(exponent)) > 40:
        raise Unreadable(say("typed.the_number_is_too_large", text=text))
    return Fraction(mantissa.rstrip(".")) * Fraction(10) ** int(exponent or 0)


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


def _is_condition(tree: Node) -> bool:
    return tree.op in ("relation", "both", "either")


def _parse_side(tokens: Sequence[Token], symbols: Symbols, wanted: Wanted) -> Node:
    parser = Parser([*tokens, _END], symbols, wanted)
    tree = parser.expression()
    parser.expect_end()
    return tree


def _parse_conditions(tokens: Sequence[Token], symbols: Symbols, wanted: Wanted, style: str) -> ParsedAnswer:
    parser = Parser([*tokens, _END], symbols, wanted)
    related = any(token.kind == "relation" or token.text in "<>" for token in tokens)
    parser.commas = int(related and any(token.kind == "comma" and not token.tight for token in tokens))
    parser.commas = int(related) if not parser.commas else parser.commas
    tree = parser.conditions()
    parser.expect_end()
    return ParsedAnswer(tree, style=style)


def _inside_order(side: Sequence[Token], symbols: Symbols) -> list[Token] | None:
    """What stands in the brackets of O(…) or Θ(…), where that is all of the side, or a sum of such."""
    if (
        len(side) < 4
        or side[0].text not in ("O", "Theta")
        or side[0].text in symbols
        or side[1].kind != "open"
    ):
        return None
    depth = 0
    for place, token in enumerate(side):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and place > 0:
            break
    else:
        return None
    inside, rest = list(side[2:place]), side[place + 1 :]
    if not rest:
        return inside
    more = _inside_order(rest[1:], symbols) if rest[0].text == "+" else None
    return [Token("open", "("), *inside, Token("close", ")"), rest[0], *more] if more else None


def _trim(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without a leading equals sign and without the full stop at the end."""
    kept = list(tokens[:-1])
    while kept and (kept[-1].text in _CLOSING_MARKS or kept[-1].kind == "colon"):
        kept.pop()
    while kept and kept[0].kind in ("relation", "arrow") and kept[0].text in ("=", "->"):
        kept.pop(0)
    if not kept:
        raise Unreadable(say("typed.the_answer_is_empty"))
    return kept


def _split(tokens: Sequence[Token], *marks: str) -> list[list[Token]]:
    """The tokens cut at these signs, outside all brackets."""
    sides: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.kind == "open") - (token.kind == "close")
        if (
            depth == 0
            and token.kind in ("relation", "arrow", "colon", "comma", "and")
            and token.text in marks
        ):
            sides.append([])
        else:
            sides[-1].append(token)
    return sides


def _is_label(side: Sequence[Token], symbols: Symbols) -> bool:
    """Whether a left-hand side only names what is asked: ∇f(w), f'(w), ∂f/∂w, w*, grad."""
    start = 2 if side[0].kind == "frac" and len(side) > 2 else 0
    first = side[start]
    if first.kind == "nabla" or (first.kind == "word" and first.text not in ("I", "e", "pi")):
        return first.text not in FUNCTIONS and _names_only(side)
    if first.kind == "size" and first.text == "d" and len(side) > start + 1:
        return True
    if first.kind == "open":
        return any(token.kind == "nabla" for token in side)
    return first.kind == "symbol" and _is_decorated_symbol(side, symbols)


def _names_only(side: Sequence[Token]) -> bool:
    """Whether words before an equals sign can be a name: no sum, no product, no `with` between."""
    depth = 0
    derived = any(token.text in ("∂", "d") or token.kind == "nabla" for token in side[:3])
    for place, token in enumerate(side):
        depth += (token.kind == "open") - (token.kind == "close")
        raised = place > 0 and side[place - 1].text == "^"
        starred = token.text == "*" and place == len(side) - 1
        signed = token.kind == "operator" and token.text != "^" and not raised and not starred
        if depth == 0 and (token.text in _LINKING or (signed and not derived)):
            return False
    return True


def _is_name_with_marks(side: Sequence[Token]) -> bool:
    """Whether a side is one name with indices, marks and what stands in brackets behind it, as det(A) is."""
    if len(side) == 3 and side[0].kind == side[2].kind == "bar":  # |A|, a determinant
        return side[1].kind in ("word", "symbol")
    if len(side) > 3 and side[0].kind == side[2].kind == "bar" and side[1].kind in ("word", "symbol"):
        marks = ("subscript", "number", "open", "close")
        return all(token.kind in marks or token.text == "^" for token in side[3:])  # ‖f‖²
    if len(side) == 2 and side[0].text in FUNCTIONS:  # det A
        return side[1].kind in ("word", "symbol")
    if side[0].kind not in ("word", "symbol", "size", "ones"):
        return False
    depth = 0
    for place, token in enumerate(side[1:], start=1):
        if depth == 0 and token.kind == "operator" and token.text == "^":
            continue
        raised = side[place - 1].text == "^"
        if depth == 0 and not raised and token.kind not in ("subscript", "prime", "top", "open", "close"):
            return False
        depth += (token.kind == "open") - (token.kind == "close")
    return depth == 0


def _is_decorated_symbol(side: Sequence[Token], symbols: Symbols) -> bool:
    """One symbol with marks, w or w^*, or a function of the question at a point."""
    symbol = symbols.by_name.get(side[0].text)
    if symbol is not None and symbol.is_function:
        return side[-1].kind == "close"
    rest = [token for token in side[1:] if token.kind != "prime"]
    if len(rest) > 2 and rest[0].text == "^" and rest[1].text == "{" and rest[-1].text == "}":
        return True  # w^{(t+1)}
    return all(token.kind == "subscript" or token.text in ("^", "*", "{", "}") for token in rest)
