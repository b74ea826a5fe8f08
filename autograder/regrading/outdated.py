"""Which reports are not what would be made today: of another revision or another program, or failed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autograder.domain.counts import describe_count
from autograder.gradebook.marks import MarkedSubmission

REVISION = "the assignment was changed"
FAULT = "grading had failed through a fault of ours"


@dataclass(frozen=True, slots=True)
class OutdatedReport:
    """A submission whose last report is not what would be made today."""

    submission: MarkedSubmission
    reasons: tuple[str, ...]
    """In words: that the assignment was changed, from which version to which, or that grading had failed."""


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
        reasons = [FAULT] if each.marks.our_fault else []
        reasons += [REVISION] if each.revision != revision else []
        reasons += changed
        if reasons:
            found.append(OutdatedReport(each, tuple(reasons)))
    return tuple(found)


def say_outdated(name: str, outdated: Iterable[OutdatedReport]) -> str:
    """One line on the reports of an assignment that are outdated; empty where none is."""
    found = list(outdated)
    failed = sum(FAULT in each.reasons for each in found)
    told = []
    if older := len(found) - failed:
        reasons = Counter(reason for each in found if FAULT not in each.reasons for reason in each.reasons)
        why = "; ".join(reason for reason, _ in reasons.most_common(3))
        told.append(f"{describe_count(older, 'report was', 'reports were')} made by an older version ({why})")
    if failed:
        told.append(f"{describe_count(failed, 'report')} failed through a fault of ours")
    return f"{name}: {', '.join(told)}: autograder regrade {name}" if told else ""
