"""The symbols of a question: `w: vec d, A: mat d d, lambda: scalar+, X: mat n d with n >= d`."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from autograder.domain.sentences import SILENT, say
from autograder.expressions.normalisation import canonical_name, name_parts, name_pattern
from autograder.expressions.shapes import NUMBER, Shape, array
from autograder.expressions.unreadable import UnknownSymbol, Unreadable, quoted
from autograder.expressions.vocabulary import FUNCTIONS

GRAMMAR = (
    "scalar, scalar+, scalar in (0, 1), vec d, mat n d, sym d, random vec d, function d or row X, "
    "such as 'w: vec d, lambda: scalar+'"
)


@dataclass(frozen=True, slots=True)
class Symbol:
    """One declared name: a number, an array, a function of a vector, or the rows of a matrix."""

    name: str
    shape: Shape = NUMBER
    positive: bool = False
    symmetric: bool = False
    domain: str = ""
    """For a function: the size of its argument."""
    rows_of: str = ""
    """For `x_i: row X`: the matrix whose i-th row, as a column, is x_i."""
    between: tuple[Fraction, Fraction] | None = None
    """For `p: scalar in (0, 1)`: the open interval it lies in."""
    random: bool = False
    """For `X: random vec d`: a random variable, over which expectations run."""

    @property
    def is_function(self) -> bool:
        """Whether it stands for a function of the question."""
        return bool(self.domain)

    def admits(self, value: Any) -> bool:
        """Whether a value, or every entry of one, is as the declaration says."""
        if isinstance(value, list):
            return all(self.admits(entry) for entry in value)
        if self.between is not None:
            return bool(self.between[0] < value < self.between[1])
        return value > 0 or not self.positive


@dataclass(frozen=True, slots=True, eq=False)
class Symbols:
    """Everything an answer may name, with the patterns by which it is found in a text."""

    text: str
    by_name: dict[str, Symbol]
    sizes: tuple[str, ...]
    at_least: tuple[tuple[str, str], ...] = ()
    """Pairs of sizes (larger, smaller): `n >= d`."""
    odd: re.Pattern[str] | None = field(default=None, repr=False)
    """Finds names that are more than Latin letters; group gN is names[N]."""
    odd_names: tuple[str, ...] = field(default=(), repr=False)
    plain_names: tuple[str, ...] = field(default=(), repr=False)
    """Names made of Latin letters only, the longest first, sizes included."""
    chance: bool = False
    """Whether E, Var, Cov and P are operators here: a random variable is declared, or the key uses them."""

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self.by_name.values())

    def __contains__(self, name: str) -> bool:
        return name in self.by_name

    def __str__(self) -> str:
        return self.text

    @property
    def random_names(self) -> frozenset[str]:
        """The names over which expectations run: those declared random; else, by custom, X, Y, Z, T, x, y, z,
        ε, ξ and estimates with a hat; else all.
        """
        values = [symbol for symbol in self if not symbol.is_function and not symbol.rows_of]
        for chosen in (
            [symbol.name for symbol in values if symbol.random],
            [symbol.name for symbol in values if _RANDOM_BY_CUSTOM.fullmatch(symbol.name)],
        ):
            if chosen:
                return frozenset(chosen)
        return frozenset(symbol.name for symbol in values)

    def rows(self, name: str) -> Symbol | None:
        """The family whose member is written name_i, or None."""
        return self.by_name.get(f"{name} row")


_RANDOM_BY_CUSTOM = re.compile(r"(?:[XYZTxyz]|epsilon|xi)(?:\d|_\w+|'*)|\w+\u0302.*")


def read_symbols(text: str) -> Symbols:
    """The symbols a text declares; raises Unreadable with everything that is wrong with it."""
    found: dict[str, Symbol] = {}
    at_least: list[tuple[str, str]] = []
    wrong: list[str] = []
    for part in split_declarations(text):
        try:
            symbol, larger = _declaration(part)
            key = f"{symbol.name} row" if symbol.rows_of else symbol.name
            if key in found:
                raise Unreadable(f"{symbol.name} is declared twice.")
            found[key] = symbol
            at_least += larger
        except Unreadable as flaw:
            wrong.append(flaw.message)
    wrong += [
        f"{s.name} is a row of {s.rows_of}, which is not a matrix." for s in found.values() if _lost(s, found)
    ]
    if wrong:
        raise Unreadable(" ".join(wrong))
    return declare(found.values(), at_least=at_least, text=text)


def declare(
    symbols: Iterable[Symbol], *, at_least: Iterable[tuple[str, str]] = (), text: str = ""
) -> Symbols:
    """Symbols made by a program, ready to be looked for in texts."""
    by_name = {f"{symbol.name} row" if symbol.rows_of else symbol.name: symbol for symbol in symbols}
    sizes = _sizes(by_name.values())
    declared = {symbol.name for symbol in by_name.values()}
    names = declared | {size for size in sizes if size.isalpha()}
    odd = sorted(
        (name for name in declared if not (name.isalpha() and name_pattern(name, lone_star=True) == name)),
        key=lambda name: (-len(name), name),
    )
    pattern = "|".join(f"(?P<g{k}>{_pattern(name, declared)})" for k, name in enumerate(odd))
    return Symbols(
        text,
        by_name,
        sizes,
        tuple(at_least),
        re.compile(pattern) if odd else None,
        tuple(odd),
        tuple(sorted({name for name in names if name.isalpha()}, key=lambda name: (-len(name), name))),
        any(symbol.random for symbol in by_name.values()),
    )


def _pattern(name: str, declared: set[str]) -> str:
    """How a name may be written where these are declared."""
    parts = name_parts(name)
    glued = parts is not None and parts["base"] not in declared and len(parts["base"]) == 1
    return name_pattern(name, lone_star=name.rstrip("*") not in declared, glued=glued)


def _sizes(symbols: Iterable[Symbol]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for symbol in symbols:
        for size in (symbol.shape.rows, symbol.shape.columns, symbol.domain):
            if size and size != "1":
                found[size] = None
    return tuple(found)


def split_declarations(text: str) -> Iterator[str]:
    """One declaration each; `u, v: vec d` gives two."""
    waiting: list[str] = []
    # The comma of `p: scalar in (0, 1)` or of `x_{i,j}` separates nothing.
    kept = _COMMA_INSIDE.sub(lambda inside: inside[0].replace(",", "\0"), text)
    for part in filter(None, (piece.strip().replace("\0", ",") for piece in re.split(r"[,;\n]", kept))):
        names, colon, rest = part.partition(":")
        waiting.append(names.strip())
        if colon:
            yield from (f"{name}: {rest.strip()}" for name in waiting)
            waiting = []
    yield from waiting


_COMMA_INSIDE = re.compile(r"\bin\s*[(\[\]][^,;:]*,[^,;:]*[)\[\]]|\{[^{}:]*\}")
_WITH = re.compile(r"\s+with\s+")
_AT_LEAST = re.compile(r"([A-Za-z]+)\s*(>=|≥|<=|≤)\s*([A-Za-z]+)")
_SIZE = re.compile(r"[A-Za-z]{1,8}|[1-9]\d?")


def _declaration(part: str) -> tuple[Symbol, list[tuple[str, str]]]:
    written, colon, rest = part.partition(":")
    name = canonical_name(written)
    if not colon or name_parts(name) is None:
        raise Unreadable(f"I cannot read {part!r}: a symbol is declared as {GRAMMAR}.")
    kind, *conditions = _WITH.split(" " + rest.strip())
    larger = []
    for condition in conditions:
        match = _AT_LEAST.fullmatch(condition.strip())
        if match is None:
            raise Unreadable(f"I cannot read the condition {condition!r}: write 'with n >= d'.")
        larger.append((match[1], match[3]) if match[2] in (">=", "≥") else (match[3], match[1]))
    return _symbol(name, kind.split(), part), larger


def _symbol(name: str, words: list[str], part: str) -> Symbol:
    match words:
        case ["random", *kind] if kind and kind[0] not in ("function", "row", "random"):
            return replace(_symbol(name, kind, part), random=True)
        case ["scalar"]:
            return Symbol(name)
        case ["scalar+"]:
            return Symbol(name, positive=True)
        case ["scalar", "in", *interval]:
            return _scalar_between(name, " ".join(interval), part)
        case ["row", matrix]:
            return Symbol(name.partition("_")[0], domain="", rows_of=canonical_name(matrix))
    sizes = words[1:]
    if all(_SIZE.fullmatch(size) for size in sizes):
        match words:
            case ["vec", size]:
                return Symbol(name, array(size, "1"))
            case ["mat", rows, columns]:
                return Symbol(name, array(rows, columns))
            case ["sym", size]:
                return Symbol(name, array(size, size), symmetric=True)
            case ["function", size]:
                return Symbol(name, domain=size)
    raise Unreadable(f"I cannot read {part!r}: a symbol is declared as {GRAMMAR}.")


_BETWEEN = re.compile(r"[(\]]\s*(-?\d+(?:\.\d+|/\d+)?)\s*,\s*(-?\d+(?:\.\d+|/\d+)?)\s*[)\[]")


def _scalar_between(name: str, interval: str, part: str) -> Symbol:
    match = _BETWEEN.fullmatch(interval)
    if match is None or Fraction(match[1]) >= Fraction(match[2]):
        raise Unreadable(f"I cannot read {part!r}: an interval is written as in 'p: scalar in (0, 1)'.")
    low, high = Fraction(match[1]), Fraction(match[2])
    return Symbol(name, positive=low >= 0, between=(low, high))


def _lost(symbol: Symbol, found: dict[str, Symbol]) -> bool:
    matrix = found.get(symbol.rows_of)
    return bool(symbol.rows_of) and (matrix is None or not matrix.shape.is_array)


def unknown_symbol(word: str, symbols: Symbols) -> UnknownSymbol:
    """Says that the question declares no such name, which ones it does, and which one was perhaps meant."""
    names = [symbol.name for symbol in symbols]
    alike = [name for name in (*names, *symbols.sizes) if name.casefold() == word.casefold()]
    alike += [f"{name}^T" for name in names if word in (f"t{name}", f"{name}t")]
    if not alike and len(word) > 1:
        alike = get_close_matches(word.strip("\\").lower(), [*names, *sorted(FUNCTIONS)], n=1, cutoff=0.7)
    advice = say("typed.did_you_mean", name=alike[0]) if alike else SILENT
    declared = ", ".join(names) or say("typed.none")
    return UnknownSymbol(
        say("typed.this_question_has_no_symbol", word=quoted(word), names=declared, advice=advice)
    )
