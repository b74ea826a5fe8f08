"""What students answer: functions read from the text of the solutions, renamed after the question.

Nothing is run. Alternates are right answers in different styles, mistakes are wrong ones.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.questions.files import find_solutions


@dataclass(frozen=True, slots=True)
class Answers:
    """Sources of the ways in which one question is answered."""

    right: tuple[str, ...] = ()
    mistakes: Mapping[str, str] = field(default_factory=dict)
    """By the name of the mistake."""


def read_answers(solutions: Path) -> dict[str, Answers]:
    """The answers to each question of a solutions module or package, its proof file included, by its name."""
    files = find_solutions(solutions)
    texts = [file.read_text(encoding="utf-8") for file in files.read_by_check]
    trees = [ast.parse(text) for text in texts]
    slow = {
        word.value.id
        for tree in trees
        for word in ast.walk(tree)
        if isinstance(word, ast.keyword) and word.arg == "looped" and isinstance(word.value, ast.Name)
    }
    answers: dict[str, Answers] = {}
    for text, tree in zip(texts, trees, strict=True):
        for function, role, question in _find_declared(tree):
            known = answers.get(question, Answers())
            source = _rename(text, function, question)
            if role == "mistake":
                known = Answers(known.right, {**known.mistakes, function.name: source})
            elif role == "reference" or function.name not in slow:
                known = Answers((*known.right, source), known.mistakes)
            answers[question] = known
    return answers


def _find_declared(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef, str, str]]:
    """What each function is, and of which question: by `@question(...)` or `@NAME.mistake(...)`."""
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef):
            continue
        for decorator in function.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if isinstance(called, ast.Name) and called.id == "question":
                yield function, "reference", function.name
            elif isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
                loses_digits = isinstance(decorator, ast.Call) and called.attr == "alternate"
                if called.attr in ("mistake", "alternate") and not loses_digits:
                    yield function, called.attr, called.value.id


def _rename(text: str, function: ast.FunctionDef, question: str) -> str:
    """The function's source without decorators and docstring, under the question's name."""
    lines = text.splitlines()
    kept = lines[function.lineno - 1 : function.end_lineno]
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        first, last = docstring.lineno - function.lineno, (docstring.end_lineno or 0) - function.lineno
        del kept[first : last + 1]
    kept[0] = kept[0].replace(f"def {function.name}(", f"def {question}(", 1)
    return "\n".join(kept)
