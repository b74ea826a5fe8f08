"""What in the text of a function explains how its calls ended: the cell and the line of what is to blame.

Only looked for where a question has lost marks, and only for what fits how it ended: the text alone proves
nothing.
"""

import ast
import builtins
from collections.abc import Iterator, Sequence, Set
from itertools import islice

import numpy as np

from autograder.domain.notebook import Cell
from autograder.notebook.code import find_names_read
from autograder.notebook.obstacles import (
    Defined,
    Obstacle,
    ObstacleKind,
    find_definitions,
    parse_or_none,
    walk_inside,
)

_CACHES = ("lru_cache", "cache")
_PROCESSES = (
    *("Pool", "Process", "ProcessPoolExecutor", "Manager", "Queue", "Pipe", "Array", "Value"),
    *("RawArray", "RawValue", "SharedMemory", "Popen", "check_output", "check_call", "system", "popen"),
    *("fork", "forkpty", "posix_spawn", "spawnv", "run", "call", "getoutput"),
)
"""What starts a process, or is shared by several."""
_HOMES = ("multiprocessing", "concurrent", "subprocess", "os", "mp")
_KEYBOARD = ("input", "getpass", "breakpoint", "set_trace", "embed")
_BY_NUMPY = {"seterr": "raise", "errstate": "raise"}
_BY_WARNINGS = {"simplefilter": "error", "filterwarnings": "error"}
"""What makes errors of warnings, and the word that says so."""
_CHANGING = ("append", "extend", "insert", "update", "add", "setdefault", "appendleft", "fill")

_EXPLAINED = frozenset({"minus", "factor", "factor_unnamed", "transposed", "mean_for_sum", "sum_for_mean"})
"""Sentences on numbers that what is kept from call to call would not make true of all cases."""


_OF_PARTS = frozenset({"part", "part.alone", "part.observed", "wrong_count", "no_values"})
"""Sentences on questions that ask for several values."""
_OWN_NAMES = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)
"""What has names of its own."""
_LEAVING = (ast.Break, ast.Return, ast.Raise, ast.Assert, ast.Yield, ast.YieldFrom)
_LEAVE_ALONE = frozenset({"print", "len", "float", "int", "abs", "range", "min", "max", "sum", "round"})
"""Functions that change nothing of what they are given."""


def find_causes(
    question: str, stub: str, cells: Sequence[Cell], *, raised: Set[str], said: Set[str]
) -> Iterator[Obstacle]:
    """What may have made a function end as it did, the likeliest first.

    Args:
        question: its name.
        stub: the function that was handed out.
        cells: the code cells.
        raised: built-in names of the exceptions that its calls raised.
        said: keys of the sentences on what it returned.
    """
    functions = list(_functions_used(question, cells))
    if not functions or functions[0].node.name != question:
        return
    own = functions[0]
    yield from _find_what_raised(functions, cells, raised)
    yield from _find_kept_default(own)
    if not said & _EXPLAINED:
        yield from _find_kept_name(own, cells)
    if any(key.startswith(("ragged", "returned")) for key in said) and not said & _OF_PARTS:
        yield from _find_several(own)
    yield from _find_trial_data(own, stub, cells)
    if said & {"timed_out", "asks_again"}:
        yield from find_loops(functions)
    if "returned_none" in said:
        yield from find_no_return(question, cells)
    if not said & _EXPLAINED:
        yield from _find_kept_values(functions, cells)
    yield from find_return_inside(question, cells)


def find_kept(question: str, cells: Sequence[Cell]) -> Iterator[Obstacle]:
    """What a function keeps from one call to the next, in a default or a name of the notebook."""
    functions = list(_functions_used(question, cells))
    for own in functions[:1]:
        yield from _find_kept_default(own)
        yield from _find_kept_name(own, cells)
        yield from _find_kept_values(functions, cells)


def find_return_inside(question: str, cells: Sequence[Cell]) -> Iterator[Obstacle]:
    """A `return` that every turn of a loop of the function comes to, so that there is but one."""
    for one in islice(_functions_used(question, cells), 1):
        for loop in walk_inside(one.node):
            if isinstance(loop, ast.For | ast.While):
                returns = [node for node in loop.body if isinstance(node, ast.Return)]
                inside = (node for part in loop.body for node in ast.walk(part))
                if returns and not any(isinstance(node, ast.Continue) for node in inside):
                    yield Obstacle(ObstacleKind.RETURN_INSIDE, one.cell.number, returns[0].lineno)


def find_strict(cells: Sequence[Cell], *, raised: Set[str]) -> Iterator[Obstacle]:
    """The lines that made errors of the warnings that were raised: `np.seterr(all="raise")`.

    What NumPy raises by itself is a FloatingPointError; of a warning it is `warnings` that makes an error.
    """
    warned = any(name.endswith("Warning") for name in raised)
    by_numpy = _BY_NUMPY if "FloatingPointError" in raised else {}
    strict = by_numpy | (_BY_WARNINGS if warned else {})
    for cell in cells if strict else ():
        for node in ast.walk(parse_or_none(cell.source) or ast.Module([], [])):
            name = _last_name(node) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and name in strict:
                given = (*node.args, *(keyword.value for keyword in node.keywords))
                if any(isinstance(one, ast.Constant) and one.value == strict[name] for one in given):
                    yield Obstacle(ObstacleKind.STRICT, cell.number, node.lineno, name)


def _find_what_raised(
    functions: Sequence[Defined], cells: Sequence[Cell], raised: Set[str]
) -> Iterator[Obstacle]:
    """What is known to raise such an exception, in the function or in those that it uses."""
    if "TypeError" in raised:
        yield from _find_cache(functions[0])
    for one in functions:
        if raised & {"RuntimeError", "PermissionError", "OSError"}:
            yield from _find_refused(one, cells)
        if "AttributeError" in raised:
            yield from _find_not_in_numpy(one, cells)
        if "TypeError" in raised:
            yield from _find_shadowed(one, cells)


def _functions_used(question: str, cells: Sequence[Cell]) -> Iterator[Defined]:
    """The last function of this name, then those of the notebook that it uses."""
    functions = {one.node.name: one for one in find_definitions(cells) if one.inside is None}
    waiting, seen = [question], {question}
    while waiting:
        one = functions.get(waiting.pop(0))
        if one is not None:
            yield one
            read = sorted(find_names_read(one.node) & functions.keys() - seen)
            waiting += read
            seen |= set(read)


def _find_cache(one: Defined) -> Iterator[Obstacle]:
    """A cache around the function: its arguments are arrays, which cannot be kept in one."""
    for decorator in one.node.decorator_list:
        name = _last_name(decorator)
        if name in _CACHES:
            yield Obstacle(ObstacleKind.CACHED, one.cell.number, decorator.lineno, name)


def _find_refused(one: Defined, cells: Sequence[Cell]) -> Iterator[Obstacle]:
    """What no function can have here: another process, an answer from the keyboard."""
    homes = {alias.asname or alias.name for cell in cells for alias in _imports(cell)}
    for node in ast.walk(one.node):
        if not isinstance(node, ast.Call):
            continue
        name = _last_name(node)
        through = _first_name(node)
        known = through.startswith(_HOMES) or through in homes
        if name in _KEYBOARD:
            yield Obstacle(ObstacleKind.KEYBOARD, one.cell.number, node.lineno, name)
        elif name in _PROCESSES and known:
            yield Obstacle(ObstacleKind.PROCESSES, one.cell.number, node.lineno, name)


def _imports(cell: Cell) -> Iterator[ast.alias]:
    """The names that a cell imports from libraries of processes."""
    for node in ast.walk(parse_or_none(cell.source) or ast.Module([], [])):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in _HOMES:
            yield from (alias for alias in node.names if node.module != "multiprocessing.dummy")
        elif isinstance(node, ast.Import):
            yield from (alias for alias in node.names if alias.name.partition(".")[0] in _HOMES)


def _find_not_in_numpy(one: Defined, cells: Sequence[Cell]) -> Iterator[Obstacle]:
    """Names that the NumPy which grades does not have: `np.float`, `np.trapz`."""
    aliases = {
        alias.asname or alias.name
        for cell in cells
        for node in ast.walk(parse_or_none(cell.source) or ast.Module([], []))
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == "numpy"
    }
    for node in ast.walk(one.node):
        through = isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in aliases
        if isinstance(node, ast.Attribute) and through and node.attr not in dir(np):
            name = f"{_first_name(node)}.{node.attr}"
            yield Obstacle(ObstacleKind.NOT_IN_NUMPY, one.cell.number, node.lineno, name)


def _find_shadowed(one: Defined, cells: Sequence[Cell]) -> Iterator[Obstacle]:
    """Functions of Python's own that are called, and that a cell has given another value: `sum = 0`."""
    called = {_first_name(node) for node in ast.walk(one.node) if isinstance(node, ast.Call)}
    called &= set(dir(builtins)) - _bound(one.node)
    for cell in cells if called else ():
        for node in _walk_outside(parse_or_none(cell.source) or ast.Module([], [])):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in called:
                yield Obstacle(ObstacleKind.SHADOWED, cell.number, node.lineno, node.id)


def _walk_outside(tree: ast.AST) -> Iterator[ast.AST]:
    """All that stands in a cell, without what stands in functions, classes and comprehensions."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, _OWN_NAMES):
            yield node
            yield from _walk_outside(node)


def _find_kept_default(one: Defined) -> Iterator[Obstacle]:
    """A default that every call changes: it is made once, and grows."""
    arguments = one.node.args
    named = [*arguments.posonlyargs, *arguments.args][-len(arguments.defaults) or len(arguments.args) :]
    pairs = [*zip(named, arguments.defaults, strict=False)]
    pairs += [
        (a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None
    ]
    bound = _bound(one.node)
    for argument, default in pairs:
        made = isinstance(default, ast.List | ast.Dict | ast.Set | ast.Call)
        if made and argument.arg not in bound and argument.arg in _changed(one.node):
            yield Obstacle(ObstacleKind.KEPT_DEFAULT, one.cell.number, argument.lineno, argument.arg)


def _find_kept_name(one: Defined, cells: Sequence[Cell]) -> Iterator[Obstacle]:
    """A value of the notebook that every call changes, and finds as the last one left it.

    A dictionary is none: where one is filled, it mostly keeps what was worked out before.
    """
    arguments = one.node.args
    own = _bound(one.node) | {
        argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    }
    changed = {*_changed(one.node), *_added_to(one.node)} - own
    for cell in cells if changed else ():
        for node in (parse_or_none(cell.source) or ast.Module([], [])).body:
            if not isinstance(node, ast.Assign) or isinstance(node.value, ast.Dict | ast.DictComp):
                continue
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id in changed:
                    yield Obstacle(ObstacleKind.KEPT_NAME, cell.number, node.lineno, target.id)
                    return


def _find_kept_values(functions: Sequence[Defined], cells: Sequence[Cell]) -> Iterator[Obstacle]:
    """What is made once in the notebook and given values by every call, for the next one to find."""
    made = dict[str, tuple[int, int]]()
    classes = dict[str, ast.ClassDef]()
    for cell in cells:
        for node in (parse_or_none(cell.source) or ast.Module([], [])).body:
            targets = node.targets if isinstance(node, ast.Assign) else [node]
            names = {getattr(target, "id", getattr(target, "name", "")) for target in targets}
            made |= dict.fromkeys(names, (cell.number, node.lineno))
            if isinstance(node, ast.ClassDef):
                classes[node.name] = node
    for one in functions:
        used = [classes[name] for name in find_names_read(one.node) & classes.keys()]
        kept = {*_stored(one.node), *(node.name for node in used if _keeps_values(node))}
        for name in sorted(kept & made.keys()):
            yield Obstacle(ObstacleKind.KEPT_VALUES, *made[name], name)


def _stored(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """The names beyond a function in which it stores something: `Cache.X = X`, `seen[n] = K`, `global K`."""
    arguments = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    own = arguments | _bound(function)
    for node in ast.walk(function):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield from {_first_name(node)} - own
        elif isinstance(node, ast.If):  # where it is not there yet
            named = {
                name for inner in ast.walk(function) if isinstance(inner, ast.Global) for name in inner.names
            }
            yield from named & _bound(node)


def _keeps_values(node: ast.ClassDef) -> bool:
    """Whether the methods of a class store something in it, or in a container that all its objects share."""
    shared = {
        target.id
        for part in node.body
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.List | ast.Dict | ast.Set | ast.Call)
        for target in part.targets
        if isinstance(target, ast.Name)
    }
    stored = [
        inner.value if isinstance(inner, ast.Subscript) else inner
        for inner in ast.walk(node)
        if isinstance(inner, ast.Subscript | ast.Attribute) and isinstance(inner.ctx, ast.Store)
    ]
    return any(
        isinstance(inner, ast.Attribute)
        and (_first_name(inner) == node.name or (inner.attr in shared and isinstance(inner.ctx, ast.Load)))
        for inner in stored
    )


def _added_to(function: ast.AST) -> Iterator[str]:
    """The names declared `global` to which every call adds: `total += 1`."""
    shared = {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}
    for node in ast.walk(function):
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and node.target.id in shared:
            yield node.target.id


def _bound(function: ast.AST) -> set[str]:
    """The names that a function gives values of its own; to add to a value is not to give one."""
    nodes = list(ast.walk(function))
    added = {id(node.target) for node in nodes if isinstance(node, ast.AugAssign)}
    return {
        node.id
        for node in nodes
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in added
    }


def _changed(function: ast.AST) -> Iterator[str]:
    """The names that are changed in place: an item assigned, something appended."""
    for node in ast.walk(function):
        calls = isinstance(node, ast.Call) and getattr(node.func, "attr", "") in _CHANGING
        if calls or (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)):
            yield _first_name(node)


def _find_several(one: Defined) -> Iterator[Obstacle]:
    """Several values behind a `return`, where one is asked for."""
    waiting: list[ast.AST] = [*one.node.body]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) > 1:
            count = str(len(node.value.elts))
            yield Obstacle(ObstacleKind.SEVERAL, one.cell.number, node.lineno, count)
            return
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)


def _find_trial_data(one: Defined, stub: str, cells: Sequence[Cell]) -> Iterator[Obstacle]:
    """Values of the notebook that are read where the function's own parameters are not."""
    tree = parse_or_none(stub)
    asked = next((node for node in tree.body if isinstance(node, ast.FunctionDef)), None) if tree else None
    if asked is None:
        return
    parameters = {argument.arg for argument in (*one.node.args.posonlyargs, *one.node.args.args)}
    needed = asked.args.args[: len(asked.args.args) - len(asked.args.defaults)]
    read = find_names_read(one.node)
    if all(argument.arg in read or argument.arg not in parameters for argument in needed):
        return
    own = parameters | _bound(one.node)
    for cell in cells:
        for node in (parse_or_none(cell.source) or ast.Module([], [])).body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            made = isinstance(node, ast.Assign) and not isinstance(node.value, ast.Constant | ast.Lambda)
            for name in names if made else ():
                if name in read - own:
                    yield Obstacle(ObstacleKind.TRIAL_DATA, cell.number, node.lineno, name)
                    return


def find_loops(functions: Sequence[Defined]) -> Iterator[Obstacle]:
    """The `while` loops of functions that did not end, first those in which nothing changes."""
    loops = [(one, node) for one in functions for node in walk_inside(one.node)]
    for kind in (ObstacleKind.ENDLESS, ObstacleKind.LOOP):
        for one, loop in loops:
            if isinstance(loop, ast.While) and (kind is ObstacleKind.LOOP or _stands_still(loop)):
                yield Obstacle(kind, one.cell.number, loop.lineno)


def _stands_still(loop: ast.While) -> bool:
    """Whether nothing in a loop leaves it, or can change what its condition reads."""
    within = [node for statement in loop.body for node in ast.walk(statement)]
    if any(isinstance(node, _LEAVING) for node in within):
        return False
    changed = set[str]()
    for node in (*within, *ast.walk(loop.test)):
        if isinstance(node, ast.Name | ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            changed.add(_first_name(node))
        elif isinstance(node, ast.Call):
            changed.add(_first_name(node.func) if isinstance(node.func, ast.Attribute) else "")
    given = {
        name.id
        for node in within
        if isinstance(node, ast.Call) and _last_name(node) not in _LEAVE_ALONE
        for part in (*node.args, *(keyword.value for keyword in node.keywords))
        for name in ast.walk(part)
        if isinstance(name, ast.Name)
    }
    return not find_names_read(loop.test) & (changed | given) - {"np", "math"}


def find_no_return(question: str, cells: Sequence[Cell]) -> Iterator[Obstacle]:
    """A function without any `return` that has a value."""
    found = [one for one in find_definitions(cells, question) if one.inside is None]
    for one in found[-1:]:
        values = (node.value for node in walk_inside(one.node) if isinstance(node, ast.Return))
        if all(value is None or _last_name(value) == "print" for value in values):  # which gives None
            yield Obstacle(ObstacleKind.NO_RETURN, one.cell.number, one.node.lineno)


def _last_name(node: ast.AST) -> str:
    """The last part of what is called: `lru_cache` of `functools.lru_cache(maxsize=1)`."""
    while isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _first_name(node: ast.AST) -> str:
    """The name that an expression begins with; empty where it begins with none."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
