"""What is said of wrong numbers that nothing explains holds of every failing case."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_questions import judged

from autograder.questions.diagnose import diagnose_first_part
from autograder.questions.tendencies import find_tendency

UP, DOWN = np.array([3.0, 1.0]), np.array([1.0, 3.0])


@pytest.mark.parametrize(
    ("key", "pairs"),
    [
        ("large", [(2.0, 1.0), (5.0, 4.5)]),
        ("small", [(-2.0, -1.0), (0.0, 4.5)]),
        ("sign", [(-2.0, 1.0), (1.0, -4.5)]),
        ("same_everywhere", [(np.ones(3), np.arange(3.0)), (np.full(2, 7.0), UP)]),
        ("in_part", [(UP, np.array([3.0, 2.0])), (DOWN, np.array([2.0, 3.0]))]),
        ("entries_large", [(UP + 1, UP), (DOWN + 0.5, DOWN)]),
        ("entries_small", [(UP - 0.3, UP), (DOWN - 0.5, DOWN)]),
        ("length", [(UP, DOWN), (DOWN, UP)]),
        ("against", [(np.array([-3.0, 1.5]), UP), (np.array([5.0, -3.0]), DOWN)]),
        ("longer", [(np.array([9.0, 0.5]), UP), (np.array([0.5, 9.0]), DOWN)]),
        ("shorter", [(np.array([1.0, 1.5]), UP), (np.array([1.5, 1.0]), DOWN)]),
    ],
)
def test_what_holds_of_all_cases_is_said_and_not_what_one_of_them_belies(key: str, pairs: Any) -> None:
    found = find_tendency(judged(*pairs))
    assert found and found.sentence.key == f"tendency.{key}"
    swapped = (pairs[1][1] * 1.0, pairs[1][0] * 1.0)
    other = find_tendency(judged(pairs[0], swapped))
    assert (
        other is None
        or other.sentence.key != found.sentence.key
        or key in ("sign", "in_part", "length", "against")
    )


def test_of_one_case_it_is_told_too_where_it_is_finite() -> None:
    assert (found := find_tendency(judged((2.0, 1.0)))) and found.sentence.key == "tendency.large"
    assert find_tendency(judged((np.inf, 1.0), (2.0, 1.0))) is None
    assert find_tendency(judged((None, 1.0), (2.0, 1.0))) is None
    assert find_tendency(judged(("x", "y"), ("x", "y"))) is None


def test_where_signs_are_free_nothing_is_said_of_them() -> None:
    pairs = [(-UP * 1.01, UP), (-DOWN * 1.02, DOWN)]
    assert (found := find_tendency(judged(*pairs))) and found.sentence.key == "tendency.entries_small"
    assert (
        found := find_tendency(judged(*pairs), free_signs=True)
    ) and found.sentence.key == "tendency.longer"


def test_of_whole_numbers_neither_size_nor_norm_is_told() -> None:
    """They may be names of classes: one is not larger than another."""
    pairs = [([9, 9, 9], np.array([1, 2, 3])), ([8, 9, 7], np.array([2, 2, 5]))]
    assert find_tendency(judged(*[(np.array(given), expected) for given, expected in pairs[1:] * 2])) is None
    found = find_tendency(judged(*[(np.array([1, 9, 9]), np.array([1, 2, 3]))] * 2))
    assert found and found.sentence.key == "tendency.in_part"


def test_of_a_tuple_the_first_wrong_value_is_looked_at() -> None:
    found = diagnose_first_part(judged(((1.0, 3.0), (1.0, 2.0)), ((4.0, 3.0), (4.0, 2.5))), find_tendency)
    assert found and dict(found.sentence.values)["inner"].key == "tendency.large"
    assert dict(dict(found.sentence.values)["part"].values)["number"] == 2


@given(numbers=st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=2, max_size=5))
def test_numbers_are_never_said_to_be_what_they_are_not(numbers: list[tuple[float, float]]) -> None:
    found = find_tendency(judged(*numbers))
    if found is not None:
        holds = {"large": lambda a, b: a > b, "small": lambda a, b: a < b, "sign": lambda a, b: a * b < 0}
        assert all(holds[found.sentence.key.removeprefix("tendency.")](a, b) for a, b in numbers)
