"""A class whose answers are all right: references and alternates, with whatever they need of their module."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

from autograder.demo.answers import read_answers
from autograder.demo.classroom import RIGHT, Sample
from autograder.demo.notebook_builder import NotebookBuilder


def right_class(released: bytes, solutions: Path, *, count: int, seed: int = 20) -> tuple[Sample, ...]:
    """So many students, between them every right answer there is where they are enough.

    Args:
        released: the notebook that is handed out.
        solutions: the solutions module; only its text is read.
        count: how many students.
        seed: of the order in which styles are dealt.
    """
    styles = right_answers(solutions)
    rng = Random(seed)
    for ways in styles.values():
        rng.shuffle(ways)
    return tuple(_student(released, styles, k) for k in range(count))


def _student(released: bytes, styles: Mapping[str, list[str]], k: int) -> Sample:
    notebook = NotebookBuilder(released)
    for question in notebook.questions:
        ways = styles[question]
        notebook.answer(question, ways[k % len(ways)])
    return Sample(f"right.{k}", f"Right {k}", RIGHT, notebook.to_bytes())


def right_answers(solutions: Path) -> dict[str, list[str]]:
    """Per question, the sources of all its right answers, each in front of it the helpers it calls."""
    text = solutions.read_text(encoding="utf-8")
    answers = read_answers(solutions)
    found = {name: node for node in ast.parse(text).body for name in _defines(node) if name not in answers}
    return {
        question: [
            "\n\n\n".join([*_helpers(whole, found), whole])
            for whole in (_whole(source, question, known.right[0]) for source in known.right)
        ]
        for question, known in answers.items()
    }


def _whole(source: str, question: str, reference: str) -> str:
    """An answer that calls the reference, with the reference under a name of its own in front of it."""
    if source == reference or question not in _names(ast.parse(source)):
        return source
    own, name = f"first_{question}", re.compile(rf"\b{question}\b")
    calling = name.sub(own, source).replace(f"def {own}(", f"def {question}(", 1)
    return f"{name.sub(own, reference)}\n\n\n{calling}"


def _helpers(source: str, found: Mapping[str, ast.stmt]) -> Iterator[str]:
    """Sources of what an answer uses of its module, and of what that uses; in the order of the module."""
    needed: list[ast.stmt] = []
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        for name in _names(waiting.pop()):
            node = found.get(name)
            if node is not None and node not in needed:
                needed.append(node)
                waiting.append(node)
    for node in sorted(needed, key=lambda node: node.lineno):
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
        yield ast.unparse(node)


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _defines(node: ast.stmt) -> Iterator[str]:
    """The names a statement of a module defines; the authoring functions are nothing a student has."""
    if isinstance(node, ast.FunctionDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "autograder":
        yield from (alias.asname or alias.name for alias in node.names)
