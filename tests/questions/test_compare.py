"""Answers against references: what is welcome, what is refused, and that nothing odd gets through."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from autograder.domain.answer import Opaque
from autograder.domain.sentences import say
from autograder.questions.author_rule import has_form_of
from autograder.questions.case_score import CaseScore, Finding, Tolerance
from autograder.questions.compare import as_real, compare_exactly, compare_values, largest
from autograder.questions.parts import take_worst_part
from autograder.questions.question import question

STRICT = Tolerance()
numbers = st.floats(-1e6, 1e6)
vectors = arrays(float, st.integers(1, 6), elements=numbers)


def compare(answer: Any, reference: Any, scale: Any = None) -> CaseScore:
    return compare_values(answer, reference, scale, STRICT)


@given(vectors)
def test_the_reference_itself_is_right_in_every_form_of_the_same_numbers(reference: np.ndarray) -> None:
    for answer in (reference, list(reference), tuple(reference), reference.tolist(), reference.copy()):
        assert compare(answer, reference).finding is Finding.RIGHT


@given(vectors, st.floats(1e-3, 1e6), st.floats(-0.9, 0.9))
def test_an_error_below_the_tolerance_times_the_scale_is_right(reference, scale, part) -> None:
    shifted = reference + part * 1e-8 * scale
    rounding = np.spacing(np.abs(reference).max()) * 4
    if rounding < 0.05 * 1e-8 * scale:
        assert compare(shifted, reference, scale).credit == 1


@given(vectors, st.floats(1e-2, 1e6), st.floats(1.1e-8, 9e-5))
def test_an_error_in_the_band_loses_digits_only(reference, scale, error) -> None:
    shifted = reference.copy()
    shifted[0] += error * scale
    if np.spacing(np.abs(reference).max()) * 4 < 1e-10 * scale:
        assert compare(shifted, reference, scale).finding is Finding.DIGITS


@given(vectors, st.floats(1e-2, 1e6), st.floats(1.1e-4, 1e3))
def test_a_larger_error_is_wrong(reference, scale, error) -> None:
    shifted = reference.copy()
    shifted[-1] -= error * scale
    if np.spacing(np.abs(reference).max()) * 4 < 1e-6 * scale:
        assert compare(shifted, reference, scale).credit == 0


@given(vectors, st.data())
def test_nan_never_passes_where_the_reference_is_finite(reference, data) -> None:
    answer = reference.copy()
    answer[data.draw(st.integers(0, len(answer) - 1))] = data.draw(st.sampled_from([math.nan, math.inf]))
    for scale in (None, 0.0, 1e300, math.inf):
        assert compare(answer, reference, scale).credit == 0
    assert compare(math.nan, 1.0).finding is Finding.NOT_FINITE


def test_nan_and_infinity_are_right_exactly_where_the_reference_has_them() -> None:
    reference = np.array([1.0, math.inf, math.nan])
    assert compare([1.0, math.inf, math.nan], reference).credit == 1
    for answer in ([1.0, -math.inf, math.nan], [1.0, math.nan, math.inf], [1.0, 2.0, math.nan], [0, 0, 0]):
        assert compare(answer, reference).credit == 0
    assert (
        str(compare(1e308, math.inf).sentence) == "Your answer is finite where an infinite one is asked for."
    )


@pytest.mark.parametrize(
    "answer",
    [3, 3.0, np.float32(3), np.int8(3), np.array(3), np.array(3, dtype=object), np.float128(3), 3 + 1e-9],
)
def test_any_real_number_of_the_right_value_is_welcome(answer) -> None:
    assert compare(answer, 3.0).credit == 1


def test_whole_numbers_of_any_size_are_numbers() -> None:
    assert compare(2**200, 2.0**200).credit == 1
    assert compare([1, 2**70], np.array([1.0, 2.0**70])).credit == 1
    beyond = compare([1.0, 2**4000], np.array([1.0, 2.0]))
    assert str(beyond.sentence) == "Your function returned numbers beyond the range of float64."


def test_right_numbers_in_a_wrong_shape_earn_half() -> None:
    reference = np.array([1.0, 2.0, 3.0])
    row = compare([[1.0, 2.0, 3.0]], reference)
    assert (row.credit, row.finding, row.sentence) == (0.5, Finding.SHAPE, say("shape.numbers_right"))
    wrong = compare(np.zeros((7, 7)), reference)
    assert (wrong.credit, wrong.sentence) == (0, say("shape"))
    assert compare(np.array([5.0]), 5.0).sentence == say("shape.numbers_right")


def test_an_honest_shape_is_not_told_for_an_array_that_only_broadcasts() -> None:
    assert compare(1.0, np.ones(3)).credit == 0
    assert compare(np.ones((3, 1)), np.ones((3, 3))).credit == 0


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "None"),
        (True, "truth values"),
        ([True, False], "truth values"),
        (1 + 2j, "complex numbers"),
        (np.array([1j, 2.0]), "complex numbers"),
        ("3", "a string"),
        (["1", "2"], "text"),
        ([1.0, "2"], "text"),
        (np.array([b"ab"]), "text"),
        ([None, 1.0], "parts that are not numbers"),
        ([2**70, "a"], "parts that are not numbers"),
        ([[1.0, 2.0], [3.0]], "parts of different lengths"),
        ([np.zeros(2), np.zeros((2, 2))], "parts of different lengths"),
        ({"a": 1}, "a dictionary"),
        (np.array(["2024-01-01"], dtype="M8[D]"), "parts that are not numbers"),
        (np.zeros(2, dtype=[("a", float)]), "parts that are not numbers"),
        (Opaque("generator"), "a generator, not its values"),
        ([Opaque("function")], "parts that are not numbers"),
        (Opaque("secret: A = [[0.25]]"), "an object of another kind"),
        (Opaque("list (more than 4194304 bytes of values)"), "a list that is too large"),
        ({"x": [0.5], "success": True, "message": "", "nit": 4}, "all that a solver of SciPy found"),
        ({"root": 0.5, "converged": True, "flag": ""}, "all that a solver of SciPy found"),
    ],
)
def test_what_is_no_real_number_is_refused_with_a_sentence(answer, words) -> None:
    for reference in (np.array([1.0, 2.0]), 3.0):
        score = compare(answer, reference)
        assert score.credit == 0
        assert words in str(score.sentence)
        assert "secret" not in str(score.sentence)


def test_values_nested_thousands_deep_are_refused_not_followed() -> None:
    deep: Any = 1.0
    for _ in range(20_000):
        deep = [deep]
    tuples: Any = 1.0
    for _ in range(20_000):
        tuples = (tuples, 0.0)
    for answer in (deep, tuples):
        for reference in (np.ones(3), 1.0, (1.0, np.ones(2)), {"a": 1.0}, "label", True):
            assert compare(answer, reference).credit == 0
            assert compare_exactly(answer, reference).credit == 0
            assert not has_form_of(answer, reference)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=5)
    | st.sampled_from(["f8", "f4", "i2", "b1", "c16", "U3", "S2"]).flatmap(
        lambda kind: arrays(kind, st.lists(st.integers(0, 3), max_size=3).map(tuple))
    )
    | st.just(Opaque("zip")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)
REFERENCES = [
    1.5, 3, np.ones(3), np.ones((2, 2)), np.zeros(0), True, np.array([True, False]), "label", None,
    (1.0, np.ones(2)), (1.0, None, "x"), {"a": 1.0, "b": np.ones(2)}, np.array([1, 2]), ("a", "b"),
]  # fmt: skip


@given(plain, st.sampled_from(REFERENCES))
def test_any_plain_value_is_judged_and_none_is_an_exception(answer, reference) -> None:
    for score in (compare(answer, reference), compare_exactly(answer, reference)):
        assert 0 <= score.credit <= 1
        assert score.credit == 1 or score.finding is not Finding.RIGHT
    has_form_of(answer, reference)
    as_real(answer)


def test_zero_scales_ask_for_the_exact_number() -> None:
    assert compare(np.zeros(3), np.zeros(3)).credit == 1
    assert compare(np.array([0.0, 1e-200]), np.zeros(2)).credit == 0
    assert compare(np.ones(2), np.ones(2), 0.0).credit == 1


def test_an_empty_array_is_right_where_an_empty_array_is_asked_for() -> None:
    assert compare(np.zeros(0), np.zeros(0)).credit == 1
    assert compare([], np.zeros(0)).credit == 1
    assert compare([], np.zeros((0, 3))).credit == 0
    assert largest(np.zeros(0)) == 0


def test_single_precision_is_judged_by_its_own_tolerance() -> None:
    single = Tolerance(1e-3, None)
    assert compare_values(np.float32(1.0005), 1.0, 1.0, single).credit == 1
    assert compare_values(1.002, 1.0, 1.0, single).credit == 0
    assert compare_values([[1.0005]], np.ones(1), 1.0, Tolerance(1e-3, 1e-4)).finding is Finding.SHAPE


def test_each_value_of_a_tuple_has_its_share_and_the_worst_is_named() -> None:
    reference = (2.0, np.array([1.0, 2.0]))
    assert compare((2.0, [1.0, 2.0]), reference).credit == 1
    assert compare([2, np.array([1, 2])], reference).credit == 1
    half = compare((2.0, [1.0, 3.0]), reference)
    assert str(half.sentence).startswith("In value 2 of 2 (the rest is right): ")
    assert str(compare((3.0, [1.0, 2.0], 0), reference).sentence) == (
        "2 values are asked for; your function returned 3 of them."
    )
    assert str(compare(2.0, reference).sentence) == "2 values are asked for; your function returned a number."
    assert str(compare((2.0, 3.0), (2.0,)).sentence) == (
        "One value is asked for; your function returned 2 of them."
    )
    assert str(compare(2.0, (2.0,)).sentence) == (
        "A tuple or a list of one value is asked for; your function returned a number."
    )
    assert compare((2.0, [[1.0, 2.0]]), reference).credit == Fraction(3, 4)


def test_right_values_with_more_behind_them_or_in_a_dictionary_are_worth_a_half() -> None:
    """As right numbers in another shape are; of what can be guessed nothing."""
    reference = (2.0, np.array([1.0, 2.0]))
    more = compare((2.0, [1.0, 2.0], "history"), reference)
    assert (more.credit, more.sentence) == (Fraction(1, 2), say("values_right.more", asked=2, count=3))
    inside = compare({"w": 2.0, "losses": [1.0, 2.0]}, reference)
    named = say("values_right.kind", asked=2, what=say("kind.dict"))
    assert (inside.credit, inside.sentence) == (Fraction(1, 2), named)
    assert compare({"w": 2.0, "losses": [1.0, 3.0]}, reference).credit == 0
    assert compare((0, 2.0, [1.0, 2.0]), reference).credit == 0
    assert compare((True, False, 0), (True, False)).credit == 0


def test_a_tuple_scale_goes_with_a_tuple_answer() -> None:
    assert compare_values((1.5, 1.0), (1.0, 1.0), (1e9, 1.0), STRICT).credit == 1
    assert compare_values((1.0, 1.5), (1.0, 1.0), (1e9, 1.0), STRICT).credit == Fraction(1, 2)


def test_dictionaries_are_compared_by_their_entries() -> None:
    reference = {"loss": 1.0, "slope": np.ones(2)}
    assert compare({"slope": [1, 1], "loss": 1}, reference).credit == 1
    assert str(compare({"loss": 1.0}, reference).sentence).endswith("with the keys 'loss', 'slope'.")
    assert "entry 'slope'" in str(compare({"loss": 1.0, "slope": [1, 2]}, reference).sentence)


def test_none_is_right_only_where_it_is_asked_for() -> None:
    assert compare(None, None).credit == 1
    assert compare(None, 1.0).finding is Finding.NONE
    assert str(compare([1.0], None).sentence) == "Your function returned a list where None is asked for."


@pytest.mark.parametrize("answer", [True, np.bool_(True), np.array(True)])
def test_a_truth_value_may_be_numpys(answer) -> None:
    assert compare(answer, True).credit == 1
    assert compare(answer, False).credit == 0


@pytest.mark.parametrize("answer", [1, 1.0, "True", [True], np.array([1])])
def test_a_number_or_a_list_is_no_truth_value(answer) -> None:
    assert compare(answer, True).credit < 1


def test_labels_and_whole_numbers_are_equal_or_not() -> None:
    assert compare_exactly("convex", "convex").credit == 1
    assert compare_exactly("Convex", "convex").credit == 0
    assert str(compare_exactly(3, "convex").sentence) == (
        "Your function returned a whole number; a string is asked for."
    )
    assert compare_exactly([1, -1.0], np.array([1, -1])).credit == 1
    assert compare_exactly([[1, -1]], np.array([1, -1])).credit == 0.5
    assert compare_exactly(math.nan, np.array(1)).credit == 0
    assert compare_exactly(["a", "b"], ("a", "b")).credit == 1
    assert compare_exactly(("a", 1.5), ("a", 2.5)).credit == 0
    assert compare_exactly({"a": "x"}, {"a": "x"}).credit == 1


@given(plain)
def test_a_value_has_the_form_of_itself(value) -> None:
    if not isinstance(value, list | complex):
        has_form_of(value, value)
    assert has_form_of((1, [2.0, 3]), (0.5, np.zeros(2)))
    assert not has_form_of((1, [2.0]), (0.5, np.zeros(2)))


def test_right_truth_values_earn_less_what_is_wrong() -> None:
    """Half of them are right by chance."""
    reference = {"a": (True, True), "b": (False, True), "c": (True, False), "d": (False, False)}
    one = {**reference, "d": (True, False)}
    two = {**one, "a": (False, True)}
    assert compare(one, reference).credit == Fraction(3, 4)
    assert compare(two, reference).credit == Fraction(1, 2)
    assert compare(dict.fromkeys(reference, (True, True)), reference).credit == 0


def test_an_author_may_ask_for_all_or_nothing() -> None:
    worst = compare_values((1.0, 1.5), (1.0, 1.0), None, STRICT, parts=take_worst_part)
    assert worst.credit == 0
    with pytest.raises(ValueError, match="share, worst"):
        question(points=1, parts="most")


def test_rows_for_columns_are_right_numbers_in_another_shape() -> None:
    """Where the two are equally many, nobody can tell them from wrong numbers."""
    wide = np.arange(6.0).reshape(2, 3)
    score = compare(wide.T, wide)
    assert (score.credit, score.finding) == (Fraction(1, 2), Finding.SHAPE)
    assert compare(wide[:, :2].T, wide[:, :2]).credit == 0


def test_complex_numbers_without_an_imaginary_part_are_real_ones() -> None:
    """As eigenvalues of a matrix that is not quite symmetric are, or what a Fourier transform gives back."""
    right = np.array([3.0, 1e-3])
    assert compare(right + 0j, right).credit == 1
    assert compare(right + 1e-16j, right).credit == 1
    assert compare((complex(3.0), right), (3.0, right)).credit == 1
    for imaginary in (1e-9, np.nan, np.inf):
        assert "complex numbers" in str(compare(right + np.array([0, imaginary * 1j]), right).sentence)


def test_one_and_zero_for_truth_values_earn_half() -> None:
    """They passed where the student tried them: `assert is_psd(A)`."""
    for answer, right in ((1, True), (0.0, False), (np.array([1, 0]), np.array([True, False]))):
        score = compare_exactly(answer, right)
        assert score.credit == Fraction(1, 2)
        assert str(score.sentence).endswith("True or False is asked for.")
    pairs = {"a": (True, False), "b": (False, False)}
    assert compare({"a": (1, 0), "b": (0, 0)}, pairs).credit == Fraction(1, 2)
    assert compare({"a": (1, 1), "b": (0, 0)}, pairs).credit == Fraction(1, 8)
    assert compare_exactly(0, True).credit == compare_exactly(2, True).credit == 0


def test_a_truth_value_for_each_entry_is_told_by_its_kind_where_one_is_asked_for() -> None:
    for answer, kind in ((np.array([True, False]), "an array"), ([True, True], "a list")):
        score = compare_exactly(answer, True)
        assert str(score.sentence) == f"Your function returned {kind}; True or False is asked for."
    assert compare_exactly(np.array([True]), True).finding is Finding.SHAPE


def test_a_long_double_beyond_doubles_beside_a_complex_number_is_compared() -> None:
    """What is too large for a double is infinite, and no warning of it reaches whoever grades."""
    found, score = as_real([0j, np.longdouble("1e+4000")])
    assert found is not None
    assert score.credit == 1
    assert found.tolist() == [0.0, np.inf]
