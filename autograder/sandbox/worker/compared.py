"""What a test compares is kept while it runs: nobody is asked a second time to tell what did not hold.

A function of the student's may count its calls, or go on from the last one: asked once more, it would give
another value, and leave later tests another state than their tool does.
"""

import ast
import builtins
from typing import Any

from autograder.sandbox.worker.examples import find_compared

COMPARED = "__compared__"
"""What is called with each side of a comparison, and gives it back: a builtin, found wherever a test runs."""
Place = tuple[int, int]
"""Line and column of the statement that compares."""


class Comparisons:
    """The sides of the comparisons of one test, as they were when each was made last."""

    def __init__(self) -> None:
        self._sides: dict[tuple[Place, int], Any] = {}
        vars(builtins)[COMPARED] = self._keep

    def clear(self) -> None:
        """Forget them: another test begins."""
        self._sides.clear()

    def side(self, place: Place, number: int) -> Any:
        """A side of the comparison at a place; KeyError where it was not reached."""
        return self._sides[place, number]

    def _keep(self, line: int, column: int, number: int, value: Any) -> Any:
        self._sides[(line, column), number] = value
        return value


def keep_compared(tree: ast.Module, line: int = 0) -> bool:
    """Have the comparisons of a test's statements kept; whether there is any. Lines count from `line`."""
    sides: dict[int, tuple[int, ...]] = {}
    for statement in tree.body:
        test = {ast.Assert: "test", ast.Expr: "value"}.get(type(statement))
        for number, side in enumerate(find_compared(getattr(statement, test)) or ()) if test else ():
            if not isinstance(side, ast.Starred):
                sides[id(side)] = (line + statement.lineno, statement.col_offset, number)
    if sides:
        ast.fix_missing_locations(_Keeping(sides).visit(tree))
    return bool(sides)


class _Keeping(ast.NodeTransformer):
    """Has these nodes kept, by where they stand."""

    def __init__(self, sides: dict[int, tuple[int, ...]]) -> None:
        self._sides = sides

    def visit(self, node: ast.AST) -> Any:
        """One node."""
        where = self._sides.get(id(node))
        made = self.generic_visit(node)
        if where is None:
            return made
        place: list[ast.expr] = [ast.Constant(number) for number in where]
        call = ast.Call(ast.Name(COMPARED, ast.Load()), [*place, made], [])  # type: ignore[list-item] # an expr
        return ast.copy_location(call, node)
