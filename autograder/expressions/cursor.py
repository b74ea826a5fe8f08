"""A place among the tokens of an answer: what stands here, what follows, what is taken. It builds nothing."""

from collections.abc import Callable, Sequence

from autograder.domain.sentences import SILENT, Sentence, say
from autograder.expressions.lexer import Token
from autograder.expressions.unreadable import Unreadable, quoted

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_APART = ("end", "and", "or", "comma")
_TRANSPOSES = ("T", "t", "H", "top", "tr", "transpose")
STARTS = frozenset(["number", "symbol", "size", "word", "frac", "sum", "nabla", "open", "ones", "stack"])
"""Kinds of tokens with which an atom begins, whatever stands around them."""


class TokenCursor:
    """Goes over tokens, of which the last is of kind "end", and looks ahead as far as it must."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self.at = 0

    @property
    def here(self) -> Token:
        """The token here."""
        return self._tokens[self.at]

    @property
    def before(self) -> Token:
        """The token that was taken last."""
        return self._tokens[self.at - 1]

    def peek(self, steps: int = 1) -> Token:
        """The token `steps` further on, or the end."""
        return self._tokens[min(self.at + steps, len(self._tokens) - 1)]

    def take(self) -> Token:
        """The token here; goes one further, never beyond the end."""
        token = self._tokens[self.at]
        self.at = min(self.at + 1, len(self._tokens) - 1)
        return token

    def sees(self, kind: str, *texts: str) -> bool:
        """Whether the token here is of that kind, and one of the texts if any are given."""
        return self.here.kind == kind and (not texts or self.here.text in texts)

    def accept(self, kind: str, *texts: str) -> bool:
        """Take the token if it is the one asked for."""
        found = self.sees(kind, *texts)
        if found:
            self.take()
        return found

    def expect_closing(self, opening: str, where: Sentence = SILENT) -> None:
        """Take the bracket that closes `opening`; raises Unreadable where it is missing."""
        if not self.accept("close", _CLOSING[opening]):
            ends = self.here.kind == "end"
            before = SILENT if ends else say("typed.before", token=quoted(self.here.text))
            raise Unreadable(
                say("typed.the_bracket_is_not_closed", opening=opening, where=where, before=before)
            )

    def expect_end(self) -> None:
        """Raises Unreadable where something is left over."""
        if self.sees("end"):
            return
        if self.sees("close"):
            raise Unreadable(say("typed.the_bracket_closes_nothing", text=self.here.text))
        if self.sees("comma"):
            raise Unreadable(say("typed.i_did_not_expect_a"))
        raise Unreadable(say("typed.i_did_not_expect_here", text=quoted(self.here.text)))

    def end_of_interval(self) -> int:
        """The place of the bracket that closes an interval, which may be a [ in France."""
        depth = 0
        for place in range(self.at, len(self._tokens)):
            token, after = self._tokens[place], self._tokens[min(place + 1, len(self._tokens) - 1)]
            last = after.kind in (*_APART, "close")
            if depth == 0 and (token.kind == "close" or (token.text == "[" and last)):
                return place
            depth += (token.kind == "open") - (token.kind == "close")
        return len(self._tokens)

    def semicolon_before(self, end: int) -> bool:
        """Whether a semicolon stands before that place."""
        return any(token.text == ";" for token in self._tokens[self.at : end])

    def prefix_transpose_follows(self) -> bool:
        """Whether a French transpose follows, `ᵗb` in `a ᵗb` and `2ᵗA`: it touches what it stands before."""
        if not self.sees("operator", "^") or not self.transpose_follows():
            return False
        after = self.peek(4 if self.peek().kind == "open" else 2)
        before = self.before
        if before.kind == "ones":
            return False
        apart = not self.here.tight or (before.kind == "number" and before.text != "1")
        return apart and after.tight and (after.kind in STARTS or after.kind in ("angle", "bar"))

    def index_follows(self, *, again: bool = False) -> bool:
        """Whether `[i]`, `[i, j]` follows: small letters the question does not declare, or digits.

        `again`: also behind an index, as in `A[i][j]`.
        """
        if not self.sees("open", "[", "(") or not self.here.tight:
            return False
        inside, steps = self.peek(), 1
        of_bracket = self.before.text == ")" and self.here.text == "[" and inside.kind == "word"  # (A w)[i]
        if self.before.kind != "symbol" and not of_bracket and not (again and self.before.text == "]"):
            return False
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

    def accept_transpose(self) -> bool:
        """Take the T of a transpose, however it is written."""
        return self.accept("top") or self.accept("prime") or self.accept("word", *_TRANSPOSES)

    def brace_holds_transpose(self) -> bool:
        """Whether the brace holds T or -T only."""
        inside, after = (
            (self.peek(2), self.peek(3)) if self.peek().text == "-" else (self.peek(), self.peek(2))
        )
        is_top = inside.kind == "top" or (inside.kind == "word" and inside.text in _TRANSPOSES)
        return (is_top or inside.kind == "prime") and after.kind == "close"

    def accept_dagger(self) -> bool:
        """Take the mark of a pseudo-inverse: A^+ or A^†, with or without a brace."""
        braced = self.sees("open", "{")
        mark = self.peek() if braced else self.here
        after = self.peek(2) if braced else self.peek()
        plus = mark.text == "+" and mark.kind in ("operator", "dagger")
        apart = not after.tight or after.kind in ("end", "close", "comma", "operator", "relation")
        lone = after.kind == "close" if braced else mark.kind == "dagger" or apart
        if not plus or not lone:
            return False
        for _ in range(3 if braced else 1):
            self.take()
        return True

    def accept_star(self) -> bool:
        """Take the star of an exponent, with or without a brace."""
        braced = self.sees("open", "{") and self.peek().text == "*" and self.peek(2).text == "}"
        if not braced and not self.sees("operator", "*"):
            return False
        for _ in range(3 if braced else 1):
            self.take()
        return True

    def closes_inner_product(self) -> bool:
        """Whether a > follows anywhere."""
        return any(token.kind == "angle" and token.text in ">⟩" for token in self._tokens[self.at :])

    def opens_inner_product(self, is_scalar: Callable[[Token], bool], *, apart: bool = False) -> bool:
        """Whether this < begins an inner product: it touches what follows, and a comma comes before its >.

        `x<-1, x>3` begins none: nothing in it could be a vector. `apart`: it may also stand apart.
        """
        depth, angles, comma, vectors = 0, 0, False, False
        for token in self._tokens[self.at + 1 :] if apart or self.peek().tight else ():
            depth += (token.kind == "open") - (token.kind == "close")
            if depth < 0 or token.kind in ("relation", "and", "end"):
                return False
            parted = token.kind == "comma" or (token.kind == "bar" and token.text == "|")
            comma = comma or (parted and depth == 0 and angles == 0)
            plain = token.kind in ("number", "operator", "comma", "angle") or is_scalar(token)
            vectors = vectors or not plain
            if token.kind == "angle" and depth == 0:
                angles += 1 if token.text in "<⟨" else -1
                if angles < 0:
                    return comma and vectors
        return False

    def transpose_follows(self) -> bool:
        """Whether a T follows the hat, bare or in a brace."""
        if self.peek().kind == "open":
            return self.peek(2).text in ("t", "T") and self.peek(3).kind == "close"
        return self.peek().kind == "top" and self.peek().text == "T"

    def transpose_at(self, steps: int) -> bool:
        """Whether a transpose stands `steps` further on, behind what stands here."""
        token, after = self.peek(steps), self.peek(steps + 1)
        if token.kind in ("prime", "top"):
            return True
        braced = after.kind == "open" and self.peek(steps + 3).kind == "close"
        raised = self.peek(steps + 2) if braced else after
        return token.text == "^" and (raised.kind == "top" or raised.text in ("t", "T"))

    def inside_braces(self) -> list[Token]:
        """The tokens inside the bracket that opens here."""
        self.at += 1
        found = self.inside_bracket()
        self.at -= 1
        return found

    def inside_bracket(self) -> list[Token]:
        """The tokens inside the bracket that was opened, without those of brackets within."""
        found: list[Token] = []
        depth = 0
        for token in self._tokens[self.at :]:
            depth += (token.kind == "open") - (token.kind == "close")
            if depth < 0:
                return found
            if depth == 0 and token.kind != "close":
                found.append(token)
        return found

    def mark(self) -> tuple[Sequence[Token], int]:
        """Where it is, to return to if a reading fails."""
        return self._tokens, self.at

    def return_to(self, mark: tuple[Sequence[Token], int]) -> None:
        """Go back to where it was, also over tokens of which half was taken."""
        self._tokens, self.at = mark

    def leave(self, token: Token) -> None:
        """Leave this token to be read next, where half of the one here was taken."""
        self._tokens = [*self._tokens[: self.at], token, *self._tokens[self.at + 1 :]]

    def inner_product_has_bar(self) -> bool:
        """Whether the inner product that was opened is written <u|v>."""
        bars = 0
        for token in self._tokens[self.at :]:
            if token.kind == "comma" or token.kind == "end":
                return False
            if token.kind == "angle":
                return bars == 1
            bars += token.kind == "bar" and token.text == "|"
        return False

    def opens_after_marks(self) -> bool:
        """Whether a bracket opens behind the primes, or behind the power, that stands here: σ²(z)."""
        if self.opens_after_primes():
            return True
        power = 4 if self.peek().kind == "open" else 2
        raised = self.peek(power // 2).kind == "number"
        return self.sees("operator", "^") and raised and self.peek(power).text == "("

    def holds_inequality(self, *, alone: bool = False) -> bool:
        """Whether the bracket that was opened holds one inequality; `alone`: and stands beside no factor."""
        ahead = self.inside_bracket()
        if alone and not (self._closes_apart() and self.peek(-2).kind in (*_APART, "open")):
            return False
        signs = sum(token.kind == "relation" and token.text != "=" for token in ahead)
        signs += sum(token.kind == "angle" and token.text in "<>" for token in ahead)
        return signs == 1 and not any(token.kind in ("comma", "and", "or", "bar") for token in ahead)

    def _closes_apart(self) -> bool:
        """Whether nothing is done with what stands in the bracket that was opened."""
        depth, place = 1, self.at
        while depth and place < len(self._tokens) - 1:
            depth += (self._tokens[place].kind == "open") - (self._tokens[place].kind == "close")
            place += 1
        return self._tokens[place].kind in (*_APART, "close")

    def brackets_inequality(self) -> bool:
        """Whether a bracket with one inequality in it opens here."""
        if not self.sees("open"):
            return False
        self.at += 1
        found = self.holds_inequality()
        self.at -= 1
        return found

    def opens_after_primes(self) -> bool:
        """Whether a bracket opens behind the primes that stand here."""
        steps = 0
        while self.peek(steps).kind == "prime":
            steps += 1
        return self.peek(steps).kind == "open"

    def set_follows(self) -> bool:
        """Whether `or` stands here and a set of numbers behind it."""
        return self.sees("or") and (self.peek().kind in ("open", "close") or self.peek().text == "R")

    def decimal_comma_follows(self) -> bool:
        """Whether a comma and digits touch the number that was taken."""
        after = self.peek()
        digits = after.kind == "number" and after.text.isdigit()
        return self.sees("comma") and self.here.tight and digits and after.tight

    def brackets_one(self, kind: str) -> bool:
        """Whether a bracket opens here around one token of that kind."""
        return self.sees("open") and self.peek().kind == kind and self.peek(2).kind == "close"
