"""The same assignment for nbgrader and for Otter, written from the solutions module.

Each question gets its public examples, and hidden tests which draw as many cases by the same generator and
compare with the same reference by `np.testing.assert_allclose`: Python text, as both tools want it.
"""

import ast
import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Cell = dict[str, Any]
Document = dict[str, Any]

_SHIMS = """
import copy
import numpy as np
class Case:
    def __init__(self, label, *args):
        self.args, self.known = args, None
    def knowing(self, **known):
        self.known = known
        return self
core = edge = dtype = magnitude = Case
def given(function):
    return function
oracle = given
"""
_LOOP = """
def single(args):
    return any(isinstance(value, np.ndarray) and value.dtype == np.float32 for value in args)
def agree(answer, expected, scale, tolerance):
    if isinstance(expected, tuple):
        assert len(answer) == len(expected)
        for one, other, size in zip(answer, expected, scale):
            agree(one, other, size, tolerance)
        return
    np.testing.assert_allclose(answer, expected, rtol=0, atol=tolerance * max(np.max(np.abs(scale)), 1e-300))
for case in hidden_cases(np.random.default_rng(20)):
    answer = {name}(*copy.deepcopy(case.args))
    if case.known:
        np.testing.assert_allclose(answer, case.known["gradient"], rtol=0, atol=case.known["bound"])
    else:
        size = hidden_scale(*case.args)
        agree(answer, hidden_reference(*case.args), size, 1e-3 if single(case.args) else 1e-8)
"""


@dataclass(frozen=True, slots=True)
class Ported:
    """One question as the peers ask it."""

    name: str
    points: Fraction
    examples: tuple[str, ...]
    reference: str
    hidden: str
    """Tests that students do not see."""


def hidden_tests(module: str, name: str) -> tuple[str, str]:
    """The reference of a question under its own name, and the text of its hidden tests."""
    parts = _Module(module)
    reference = parts.function(parts.reference(name), "hidden_reference")
    cases = parts.function(parts.decorated(name, "cases"), "hidden_cases")
    scale = parts.decorated(name, "scale")
    size = parts.function(scale, "hidden_scale") if scale else "def hidden_scale(*args):\n    return 1.0"
    own = "\n".join([reference, cases, size])
    text = "\n".join([_SHIMS, parts.needed_by(own), own, _LOOP.replace("{name}", name)])
    return parts.function(parts.reference(name), name), _dense(text)


class _Module:
    """A solutions module as text, function by function."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._tree = ast.parse(source)

    def reference(self, name: str) -> ast.FunctionDef:
        return next(f for f in self._functions() if f.name == name)

    def decorated(self, name: str, kind: str) -> ast.FunctionDef | None:
        """The function under `@NAME.kind`."""
        for function in self._functions():
            for decorator in function.decorator_list:
                called = decorator.func if isinstance(decorator, ast.Call) else decorator
                if ast.unparse(called) == f"{name}.{kind}":
                    return function
        return None

    def function(self, function: ast.FunctionDef | None, name: str) -> str:
        """Its text without decorators, under another name."""
        if function is None:
            raise ValueError(f"the solutions module has no {name}")
        lines = self._source.splitlines()[function.lineno - 1 : function.end_lineno]
        return "\n".join(lines).replace(f"def {function.name}(", f"def {name}(", 1)

    def needed_by(self, text: str) -> str:
        """Constants and plain functions of the module that a text uses, and what these use, in order."""
        wanted: set[str] = set()
        known = {name: part for part in self._tree.body for name in _names_bound_by(part)}
        todo = _loaded(ast.parse(text)) & known.keys()
        while todo:
            wanted |= todo
            todo = set().union(*(_loaded(known[name]) for name in todo)) & known.keys() - wanted
        return "\n".join(
            ast.get_source_segment(self._source, part) or ""
            for part in self._tree.body
            if wanted.intersection(_names_bound_by(part))
        )

    def _functions(self) -> list[ast.FunctionDef]:
        return [part for part in self._tree.body if isinstance(part, ast.FunctionDef)]


def _names_bound_by(part: ast.stmt) -> list[str]:
    if isinstance(part, ast.FunctionDef) and not part.decorator_list:
        return [part.name]
    if isinstance(part, ast.Assign):
        return [target.id for target in part.targets if isinstance(target, ast.Name)]
    return []


def _loaded(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _dense(text: str) -> str:
    """Without blank lines, which end a block in Otter's tests, and without docstrings and comments."""
    return ast.unparse(_Bare().visit(ast.parse(text))).replace("\n\n", "\n").replace("\n\n", "\n")


class _Bare(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return node


def for_nbgrader(released: Document, questions: list[Ported]) -> Document:
    """The instructor's notebook: the released one, tests in the cells of examples."""
    by_name = {question.name: question for question in questions}
    cells = []
    for cell in released["cells"]:
        name, is_examples = cell["id"].removesuffix("-examples"), cell["id"].endswith("-examples")
        cell = {**cell, "metadata": {}}
        if name in by_name and is_examples:
            question = by_name[name]
            shown = "\n".join(question.examples)
            cell["source"] = f"{shown}\n### BEGIN HIDDEN TESTS\n{question.hidden}\n### END HIDDEN TESTS"
            cell["metadata"] = {"nbgrader": _marked(f"{name}-tests", points=float(question.points))}
        elif name in by_name and cell["cell_type"] == "code":
            cell["metadata"] = {"nbgrader": _marked(name)}
            cell["source"] = f"### BEGIN SOLUTION\n{by_name[name].reference}\n### END SOLUTION"
        cells.append(cell)
    return {**released, "cells": cells}


def _marked(grade_id: str, *, points: float | None = None) -> dict[str, Any]:
    graded = points is not None
    marked = {"schema_version": 3, "grade_id": grade_id, "task": False}
    marked |= {"grade": graded, "locked": graded, "solution": not graded}
    return marked | ({"points": points} if graded else {})


def for_otter(released: Document, questions: list[Ported]) -> Document:
    """The instructor's notebook in the format of `otter assign`."""
    by_name = {question.name: question for question in questions}
    cells = [_raw("# ASSIGNMENT CONFIG\ninit_cell: true\nexport_cell: false\ncheck_all_cell: false")]
    for cell in released["cells"]:
        name = cell["id"]
        if name.endswith("-examples") and name.removesuffix("-examples") in by_name:
            continue
        if name in by_name and cell["cell_type"] == "code":
            cells += _otter_question(by_name[name])
        else:
            cells.append({**cell, "metadata": {}})
    return {**released, "cells": [_with_id(cell, number) for number, cell in enumerate(cells)]}


def _otter_question(question: Ported) -> list[Cell]:
    body = f"{_place(question.name)}\n# BEGIN SOLUTION\n{question.reference}\n# END SOLUTION"
    tests = [_code(example) for example in question.examples]
    hidden = _code(f"# HIDDEN\n{question.hidden}")
    return [
        _raw(f"# BEGIN QUESTION\nname: {question.name}\npoints: {float(question.points)}"),
        _raw("# BEGIN SOLUTION"),
        _code(body),
        _raw("# END SOLUTION"),
        _raw("# BEGIN TESTS"),
        *tests,
        hidden,
        _raw("# END TESTS"),
        _raw("# END QUESTION"),
    ]


def _raw(source: str) -> Cell:
    return {"cell_type": "raw", "metadata": {}, "source": source}


def _code(source: str) -> Cell:
    return {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source}


def _with_id(cell: Cell, number: int) -> Cell:
    return {**cell, "id": f"cell-{number}"}


def handed_in(peers: Document, released: Document, notebook: bytes, names: list[str]) -> Document:
    """A student's answers in the notebook that a peer hands out."""
    theirs = {cell["id"]: _text(cell) for cell in json.loads(notebook)["cells"]}
    ours = {cell["id"]: _text(cell) for cell in released["cells"]}
    changed = {ours[key]: theirs[key] for key in ours if key in theirs and theirs[key] != ours[key]}
    added = [source for key, source in theirs.items() if key not in ours]
    answered = set()
    cells = []
    for cell in peers["cells"]:
        source = _text(cell)
        if cell["cell_type"] == "code":
            name = _asked_in(cell, source, names)
            if name:
                answered.add(name)
            source = theirs[name] if name else changed.get(source, source)
        cells.append({**cell, "source": source})
    if answered != set(names):
        raise RuntimeError(f"no place for {set(names) - answered} in the peer's notebook")
    cells += [_with_id(_code(source), 1000 + number) for number, source in enumerate(added)]
    return {**peers, "cells": cells}


def _asked_in(cell: Cell, source: str, names: list[str]) -> str:
    """The question whose answer belongs in a cell: by nbgrader's mark, or by Otter's place holder."""
    mark = cell["metadata"].get("nbgrader", {})
    if mark.get("solution"):
        return str(mark["grade_id"])
    return next((name for name in names if source.startswith(_place(name))), "")


def _place(name: str) -> str:
    """The line by which the cell of an answer is found again in the notebook that Otter makes."""
    return f"# answer {name}"


def _text(cell: Cell) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)
