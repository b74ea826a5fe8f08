"""Numbers of as many digits as asked for, for the inequalities of witness questions."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from autograder.expressions.fields import Undefined


class Precise:
    """Floats of `digits` decimal digits, computed by mpmath in a context of their own."""

    exact = False

    def __init__(self, digits: int) -> None:
        from mpmath import MPContext  # type: ignore[import-untyped]  # it ships no types

        self.context = MPContext()
        self.context.dps = digits

    def number(self, value: Fraction) -> Any:
        return self.context.mpf(value.numerator) / value.denominator

    def reduced(self, value: Any) -> Any:
        return value

    def inverse(self, value: Any) -> Any:
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
