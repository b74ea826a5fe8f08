"""Arithmetic of numbers and of matrices kept as lists of rows, over any number system."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from autograder.expressions.fields import Numbers, Undefined


def unary(value: Any, function: Callable[[Any], Any]) -> Any:
    """A function of numbers, entry by entry."""
    if isinstance(value, list):
        return [[function(entry) for entry in row] for row in value]
    return function(value)


def plus(left: Any, right: Any, numbers: Numbers) -> Any:
    """Sum of two values of one shape."""
    if isinstance(left, list) and isinstance(right, list):
        return [
            [numbers.reduced(x + y) for x, y in zip(*rows, strict=True)]
            for rows in zip(left, right, strict=True)
        ]
    if isinstance(left, list) or isinstance(right, list):
        left, right = _spread(left, right), _spread(right, left)
        return plus(left, right, numbers)
    return numbers.reduced(left + right)


def times(left: Any, right: Any, numbers: Numbers) -> Any:
    """Entrywise product of two values of one shape."""
    if isinstance(left, list) and isinstance(right, list):
        return [
            [numbers.reduced(x * y) for x, y in zip(*rows, strict=True)]
            for rows in zip(left, right, strict=True)
        ]
    if isinstance(left, list) or isinstance(right, list):
        return times(_spread(left, right), _spread(right, left), numbers)
    return numbers.reduced(left * right)


def _spread(value: Any, like: Any) -> Any:
    """A one-by-one value as a matrix of the other's shape; other shapes never meet."""
    if isinstance(value, list) or not isinstance(like, list):
        return value
    return [[value for _ in row] for row in like]


def multiplied(left: Any, right: Any, numbers: Numbers) -> Any:
    """Matrix product, or product with a number; one-by-one results are numbers."""
    if not isinstance(left, list):
        return unary(right, lambda entry: numbers.reduced(left * entry))
    if not isinstance(right, list):
        return unary(left, lambda entry: numbers.reduced(entry * right))
    columns = list(zip(*right, strict=True))
    product = [
        [numbers.reduced(sum(x * y for x, y in zip(row, column, strict=True))) for column in columns]
        for row in left
    ]
    return product[0][0] if len(product) == 1 and len(columns) == 1 else product


def transposed(value: Any) -> Any:
    """Rows for columns."""
    return [list(row) for row in zip(*value, strict=True)] if isinstance(value, list) else value


def identity(size: int, numbers: Numbers) -> Any:
    """The identity matrix."""
    one, zero = numbers.number(Fraction(1)), numbers.number(Fraction(0))
    return [[one if row == column else zero for column in range(size)] for row in range(size)]


def inverse(value: Any, numbers: Numbers) -> Any:
    """Inverse of a number or a square matrix, by elimination; raises Undefined if it is singular."""
    if not isinstance(value, list):
        return numbers.inverse(value)
    size = len(value)
    rows = [list(row) + unit for row, unit in zip(value, identity(size, numbers), strict=True)]
    for column in range(size):
        _pivot(rows, column, numbers)
        scale = numbers.inverse(rows[column][column])
        rows[column] = [numbers.reduced(entry * scale) for entry in rows[column]]
        for row in range(size):
            if row != column and rows[row][column]:
                factor = rows[row][column]
                rows[row] = [
                    numbers.reduced(entry - factor * lead)
                    for entry, lead in zip(rows[row], rows[column], strict=True)
                ]
    return [row[size:] for row in rows]


_SINGULAR = Fraction(1, 10**11)


def _pivot(rows: list[list[Any]], column: int, numbers: Numbers) -> bool:
    """Bring the best row up; whether rows changed place. Raises Undefined if none is left."""
    below = range(column, len(rows))
    if numbers.exact:
        best = next((row for row in below if rows[row][column]), None)
    else:
        best = max(below, key=lambda row: abs(rows[row][column]))
        if abs(rows[best][column]) <= numbers.number(_SINGULAR) * max(
            abs(entry) for row in rows for entry in row
        ):
            best = None
    if best is None:
        raise Undefined
    rows[column], rows[best] = rows[best], rows[column]
    return best != column


def determinant(value: Any, numbers: Numbers) -> Any:
    """Determinant by elimination."""
    if not isinstance(value, list):
        return value
    rows, product = [list(row) for row in value], numbers.number(Fraction(1))
    for column in range(len(rows)):
        try:
            swapped = _pivot(rows, column, numbers)
        except Undefined:
            return numbers.number(Fraction(0))
        lead = rows[column][column]
        product = numbers.reduced(-product * lead if swapped else product * lead)
        scale = numbers.inverse(lead)
        for row in range(column + 1, len(rows)):
            factor = numbers.reduced(rows[row][column] * scale)
            rows[row] = [
                numbers.reduced(x - factor * y) for x, y in zip(rows[row], rows[column], strict=True)
            ]
    return product


def cubic(coefficients: Any, at: Any, order: int, numbers: Numbers) -> Any:
    """A function of the question, its gradient or its Hessian: c + b'x + x'Qx + sum t x^3 + sum u x^5.

    `coefficients` are c, b, Q, t, u; b, t, u are lists. Odd powers keep it from being a quadratic form,
    for which too many identities hold.
    """
    constant, linear, quadratic, third, fifth = coefficients
    x = [row[0] for row in at] if isinstance(at, list) else [at]
    reduced, size = numbers.reduced, len(x)
    if order == 0:
        total = constant
        for i in range(size):
            row = sum(quadratic[i][j] * x[j] for j in range(size))
            odd = third[i] * reduced(x[i] ** 3) + fifth[i] * reduced(x[i] ** 5)
            total = reduced(total + x[i] * (linear[i] + row) + odd)
        return total
    both = [[reduced(quadratic[i][j] + quadratic[j][i]) for j in range(size)] for i in range(size)]
    if order == 1:
        gradient = []
        for i in range(size):
            row = linear[i] + sum(both[i][j] * x[j] for j in range(size))
            gradient.append([reduced(row + 3 * third[i] * x[i] ** 2 + 5 * fifth[i] * reduced(x[i] ** 4))])
        return gradient if size > 1 else gradient[0][0]
    for i in range(size):
        both[i][i] = reduced(both[i][i] + 6 * third[i] * x[i] + 20 * fifth[i] * reduced(x[i] ** 3))
    return both if size > 1 else both[0][0]
