"""Drops and free days are chosen as well as by trying everything."""

from fractions import Fraction
from itertools import combinations, product
from random import Random

from autograder.domain.free_days import Averaged, best_means


def draw(random: Random) -> list[Averaged]:
    """Up to five works with whole and broken weights, worth more with one or two free days."""
    number = random.randint(1, 5)
    return [
        Averaged(
            str(place),
            Fraction(random.randint(1, 4), random.choice([1, 3])),
            tuple(sorted(Fraction(random.randint(0, 6), 6) for _ in range(3))),
            number - 1 - place,
            random.random() < 0.1,
        )
        for place in range(number)
    ]


def best_of_all(works: list[Averaged], drops: int, free_days: int) -> Fraction:
    """The greatest mean of every way to drop and to spend."""
    drops = min(drops, len(works) - 1, sum(not work.kept for work in works))
    means = []
    for gone in combinations([work for work in works if not work.kept], drops):
        left = [work for work in works if work not in gone]
        for days in product(range(3), repeat=len(left)):
            if sum(days) <= free_days:
                earned = sum(work.weight * work.marks[spent] for work, spent in zip(left, days, strict=True))
                means.append(earned / sum(work.weight for work in left))
    return max(means)


def test_nothing_is_better_than_what_is_chosen() -> None:
    random = Random(1)
    for _ in range(300):
        works, drops, free_days = draw(random), random.randint(0, 3), random.randint(0, 3)
        found = best_means(works, drops=drops, free_days=free_days)
        assert max(each.mean for each in found.values()) == best_of_all(works, drops, free_days)


def test_of_equal_choices_the_earlier_deadline_and_the_first_drop_win() -> None:
    """A day is as good on either work, and either may be dropped."""
    half, whole = Fraction(1, 2), Fraction(1)
    works = [Averaged("later", whole, (half, whole), 0), Averaged("earlier", whole, (half, whole), 1)]
    assert best_means(works, drops=0, free_days=1)[1].spent == (("earlier", 1),)
    assert best_means(works, drops=1, free_days=0)[0].dropped == ("later",)
