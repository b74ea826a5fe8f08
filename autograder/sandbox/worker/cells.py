"""Running one cell of a notebook: executed plainly, by IPython's rules only where it needs them."""

import __future__

import ast
import base64
import functools
import linecache
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import numpy as np
from IPython.core.inputtransformer2 import TransformerManager

from autograder.sandbox.worker.printing import Page, Pen
from autograder.sandbox.worker.shell import Shell
from autograder.sandbox.worker.tracebacks import builtin_name, describe, message_of

_FUTURES = 0
for _name in __future__.all_feature_names:
    _FUTURES |= getattr(__future__, _name).compiler_flag
_PLAIN = (int, float, bool, str, complex, np.ndarray, np.float64, np.int64)
_MOST_PNG = 2 << 20


_transformer: Any = TransformerManager

_TO_LAST_AT_MARGIN = re.compile(r"(?:.*\n)?(?=[^\s#])", re.DOTALL)
_STATEMENT = re.compile(
    r"(?:def|class|assert|import|from|for|while|if|elif|else|with|try|except|finally|del|pass|raise)\b"
    r"|\w+(?:, *\w+)* *(?://|\*\*|[-+*/@%&|^])?=(?!=)"
)


def _ends_in_statement(source: str) -> bool:
    """Whether the last line at the margin begins a statement that has no value to show.

    Then the cell is compiled at once, without the tree that takes most of the time. Where the line only looks
    so (in a text of several lines), the value is not shown, and nothing else is lost.
    """
    before = _TO_LAST_AT_MARGIN.match(source)
    if before is None or ";" in source[before.end() :]:
        return False
    return _STATEMENT.match(source, before.end()) is not None


@functools.lru_cache(maxsize=1024)
def compile_cell(name: str, source: str, flags: int = 0) -> tuple[CodeType | None, CodeType | None]:
    """The statements of a cell and, apart, the expression whose value it shows."""
    if _ends_in_statement(source):
        return compile(source, name, "exec", flags, dont_inherit=True), None
    tree = compile(source, name, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        expression = ast.Expression(tree.body.pop().value)
        last = compile(expression, name, "eval", flags, dont_inherit=True)
    body = compile(tree, name, "exec", flags, dont_inherit=True) if tree.body else None
    return body, last


@dataclass(slots=True)
class Bounds:
    """How much of what a notebook shows is kept."""

    characters: int
    figures: int


@dataclass(slots=True)
class Seen:
    """What one cell printed and showed."""

    page: Page
    shown: list[str] = field(default_factory=list)
    figures: list[np.ndarray] = field(default_factory=list)


class Cells:
    """Runs cells in one namespace, the way a notebook does."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._flags = 0
        self._transformer: Any = _transformer()
        self.namespace: dict[str, Any] = shell.user_ns

    def run(self, name: str, source: str, bounds: Bounds) -> dict[str, Any]:
        """Run one cell; what happened, as it is told to the grader. Counts its figures off the bounds."""
        seen = Seen(Page(bounds.characters))
        told: dict[str, Any] = {}
        with self._listening(seen, bounds):
            try:
                self._execute(name, source)
            except BaseException as error:  # noqa: BLE001 - student code
                told = {
                    "exception": builtin_name(type(error)),
                    "message": message_of(error),
                    "traceback": describe(error),
                }
            try:
                self._flush_figures()
            except BaseException as error:  # noqa: BLE001 - drawing runs student code too
                seen.page.add(f"A figure could not be drawn: {message_of(error)}\n")
        all_told = told | {
            "printed": seen.page.text,
            "cut": seen.page.cut,
            "displayed": seen.shown,
            "figures": seen.figures,
        }
        return {key: value for key, value in all_told.items() if value}

    def _execute(self, name: str, source: str) -> None:
        lines = source.splitlines(keepends=True)
        linecache.cache[name] = (len(source), None, lines, name)
        body, last = self._compile(name, source)
        if body is not None:
            self._do(body)
        if last is not None:
            value = self._do(last)
            if value is not None:
                self._show(value)

    def _compile(self, name: str, source: str) -> tuple[CodeType | None, CodeType | None]:
        try:
            return self._code(name, source, self._flags)
        except SyntaxError as error:
            refusal = error
        python = self._transformer.transform_cell(source)
        for flags in (self._flags, self._flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
            try:
                return self._code(name, python, flags)
            except SyntaxError:
                continue
        raise refusal

    def _code(self, name: str, source: str, flags: int) -> tuple[CodeType | None, CodeType | None]:
        body, last = compile_cell(name, source, flags)
        if body is not None:
            self._flags |= body.co_flags & _FUTURES
        return body, last

    def _do(self, code: CodeType) -> Any:
        value = eval(code, self.namespace)  # noqa: S307 - this is what the sealed process is for
        if code.co_flags & 0x80:  # a coroutine: the cell awaits at its top level
            import asyncio  # seldom needed, and a twentieth of what every fork copies

            return asyncio.run(value)
        return value

    def _show(self, value: Any) -> None:
        self.namespace["_"] = value
        publisher: Any = self._shell.display_pub
        if type(value) in _PLAIN:
            publisher.publish({"text/plain": repr(value)})
            return
        formatter: Any = self._shell.display_formatter
        data, _ = formatter.format(value, include={"text/plain", "image/png"})
        publisher.publish(data)

    def _flush_figures(self) -> None:
        """Show and close what the cell drew and did not show."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None and pyplot.get_fignums():
            pyplot.show()

    @contextmanager
    def _listening(self, seen: Seen, bounds: Bounds) -> Iterator[None]:
        """Catch all a cell prints and shows."""

        def listener(data: dict[str, Any]) -> None:
            picture = data.get("image/png")
            if picture is not None and bounds.figures > 0:
                raw = base64.b64decode(picture) if isinstance(picture, str) else bytes(picture)
                if len(raw) <= _MOST_PNG:
                    bounds.figures -= 1
                    seen.figures.append(np.frombuffer(raw, np.uint8))
                return
            text = data.get("text/plain")
            if isinstance(text, str) and len(seen.shown) < 200:
                room = max(0, bounds.characters - sum(map(len, seen.shown)))
                seen.page.cut |= len(text) > room
                seen.shown.append(text[:room])

        publisher: Any = self._shell.display_pub
        publisher.listener = listener
        out, err = Pen(seen.page, "<stdout>"), Pen(seen.page, "<stderr>")
        try:
            with redirect_stdout(out), redirect_stderr(err):
                yield
        finally:
            publisher.listener = None
