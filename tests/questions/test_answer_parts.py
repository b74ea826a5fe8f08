"""An answer of several parts keeps the share of what is right, and each part's mistake is recognised."""

from fractions import Fraction

import numpy as np
import pytest
from small_questions import prepared, student

from autograder.domain.report import Verdict
from autograder.questions.judge import judge

LOSS = '''
@question(points=2)
def loss_grad(w, y):
    return float((w - y) @ (w - y)), 2 * (w - y)

@loss_grad.cases
def _(rng):
    for d in (2, 3):
        yield core(f"d={d}", rng.normal(size=d), rng.normal(size=d))

@loss_grad.mistake(credit=0.25)
def mean_throughout(w, y):
    """What is the loss of two samples? Add them."""
    return float(np.mean((w - y) ** 2)), 2 * (w - y) / len(w)

@loss_grad.mistake(credit=0.25)
def mean_loss(w, y):
    """Is it a sum? Read the statement again."""
    return float(np.mean((w - y) ** 2)), 2 * (w - y)

@loss_grad.mistake(credit=0.75)
def uphill(w, y):
    """Which way is downhill? Draw it."""
    return float((w - y) @ (w - y)), -2 * (w - y)
'''


@pytest.fixture
def judged(module):
    one = prepared(module(LOSS))["loss_grad"]

    def judge_answer(loss, gradient) -> Verdict:
        def loss_grad(w, y):
            return loss(w, y), gradient(w, y)

        return judge(one, student(loss_grad=loss_grad), seconds=5)

    return judge_answer


def square(w, y):
    return float((w - y) @ (w - y))


def test_a_right_loss_beside_a_wrong_gradient_is_worth_half(judged):
    assert judged(square, lambda w, y: w + y).mark == Fraction(1, 2)


def test_a_recognised_mistake_earns_its_credit_where_that_is_more(judged):
    verdict = judged(square, lambda w, y: 2 * (y - w))
    assert (verdict.mistake, verdict.mark) == ("uphill", Fraction(3, 4))


def test_nor_less_than_the_share_of_what_is_right(judged):
    verdict = judged(lambda w, y: float(np.mean((w - y) ** 2)), lambda w, y: 2 * (w - y))
    assert (verdict.mistake, verdict.mark) == ("mean_loss", Fraction(1, 2))


def test_two_mistakes_at_once_are_both_recognised(judged):
    """Of two mistakes with one loss, the one whose gradient is right."""
    verdict = judged(lambda w, y: float(np.mean((w - y) ** 2)), lambda w, y: 2 * (y - w))
    assert (verdict.mistake, verdict.mark) == ("mean_loss", 0)
    assert str(verdict.sentence) == "In value 1 of 2: Is it a sum? Read the statement again."
    assert [str(note) for note in verdict.notes] == ["In value 2 of 2: Which way is downhill? Draw it."]


def test_a_mistake_beside_an_unknown_error_is_said_as_well(judged):
    verdict = judged(lambda w, y: 7.0, lambda w, y: 2 * (y - w))
    assert (verdict.mistake, verdict.mark) == (None, 0)
    assert str(verdict.sentence).startswith("In value 1 of 2")
    assert [str(note) for note in verdict.notes] == ["In value 2 of 2: Which way is downhill? Draw it."]


TABLE = '''
@question(points=2)
def signs(x):
    return {"low": x > 1, "high": x > 2}

@signs.cases
def _(rng):
    for x in (0.5, 1.5, 2.5):
        yield core(f"x={x}", x)

@signs.mistake(credit=0.25)
def always_low(x):
    """Is 0 above 1?"""
    return {"low": True, "high": x > 2}
'''


def test_parts_of_a_dictionary_are_compared_by_their_keys_in_whatever_order(module):
    one = prepared(module(TABLE))["signs"]

    def told(answer):
        verdict = judge(one, student(signs=answer), seconds=5)
        return [verdict.mistake, *(str(note) for note in verdict.notes)]

    assert told(lambda x: {"high": x > 2, "low": True}) == ["always_low"]
    # "high" stands where "low" does in the reference, and is what the mistake says of "low".
    assert told(lambda x: {"high": True, "low": x > 1}) == [None]
    assert told(lambda x: {"high": True, "other": x > 1}) == [None]
