"""Types: gives every part of a tree its shape, decides what a dot means, and says which shapes do not fit."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from autograder.expressions.combining import Combining
from autograder.expressions.shapes import CONDITION, NUMBER, ZERO, Kind, array
from autograder.expressions.tree import Node, node, number
from autograder.expressions.unreadable import IllTyped, UnknownSymbol
from autograder.expressions.vocabulary import ENTRYWISE


class Shaping(Combining):
    """Shapes one tree."""

    def shaped(self, tree: Node) -> Node:
        """The same tree with a shape on every node."""
        handler: Callable[[Shaping, Node], Node] | None = getattr(Shaping, f"_{tree.op}", None)
        assert handler is not None, tree.op  # noqa: S101 -- a node nobody wrote a rule for is our mistake
        return handler(self, tree)

    # ---- leaves

    def _number(self, tree: Node) -> Node:
        return replace(tree, shape=ZERO if tree.value == 0 else NUMBER)

    def _pi(self, tree: Node) -> Node:
        return replace(tree, shape=NUMBER)

    def _size(self, tree: Node) -> Node:
        return replace(tree, shape=NUMBER)

    def _symbol(self, tree: Node) -> Node:
        symbol = self.symbols.by_name.get(tree.value)
        if symbol is None:
            raise UnknownSymbol(f"{tree.value} stands for a family: write {tree.value}_i.")
        return replace(tree, shape=symbol.shape)

    def _identity(self, tree: Node) -> Node:
        size = tree.value or self.fresh()
        return replace(tree, value=size, shape=array(size, size))

    def _ones(self, tree: Node) -> Node:
        size = tree.value or self.fresh()
        return replace(tree, value=size, shape=array(size, "1"))

    def _zeros(self, tree: Node) -> Node:
        return replace(tree, op="number", value=0, shape=ZERO)

    def _norm(self, tree: Node) -> Node:
        (inside,) = self.parts(tree)
        shape, kind = self.of(inside), tree.value
        if shape.kind is Kind.CONDITION:
            raise IllTyped("An equation has no norm.")
        matrix = shape.is_array and "1" not in (shape.rows, shape.columns)
        if matrix and kind in ("1", "inf"):
            raise IllTyped("Of matrices I know the Frobenius norm only.")
        return node("norm", inside, value="2" if kind == "F" else kind, shape=NUMBER)

    def _call(self, tree: Node) -> Node:
        name = tree.value
        if name == "total":
            tree = _entry_by_entry(tree)
        parts = self.parts(tree)
        shapes = [self.of(part) for part in parts]
        if name == "vec":
            return self._arrow(parts[0])
        if name == "diag":
            return self._diagonal(parts[0])
        if name == "pinv":
            return self._pseudo_inverse(parts[0])
        if name in ("tr", "det"):
            return self._of_square(name, parts[0])
        if name == "total":
            if not shapes[0].is_array:
                raise IllTyped(f"sum needs a vector or a matrix, not {shapes[0]}.")
            return node("call", *parts, value=name, shape=NUMBER)
        if name in ENTRYWISE and shapes[0].is_array and "1" in (shapes[0].rows, shapes[0].columns):
            return node("call", *parts, value=name, shape=shapes[0])
        if not all(shape.like_number for shape in shapes):
            raise IllTyped(f"{name} needs a number, not {next(s for s in shapes if not s.like_number)}.")
        return node("call", *parts, value=name, shape=NUMBER)

    def _arrow(self, inside: Node) -> Node:
        shape = self.of(inside)
        if not shape.is_column:
            raise IllTyped(f"vec marks a column vector here, not {shape}.")
        return inside

    def _diagonal(self, inside: Node) -> Node:
        shape = self.of(inside)
        if shape.is_column:
            return node("call", inside, value="diag", shape=array(shape.rows, shape.rows))
        if shape.is_square:
            return node("call", inside, value="diag", shape=array(shape.rows, "1"))
        raise IllTyped(f"diag needs a column vector or a square matrix, not {shape}.")

    def _pseudo_inverse(self, inside: Node) -> Node:
        shape = self.of(inside)
        if not shape.is_array:
            raise IllTyped(f"There is no pseudo-inverse of {shape}.")
        return node("call", inside, value="pinv", shape=array(shape.columns, shape.rows))

    def _of_square(self, name: str, inside: Node) -> Node:
        shape = self.of(inside)
        if shape.kind is not Kind.NUMBER and not (shape.is_array and self.unify(shape.rows, shape.columns)):
            raise IllTyped(f"{name} needs a square matrix, not {shape}.")
        return node("call", inside, value=name, shape=NUMBER)

    def _apply(self, tree: Node) -> Node:
        (inside,) = self.parts(tree)
        name, order = tree.value
        size, shape = self.symbols.by_name[name].domain, self.of(inside)
        wanted = array(size, "1")
        if shape.kind is Kind.ZERO:
            inside = node("zeros", value=size, shape=wanted)
        elif size == "1" and shape.is_array and "1" in (shape.rows, shape.columns):
            return node(
                "apply", inside, value=tree.value, shape=shape
            )  # a function of numbers, entry by entry
        elif shape.kind is Kind.CONDITION or not self.same(shape, wanted):
            raise IllTyped(f"{name} takes {wanted}, not {shape}.")
        return node("apply", inside, value=tree.value, shape=(NUMBER, wanted, array(size, size))[order])

    # ---- components

    def _entry(self, tree: Node) -> Node:
        row = self._row(tree)
        if row is not None:
            return row
        (inside,) = self.parts(tree)
        shape = self.of(inside)
        if not shape.is_array:
            raise IllTyped(f"You cannot index {shape}.")
        sizes = [size for size in (shape.rows, shape.columns) if size != "1"]
        if len(sizes) != len(tree.value):
            raise IllTyped(
                f"{str(shape).capitalize()} has {len(sizes)} index(es), you wrote {len(tree.value)}."
            )
        self._run_over(tree.value, sizes)
        return node("entry", inside, value=tree.value, shape=NUMBER)

    def _row(self, tree: Node) -> Node | None:
        """x_i where x_i is declared to be a row of a matrix, as a column; x_{ij} is its entry."""
        base = tree.args[0]
        family = self.symbols.rows(base.value) if base.op == "symbol" else None
        if family is None:
            return None
        matrix = self.symbols.by_name[family.rows_of]
        full = node("symbol", value=matrix.name, shape=matrix.shape)
        if len(tree.value) == 2:
            self._run_over(tree.value, [matrix.shape.rows, matrix.shape.columns])
            return node("entry", full, value=tree.value, shape=NUMBER)
        self._run_over(tree.value, [matrix.shape.rows])
        return node("row", full, value=(tree.value[0], family.name), shape=array(matrix.shape.columns, "1"))

    def _run_over(self, indices: Sequence[str], sizes: Sequence[str]) -> None:
        for index, size in zip(indices, sizes, strict=True):
            if index == "0":
                raise IllTyped("Entries are counted from 1.")
            if not index.isdigit() and not self.unify(self.indices.setdefault(index, size), size):
                raise IllTyped(
                    f"The index {index} runs over two different sizes, {self.indices[index]} and {size}."
                )

    def _sum(self, tree: Node) -> Node:
        index, upper = tree.value
        outside = self.indices.pop(index, None)
        (inside,) = self.parts(tree)
        size = self.find(self.indices.pop(index, "")) or upper
        if outside is not None:
            self.indices[index] = outside
        if size not in self.symbols.sizes and not size.startswith("?"):
            raise IllTyped(f"The sum over {index} has no {index} in it, and does not say how far it runs.")
        if upper and not self.unify(size, upper):
            raise IllTyped(f"The sum over {index} runs up to {size} here, not {upper}.")
        if self.of(inside).kind is Kind.ZERO:
            return inside
        return replace(self.same_shape(tree, inside), value=(index, size))

    # ---- conditions

    def _relation(self, tree: Node) -> Node:
        left, right = self.parts(tree)
        one, two = self.of(left), self.of(right)
        if Kind.CONDITION in (one.kind, two.kind):
            raise IllTyped("An equation cannot stand inside another one.")
        if Kind.ZERO not in (one.kind, two.kind) and not self.same(one, two):
            raise IllTyped(f"You compare {one} with {two}.")
        return node("relation", left, right, value=tree.value, shape=CONDITION)

    def _both(self, tree: Node) -> Node:
        return node("both", *self.parts(tree), shape=CONDITION)


def _entry_by_entry(tree: Node) -> Node:
    """Sum(w * x) and sum(w ** 2) as numpy reads them: products and squares of vectors entry by entry."""
    (inside,) = tree.args
    if inside.op == "product" and inside.value == "":
        return node("call", node("star", *inside.args), value=tree.value)
    if inside.op == "power" and inside.args[1] == number(2):
        return node("call", node("star", inside.args[0], inside.args[0]), value=tree.value)
    return tree
