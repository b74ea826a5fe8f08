"""Write the same assignment for nbgrader and for Otter, from the solutions module.

Each question gets its public examples, and hidden tests which draw as many cases by the same generator and
compare with the same reference by `np.testing.assert_allclose`: Python text, as both tools want it.
"""

import ast
import json
import textwrap
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Cell = dict[str, Any]
Document = dict[str, Any]

_SHIMS = """
import copy
from types import SimpleNamespace
import numpy as np
class Case:
    def __init__(self, label, *args):
        self.args, self.known = args, SimpleNamespace()
    def knowing(self, **known):
        self.known = SimpleNamespace(**known)
        return self
core = edge = dtype = magnitude = Case
def oracle(function):
    return function
def given(function, **values):
    return lambda *args: function(*args, **values)
def built(recipe, **values):
    return recipe(**values)
seeded = np.random.default_rng
def partly(share, why):
    return why
def single(args):
    return any(isinstance(value, np.ndarray) and value.dtype == np.float32 for value in args)
"""
"""What the functions of a solutions module are called with, as the peers have nothing of ours."""
_RULE = """
for case in hidden_cases(np.random.default_rng(20)):
    case.expected = hidden_reference(*copy.deepcopy(case.args))
    assert hidden_rule(answered(*copy.deepcopy(case.args)), case) is None
"""
_BOUND = """
for case in hidden_cases(np.random.default_rng(20)):
    answer = answered(*copy.deepcopy(case.args))
    np.testing.assert_allclose(answer, case.known.gradient, rtol=0, atol=case.known.bound)
"""
_COMPARED = """
def agree(answer, expected, scale, tolerance):
    if isinstance(expected, tuple):
        assert len(answer) == len(expected)
        for one, other, size in zip(answer, expected, scale):
            agree(one, other, size, tolerance)
        return
    if {up_to_sign}:
        answer, expected = np.abs(answer), np.abs(expected)
    np.testing.assert_allclose(answer, expected, rtol=0, atol=tolerance * max(np.max(np.abs(scale)), 1e-300))
for case in hidden_cases(np.random.default_rng(20)):
    answer, size = answered(*copy.deepcopy(case.args)), hidden_scale(*case.args)
    expected = hidden_reference(*copy.deepcopy(case.args))
    size = expected if size is None else size
    agree(answer, expected, size, 1e-3 if single(case.args) else {tolerance})
"""


@dataclass(frozen=True, slots=True)
class PortedQuestion:
    """One question as the peers ask it."""

    name: str
    points: Fraction
    examples: tuple[str, ...]
    reference: str
    hidden: str
    """Tests that students do not see."""


def write_hidden_tests(module: str, name: str) -> tuple[str, str]:
    """The reference of a question with what it calls, and the text of its hidden tests.

    The tests are a function of their own, since what they define has the names that students define: cases of
    one question are made by the references of others.

    Args:
        module: the text of the solutions module, or of all files of a package.
        name: of the question.
    """
    parts = _Module(module)
    reference = parts.read_function(parts.find_reference(name), "hidden_reference")
    cases = parts.read_function(parts.find_decorated(name, "cases"), "hidden_cases")
    rule, scale = parts.find_decorated(name, "accepts"), parts.find_decorated(name, "scale")
    own = [reference, cases]
    options = parts.read_options(name)
    told = parts.read_function(rule, "hidden_rule") if rule else ""
    if "case.asked" in told:  # where an oracle was asked the peers do not see: what is known decides
        judged = _BOUND
    elif told:
        own.append(told)
        judged = _RULE
    else:
        none = "def hidden_scale(*args):\n    return None"
        own.append(parts.read_function(scale, "hidden_scale") if scale else none)
        judged = _COMPARED.replace("{up_to_sign}", str(options.get("compare") == "up to sign"))
        judged = judged.replace("{tolerance}", str(max(1e-8, options.get("tolerance", 0.0))))
    needed = parts.read_needed("\n".join(own))
    body = textwrap.indent(_condense("\n".join([_SHIMS, needed, *own, judged])), "    ")
    answer = parts.read_function(parts.find_reference(name), name)
    helpers = parts.read_needed(answer, questions=False)
    return f"{helpers}\n{answer}".strip(), f"def test_hidden(answered):\n{body}\ntest_hidden({name})"


class _Module:
    """A solutions module as text, function by function."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._tree = ast.parse(source)

    def find_reference(self, name: str) -> ast.FunctionDef:
        return next(f for f in self._functions() if f.name == name)

    def read_options(self, name: str) -> dict[str, Any]:
        """What `@question(...)` is told that is a constant."""
        (decorator,) = self.find_reference(name).decorator_list
        given = decorator.keywords if isinstance(decorator, ast.Call) else []
        constants = ((option.arg, option.value) for option in given)
        return {str(arg): value.value for arg, value in constants if isinstance(value, ast.Constant)}

    def find_decorated(self, name: str, kind: str) -> ast.FunctionDef | None:
        """The function under `@NAME.kind`."""
        for function in self._functions():
            for decorator in function.decorator_list:
                called = decorator.func if isinstance(decorator, ast.Call) else decorator
                if ast.unparse(called) == f"{name}.{kind}":
                    return function
        return None

    def read_function(self, function: ast.FunctionDef | None, name: str) -> str:
        """Its text without decorators, under another name."""
        if function is None:
            raise ValueError(f"the solutions module has no {name}")
        lines = self._source.splitlines()[function.lineno - 1 : function.end_lineno]
        return "\n".join(lines).replace(f"def {function.name}(", f"def {name}(", 1)

    def read_needed(self, text: str, *, questions: bool = True) -> str:
        """Constants and functions of the module that a text uses, and what these use, in order."""
        known = {
            name: part
            for part in self._tree.body
            for name in _find_bound_names(part)
            if questions or not _is_question(part)
        }
        own = {name for part in ast.parse(text).body for name in _find_bound_names(part)}
        wanted: set[str] = set()
        todo = _find_names(ast.parse(text)) & known.keys() - own
        while todo:
            wanted |= todo
            todo = set().union(*(_find_names(known[name]) for name in todo)) & known.keys() - wanted - own
        return "\n".join(
            self.read_function(part, part.name)
            if isinstance(part, ast.FunctionDef)
            else ast.get_source_segment(self._source, part) or ""
            for part in self._tree.body
            if wanted.intersection(_find_bound_names(part))
        )

    def _functions(self) -> list[ast.FunctionDef]:
        return [part for part in self._tree.body if isinstance(part, ast.FunctionDef)]


def _find_bound_names(part: ast.stmt) -> list[str]:
    if isinstance(part, ast.FunctionDef) and (not part.decorator_list or _is_question(part)):
        return [part.name]
    if isinstance(part, ast.Assign):
        return [target.id for target in part.targets if isinstance(target, ast.Name)]
    return []


def _is_question(part: ast.stmt) -> bool:
    """Whether it is a reference, under `@question(...)`."""
    decorators = part.decorator_list if isinstance(part, ast.FunctionDef) else []
    return any(ast.unparse(each).partition("(")[0] == "question" for each in decorators)


def _find_names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _condense(text: str) -> str:
    """Drop blank lines, which end a block in Otter's tests, docstrings and comments."""
    return ast.unparse(_DropDocstrings().visit(ast.parse(text))).replace("\n\n", "\n").replace("\n\n", "\n")


class _DropDocstrings(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return node


def port_to_nbgrader(released: Document, questions: list[PortedQuestion]) -> Document:
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
            cell["metadata"] = {"nbgrader": _make_metadata(f"{name}-tests", points=float(question.points))}
        elif name in by_name and cell["cell_type"] == "code":
            cell["metadata"] = {"nbgrader": _make_metadata(name)}
            cell["source"] = f"### BEGIN SOLUTION\n{by_name[name].reference}\n### END SOLUTION"
        cells.append(cell)
    return {**released, "cells": cells}


def _make_metadata(grade_id: str, *, points: float | None = None) -> dict[str, Any]:
    graded = points is not None
    marked = {"schema_version": 3, "grade_id": grade_id, "task": False}
    marked |= {"grade": graded, "locked": graded, "solution": not graded}
    return marked | ({"points": points} if graded else {})


def port_to_otter(released: Document, questions: list[PortedQuestion]) -> Document:
    """The instructor's notebook in the format of `otter assign`."""
    by_name = {question.name: question for question in questions}
    cells = [_make_raw("# ASSIGNMENT CONFIG\ninit_cell: true\nexport_cell: false\ncheck_all_cell: false")]
    for cell in released["cells"]:
        name = cell["id"]
        if name.endswith("-examples") and name.removesuffix("-examples") in by_name:
            continue
        if name in by_name and cell["cell_type"] == "code":
            cells += _port_question(by_name[name])
        else:
            cells.append({**cell, "metadata": {}})
    return {**released, "cells": [_add_id(cell, number) for number, cell in enumerate(cells)]}


def _port_question(question: PortedQuestion) -> list[Cell]:
    body = f"{_make_place(question.name)}\n# BEGIN SOLUTION\n{question.reference}\n# END SOLUTION"
    tests = [_make_code(example) for example in question.examples]
    hidden = _make_code(f"# HIDDEN\n{question.hidden}")
    return [
        _make_raw(f"# BEGIN QUESTION\nname: {question.name}\npoints: {float(question.points)}"),
        _make_raw("# BEGIN SOLUTION"),
        _make_code(body),
        _make_raw("# END SOLUTION"),
        _make_raw("# BEGIN TESTS"),
        *tests,
        hidden,
        _make_raw("# END TESTS"),
        _make_raw("# END QUESTION"),
    ]


def _make_raw(source: str) -> Cell:
    return {"cell_type": "raw", "metadata": {}, "source": source}


def _make_code(source: str) -> Cell:
    return {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source}


def _add_id(cell: Cell, number: int) -> Cell:
    return {**cell, "id": f"cell-{number}"}


def fill_in(peers: Document, released: Document, notebook: bytes, names: list[str]) -> Document:
    """A student's answers in the notebook that a peer hands out."""
    theirs = {cell["id"]: _read_text(cell) for cell in json.loads(notebook)["cells"]}
    ours = {cell["id"]: _read_text(cell) for cell in released["cells"]}
    changed = {ours[key]: theirs[key] for key in ours if key in theirs and theirs[key] != ours[key]}
    added = [source for key, source in theirs.items() if key not in ours]
    answered = set()
    cells = []
    for cell in peers["cells"]:
        source = _read_text(cell)
        if cell["cell_type"] == "code":
            name = _find_question(cell, source, names)
            if name:
                answered.add(name)
            source = theirs[name] if name else changed.get(source, source)
        cells.append({**cell, "source": source})
    if answered != set(names):
        raise RuntimeError(f"no place for {set(names) - answered} in the peer's notebook")
    cells += [_add_id(_make_code(source), 1000 + number) for number, source in enumerate(added)]
    return {**peers, "cells": cells}


def _find_question(cell: Cell, source: str, names: list[str]) -> str:
    """The question whose answer belongs in a cell: by nbgrader's metadata, or by Otter's placeholder."""
    mark = cell["metadata"].get("nbgrader", {})
    if mark.get("solution"):
        return str(mark["grade_id"])
    return next((name for name in names if source.startswith(_make_place(name))), "")


def _make_place(name: str) -> str:
    """The line by which the cell of an answer is found again in the notebook that Otter makes."""
    return f"# answer {name}"


def _read_text(cell: Cell) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)
