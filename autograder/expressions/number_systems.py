"""The numbers an expression is evaluated with: modulo a prime, fractions, floats, and many decimal digits.

Everything that evaluates goes through the Protocol `NumberSystem`, so that one evaluator serves them all.
Which one is taken where:

| system | exact | for |
|---|---|---|
| `Modular` | yes | comparing an answer with a key: an identity holds or it does not, without a tolerance |
| `Floats` | no | the same, where exp, roots or norms have no exact value |
| `ManyDigits` | no | deciding what floats cannot: `exp(x) + 1e-12` is not exp(x) |
| `Rationals` | yes | keys and drawn values of numeric questions: 1/3 stays 1/3 |
| `MultiPrecision` | no | inequalities of witness questions, to as many digits as asked for |
"""

import math
from collections.abc import Callable, Mapping
from decimal import Context, Decimal, getcontext, localcontext
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Protocol

PRIME = (1 << 61) - 1
"""A random polynomial identity that is false holds at a random point with probability degree / PRIME."""


class Undefined(Exception):  # noqa: N818 -- no error of ours: an expression may have no value at a point
    """The expression has no value here: a division by zero, the logarithm of a negative number."""


class Inexact(Exception):  # noqa: N818 -- a question to the caller: take floats instead
    """The expression needs a function that has no exact values."""


class NumberSystem(Protocol):
    """What evaluation needs of a number system; sums and products are those of Python."""

    exact: bool
    """Whether equal values are equal to the last digit, so that no tolerance is needed."""
    negligible: Fraction
    """Beside 1, what is left of zero by rounding; 0 where nothing is rounded."""

    def from_fraction(self, value: Fraction) -> Any:
        """A literal as a number of this system; raises Undefined where there is none."""

    def reduce(self, value: Any) -> Any:
        """The value after sums and products, in its normal form; raises Inexact beyond all bounds."""

    def invert(self, value: Any) -> Any:
        """1 / value; raises Undefined."""

    def function(self, name: str) -> Callable[..., Any]:
        """The function of that name in `vocabulary`, on numbers of this system.

        Raises Inexact where it has no exact values. The function itself raises Undefined or ArithmeticError
        outside its domain.
        """

    def power(self, base: Any, exponent: Any) -> Any:
        """A power where the exponent is no whole literal; raises Undefined or Inexact."""


class Modular(NumberSystem):
    """Whole numbers modulo PRIME: exact, and as fast as integers are."""

    exact = True
    negligible = Fraction(0)

    def from_fraction(self, value: Fraction) -> int:
        if value.denominator % PRIME == 0:
            raise Undefined
        return value.numerator % PRIME * pow(value.denominator, -1, PRIME) % PRIME

    def reduce(self, value: int) -> int:
        return value % PRIME

    def invert(self, value: int) -> int:
        if value % PRIME == 0:
            raise Undefined
        return pow(value, -1, PRIME)

    def function(self, name: str) -> Callable[..., Any]:
        raise Inexact(name)

    def power(self, base: Any, exponent: Any) -> Any:
        raise Inexact("power")


class Rationals(NumberSystem):
    """Fractions, for keys and drawn values: 1/3 stays 1/3."""

    exact = True
    negligible = Fraction(0)
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
            "step": lambda value: Fraction(value > 0),
        }
    )
    MAX_BITS = 20_000

    def from_fraction(self, value: Fraction) -> Fraction:
        return value

    def reduce(self, value: Fraction) -> Fraction:
        if value.numerator.bit_length() > self.MAX_BITS:
            raise Inexact("too many digits")
        return value

    def invert(self, value: Fraction) -> Fraction:
        if value == 0:
            raise Undefined
        return 1 / Fraction(value)

    def function(self, name: str) -> Callable[..., Any]:
        if name not in self._FUNCTIONS:
            raise Inexact(name)
        return self._FUNCTIONS[name]

    def power(self, base: Any, exponent: Any) -> Any:
        raise Inexact("power")


class Floats(NumberSystem):
    """Double precision."""

    exact = False
    negligible = Fraction(1, 10**11)
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
            "length": math.sqrt,  # of a vector: it has no kink that random vectors would miss
            "sigmoid": lambda value: (
                1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))
            ),
            "softplus": lambda value: max(value, 0.0) + math.log1p(math.exp(-abs(value))),
            "relu": lambda value: max(value, 0.0),
            "sign": lambda value: float((value > 0) - (value < 0)),
            "floor": math.floor,
            "ceil": math.ceil,
            "round": lambda value: math.floor(value + 0.5),
            "abs": abs,
            "step": lambda value: float(value > 0),
            "arcsin": math.asin,
            "arccos": math.acos,
            "arctan": math.atan,
            "arctanh": math.atanh,
            "erf": math.erf,
            "max": max,
            "min": min,
            "pi": lambda: math.pi,
        }
    )

    def from_fraction(self, value: Fraction) -> float:
        return float(value)

    def reduce(self, value: float) -> float:
        return value

    def invert(self, value: float) -> float:
        if value == 0:
            raise Undefined
        return 1 / value

    def function(self, name: str) -> Callable[..., Any]:
        return _with_domain(self._FUNCTIONS[name])

    def power(self, base: Any, exponent: Any) -> Any:
        if (base < 0 and exponent != int(exponent)) or (base == 0 and exponent < 0):
            raise Undefined
        return _with_domain(lambda: base**exponent)()


def _with_domain(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with Undefined for every argument at which it has no value."""

    def call(*args: Any) -> Any:
        try:
            return function(*args)
        except (ValueError, OverflowError, ZeroDivisionError) as error:
            raise Undefined from error

    return call


FORTY = 40
"""Digits that decide where floats differ."""
_PI = Decimal(
    "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214"
    "808651328230664709384460955058223172535940812848111745"
)


def _sin(value: Decimal) -> Decimal:
    """Taylor's series, after taking full turns off."""
    value %= 2 * _PI
    if value > _PI:
        value -= 2 * _PI
    elif value < -_PI:
        value += 2 * _PI
    term = total = value
    least = Decimal(10) ** -(getcontext().prec + 5) * (abs(value) or 1)
    for k in range(2, 400, 2):
        term *= -value * value / (k * (k + 1))
        total += term
        if abs(term) < least:
            break
    return total


def _cos(value: Decimal) -> Decimal:
    return _sin(value + _PI / 2)


def _by_mpmath(name: str) -> Callable[[Decimal], Decimal]:
    """A function that Decimal has not, computed by mpmath with as many digits."""

    def call(value: Decimal) -> Decimal:
        numbers = MultiPrecision(getcontext().prec + 5)
        context = numbers.context
        return Decimal(context.nstr(numbers.function(name)(context.mpf(str(value))), getcontext().prec))

    return call


class ManyDigits(NumberSystem):
    """Decimal numbers of forty digits or more; values have meaning within `working()` only.

    `largest` is the largest number met: what its last digit is worth may be left of a zero.
    """

    exact = False
    negligible = Fraction(1, 10**30)

    def __init__(self) -> None:
        self.largest = Decimal(0)

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
            "tanh": lambda value: 1 - 2 / ((2 * value).exp() + 1),
            "sqrt": Decimal.sqrt,
            "length": Decimal.sqrt,
            "sigmoid": lambda value: 1 / (1 + (-value).exp()),
            "softplus": lambda value: max(value, Decimal(0)) + (1 + (-abs(value)).exp()).ln(),
            "relu": lambda value: max(value, Decimal(0)),
            "sign": lambda value: Decimal((value > 0) - (value < 0)),
            "step": lambda value: Decimal(value > 0),
            "floor": lambda value: value.to_integral_value("ROUND_FLOOR"),
            "ceil": lambda value: value.to_integral_value("ROUND_CEILING"),
            "round": lambda value: (value + Decimal("0.5")).to_integral_value("ROUND_FLOOR"),
            "abs": abs,
            "max": max,
            "min": min,
            "pi": lambda: _PI,
            **{name: _by_mpmath(name) for name in ("arcsin", "arccos", "arctan", "arctanh", "erf")},
        }
    )

    @staticmethod
    def working(digits: int = FORTY) -> Any:
        """The context in which to compute."""
        return localcontext(Context(prec=digits, Emax=10**12, Emin=-(10**12)))

    def from_fraction(self, value: Fraction) -> Decimal:
        return Decimal(value.numerator) / Decimal(value.denominator)

    def reduce(self, value: Decimal) -> Decimal:
        size = abs(value)
        if size > self.largest:
            self.largest = size
        return value

    def invert(self, value: Decimal) -> Decimal:
        if value == 0:
            raise Undefined
        return 1 / value

    def function(self, name: str) -> Callable[..., Any]:
        return self._FUNCTIONS[name]

    def power(self, base: Any, exponent: Any) -> Any:
        if base < 0 and exponent != exponent.to_integral_value():
            raise Undefined
        return base**exponent


class MultiPrecision(NumberSystem):
    """Floats of `digits` decimal digits, computed by mpmath in a context of their own."""

    exact = False

    def __init__(self, digits: int) -> None:
        from mpmath import MPContext  # type: ignore[import-untyped]  # it ships no types

        self.context = MPContext()
        self.context.dps = digits
        self.negligible = Fraction(1, 10 ** (digits - 5))

    def from_fraction(self, value: Fraction) -> Any:
        return self.context.mpf(value.numerator) / value.denominator

    def reduce(self, value: Any) -> Any:
        return value

    def invert(self, value: Any) -> Any:
        if value == 0:
            raise Undefined
        return 1 / value

    def function(self, name: str) -> Callable[..., Any]:
        own: dict[str, Callable[..., Any]] = {
            "abs": abs,
            "max": max,
            "min": min,
            "pi": lambda: +self.context.pi,
            "sigmoid": lambda value: 1 / (1 + self.context.exp(-value)),
            "softplus": lambda value: self.context.log1p(self.context.exp(value)),
            "relu": lambda value: max(value, self.context.mpf(0)),
            "log2": lambda value: self.context.log(value, 2),
            "step": lambda value: self.context.mpf(value > 0),
            "length": self.context.sqrt,
            "arcsin": self.context.asin,
            "arccos": self.context.acos,
            "arctan": self.context.atan,
            "arctanh": self.context.atanh,
            "round": lambda value: self.context.floor(value + self.context.mpf("0.5")),
        }
        if name in own:
            return self._real(own[name])
        function: Callable[..., Any] = getattr(self.context, "log" if name == "ln" else name)
        return self._real(function)

    def power(self, base: Any, exponent: Any) -> Any:
        return self._real(self.context.power)(base, exponent)

    def _real(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with Undefined where it has no real value."""

        def call(*args: Any) -> Any:
            if any(abs(arg) > 10**6 for arg in args) and function in (self.context.exp, self.context.cosh):
                raise Undefined
            try:
                value = function(*args)
            except (ValueError, OverflowError, ZeroDivisionError) as error:
                raise Undefined from error
            if isinstance(value, self.context.mpc) or not self.context.isfinite(value):
                raise Undefined
            return value

        return call
