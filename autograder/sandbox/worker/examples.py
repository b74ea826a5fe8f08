"""Running a public example: plain asserts, of which the first that fails tells what it compared."""

import ast
import linecache
import traceback
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

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
            answer, expected = describe_sides(find_failed(source, error, name), error, name, scope)
            return ExampleDone(traceback=describe(error), answer=answer, expected=expected)
    return ExampleDone(passed=True)


def find_failed(source: str, error: BaseException, name: str) -> ast.stmt | None:
    """The statement of the example that raised, by the line where it did; None where that is not one."""
    lines = [
        line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == name
    ]
    tree = ast.parse(source, name)
    found = [part for part in tree.body if lines and part.lineno <= lines[0] <= (part.end_lineno or 0)]
    return found[0] if len(found) == 1 else None


def describe_sides(
    statement: ast.stmt | None, error: BaseException, name: str, scope: dict[str, Any]
) -> tuple[str, str]:
    """The printed answer and expected value of a comparison that did not hold, or nothing."""
    if not isinstance(error, AssertionError):
        return "", ""
    test: ast.expr | None = None
    if isinstance(statement, ast.Assert):
        test = statement.test
    elif isinstance(statement, ast.Expr):
        test = statement.value
    pair = _compared(test) if test is not None else None
    if pair is None:
        return "", ""
    left, right = pair
    if not _has_call(left) and _has_call(right):
        left, right = right, left
    return _printed(left, name, scope), _printed(right, name, scope)


def _compared(test: ast.expr) -> tuple[ast.expr, ast.expr] | None:
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
            return _compared(test.args[0] if test.args else getattr(test.func, "value", test))
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


def _printed(expression: ast.expr, name: str, scope: dict[str, Any]) -> str:
    try:
        value = eval(compile(ast.Expression(expression), name, "eval", dont_inherit=True), scope)  # noqa: S307
        return repr(value)[:_MOST]
    except BaseException:  # noqa: BLE001 - student code
        return ""
