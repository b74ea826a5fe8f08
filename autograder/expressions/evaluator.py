"""The value of a shaped tree at one point: numbers, and matrices as lists of rows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from autograder.expressions.arrays import (
    cubic,
    determinant,
    identity,
    inverse,
    multiplied,
    plus,
    times,
    transposed,
    unary,
)
from autograder.expressions.fields import Numbers, Undefined
from autograder.expressions.shapes import ShapeKind
from autograder.expressions.tree import Node, constant

MAX_EXPONENT = 400


@dataclass(frozen=True, slots=True)
class Point:
    """What every symbol and every size is at one point."""

    numbers: Numbers
    sizes: Mapping[str, int]
    values: Mapping[str, Any]
    functions: Mapping[str, Any] = field(default_factory=dict)
    """Coefficients of each function of the question, a polynomial: see `arrays.cubic`."""

    def size(self, name: str) -> int:
        """How many rows or columns a size means here."""
        return 1 if name == "1" else self.sizes[name]


class Evaluator:
    """Evaluates trees at one point; keeps what the indices of sums are."""

    def __init__(self, point: Point) -> None:
        self.point = point
        self.numbers = point.numbers
        self.index: dict[str, int] = {}

    def value(self, tree: Node) -> Any:
        """The value; raises Undefined where there is none, Inexact where it is not exact."""
        return _RULES[tree.op](self, tree)

    def components(self, tree: Node, indices: list[tuple[str, str]]) -> Any:
        """The vector or matrix whose entry is the tree at each value of its free indices, two at most."""
        if not indices:
            return self.value(tree)
        return [list(self._along(tree, indices[1:])) for _ in self._run(indices[0])]

    def _along(self, tree: Node, indices: list[tuple[str, str]]) -> Iterator[Any]:
        if not indices:
            yield self.value(tree)
        else:
            yield from (self.value(tree) for _ in self._run(indices[0]))

    def _run(self, index: tuple[str, str]) -> Iterator[None]:
        """Let an index run over its size."""
        name, size = index
        for place in range(self.point.size(size)):
            self.index[name] = place
            yield

    def _number(self, tree: Node) -> Any:
        return self.numbers.number(Fraction(tree.value))

    def _pi(self, tree: Node) -> Any:
        return self.numbers.function("pi")()

    def _symbol(self, tree: Node) -> Any:
        return self.point.values[tree.value]

    def _size(self, tree: Node) -> Any:
        return self.numbers.number(Fraction(self.point.size(tree.value)))

    def _identity(self, tree: Node) -> Any:
        return self._plain(identity(self.point.size(tree.value), self.numbers))

    def _ones(self, tree: Node) -> Any:
        return self._plain([[self.numbers.number(Fraction(1))] for _ in range(self.point.size(tree.value))])

    def _zeros(self, tree: Node) -> Any:
        zero = self.numbers.number(Fraction(0))
        if tree.shape is None or tree.shape.kind is ShapeKind.NUMBER:
            return zero
        return [[zero] for _ in range(self.point.size(tree.value))]

    @staticmethod
    def _plain(matrix: Any) -> Any:
        return matrix[0][0] if len(matrix) == 1 and len(matrix[0]) == 1 else matrix

    def _add(self, tree: Node) -> Any:
        total = self.value(tree.args[0])
        for term in tree.args[1:]:
            total = plus(total, self.value(term), self.numbers)
        return total

    def _negative(self, tree: Node) -> Any:
        return unary(self.value(tree.args[0]), lambda entry: self.numbers.reduced(-entry))

    def _product(self, tree: Node) -> Any:
        return multiplied(self.value(tree.args[0]), self.value(tree.args[1]), self.numbers)

    def _entrywise(self, tree: Node) -> Any:
        return times(self.value(tree.args[0]), self.value(tree.args[1]), self.numbers)

    def _divide(self, tree: Node) -> Any:
        below = self.numbers.inverse(self.value(tree.args[1]))
        return multiplied(self.value(tree.args[0]), below, self.numbers)

    def _inner(self, tree: Node) -> Any:
        left, right = (self.value(part) for part in tree.args)
        product = times(left, right, self.numbers)
        if not isinstance(product, list):
            return product
        return self.numbers.reduced(sum(sum(row) for row in product))

    def _transpose(self, tree: Node) -> Any:
        return transposed(self.value(tree.args[0]))

    def _inverse(self, tree: Node) -> Any:
        return inverse(self.value(tree.args[0]), self.numbers)

    def _power(self, tree: Node) -> Any:
        base, raised = tree.args
        times_ = constant(raised)
        if base.op == "norm" and base.value == "2" and times_ is not None and times_ % 2 == 0:
            return self._whole_power(self._square(base.args[0]), int(times_ / 2))
        value = self.value(base)
        if times_ is not None and times_.denominator == 1 and abs(times_) <= MAX_EXPONENT:
            return self._whole_power(value, int(times_))
        return self.numbers.power(value, self.value(raised))

    def _whole_power(self, value: Any, times_: int) -> Any:
        if times_ < 0:
            value, times_ = inverse(value, self.numbers), -times_
        if not isinstance(value, list):
            return self._scalar_power(value, times_)
        result = identity(len(value), self.numbers)
        for _ in range(times_):
            result = multiplied(result, value, self.numbers)
        return result

    def _scalar_power(self, value: Any, times_: int) -> Any:
        result = self.numbers.number(Fraction(1))
        while times_:
            if times_ & 1:
                result = self.numbers.reduced(result * value)
            times_ >>= 1
            if times_:
                value = self.numbers.reduced(value * value)
        return result

    def _square(self, tree: Node) -> Any:
        value = self.value(tree)
        if not isinstance(value, list):
            return self.numbers.reduced(value * value)
        return self.numbers.reduced(sum(entry * entry for row in value for entry in row))

    def _norm(self, tree: Node) -> Any:
        if tree.value == "2":
            return self.numbers.function("sqrt")(self._square(tree.args[0]))
        value = self.value(tree.args[0])
        sizes = [abs(entry) for row in value for entry in row] if isinstance(value, list) else [abs(value)]
        self.numbers.function("sqrt")  # exact numbers modulo a prime have no size
        return sum(sizes) if tree.value == "1" else max(sizes)

    def _call(self, tree: Node) -> Any:
        parts = [self.value(part) for part in tree.args]
        if tree.value in _OF_MATRIX:
            return _OF_MATRIX[tree.value](self, parts[0])
        function = self.numbers.function(tree.value)
        return unary(parts[0], function) if len(parts) == 1 else function(*parts)

    def _trace(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return self.numbers.reduced(sum(value[place][place] for place in range(len(value))))

    def _determinant(self, value: Any) -> Any:
        return determinant(value, self.numbers)

    def _pseudo_inverse(self, value: Any) -> Any:
        """Of a matrix of full rank, as a matrix of symbols is."""
        if not isinstance(value, list):
            return self.numbers.inverse(value)
        turned, numbers = transposed(value), self.numbers
        if len(value) >= len(value[0]):
            return multiplied(inverse(multiplied(turned, value, numbers), numbers), turned, numbers)
        return multiplied(turned, inverse(multiplied(value, turned, numbers), numbers), numbers)

    def _diagonal(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        if len(value[0]) > 1:
            return [[value[place][place]] for place in range(len(value))]
        return [[row[0] if i == j else 0 * row[0] for j in range(len(value))] for i, row in enumerate(value)]

    def _total(self, value: Any) -> Any:
        return self.numbers.reduced(sum(sum(row) for row in value)) if isinstance(value, list) else value

    def _apply(self, tree: Node) -> Any:
        name, order = tree.value
        coefficients = self.point.functions[name]
        value = self.value(tree.args[0])
        if (
            tree.shape is not None
            and tree.shape.is_array
            and len(coefficients[1]) == 1
            and isinstance(value, list)
        ):
            return unary(value, lambda entry: cubic(coefficients, entry, order, self.numbers))
        return cubic(coefficients, value, order, self.numbers)

    def _entry(self, tree: Node) -> Any:
        value = self.value(tree.args[0])
        if not isinstance(value, list):
            return value
        places = [int(index) - 1 if index.isdigit() else self.index[index] for index in tree.value]
        if len(places) == 2:
            return value[self._within(places[0], value)][self._within(places[1], value[0])]
        return (
            value[self._within(places[0], value)][0]
            if len(value[0]) == 1
            else value[0][places[0] % len(value[0])]
        )

    def _row(self, tree: Node) -> Any:
        value, index = self.value(tree.args[0]), tree.value[0]
        place = int(index) - 1 if index.isdigit() else self.index[index]
        if not isinstance(value, list):
            return value
        return self._plain([[entry] for entry in value[self._within(place, value)]])

    @staticmethod
    def _within(place: int, values: Any) -> int:
        if place >= len(values):
            raise Undefined
        return place

    def _sum(self, tree: Node) -> Any:
        index, size = tree.value
        kept = self.index.get(index)
        total: Any = None
        for place in range(self.point.size(size)):
            self.index[index] = place
            term = self.value(tree.args[0])
            total = term if total is None else plus(total, term, self.numbers)
        if kept is not None:
            self.index[index] = kept
        return total


_OF_MATRIX: Mapping[str, Callable[[Evaluator, Any], Any]] = {
    "tr": Evaluator._trace,
    "det": Evaluator._determinant,
    "diag": Evaluator._diagonal,
    "pinv": Evaluator._pseudo_inverse,
    "total": Evaluator._total,
}
_RULES: Mapping[str, Callable[[Evaluator, Node], Any]] = {
    "number": Evaluator._number,
    "pi": Evaluator._pi,
    "symbol": Evaluator._symbol,
    "size": Evaluator._size,
    "identity": Evaluator._identity,
    "ones": Evaluator._ones,
    "zeros": Evaluator._zeros,
    "add": Evaluator._add,
    "negative": Evaluator._negative,
    "product": Evaluator._product,
    "entrywise": Evaluator._entrywise,
    "divide": Evaluator._divide,
    "inner": Evaluator._inner,
    "transpose": Evaluator._transpose,
    "inverse": Evaluator._inverse,
    "power": Evaluator._power,
    "norm": Evaluator._norm,
    "call": Evaluator._call,
    "apply": Evaluator._apply,
    "entry": Evaluator._entry,
    "row": Evaluator._row,
    "sum": Evaluator._sum,
}
