"""Running a public example: plain asserts, of which the first that fails tells what it compared."""

import ast
import linecache
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.sandbox.messages import ExampleDone
from autograder.sandbox.worker.code import compile_cell
from autograder.sandbox.worker.printing import CapturedStream, OutputBuffer
from autograder.sandbox.worker.tracebacks import describe

_MOST = 2000
_COMPARES = frozenset(
    {
        "allclose",
        "isclose",
        "array_equal",
        "array_equiv",
        "equal",
        "assert_allclose",
        "assert_array_equal",
        "assert_equal",
        "assert_almost_equal",
        "assert_array_almost_equal",
    }
)
_MOST_KIND = 200
_NUMBERS = (int, float, complex, np.number)
_DATA = (*_NUMBERS, np.generic, np.ndarray, str, bytes, list, tuple, dict, set, frozenset, type(None))
_WRAPS = frozenset({"all", "any", "bool", "abs", "max", "norm", "sum"})


def run_example(name: str, source: str, namespace: dict[str, Any]) -> ExampleDone:
    """Run an example beside the notebook's names, leaving them as they are; what happened."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    scope = dict(namespace)
    output = OutputBuffer(_MOST)
    with (
        redirect_stdout(CapturedStream(output, "<stdout>")),
        redirect_stderr(CapturedStream(output, "<stderr>")),
    ):
        try:
            parts = [part for part in compile_cell(name, source) if part is not None]
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return ExampleDone(traceback=describe(error))
        try:
            for part in parts:
                exec(part, scope)  # noqa: S102 - this is what the sealed process is for
        except BaseException as error:  # noqa: BLE001 - student code

            def evaluate(_number: int, side: ast.expr, scope: dict[str, Any] = scope) -> Any:
                code = compile(ast.Expression(side), name, "eval", dont_inherit=True)
                return eval(code, scope)  # noqa: S307 - this is what the sealed process is for

            sides = describe_sides(find_failed(source, error, name), error, evaluate)
            return ExampleDone(traceback=describe(error), answer=sides.answer, expected=sides.expected)
    return ExampleDone(passed=True)


def find_failed(source: str, error: BaseException, name: str) -> ast.stmt | None:
    """The statement of the example that raised, by the line where it did; None where that is not one."""
    lines = [
        line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == name
    ]
    tree = ast.parse(source, name)
    found = [part for part in tree.body if lines and part.lineno <= lines[0] <= (part.end_lineno or 0)]
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Sides:
    """What a comparison that did not hold compared, as it is printed; nothing where that is not known."""

    answer: str = ""
    expected: str = ""
    answer_kind: str = ""
    """What the answer is, where that alone tells it from what is expected: `ndarray of shape (3,)`."""
    expected_kind: str = ""


ValueOf = Callable[[int, ast.expr], Any]
"""Gives the value of a side of a comparison, by its number and what stands there."""


def describe_sides(statement: ast.stmt | None, error: BaseException, value_of: ValueOf) -> Sides:
    """The answer and the expected value of a statement that failed."""
    # An array of several entries where one truth is wanted is a comparison that did not hold, too.
    if not isinstance(error, AssertionError) and not str(error).startswith("The truth value of"):
        return Sides()
    if isinstance(statement, ast.Assert):
        return describe_comparison(statement.test, value_of)
    return describe_comparison(statement.value, value_of) if isinstance(statement, ast.Expr) else Sides()


def describe_comparison(test: ast.expr, value_of: ValueOf) -> Sides:
    """The two sides of an expression that compares; nothing of one that does not."""
    pair = find_compared(test)
    if pair is None:
        return Sides()
    sides = [*enumerate(pair)]
    if not _has_call(pair[0]) and _has_call(pair[1]):
        sides.reverse()
    values, texts = list[Any](), list[str]()
    for side in sides:
        try:
            values.append(value_of(*side))
            texts.append(repr(values[-1])[:_MOST])
        except BaseException:  # noqa: BLE001 - student code
            texts.append("")
    kinds = tell_kinds(*values) if len(values) == len(texts) and all(texts) else ("", "")
    return Sides(texts[0], texts[1], *kinds)


def tell_kinds(answer: Any, expected: Any) -> tuple[str, str]:
    """What two values are, where their shapes differ, or their types if they have none; else nothing.

    >>> tell_kinds(np.zeros(3), np.zeros((3, 1)))
    ('ndarray of shape (3,)', 'ndarray of shape (3, 1)')
    >>> tell_kinds([1, 2], np.array([1, 3])), tell_kinds(1, 2.5), tell_kinds(None, "a")
    (('', ''), ('', ''), ('NoneType', 'str'))
    """
    for value in (answer, expected):
        # Of an object of another class, what it is would have to be asked of it.
        if not (isinstance(value, _DATA) or type(value).__module__.startswith("pandas")):
            return "", ""
    shapes = [_shape_of(value) for value in (answer, expected)]
    alike = shapes[0] == shapes[1] if None not in shapes else type(answer) is type(expected)
    if alike or (isinstance(answer, _NUMBERS) and isinstance(expected, _NUMBERS)):
        return "", ""
    first, second = (
        type(value).__name__ if shape is None else f"{type(value).__name__} of shape {shape}"
        for value, shape in zip((answer, expected), shapes, strict=True)
    )
    return first[:_MOST_KIND], second[:_MOST_KIND]


def _shape_of(value: Any) -> tuple[int, ...] | None:
    """The shape of an array, a table or a list of numbers; None of what has none."""
    shape = getattr(value, "shape", None) if not isinstance(value, np.generic) else None
    if isinstance(value, list | tuple):
        try:
            shape = np.shape(value)
        except ValueError:  # its items have different lengths
            shape = (len(value),)
    return tuple(int(length) for length in shape) if isinstance(shape, tuple) else None


def find_compared(test: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """The two expressions a test compares, or None."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        left, right = test.left, test.comparators[0]
        if isinstance(test.ops[0], ast.Lt | ast.LtE):
            return _difference(left) or (left, right)
        return left, right
    if isinstance(test, ast.Call):
        called = _last_name(test.func)
        if called in _COMPARES and len(test.args) >= 2:
            return test.args[0], test.args[1]
        if called in _WRAPS:
            return find_compared(test.args[0] if test.args else getattr(test.func, "value", test))
    return None


def _difference(expression: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """The two sides of a difference whose size is tested: `abs(a - b)`, `np.max(np.abs(a - b))`."""
    while isinstance(expression, ast.Call) and _last_name(expression.func) in _WRAPS:
        if expression.args:
            expression = expression.args[0]
        elif isinstance(expression.func, ast.Attribute):
            expression = expression.func.value
        else:
            return None
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Sub):
        return expression.left, expression.right
    return None


def _last_name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _has_call(expression: ast.expr) -> bool:
    """Whether a function is called in it that is not numpy's own way of writing a value."""
    calls = (node for node in ast.walk(expression) if isinstance(node, ast.Call))
    return any(isinstance(call.func, ast.Name) for call in calls)
