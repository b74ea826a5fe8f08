"""Other readings of the same tokens: where brackets may be missing, and which way a sign may be meant.

`1/a b` is (1/a) b by the rules, and 1/(a b) to many who write it. Nothing here decides: the judge asks back
where another reading would be right.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from autograder.expressions.lexer import Token
from autograder.expressions.vocabulary import CHANCE, ENTRYWISE, FUNCTIONS

MAX_READINGS = 28
_OPEN, _CLOSE = Token("open", "(", tight=False), Token("close", ")")
_STOPS = frozenset(["relation", "comma", "and", "or", "in", "arrow", "colon", "cell", "end"])
Insertions = tuple[tuple[int, Token], ...]
"""Brackets with the places before which they are put."""


def other_readings(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens with brackets where some may be missing, or a sign read the other way; likely ones first."""
    yield from islice(_readings(tokens), MAX_READINGS)


def _readings(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    slashes = [place for place, token in enumerate(tokens) if token.kind == "operator" and token.text == "/"]
    yield from _joined_by_or(tokens)
    yield from _called_sigma(tokens)
    yield from _turned_signs(tokens)
    for choose in (_end_of_term, _end_of_sum):
        below = [_bracket(place + 1, choose(tokens, place)) for place in slashes]
        if len(slashes) > 1:
            yield _put(tokens, tuple(pair for pairs in below for pair in pairs))
        yield from (_put(tokens, pairs) for pairs in below)
    for place in slashes:
        start = _start_of_sum(tokens, place)
        above = _bracket(start, place)
        yield _put(tokens, above)
        yield _put(tokens, above + _bracket(place + 1, _end_of_term(tokens, place)))
        yield _put(tokens, above + _bracket(place + 1, _end_of_sum(tokens, place)))
        yield _put(tokens, _bracket(_start_of_term(tokens, place), _end_of_factor(tokens, place + 1)))
    for place, token in enumerate(tokens[:-1]):
        chance = token.text in CHANCE and token.kind == "word" and tokens[place + 1].kind == "open"
        inside = [one.kind for one in tokens[place + 2 : place + 5] if one.kind != "subscript"]
        # Of E[X]^2 everybody knows what is squared.
        if chance and inside[:2] != ["symbol", "close"]:
            yield _put(tokens, _bracket(place + 1, _end_of_factor(tokens, place + 1)))  # E(X)^2 for E[(X)^2]
            yield _put(tokens, _bracket(place + 1, _end_of_term(tokens, place)))
    for place, token in enumerate(tokens[:-1]):
        if token.kind == "sum" and tokens[place + 1].kind == "open":  # sum (y_i - z_i)^2, of the squares
            for end in (_end_of_factor(tokens, place + 1), _end_of_term(tokens, place)):
                yield _put(tokens, _bracket(place + 1, end))
    for place in _openings_of_arguments(tokens):
        ends = (_end_of_run(tokens, place), _end_of_term(tokens, place), _end_of_sum(tokens, place))
        for end in dict.fromkeys(ends):
            yield _put(tokens, _bracket(place + 1, end))


def _joined_by_or(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Commas of `x < -1, x > 3` as `or`; where all are equations, as in `x = 1 and x = -1`, also `and`."""
    commas = any(token.kind == "comma" for token in tokens)
    related = [token.text for token in tokens if token.kind in ("relation", "angle")]
    if related and (commas or set(related) == {"="}):
        joined = "comma" if commas else "and"
        yield [Token("or", "or") if token.kind == joined else token for token in tokens]


def _called_sigma(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """A number called sigma before a bracket as the function of that name."""
    called = {
        place
        for place, token in enumerate(tokens[:-1])
        if token.kind == "symbol" and token.text == "sigma" and tokens[place + 1].kind == "open"
    }
    if called:
        yield [Token("word", "sigmoid") if place in called else one for place, one in enumerate(tokens)]


def _openings_of_arguments(tokens: Sequence[Token]) -> Iterator[int]:
    """Places after which an exponent, or the argument of a function or a sum, stands without brackets."""
    for place, token in enumerate(tokens[:-1]):
        after = tokens[place + 1]
        if token.kind == "operator" and token.text == "^" and after.kind not in ("open", "top", "prime"):
            yield place
        if (
            token.kind == "word"
            and (token.text in FUNCTIONS or token.text in CHANCE)
            and after.kind not in ("open", "operator", "prime")
        ):
            yield place
        if token.kind == "word" and token.text in ENTRYWISE and after.text == "-":
            yield place
        if token.kind == "subscript" and place and tokens[place - 1].kind == "sum":
            yield place


def _turned_signs(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """A transpose on the factor before instead of behind, the other norm, digits that are no group."""
    if sum(token.typed == "*" for token in tokens) > 1:
        yield _with_marks(tokens)
    for place, token in enumerate(tokens):
        length = _transpose_at(tokens, place)
        if length and place > 0 and place + length < len(tokens):
            after = tokens[place + length]
            prefix = not token.tight and after.tight
            if prefix or after.tight:
                turned = list(tokens)
                turned[place] = replace(token, tight=prefix)
                turned[place + length] = replace(after, tight=not prefix)
                yield turned
        if token.kind == "dagger":  # the adjoint, to physicists
            yield [*tokens[:place], Token("top", "T"), *tokens[place + 1 :]]
        number = [one.kind for one in tokens[place : place + 4]] == ["symbol", "open", "number", "close"]
        if number and tokens[place + 1].tight and tokens[place + 2].text.isdigit():  # MATLAB's w(1)
            yield [*tokens[: place + 1], Token("subscript", tokens[place + 2].text), *tokens[place + 4 :]]
        if token.typed == "*":
            marked = replace(tokens[place - 1], text=f"{tokens[place - 1].text}*")
            yield [*tokens[: place - 1], marked, *tokens[place + 1 :]]
        elif token.typed == "\\":
            yield [*tokens[:place], Token("operator", "\\"), *tokens[place:]]
        elif token.typed:
            pieces = token.typed.split()
            product = [
                piece for digits in pieces for piece in (Token("number", digits), Token("operator", "*"))
            ]
            yield [*tokens[:place], *product[:-1], *tokens[place + 1 :]]
    bars = [place for place, token in enumerate(tokens) if token.kind == "bar" and token.text == "||"]
    closing = [
        place
        for place in bars[1::2]
        if tokens[place + 1 : place + 2] and tokens[place + 1].kind != "subscript"
    ]
    closing += [place for place in bars[1::2] if place == len(tokens) - 1]
    if closing:
        yield _put(tokens, tuple((place + 1, Token("subscript", "2")) for place in closing))


def _with_marks(tokens: Sequence[Token]) -> list[Token]:
    """Every star that may be the mark of a name as one."""
    found: list[Token] = []
    for token in tokens:
        if token.typed == "*":
            found[-1] = replace(found[-1], text=f"{found[-1].text}*")
        else:
            found.append(token)
    return found


def _transpose_at(tokens: Sequence[Token], place: int) -> int:
    """How many tokens the transpose `^T` or `^{t}` takes that begins here; 0 where none does."""
    if tokens[place].kind != "operator" or tokens[place].text != "^" or place + 1 >= len(tokens):
        return 0
    if tokens[place + 1].kind == "top":
        return 2
    inside = [token.text for token in tokens[place + 1 : place + 4]]
    return 4 if inside in (["{", "t", "}"], ["{", "T", "}"]) else 0


def _bracket(start: int, end: int) -> Insertions:
    return ((start, _OPEN), (end, _CLOSE))


def _put(tokens: Sequence[Token], insertions: Insertions) -> list[Token]:
    """The tokens with others put before some places; a bracket that closes comes before one that opens."""
    found: list[Token] = []
    for place in range(len(tokens) + 1):
        here = [token for at, token in insertions if at == place]
        found += [token for token in here if token.kind != "open"] + [
            token for token in here if token.kind == "open"
        ]
        if place < len(tokens):
            found.append(tokens[place])
    return found


def _end(tokens: Sequence[Token], place: int, stops: Sequence[str]) -> int:
    """The first place behind, at the same depth, at which one of these operators or a stop stands."""
    depth = 0
    for at in range(place + 1, len(tokens)):
        token = tokens[at]
        depth += (token.kind == "open") - (token.kind == "close")
        if depth < 0 or (depth == 0 and token.kind in _STOPS):
            return at
        signed = token.kind == "operator" and token.text in stops and at > place + 1
        if depth == 0 and signed and tokens[at - 1].text not in ("^", "*", "/", "·"):
            return at
        if depth == 0 and token.kind == "angle" and token.text in ">⟩":
            return at
    return len(tokens)


def _end_of_term(tokens: Sequence[Token], place: int) -> int:
    return _end(tokens, place, ("+", "-", "/"))


def _end_of_sum(tokens: Sequence[Token], place: int) -> int:
    return _end(tokens, place, ())


def _end_of_run(tokens: Sequence[Token], place: int) -> int:
    """Where what is written without spaces ends, before a sign."""
    end = _end(tokens, place, ("+", "-", "/"))
    for at in range(place + 2, end):
        if not tokens[at].tight:
            return at
    return end


def _end_of_factor(tokens: Sequence[Token], place: int) -> int:
    """The end of one factor, with its marks."""
    at, depth = place, 0
    while at < len(tokens):
        depth += (tokens[at].kind == "open") - (tokens[at].kind == "close")
        at += 1
        marks = at < len(tokens) and tokens[at].kind in ("subscript", "prime", "top")
        if depth == 0 and not marks and not (at < len(tokens) and tokens[at].text == "^"):
            return at
        if depth == 0 and at < len(tokens) and tokens[at].text == "^":
            at += 1
    return len(tokens)


def _start(tokens: Sequence[Token], place: int, stops: Sequence[str]) -> int:
    depth = 0
    for at in range(place - 1, -1, -1):
        token = tokens[at]
        depth += (token.kind == "close") - (token.kind == "open")
        if depth < 0 or (depth == 0 and token.kind in _STOPS):
            return at + 1
        if depth == 0 and token.kind == "operator" and token.text in stops:
            return at + 1
    return 0


def _start_of_term(tokens: Sequence[Token], place: int) -> int:
    return _start(tokens, place, ("+", "-"))


def _start_of_sum(tokens: Sequence[Token], place: int) -> int:
    return _start(tokens, place, ())
