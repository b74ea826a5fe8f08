"""What is said of a question that lost marks because of how its answer is written down, not of what it says.

A cell that is no Python here, a line of the stub that was left, a function inside a class: found in the
submitted cells alone, and only for questions that lost something.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from autograder.domain.report import Outcome, Verdict
from autograder.domain.sentences import Sentence, say, sentences_in
from autograder.notebook.assignment import Statement
from autograder.notebook.causes import (
    find_causes,
    find_kept,
    find_no_return,
    find_return_inside,
    find_strict,
)
from autograder.notebook.match import Matched, tell_newer
from autograder.notebook.obstacles import (
    Obstacle,
    ObstacleKind,
    find_absence,
    find_definitions,
    find_left_raise,
    find_misuse,
    find_refused,
    is_untouched,
)

_LOOK_LIKE_MISTAKES = frozenset({ObstacleKind.ORDER, ObstacleKind.NO_RETURN})
_BESIDE_WHAT_IS_SEEN = frozenset({ObstacleKind.LOOP, ObstacleKind.RETURN_INSIDE, ObstacleKind.KEPT_VALUES})
_UNEXPLAINED = ("not_asked", "part_not_asked", "shape", "tendency", "wrong_count")
"""How the keys begin of sentences on answers that are wrong in no way that is known."""
_FRAME = re.compile(r'File "<cell (\d{1,5})>", line (\d{1,7})')


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
        case Outcome.WRONG | Outcome.RAISED | Outcome.TIMED_OUT if not statement.variable:
            verdict = _name_misuse(verdict, notebook, statement)
            return replace(verdict, notes=(*verdict.notes, *_say_again(verdict, notebook)))
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
    refused = find_refused(verdict.question, list(notebook.notebook.code))
    if refused is not None:
        return say("missing.cell_refused", question=verdict.question, cell=refused.cell, line=refused.line)
    found = find_absence(verdict.question, notebook.submitted)
    return _tell(found, statement) if found else None


def _name_misuse(verdict: Verdict, notebook: Matched, statement: Statement) -> Verdict:
    """The reason in place of the sentence where the answer earned nothing, else beside it.

    What comes of parameters in another order may look like a known mistake, and is none.
    """
    cells = list(notebook.notebook.code)
    found = list(_misuses(verdict, statement, cells))
    if any(note.key == "also.returned_none" for note in verdict.notes):
        # Who returns nothing agrees with every mistake of which nothing comes.
        found = found or list(find_no_return(verdict.question, cells))
    told = [_tell(one, statement) for one in found]
    if not told:
        return replace(verdict, notes=(*verdict.notes, *_say_where(verdict, notebook)))
    if found[0].kind in _BESIDE_WHAT_IS_SEEN:
        return replace(verdict, notes=(*verdict.notes, *told))
    if found[0].kind in _LOOK_LIKE_MISTAKES or (verdict.mark == 0 and verdict.mistake is None):
        return replace(verdict, sentence=told[0], hint="", advice=(), notes=(*verdict.notes, *told[1:]))
    return replace(verdict, notes=(*verdict.notes, *told))


def _say_where(verdict: Verdict, notebook: Matched) -> Iterator[Sentence]:
    """The place of a function that raised or did not end in time.

    Where a public example raised the same, the line that did. Which line a hidden case stopped at is not
    told: a function that raises at one of forty lines could tell a number by it.
    """
    ended = [one for one in sentences_in(verdict.sentence) if one.key in ("raised", "timed_out")]
    if not ended:
        return
    error, cells = dict(ended[0].values).get("error"), {cell.number: cell for cell in notebook.notebook.code}
    for run in verdict.examples:
        frames = _FRAME.findall(run.traceback)
        if frames and error and run.traceback.rstrip().rpartition("\n")[2].startswith(f"{error}:"):
            cell, line = map(int, frames[-1])
            if cell in cells and line <= cells[cell].source.count("\n") + 1:
                yield say("place.example", cell=cell, line=line)
                return
    functions = [
        one for one in find_definitions(list(cells.values()), verdict.question) if one.inside is None
    ]
    for one in functions[-1:]:
        place = {"cell": one.cell.number, "line": one.node.lineno}
        yield say("place.defined", question=verdict.question, **place)


def _say_again(verdict: Verdict, notebook: Matched) -> Iterator[Sentence]:
    """That a function is defined twice, otherwise: the definition that was meant may be the first."""
    if any(note.key == "also.as_it_stood" for note in verdict.notes):
        return  # which says which of them was judged
    found = [
        one
        for one in find_definitions(list(notebook.notebook.code), verdict.question)
        if one.inside is None and not is_untouched(one.node)
    ]
    written = list(dict.fromkeys(ast.dump(one.node) for one in found))
    if len(written) > 1 and found[0].cell.number != found[-1].cell.number:
        first, last = found[0].cell.number, found[-1]
        place = {"first": first, "cell": last.cell.number, "line": last.node.lineno}
        yield say("place.defined_again", question=verdict.question, **place)


def _misuses(verdict: Verdict, statement: Statement, cells: Sequence[Any]) -> Iterator[Obstacle]:
    errors = {dict(one.values).get("error") for one in sentences_in(verdict.sentence)}
    left = find_left_raise(verdict.question, cells) if "NotImplementedError" in errors else None
    if left is not None:
        yield left
    misused = list(find_misuse(verdict.question, statement.stub, cells))
    yield from misused
    if misused or left is not None:
        return
    if verdict.mistake is not None:
        yield from islice(find_return_inside(verdict.question, cells), 1)
        return
    raised = frozenset(error for error in errors if isinstance(error, str))
    said = frozenset(one.key for one in sentences_in(verdict.sentence))
    strict = list(islice(find_strict(cells, raised=raised), 1))
    yield from strict
    if strict:
        return
    if verdict.mark == 0:
        causes = find_causes(verdict.question, statement.stub, cells, raised=raised, said=said)
        yield from islice(causes, 1)
    elif any(key.startswith(_UNEXPLAINED) for key in said):
        yield from islice(find_kept(verdict.question, cells), 1)


def _tell(obstacle: Obstacle, statement: Statement) -> Sentence:
    key, place = str(obstacle.kind), {"cell": obstacle.cell, "line": obstacle.line}
    about: dict[str, str] = {"question": statement.name}
    match obstacle.kind:
        case ObstacleKind.RAISE_LEFT | ObstacleKind.ENDLESS | ObstacleKind.RETURN_INSIDE:
            about = {}
        case ObstacleKind.SEVERAL:
            place |= {"count": int(obstacle.name)}
        case (
            ObstacleKind.RAISE_LEFT_IN
            | ObstacleKind.KEPT_DEFAULT
            | ObstacleKind.KEPT_NAME
            | ObstacleKind.KEPT_VALUES
            | ObstacleKind.TRIAL_DATA
        ):
            about |= {"name": obstacle.name}
        case ObstacleKind.NOT_IN_NUMPY:
            about |= {"name": obstacle.name, "numpy": np.__version__}
        case (
            ObstacleKind.CACHED
            | ObstacleKind.PROCESSES
            | ObstacleKind.KEYBOARD
            | ObstacleKind.SHADOWED
            | ObstacleKind.STRICT
        ):
            about |= {"name": obstacle.name}
        case ObstacleKind.ORDER | ObstacleKind.PARAMETERS:
            about |= {"signature": statement.signature}
        case ObstacleKind.MAGIC if obstacle.name:
            about |= {"magic": obstacle.name}
        case ObstacleKind.MAGIC:
            key = "obstacle.magic_other"
    return say(key, **place, **about)
