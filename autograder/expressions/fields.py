"""The numbers an expression is evaluated with: whole numbers modulo a prime, fractions, or floats."""

import math
import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Protocol

PRIME = (1 << 61) - 1
"""A random polynomial identity that is false holds at a random point with probability degree / PRIME."""


class Undefined(Exception):  # noqa: N818 -- no error of ours: an expression may have no value at a point
    """The expression has no value here: a division by zero, the logarithm of a negative number."""


class Inexact(Exception):  # noqa: N818 -- a question to the caller: take floats instead
    """The expression needs a function that has no exact values."""


class Numbers(Protocol):
    """What evaluation needs of a number system; sums and products are those of Python."""

    exact: bool

    def number(self, value: Fraction) -> Any:
        """The literal."""

    def reduced(self, value: Any) -> Any:
        """The value after sums and products."""

    def inverse(self, value: Any) -> Any:
        """1 / value; raises Undefined."""

    def function(self, name: str) -> Callable[..., Any]:
        """A function of numbers; raises Inexact."""

    def power(self, base: Any, exponent: Any) -> Any:
        """A power where the exponent is no whole literal; raises Undefined or Inexact."""


class Modular:
    """Whole numbers modulo PRIME: exact, and as fast as integers are."""

    exact = True

    def number(self, value: Fraction) -> int:
        if value.denominator % PRIME == 0:
            raise Undefined
        return value.numerator % PRIME * pow(value.denominator, -1, PRIME) % PRIME

    def reduced(self, value: int) -> int:
        return value % PRIME

    def inverse(self, value: int) -> int:
        if value % PRIME == 0:
            raise Undefined
        return pow(value, -1, PRIME)

    def function(self, name: str) -> Callable[..., Any]:
        raise Inexact(name)

    def power(self, base: Any, exponent: Any) -> Any:
        raise Inexact("power")


class Rationals:
    """Fractions, for keys and drawn values: 1/3 stays 1/3."""

    exact = True
    _FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
        {
            "abs": abs,
            "max": max,
            "min": min,
            "floor": lambda value: Fraction(math.floor(value)),
            "ceil": lambda value: Fraction(math.ceil(value)),
            "round": lambda value: Fraction(math.floor(value + Fraction(1, 2))),
            "relu": lambda value: max(value, Fraction(0)),
            "sign": lambda value: Fraction((value > 0) - (value < 0)),
        }
    )
    MAX_BITS = 20_000

    def number(self, value: Fraction) -> Fraction:
        return value

    def reduced(self, value: Fraction) -> Fraction:
        if value.numerator.bit_length() > self.MAX_BITS:
            raise Inexact("too many digits")
        return value

    def inverse(self, value: Fraction) -> Fraction:
        if value == 0:
            raise Undefined
        return 1 / Fraction(value)

    def function(self, name: str) -> Callable[..., Any]:
        if name not in self._FUNCTIONS:
            raise Inexact(name)
        return self._FUNCTIONS[name]

    def power(self, base: Any, exponent: Any) -> Any:
        raise Inexact("power")


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))


class Floats:
    """Double precision."""

    exact = False
    _FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
        {
            "exp": math.exp,
            "ln": math.log,
            "log2": math.log2,
            "log10": math.log10,
            "sin": math.sin,
            "cos": math.cos,
            "tan": math.tan,
            "sinh": math.sinh,
            "cosh": math.cosh,
            "tanh": math.tanh,
            "sqrt": math.sqrt,
            "sigmoid": _sigmoid,
            "softplus": lambda value: max(value, 0.0) + math.log1p(math.exp(-abs(value))),
            "relu": lambda value: max(value, 0.0),
            "sign": lambda value: float((value > 0) - (value < 0)),
            "floor": math.floor,
            "ceil": math.ceil,
            "round": lambda value: math.floor(value + 0.5),
            "abs": abs,
            "max": max,
            "min": min,
            "pi": lambda: math.pi,
        }
    )

    def number(self, value: Fraction) -> float:
        return float(value)

    def reduced(self, value: float) -> float:
        return value

    def inverse(self, value: float) -> float:
        if value == 0:
            raise Undefined
        return 1 / value

    def function(self, name: str) -> Callable[..., Any]:
        return guarded(self._FUNCTIONS[name])

    def power(self, base: Any, exponent: Any) -> Any:
        if (base < 0 and exponent != int(exponent)) or (base == 0 and exponent < 0):
            raise Undefined
        return guarded(lambda: base**exponent)()


def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with Undefined for every argument at which it has no value."""

    def call(*args: Any) -> Any:
        try:
            return function(*args)
        except (ValueError, OverflowError, ZeroDivisionError) as error:
            raise Undefined from error

    return call


def draw(numbers: Numbers, source: random.Random, *, positive: bool = False, scale: float = 1.0) -> Any:
    """A random number at which to compare expressions, away from zero."""
    if numbers.exact:
        return source.randrange(1, PRIME)
    size = scale * source.uniform(0.4, 1.9)
    return size if positive or source.random() < 0.5 else -size
