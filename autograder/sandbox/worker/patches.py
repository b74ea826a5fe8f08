"""What a test puts in the place of a library's functions, or takes away: `np.convolve = None`, `mock.patch`.

Each process has libraries of its own. A test that forbids a function, or answers in its place, means the one
that student code calls: it is told what has changed in modules that it may change.
"""

import ast
import importlib
import re
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from autograder.sandbox.worker.values import Node

_ABSENT = object()
_BY_NAME = re.compile(r"^(?:setattr|delattr|patch|monkeypatch|reload)$")
"""Names by which modules are changed without a statement that shows it."""
_OURS = ("sys", "warnings", "builtins", "__main__")
"""Modules of which what is changed is passed on by itself: what is printed, warned of, asked and bound."""
_SETTINGS = {
    "setrecursionlimit": "recursion limit",
    "settrace": "sys.settrace",
    "setprofile": "sys.setprofile",
}
"""Functions that set what no module shows, and what they set."""


class PatchedModules:
    """The modules that tests may change, where the tests run."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, object]] = {}
        """What their public names are bound to, as both processes know it."""
        self._first: dict[str, dict[str, object]] = {}

    def __bool__(self) -> bool:
        return bool(self._known)

    def watch(self, tree: ast.AST, names: dict[str, Any]) -> None:
        """Remember the modules that a piece of code may change, as they are before it runs."""
        nodes = [*ast.walk(tree)]
        stored = [
            each for each in nodes if isinstance(each, ast.Attribute) and type(each.ctx) is not ast.Load
        ]
        words = {find_root(each) for each in stored}
        if any(_BY_NAME.match(getattr(each, "id", getattr(each, "attr", ""))) for each in nodes):
            words |= {each.id for each in nodes if isinstance(each, ast.Name)}
            texts = [each.value for each in nodes if isinstance(each, ast.Constant)]
            words |= {text.rpartition(".")[0] for text in texts if type(text) is str}
        if not words:
            return
        imported = {word: word for word in words}
        for each in nodes:
            if isinstance(each, ast.Import | ast.ImportFrom):
                above = f"{each.module}." if isinstance(each, ast.ImportFrom) else ""
                imported |= {part.asname or part.name: f"{above}{part.name}" for part in each.names}
        for word in words:
            bound = dict.get(names, word, _ABSENT)
            module = sys.modules.get(imported[word]) if bound is _ABSENT else bound
            if isinstance(module, types.ModuleType):
                self._remember(module)

    def _remember(self, module: types.ModuleType) -> None:
        """What a module and those within it bind."""
        parts = [part for part in vars(module).values() if isinstance(part, types.ModuleType)]
        for each in (module, *(part for part in parts if part.__name__.startswith(f"{module.__name__}."))):
            name = each.__name__
            if name not in _OURS and name not in self._known and sys.modules.get(name) is each:
                public = {word: value for word, value in vars(each).items() if not word.startswith("_")}
                self._known[name], self._first[name] = public, dict(public)

    def tell(self, spell: Callable[[object], Node]) -> list[Node]:
        """What has changed since this was last asked: `[module, name, how, value]`."""
        return [*self._find_changes(spell)]

    def _find_changes(self, spell: Callable[[object], Node]) -> Iterator[Node]:
        for module, known in self._known.items():
            found = getattr(sys.modules.get(module), "__dict__", known)
            for name, before in [*known.items()]:
                value = found.get(name, _ABSENT)
                if value is not before:
                    known[name] = value
                    if value is _ABSENT:
                        yield [module, name, "gone", None]
                    elif value is self._first[module][name]:
                        yield [module, name, "back", None]
                    else:
                        yield [module, name, "put", spell(value)]


def find_root(node: ast.expr) -> str:
    """The name that `name.part.other` begins with; empty where it begins with none."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def find_process_changes(tree: ast.AST) -> list[str]:
    """What a piece of code changes of the interpreter itself, for all modules: the wire needs that too.

    For each thing what it wants of the student's process: `another builtins.sum`.
    """
    found = set()
    for node in ast.walk(tree):
        stored = type(getattr(node, "ctx", None)) in (ast.Store, ast.Del)
        match node:
            case ast.Attribute(attr=name) if stored and find_root(node) == "builtins":
                found.add(f"another builtins.{name}")
            case ast.Subscript(value=ast.Attribute(attr="modules") as kept) if (
                stored and find_root(kept) == "sys"
            ):
                found.add("other sys.modules")
            case ast.Attribute(value=ast.Attribute(attr="modules") as kept, attr="pop" | "update") if (
                find_root(kept) == "sys"
            ):
                found.add("other sys.modules")
            case ast.Constant(value="sys.modules"):
                found.add("other sys.modules")
            case ast.Constant(value=str(text)) if named := re.match(r"^builtins\.(\w+)$", text):
                found.add(f"another {named[0]}")
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in _SETTINGS:
                found.add(f"another {_SETTINGS[name]}")
            case ast.Call(func=ast.Attribute(attr="seterr" | "errstate"), keywords=told) if any(
                isinstance(each.value, ast.Constant) and each.value.value == "raise" for each in told
            ):
                found.add("np.errstate, to raise")
    return sorted(found - {f"another builtins.{name}" for name in ("print", "input", "open")})


class Patching:
    """Does to this process's modules what tests have done to those of theirs."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], Any] = {}
        """What names were bound to before."""

    def follow(self, told: list[Any], read: Callable[[Node], Any]) -> None:
        """Change what is told."""
        for module, name, how, node in told:
            try:
                place = importlib.import_module(module)
            except ImportError:
                continue  # student code has it no more than this process
            first = self._first.setdefault((module, name), getattr(place, name, _ABSENT))
            if how == "gone":
                with suppress(AttributeError):
                    delattr(place, name)
            elif how == "put" or first is not _ABSENT:
                setattr(place, name, read(node) if how == "put" else first)
