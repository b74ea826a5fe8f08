"""What is seen of wrong answers: each observation where it explains all, and not where it does not."""

import math
import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from small_questions import judged

from autograder.domain.answer import Answer, Ending, Opaque
from autograder.domain.sentences import authored, say
from autograder.questions.case_score import CaseScore, Finding
from autograder.questions.diagnose import diagnose
from autograder.questions.explain import explain

V = np.array([1.5, -2.0, 0.5])
W = np.array([0.5, 3.0])
M = np.array([[1.0, 2.0], [3.0, 4.5]])
PATH = np.array([[1.0, 0.0], [0.5, 0.25], [0.25, 0.3], [0.1, 0.4]])


def said(*pairs, **options) -> str:
    found = diagnose(judged(*pairs, **options))
    return str(found.sentence) if found else ""


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ([(-V, V), (-W, W)], "Your answer is minus what is asked for."),
        ([(2 * V, V), (2 * W, W)], "Your answer is twice what is asked for."),
        ([(0 * V, V), (0 * W, W)], "Your answer is zero everywhere."),
        ([(np.ones(2), V), (np.ones(2), W)], "Your answer is the same in several cases"),
        ([(V / 2, V)], "Your answer is half of what is asked for."),
        ([(0.1234567 * V, V), (0.1234567 * W, W)], "Your answer is what is asked for up to a factor"),
        ([(3.0, 9.0), (5.0, 15.0)], "Your answer is a third of what is asked for."),
        ([(3 * V, V), (2 * W, W)], "Your answer has the right direction, but not the right length."),
        ([(V[::-1], V), (W[::-1], W)], "Your entries are right, but in reverse order."),
        ([(PATH[::-1], PATH)], "Your rows are right, but in reverse order."),
        ([(PATH[:, ::-1], PATH)], "Your columns are right, but in reverse order."),
        ([(PATH[[2, 0, 1, 3]], PATH)], "Your rows are right, but in another order."),
        ([(V[0] * np.eye(3)[0], V), (W * [1, 0], W)], "Only the first entry of your answer is right; all"),
        ([(PATH * [[1], [0], [0], [0]], PATH)], "Only the first row of your answer is right; all"),
        ([(np.abs(V), V)], "Your answer is the absolute value of what is asked for."),
        ([(V**2, V), (W**2, W)], "Your answer is the square of what is asked for."),
        ([(2.0, 4.0), (3.0, 9.0)], "Your answer is the square root of what is asked for."),
        ([(V + 1, V)], "Your answer is what is asked for plus one."),
        ([(V + 0.3, V), (PATH + 0.2, PATH)], "All entries of your answer are off by the same number."),
        ([(np.round(V / 7, 2), V / 7), (np.round(W / 7, 2), W / 7)], "Your answer is rounded."),
        ([(np.round(V / 7, 6), V / 7), (np.round(W / 7, 6), W / 7)], "Your answer is rounded."),
        ([(0.0, 2.5), (0.0, -3.0)], "Your answer is zero."),
        ([((M + M.T) / 2, M)], "Your answer is the symmetric part of what is asked for."),
        ([(PATH[1:], PATH)], "The first row is missing; the others are right."),
        ([(V[:-1], V)], "The last entry is missing; the others are right."),
        ([(np.vstack([PATH, PATH[:1]]), PATH)], "There is one row too many, at the end"),
        ([(PATH[-1], PATH)], "Your function returns the last row alone; all rows are asked for."),
        ([(M * W, M @ W)], "Your answer would be right if it were summed over one axis"),
        ([(M.sum(), M)], "Your answer is a sum over what is asked for."),
        ([(PATH + np.eye(4)[3][:, None] * [[1, 0]], PATH)], "Only the last row of your answer is wrong."),
        ([(True, False), (True, False)], "Your answer is True where False is asked for."),
        ([(True, False), (False, True)], "Your answer is True where False is asked for, and"),
        ([(M.T, M)], "Your answer is the transpose of what is asked for."),
        ([(np.vstack([PATH[:1], PATH[:-1]]), PATH)], "Your iterates are one step behind."),
        ([(np.vstack([PATH[1:], PATH[-1:]]), PATH)], "Your iterates are one step ahead."),
        ([(np.tile(PATH[-1], (4, 1)), PATH)], "All rows of your answer are the same."),
        ([(np.trunc(V), V), (np.trunc(W * 1.1), W * 1.1)], "The fractional part of your answer is lost."),
        ([(V + np.eye(3)[0], V), (W - [2, 0], W)], "Only the first entry differs from what is asked for."),
        ([(V + np.eye(3)[2], V)], "Only the last entry differs from what is asked for."),
        ([(M + np.eye(2), M)], "Only entries on the diagonal differ from what is asked for."),
        ([(np.diag(np.diag(M)), M)], "Your answer has the right diagonal, and zeros beside it."),
        ([(np.tril(M), M)], "Your answer is right on and below the diagonal, and zero above it."),
        ([(np.triu(M), M)], "Your answer is right on and above the diagonal, and zero below it."),
        ([((2.0, -V), (2.0, V))], "In value 2 of 2: your answer is minus what is asked for."),
        ([([4.0, V], (2.0, V)), ([6.0, W], (3.0, W))], "In value 1 of 2: your answer is twice what"),
        ([(None, V)], "Your function returned None: is a `return` missing?"),
        ([(M + np.triu(M, 1), M)], "Only entries above the diagonal differ from what is asked for."),
        ([([[1.5, -2.0, 0.5]], V)], "The numbers are right, but have another shape than is asked for."),
        ([(V * math.nan, V)], "Your answer holds NaN or infinite numbers."),
        ([(V + 1e-6, V)], "The formula is right, but digits are lost"),
        ([(Opaque("generator"), V)], "Your function returned a generator, not its values."),
        ([(Answer(Ending.RAISED, exception="ValueError"), V)], "Your function raised ValueError."),
    ],
)  # fmt: skip
def test_an_observation_that_explains_every_case_is_told(pairs, sentence) -> None:
    assert said(*pairs).startswith(sentence)


def test_what_ends_too_early_is_told_before_what_comes_of_it() -> None:
    """The last weights are those of a step before the last; the losses tell why."""
    losses = 1 / np.arange(1.0, 7.0)
    told = said(((2.5, losses[:3]), (2.0, losses)), ((1.5, losses[1:3]), (2.0, losses[1:])))
    assert told == "In value 2 of 2: your entries are right as far as they go, but they end too early."


def test_a_mean_where_a_sum_is_asked_for_is_seen_by_the_number_of_samples() -> None:
    few, many = judged((V / 7, V), args=[np.ones((7, 3))]), judged((W / 5, W), args=[np.ones((5, 2))])
    found = diagnose(few + many)
    assert found and "number of samples: a mean where a sum" in str(found.sentence)
    other = judged((W / 4, W), args=[np.ones((5, 2))])
    found = diagnose(few + other)
    assert found and "mean" not in str(found.sentence)


@pytest.mark.parametrize(
    "pairs",
    [
        [(-V, V), (W * 3, W)],
        [(1.7, 3.0)],
        [(np.array([1.7]), np.array([3.0])), (0.0, 0.0)],
        [(M.T + 1e-3, M)],
        [(0 * V, V), (W * 3, W)],
        [(V + 1, V), (W - 0.5, W)],
        [(np.abs(V), V), (V**2, V)],
        [(V[::-1], V), (-W, W)],
        [(V + np.eye(3)[0], V), (W - [0, 2], W)],
        [((2.5, -V), (2.0, V))],
        [((2.0, -V), (2.0, V)), ((2.0, W * 3), (2.0, W))],
    ],
)
def test_nothing_is_told_that_does_not_explain_every_case(pairs) -> None:
    assert said(*pairs) == ""


@pytest.mark.parametrize(
    "factor", [lambda n: n - 1, lambda n: 1 / (n - 1), lambda n: n / (n - 1), lambda n: 1 - 1 / n]
)
def test_a_number_less_one_in_a_factor_is_named(factor) -> None:
    """A variance with the other divisor, a sum that is divided by n - 1."""
    seen = [judged((factor(n) * V, V), args=(np.ones((n, 2)),))[0] for n in (4, 7)]
    assert (found := diagnose(seen)) and found.sentence == say("less_one", counted=say("counted.samples"))


@pytest.mark.parametrize("factor", [1 / 3, 3.0, 0.5, 2.0, 3**0.5, 2 / 3, 1.5])
def test_one_number_alone_tells_no_length_in_a_factor(factor: float) -> None:
    """A step that was halved once too often is no mean over the three coordinates less one."""
    assert diagnose(judged((factor * 2.0, 2.0), args=(np.ones(3),))) is None


@pytest.mark.parametrize("factor", [lambda n: n**0.5, lambda n: 1 / n**0.5])
def test_the_root_of_a_number_in_a_factor_is_named(factor) -> None:
    seen = [judged((factor(n) * V, V), args=(np.ones((n, 2)),))[0] for n in (5, 7)]
    told = say("root_of_length", counted=say("counted.samples"))
    assert (found := diagnose(seen)) and found.sentence == told


def test_what_explains_all_values_of_a_pair_is_told_once() -> None:
    halves = judged(((1.5, V / 2), (3.0, V)), ((2.0, W / 2), (4.0, W)))
    assert diagnose(halves).sentence == say("factor", factor=say("factor.half"))


def test_of_a_pair_of_numbers_it_is_told_which_is_wrong() -> None:
    """Not which entry of an array."""
    seen = explain(judged(((3.0, 5.0), (3.0, 1.0)), ((2.0, 9.0), (2.0, 4.0))), None)
    assert str(seen.sentence) == "In value 2 of 2: your answer is too large."


def test_rows_of_square_matrices_are_not_called_samples() -> None:
    """A quadratic form has none."""
    seen = [judged((7.0 / n, 7.0), args=(np.ones((n, n)), np.ones(n)))[0] for n in (3, 4)]
    assert (found := diagnose(seen)) and found.sentence == say("mean_for_sum", counted=say("counted.rows"))
    assert found.advice == (say("try.reread"),)


def test_samples_are_the_rows_of_the_matrix_that_has_labels() -> None:
    """Whatever matrix of weights is named before it."""
    seen = []
    for n in (4, 7):
        args = np.ones((2, 3)), np.ones((n, 2)), np.zeros(n, dtype=int)
        seen.append(judged((n * V, V), args=args)[0])
    assert (found := diagnose(seen)) and found.sentence == say("sum_for_mean", counted=say("counted.samples"))


def test_the_length_of_a_vector_counts_where_there_is_no_matrix() -> None:
    seen = [judged((v / len(v), v), args=(v,))[0] for v in (V, W)]
    assert (found := diagnose(seen)) and found.sentence == say("mean_for_sum", counted=say("counted.entries"))


def test_a_multiple_of_a_right_answer_is_told_beside_the_reason_of_the_author() -> None:
    """Not where the author gives part of the marks: a number that is nearly right is some multiple too."""
    reason = CaseScore(Fraction(0), Finding.REASON, authored("It is too far off."))
    seen = judged((-V, V), (-W, W), score=reason)
    assert (found := diagnose(seen)) and found.sentence.key == "both"
    assert str(found.sentence) == "It is too far off. Your answer is minus what is asked for."
    partly = judged((-V, V), (-W, W), score=replace(reason, credit=Fraction(1, 2)))
    assert (found := diagnose(partly)) and str(found.sentence) == "It is too far off."


@pytest.mark.parametrize(("factor", "word"), [(-1, "Minus"), (2, "twice"), (Fraction(1, 4), "a quarter of")])
def test_a_multiple_that_the_author_names_is_not_told_twice(factor, word) -> None:
    reason = CaseScore(Fraction(0), Finding.REASON, authored(f"What you return is {word} the Hessian."))
    found = diagnose(judged((float(factor) * V, V), (float(factor) * W, W), score=reason))
    assert found and found.sentence == reason.sentence


def test_digits_that_rounding_lost_are_not_looked_for_in_the_type() -> None:
    found = diagnose(judged((np.round(V / 7, 6), V / 7), (np.round(W / 7, 5), W / 7)))
    assert found and [one.key for one in found.advice] == ["try.all_digits"]
    assert said((np.round(V * 9 / 7, 6), V * 9 / 7), (np.round(W * 80 / 7, 5), W * 80 / 7)) == (
        "Your answer is rounded."
    )
    large = np.array([123456.7, -65432.1])
    assert said((large.astype("f4").astype(float), large)).startswith("The formula is right, but digits")
    single = diagnose(judged((np.float32(V / 7), V / 7), (np.float32(W / 7), W / 7)))
    assert single and [one.key for one in single.advice] == ["try.dtype"]


def test_zeros_where_whole_numbers_were_given_are_explained_by_their_type() -> None:
    found = diagnose(judged((np.zeros(2, dtype=int), W), args=[np.array([1, 2])]))
    assert found and [one.key for one in found.advice] == ["try.integers"]


def test_one_number_everywhere_is_not_called_an_array_that_was_stored_many_times() -> None:
    assert "rows" not in said((np.full((2, 2), 10.0), M))
    assert said((np.full((4, 1), 0.1), PATH[:, :1])) == "All rows of your answer are the same."


def test_nothing_is_told_of_infinite_references() -> None:
    assert said((V, np.array([math.inf, 1.0, 2.0]) * [1, -1, 1])) != "Your answer is minus what is asked for."


def test_the_worst_cases_are_explained_before_those_that_lost_little() -> None:
    assert said((-V, V), (W + 1e-6, W)) == "Your answer is minus what is asked for."


def test_the_sentence_that_fits_most_cases_is_told() -> None:
    raised = [Answer(Ending.RAISED, exception=name) for name in ("IndexError", "ValueError", "ValueError")]
    assert said(*((answer, V) for answer in raised)) == "Your function raised ValueError."


def test_every_way_to_fail_comes_with_something_to_try() -> None:
    for pair in ((-V, V), (2 * V, V), (None, V), ([[1.5, -2.0, 0.5]], V), (V + math.inf, V)):
        found = diagnose(judged(pair))
        assert found and found.advice


@pytest.mark.parametrize("name", ["A_is_0.2517", "__import__('os')", "int", "print", ""])
def test_an_exception_that_is_not_built_in_is_not_named(name) -> None:
    assert said((Answer(Ending.RAISED, exception=name, message="A = 0.25"), V)) == (
        "Your function raised an error."
    )


def test_no_sentence_holds_hidden_values_or_labels() -> None:
    secret = np.array([0.728193, -41.5267, 3.14159])
    for answer in (-secret, secret[:2], None, "x", secret + 1, [secret], secret.astype(complex), {"a": 1}):
        found = explain(judged((answer, secret), args=[secret]), None)
        for text in map(str, (found.sentence, *found.advice)):
            assert "hidden label" not in text
            assert not re.search(r"728|41\.5|3\.14", text)


def test_a_reason_of_the_author_is_told_as_it_stands() -> None:
    reason = CaseScore(0, Finding.REASON, authored("Your point violates nothing."))
    assert said((V, W), score=reason) == "Your point violates nothing."


def test_a_wrong_answer_that_nothing_explains_still_gets_a_sentence() -> None:
    found = explain(judged((2 * V + PATH[:3, 1] * 9 + 1, V), (W / 3 + 0.1, W)), None)
    assert str(found.sentence) == "What your function returns is not what is asked for."
    assert found.advice
