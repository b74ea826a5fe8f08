"""Types: gives every part of a tree its shape, decides what a dot means, and says which shapes do not fit."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from autograder.quiz.language.shapes import CONDITION, NUMBER, ZERO, Kind, Shape, array
from autograder.quiz.language.symbols import Symbols
from autograder.quiz.language.tree import Node, constant, node, number
from autograder.quiz.language.unreadable import IllTyped, UnknownSymbol
from autograder.quiz.language.words import ENTRYWISE

MAX_MATRIX_POWER = 12


class Shaping:
    """Shapes one tree. Sizes written ?1, ?2 are unknown until the context says them."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.known: dict[str, str] = {}
        self.unknown = 0
        self.indices: dict[str, str] = {}

    def shaped(self, tree: Node) -> Node:
        """The same tree with a shape on every node."""
        handler: Callable[[Shaping, Node], Node] | None = getattr(Shaping, f"_{tree.op}", None)
        assert handler is not None, tree.op  # noqa: S101 -- a node nobody wrote a rule for is our mistake
        return handler(self, tree)

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

    def _current(self, shape: Shape) -> Shape:
        return array(self.find(shape.rows), self.find(shape.columns)) if shape.is_array else shape

    def _of(self, tree: Node) -> Shape:
        assert tree.shape is not None  # noqa: S101 -- parts are shaped before what they make up
        return self._current(tree.shape)

    def same(self, left: Shape, right: Shape) -> bool:
        """Whether two shapes can be the same."""
        left, right = self._current(left), self._current(right)
        if left.kind is not right.kind:
            return False
        return self.unify(left.rows, right.rows) and self.unify(left.columns, right.columns)

    def _fresh(self) -> str:
        self.unknown += 1
        return f"?{self.unknown}"

    def _parts(self, tree: Node) -> list[Node]:
        return [self.shaped(part) for part in tree.args]

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
        size = tree.value or self._fresh()
        return replace(tree, value=size, shape=array(size, size))

    def _ones(self, tree: Node) -> Node:
        size = tree.value or self._fresh()
        return replace(tree, value=size, shape=array(size, "1"))

    def _zeros(self, tree: Node) -> Node:
        return replace(tree, op="number", value=0, shape=ZERO)

    # ---- sums and products

    def _add(self, tree: Node) -> Node:
        terms = self._parts(tree)
        shape = ZERO
        for term in terms:
            other = self._of(term)
            if shape is ZERO:
                shape = other
            elif other.kind is not Kind.ZERO and not self.same(shape, other):
                raise IllTyped(self._cannot_add(shape, other))
        kept = [term for term in terms if self._of(term).kind is not Kind.ZERO] or terms[:1]
        if len(kept) == 1:
            return kept[0]
        return node("add", *kept, shape=shape)

    def _cannot_add(self, left: Shape, right: Shape) -> str:
        left, right = self._current(left), self._current(right)
        advice = ""
        if {left.kind, right.kind} == {Kind.NUMBER, Kind.ARRAY}:
            matrix = left if left.is_array else right
            advice = " Did you mean a multiple of the identity, like λ I?" if matrix.is_square else ""
        elif left.is_array and (left.rows, left.columns) == (right.columns, right.rows):
            advice = " One of them needs a transpose."
        return f"You cannot add {left} and {right}.{advice}"

    def _negative(self, tree: Node) -> Node:
        (inside,) = self._parts(tree)
        return self._same_shape(tree, inside)

    def _same_shape(self, tree: Node, inside: Node) -> Node:
        if self._of(inside).kind is Kind.CONDITION:
            raise IllTyped("An equation or inequality cannot stand inside an expression.")
        return node(tree.op, inside, value=tree.value, shape=inside.shape)

    def _product(self, tree: Node) -> Node:
        left, right = self._parts(tree)
        one, two = self._of(left), self._of(right)
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
        one, two = self._of(left), self._of(right)
        if two.is_column and self.unify(one.rows, two.rows):
            return node("inner", left, right, shape=NUMBER)
        if tree.value == "at" and two.is_array and two.rows != "1" and self.unify(one.rows, two.rows):
            turned = node("transpose", right, shape=array(two.columns, two.rows))
            return node("product", turned, left, value="at", shape=array(two.columns, "1"))
        return None

    def _divide(self, tree: Node) -> Node:
        above, below = self._parts(tree)
        shape = self._of(below)
        if shape.kind is Kind.ZERO:
            raise IllTyped("You divide by zero.")
        if shape.kind is not Kind.NUMBER:
            advice = " Use the inverse (…)^{-1}, on the side where it belongs." if shape.is_square else ""
            raise IllTyped(f"You cannot divide by {shape}.{advice}")
        return node("divide", above, below, value=tree.value, shape=above.shape)

    def _entrywise(self, tree: Node) -> Node:
        left, right = self._parts(tree)
        if not self.same(self._of(left), self._of(right)):
            raise IllTyped(
                f"An entrywise product needs equal shapes, not {self._of(left)} and {self._of(right)}."
            )
        return node("entrywise", left, right, shape=left.shape)

    def _star(self, tree: Node) -> Node:
        """A product inside sum( ): entry by entry for equal shapes, else as it is everywhere."""
        left, right = self._parts(tree)
        one, two = self._of(left), self._of(right)
        if one.is_array and two.is_array and self.same(one, two) and not one.is_square:
            return node("entrywise", left, right, shape=left.shape)
        return self._product(node("product", *tree.args, value=""))

    def _outer(self, tree: Node) -> Node:
        left, right = self._parts(tree)
        one, two = self._of(left), self._of(right)
        if not (one.is_column and two.is_column):
            raise IllTyped(f"An outer product needs two column vectors, not {one} and {two}.")
        turned = node("transpose", right, shape=array("1", two.rows))
        return node("product", left, turned, value="", shape=array(one.rows, two.rows))

    def _inner(self, tree: Node) -> Node:
        left, right = self._parts(tree)
        one, two = self._of(left), self._of(right)
        if Kind.ZERO in (one.kind, two.kind):
            return replace(node("number", value=0), shape=ZERO)
        if one.kind is Kind.CONDITION or not self.same(one, two):
            raise IllTyped(f"An inner product needs two vectors of the same size, not {one} and {two}.")
        return node("inner", left, right, shape=NUMBER)

    # ---- one argument

    def _transpose(self, tree: Node) -> Node:
        (inside,) = self._parts(tree)
        shape = self._of(inside)
        if shape.kind is Kind.CONDITION:
            raise IllTyped("An equation has no transpose.")
        turned = array(shape.columns, shape.rows) if shape.is_array else shape
        return node("transpose", inside, shape=turned)

    def _inverse(self, tree: Node) -> Node:
        (inside,) = self._parts(tree)
        shape = self._of(inside)
        if shape.kind is not Kind.NUMBER and not (shape.is_array and self.unify(shape.rows, shape.columns)):
            raise IllTyped(f"There is no inverse of {shape}.")
        return node("inverse", inside, shape=shape)

    def _power(self, tree: Node) -> Node:
        base, raised = self._parts(tree)
        shape, above = self._of(base), self._of(raised)
        if shape.is_array and raised.op == "symbol" and raised.value in ("T", "t"):
            return node("transpose", base, shape=array(shape.columns, shape.rows))
        if not above.like_number:
            raise IllTyped(f"An exponent must be a number, not {above}.")
        if shape.like_number:
            return node("power", base, raised, shape=NUMBER)
        return self._matrix_power(base, raised)

    def _matrix_power(self, base: Node, raised: Node) -> Node:
        shape, times = self._of(base), constant(raised)
        if not shape.is_array or not self.unify(shape.rows, shape.columns):
            advice = " Write ||v||^2 for the squared norm." if shape.is_column else ""
            raise IllTyped(f"There is no power of {shape}.{advice}")
        if times is None or times.denominator != 1 or abs(times) > MAX_MATRIX_POWER:
            raise IllTyped(f"A matrix can be raised to whole numbers up to {MAX_MATRIX_POWER} only.")
        if times == -1:
            return node("inverse", base, shape=shape)
        return node("power", base, raised, shape=shape)

    def _norm(self, tree: Node) -> Node:
        (inside,) = self._parts(tree)
        shape, kind = self._of(inside), tree.value
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
        parts = self._parts(tree)
        shapes = [self._of(part) for part in parts]
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
        shape = self._of(inside)
        if not shape.is_column:
            raise IllTyped(f"vec marks a column vector here, not {shape}.")
        return inside

    def _diagonal(self, inside: Node) -> Node:
        shape = self._of(inside)
        if shape.is_column:
            return node("call", inside, value="diag", shape=array(shape.rows, shape.rows))
        if shape.is_square:
            return node("call", inside, value="diag", shape=array(shape.rows, "1"))
        raise IllTyped(f"diag needs a column vector or a square matrix, not {shape}.")

    def _pseudo_inverse(self, inside: Node) -> Node:
        shape = self._of(inside)
        if not shape.is_array:
            raise IllTyped(f"There is no pseudo-inverse of {shape}.")
        return node("call", inside, value="pinv", shape=array(shape.columns, shape.rows))

    def _of_square(self, name: str, inside: Node) -> Node:
        shape = self._of(inside)
        if shape.kind is not Kind.NUMBER and not (shape.is_array and self.unify(shape.rows, shape.columns)):
            raise IllTyped(f"{name} needs a square matrix, not {shape}.")
        return node("call", inside, value=name, shape=NUMBER)

    def _apply(self, tree: Node) -> Node:
        (inside,) = self._parts(tree)
        name, order = tree.value
        size, shape = self.symbols.by_name[name].domain, self._of(inside)
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
        (inside,) = self._parts(tree)
        shape = self._of(inside)
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
        (inside,) = self._parts(tree)
        size = self.find(self.indices.pop(index, "")) or upper
        if outside is not None:
            self.indices[index] = outside
        if size not in self.symbols.sizes and not size.startswith("?"):
            raise IllTyped(f"The sum over {index} has no {index} in it, and does not say how far it runs.")
        if upper and not self.unify(size, upper):
            raise IllTyped(f"The sum over {index} runs up to {size} here, not {upper}.")
        if self._of(inside).kind is Kind.ZERO:
            return inside
        return replace(self._same_shape(tree, inside), value=(index, size))

    # ---- conditions

    def _relation(self, tree: Node) -> Node:
        left, right = self._parts(tree)
        one, two = self._of(left), self._of(right)
        if Kind.CONDITION in (one.kind, two.kind):
            raise IllTyped("An equation cannot stand inside another one.")
        if Kind.ZERO not in (one.kind, two.kind) and not self.same(one, two):
            raise IllTyped(f"You compare {one} with {two}.")
        return node("relation", left, right, value=tree.value, shape=CONDITION)

    def _both(self, tree: Node) -> Node:
        return node("both", *self._parts(tree), shape=CONDITION)


def _entry_by_entry(tree: Node) -> Node:
    """Sum(w * x) and sum(w ** 2) as numpy reads them: products and squares of vectors entry by entry."""
    (inside,) = tree.args
    if inside.op == "product" and inside.value == "":
        return node("call", node("star", *inside.args), value=tree.value)
    if inside.op == "power" and inside.args[1] == number(2):
        return node("call", node("star", inside.args[0], inside.args[0]), value=tree.value)
    return tree


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
