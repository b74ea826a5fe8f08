"""Running one cell of a notebook: executed plainly, by IPython's rules only where it needs them."""

import __future__

import ast
import base64
import linecache
import sys
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import numpy as np
from IPython.core.inputtransformer2 import TransformerManager

from autograder.sandbox.messages import CellDone, WholeDone
from autograder.sandbox.worker.code import Compiled, compile_cell
from autograder.sandbox.worker.printing import CapturedStream, OutputBuffer, show_warnings_again
from autograder.sandbox.worker.reserve import give_back
from autograder.sandbox.worker.run_on import RunOn, find_line, rest_of, run_on, statements_of
from autograder.sandbox.worker.shell import MOST_PNG, PYPLOT, Shell
from autograder.sandbox.worker.tracebacks import builtin_name, describe, message_of

_FUTURES = 0
for _name in __future__.all_feature_names:
    _FUTURES |= getattr(__future__, _name).compiler_flag
_PLAIN = (int, float, bool, str, complex, np.ndarray, np.float64, np.int64)
_MOST_NAMES = 200
_MOST_SHOWN = 10_000
_MOST_COMMANDS, _MOST_COMMAND = 20, 200


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


def plain_python(source: str) -> str:
    """A source with IPython's magics as the calls that they are, each on the line where it stood."""
    transformer: Any = TransformerManager
    lines = source.splitlines(keepends=True)
    first = next((place for place, line in enumerate(lines) if not line.isspace()), 0)
    python: str = transformer().transform_cell(source)  # without the blank lines above all
    return "\n" * first + python


def parse_or_nothing(source: str) -> ast.Module:
    """What a cell says; nothing of one that is no Python."""
    for text in (str, plain_python):
        try:
            return ast.parse(text(source))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return ast.Module([], [])


def shorten_commands(commands: Sequence[str]) -> list[str]:
    """The first commands of the operating system that a cell asked for, each on one line, not too long."""
    return [" ".join(each.split())[:_MOST_COMMAND] for each in commands[:_MOST_COMMANDS]]


Needed = Callable[[], Set[str]]
"""Tells the names that functions of the notebook read."""


class CellRunner:
    """Runs cells in one namespace, the way a notebook does; one that stops half-way is run on."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._flags = 0
        self._python = "", 0
        """The text that the cell under way was compiled from, and the compiler's flags."""
        self._shown: Any = shell.user_ns.get("_")
        """What `_` was bound to last, by the shell."""
        self.namespace: dict[str, Any] = shell.user_ns

    def run(
        self, number: int, name: str, source: str, limits: OutputLimits, *, needed: Needed = frozenset
    ) -> CellDone:
        """Run one cell; what happened. Counts its figures off the limits."""
        output = CellOutput(OutputBuffer(limits.characters))
        raised: dict[str, Any] = {}
        with self._capture(output, limits):
            try:
                self._execute(name, source)
            except BaseException as error:  # noqa: BLE001 - student code
                give_back(error)
                raised = {
                    "exception": builtin_name(type(error)),
                    "message": message_of(error),
                    "traceback": describe(error),
                    "line": find_line(error, name),
                }
                in_haste = isinstance(error, KeyboardInterrupt)  # the cell has used up its time
                if raised["line"]:
                    ran = self._run_on(name, raised["line"], needed, constants_only=in_haste)
                    raised["ran_on"] = list(ran.names[:_MOST_NAMES])
            try:
                pyplot = sys.modules.get(PYPLOT)
                if pyplot is not None and pyplot.get_fignums():  # drawn and not shown
                    pyplot.show()
            except BaseException as error:  # noqa: BLE001 - drawing runs student code too
                output.text.add(f"A figure could not be drawn: {message_of(error)}\n")
        text = output.text
        return CellDone(number, text.text, text.cut, output.displayed, output.figures, **raised)

    def run_whole(self, name: str, source: str, limits: OutputLimits) -> WholeDone:
        """Run one cell as a kernel does: nothing of it below the statement that raises, and no repairs."""
        output, errors = CellOutput(OutputBuffer(limits.characters)), OutputBuffer(limits.characters)
        raised: dict[str, Any] = {}
        shown = ""
        # What a kernel keeps of its cells, for tests that look there. A cell may have bound the name anew.
        history = self.namespace.setdefault("In", [""])
        if type(history) is list:
            history.append(source)
        show_warnings_again()
        commands: list[str] = []
        self._shell.passed_over, self._shell.raised = commands, None
        with self._capture(output, limits, errors):
            try:
                shown = self._execute(name, source) or ""
                # What stands under a cell as an error fails it, as in a kernel.
                if self._shell.raised is not None:
                    raise self._shell.raised
                kept = self.namespace.setdefault("Out", {})
                if shown and type(history) is list and type(kept) is dict:
                    kept[len(history) - 1] = self._shown
            except BaseException as error:  # noqa: BLE001 - student code
                give_back(error)
                raised = {
                    "exception": type(error).__name__[:200],
                    "builtin": builtin_name(type(error)),
                    "message": message_of(error),
                    "traceback": describe(error),
                    "line": find_line(error, name),
                }
            with suppress(BaseException):  # drawing runs student code too
                pyplot = sys.modules.get(PYPLOT)
                if pyplot is not None and pyplot.get_fignums():  # a kernel closes figures after each cell
                    pyplot.show()
        return WholeDone(
            **raised,
            printed=output.text.text,
            stderr=errors.text,
            shown=shown[:_MOST_SHOWN],
            displayed=output.displayed,
            figures=output.figures,
            cut=output.text.cut,
            commands=shorten_commands(commands),
        )

    def define(
        self, number: int, name: str, source: str, *, needed: Needed = frozenset, anew: bool
    ) -> CellDone:
        """Run the imports and definitions of a cell alone, and the constants that these need.

        `anew` lets them replace what is bound, as they would have if the cell had been run.
        """
        with self._capture(CellOutput(OutputBuffer(0)), OutputLimits(0, 0)):
            try:
                self._compile(name, source)
                ran = self._run_on(name, 0, needed, constants_only=True, anew=anew)
            except BaseException:  # noqa: BLE001 - no Python: there is nothing to run
                ran = RunOn()
        return CellDone(number, ran_on=list(ran.names[:_MOST_NAMES]))

    def _run_on(self, name: str, line: int, needed: Needed, **options: bool) -> RunOn:
        """Run on what is below a line of the cell that stopped, or all of it for line 0."""
        try:
            body = statements_of(self._tree(name))
            rest = rest_of(body, line) if line else body
            how: dict[str, Any] = {"name": name, "flags": self._python[1], "needed": needed, **options}
            return run_on(rest, self.namespace, self._do, **how)
        except BaseException:  # noqa: BLE001 - out of memory, or interrupted once more
            return RunOn()

    def _tree(self, name: str) -> ast.Module:
        python, flags = self._python
        tree: ast.Module = compile(python, name, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
        return tree

    def _execute(self, name: str, source: str) -> str | None:
        """Run a cell; the text of its value, where it shows one."""
        lines = source.splitlines(keepends=True)
        linecache.cache[name] = (len(source), None, lines, name)
        body, last = self._compile(name, source)
        if body is not None:
            self._do(body)
        if last is not None:
            value = self._do(last)
            if value is not None:
                return self._show(value)
        return None

    def _compile(self, name: str, source: str) -> Compiled:
        try:
            return self._code(name, source, self._flags)
        except SyntaxError as error:
            refusal = error
        python = plain_python(source)
        for flags in (self._flags, self._flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
            try:
                return self._code(name, python, flags)
            except SyntaxError:
                continue
        raise refusal

    def _code(self, name: str, source: str, flags: int) -> Compiled:
        self._python = source, flags
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

    def _show(self, value: Any) -> str:
        if self.namespace.get("_") is self._shown:  # as IPython does: a student's own `_` stays
            self.namespace["_"] = self._shown = value
        publisher: Any = self._shell.display_pub
        if type(value) in _PLAIN:
            text = repr(value)
            publisher.publish({"text/plain": text})
            return text
        formatter: Any = self._shell.display_formatter
        data, _ = formatter.format(value, include={"text/plain", "image/png"})
        publisher.publish(data)
        return str(data.get("text/plain", ""))

    @contextmanager
    def _capture(
        self, output: CellOutput, limits: OutputLimits, errors: OutputBuffer | None = None
    ) -> Iterator[None]:
        """Keep what a cell prints and shows, as far as there is room; its errors apart where asked."""

        def listener(data: dict[str, Any]) -> None:
            picture = data.get("image/png")
            if picture is not None and limits.figures > 0:
                raw = base64.b64decode(picture) if isinstance(picture, str) else bytes(picture)
                if len(raw) <= MOST_PNG:
                    limits.figures -= 1
                    output.figures.append(np.frombuffer(raw, np.uint8))
                else:  # a picture that was made elsewhere
                    output.text.add(f"A picture is left out: it has more than {MOST_PNG >> 20} MB.\n")
                return
            text = data.get("text/plain")
            if isinstance(text, str) and len(output.displayed) < 200:
                room = max(0, limits.characters - sum(map(len, output.displayed)))
                output.text.cut |= len(text) > room
                output.displayed.append(text[:room])

        publisher: Any = self._shell.display_pub
        before, publisher.listener = publisher.listener, listener
        out, err = CapturedStream(output.text, "<stdout>"), CapturedStream(errors or output.text, "<stderr>")
        outer, self._shell.cell_output = self._shell.cell_output, out
        try:
            with redirect_stdout(out), redirect_stderr(err):
                yield
        finally:
            publisher.listener, self._shell.cell_output = before, outer
