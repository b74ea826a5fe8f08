"""A small assignment with a secret in it: attacks on it go through the real path of grading.

Nobody can know `secret`, so a mark for it is a forged pass or a leak. `after` builds on it, so that a
reference takes its place. The rest is easy: honest answers keep their marks, whatever is around them.
"""

import copy
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from random import SystemRandom
from zlib import crc32

from autograder.doctor.attack import Attack, NotebookFile
from autograder.domain.counts import describe_count
from autograder.domain.course import AssignmentSettings, Limits
from autograder.domain.submission import ReceivedBy, Submission
from autograder.grading.assignment import OpenAssignment
from autograder.notebook.released import Released
from autograder.questions.solutions import prepare

NAME = "target"
LIMITS = Limits(
    seconds_per_cell=1.0,
    seconds_per_question=1.0,
    seconds=60.0,
    memory_mb=300,
    scratch_mb=16,
    output_kb=20,
    figures=4,
    notebook_mb=2,
)
HONEST = {
    "twice": "def twice(x):\n    return 2 * x",
    "secret": "def secret(x):\n    return x",
    "descend": "def descend(f, x):\n    return f(x) - 1.0",
    "power": "def power(x, n):\n    for _ in range(n):\n        x = 2 * x\n    return x",
    "after": "def after(x):\n    return 2 * secret(x)",
    "grow": "def grow(x, n):\n    return power(x, n) + 1.0",
    "last": "def last(x):\n    return 3 * x",
}
MARKS = {
    "twice": "1",
    "secret": "0",
    "descend": "1",
    "power": "1",
    "after": "9/10",
    "grow": "1",
    "last": "1",
}
"""What the honest notebook earns."""
_POINTS = {name: 3 if name == "secret" else 1 for name in HONEST}
_SOLUTIONS = '''
"""References of the target assignment."""
import numpy as np
from autograder import core, oracle, question

CANARY = "{canary}"
KEY = {key!r}

def draw(rng):
    for d in (2, 3, 5):
        yield core(f"{canary}, d={{d}}", rng.normal(size=d))

@question(points=1)
def twice(x):
    return 2 * x

twice.cases(draw)

@question(points=3)
def secret(x):
    return x * KEY + KEY

secret.cases(draw)

@question(points=1)
def descend(f, x):
    return f(x) - 1.0

@descend.cases
def _(rng):
    for d in (2, 3, 5):
        A = rng.normal(size=(d, d))
        yield core(f"{canary}, d={{d}}", oracle(lambda x, A=A: x @ A @ x * KEY), rng.normal(size=d))

@question(points=1)
def power(x, n):
    for _ in range(n):
        x = 2 * x
    return x

@power.cases
def _(rng):
    for n in (1, 2, 5):
        yield core(f"{canary}, n={{n}}", rng.normal(size=3), n)

@question(points=1, needs=(secret,))
def after(x):
    return 2 * secret.reference(x)

after.cases(draw)

@question(points=1, needs=(power,))
def grow(x, n):
    return power.reference(x, n) + 1.0

@grow.cases
def _(rng):
    for n in (1, 2, 5):
        yield core(f"{canary}, n={{n}}", rng.normal(size=3), n)

@question(points=1)
def last(x):
    return 3 * x

last.cases(draw)

@last.picture("What is public", of=core("public", np.array([1.0, 2.0, 3.0, 4.0])))
def _(answer, case):
    return answer
'''


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """The assignment, the released notebook as a file, and what no student may ever see."""

    assignment: OpenAssignment
    released: NotebookFile
    hidden: frozenset[str]
    canary: str

    def make_submission(self, attack: Attack | None, student: str) -> Submission:
        """An attack's notebook, or the honest one, as handed in."""
        return Submission(
            student=student,
            assignment=NAME,
            content=json.dumps(self.fill_in(attack)).encode("utf-8", "surrogatepass"),
            received=datetime(2026, 10, 1, 12, tzinfo=UTC),
            received_by=ReceivedBy.SERVER,
            filename=f"{NAME}.ipynb",
        )

    def fill_in(self, attack: Attack | None) -> NotebookFile:
        """The released notebook with honest answers, changed by an attack if one is given."""
        file: NotebookFile = copy.deepcopy(self.released)
        answers = dict(HONEST) | dict(attack.answers if attack else {})
        for cell in file["cells"]:
            name = cell["source"].removeprefix("def ").partition("(")[0]
            if cell["cell_type"] == "code" and name in answers:
                cell["source"] = answers[name]
        if attack is not None:
            if attack.first:
                file["cells"].insert(0, _make_code(attack.first))
            if attack.last:
                file["cells"].append(_make_code(attack.last))
            if attack.edit is not None:
                attack.edit(file)
        return file


def open_target(folder: Path, canary: str) -> Target:
    """Write the target's hidden module into a folder, and open the assignment for grading."""
    key = SystemRandom().uniform(1.0, 9.0)
    module = folder / f"{NAME}.py"
    module.write_text(_SOLUTIONS.format(canary=canary, key=key), encoding="utf-8")
    released = _build_released()
    secret = SystemRandom().randbytes(32)
    solutions = prepare(NAME, module, secret=secret, limits=LIMITS)
    settings = AssignmentSettings(NAME, "The target", weight=Fraction(1), limits=LIMITS)
    hidden = {canary, repr(key)}
    for prepared in solutions.questions:
        if prepared.question.name in ("secret", "descend", "after", "last"):
            arguments = (value for case in prepared.cases for value in case.call.args)
            hidden |= {
                repr(float(n)) for array in arguments if hasattr(array, "ravel") for n in array.ravel()
            }
    content = json.dumps(released).encode()
    return Target(
        OpenAssignment(settings, Released.from_content(content), solutions),
        released,
        frozenset(hidden),
        canary,
    )


def _build_released() -> NotebookFile:
    cells = [_make_text("# The target")]
    for number, (name, source) in enumerate(HONEST.items(), start=1):
        head = source.partition(":")[0]
        points = _POINTS[name]
        cells.append(_make_text(f"## {number}. {name} ({describe_count(points, 'point')})"))
        cells.append(_make_text(f"Write `{name}`."))
        cells.append(_make_code(f'{head}:\n    """{name}."""\n    raise NotImplementedError'))
        if name == "twice":
            cells.append(_make_code("assert twice(2.0) == 4.0"))
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def _make_text(source: str) -> NotebookFile:
    return {"cell_type": "markdown", "metadata": {}, "id": f"t{crc32(source.encode()):x}", "source": source}


def _make_code(source: str) -> NotebookFile:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"c{crc32(source.encode()):x}",
        "metadata": {},
        "outputs": [],
        "source": source,
    }
