"""Arguments that are more than data, as the trusted side uses them."""

import numpy as np
import pytest

from autograder import built, core, given, oracle, seeded, speed
from autograder.questions.arguments import make_argument
from autograder.questions.cases import Group, shares


def scaled(x, factor=1.0):
    return factor * np.asarray(x)


def test_an_oracle_is_the_function_itself() -> None:
    assert make_argument(oracle(scaled))([1.0]) == [1.0]
    assert oracle(scaled, calls=3).calls == 3


def test_a_given_function_is_made_from_its_source_with_its_values_bound() -> None:
    shipped = given(scaled, factor=3.0)
    assert (shipped.name, shipped.values) == ("scaled", {"factor": 3.0})
    assert shipped.source.startswith("def scaled(")
    assert list(make_argument(shipped)([1.0, 2.0])) == [3.0, 6.0]
    assert make_argument(shipped).func is not scaled


def test_a_built_argument_is_the_same_on_both_sides() -> None:
    recipe = built(scaled, x=(1.0, 2.0), factor=2.0)
    assert np.array_equal(make_argument(recipe), make_argument(recipe))
    assert list(make_argument(recipe)) == [2.0, 4.0]


def test_a_seeded_generator_starts_anew_every_time() -> None:
    assert (
        make_argument(seeded(3)).random()
        == make_argument(seeded(3)).random()
        != make_argument(seeded(4)).random()
    )


def test_plain_data_is_itself() -> None:
    data = np.ones(2)
    assert make_argument(data) is data
    assert make_argument(None) is None


def test_a_case_knows_what_the_student_is_not_told() -> None:
    case = core("label", 1, w=2).knowing(truth=3).knowing(bound=4)
    assert (case.known.truth, case.known.bound) == (3, 4)
    assert dict(case.call.named()) == {0: 1, "w": 2}


def test_a_speed_case_has_one_kind_of_limit() -> None:
    assert speed("label", 1, seconds=2.0).pace.seconds == 2.0
    for limits in ({}, {"seconds": 1.0, "looped": scaled}):
        with pytest.raises(TypeError, match="speed case 'label'"):
            speed("label", 1, **limits)


def test_the_groups_that_are_there_share_all_the_points() -> None:
    assert shares([Group.CORE]) == {Group.CORE: 1}
    parts = shares([Group.SPEED, Group.CORE, Group.CORE, Group.EDGE])
    assert list(parts) == [Group.CORE, Group.EDGE, Group.SPEED]
    assert [part * 95 for part in parts.values()] == [70, 15, 10]
    assert sum(shares(Group).values()) == 1
