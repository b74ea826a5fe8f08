"""Which works are dropped and where free late days are spent, so that the mean is greatest: exactly.

The mean of a group with some works left out is a quotient of two sums. Whether a mean m can be exceeded is
seen from one sum, of weight x (mark - m) over the works kept: it is positive exactly if it can. So the best
choice for m is looked up, its mean is the next m, and the end is reached when nothing exceeds it (Dinkelbach,
1967); marks and weights are whole numbers on the way, for speed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Averaged:
    """One piece of work in a mean."""

    name: str
    weight: Fraction
    """More than 0."""
    marks: tuple[Fraction, ...]
    """With 0, 1, 2 ... free days spent on it."""
    priority: int = 0
    """How many works have a later deadline: of equal choices the one that spends earlier wins."""
    kept: bool = False
    """Whether it must not be dropped."""


@dataclass(frozen=True, slots=True)
class Mean:
    """The best mean for a number of free days, and how it comes about."""

    mean: Fraction
    spent: tuple[tuple[str, int], ...] = ()
    """Works and the free days spent on them, where any are."""
    dropped: tuple[str, ...] = ()
    order: int = 0
    """Greater where the days are spent on earlier deadlines."""


class _Partial(NamedTuple):
    """What was chosen for the first few works; made so often that a tuple's speed tells."""

    gain: int = 0
    order: int = 0
    drop_order: int = 0
    weight: int = 0
    marks: int = 0
    spent: tuple[tuple[str, int], ...] = ()
    dropped: tuple[str, ...] = ()


def best_means(works: Sequence[Averaged], *, drops: int, free_days: int) -> dict[int, Mean]:
    """The best mean for each number of free days spent, from 0; numbers that help nothing are left out.

    Of `works`, which are in the order of course.toml and at least one, so many are dropped, but one is left.
    """
    drops = min(drops, len(works) - 1, sum(not work.kept for work in works))
    scale = lcm(*(mark.denominator for work in works for mark in work.marks))
    rows = _rows(works, scale, free_days)
    most = min(free_days, sum(max(days for days, _, _ in row.choices) for row in rows))
    # Any beginning leads to the end; that of all works, without a day spent, is near it, and one look from
    # there serves every number of days.
    start = Fraction(sum(row.weight * row.choices[0][1] for row in rows), sum(row.weight for row in rows))
    first = _best_choices(rows, start, drops=drops, days=most)
    found = {}
    for days, best in sorted(first.items()):
        mean, reached = start, Fraction(best.marks, best.weight)
        # Where nothing is dropped, all choices weigh the same: one look finds the best.
        while drops and reached != mean:
            mean = reached
            best = _best_choices(rows, mean, drops=drops, days=days)[days]
            reached = Fraction(best.marks, best.weight)
        whole = Fraction(best.marks, best.weight * scale)
        found[days] = Mean(whole, best.spent, best.dropped, best.order)
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    """One work in whole numbers."""

    work: Averaged
    weight: int
    choices: tuple[tuple[int, int, int], ...]
    """Free days, the mark that they give, and what they add to the order."""
    drop_order: int


def _rows(works: Sequence[Averaged], scale: int, free_days: int) -> list[_Row]:
    weights = lcm(*(work.weight.denominator for work in works))
    rows = []
    for place, work in enumerate(works):
        marks = [mark.numerator * (scale // mark.denominator) for mark in work.marks[: free_days + 1]]
        step = (free_days + 1) ** work.priority
        choices = tuple(
            (days, mark, days * step)
            for days, mark in enumerate(marks)
            # More days for no better mark are no choice.
            if days == 0 or mark > marks[days - 1]
        )
        weight = work.weight.numerator * (weights // work.weight.denominator)
        rows.append(_Row(work, weight, choices, 2 ** (len(works) - place)))
    return rows


def _best_choices(rows: Sequence[_Row], mean: Fraction, *, drops: int, days: int) -> dict[int, _Partial]:
    """What exceeds a mean by most, of all ways to drop so many and to spend exactly 0, 1 ... `days`."""
    best = {(0, 0): _Partial()}
    for row in rows:
        reached: dict[tuple[int, int], _Partial] = {}
        gains = [
            (more, row.weight * (mark * mean.denominator - mean.numerator), row.weight * mark, order)
            for more, mark, order in row.choices
        ]
        for (dropped, spent), before in best.items():
            if dropped < drops and not row.work.kept:
                worth = before.gain, before.order, before.drop_order + row.drop_order
                state = dropped + 1, spent
                # Compared before it is made: most ways lead nowhere.
                if state not in reached or reached[state][:3] < worth:
                    names = (*before.dropped, row.work.name)
                    reached[state] = _Partial(*worth, before.weight, before.marks, before.spent, names)
            for more, gain, marks, order in gains:
                if spent + more > days:
                    continue
                # The gain, then earlier deadlines, then drops that stand first in course.toml.
                worth = before.gain + gain, before.order + order, before.drop_order
                state = dropped, spent + more
                if state not in reached or reached[state][:3] < worth:
                    chosen = (*before.spent, (row.work.name, more)) if more else before.spent
                    weight = before.weight + row.weight
                    reached[state] = _Partial(*worth, weight, before.marks + marks, chosen, before.dropped)
        best = reached
    return {spent: partial for (dropped, spent), partial in best.items() if dropped == drops}


def combine(parts: Sequence[tuple[Fraction, Mapping[int, Mean]]], *, free_days: int) -> dict[int, Mean]:
    """The best sum of share x mean over several groups, for each number of free days spent in all of them."""
    sums = {0: Mean(Fraction(0))}
    for share, means in parts:
        reached: dict[int, Mean] = {}
        for spent, before in sums.items():
            for days, mean in means.items():
                after = Mean(
                    before.mean + share * mean.mean,
                    before.spent + mean.spent,
                    before.dropped + mean.dropped,
                    before.order + mean.order,
                )
                known = reached.get(spent + days)
                better = known is None or (known.mean, known.order) < (after.mean, after.order)
                if spent + days <= free_days and better:
                    reached[spent + days] = after
        sums = reached
    return sums
