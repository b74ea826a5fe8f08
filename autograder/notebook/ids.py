"""Ids of the released cells, made of the questions' names: they stay while other questions are edited."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from autograder.notebook.assignment import AssignmentText, Part, Role

_NAME_FOR_ID = re.compile(r"[A-Za-z0-9_]{1,40}")


def ids_of(text: AssignmentText) -> Iterator[str]:
    """The id of each released cell, in order."""
    taken: Counter[str] = Counter()
    names = {statement.number: statement.name for statement in text.statements}
    for part in text.parts:
        base = _base(part, names)
        taken[base] += 1
        yield base if taken[base] == 1 else f"{base}-{taken[base]}"


def _base(part: Part, names: Mapping[int, str]) -> str:
    if not part.question:
        return str(part.role)
    name = names[part.question]
    question = name if _NAME_FOR_ID.fullmatch(name) else f"question{part.question}"
    return question if part.role is Role.STUB else f"{question}-{part.role}"
