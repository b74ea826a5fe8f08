"""Running one cell of a notebook: executed plainly, by IPython's rules only where it needs them."""

import __future__

import ast
import base64
import linecache
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import numpy as np
from IPython.core.inputtransformer2 import TransformerManager

from autograder.sandbox.messages import CellDone
from autograder.sandbox.worker.code import Compiled, compile_cell
from autograder.sandbox.worker.printing import CapturedStream, OutputBuffer
from autograder.sandbox.worker.reserve import give_back
from autograder.sandbox.worker.shell import Shell
from autograder.sandbox.worker.tracebacks import builtin_name, describe, message_of

_FUTURES = 0
for _name in __future__.all_feature_names:
    _FUTURES |= getattr(__future__, _name).compiler_flag
_PLAIN = (int, float, bool, str, complex, np.ndarray, np.float64, np.int64)
_MOST_PNG = 2 << 20


@dataclass(slots=True)
class OutputLimits:
    """How much of what a notebook shows is kept."""

    characters: int
    figures: int


@dataclass(slots=True)
class CellOutput:
    """What one cell printed and showed."""

    text: OutputBuffer
    displayed: list[str] = field(default_factory=list)
    figures: list[np.ndarray] = field(default_factory=list)


class CellRunner:
    """Runs cells in one namespace, the way a notebook does."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._flags = 0
        self.namespace: dict[str, Any] = shell.user_ns

    def run(self, number: int, name: str, source: str, limits: OutputLimits) -> CellDone:
        """Run one cell; what happened. Counts its figures off the limits."""
        output = CellOutput(OutputBuffer(limits.characters))
        raised: dict[str, str] = {}
        with self._capture(output, limits):
            try:
                self._execute(name, source)
            except BaseException as error:  # noqa: BLE001 - student code
                give_back(error)
                raised = {
                    "exception": builtin_name(type(error)),
                    "message": message_of(error),
                    "traceback": describe(error),
                }
            try:
                pyplot = sys.modules.get("matplotlib.pyplot")
                if pyplot is not None and pyplot.get_fignums():  # drawn and not shown
                    pyplot.show()
            except BaseException as error:  # noqa: BLE001 - drawing runs student code too
                output.text.add(f"A figure could not be drawn: {message_of(error)}\n")
        text = output.text
        return CellDone(number, text.text, text.cut, output.displayed, output.figures, **raised)

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

    def _compile(self, name: str, source: str) -> Compiled:
        try:
            return self._code(name, source, self._flags)
        except SyntaxError as error:
            refusal = error
        transformer: Any = TransformerManager
        python = transformer().transform_cell(source)
        for flags in (self._flags, self._flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
            try:
                return self._code(name, python, flags)
            except SyntaxError:
                continue
        raise refusal

    def _code(self, name: str, source: str, flags: int) -> Compiled:
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

    @contextmanager
    def _capture(self, output: CellOutput, limits: OutputLimits) -> Iterator[None]:
        """Keep what a cell prints and shows, as far as there is room."""

        def listener(data: dict[str, Any]) -> None:
            picture = data.get("image/png")
            if picture is not None and limits.figures > 0:
                raw = base64.b64decode(picture) if isinstance(picture, str) else bytes(picture)
                if len(raw) <= _MOST_PNG:
                    limits.figures -= 1
                    output.figures.append(np.frombuffer(raw, np.uint8))
                return
            text = data.get("text/plain")
            if isinstance(text, str) and len(output.displayed) < 200:
                room = max(0, limits.characters - sum(map(len, output.displayed)))
                output.text.cut |= len(text) > room
                output.displayed.append(text[:room])

        publisher: Any = self._shell.display_pub
        publisher.listener = listener
        out, err = CapturedStream(output.text, "<stdout>"), CapturedStream(output.text, "<stderr>")
        try:
            with redirect_stdout(out), redirect_stderr(err):
                yield
        finally:
            publisher.listener = None
