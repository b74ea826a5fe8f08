"""A chart is drawn honestly: what is expected fills it, what is far off is cut and said, gaps stay gaps."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_report import HESSIAN, RIGHT

from autograder.domain.report import Chart, Series
from autograder.render import render_html
from autograder.render.charts import HEIGHT, WIDTH, draw_chart

EXPECTED = Series("expected", (100.0, 10.0, 1.0, 0.1))


def chart(*values: float | None, logarithmic: bool = True) -> Chart:
    return Chart("Losses", (Series("yours", values), EXPECTED), "step", logarithmic)


def test_equal_series_are_drawn_on_each_other() -> None:
    drawn = draw_chart(chart(100.0, 10.0, 1.0, 0.1))
    assert drawn is not None
    yours, expected = drawn.lines
    assert yours.path == expected.path
    assert not drawn.cut
    assert [tick.label for tick in drawn.across] == ["0", "1", "2", "3"]
    assert [tick.label for tick in drawn.up] == ["1e-1", "1e0", "1e1", "1e2"]
    assert drawn.words[0] == "yours: from 100 to 0.1 in 3 steps"


def test_what_runs_away_does_not_flatten_what_is_expected() -> None:
    """It is cut at the border, and the page says so."""
    drawn = draw_chart(chart(100.0, 1e10, 1e20, 1e30))
    assert drawn is not None
    assert drawn.cut
    heights = [y for _, y in drawn.lines[1].dots]
    assert max(heights) - min(heights) > 0.5 * (drawn.bottom - drawn.top)
    page = render_html(replace(RIGHT, verdicts=(replace(HESSIAN, pictures=(chart(100.0, 1e10, 1e30),)),)))
    assert "What lies far off is cut at the border." in page


def test_gaps_stay_gaps() -> None:
    drawn = draw_chart(chart(100.0, None, 1.0, -1.0))
    assert drawn is not None
    assert drawn.lines[0].path.count("M") == 2
    assert drawn.words[0].endswith("with values that are no finite numbers")


def test_without_positive_numbers_heights_are_not_powers_of_ten() -> None:
    expected = Series("expected", (0.0, -1.0))
    drawn = draw_chart(Chart("t", (Series("yours", (1.0, 2.0)), expected), "step", logarithmic=True))
    assert drawn is not None
    assert not any("e" in tick.label for tick in drawn.up)


@pytest.mark.parametrize("values", [(), (None,), (1.0,), (None, None)])
def test_where_nothing_is_expected_nothing_is_drawn(values: tuple[float | None, ...]) -> None:
    assert draw_chart(Chart("t", (Series("yours", ()), Series("expected", values)))) is None
    assert draw_chart(Chart("t", ())) is None


NUMBERS = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(NUMBERS, max_size=80), st.lists(NUMBERS, max_size=80), st.booleans())
def test_any_numbers_are_drawn_within_the_picture(yours, expected, logarithmic: bool) -> None:
    drawn = draw_chart(
        Chart("t", (Series("yours", tuple(yours)), Series("expected", tuple(expected))), "step", logarithmic)
    )
    if drawn is not None:
        for line in drawn.lines:
            assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in line.dots)
        assert "nan" not in "".join(line.path for line in drawn.lines)
