"""Shape inference: gives every part of a tree its shape, and says which shapes do not fit.

Sizes are names (d, n), digits, or ?1, ?2, ... for those that the context must say, as in `A + λ I`; they are
unified as types are in a programming language. On the way the tree loses what only the shapes can tell
apart: a dot between two columns is an inner product, `x_i` a row of X where the question says so.

Every op of the table in `tree` has a rule: the method `_infer_` and its name.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from autograder.domain.sentences import SILENT, Sentence, say
from autograder.expressions.chance import RandomVariable
from autograder.expressions.shapes import CONDITION, NUMBER, ZERO, Shape, ShapeKind, array
from autograder.expressions.symbols import Symbol, Symbols
from autograder.expressions.tree import Node, constant, free_indices, node, number, rules_of, walk
from autograder.expressions.unreadable import IllTyped, UnknownSymbol
from autograder.expressions.vocabulary import ENTRYWISE, SHOWN_NAMES

MAX_MATRIX_POWER = 12


class ShapeInference:
    """Infers the shapes of one tree, and keeps what is known of its sizes."""

    def __init__(self, symbols: Symbols, *, style: str = "", ones: bool = True) -> None:
        self.symbols = symbols
        self.style = style
        """`numpy` or `matlab`: there signs and functions work entry by entry."""
        self.ones = ones
        """Whether a 1 behind a matrix is the vector of ones: X^T 1 is a sum."""
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
        value = self.resolve_size(tree.value) if tree.op in ("identity", "ones", "zeros") else tree.value
        if tree.op == "sum":
            value = (value[0], self.resolve_size(value[1]), value[2])
        shape = tree.shape
        if shape is not None and shape.is_array:
            shape = Shape(ShapeKind.ARRAY, self.resolve_size(shape.rows), self.resolve_size(shape.columns))
        return replace(tree, args=parts, value=value, shape=shape)

    def fit(self, shape: Shape, wanted: Shape) -> None:
        """Let a shape whose sizes are unknown be the one that is wanted."""
        if shape.is_array and wanted.is_array:
            self.unify(shape.rows, wanted.rows)
            self.unify(shape.columns, wanted.columns)

    def resolve_size(self, size: str) -> str:
        """What is known of a size, or the only one there is; raises IllTyped where it is neither."""
        found = self.find(size)
        if not found.startswith("?"):
            return found
        if len(self.symbols.sizes) != 1:
            raise IllTyped(say("typed.i_cannot_tell_the_size"))
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
            raise UnknownSymbol(say("typed.stands_for_a_family_write", value=str(tree.value)))
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
                if self.style and {shape.kind, other.kind} == {ShapeKind.NUMBER, ShapeKind.ARRAY}:
                    return self._add_to_each(terms, shape if shape.is_array else other)
                raise IllTyped(self._cannot_add(shape, other))
        kept = [term for term in terms if self.shape_of(term).kind is not ShapeKind.ZERO] or terms[:1]
        if len(kept) == 1:
            return kept[0]
        return node("add", *kept, shape=shape)

    def _add_to_each(self, terms: Sequence[Node], shape: Shape) -> Node:
        """Numbers beside vectors, as programs add them: to each entry."""
        if not shape.is_column:
            raise IllTyped(self._cannot_add(NUMBER, shape))
        spread = []
        for term in terms:
            own = self.shape_of(term)
            if own.kind is ShapeKind.NUMBER:
                ones = node("ones", value=shape.rows, shape=shape)
                one = term.op == "number" and term.value == 1
                spread.append(ones if one else node("product", term, ones, value="", shape=shape))
            elif own.kind is ShapeKind.ZERO or self.unify_shapes(own, shape):
                spread.append(term)
            else:
                raise IllTyped(self._cannot_add(own, shape))
        return node("add", *spread, shape=shape)

    def _cannot_add(self, left: Shape, right: Shape) -> Sentence:
        left, right = self.current(left), self.current(right)
        advice = SILENT
        if {left.kind, right.kind} == {ShapeKind.NUMBER, ShapeKind.ARRAY}:
            matrix = left if left.is_array else right
            advice = say("typed.did_you_mean_a_multiple") if matrix.is_square else SILENT
        elif left.is_array and (left.rows, left.columns) == (right.columns, right.rows):
            advice = say("typed.one_of_them_needs_a")
        told = {"left": left.sentence, "right": right.sentence, "advice": advice}
        return say("typed.you_cannot_add_and", **told)

    def _infer_negative(self, tree: Node) -> Node:
        (inside,) = self.infer_parts(tree)
        return self._keep_shape(tree, inside)

    def _keep_shape(self, tree: Node, inside: Node) -> Node:
        """The tree over a part whose shape it keeps."""
        if self.shape_of(inside).kind is ShapeKind.CONDITION:
            raise IllTyped(say("typed.an_equation_or_inequality_cannot"))
        return node(tree.op, inside, value=tree.value, shape=inside.shape)

    def _infer_product(self, tree: Node) -> Node:
        left, right = self.infer_parts(tree)
        one, two = self.shape_of(left), self.shape_of(right)
        if ShapeKind.ZERO in (one.kind, two.kind):
            return replace(node("number", value=0), shape=ZERO)
        if self.ones and has_one_behind(tree) and one.is_matrix:
            right = node("ones", value=one.columns, shape=array(one.columns, "1"))
            return node("product", left, right, value="", shape=array(one.rows, "1"))
        if one.kind is ShapeKind.NUMBER or two.kind is ShapeKind.NUMBER:
            return node(
                "product", left, right, value=tree.value, shape=two if one.kind is ShapeKind.NUMBER else one
            )
        if tree.value in ("dot", "at") and one.is_column:
            like_numpy = self._product_as_numpy(tree, left, right)
            if like_numpy is not None:
                return like_numpy
        if self.style == "numpy" and tree.value == "*" and one == two and one.is_square:
            raise IllTyped(say("typed.between_two_matrices_works_entry"))
        if self.unify(one.columns, two.rows):
            return node("product", left, right, value=tree.value, shape=array(one.rows, two.columns))
        if self.style and tree.value == "*" and self.unify_shapes(one, two):
            return node("entrywise", left, right, shape=one)
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
            raise IllTyped(say("typed.you_divide_by_zero"))
        each = tree.value == "entry" or bool(self.style)
        if each and shape.is_array and "1" in (shape.rows, shape.columns):
            return self._divide_each(above, below)
        if shape.kind is not ShapeKind.NUMBER:
            advice = say("typed.use_the_inverse_on_the") if shape.is_square else SILENT
            raise IllTyped(say("typed.you_cannot_divide_by", shape=shape.sentence, advice=advice))
        return node("divide", above, below, value=tree.value, shape=above.shape)

    def _divide_each(self, above: Node, below: Node) -> Node:
        """A number or an array divided by an array, entry by entry."""
        shape = self.shape_of(below)
        turned = node("call", below, value="recip", shape=shape)
        if self.shape_of(above).kind is ShapeKind.NUMBER:
            if above.op == "number" and above.value == 1:
                return turned
            return node("product", above, turned, value="", shape=shape)
        if not self.unify_shapes(self.shape_of(above), shape):
            raise IllTyped(
                say(
                    "typed.you_cannot_divide_by_entry",
                    above=self.shape_of(above).sentence,
                    shape=shape.sentence,
                )
            )
        return node("entrywise", above, turned, shape=shape)

    def _infer_stack(self, tree: Node) -> Node:
        entries = self.infer_parts(tree)
        if not all(self.shape_of(entry).like_number for entry in entries):
            raise IllTyped(say("typed.the_entries_of_a_vector"))
        rows, columns, _ = tree.value
        return node("stack", *entries, value=tree.value, shape=array(str(rows), str(columns)))

    def _infer_entrywise(self, tree: Node) -> Node:
        left, right = self.infer_parts(tree)
        if self.shape_of(left).like_number or self.shape_of(right).like_number:
            return self._infer_product(node("product", *tree.args, value=""))
        if not self.unify_shapes(self.shape_of(left), self.shape_of(right)):
            one, two = self.shape_of(left), self.shape_of(right)
            raise IllTyped(say("typed.an_entrywise_product_needs_equal", one=one.sentence, two=two.sentence))
        return node("entrywise", left, right, shape=left.shape)

    def _infer_star(self, tree: Node) -> Node:
        """A product inside sum( ): entry by entry for equal shapes, else as it is everywhere."""
        left, right = self.infer_parts(tree)
        one, two = self.shape_of(left), self.shape_of(right)
        whole = one.is_square and self.style != "numpy"
        if one.is_array and two.is_array and self.unify_shapes(one, two) and not whole:
            return node("entrywise", left, right, shape=left.shape)
        return self._infer_product(node("product", *tree.args, value=""))

    def _infer_outer(self, tree: Node) -> Node:
        left, right = self.infer_parts(tree)
        one, two = self.shape_of(left), self.shape_of(right)
        if not (one.is_column and two.is_column):
            raise IllTyped(say("typed.an_outer_product_needs_two", one=one.sentence, two=two.sentence))
        turned = node("transpose", right, shape=array("1", two.rows))
        return node("product", left, turned, value="", shape=array(one.rows, two.rows))

    def _infer_inner(self, tree: Node) -> Node:
        left, right = self.infer_parts(tree)
        one, two = self.shape_of(left), self.shape_of(right)
        if ShapeKind.ZERO in (one.kind, two.kind):
            return replace(node("number", value=0), shape=ZERO)
        left, right = (
            node("ones", value=other.rows, shape=other) if side == number(1) and other.is_column else side
            for side, other in ((left, two), (right, one))
        )  # <1, w> is a sum
        one, two = self.shape_of(left), self.shape_of(right)
        if one.kind is ShapeKind.CONDITION or not self.unify_shapes(one, two):
            raise IllTyped(say("typed.an_inner_product_needs_two_2", one=one.sentence, two=two.sentence))
        return node("inner", left, right, shape=NUMBER)

    def _infer_transpose(self, tree: Node) -> Node:
        (inside,) = self.infer_parts(tree)
        shape = self.shape_of(inside)
        if shape.kind is ShapeKind.CONDITION:
            raise IllTyped(say("typed.an_equation_has_no_transpose"))
        if shape.like_number and tree.value == "'" and inside.op in ("symbol", "call"):
            raise IllTyped(say("typed.this_is_a_number_what"))
        if inside.op == "stack" and inside.value[2]:
            return inside  # (1, 0)^T is how a column is written in a line
        turned = array(shape.columns, shape.rows) if shape.is_array else shape
        return node("transpose", inside, shape=turned)

    def _infer_inverse(self, tree: Node) -> Node:
        (inside,) = self.infer_parts(tree)
        shape = self.shape_of(inside)
        if not self._can_be_square(shape):
            raise IllTyped(say("typed.there_is_no_inverse_of", shape=shape.sentence))
        return node("inverse", inside, shape=shape)

    def _infer_power(self, tree: Node) -> Node:
        base, raised = self.infer_parts(tree)
        shape, above = self.shape_of(base), self.shape_of(raised)
        if shape.is_array and raised.op == "symbol" and raised.value in ("T", "t"):
            return node("transpose", base, shape=array(shape.columns, shape.rows))
        if not above.like_number:
            raise IllTyped(say("typed.an_exponent_must_be_a", above=above.sentence))
        each = tree.value == ".^" or (self.style and "1" in (shape.rows, shape.columns))
        if each and shape.is_array:
            return node("power", base, raised, value=".^", shape=shape)
        if shape.like_number:
            return node("power", base, raised, shape=NUMBER)
        return self._matrix_power(base, raised)

    def _matrix_power(self, base: Node, raised: Node) -> Node:
        shape, times = self.shape_of(base), constant(raised)
        if not shape.is_array or not self.unify(shape.rows, shape.columns):
            advice = say("typed.write_v_2_for_the") if shape.is_column else SILENT
            raise IllTyped(say("typed.there_is_no_power_of", shape=shape.sentence, advice=advice))
        if times is None or times.denominator != 1 or abs(times) > MAX_MATRIX_POWER:
            raise IllTyped(say("typed.a_matrix_can_be_raised", most=MAX_MATRIX_POWER))
        if times == -1:
            return node("inverse", base, shape=shape)
        return node("power", base, raised, shape=shape)

    def _infer_norm(self, tree: Node) -> Node:
        (inside,) = self.infer_parts(tree)
        shape, kind = self.shape_of(inside), tree.value
        if shape.kind is ShapeKind.CONDITION:
            raise IllTyped(say("typed.an_equation_has_no_norm"))
        matrix = shape.is_array and "1" not in (shape.rows, shape.columns)
        if matrix and kind == "bar":
            if not self._can_be_square(shape):
                raise IllTyped(say("typed.there_is_no_determinant_of", shape=shape.sentence))
            return node("call", inside, value="det", shape=NUMBER)
        if matrix and kind in ("1", "inf"):
            raise IllTyped(say("typed.of_matrices_i_know_the"))
        if matrix:
            kind = {"2": "F", "op2": "spectral"}.get(kind, kind)
        elif kind not in ("1", "inf"):
            kind = "2"
        return node("norm", inside, value=kind, shape=NUMBER)

    def _infer_call(self, tree: Node) -> Node:
        if tree.value in ("total", "mean"):
            tree = _entry_by_entry(tree)
        parts = self.infer_parts(tree)
        own = _CALLS.get(tree.value)
        if own is not None and len(parts) == 1:
            return own(self, tree.value, parts[0])
        shapes = [self.shape_of(part) for part in parts]
        if tree.value in ENTRYWISE and shapes[0].is_array and "1" in (shapes[0].rows, shapes[0].columns):
            return node("call", *parts, value=tree.value, shape=shapes[0])
        if tree.value in ("max", "min") and all(shape.like_number or shape.is_column for shape in shapes):
            columns = [shape for shape in shapes if shape.is_array]
            if columns and all(self.unify_shapes(columns[0], other) for other in columns):
                return node("call", *parts, value=tree.value, shape=columns[0])
        odd = next((shape for shape in shapes if not shape.like_number), None)
        if odd is not None:
            raise IllTyped(say("typed.needs_a_number_not", value=str(tree.value), odd=odd.sentence))
        return node("call", *parts, value=tree.value, shape=NUMBER)

    def _call_of_matrix(self, name: str, inside: Node) -> Node:
        if not self.shape_of(inside).is_array:
            raise IllTyped(
                say(
                    "typed.needs_a_matrix_not",
                    name=SHOWN_NAMES.get(name, name),
                    shape=self.shape_of(inside).sentence,
                )
            )
        return node("call", inside, value=name, shape=NUMBER)

    def _call_total(self, name: str, inside: Node) -> Node:
        shape = self.shape_of(inside)
        if shape.kind is ShapeKind.NUMBER:
            return self._total_of_number(inside)
        if not shape.is_array:
            raise IllTyped(say("typed.sum_needs_a_vector_or", shape=shape.sentence))
        return node("call", inside, value=name, shape=NUMBER)

    def _call_of_vector(self, name: str, inside: Node) -> Node:
        shape = self.shape_of(inside)
        if not shape.is_array or "1" not in (shape.rows, shape.columns):
            raise IllTyped(say("typed.needs_a_vector_not", name=name, shape=shape.sentence))
        return node("call", inside, value=name, shape=shape if name == "softmax" else NUMBER)

    def _total_of_number(self, inside: Node) -> Node:
        """sum(x_i y_i) over the one index that is free; MATLAB's sum(sum(A)) is the sum of all entries."""
        if inside.op == "call" and inside.value == "total":
            return inside
        return self._sum_over_free_index(inside)

    def _sum_over_free_index(self, inside: Node) -> Node:
        free = sorted(free_indices(inside) & set(self.indices))
        if len(free) != 1:
            raise IllTyped(say("typed.over_which_index_does_the"))
        size = self.find(self.indices.pop(free[0]))
        return node("sum", inside, value=(free[0], size, ""), shape=inside.shape)

    def _call_vec(self, _name: str, inside: Node) -> Node:
        shape = self.shape_of(inside)
        if not shape.is_column:
            raise IllTyped(say("typed.vec_marks_a_column_vector", shape=shape.sentence))
        return inside

    def _call_diag(self, _name: str, inside: Node) -> Node:
        shape = self.shape_of(inside)
        if shape.is_column:
            return node("call", inside, value="diag", shape=array(shape.rows, shape.rows))
        if shape.is_square:
            return node("call", inside, value="diag", shape=array(shape.rows, "1"))
        raise IllTyped(say("typed.diag_needs_a_column_vector", shape=shape.sentence))

    def _call_pinv(self, _name: str, inside: Node) -> Node:
        shape = self.shape_of(inside)
        if shape.like_number:  # (x)^+ of a number is its positive part
            return node("call", inside, value="relu", shape=NUMBER)
        if not shape.is_array:
            raise IllTyped(say("typed.there_is_no_pseudo_inverse", shape=shape.sentence))
        return node("call", inside, value="pinv", shape=array(shape.columns, shape.rows))

    def _call_of_square(self, name: str, inside: Node) -> Node:
        shape = self.shape_of(inside)
        if not self._can_be_square(shape):
            raise IllTyped(
                say("typed.needs_a_square_matrix_not", name=SHOWN_NAMES.get(name, name), shape=shape.sentence)
            )
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
            raise IllTyped(say("typed.takes_not", name=name, wanted=wanted.sentence, shape=shape.sentence))
        return node("apply", inside, value=tree.value, shape=(NUMBER, wanted, array(size, size))[order])

    def _infer_entry(self, tree: Node) -> Node:
        row = self._row_of_matrix(tree)
        if row is not None:
            return row
        (inside,) = self.infer_parts(tree)
        shape = self.shape_of(inside)
        if not shape.is_array:
            raise IllTyped(say("typed.you_cannot_index", shape=shape.sentence))
        sizes = [size for size in (shape.rows, shape.columns) if size != "1"]
        indices = tree.value
        if len(sizes) == 2 and len(indices) == 1 and re.fullmatch("[1-9]{2}", indices[0]):
            indices = tuple(indices[0])  # A_{12}
        given = len(indices)
        if given != len(sizes) == 1:
            raise IllTyped(say("typed.has_one_index_you_wrote", shape=shape.sentence, given=given))
        if given != len(sizes):
            raise IllTyped(
                say(
                    "typed.has_index_es_you_wrote",
                    shape=shape.sentence,
                    count=len(sizes),
                    given=given,
                )
            )
        self._let_run_over(indices, sizes)
        return node("entry", inside, value=indices, shape=NUMBER)

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
                raise IllTyped(say("typed.entries_are_counted_from_1"))
            if not index.isdigit() and not self.unify(self.indices.setdefault(index, size), size):
                raise IllTyped(
                    say(
                        "typed.the_index_runs_over_two",
                        index=index,
                        first=str(self.indices[index]),
                        size=size,
                    )
                )

    def _infer_sum(self, tree: Node) -> Node:
        index, upper, only = tree.value
        if index == "?":
            (inside,) = self.infer_parts(tree)
            return self._sum_over_free_index(inside)
        outside = self.indices.pop(index, None)
        (inside,) = self.infer_parts(tree)
        size = self.find(self.indices.pop(index, "")) or upper
        if only and not self.unify(self.indices.setdefault(only[-1], size), size):
            raise IllTyped(say("typed.the_indices_and_run_over", index=index, other=str(only[-1])))
        if outside is not None:
            self.indices[index] = outside
        if size not in self.symbols.sizes and not size.startswith("?"):
            raise IllTyped(say("typed.the_sum_over_has_no", index=index))
        if upper and not self.unify(size, upper):
            raise IllTyped(say("typed.the_sum_over_runs_up", index=index, size=size, upper=upper))
        if self.shape_of(inside).kind is ShapeKind.ZERO:
            return inside
        return replace(self._keep_shape(tree, inside), value=(index, size, only))

    def _infer_expect(self, tree: Node) -> Node:
        (inside,) = self.infer_parts(tree)
        named = {part.value for part in walk(inside) if part.op == "symbol"}
        chosen = sorted(named & self.symbols.random_names)
        only = set(tree.value or chosen)  # E_X[…] where X is all that is random
        if only & named and set(chosen) - only:
            raise IllTyped(say("typed.is_random_too_write_e", names=", ".join(sorted(set(chosen) - only))))
        variables = tuple(
            RandomVariable(name, _lower_bound(self.symbols.by_name[name])) for name in sorted(only & named)
        )
        return replace(self._keep_shape(tree, inside), value=variables)

    def _infer_spread(self, tree: Node) -> Node:
        """Var(X) and Cov(X, Y) as the expectations that define them; of vectors, matrices."""
        shapes = [self.shape_of(self.infer(part)) for part in tree.args]
        if any(not shape.like_number and not shape.is_column for shape in shapes):
            raise IllTyped(say("typed.needs_numbers_or_column_vectors", value=str(tree.value)))
        left, right = (
            node("add", part, node("negative", node("expect", part))) for part in (tree.args * 2)[:2]
        )
        if shapes[0].is_array:
            return self.infer(node("expect", node("product", left, node("transpose", right), value="")))
        square = node("power", left, number(2))
        return self.infer(
            node("expect", node("product", left, right, value="") if len(shapes) == 2 else square)
        )

    def _infer_chances(self, tree: Node) -> Node:
        """P(X > t, …) as the expectation of an indicator; that X = t exactly has no chance."""
        return self.infer(node("expect", self._indicator(tree)))

    def _infer_indicator(self, tree: Node) -> Node:
        return self.infer(self._indicator(tree))

    def _indicator(self, tree: Node) -> Node:
        """A product of steps: 1 where all inequalities hold, else 0."""
        steps = []
        for link in tree.args:
            if link.op != "relation" or link.value in ("=", "!="):
                raise IllTyped(say("typed.i_read_p_x_t"))
            low, high = link.args if link.value in ("<", "<=") else link.args[::-1]
            steps.append(node("call", node("add", high, node("negative", low)), value="step"))
        whole = steps[0]
        for step in steps[1:]:
            whole = node("product", whole, step, value="")
        return whole

    def _infer_relation(self, tree: Node) -> Node:
        left, right = self.infer_parts(tree)
        one, two = self.shape_of(left), self.shape_of(right)
        if ShapeKind.CONDITION in (one.kind, two.kind):
            raise IllTyped(say("typed.an_equation_cannot_stand_inside"))
        if ShapeKind.ZERO not in (one.kind, two.kind) and not self.unify_shapes(one, two):
            raise IllTyped(say("typed.you_compare_with", one=one.sentence, two=two.sentence))
        return node("relation", left, right, value=tree.value, shape=CONDITION)

    def _infer_both(self, tree: Node) -> Node:
        return node("both", *self.infer_parts(tree), shape=CONDITION)

    def _infer_either(self, tree: Node) -> Node:
        return node("either", *self.infer_parts(tree), shape=CONDITION)


def _lower_bound(symbol: Symbol) -> Fraction | None:
    """What the values of a random variable stay above, if its declaration says so."""
    if symbol.between is not None:
        return symbol.between[0]
    return Fraction(0) if symbol.positive else None


_RULES = rules_of(ShapeInference, "_infer_")
_CALLS: Mapping[str, Callable[[ShapeInference, str, Node], Node]] = {
    "vec": ShapeInference._call_vec,
    "diag": ShapeInference._call_diag,
    "pinv": ShapeInference._call_pinv,
    "total": ShapeInference._call_total,
    **dict.fromkeys(("tr", "det", "eigmax", "eigmin"), ShapeInference._call_of_square),
    **dict.fromkeys(("rank", "singmax", "singmin", "cond"), ShapeInference._call_of_matrix),
    **dict.fromkeys(("softmax", "logsumexp", "mean", "max", "min"), ShapeInference._call_of_vector),
}
"""Functions of one argument with a rule of their own."""


def _cannot_multiply(left: Shape, right: Shape) -> Sentence:
    advice = SILENT
    if left.is_column and right.is_column and left.rows == right.rows:
        advice = say("typed.write_u_v_or_u")
    elif left.rows == right.rows:
        advice = say("typed.is_a_transpose_missing_on")
    elif left.columns == right.columns:
        advice = say("typed.is_a_transpose_missing_on_2")
    elif right.columns == left.rows:
        advice = say("typed.is_the_order_of_the")
    told = {"left": left.sentence, "right": right.sentence, "advice": advice}
    return say("typed.you_cannot_multiply_by", **told)


def _entry_by_entry(tree: Node) -> Node:
    """Sum(w * x) and sum(w ** 2) as numpy reads them: products and squares of vectors entry by entry."""
    (inside,) = tree.args
    if inside.op == "product" and inside.value in ("", "*"):
        return node("call", _starred(inside), value=tree.value)
    if inside.op == "power" and inside.args[1] == number(2) and inside.value != ".^":
        return node("call", node("star", inside.args[0], inside.args[0]), value=tree.value)
    return tree


def _starred(tree: Node) -> Node:
    """A product of several factors as products that may be taken entry by entry."""
    if tree.op != "product" or tree.value not in ("", "*"):
        return tree
    return node("star", *map(_starred, tree.args))


def has_one_behind(tree: Node) -> bool:
    """Whether it is a product with a 1 beside it on the right, as in X^T 1."""
    return tree.op == "product" and tree.value == "" and tree.args[1] == number(1)
