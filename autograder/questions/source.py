"""The source of a reference as it can stand in a notebook: without decorators, with the helpers it uses."""

import ast
from collections.abc import Iterator, Sequence

from autograder.questions.question import Question
from autograder.questions.variable import literal

Node = ast.stmt


def answers_to(text: str, questions: Sequence[Question]) -> dict[str, str]:
    """Per question, Python that answers it: its reference's source, or its variable with its value."""
    variables = {q.name: f"{q.name} = {literal(q.reference())}" for q in questions if q.variable}
    return reference_sources(text, frozenset(question.name for question in questions)) | variables


def reference_sources(text: str, names: frozenset[str]) -> dict[str, str]:
    """Per question of `names`, the source of its reference and of what else of the module it needs.

    Args:
        text: of the solutions module.
        names: of its questions; where a reference calls another question's, the notebook has that already.
    """
    tree = ast.parse(text)
    defined = {name: node for node in tree.body for name in _names_bound(node)}
    return {
        name: "\n\n\n".join(_segment(text, node) for node in _needed(node, defined, names))
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and (name := node.name) in names
    }


def _needed(reference: Node, defined: dict[str, Node], questions: frozenset[str]) -> list[Node]:
    """The statements a reference needs, in the order of the module, the reference last."""
    found: dict[int, Node] = {}
    todo: list[ast.AST] = [reference]
    while todo:
        for name in _names_used(todo.pop()):
            node = defined.get(name)
            if node is not None and name not in questions and node.lineno not in found:
                found[node.lineno] = node
                todo.append(node)
    return [*(found[line] for line in sorted(found)), reference]


def _names_bound(node: Node) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "autograder":
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)


def _names_used(tree: ast.AST) -> Iterator[str]:
    body = tree.body if isinstance(tree, ast.FunctionDef) else [tree]  # not its decorators
    for part in body:
        yield from (node.id for node in ast.walk(part) if isinstance(node, ast.Name))


def _segment(text: str, node: Node) -> str:
    return ast.get_source_segment(text, node) or ast.unparse(node)
