"""What `inspect` tells tests of the student's functions: from the text that was handed in, not its process.

No code of the text is run: of a default value that is no plain one, only that there is one is known.
"""

import ast
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from autograder.sandbox.worker.remote import is_remote

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def look_at_text(sources: Sequence[str]) -> "Texts":
    """Have `inspect` answer for stand-ins by these cells, in their order; returns what it answers by."""
    tools: Any = inspect
    known = Texts(sources)
    for name, answer in (
        ("getsource", known.source),
        ("getsourcelines", known.lines),
        ("getdoc", known.doc),
        ("signature", known.signature),
        ("getfullargspec", known.arguments),
    ):
        setattr(tools, name, either(getattr(inspect, name), answer))
    return known


def either(plain: Callable[..., Any], of_remote: Callable[[Any], Any]) -> Callable[..., Any]:
    """A function of `inspect` that answers for stand-ins in its own way."""

    def ask(thing: Any, *args: Any, **options: Any) -> Any:
        return of_remote(thing) if is_remote(thing) else plain(thing, *args, **options)

    return ask


class Texts:
    """The definitions of a notebook, the last one of a name first."""

    def __init__(self, sources: Sequence[str]) -> None:
        self._sources = tuple(sources)
        self.cells = len(self._sources)
        """How many of them have run."""

    def _find(self, thing: Any) -> tuple[str, _Definition]:
        *within, name = [word for word in thing._node[5].split(".") if word != "<locals>"] or [""]
        for text in reversed(self._sources[: self.cells]):
            try:
                tree = ast.parse(text)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            for node in reversed(list(ast.walk(tree))):
                if not within and isinstance(node, _Definition) and node.name == name:
                    return text, node
                if within and isinstance(node, _Definition) and node.name == within[-1]:
                    inner = (one for one in reversed(list(ast.walk(node))) if isinstance(one, _Definition))
                    found = next((one for one in inner if one.name == name), None)
                    if found is not None:
                        return text, found
        raise OSError("could not get source code")

    def source(self, thing: Any) -> str:
        """The text of a function or class."""
        text, node = self._find(thing)
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        return "\n".join(text.splitlines()[first - 1 : node.end_lineno]) + "\n"

    def lines(self, thing: Any) -> tuple[list[str], int]:
        """The same, line by line, and where it begins."""
        return self.source(thing).splitlines(keepends=True), self._find(thing)[1].lineno

    def doc(self, thing: Any) -> str | None:
        """The docstring."""
        return ast.get_docstring(self._find(thing)[1])

    def signature(self, thing: Any) -> inspect.Signature:
        """The parameters."""
        _, node = self._find(thing)
        if isinstance(node, ast.ClassDef):
            methods = (
                one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"
            )
            found = next(methods, None)
            return inspect.Signature(_parameters(found.args)[1:] if found else [])
        return inspect.Signature(_parameters(node.args))

    def arguments(self, thing: Any) -> inspect.FullArgSpec:
        """The parameters as older code asks for them."""
        _, node = self._find(thing)
        if isinstance(node, ast.ClassDef):
            raise TypeError("unsupported callable")
        given = node.args
        defaults = tuple(map(_plain, given.defaults)) or None
        only = {
            one.arg: _plain(value)
            for one, value in zip(given.kwonlyargs, given.kw_defaults, strict=True)
            if value is not None
        }
        positional = [one.arg for one in (*given.posonlyargs, *given.args)]
        star, stars = (part.arg if part else None for part in (given.vararg, given.kwarg))
        keywords = [one.arg for one in given.kwonlyargs]
        return inspect.FullArgSpec(positional, star, stars, defaults, keywords, only or None, {})


def _parameters(given: ast.arguments) -> list[inspect.Parameter]:
    kinds = inspect.Parameter
    positional = [*given.posonlyargs, *given.args]
    missing = len(positional) - len(given.defaults)
    made = []
    for place, one in enumerate(positional):
        kind = kinds.POSITIONAL_ONLY if place < len(given.posonlyargs) else kinds.POSITIONAL_OR_KEYWORD
        default = _plain(given.defaults[place - missing]) if place >= missing else kinds.empty
        made.append(kinds(one.arg, kind, default=default))
    if given.vararg:
        made.append(kinds(given.vararg.arg, kinds.VAR_POSITIONAL))
    for one, value in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        made.append(
            kinds(one.arg, kinds.KEYWORD_ONLY, default=kinds.empty if value is None else _plain(value))
        )
    if given.kwarg:
        made.append(kinds(given.kwarg.arg, kinds.VAR_KEYWORD))
    return made


def _plain(value: ast.expr) -> Any:
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return Ellipsis
