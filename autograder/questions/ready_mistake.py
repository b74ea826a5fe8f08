"""A student's function, written as a `@question.mistake` to paste into the solutions.

What is pasted runs unsealed with the references, so it is written as code only where reading it shows that it
computes and does nothing else: names, operators, and functions of NumPy and math that touch no file and no
setting. Anything else is left to a person.
"""

import ast
import builtins
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType

import numpy as np

from autograder.questions.source import find_names_used

_STATEMENTS = (
    *(ast.FunctionDef, ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.For, ast.While, ast.If),
    *(ast.Expr, ast.Pass, ast.Break, ast.Continue, ast.Raise, ast.Assert, ast.Import, ast.ImportFrom),
)
_NO_EXPRESSIONS = (ast.Await, ast.Yield, ast.YieldFrom)
_CALLED = frozenset(
    (
        *("abs", "all", "any", "bool", "complex", "dict", "divmod", "enumerate", "filter", "float"),
        *("int", "isinstance", "len", "list", "map", "max", "min", "pow", "range", "reversed", "round"),
        *("set", "sorted", "str", "sum", "tuple", "zip"),
    )
)
_METHODS = frozenset(
    (
        *("T", "all", "any", "append", "argmax", "argmin", "argsort", "astype", "choice", "clip"),
        *("conj", "copy", "count", "cumsum", "diagonal", "dot", "dtype", "extend", "fill", "flat"),
        *("flatten", "get", "imag", "index", "insert", "integers", "item", "items", "keys", "max"),
        *("mean", "min", "ndim", "nonzero", "normal", "permutation", "pop", "prod", "ravel", "real"),
        *("repeat", "reshape", "round", "shape", "shuffle", "size", "sort", "squeeze", "standard_normal"),
        *("std", "sum", "swapaxes", "tolist", "trace", "transpose", "uniform", "update", "values"),
        *("var",),
    )
)
_FILES_AND_SETTINGS = frozenset(
    (
        *("fromfile", "fromregex", "frombuffer", "fromstring", "genfromtxt", "get_include", "info"),
        *("load", "loadtxt", "memmap", "save", "savetxt", "savez", "savez_compressed", "set_printoptions"),
        *("setbufsize", "seterr", "seterrcall", "show_config", "show_runtime", "test", "printoptions"),
        *("put", "putmask", "copyto", "place"),
    )
)
_FOLDERS = {"numpy": np, "numpy.linalg": np.linalg, "math": math}
_LONGEST = 120
"""Lines of a mistake."""


class NotReadyError(Exception):
    """Why a function cannot be pasted as it is, in a few words."""


@dataclass(frozen=True, slots=True)
class StudentSource:
    """What a notebook binds at its top, by name: functions, imports, variables."""

    bound: Mapping[str, ast.stmt]

    @classmethod
    def read(cls, source: str) -> "StudentSource":
        """What stands in the code of a notebook; nothing where it cannot be read."""
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return cls({})
        return cls({name: node for node in tree.body for name in _names_bound(node)})

    def function(self, name: str) -> ast.FunctionDef | None:
        """The function of that name that stands last."""
        found = self.bound.get(name)
        return found if isinstance(found, ast.FunctionDef) else None

    def show(self, name: str) -> str:
        """The function as code without comments and docstrings; empty where there is none."""
        function = self.function(name)
        return ast.unparse(_bare(function)) if function else ""


def write_mistake(
    source: StudentSource, question: str, called: str, *, hint: str, without: Collection[str] = ()
) -> str:
    """The function that answers a question, with all it needs, as a function `called` something else.

    Args:
        source: the student's notebook.
        question: the question, which is the function's name there.
        called: the name of the mistake.
        hint: its docstring.
        without: names that the solutions have themselves.

    Raises:
        NotReadyError: there is no such function, or not all of it is plain computing.
    """
    function = source.function(question)
    if function is None:
        raise NotReadyError("no function of that name stands at the top of a cell")
    needed = list(_needed(function, source, without={*without, question}))
    bodies = [node for node in needed if not isinstance(node, ast.Import | ast.ImportFrom)]
    known = {*without, question, *(name for node in needed for name in _names_bound(node))}
    imported = _imported(needed)
    for node in (function, *bodies):
        if getattr(node, "decorator_list", None):
            raise NotReadyError("it has a decorator")
        _must_compute(_bare_statement(node), known, imported)
    bare = _bare(function)
    numpy = "import numpy as np"  # stands at the head of any solutions
    inner: list[ast.stmt] = [node for node in map(_bare_statement, needed) if ast.unparse(node) != numpy]
    if question in {name for node in (bare, *bodies) for name in find_names_used(node)}:
        # It calls itself: by its own name, and not the reference.
        parameters = ast.arguments([], bare.args.args, None, [], [], None, bare.args.defaults)
        if ast.dump(parameters) != ast.dump(bare.args):
            raise NotReadyError("it calls itself, with parameters that are not plain")
        passed: list[ast.expr] = [ast.Name(one.arg, ast.Load()) for one in bare.args.args]
        call = ast.Call(ast.Name(question, ast.Load()), passed, [])
        body: list[ast.stmt] = [*inner, bare, ast.Return(call)]
    else:
        body = [*inner, *bare.body]
    told: list[ast.stmt] = [ast.Expr(ast.Constant(hint))]
    made = ast.FunctionDef(called, bare.args, told + body, [])
    text = ast.unparse(ast.fix_missing_locations(made))
    if text.count("\n") > _LONGEST:
        raise NotReadyError("it is too long")
    return text


def _needed(function: ast.FunctionDef, source: StudentSource, *, without: set[str]) -> Iterator[ast.stmt]:
    """What a function uses of its notebook, each before what uses it."""
    done: set[str] = set(without)

    def visit(node: ast.stmt) -> Iterator[ast.stmt]:
        own = {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
        for name in find_names_used(node):
            if name in source.bound and name not in done | own:
                done.add(name)
                found = source.bound[name]
                done.update(_names_bound(found))
                yield from visit(found)
                yield found

    return visit(function)


def _names_bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.Assign):
        yield from (n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name))
    elif isinstance(node, ast.AnnAssign | ast.AugAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def _imported(needed: Collection[ast.AST]) -> dict[str, str]:
    """What imported names are called at home, `{"np": "numpy", "norm": "numpy.linalg.norm"}`."""
    found = {"np": "numpy"}
    for node in needed:
        if isinstance(node, ast.Import):
            found |= {
                a.asname or a.name.partition(".")[0]: a.name if a.asname else "numpy" for a in node.names
            }
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
            names = [f"{node.module}.{a.name}" for a in node.names] if not node.level else [""]
        else:
            continue
        for name in names:
            if name not in _FOLDERS:
                _must_be_of_numpy(name)
    return found


def _must_be_of_numpy(path: str) -> None:
    """Raise NotReadyError unless a dotted name is a function or a number, of NumPy or math, that computes."""
    folder, _, name = path.rpartition(".")
    found = getattr(_FOLDERS.get(folder), name, None)
    computes = isinstance(found, np.ufunc | FunctionType | BuiltinFunctionType | float) or (
        # What numpy dispatches is of a type of its own, and np.newaxis is None.
        type(found).__name__ == "_ArrayFunctionDispatcher" or path == "numpy.newaxis"
    )
    is_scalar_type = isinstance(found, type) and issubclass(found, np.generic)
    if name in _FILES_AND_SETTINGS or name.startswith("_") or not (computes or is_scalar_type):
        raise NotReadyError(f"it uses {path or 'a file of its own'}")


def _must_compute(tree: ast.AST, known: Collection[str], imported: Mapping[str, str]) -> None:
    """Raise NotReadyError unless all that a function does is computing."""
    own = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    own |= {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    imported = {**imported, **_imported(imports)}
    numpy = {name for name in imported if name not in own or name == "np"}
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not isinstance(node, _STATEMENTS):
            raise NotReadyError(f"it has a statement `{type(node).__name__.lower()}`")
        if isinstance(node, _NO_EXPRESSIONS) or getattr(node, "decorator_list", None):
            raise NotReadyError("it is no plain function")
        if isinstance(node, ast.Attribute) and id(node) not in inside:
            _check_attribute(node, numpy, imported, inside)
        if isinstance(node, ast.Name) and id(node) not in inside:
            _check_name(node.id, own | set(known), imported)


def _check_attribute(
    node: ast.Attribute, numpy: Collection[str], imported: Mapping[str, str], inside: set[int]
) -> None:
    """Refuse an attribute that is neither NumPy's nor of an array; those it is reached by are looked at."""
    path, at = [node.attr], node.value
    steps: list[ast.AST] = [node]
    while isinstance(at, ast.Attribute):
        steps.append(at)
        path.append(at.attr)
        at = at.value
    if isinstance(at, ast.Name) and at.id in numpy:
        _must_be_of_numpy(".".join((imported[at.id], *reversed(path))))
        inside.update(map(id, (*steps, at)))
    elif node.attr not in _METHODS:
        raise NotReadyError(f"it uses .{node.attr}")


def _check_name(name: str, known: Collection[str], imported: Mapping[str, str]) -> None:
    if imported.get(name, "") in _FOLDERS:
        raise NotReadyError(f"it passes {name} on")
    found = getattr(builtins, name, None)
    is_error = isinstance(found, type) and issubclass(found, Exception)
    if name not in known and name not in imported and name not in _CALLED and not is_error:
        raise NotReadyError(f"it uses {name}")


def _bare(function: ast.FunctionDef) -> ast.FunctionDef:
    """A function without docstring, annotations and decorators."""
    arguments = ast.parse(ast.unparse(function)).body[0]
    assert isinstance(arguments, ast.FunctionDef)  # noqa: S101 - it was one
    for node in ast.walk(arguments):
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            if ast.get_docstring(node, clean=False) is not None:
                node.body = node.body[1:] or [ast.Pass()]
    arguments.decorator_list = []
    return arguments


def _bare_statement(node: ast.stmt) -> ast.stmt:
    return _bare(node) if isinstance(node, ast.FunctionDef) else node
