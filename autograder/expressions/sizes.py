"""Sizes by name: which are the same, and which the context must still say."""

from dataclasses import replace

from autograder.expressions.shapes import Kind, Shape, array
from autograder.expressions.symbols import Symbols
from autograder.expressions.tree import Node
from autograder.expressions.unreadable import IllTyped


class Sizes:
    """What is known of the sizes in one tree; those written ?1, ?2 must still be said by the context."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.known: dict[str, str] = {}
        self.unknown = 0
        self.indices: dict[str, str] = {}

    def settle(self, tree: Node) -> Node:
        """The tree with every unknown size replaced by what the context said, or the only size there is."""
        if not self.unknown:
            return tree
        parts = tuple(self.settle(part) for part in tree.args)
        value = self._settled_size(tree.value) if tree.op in ("identity", "ones", "zeros") else tree.value
        shape = tree.shape
        if shape is not None and shape.is_array:
            shape = Shape(Kind.ARRAY, self._settled_size(shape.rows), self._settled_size(shape.columns))
        return replace(tree, args=parts, value=value, shape=shape)

    def fit(self, shape: Shape, wanted: Shape) -> None:
        """Let a shape whose sizes are unknown be the one that is wanted."""
        if shape.is_array and wanted.is_array:
            self.unify(shape.rows, wanted.rows)
            self.unify(shape.columns, wanted.columns)

    def _settled_size(self, size: str) -> str:
        found = self.find(size)
        if not found.startswith("?"):
            return found
        if len(self.symbols.sizes) != 1:
            raise IllTyped("I cannot tell the size of an identity or of a vector of ones: write I_d or 1_d.")
        return self.symbols.sizes[0]

    def find(self, size: str) -> str:
        """What is known of a size."""
        while size in self.known:
            size = self.known[size]
        return size

    def unify(self, left: str, right: str) -> bool:
        """Whether two sizes can be the same; an unknown one learns it."""
        left, right = self.find(left), self.find(right)
        if left == right:
            return True
        if left.startswith("?"):
            self.known[left] = right
            return right != "1"
        if right.startswith("?"):
            self.known[right] = left
            return left != "1"
        return False

    def current(self, shape: Shape) -> Shape:
        """The shape with what is known of its sizes put in."""
        return array(self.find(shape.rows), self.find(shape.columns)) if shape.is_array else shape

    def of(self, tree: Node) -> Shape:
        """The shape of a part that has one."""
        assert tree.shape is not None  # noqa: S101 -- parts are shaped before what they make up
        return self.current(tree.shape)

    def same(self, left: Shape, right: Shape) -> bool:
        """Whether two shapes can be the same."""
        left, right = self.current(left), self.current(right)
        if left.kind is not right.kind:
            return False
        return self.unify(left.rows, right.rows) and self.unify(left.columns, right.columns)

    def fresh(self) -> str:
        """A size that nothing is known of."""
        self.unknown += 1
        return f"?{self.unknown}"
