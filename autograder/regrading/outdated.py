"""Which reports were made by another revision of an assignment or another version of the program, and why."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autograder.gradebook.marks import MarkedSubmission

REVISION = "the assignment was changed"


@dataclass(frozen=True, slots=True)
class OutdatedReport:
    """A submission whose last report is not what would be made today."""

    submission: MarkedSubmission
    reasons: tuple[str, ...]
    """In words: that the assignment was changed, or from which version to which."""


def find_outdated(
    submissions: Iterable[MarkedSubmission], revision: str, versions: Mapping[str, str]
) -> tuple[OutdatedReport, ...]:
    """The submissions of an assignment whose last report is outdated, in their order.

    Args:
        submissions: of one assignment; those without a report are not outdated, but pending.
        revision: of the assignment as it is.
        versions: of the program and the libraries that would judge, by name.
    """
    found = []
    for each in submissions:
        if each.marks is None:
            continue
        changed = [
            f"{name} {before} -> {versions[name]}"
            for name, before in each.marks.versions.items()
            if versions.get(name, before) != before
        ]
        reasons = ([REVISION] if each.revision != revision else []) + changed
        if reasons:
            found.append(OutdatedReport(each, tuple(reasons)))
    return tuple(found)


def say_outdated(name: str, outdated: Iterable[OutdatedReport]) -> str:
    """One line on the reports of an assignment that are outdated; empty where none is."""
    found = list(outdated)
    if not found:
        return ""
    reasons = Counter(reason for each in found for reason in each.reasons)
    why = "; ".join(reason for reason, _ in reasons.most_common(3))
    made = "1 report was" if len(found) == 1 else f"{len(found)} reports were"
    return f"{name}: {made} made by an older version ({why}): autograder regrade {name}"
