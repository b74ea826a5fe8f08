"""`type(x)` in a test: it asks a stand-in what it stands for, as `isinstance` does by itself."""

import ast
import builtins
import os
from importlib.machinery import SourceFileLoader
from typing import Any, TypeVar

from autograder.sandbox.worker.remote import is_remote

CLASS_OF = "__class_of__"
"""What is called in place of `type`: a builtin, so that it is found wherever a test's code runs."""


class _AskClass(ast.NodeTransformer):
    """Has `type(x)` ask what a stand-in stands for."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """One call."""
        self.generic_visit(node)
        if (
            isinstance(node.func, ast.Name)
            and node.func.id == "type"
            and len(node.args) == 1
            and not node.keywords
        ):
            node.func.id = CLASS_OF
        return node


_Tree = TypeVar("_Tree", bound=ast.AST)


def ask_class(tree: _Tree, source: str) -> _Tree:
    """The same code, which asks stand-ins of which class they are wherever it asks for a `type`."""
    if "type(" not in source:
        return tree
    asking: _Tree = ast.fix_missing_locations(_AskClass().visit(tree))
    return asking


def ask_class_in_modules(root: str) -> None:
    """Have the course's own modules, which lie below this folder, ask so too once they are imported."""
    vars(builtins)[CLASS_OF] = class_of
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
