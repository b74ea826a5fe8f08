"""Steps that rise at each value."""

from autograder.render.steps import draw_steps, place_across


def test_a_path_rises_by_one_part_at_each_value() -> None:
    assert draw_steps([0, 5, 10], 0, 10, total=3) == "M30 150H30V110H330V70H630V30H630"


def test_where_many_are_missing_it_ends_below_the_top() -> None:
    assert draw_steps([5], 0, 10, total=4) == "M30 150H330V120H630"


def test_values_beyond_the_axis_stand_at_its_ends_and_an_empty_axis_divides_by_nothing() -> None:
    assert [place_across(value, 0, 10) for value in (-5, 99)] == [30, 630]
    assert draw_steps([7], 7, 7, total=1) == "M30 150H30V30H630"
