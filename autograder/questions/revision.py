"""The revision of an assignment: a hash of all that decides its marks, made without running any of it.

Whoever only asks whether reports are of today's assignment loads neither numpy nor the judging.
"""

import ast
import hashlib
import hmac
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from autograder.domain.course import Limits
from autograder.questions.files import find_solutions


def compute_revision(path: Path, assignment: str, *, secret: bytes, limits: Limits) -> str:
    """The hash of what decides a mark: code without docstrings, the limits and the case seed.

    Of a package, every file counts under its name; a proof file never does.
    """
    files = find_solutions(path)
    if files.is_package:
        parts = [
            f"{file.relative_to(files.root).as_posix()}: {_dump_meaning(file.read_text(encoding='utf-8'))}"
            for file in files.modules
        ]
        for file in files.data:
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            parts.append(f"{file.relative_to(files.root).as_posix()}: {content}")
    else:
        parts = [_dump_meaning(files.root.read_text(encoding="utf-8"))]
    parts += [
        repr(sorted(item for item in asdict(limits).items() if item[1] is not None)),
        derive_seed(secret, assignment).hex(),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@lru_cache(maxsize=32)
def _dump_meaning(source: str) -> str:
    """A module of the solutions as far as marks depend on it, on one line."""
    # Kept by its text: a run of grading asks three times, for a twentieth of a second each.
    tree = ast.parse(source)
    for statement in tuple(tree.body):
        call = statement.value if isinstance(statement, ast.Expr) else None
        # `question.equivalent(...)` is read by a check before release alone.
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "equivalent":
            tree.body.remove(statement)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
            and ast.get_docstring(node) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree)


def derive_seed(secret: bytes, name: str) -> bytes:
    """What cases are drawn from, by what they are of."""
    return hmac.new(secret, name.encode(), hashlib.sha256).digest()
