"""What the command line says of marks that went to nbgrader, and of those that came back."""

from collections.abc import Iterable, Iterator

from autograder.domain.counts import describe_count
from autograder.interop.nbgrader_gradebook import NbgraderReconciliation
from autograder.render import clean
from autograder.services.nbgrader import TakenMarks


def tell_nbgrader(told: NbgraderReconciliation) -> Iterator[str]:
    """What came of every student, line by line."""
    if told.refusal:
        yield f"nothing was written: {clean(told.refusal)}"
        return
    for remark in told.remarks:
        yield f"note: {clean(remark)}"
    yield f"filled: {len(told.filled)}"
    if told.same:
        yield f"there already: {len(told.same)}"
    yield from _list("added to the gradebook", told.added)
    yield from _list("in the gradebook, without a mark here", (f"{who}: {why}" for who, why in told.without))
    yield from _list("look at", (f"{who}: {why}" for who, why in told.look))
    yield from _list("in the gradebook and not here", told.unknown)
    yield from _list("here and not in the gradebook (--add-students adds them)", told.missing)


def nbgrader_json(told: NbgraderReconciliation) -> dict[str, object]:
    """The same for scripts."""
    return {
        "written": not told.refusal,
        "refusal": told.refusal,
        "filled": list(told.filled),
        "same": list(told.same),
        "added": list(told.added),
        "without": [{"student": who, "why": why} for who, why in told.without],
        "look": [{"student": who, "why": why} for who, why in told.look],
        "not_here": list(told.unknown),
        "not_in_gradebook": list(told.missing),
        "remarks": list(told.remarks),
    }


def tell_taken(taken: TakenMarks) -> Iterator[str]:
    """What became of the marks that people gave in formgrader."""
    for change in sorted(taken.changes, key=lambda each: not each.down):
        down = "  DOWN" if change.down else ""
        yield f"{clean(change.student)}: {clean(change.what)} {change.before} -> {change.after}{down}"
    counts = (
        f"{describe_count(taken.by_hand, 'mark')} by hand and "
        f"{describe_count(taken.decisions, 'decision')} on questions recorded"
    )
    yield f"{counts}, {taken.unchanged} unchanged"


def _list(what: str, lines: Iterable[str]) -> Iterator[str]:
    listed = list(lines)
    if listed:
        yield f"{what}: {len(listed)}"
        yield from (f"  {clean(line)}" for line in listed)
