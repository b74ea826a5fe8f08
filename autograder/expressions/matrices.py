"""Arithmetic of numbers and of matrices kept as lists of rows, over any number system.

A value is a number, or a list of rows with more than one entry: what is one by one is a number.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

from autograder.expressions.number_systems import NumberSystem, Undefined

Value: TypeAlias = Any


def plain(matrix: Value) -> Value:
    """The entry of a one-by-one matrix, any other matrix as it is."""
    return matrix[0][0] if len(matrix) == 1 and len(matrix[0]) == 1 else matrix


def map_entries(value: Value, function: Callable[[Any], Any]) -> Value:
    """A function of numbers, entry by entry."""
    if isinstance(value, list):
        return [[function(entry) for entry in row] for row in value]
    return function(value)


def add(left: Value, right: Value, numbers: NumberSystem) -> Value:
    """Sum of two values of one shape."""
    if isinstance(left, list) and isinstance(right, list):
        return [
            [numbers.reduce(x + y) for x, y in zip(*rows, strict=True)]
            for rows in zip(left, right, strict=True)
        ]
    if isinstance(left, list) or isinstance(right, list):
        left, right = _spread(left, right), _spread(right, left)
        return add(left, right, numbers)
    return numbers.reduce(left + right)


def multiply_entries(left: Value, right: Value, numbers: NumberSystem) -> Value:
    """Entrywise product of two values of one shape."""
    if isinstance(left, list) and isinstance(right, list):
        return [
            [numbers.reduce(x * y) for x, y in zip(*rows, strict=True)]
            for rows in zip(left, right, strict=True)
        ]
    if isinstance(left, list) or isinstance(right, list):
        return multiply_entries(_spread(left, right), _spread(right, left), numbers)
    return numbers.reduce(left * right)


def _spread(value: Value, like: Value) -> Value:
    """A one-by-one value as a matrix of the other's shape; other shapes never meet."""
    if isinstance(value, list) or not isinstance(like, list):
        return value
    return [[value for _ in row] for row in like]


def multiply(left: Value, right: Value, numbers: NumberSystem) -> Value:
    """Matrix product, or product with a number."""
    if not isinstance(left, list):
        return map_entries(right, lambda entry: numbers.reduce(left * entry))
    if not isinstance(right, list):
        return map_entries(left, lambda entry: numbers.reduce(entry * right))
    columns = list(zip(*right, strict=True))
    product = [
        [numbers.reduce(sum(x * y for x, y in zip(row, column, strict=True))) for column in columns]
        for row in left
    ]
    return product[0][0] if len(product) == 1 and len(columns) == 1 else product


def raise_to(value: Value, times: int, numbers: NumberSystem) -> Value:
    """A whole power of a number or a square matrix; raises Undefined for the inverse of a singular one."""
    if times < 0:
        value, times = invert(value, numbers), -times
    if isinstance(value, list):
        result = identity(len(value), numbers)
        for _ in range(times):
            result = multiply(result, value, numbers)
        return result
    result = numbers.from_fraction(Fraction(1))
    while times:
        if times & 1:
            result = numbers.reduce(result * value)
        times >>= 1
        if times:
            value = numbers.reduce(value * value)
    return result


def transpose(value: Value) -> Value:
    """Rows for columns."""
    return [list(row) for row in zip(*value, strict=True)] if isinstance(value, list) else value


def identity(size: int, numbers: NumberSystem) -> Value:
    """The identity matrix, as rows even where it is one by one."""
    one, zero = numbers.from_fraction(Fraction(1)), numbers.from_fraction(Fraction(0))
    return [[one if row == column else zero for column in range(size)] for row in range(size)]


def invert(value: Value, numbers: NumberSystem) -> Value:
    """Inverse of a number or a square matrix, by elimination; raises Undefined if it is singular."""
    if not isinstance(value, list):
        return numbers.invert(value)
    size = len(value)
    rows = [list(row) + unit for row, unit in zip(value, identity(size, numbers), strict=True)]
    for column in range(size):
        _pivot(rows, column, numbers)
        scale = numbers.invert(rows[column][column])
        rows[column] = [numbers.reduce(entry * scale) for entry in rows[column]]
        for row in range(size):
            if row != column and rows[row][column]:
                factor = rows[row][column]
                rows[row] = [
                    numbers.reduce(entry - factor * lead)
                    for entry, lead in zip(rows[row], rows[column], strict=True)
                ]
    return [row[size:] for row in rows]


def pseudo_invert(value: Value, numbers: NumberSystem) -> Value:
    """Pseudo-inverse of a number, or of a matrix of full rank, as a matrix of symbols is."""
    if not isinstance(value, list):
        return numbers.invert(value)
    turned = transpose(value)
    if len(value) >= len(value[0]):
        return multiply(invert(multiply(turned, value, numbers), numbers), turned, numbers)
    return multiply(turned, invert(multiply(value, turned, numbers), numbers), numbers)


def _pivot(rows: list[list[Any]], column: int, numbers: NumberSystem) -> bool:
    """Bring the best row up; whether rows changed place. Raises Undefined if none is left."""
    below = range(column, len(rows))
    if numbers.exact:
        best = next((row for row in below if rows[row][column]), None)
    else:
        best = max(below, key=lambda row: abs(rows[row][column]))
        # A pivot this small beside the largest entry counts as zero.
        if abs(rows[best][column]) <= numbers.from_fraction(numbers.negligible) * max(
            abs(entry) for row in rows for entry in row
        ):
            best = None
    if best is None:
        raise Undefined
    rows[column], rows[best] = rows[best], rows[column]
    return best != column


def determinant(value: Value, numbers: NumberSystem) -> Any:
    """Determinant by elimination."""
    if not isinstance(value, list):
        return value
    rows, product = [list(row) for row in value], numbers.from_fraction(Fraction(1))
    for column in range(len(rows)):
        try:
            swapped = _pivot(rows, column, numbers)
        except Undefined:
            return numbers.from_fraction(Fraction(0))
        lead = rows[column][column]
        product = numbers.reduce(-product * lead if swapped else product * lead)
        scale = numbers.invert(lead)
        for row in range(column + 1, len(rows)):
            factor = numbers.reduce(rows[row][column] * scale)
            rows[row] = [numbers.reduce(x - factor * y) for x, y in zip(rows[row], rows[column], strict=True)]
    return product


def trace(value: Value, numbers: NumberSystem) -> Any:
    """The sum of a matrix's diagonal."""
    if not isinstance(value, list):
        return value
    return numbers.reduce(sum(value[place][place] for place in range(len(value))))


def sum_entries(value: Value, numbers: NumberSystem) -> Any:
    """The sum of all entries."""
    return numbers.reduce(sum(sum(row) for row in value)) if isinstance(value, list) else value


def sum_squares(value: Value, numbers: NumberSystem) -> Any:
    """The sum of the squares of all entries: the Euclidean norm squared."""
    if not isinstance(value, list):
        return numbers.reduce(value * value)
    return numbers.reduce(sum(entry * entry for row in value for entry in row))


def diagonal(value: Value, _numbers: NumberSystem) -> Value:
    """The diagonal of a matrix as a column, or the diagonal matrix of a column."""
    if not isinstance(value, list):
        return value
    if len(value[0]) > 1:
        return [[value[place][place]] for place in range(len(value))]
    return [[row[0] if i == j else 0 * row[0] for j in range(len(value))] for i, row in enumerate(value)]


def eigenvalues(value: Value, numbers: NumberSystem) -> list[Any]:
    """The eigenvalues of a symmetric matrix, the smallest first, by Jacobi's rotations.

    Raises Undefined for a matrix that is not symmetric, whose eigenvalues need not be real.
    """
    root = numbers.function("sqrt")
    if not isinstance(value, list):
        return [value]
    rows, size = [list(row) for row in value], len(value)
    scale = max(abs(entry) for row in rows for entry in row)
    least = scale * numbers.from_fraction(numbers.negligible)
    if any(abs(rows[i][j] - rows[j][i]) > least for i in range(size) for j in range(i)):
        raise Undefined
    for _ in range(_SWEEPS):
        if all(abs(rows[i][j]) <= least * least for i in range(size) for j in range(i)):
            break
        for i in range(size):
            for j in range(i):
                if rows[i][j]:
                    _rotate(rows, i, j, root)
    return sorted(rows[place][place] for place in range(size))


_SWEEPS = 30


def _rotate(rows: list[list[Any]], i: int, j: int, root: Callable[[Any], Any]) -> None:
    """Turn two axes so that the entry beside them vanishes."""
    turn = (rows[j][j] - rows[i][i]) / (2 * rows[i][j])
    tangent = (1 if turn >= 0 else -1) / (abs(turn) + root(turn * turn + 1))
    cosine = 1 / root(tangent * tangent + 1)
    sine = tangent * cosine
    for row in rows:
        row[i], row[j] = cosine * row[i] - sine * row[j], sine * row[i] + cosine * row[j]
    rows[i], rows[j] = (
        [cosine * x - sine * y for x, y in zip(rows[i], rows[j], strict=True)],
        [sine * x + cosine * y for x, y in zip(rows[i], rows[j], strict=True)],
    )


def singular_values(value: Value, numbers: NumberSystem) -> list[Any]:
    """The singular values of a matrix, the smallest first."""
    if not isinstance(value, list):
        return [numbers.function("abs")(value)]
    turned = transpose(value)
    tall = len(value) >= len(value[0])
    small = multiply(turned, value, numbers) if tall else multiply(value, turned, numbers)
    root, zero = numbers.function("length"), numbers.from_fraction(Fraction(0))
    return [root(entry) if entry > zero else zero for entry in eigenvalues(small, numbers)]


def rank(value: Value, numbers: NumberSystem) -> Any:
    """The rank, by elimination."""
    rows = [list(row) for row in value] if isinstance(value, list) else [[value]]
    found, width = 0, len(rows[0])
    for column in range(width):
        try:
            below = rows[found:]
            _pivot_in(below, column, numbers)
        except Undefined:
            continue
        rows[found:] = below
        scale = numbers.invert(rows[found][column])
        for row in range(found + 1, len(rows)):
            factor = numbers.reduce(rows[row][column] * scale)
            rows[row] = [numbers.reduce(x - factor * y) for x, y in zip(rows[row], rows[found], strict=True)]
        found += 1
    return numbers.from_fraction(Fraction(found))


def _pivot_in(rows: list[list[Any]], column: int, numbers: NumberSystem) -> None:
    """Bring the row with the largest entry of a column up; raises Undefined where all vanish."""
    if not rows:
        raise Undefined
    if numbers.exact:
        best = next((row for row in rows if row[column]), None)
    else:
        best = max(rows, key=lambda row: abs(row[column]))
        scale = max((abs(entry) for row in rows for entry in row), default=0)
        if abs(best[column]) <= scale * numbers.from_fraction(numbers.negligible):
            best = None
    if best is None:
        raise Undefined
    rows.remove(best)
    rows.insert(0, best)


def softmax(value: Value, numbers: NumberSystem) -> Value:
    """The exponentials of the entries of a vector, divided by their sum."""
    raised = map_entries(value, numbers.function("exp"))
    scale = numbers.invert(sum_entries(raised, numbers))
    return map_entries(raised, lambda entry: numbers.reduce(entry * scale))


def logsumexp(value: Value, numbers: NumberSystem) -> Any:
    """The logarithm of the sum of the exponentials of the entries."""
    return numbers.function("ln")(sum_entries(map_entries(value, numbers.function("exp")), numbers))


def combine(left: Value, right: Value, function: Callable[[Any, Any], Any]) -> Value:
    """A function of two numbers, entry by entry; a number beside an array goes with each entry."""
    left, right = _spread(left, right), _spread(right, left)
    return [[function(x, y) for x, y in zip(*rows, strict=True)] for rows in zip(left, right, strict=True)]
