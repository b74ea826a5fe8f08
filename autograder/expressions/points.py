"""Random points at which two expressions are compared, the same for every answer to a question."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations
from typing import Any

from autograder.expressions.arrays import unary
from autograder.expressions.digits import Digits
from autograder.expressions.evaluator import Point
from autograder.expressions.fields import Floats, Modular, Numbers, draw
from autograder.expressions.symbols import Symbol, Symbols

_SMALLEST = 3
"""Two-by-two matrices obey identities that larger ones do not."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """What holds at the points beyond what the question declares."""

    symmetric: frozenset[str] = frozenset()
    """Matrices taken to be symmetric."""
    one_dimensional: bool = False
    """Every size is 1."""
    tied: bool = False
    """A number called like a size is that size, as n in 1/n."""


DECLARED = Assumption()


def exact_points(symbols: Symbols, assumption: Assumption = DECLARED) -> tuple[Point, ...]:
    """Two points of whole numbers modulo a prime, at different sizes (three where sizes count)."""
    numbers = Modular()
    choices = _sizes(symbols, assumption, count=3 if assumption.tied else 2)
    return tuple(_point(symbols, assumption, numbers, sizes, f"exact {k}") for k, sizes in enumerate(choices))


def with_digits(point: Point) -> Point:
    """The same point of floats in forty digits."""
    values = {name: unary(value, Decimal) for name, value in point.values.items()}
    functions = {
        name: tuple(_in_digits(part) for part in coefficients)
        for name, coefficients in point.functions.items()
    }
    return Point(Digits(), point.sizes, values, functions)


def _in_digits(part: Any) -> Any:
    return [_in_digits(entry) for entry in part] if isinstance(part, list) else Decimal(part)


_SCALES = (1.0, 0.3, 0.1, 0.03)


def float_points(symbols: Symbols, assumption: Assumption = DECLARED) -> tuple[Point, ...]:
    """Eight points of floats of several magnitudes, the last four all positive for logarithms and roots."""
    numbers = Floats()
    choices = _sizes(symbols, assumption, count=2)
    return tuple(
        _point(
            symbols,
            assumption,
            numbers,
            choices[k % len(choices)],
            f"float {k}",
            scale=_SCALES[k % len(_SCALES)],
            positive=k >= len(_SCALES),
        )
        for k in range(2 * len(_SCALES))
    )


def _sizes(symbols: Symbols, assumption: Assumption, *, count: int) -> list[Mapping[str, int]]:
    """Different sizes for different names, as the question's conditions allow, different at each point."""
    named = [size for size in symbols.sizes if not size.isdigit()]
    fixed = {size: int(size) for size in symbols.sizes if size.isdigit()}
    if assumption.one_dimensional:
        return [{**fixed, **dict.fromkeys(named, 1)}]
    allowed = []
    for chosen in permutations(range(_SMALLEST, _SMALLEST + max(len(named) + 1, count)), len(named)):
        sizes = dict(zip(named, chosen, strict=True))
        if all(sizes.get(large, 1) >= sizes.get(small, 1) for large, small in symbols.at_least):
            allowed.append({**fixed, **sizes})
    return _spread_out(allowed, count) or [fixed]


def _spread_out(allowed: Sequence[Mapping[str, int]], count: int) -> list[Mapping[str, int]]:
    """The first choice, then those that differ most from all before, small ones first."""
    kept = list(allowed[:1])
    while kept and len(kept) < min(count, len(allowed)):
        rest = [sizes for sizes in allowed if sizes not in kept]
        kept.append(max(rest, key=lambda sizes: (_differences(sizes, kept), -sum(sizes.values()))))
    return kept


def _differences(sizes: Mapping[str, int], others: Collection[Mapping[str, int]]) -> int:
    return min(sum(sizes[name] != other[name] for name in sizes) for other in others)


def _point(
    symbols: Symbols,
    assumption: Assumption,
    numbers: Numbers,
    sizes: Mapping[str, int],
    seed: str,
    *,
    scale: float = 1.0,
    positive: bool = False,
) -> Point:
    values, functions = {}, {}
    for symbol in symbols:
        source = random.Random(f"{seed} {symbol.name}")  # noqa: S311 -- points are no secret, only spread out
        if symbol.is_function:
            functions[symbol.name] = _coefficients(
                numbers, source, 1 if symbol.domain == "1" else sizes[symbol.domain]
            )
        elif not symbol.rows_of:
            values[symbol.name] = _value(
                symbol, numbers, source, sizes, assumption, scale=scale, positive=positive or symbol.positive
            )
    if assumption.tied:
        for name in symbols.sizes:
            if name in values and not isinstance(values[name], list):
                values[name] = type(draw(numbers, random.Random(0)))(sizes[name])  # noqa: S311 -- only its type
    return Point(numbers, sizes, values, functions)


def _value(
    symbol: Symbol,
    numbers: Numbers,
    source: random.Random,
    sizes: Mapping[str, int],
    assumption: Assumption,
    *,
    scale: float,
    positive: bool,
) -> Any:
    if not symbol.shape.is_array:
        return draw(numbers, source, positive=positive, scale=scale)
    rows, columns = (1 if size == "1" else sizes[size] for size in (symbol.shape.rows, symbol.shape.columns))
    matrix = [
        [draw(numbers, source, positive=positive, scale=scale) for _ in range(columns)] for _ in range(rows)
    ]
    if symbol.symmetric or symbol.name in assumption.symmetric:
        matrix = [[matrix[min(i, j)][max(i, j)] for j in range(columns)] for i in range(rows)]
    return matrix if rows > 1 or columns > 1 else matrix[0][0]


def _coefficients(numbers: Numbers, source: random.Random, size: int) -> Any:
    """The polynomial that stands for a function of the question."""
    one = [draw(numbers, source) for _ in range(size)]
    square = [[draw(numbers, source) for _ in range(size)] for _ in range(size)]
    odd = [[draw(numbers, source) for _ in range(size)] for _ in range(2)]
    return draw(numbers, source), one, square, *odd
