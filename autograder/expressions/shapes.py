"""Shapes with symbolic sizes, and how they are called in a sentence."""

from dataclasses import dataclass
from enum import Enum


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
    def is_square(self) -> bool:
        """Whether it is a square matrix."""
        return self.is_array and self.rows == self.columns

    @property
    def like_number(self) -> bool:
        """Whether it may stand where a number must."""
        return self.kind in (ShapeKind.NUMBER, ShapeKind.ZERO)

    def __str__(self) -> str:
        if self.kind is ShapeKind.ARRAY:
            return _array_name(self.rows, self.columns)
        return {
            ShapeKind.NUMBER: "a number",
            ShapeKind.ZERO: "zero",
            ShapeKind.CONDITION: "an equation or inequality",
        }[self.kind]


NUMBER = Shape(ShapeKind.NUMBER)
ZERO = Shape(ShapeKind.ZERO)
CONDITION = Shape(ShapeKind.CONDITION)


def array(rows: str, columns: str) -> Shape:
    """The shape of rows x columns, which is a number when both are 1."""
    return NUMBER if rows == columns == "1" else Shape(ShapeKind.ARRAY, rows, columns)


def _array_name(rows: str, columns: str) -> str:
    if rows.startswith("?"):
        return "a multiple of the identity" if rows == columns else "an array of any size"
    if columns == "1":
        return f"a column vector ({rows}×1)"
    if rows == "1":
        return f"a row vector (1×{columns})"
    return f"a {rows}×{columns} matrix"


def compatible(left: Shape, right: Shape) -> bool:
    """Whether values of these shapes can be compared."""
    return left == right or (
        ShapeKind.ZERO in (left.kind, right.kind) and ShapeKind.CONDITION not in (left.kind, right.kind)
    )
