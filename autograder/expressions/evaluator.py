"""The evaluator: the value of a shaped tree at one point.

Every op of the table in `tree`, but those of conditions, has a rule: the method `_evaluate_` and its name.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import reduce
from typing import Any

from autograder.expressions import matrices
from autograder.expressions.chance import WEIGHTS, RandomVariable, at_atom
from autograder.expressions.matrices import Value
from autograder.expressions.number_systems import NumberSystem, Undefined
from autograder.expressions.point import Point
from autograder.expressions.shapes import ShapeKind
from autograder.expressions.tree import Node, constant, rules_of
from autograder.expressions.vocabulary import DERIVED

MAX_EXPONENT = 400


class Evaluator:
    """Evaluates trees at one point; keeps what the indices of sums are."""

    def __init__(self, point: Point) -> None:
        self.point = point
        self.numbers = point.numbers
        self.index: dict[str, int] = {}
        self.around = point
        """The point outside all expectations."""
        self.atoms: dict[tuple[tuple[RandomVariable, ...], int], Point] = {}

    def value(self, tree: Node) -> Value:
        """The value; raises Undefined where there is none, Inexact where it is not exact."""
        return _RULES[tree.op](self, tree)

    def components(self, tree: Node, indices: list[tuple[str, str]]) -> Value:
        """The vector or matrix whose entry is the tree at each value of its free indices, two at most."""
        if not indices:
            return self.value(tree)
        rows = self._run(indices[0])
        if len(indices) == 1:
            return [[self.value(tree)] for _ in rows]
        return [[self.value(tree) for _ in self._run(indices[1])] for _ in rows]

    def _run(self, index: tuple[str, str]) -> Iterator[None]:
        """Let an index run over its size."""
        name, size = index
        for place in range(self.point.size(size)):
            self.index[name] = place
            yield

    def _evaluate_number(self, tree: Node) -> Value:
        return self.numbers.from_fraction(Fraction(tree.value))

    def _evaluate_pi(self, _tree: Node) -> Value:
        return self.numbers.function("pi")()

    def _evaluate_symbol(self, tree: Node) -> Value:
        return self.point.values[tree.value]

    def _evaluate_size(self, tree: Node) -> Value:
        return self.numbers.from_fraction(Fraction(self.point.size(tree.value)))

    def _evaluate_identity(self, tree: Node) -> Value:
        return matrices.plain(matrices.identity(self.point.size(tree.value), self.numbers))

    def _evaluate_ones(self, tree: Node) -> Value:
        one = self.numbers.from_fraction(Fraction(1))
        return matrices.plain([[one] for _ in range(self.point.size(tree.value))])

    def _evaluate_zeros(self, tree: Node) -> Value:
        zero = self.numbers.from_fraction(Fraction(0))
        if tree.shape is None or tree.shape.kind is ShapeKind.NUMBER:
            return zero
        return [[zero] for _ in range(self.point.size(tree.value))]

    def _evaluate_add(self, tree: Node) -> Value:
        total = self.value(tree.args[0])
        for term in tree.args[1:]:
            total = matrices.add(total, self.value(term), self.numbers)
        return total

    def _evaluate_negative(self, tree: Node) -> Value:
        return matrices.map_entries(self.value(tree.args[0]), lambda entry: self.numbers.reduce(-entry))

    def _evaluate_product(self, tree: Node) -> Value:
        return matrices.multiply(self.value(tree.args[0]), self.value(tree.args[1]), self.numbers)

    def _evaluate_entrywise(self, tree: Node) -> Value:
        return matrices.multiply_entries(self.value(tree.args[0]), self.value(tree.args[1]), self.numbers)

    def _evaluate_divide(self, tree: Node) -> Value:
        below = self.numbers.invert(self.value(tree.args[1]))
        return matrices.multiply(self.value(tree.args[0]), below, self.numbers)

    def _evaluate_inner(self, tree: Node) -> Value:
        left, right = (self.value(part) for part in tree.args)
        product = matrices.multiply_entries(left, right, self.numbers)
        return matrices.sum_entries(product, self.numbers)

    def _evaluate_transpose(self, tree: Node) -> Value:
        return matrices.transpose(self.value(tree.args[0]))

    def _evaluate_inverse(self, tree: Node) -> Value:
        return matrices.invert(self.value(tree.args[0]), self.numbers)

    def _evaluate_power(self, tree: Node) -> Value:
        base, raised = tree.args
        times = constant(raised)
        if base.op == "norm" and base.value in ("2", "F") and times is not None and times % 2 == 0:
            # An even power of a norm is exact: no root is drawn.
            square = matrices.sum_squares(self.value(base.args[0]), self.numbers)
            return matrices.raise_to(square, int(times / 2), self.numbers)
        value = self.value(base)
        if tree.value == ".^" and isinstance(value, list):
            return self._raise_entries(value, times, self.value(raised))
        if times is not None and times.denominator == 1 and abs(times) <= MAX_EXPONENT:
            return matrices.raise_to(value, int(times), self.numbers)
        return self.numbers.power(value, self.value(raised))

    def _raise_entries(self, value: Value, times: Fraction | None, exponent: Value) -> Value:
        if times is not None and times.denominator == 1 and abs(times) <= MAX_EXPONENT:
            return matrices.map_entries(
                value, lambda entry: matrices.raise_to(entry, int(times), self.numbers)
            )
        return matrices.map_entries(value, lambda entry: self.numbers.power(entry, exponent))

    def _evaluate_stack(self, tree: Node) -> Value:
        rows, columns, _ = tree.value
        entries = [self.value(part) for part in tree.args]
        return matrices.plain([entries[row * columns : (row + 1) * columns] for row in range(rows)])

    def _evaluate_norm(self, tree: Node) -> Value:
        value, kind = self.value(tree.args[0]), tree.value
        size = self.numbers.function("abs")  # raises Inexact: numbers modulo a prime have no size
        if not isinstance(value, list):
            return size(value)
        if kind in ("2", "F"):
            return self.numbers.function("length")(matrices.sum_squares(value, self.numbers))
        if kind in ("spectral", "nuclear"):
            found = matrices.singular_values(value, self.numbers)
            return found[-1] if kind == "spectral" else sum(found)
        sizes = [size(entry) for row in value for entry in row]
        return sum(sizes) if kind == "1" else reduce(self.numbers.function("max"), sizes)

    def _evaluate_call(self, tree: Node) -> Value:
        parts = [self.value(part) for part in tree.args]
        if tree.value in _OF_MATRIX:
            return _OF_MATRIX[tree.value](parts[0], self.numbers)
        function = self._function(tree.value)
        if len(parts) == 2 and any(isinstance(part, list) for part in parts):  # max(0, v), entry by entry
            return matrices.combine(parts[0], parts[1], function)
        if tree.value in ("max", "min"):
            entries = [entry for row in parts[0] for entry in row] if len(parts) == 1 else parts
            return reduce(function, entries)
        return matrices.map_entries(parts[0], function) if len(parts) == 1 else function(*parts)

    def _function(self, name: str) -> Callable[..., Any]:
        derived = DERIVED.get(name)
        if derived is None:
            return self.numbers.function(name)
        if name != "recip":
            self.numbers.function("exp")  # raises Inexact modulo a prime
            return lambda value: _or_undefined(derived, self.numbers.function, value)
        return self.numbers.invert

    def _evaluate_apply(self, tree: Node) -> Value:
        name, order = tree.value
        coefficients = self.point.functions[name]
        value = self.value(tree.args[0])
        of_numbers = len(coefficients[1]) == 1
        if tree.shape is not None and tree.shape.is_array and of_numbers and isinstance(value, list):
            return matrices.map_entries(
                value, lambda entry: polynomial_at(coefficients, entry, order, self.numbers)
            )
        return polynomial_at(coefficients, value, order, self.numbers)

    def _evaluate_entry(self, tree: Node) -> Value:
        value = self.value(tree.args[0])
        if not isinstance(value, list):
            return value
        places = [self._place(index) for index in tree.value]
        if len(places) == 2:
            return _item(_item(value, places[0]), places[1])
        if len(value[0]) == 1:
            return _item(value, places[0])[0]
        return value[0][places[0] % len(value[0])]

    def _evaluate_row(self, tree: Node) -> Value:
        value, place = self.value(tree.args[0]), self._place(tree.value[0])
        if not isinstance(value, list):
            return value
        return matrices.plain([[entry] for entry in _item(value, place)])

    def _place(self, index: str) -> int:
        """Where an index points, counted from 0."""
        return int(index) - 1 if index.isdigit() else self.index[index]

    def _evaluate_sum(self, tree: Node) -> Value:
        index, size, only = tree.value
        kept = self.index.get(index)
        total: Any = None
        for _ in self._run((index, size)):
            if only and self._left_out(only, self.index[index]):
                continue
            term = self.value(tree.args[0])
            total = term if total is None else matrices.add(total, term, self.numbers)
        if kept is not None:
            self.index[index] = kept
        return self._nothing(tree) if total is None else total

    def _evaluate_expect(self, tree: Node) -> Value:
        if not tree.value:
            return self.value(tree.args[0])
        kept, total = self.point, None
        for atom, weight in enumerate(WEIGHTS):
            self.point = self._at_atom(tree.value, atom)
            share = self.numbers.from_fraction(weight)
            term = matrices.multiply(share, self.value(tree.args[0]), self.numbers)
            total = term if total is None else matrices.add(total, term, self.numbers)
        self.point = kept
        return total

    def _at_atom(self, variables: tuple[RandomVariable, ...], atom: int) -> Point:
        """The point of one atom; that of an expectation within another is the same."""
        if (variables, atom) not in self.atoms:
            self.atoms[variables, atom] = at_atom(self.around, variables, atom)
        return self.atoms[variables, atom]

    def _left_out(self, only: str, place: int) -> bool:
        """Whether `!=j`, `<j` or `>j` leaves a place out of a sum."""
        other = self._place(only[-1])
        return place == other if only[0] == "!" else place >= other if only[0] == "<" else place <= other

    def _nothing(self, tree: Node) -> Value:
        """The sum over no index at all."""
        zero = self.numbers.from_fraction(Fraction(0))
        shape = tree.shape
        if shape is None or not shape.is_array:
            return zero
        return [[zero] * self.point.size(shape.columns) for _ in range(self.point.size(shape.rows))]


_RULES = rules_of(Evaluator, "_evaluate_")
_OF_MATRIX: Mapping[str, Callable[[Value, NumberSystem], Value]] = {
    "tr": matrices.trace,
    "det": matrices.determinant,
    "diag": matrices.diagonal,
    "pinv": matrices.pseudo_invert,
    "total": matrices.sum_entries,
    "rank": matrices.rank,
    "eigmax": lambda value, numbers: matrices.eigenvalues(value, numbers)[-1],
    "eigmin": lambda value, numbers: matrices.eigenvalues(value, numbers)[0],
    "singmax": lambda value, numbers: matrices.singular_values(value, numbers)[-1],
    "singmin": lambda value, numbers: matrices.singular_values(value, numbers)[0],
    "cond": lambda value, numbers: (
        matrices.singular_values(value, numbers)[-1]
        * numbers.invert(matrices.singular_values(value, numbers)[0])
    ),
    "softmax": matrices.softmax,
    "logsumexp": matrices.logsumexp,
    "mean": lambda value, numbers: numbers.reduce(
        matrices.sum_entries(value, numbers)
        * numbers.invert(numbers.from_fraction(Fraction(len(value) * len(value[0]))))
    ),
}


def _or_undefined(function: Callable[..., Any], of: Callable[[str], Any], value: Any) -> Any:
    try:
        return function(of, value)
    except (ZeroDivisionError, OverflowError, ValueError) as error:
        raise Undefined from error


def _item(values: list[Any], place: int) -> Any:
    """The item at a place; raises Undefined beyond the end."""
    if place >= len(values):
        raise Undefined
    return values[place]


def polynomial_at(coefficients: Any, at: Value, order: int, numbers: NumberSystem) -> Value:
    """A function of the question, its gradient or its Hessian: c + b'x + x'Qx + sum t x^3 + sum u x^5.

    `coefficients` are c, b, Q, t, u; b, t, u are lists. Odd powers keep it from being a quadratic form,
    for which too many identities hold.
    """
    constant, linear, quadratic, third, fifth = coefficients
    x = [row[0] for row in at] if isinstance(at, list) else [at]
    reduce, size = numbers.reduce, len(x)
    if order == 0:
        total = constant
        for i in range(size):
            row = sum(quadratic[i][j] * x[j] for j in range(size))
            odd = third[i] * reduce(x[i] ** 3) + fifth[i] * reduce(x[i] ** 5)
            total = reduce(total + x[i] * (linear[i] + row) + odd)
        return total
    both = [[reduce(quadratic[i][j] + quadratic[j][i]) for j in range(size)] for i in range(size)]
    if order == 1:
        gradient = []
        for i in range(size):
            row = linear[i] + sum(both[i][j] * x[j] for j in range(size))
            gradient.append([reduce(row + 3 * third[i] * x[i] ** 2 + 5 * fifth[i] * reduce(x[i] ** 4))])
        return gradient if size > 1 else gradient[0][0]
    for i in range(size):
        both[i][i] = reduce(both[i][i] + 6 * third[i] * x[i] + 20 * fifth[i] * reduce(x[i] ** 3))
    return both if size > 1 else both[0][0]
