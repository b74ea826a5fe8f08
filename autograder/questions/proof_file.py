"""A proof file: other right ways and equivalent edits, which `check` reads and no mark depends on."""

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from autograder.errors import CourseError, Flaw
from autograder.questions.files import SolutionsFiles, find_own_imports
from autograder.questions.importing import find_module, import_proof
from autograder.questions.question import Question
from autograder.questions.written import Written

_OF_CHECK = ("alternates", "equivalents", "declared_at")
"""What a proof file may add to a question."""
_SPELLED = {
    "_draw": "cases",
    "scaling": "a scale",
    "mistakes": "a mistake",
    "properties": "a check",
    "pictures": "a picture",
    "acceptance": "a rule",
}


def read_proof(files: SolutionsFiles, asked: Sequence[Question | Written]) -> None:
    """Let the proof file of an assignment, where there is one, add to its questions.

    Raises:
        CourseError: it names what is not there, cannot be executed, or would change marks; all at once.
    """
    if files.proof is None:
        return
    text = files.proof.read_text(encoding="utf-8")
    try:
        flaws = list(_find_unknown_names(ast.parse(text), files))
    except SyntaxError:
        flaws = []  # it cannot be executed either, and is reported with its line
    if flaws:
        raise CourseError(flaws)
    before = {one: _read_state(one) for one in asked if isinstance(one, Question)}
    there = f"write it in {files.root}"
    for name, value in vars(import_proof(files)).items():
        if isinstance(value, Question | Written) and value not in asked:
            flaws.append(Flaw(f"{files.proof}{_place(value, files)}: {name}", "defines a question", there))
    for question, state in before.items():
        after = _read_state(question)
        for what in sorted(key for key in after if after[key] != state[key]):
            where = f"{files.proof}{_place(after[what], files)}: {question.name}"
            flaws.append(Flaw(where, f"adds {_SPELLED.get(what, what)}, on which marks depend", there))
    if flaws:
        raise CourseError(flaws)


def _read_state(question: Question) -> dict[str, Any]:
    """Everything of a question that a proof file must leave alone."""
    state = {key: value for key, value in vars(question).items() if key not in _OF_CHECK}
    return {key: tuple(value) if isinstance(value, list) else value for key, value in state.items()}


def _place(value: Any, files: SolutionsFiles) -> str:
    """The line of the function in the proof file that was declared last, where it is one."""
    last = value[-1] if isinstance(value, tuple) and value else value
    functions = (getattr(last, name, None) for name in ("reference", "function", "holds", "series"))
    code = getattr(next(filter(None, functions), last), "__code__", None)
    return f":{code.co_firstlineno}" if code and code.co_filename == str(files.proof) else ""


def _find_unknown_names(tree: ast.Module, files: SolutionsFiles) -> Iterator[Flaw]:
    """What the file imports of the assignment that is not there, and what it uses that it never binds."""
    known = set(vars(builtins)) | set(_find_bound(tree))
    for node, source in find_own_imports(tree, files, files.proof or files.root):
        module = find_module(source)
        there: Mapping[str, Any] = vars(module) if module else {}
        if module is None:
            yield Flaw(f"{files.proof}:{node.lineno}", f"there is no {source}")
        for alias in node.names if module else ():
            if alias.name == "*":
                known |= there.keys()
            elif alias.name not in there:
                what = f"{source} has no {alias.name}"
                yield Flaw(f"{files.proof}:{alias.lineno}", what, _suggest(alias.name, there))
    for name in _find_claims(tree):
        if name.id not in known:
            what = f"names {name.id}, which is not imported"
            how = _suggest(name.id, known) or f"write `from {files.name} import {name.id}`"
            yield Flaw(f"{files.proof}:{name.lineno}", what, how)


def _suggest(name: str, there: Iterable[str]) -> str:
    close = get_close_matches(name, [each for each in there if not each.startswith("__")], n=1)
    return f"did you mean {close[0]}?" if close else ""


def _find_bound(tree: ast.Module) -> Iterator[str]:
    """The names that statements of the file bind."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _find_claims(tree: ast.Module) -> Iterator[ast.Name]:
    """The questions that the file speaks of: `NAME` in `@NAME.alternate` and in `NAME.equivalent(...)`."""
    for statement in tree.body:
        spoken = statement.decorator_list if isinstance(statement, ast.FunctionDef) else [statement]
        for node in (each for part in spoken for each in ast.walk(part)):
            match node:
                case ast.Attribute(value=ast.Name() as name, attr="alternate" | "equivalent"):
                    yield name
