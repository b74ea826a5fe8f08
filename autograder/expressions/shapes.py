"""Shapes with symbolic sizes, and how they are called in a sentence."""

from dataclasses import dataclass
from enum import Enum

from autograder.domain.sentences import Sentence, say


class ShapeKind(Enum):
    """What a part of an expression is."""

    NUMBER = "number"
    ARRAY = "array"
    ZERO = "zero"
    """A literal 0: fits any shape."""
    CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind and, for arrays, two sizes: names such as d, digits, or ?1 for one that the context must say."""

    kind: ShapeKind
    rows: str = "1"
    columns: str = "1"

    @property
    def is_array(self) -> bool:
        """Whether it is a vector or a matrix."""
        return self.kind is ShapeKind.ARRAY

    @property
    def is_column(self) -> bool:
        """Whether it is a column vector."""
        return self.is_array and self.columns == "1"

    @property
    def is_matrix(self) -> bool:
        """Whether it is an array and no column vector."""
        return self.is_array and self.columns != "1"

    @property
    def is_square(self) -> bool:
        """Whether it is a square matrix."""
        return self.is_array and self.rows == self.columns

    @property
    def like_number(self) -> bool:
        """Whether it may stand where a number must."""
        return self.kind in (ShapeKind.NUMBER, ShapeKind.ZERO)

    @property
    def sentence(self) -> Sentence:
        """What it is called, within other sentences."""
        if self.kind is ShapeKind.ARRAY:
            return _name_array(self.rows, self.columns)
        return say(f"shape_of.{self.kind.value}")

    def __str__(self) -> str:
        return str(self.sentence)


NUMBER = Shape(ShapeKind.NUMBER)
ZERO = Shape(ShapeKind.ZERO)
CONDITION = Shape(ShapeKind.CONDITION)


def array(rows: str, columns: str) -> Shape:
    """The shape of rows x columns, which is a number when both are 1."""
    return NUMBER if rows == columns == "1" else Shape(ShapeKind.ARRAY, rows, columns)


def _name_array(rows: str, columns: str) -> Sentence:
    if rows.startswith("?") or columns.startswith("?"):
        return say("shape_of.identity" if rows == columns else "shape_of.any")
    if columns == "1":
        return say("shape_of.column", rows=rows)
    if rows == "1":
        return say("shape_of.row", columns=columns)
    return say("shape_of.matrix", rows=rows, columns=columns)


def compatible(left: Shape, right: Shape) -> bool:
    """Whether values of these shapes can be compared."""
    return left == right or (
        ShapeKind.ZERO in (left.kind, right.kind) and ShapeKind.CONDITION not in (left.kind, right.kind)
    )
