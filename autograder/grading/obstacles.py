"""What is said of a question that lost marks because of how its answer is written down, not of what it says.

A cell that is no Python here, a line of the stub that was left, a function inside a class: found in the
submitted cells alone, and only for questions that lost something.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from autograder.domain.report import Outcome, Verdict
from autograder.domain.sentences import Sentence, say, sentences_in
from autograder.notebook.assignment import Statement
from autograder.notebook.causes import find_causes
from autograder.notebook.match import Matched, tell_newer
from autograder.notebook.obstacles import Obstacle, ObstacleKind, find_absence, find_left_raise, find_misuse


def name_obstacle(verdict: Verdict, notebook: Matched, statements: Mapping[str, Statement]) -> Verdict:
    """The verdict, with what was in the way of the answer, and where nothing was written to be marked."""
    if verdict.question in notebook.unwritten:
        return replace(verdict, sentence=say("awaiting_mark.empty"))
    statement = statements.get(verdict.question)
    if statement is None or verdict.mark in (None, 1):
        return verdict
    match verdict.outcome:
        case Outcome.MISSING:
            absence = _tell_absence(verdict, notebook, statement)
            return replace(verdict, sentence=absence) if absence else verdict
        case Outcome.NOT_ATTEMPTED if not statement.variable:
            left = find_left_raise(verdict.question, list(notebook.notebook.code))
            told = _tell(left, statement) if left else None
            return replace(verdict, outcome=Outcome.RAISED, sentence=told) if told else verdict
        case Outcome.WRONG | Outcome.RAISED if not statement.variable:
            return _name_misuse(verdict, notebook, statement)
    return verdict


def _tell_absence(verdict: Verdict, notebook: Matched, statement: Statement) -> Sentence | None:
    """Where a function that was not found seems to stand; None where a stopped cell explains it."""
    cell = notebook.broken.get(verdict.question)
    if cell is not None and cell in notebook.newer:
        newer = tell_newer(cell, notebook.newer[cell])
        return say("missing.newer_python", question=verdict.question, **newer)
    if cell is not None:
        return say("missing.cell_not_python", cell=cell, question=verdict.question)
    if verdict.sentence.key != "missing":
        return None
    found = find_absence(verdict.question, notebook.submitted)
    return _tell(found, statement) if found else None


def _name_misuse(verdict: Verdict, notebook: Matched, statement: Statement) -> Verdict:
    """The reason in place of the sentence where the answer earned nothing, else beside it.

    What comes of parameters in another order may look like a known mistake, and is none.
    """
    found = list(_misuses(verdict, statement, list(notebook.notebook.code)))
    told = [_tell(one, statement) for one in found]
    if not told:
        return verdict
    if found[0].kind is ObstacleKind.ORDER or (verdict.mark == 0 and verdict.mistake is None):
        return replace(verdict, sentence=told[0], hint="", advice=(), notes=(*verdict.notes, *told[1:]))
    return replace(verdict, notes=(*verdict.notes, *told))


def _misuses(verdict: Verdict, statement: Statement, cells: Sequence[Any]) -> Iterator[Obstacle]:
    errors = {dict(one.values).get("error") for one in sentences_in(verdict.sentence)}
    left = find_left_raise(verdict.question, cells) if "NotImplementedError" in errors else None
    if left is not None:
        yield left
    misused = list(find_misuse(verdict.question, statement.stub, cells))
    yield from misused
    if not misused and left is None and verdict.mark == 0 and verdict.mistake is None:
        raised = frozenset(error for error in errors if isinstance(error, str))
        said = frozenset(one.key for one in sentences_in(verdict.sentence))
        causes = find_causes(verdict.question, statement.stub, cells, raised=raised, said=said)
        yield from islice(causes, 1)


def _tell(obstacle: Obstacle, statement: Statement) -> Sentence:
    key, place = str(obstacle.kind), {"cell": obstacle.cell, "line": obstacle.line}
    about: dict[str, str] = {"question": statement.name}
    match obstacle.kind:
        case ObstacleKind.RAISE_LEFT:
            about = {}
        case ObstacleKind.SEVERAL:
            place |= {"count": int(obstacle.name)}
        case ObstacleKind.RAISE_LEFT_IN | ObstacleKind.KEPT_DEFAULT | ObstacleKind.TRIAL_DATA:
            about |= {"name": obstacle.name}
        case ObstacleKind.CACHED | ObstacleKind.PROCESSES | ObstacleKind.KEYBOARD:
            about |= {"name": obstacle.name}
        case ObstacleKind.ORDER | ObstacleKind.PARAMETERS:
            about |= {"signature": statement.signature}
        case ObstacleKind.MAGIC if obstacle.name:
            about |= {"magic": obstacle.name}
        case ObstacleKind.MAGIC:
            key = "obstacle.magic_other"
    return say(key, **place, **about)
