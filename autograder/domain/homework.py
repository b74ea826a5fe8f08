"""The homework part: groups, drops, free days and bonuses joined to one mark between 0 and 1."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction

from autograder.domain.file_mark import add_up
from autograder.domain.free_days import Averaged, Mean, best_means, combine
from autograder.domain.policy import Policy, WorkGroup
from autograder.domain.standing import Bound, WorkStanding

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class GroupMark:
    """One group of works: what it weighs for this student, and its mean."""

    group: WorkGroup
    share: Fraction
    """Of the homework: a group without any work gives its own to the others."""
    mean: Fraction | None
    """None where nothing of it counts."""
    counted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HomeworkMark:
    """The homework part of one student, between 0 and 1."""

    mark: Fraction | None
    """None where nothing of it counts: a person must decide."""
    groups: tuple[GroupMark, ...] = ()
    spent: Mapping[str, int] = field(default_factory=dict)
    """Free days, by work."""
    dropped: frozenset[str] = frozenset()
    bonus: Fraction = Fraction(0)
    """What was added on top."""


def mark_homework(policy: Policy, standings: Sequence[WorkStanding], bound: Bound) -> HomeworkMark:
    """The homework, open marks taken as `bound` says, days spent and works dropped where it helps most.

    Of equally good choices that with the fewest free days, then with earlier deadlines, then with the drops
    that stand first in course.toml.
    """
    ordered = sorted(policy.works, key=lambda work: work.deadline or _NEVER)
    priorities = {work.name: place for place, work in enumerate(reversed(ordered))}
    counted = {
        group.name: _averaged(policy, standings, bound, priorities, group=group.name)
        for group in policy.groups
    }
    present = [group for group in policy.groups if counted[group.name]]
    whole = sum((group.share for group in present), Fraction(0))
    if not whole:
        return HomeworkMark(None)
    bonus = _averaged(policy, standings, bound, priorities, group=None)
    parts = [
        (
            group.share / whole,
            best_means(counted[group.name], drops=group.drop_lowest, free_days=policy.free_days),
        )
        for group in present
    ]
    if bonus:
        worth = sum((each.weight for each in bonus), Fraction(0))
        parts.append((worth, best_means(bonus, drops=0, free_days=policy.free_days)))
    sums = combine(parts, free_days=policy.free_days)
    # What is more than all is as good as all, and no reason to spend a day.
    best = sums[max(sums, key=lambda days: (min(Fraction(1), sums[days].mean), -days))]
    return _homework(policy, best, counted, bonus)


def _averaged(
    policy: Policy,
    standings: Sequence[WorkStanding],
    bound: Bound,
    priorities: Mapping[str, int],
    *,
    group: str | None,
) -> list[Averaged]:
    """What counts of a group (None: of the bonus works), in the order of course.toml."""
    found = []
    for each in standings:
        work, worths = each.work, each.at(bound)
        if worths is None or not work.weight or (None if work.bonus else work.group) != group:
            continue
        marks = tuple(worth.mark for worth in worths)
        found.append(Averaged(work.name, work.weight, marks, priorities[work.name], each.kept))
    if policy.to_come and group is not None and bound is not Bound.SO_FAR:
        found.append(Averaged("", policy.to_come, (Fraction(bound is Bound.HIGH),), kept=True))
    return found


def _homework(
    policy: Policy, best: Mean, counted: Mapping[str, Sequence[Averaged]], bonus: Sequence[Averaged]
) -> HomeworkMark:
    """The mark with the parts that lead to it."""
    spent, dropped = dict(best.spent), frozenset(best.dropped)
    marks = {
        each.name: each.marks[min(spent.get(each.name, 0), len(each.marks) - 1)]
        for each in (*bonus, *(each for works in counted.values() for each in works))
    }
    whole = sum((group.share for group in policy.groups if counted[group.name]), Fraction(0))
    groups = []
    for group in policy.groups:
        kept = [each for each in counted[group.name] if each.name not in dropped]
        weighed = add_up([each.weight * marks[each.name] for each in kept])
        mean = weighed / add_up([each.weight for each in kept]) if kept else None
        share = group.share / whole if kept else Fraction(0)
        groups.append(GroupMark(group, share, mean, tuple(each.name for each in kept if each.name)))
    added = sum((each.weight * marks[each.name] for each in bonus), Fraction(0))
    return HomeworkMark(min(Fraction(1), best.mean), tuple(groups), spent, dropped, added)
