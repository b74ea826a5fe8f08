"""The assignments of this course as they are handed out and as they are solved."""

import ast
import json
from functools import cache
from pathlib import Path

from autograder.course import read_course
from autograder.interop.handout import Handout, hand_out
from autograder.questions.solutions import load
from autograder.questions.source import reference_sources

COURSE = Path(__file__).parents[2]
NAMES = [assignment.name for assignment in read_course(COURSE).assignments]


@cache
def handed_out(name: str) -> Handout:
    """What students of an assignment receive."""
    return hand_out((COURSE / "assignments" / name / f"{name}.ipynb").read_bytes(), name=name)


@cache
def solved(name: str) -> bytes:
    """What a student hands in who answered everything: the file received, with answers in place of stubs."""
    module = COURSE / "solutions" / f"{name}.py"
    sources = reference_sources(module, frozenset(question.name for question in load(module)))
    document = json.loads(handed_out(name).content)
    for cell in document["cells"]:
        if cell["id"] in sources:
            cell["source"] = _undecorated(sources[cell["id"]])
    return json.dumps(document).encode()


def _undecorated(source: str) -> str:
    """Without the decorator `@question(...)`, which stands in lines of its own before its `def`."""
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
    return ast.unparse(tree)
