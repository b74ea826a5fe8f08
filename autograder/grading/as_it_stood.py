"""Asking a question again as it stood, where a cell below took a name from it that it uses.

The state at the end of the notebook decides; but an answer that was right where the student wrote it is
theirs. So the cells up to there run once more in a fresh process, and the better mark counts.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from fractions import Fraction

from autograder.domain.notebook import Cell
from autograder.domain.report import Outcome, Verdict
from autograder.domain.sentences import say
from autograder.notebook.as_it_stood import NameChange, Rebinding, rebindings
from autograder.sandbox.run import Run

_MOST_REPLAYS = 8
_LOST = frozenset({Outcome.FORBIDDEN, Outcome.NOT_ATTEMPTED})
"""Outcomes that no other state of the notebook changes."""

Judge = Callable[[str, Run], Verdict]
"""Judges the question of this name, asked of this run of the notebook."""


def judge_as_it_stood(
    verdicts: Mapping[str, Verdict],
    cells: Sequence[Cell],
    examples: Mapping[str, Sequence[str]],
    run_up_to: Callable[[int], AbstractContextManager[Run]],
    judge: Judge,
    *,
    seconds: float,
) -> dict[str, Verdict]:
    """The verdicts, of which those that lost marks to a name bound anew below them are the better of two.

    Args:
        verdicts: by question, from the state at the end.
        cells: the code cells as they ran.
        examples: sources of the public examples, by question.
        run_up_to: runs so many of the cells in a fresh process.
        judge: judges a question.
        seconds: for each public example.
    """
    lost = [
        name
        for name, verdict in verdicts.items()
        if verdict.mark is not None and verdict.mark < 1 and verdict.outcome not in _LOST
    ]
    found = list(rebindings(cells, lost, {name: frozenset(examples.get(name, ())) for name in lost}))
    better = dict(verdicts)
    for stood in sorted({one.stood for one in found})[:_MOST_REPLAYS]:
        with run_up_to(stood + 1) as student:
            here = [one for one in found if one.stood == stood]
            # All of them before any hidden call, which they could depend on.
            shown = [student.examples(examples.get(one.question, ()), seconds=seconds) for one in here]
            for one, runs in zip(here, shown, strict=True):
                again = judge(one.question, student) if all(run.passed for run in runs) else None
                better[one.question] = _better(verdicts[one.question], again, one, cells)
    return better


def _better(own: Verdict, again: Verdict | None, found: Rebinding, cells: Sequence[Cell]) -> Verdict:
    """The verdict with the better mark; either says what became of the name."""
    nameless = found.change in (NameChange.RESET, NameChange.INDIRECT)
    name = {} if nameless else {"name": found.name}
    change = say(f"change.{found.change}", cell=cells[found.place].number, **name)
    mark = own.mark or Fraction(0)
    if again is None or again.mark is None or again.mark <= mark:
        if own.outcome is Outcome.MISSING and found.name == own.question:
            return replace(own, sentence=say("ends_without", question=own.question, change=change))
        return own
    stood = next((cell.number for cell in reversed(cells[: found.stood + 1]) if cell.number), 0)
    note = say("also.as_it_stood", cell=stood, change=change)
    return replace(again, title=own.title, examples=own.examples, notes=(*again.notes, note))
