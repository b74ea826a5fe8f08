"""Forty decimal digits, to confirm what floats call equal: `exp(x) + 1e-12` is not exp(x)."""

from collections.abc import Callable, Mapping
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from autograder.expressions.fields import Undefined

DIGITS = Context(prec=40, Emax=100_000, Emin=-100_000)
_PI = Decimal("3.141592653589793238462643383279502884197169399375105820974944592")


def _sin(value: Decimal) -> Decimal:
    """Taylor's series, after taking full turns off."""
    value %= 2 * _PI
    term = total = value
    for k in range(2, 120, 2):
        term *= -value * value / (k * (k + 1))
        total += term
    return total


def _cos(value: Decimal) -> Decimal:
    return _sin(value + _PI / 2)


def _tanh(value: Decimal) -> Decimal:
    square = (2 * value).exp()
    return (square - 1) / (square + 1)


class Digits:
    """Decimal numbers of forty digits; values have meaning within `working()` only."""

    exact = False
    _FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
        {
            "exp": Decimal.exp,
            "ln": Decimal.ln,
            "log2": lambda value: value.ln() / Decimal(2).ln(),
            "log10": Decimal.log10,
            "sin": _sin,
            "cos": _cos,
            "tan": lambda value: _sin(value) / _cos(value),
            "sinh": lambda value: (value.exp() - (-value).exp()) / 2,
            "cosh": lambda value: (value.exp() + (-value).exp()) / 2,
            "tanh": _tanh,
            "sqrt": Decimal.sqrt,
            "sigmoid": lambda value: 1 / (1 + (-value).exp()),
            "softplus": lambda value: (1 + value.exp()).ln(),
            "relu": lambda value: max(value, Decimal(0)),
            "sign": lambda value: Decimal((value > 0) - (value < 0)),
            "floor": lambda value: value.to_integral_value("ROUND_FLOOR"),
            "ceil": lambda value: value.to_integral_value("ROUND_CEILING"),
            "round": lambda value: (value + Decimal("0.5")).to_integral_value("ROUND_FLOOR"),
            "abs": abs,
            "max": max,
            "min": min,
            "pi": lambda: _PI,
        }
    )

    @staticmethod
    def working() -> Any:
        """The context in which to compute."""
        return localcontext(DIGITS)

    def number(self, value: Fraction) -> Decimal:
        return Decimal(value.numerator) / Decimal(value.denominator)

    def reduced(self, value: Decimal) -> Decimal:
        return value

    def inverse(self, value: Decimal) -> Decimal:
        if value == 0:
            raise Undefined
        return 1 / value

    def function(self, name: str) -> Callable[..., Any]:
        return self._FUNCTIONS[name]

    def power(self, base: Any, exponent: Any) -> Any:
        if base < 0 and exponent != exponent.to_integral_value():
            raise Undefined
        return base**exponent
