"""Shapes of sums, products, powers and transposes, and what is said where they do not fit."""

from abc import abstractmethod
from dataclasses import replace

from autograder.expressions.shapes import NUMBER, ZERO, Kind, Shape, array
from autograder.expressions.sizes import Sizes
from autograder.expressions.tree import Node, constant, node
from autograder.expressions.unreadable import IllTyped

MAX_MATRIX_POWER = 12


class Combining(Sizes):
    """The rules for what arithmetic combines; each gives the node its shape."""

    @abstractmethod
    def shaped(self, tree: Node) -> Node: ...

    def parts(self, tree: Node) -> list[Node]:
        """The parts of a tree, shaped."""
        return [self.shaped(part) for part in tree.args]

    def _add(self, tree: Node) -> Node:
        terms = self.parts(tree)
        shape = ZERO
        for term in terms:
            other = self.of(term)
            if shape is ZERO:
                shape = other
            elif other.kind is not Kind.ZERO and not self.same(shape, other):
                raise IllTyped(self._cannot_add(shape, other))
        kept = [term for term in terms if self.of(term).kind is not Kind.ZERO] or terms[:1]
        if len(kept) == 1:
            return kept[0]
        return node("add", *kept, shape=shape)

    def _cannot_add(self, left: Shape, right: Shape) -> str:
        left, right = self.current(left), self.current(right)
        advice = ""
        if {left.kind, right.kind} == {Kind.NUMBER, Kind.ARRAY}:
            matrix = left if left.is_array else right
            advice = " Did you mean a multiple of the identity, like λ I?" if matrix.is_square else ""
        elif left.is_array and (left.rows, left.columns) == (right.columns, right.rows):
            advice = " One of them needs a transpose."
        return f"You cannot add {left} and {right}.{advice}"

    def _negative(self, tree: Node) -> Node:
        (inside,) = self.parts(tree)
        return self.same_shape(tree, inside)

    def same_shape(self, tree: Node, inside: Node) -> Node:
        """The tree over a part whose shape it keeps."""
        if self.of(inside).kind is Kind.CONDITION:
            raise IllTyped("An equation or inequality cannot stand inside an expression.")
        return node(tree.op, inside, value=tree.value, shape=inside.shape)

    def _product(self, tree: Node) -> Node:
        left, right = self.parts(tree)
        one, two = self.of(left), self.of(right)
        if Kind.ZERO in (one.kind, two.kind):
            return replace(node("number", value=0), shape=ZERO)
        if one.kind is Kind.NUMBER or two.kind is Kind.NUMBER:
            return node(
                "product", left, right, value=tree.value, shape=two if one.kind is Kind.NUMBER else one
            )
        if tree.value in ("dot", "at") and one.is_column:
            like_numpy = self._one_dimensional(tree, left, right)
            if like_numpy is not None:
                return like_numpy
        if self.unify(one.columns, two.rows):
            return node("product", left, right, value=tree.value, shape=array(one.rows, two.columns))
        raise IllTyped(_cannot_multiply(one, two))

    def _one_dimensional(self, tree: Node, left: Node, right: Node) -> Node | None:
        """`u @ v` and `w @ A` as numpy reads them, where u and w have one dimension only."""
        one, two = self.of(left), self.of(right)
        if two.is_column and self.unify(one.rows, two.rows):
            return node("inner", left, right, shape=NUMBER)
        if tree.value == "at" and two.is_array and two.rows != "1" and self.unify(one.rows, two.rows):
            turned = node("transpose", right, shape=array(two.columns, two.rows))
            return node("product", turned, left, value="at", shape=array(two.columns, "1"))
        return None

    def _divide(self, tree: Node) -> Node:
        above, below = self.parts(tree)
        shape = self.of(below)
        if shape.kind is Kind.ZERO:
            raise IllTyped("You divide by zero.")
        if shape.kind is not Kind.NUMBER:
            advice = " Use the inverse (…)^{-1}, on the side where it belongs." if shape.is_square else ""
            raise IllTyped(f"You cannot divide by {shape}.{advice}")
        return node("divide", above, below, value=tree.value, shape=above.shape)

    def _entrywise(self, tree: Node) -> Node:
        left, right = self.parts(tree)
        if not self.same(self.of(left), self.of(right)):
            raise IllTyped(
                f"An entrywise product needs equal shapes, not {self.of(left)} and {self.of(right)}."
            )
        return node("entrywise", left, right, shape=left.shape)

    def _star(self, tree: Node) -> Node:
        """A product inside sum( ): entry by entry for equal shapes, else as it is everywhere."""
        left, right = self.parts(tree)
        one, two = self.of(left), self.of(right)
        if one.is_array and two.is_array and self.same(one, two) and not one.is_square:
            return node("entrywise", left, right, shape=left.shape)
        return self._product(node("product", *tree.args, value=""))

    def _outer(self, tree: Node) -> Node:
        left, right = self.parts(tree)
        one, two = self.of(left), self.of(right)
        if not (one.is_column and two.is_column):
            raise IllTyped(f"An outer product needs two column vectors, not {one} and {two}.")
        turned = node("transpose", right, shape=array("1", two.rows))
        return node("product", left, turned, value="", shape=array(one.rows, two.rows))

    def _inner(self, tree: Node) -> Node:
        left, right = self.parts(tree)
        one, two = self.of(left), self.of(right)
        if Kind.ZERO in (one.kind, two.kind):
            return replace(node("number", value=0), shape=ZERO)
        if one.kind is Kind.CONDITION or not self.same(one, two):
            raise IllTyped(f"An inner product needs two vectors of the same size, not {one} and {two}.")
        return node("inner", left, right, shape=NUMBER)

    def _transpose(self, tree: Node) -> Node:
        (inside,) = self.parts(tree)
        shape = self.of(inside)
        if shape.kind is Kind.CONDITION:
            raise IllTyped("An equation has no transpose.")
        turned = array(shape.columns, shape.rows) if shape.is_array else shape
        return node("transpose", inside, shape=turned)

    def _inverse(self, tree: Node) -> Node:
        (inside,) = self.parts(tree)
        shape = self.of(inside)
        if shape.kind is not Kind.NUMBER and not (shape.is_array and self.unify(shape.rows, shape.columns)):
            raise IllTyped(f"There is no inverse of {shape}.")
        return node("inverse", inside, shape=shape)

    def _power(self, tree: Node) -> Node:
        base, raised = self.parts(tree)
        shape, above = self.of(base), self.of(raised)
        if shape.is_array and raised.op == "symbol" and raised.value in ("T", "t"):
            return node("transpose", base, shape=array(shape.columns, shape.rows))
        if not above.like_number:
            raise IllTyped(f"An exponent must be a number, not {above}.")
        if shape.like_number:
            return node("power", base, raised, shape=NUMBER)
        return self._matrix_power(base, raised)

    def _matrix_power(self, base: Node, raised: Node) -> Node:
        shape, times = self.of(base), constant(raised)
        if not shape.is_array or not self.unify(shape.rows, shape.columns):
            advice = " Write ||v||^2 for the squared norm." if shape.is_column else ""
            raise IllTyped(f"There is no power of {shape}.{advice}")
        if times is None or times.denominator != 1 or abs(times) > MAX_MATRIX_POWER:
            raise IllTyped(f"A matrix can be raised to whole numbers up to {MAX_MATRIX_POWER} only.")
        if times == -1:
            return node("inverse", base, shape=shape)
        return node("power", base, raised, shape=shape)


def _cannot_multiply(left: Shape, right: Shape) -> str:
    advice = ""
    if left.is_column and right.is_column and left.rows == right.rows:
        advice = " Write <u, v> or u^T v for the inner product."
    elif left.rows == right.rows:
        advice = " Is a transpose missing on the left factor?"
    elif left.columns == right.columns:
        advice = " Is a transpose missing on the right factor?"
    elif right.columns == left.rows:
        advice = " Is the order of the factors right?"
    return f"You cannot multiply {left} by {right}.{advice}"
