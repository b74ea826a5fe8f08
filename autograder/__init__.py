"""Auto-graded homework and quizzes for numeric courses.

What an author of solutions/ writes with (`from autograder import core, edge, question`) is named here
and loaded when it is first asked for: the process that runs student code imports this package too,
and must load nothing of it but its own room.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.questions.arguments import built, given, oracle, seeded
    from autograder.questions.case_score import partly
    from autograder.questions.cases import core, dtype, edge, kink, magnitude, speed
    from autograder.questions.question import question
    from autograder.questions.variable import variable
    from autograder.questions.written import written

__version__ = "0.1.0"

_HOMES = {
    "built": "autograder.questions.arguments",
    "core": "autograder.questions.cases",
    "dtype": "autograder.questions.cases",
    "edge": "autograder.questions.cases",
    "given": "autograder.questions.arguments",
    "kink": "autograder.questions.cases",
    "magnitude": "autograder.questions.cases",
    "oracle": "autograder.questions.arguments",
    "partly": "autograder.questions.case_score",
    "question": "autograder.questions.question",
    "seeded": "autograder.questions.arguments",
    "speed": "autograder.questions.cases",
    "variable": "autograder.questions.variable",
    "written": "autograder.questions.written",
}

__all__ = [
    "built",
    "core",
    "dtype",
    "edge",
    "given",
    "kink",
    "magnitude",
    "oracle",
    "partly",
    "question",
    "seeded",
    "speed",
    "variable",
    "written",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
