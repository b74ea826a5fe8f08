"""So many of something: one is told as one, in lines of commands as on pages."""

from fractions import Fraction

import pytest

from autograder.domain.counts import describe_count
from autograder.render.environment import environment


@pytest.mark.parametrize(
    ("number", "nouns", "told"),
    [
        (1, ("mark",), "1 mark"),
        (0, ("mark",), "0 marks"),
        (12000, ("entry", "entries"), "12000 entries"),
        (1, ("entry", "entries"), "1 entry"),
        (1.0, ("second",), "1 second"),
        (0.5, ("second",), "0.5 seconds"),
        (Fraction(1), ("point",), "1 point"),
        (Fraction(1, 3), ("point",), "1/3 points"),
        (1, ("report was", "reports were"), "1 report was"),
    ],
)
def test_a_noun_and_its_verb_go_with_their_number(
    number: int | float | Fraction, nouns: tuple[str, ...], told: str
) -> None:
    assert describe_count(number, *nouns) == told


def test_pages_count_by_the_same_function() -> None:
    page = environment().from_string("{{ count(1, 'copy', 'copies') }}, {{ count(2, 'file') }}")
    assert page.render() == "1 copy, 2 files"
