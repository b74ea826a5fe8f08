"""`type(x)`, `x.__class__` and `issubclass(x, ABC)` in a test ask a stand-in what it stands for.

`isinstance` does so by itself.
"""

import ast
import builtins
import os
from importlib.machinery import SourceFileLoader
from typing import Any, TypeVar

from autograder.sandbox.worker.remote import is_remote

CLASS_OF = "__class_of__"
IS_SUBCLASS = "__is_subclass__"
"""What is called in place of `type` and `issubclass`: builtins, found wherever a test's code runs."""
_ASKED = {("type", 1): CLASS_OF, ("issubclass", 2): IS_SUBCLASS}
"""By what is called with how many arguments."""


class _AskClass(ast.NodeTransformer):
    """Has these calls ask what a stand-in stands for."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """One call."""
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and not node.keywords:
            node.func.id = _ASKED.get((node.func.id, len(node.args)), node.func.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """One attribute."""
        self.generic_visit(node)
        if node.attr == "__class__" and isinstance(node.ctx, ast.Load):
            return ast.Call(ast.Name(CLASS_OF, ast.Load()), [node.value], [])
        return node


_Tree = TypeVar("_Tree", bound=ast.AST)


def asks_class(source: str) -> bool:
    """Whether code may ask for a class in one of these ways."""
    return ".__class__" in source or any(f"{name}(" in source for name, _ in _ASKED)


def ask_class(tree: _Tree, source: str) -> _Tree:
    """The same code, which asks stand-ins of which class they are wherever it asks for one."""
    if not asks_class(source):
        return tree
    asking: _Tree = ast.fix_missing_locations(_AskClass().visit(tree))
    return asking


def ask_class_in_modules(root: str) -> None:
    """Have the course's own modules, which lie below this folder, ask so too once they are imported."""
    vars(builtins).update({CLASS_OF: class_of, IS_SUBCLASS: is_subclass})
    loader: Any = SourceFileLoader
    compile_plain = loader.source_to_code

    def compile_asking(self: Any, data: Any, path: Any, **options: Any) -> Any:
        if os.fsdecode(path).startswith(f"{root}/") and isinstance(data, bytes):
            data = ask_class(ast.parse(data, path), data.decode("utf-8", "replace"))
        return compile_plain(self, data, path, **options)

    loader.source_to_code = compile_asking


def class_of(value: object) -> Any:
    """The class of a value; of a stand-in, that of what it stands for."""
    return value._peer.class_behind(value) if is_remote(value) else type(value)


def is_subclass(kind: Any, of: Any) -> bool:
    """Whether a class is derived from others; an abstract one takes no stand-in, and is asked there."""
    try:
        return issubclass(kind, of)
    except TypeError:
        if not is_remote(kind):
            raise
        return bool(kind._peer.believe("issubclass", kind, of))
