"""Arguments of a case as Python with arrays of a file: what the line builds is what students were asked."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.grading.saved_case import write_argument
from autograder.questions.arguments import oracle, seeded

NUMBERS = st.floats(allow_nan=False) | st.integers() | st.booleans() | st.none() | st.text(max_size=5)
ARRAYS = st.lists(st.floats(-1, 1), max_size=4).map(np.array)
VALUES = st.recursive(
    NUMBERS | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=2)
    ),
    max_leaves=6,
)


def build(value: Any) -> Any:
    """What the line makes of a value, whose arrays went through a file."""
    arrays: dict[str, Any] = {}
    written = write_argument(value, "x", arrays)
    assert written is not None
    file = io.BytesIO()
    np.savez(file, **arrays)
    file.seek(0)
    return eval(written, {"np": np, "case": np.load(file)})


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


@given(VALUES)
def test_the_line_builds_what_students_were_asked(value: Any) -> None:
    """Whatever is nested in whatever."""
    assert same(value, build(value))


def test_nan_and_a_generator_have_their_words() -> None:
    """Neither has a literal."""
    assert np.isnan(build(float("nan")))
    assert build(np.float32(2)).dtype == np.float32
    assert build(seeded(3)).random() == np.random.default_rng(3).random()


@pytest.mark.parametrize("value", [oracle(abs), [1.0, oracle(abs)], {"f": oracle(abs)}])
def test_a_function_cannot_be_kept(value: Any) -> None:
    """It stays with the grader."""
    assert write_argument(value, "x", {}) is None
