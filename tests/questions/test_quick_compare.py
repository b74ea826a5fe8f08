"""Whoever passes at a glance is right by the full comparison as well."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.questions.case_score import RIGHT, Tolerance
from autograder.questions.compare import compare_values
from autograder.questions.quick_compare import make_quick_comparison

TOLERANCE = Tolerance()
numbers = st.floats(width=64) | st.sampled_from(
    [0.0, 1.0, 1.0 + 1e-9, 1.0 + 1e-7, float("nan"), float("inf")]
)
arrays = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=2), elements=numbers
)
some = numbers | arrays | numbers.map(np.float64)
values = some | st.tuples(some, some) | st.none() | st.booleans() | st.integers(-2, 2)
near = st.sampled_from([0.0, 1e-10, 1e-8, 1e-6, 1.0])


def passes(answer, reference, scale=None):
    quick = make_quick_comparison(reference, scale, TOLERANCE.right)
    with np.errstate(all="ignore"):
        return quick is not None and quick(answer)


@given(values, values, st.none() | st.just(1.0))
def test_who_passes_is_right(answer, reference, scale):
    """Of any two values."""
    if passes(answer, reference, scale):
        assert compare_values(answer, reference, scale, TOLERANCE) is RIGHT


@given(arrays, near)
def test_who_passes_nearly_is_right(reference, error):
    """Of values that are close to each other."""
    if passes(reference + error, reference):
        assert compare_values(reference + error, reference, None, TOLERANCE) is RIGHT


@pytest.mark.parametrize("reference", [2.0, np.array([1.0, 2.0]), (1.0, np.ones((2, 2))), np.float64(3), 4])
def test_what_most_students_return_passes(reference):
    """The reference itself, as it comes over the wire."""
    answer = float(reference) if isinstance(reference, int) else reference
    assert passes(answer, reference)


@pytest.mark.parametrize(
    ("answer", "reference"),
    [
        (np.nan, 1.0),
        (np.ones((1, 2)), np.ones(2)),
        (1.1, 1.0),
        (True, 1.0),
        ((1.0,), (1.0, 2.0)),
        (1.0, True),
        (None, None),
    ],
)
def test_what_is_not_surely_right_does_not(answer, reference):
    """NaN, another shape, another value, another kind: the full comparison decides."""
    assert not passes(answer, reference)
