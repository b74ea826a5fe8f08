"""A class whose answers are all right: references and alternates, with whatever they need of their module."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

from autograder.demo.answers import read_answers
from autograder.demo.classroom import RIGHT, Sample
from autograder.demo.notebook_builder import NotebookBuilder
from autograder.questions.files import find_solutions
from autograder.questions.source import Definition, Definitions, find_names_used


def make_right_class(released: bytes, solutions: Path, *, count: int, seed: int = 20) -> tuple[Sample, ...]:
    """Make so many students; if they are enough, together they give every right answer.

    Args:
        released: the notebook that is handed out.
        solutions: the solutions module; only its text is read.
        count: how many students.
        seed: of the order in which styles are dealt.
    """
    styles = read_right_answers(solutions)
    rng = Random(seed)
    for ways in styles.values():
        rng.shuffle(ways)
    return tuple(_make_student(released, styles, k) for k in range(count))


def _make_student(released: bytes, styles: Mapping[str, list[str]], k: int) -> Sample:
    notebook = NotebookBuilder(released)
    for question in notebook.questions:
        ways = styles[question]
        notebook.answer(question, ways[k % len(ways)])
    return Sample(f"right.{k}", f"Right {k}", RIGHT, notebook.to_bytes())


def read_right_answers(solutions: Path) -> dict[str, list[str]]:
    """Per question, the sources of all its right answers, each after the helpers it calls."""
    answers = read_answers(solutions)
    definitions = Definitions(find_solutions(solutions), proof=True).by_name()
    found = {name: each for name, each in definitions.items() if name not in answers}
    return {
        question: [
            "\n\n\n".join([*_find_helpers(whole, found), whole])
            for whole in (_complete(source, question, known.right[0]) for source in known.right)
        ]
        for question, known in answers.items()
    }


def _complete(source: str, question: str, reference: str) -> str:
    """An answer that calls the reference, after the reference under a name of its own."""
    if source == reference or question not in find_names_used(ast.parse(source)):
        return source
    own, name = f"first_{question}", re.compile(rf"\b{question}\b")
    calling = name.sub(own, source).replace(f"def {own}(", f"def {question}(", 1)
    return f"{name.sub(own, reference)}\n\n\n{calling}"


def _find_helpers(source: str, found: Mapping[str, Definition]) -> Iterator[str]:
    """Sources of what an answer uses of its assignment, and of what that uses; in the order of the files."""
    needed: list[Definition] = []
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        for name in find_names_used(waiting.pop()):
            definition = found.get(name)
            if definition is not None and definition not in needed:
                needed.append(definition)
                waiting.append(definition.node)
    for definition in sorted(needed, key=lambda definition: definition.place):
        if isinstance(definition.node, ast.FunctionDef):
            definition.node.decorator_list = []
        yield ast.unparse(definition.node)
