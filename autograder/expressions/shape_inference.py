"""Shape inference: gives every part of a tree its shape, and says which shapes do not fit.

Sizes are names (d, n), digits, or ?1, ?2, ... for those that the context must say, as in `A + λ I`; they are
unified as types are in a programming language. On the way the tree loses what only the shapes can tell
apart: a dot between two columns is an inner product, `x_i` a row of X where the question says so.

Every op of the table in `tree` has a rule: the method `_infer_` and its name.
"""

from collections.abc import Sequence
from dataclasses import replace

from autograder.expressions.shapes import CONDITION, NUMBER, ZERO, Shape, ShapeKind, array
from autograder.expressions.symbols import Symbols
from autograder.expressions.tree import Node, constant, node, number, rules_of
from autograder.expressions.unreadable import IllTyped, UnknownSymbol
from autograder.expressions.vocabulary import ENTRYWISE

MAX_MATRIX_POWER = 12


class ShapeInference:
    """Infers the shapes of one tree, and keeps what is known of its sizes."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.known: dict[str, str] = {}
        """What an unknown size, or one of several unified ones, has been found to be."""
        self.unknown = 0
        """How many sizes were left to the context."""
        self.indices: dict[str, str] = {}
        """The size over which each free index runs."""

    def infer(self, tree: Node) -> Node:
        """The same tree with a shape on every node; raises IllTyped or UnknownSymbol."""
        shaped: Node = _RULES[tree.op](self, tree)
        return shaped

    def infer_parts(self, tree: Node) -> list[Node]:
        """The parts of a tree, shaped."""
        return [self.infer(part) for part in tree.args]

    def resolve(self, tree: Node) -> Node:
        """The tree with every unknown size replaced by what the context said, or the only size there is."""
        if not self.unknown:
            return tree
        parts = tuple(self.resolve(part) for part in tree.args)
        value = self._resolve_size(tree.value) if tree.op in ("identity", "ones", "zeros") else tree.value
        shape = tree.shape
        if shape is not None and shape.is_array:
            shape = Shape(ShapeKind.ARRAY, self._resolve_size(shape.rows), self._resolve_size(shape.columns))
        return replace(tree, args=parts, value=value, shape=shape)

    def fit(self, shape: Shape, wanted: Shape) -> None:
        """Let a shape whose sizes are unknown be the one that is wanted."""
        if shape.is_array and wanted.is_array:
            self.unify(shape.rows, wanted.rows)
            self.unify(shape.columns, wanted.columns)

    def _resolve_size(self, size: str) -> str:
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

    def shape_of(self, tree: Node) -> Shape:
        """The shape of a part that has one."""
        assert tree.shape is not None  # noqa: S101 -- parts are shaped before what they make up
        return self.current(tree.shape)

    def unify_shapes(self, left: Shape, right: Shape) -> bool:
        """Whether two shapes can be the same."""
        left, right = self.current(left), self.current(right)
        if left.kind is not right.kind:
            return False
        return self.unify(left.rows, right.rows) and self.unify(left.columns, right.columns)

    def _can_be_square(self, shape: Shape) -> bool:
        """Whether the shape is a number, or an array whose two sizes can be one."""
        return shape.kind is ShapeKind.NUMBER or (shape.is_array and self.unify(shape.rows, shape.columns))

    def fresh_size(self) -> str:
        """A size that nothing is known of."""
        self.unknown += 1
        return f"?{self.unknown}"

    def _infer_number(self, tree: Node) -> Node:
        return replace(tree, shape=ZERO if tree.value == 0 else NUMBER)

    def _infer_pi(self, tree: Node) -> Node:
        return replace(tree, shape=NUMBER)

    def _infer_size(self, tree: Node) -> Node:
        return replace(tree, shape=NUMBER)

    def _infer_symbol(self, tree: Node) -> Node:
        symbol = self.symbols.by_name.get(tree.value)
        if symbol is None:
            raise UnknownSymbol(f"{tree.value} stands for a family: write {tree.value}_i.")
        return replace(tree, shape=symbol.shape)

    def _infer_identity(self, tree: Node) -> Node:
        size = tree.value or self.fresh_size()
        return replace(tree, value=size, shape=array(size, size))

    def _infer_ones(self, tree: Node) -> Node:
        size = tree.value or self.fresh_size()
        return replace(tree, value=size, shape=array(size, "1"))

    def _infer_zeros(self, tree: Node) -> Node:
        return replace(tree, op="number", value=0, shape=ZERO)

    def _infer_add(self, tree: Node) -> Node:
        terms = self.infer_parts(tree)
        shape = ZERO
        for term in terms:
            other = self.shape_of(term)
            if shape is ZERO:
                shape = other
            elif other.kind is not ShapeKind.ZERO and not self.unify_shapes(shape, other):
                raise IllTyped(self._cannot_add(shape, other))
        kept = [term for term in terms if self.shape_of(term).kind is not ShapeKind.ZERO] or terms[:1]
        if len(kept) == 1:
            return kept[0]
        return node("add", *kept, shape=shape)

    def _cannot_add(self, left: Shape, right: Shape) -> str:
        left, right = self.current(left), self.current(right)
        advice = ""
        if {left.kind, right.kind} == {ShapeKind.NUMBER, ShapeKind.ARRAY}:
            matrix = left if left.is_array else right
            advice = " Did you mean a multiple of the identity, like λ I?" if matrix.is_square else ""
        elif left.is_array and (left.rows, left.columns) == (right.columns, right.rows):
            advice = " One of them needs a transpose."
        return f"You cannot add {left} and {right}.{advice}"

    def _infer_negative(self, tree: Node) -> Node:
        (inside,) = self.infer_parts(tree)
        return self._keep_shape(tree, inside)

    def _keep_shape(self, tree: Node, inside: Node) -> Node:
        """The tree over a part whose shape it keeps."""
        if self.shape_of(inside).kind is ShapeKind.CONDITION:
            raise IllTyped("An equation or inequality cannot stand inside an expression.")
        return node(tree.op, inside, value=tree.value, shape=inside.shape)

    def _infer_product(self, tree: Node) -> Node:
        left, right = self.infer_parts(tree)
        one, two = self.shape_of(left), self.shape_of(right)
        if ShapeKind.ZERO in (one.kind, two.kind):
            return replace(node("number", value=0), shape=ZERO)
        if one.kind is ShapeKind.NUMBER or two.kind is ShapeKind.NUMBER:
            return node(
                "product", left, right, value=tree.value, shape=two if one.kind is ShapeKind.NUMBER else one
            )
        if tree.value in ("dot", "at") and one.is_column:
            like_numpy = self._product_as_numpy(tree, left, right)
            if like_numpy is not None:
                return like_numpy
        if self.unify(one.columns, two.rows):
            return node("product", left, right, value=tree.value, shape=array(one.rows, two.columns))
        raise IllTyped(_cannot_multiply(one, two))

    def _product_as_numpy(self, tree: Node, left: Node, right: Node) -> Node | None:
        """`u @ v` and `w @ A` as numpy reads them, where u and w have one dimension only."""
        one, two = self.shape_of(left), self.shape_of(right)
        if two.is_column and self.unify(one.rows, two.rows):
            return node("inner", left, right, shape=NUMBER)
        if tree.value == "at" and two.is_array and two.rows != "1" and self.unify(one.rows, two.rows):
            turned = node("transpose", right, shape=array(two.columns, two.rows))
            return node("product", turned, left, value="at", shape=array(two.columns, "1"))
        return None

    def _infer_divide(self, tree: Node) -> Node:
        above, below = self.infer_parts(tree)
        shape = self.shape_of(below)
        if shape.kind is ShapeKind.ZERO:
            raise IllTyped("You divide by zero.")
        if shape.kind is not ShapeKind.NUMBER:
            advice = " Use the inverse (…)^{-1}, on the side where it belongs." if shape.is_square else ""
            raise IllTyped(f"You cannot divide by {shape}.{advice}")
        return node("divide", above, below, value=tree.value, shape=above.shape)

    def _infer_entrywise(self, tree: Node) -> Node:
        left, right = self.infer_parts(tree)
        if not self.unify_shapes(self.shape_of(left), self.shape_of(right)):
            one, two = self.shape_of(left), self.shape_of(right)
            raise IllTyped(f"An entrywise product needs equal shapes, not {one} and {two}.")
        return node("entrywise", left, right, shape=left.shape)

    def _infer_star(self, tree: Node) -> Node:
        """A product inside sum( ): entry by entry for equal shapes, else as it is everywhere."""
        left, right = self.infer_parts(tree)
        one, two = self.shape_of(left), self.shape_of(right)
        if one.is_array and two.is_array and self.unify_shapes(one, two) and not one.is_square:
            return node("entrywise", left, right, shape=left.shape)
        return self._infer_product(node("product", *tree.args, value=""))

    def _infer_outer(self, tree: Node) -> Node:
        left, right = self.infer_parts(tree)
        one, two = self.shape_of(left), self.shape_of(right)
        if not (one.is_column and two.is_column):
            raise IllTyped(f"An outer product needs two column vectors, not {one} and {two}.")
        turned = node("transpose", right, shape=array("1", two.rows))
        return node("product", left, turned, value="", shape=array(one.rows, two.rows))

    def _infer_inner(self, tree: Node) -> Node:
        left, right = self.infer_parts(tree)
        one, two = self.shape_of(left), self.shape_of(right)
        if ShapeKind.ZERO in (one.kind, two.kind):
            return replace(node("number", value=0), shape=ZERO)
        if one.kind is ShapeKind.CONDITION or not self.unify_shapes(one, two):
            raise IllTyped(f"An inner product needs two vectors of the same size, not {one} and {two}.")
        return node("inner", left, right, shape=NUMBER)

    def _infer_transpose(self, tree: Node) -> Node:
        (inside,) = self.infer_parts(tree)
        shape = self.shape_of(inside)
        if shape.kind is ShapeKind.CONDITION:
            raise IllTyped("An equation has no transpose.")
        turned = array(shape.columns, shape.rows) if shape.is_array else shape
        return node("transpose", inside, shape=turned)

    def _infer_inverse(self, tree: Node) -> Node:
        (inside,) = self.infer_parts(tree)
        shape = self.shape_of(inside)
        if not self._can_be_square(shape):
            raise IllTyped(f"There is no inverse of {shape}.")
        return node("inverse", inside, shape=shape)

    def _infer_power(self, tree: Node) -> Node:
        base, raised = self.infer_parts(tree)
        shape, above = self.shape_of(base), self.shape_of(raised)
        if shape.is_array and raised.op == "symbol" and raised.value in ("T", "t"):
            return node("transpose", base, shape=array(shape.columns, shape.rows))
        if not above.like_number:
            raise IllTyped(f"An exponent must be a number, not {above}.")
        if shape.like_number:
            return node("power", base, raised, shape=NUMBER)
        return self._matrix_power(base, raised)

    def _matrix_power(self, base: Node, raised: Node) -> Node:
        shape, times = self.shape_of(base), constant(raised)
        if not shape.is_array or not self.unify(shape.rows, shape.columns):
            advice = " Write ||v||^2 for the squared norm." if shape.is_column else ""
            raise IllTyped(f"There is no power of {shape}.{advice}")
        if times is None or times.denominator != 1 or abs(times) > MAX_MATRIX_POWER:
            raise IllTyped(f"A matrix can be raised to whole numbers up to {MAX_MATRIX_POWER} only.")
        if times == -1:
            return node("inverse", base, shape=shape)
        return node("power", base, raised, shape=shape)

    def _infer_norm(self, tree: Node) -> Node:
        (inside,) = self.infer_parts(tree)
        shape, kind = self.shape_of(inside), tree.value
        if shape.kind is ShapeKind.CONDITION:
            raise IllTyped("An equation has no norm.")
        matrix = shape.is_array and "1" not in (shape.rows, shape.columns)
        if matrix and kind in ("1", "inf"):
            raise IllTyped("Of matrices I know the Frobenius norm only.")
        return node("norm", inside, value="2" if kind == "F" else kind, shape=NUMBER)

    def _infer_call(self, tree: Node) -> Node:
        name = tree.value
        if name == "total":
            tree = _entry_by_entry(tree)
        parts = self.infer_parts(tree)
        shapes = [self.shape_of(part) for part in parts]
        if name == "vec":
            return self._call_vec(parts[0])
        if name == "diag":
            return self._call_diag(parts[0])
        if name == "pinv":
            return self._call_pinv(parts[0])
        if name in ("tr", "det"):
            return self._call_of_square(name, parts[0])
        if name == "total":
            if not shapes[0].is_array:
                raise IllTyped(f"sum needs a vector or a matrix, not {shapes[0]}.")
            return node("call", *parts, value=name, shape=NUMBER)
        if name in ENTRYWISE and shapes[0].is_array and "1" in (shapes[0].rows, shapes[0].columns):
            return node("call", *parts, value=name, shape=shapes[0])
        if not all(shape.like_number for shape in shapes):
            raise IllTyped(f"{name} needs a number, not {next(s for s in shapes if not s.like_number)}.")
        return node("call", *parts, value=name, shape=NUMBER)

    def _call_vec(self, inside: Node) -> Node:
        shape = self.shape_of(inside)
        if not shape.is_column:
            raise IllTyped(f"vec marks a column vector here, not {shape}.")
        return inside

    def _call_diag(self, inside: Node) -> Node:
        shape = self.shape_of(inside)
        if shape.is_column:
            return node("call", inside, value="diag", shape=array(shape.rows, shape.rows))
        if shape.is_square:
            return node("call", inside, value="diag", shape=array(shape.rows, "1"))
        raise IllTyped(f"diag needs a column vector or a square matrix, not {shape}.")

    def _call_pinv(self, inside: Node) -> Node:
        shape = self.shape_of(inside)
        if not shape.is_array:
            raise IllTyped(f"There is no pseudo-inverse of {shape}.")
        return node("call", inside, value="pinv", shape=array(shape.columns, shape.rows))

    def _call_of_square(self, name: str, inside: Node) -> Node:
        shape = self.shape_of(inside)
        if not self._can_be_square(shape):
            raise IllTyped(f"{name} needs a square matrix, not {shape}.")
        return node("call", inside, value=name, shape=NUMBER)

    def _infer_apply(self, tree: Node) -> Node:
        (inside,) = self.infer_parts(tree)
        name, order = tree.value
        size, shape = self.symbols.by_name[name].domain, self.shape_of(inside)
        wanted = array(size, "1")
        if shape.kind is ShapeKind.ZERO:
            inside = node("zeros", value=size, shape=wanted)
        elif size == "1" and shape.is_array and "1" in (shape.rows, shape.columns):
            # a function of numbers, entry by entry
            return node("apply", inside, value=tree.value, shape=shape)
        elif shape.kind is ShapeKind.CONDITION or not self.unify_shapes(shape, wanted):
            raise IllTyped(f"{name} takes {wanted}, not {shape}.")
        return node("apply", inside, value=tree.value, shape=(NUMBER, wanted, array(size, size))[order])

    def _infer_entry(self, tree: Node) -> Node:
        row = self._row_of_matrix(tree)
        if row is not None:
            return row
        (inside,) = self.infer_parts(tree)
        shape = self.shape_of(inside)
        if not shape.is_array:
            raise IllTyped(f"You cannot index {shape}.")
        sizes = [size for size in (shape.rows, shape.columns) if size != "1"]
        if len(sizes) != len(tree.value):
            raise IllTyped(
                f"{str(shape).capitalize()} has {len(sizes)} index(es), you wrote {len(tree.value)}."
            )
        self._let_run_over(tree.value, sizes)
        return node("entry", inside, value=tree.value, shape=NUMBER)

    def _row_of_matrix(self, tree: Node) -> Node | None:
        """x_i where x_i is declared to be a row of a matrix, as a column; x_{ij} is its entry."""
        base = tree.args[0]
        family = self.symbols.rows(base.value) if base.op == "symbol" else None
        if family is None:
            return None
        matrix = self.symbols.by_name[family.rows_of]
        full = node("symbol", value=matrix.name, shape=matrix.shape)
        if len(tree.value) == 2:
            self._let_run_over(tree.value, [matrix.shape.rows, matrix.shape.columns])
            return node("entry", full, value=tree.value, shape=NUMBER)
        self._let_run_over(tree.value, [matrix.shape.rows])
        return node("row", full, value=(tree.value[0], family.name), shape=array(matrix.shape.columns, "1"))

    def _let_run_over(self, indices: Sequence[str], sizes: Sequence[str]) -> None:
        for index, size in zip(indices, sizes, strict=True):
            if index == "0":
                raise IllTyped("Entries are counted from 1.")
            if not index.isdigit() and not self.unify(self.indices.setdefault(index, size), size):
                raise IllTyped(
                    f"The index {index} runs over two different sizes, {self.indices[index]} and {size}."
                )

    def _infer_sum(self, tree: Node) -> Node:
        index, upper = tree.value
        outside = self.indices.pop(index, None)
        (inside,) = self.infer_parts(tree)
        size = self.find(self.indices.pop(index, "")) or upper
        if outside is not None:
            self.indices[index] = outside
        if size not in self.symbols.sizes and not size.startswith("?"):
            raise IllTyped(f"The sum over {index} has no {index} in it, and does not say how far it runs.")
        if upper and not self.unify(size, upper):
            raise IllTyped(f"The sum over {index} runs up to {size} here, not {upper}.")
        if self.shape_of(inside).kind is ShapeKind.ZERO:
            return inside
        return replace(self._keep_shape(tree, inside), value=(index, size))

    def _infer_relation(self, tree: Node) -> Node:
        left, right = self.infer_parts(tree)
        one, two = self.shape_of(left), self.shape_of(right)
        if ShapeKind.CONDITION in (one.kind, two.kind):
            raise IllTyped("An equation cannot stand inside another one.")
        if ShapeKind.ZERO not in (one.kind, two.kind) and not self.unify_shapes(one, two):
            raise IllTyped(f"You compare {one} with {two}.")
        return node("relation", left, right, value=tree.value, shape=CONDITION)

    def _infer_both(self, tree: Node) -> Node:
        return node("both", *self.infer_parts(tree), shape=CONDITION)


_RULES = rules_of(ShapeInference, "_infer_")


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


def _entry_by_entry(tree: Node) -> Node:
    """Sum(w * x) and sum(w ** 2) as numpy reads them: products and squares of vectors entry by entry."""
    (inside,) = tree.args
    if inside.op == "product" and inside.value == "":
        return node("call", node("star", *inside.args), value=tree.value)
    if inside.op == "power" and inside.args[1] == number(2):
        return node("call", node("star", inside.args[0], inside.args[0]), value=tree.value)
    return tree
