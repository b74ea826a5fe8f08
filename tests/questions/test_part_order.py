"""Values of a pair in the wrong order: told where one other order is right in every case."""

import numpy as np
from small_questions import Scripted, prepared

from autograder.domain.answer import Answer, Ending
from autograder.domain.report import Verdict
from autograder.questions.judge import judge

BY_VALUE = """
@question(points=1)
def extremes(w):
    return np.max(w), np.min(w)

@extremes.cases
def _(rng):
    for k in range(3):
        yield core(f"case {k}", rng.normal(size=4))
"""
BY_RULE = (
    BY_VALUE
    + """
@extremes.accepts
def _(answer, case):
    high, low = answer
    return None if high > low else "The first is not the larger one."
"""
)


def judged(file, answer) -> Verdict:
    one = prepared(file)["extremes"]
    values = [answer(case.call.args[0]) for case in one.cases]
    return judge(one, Scripted([Answer(Ending.RETURNED, value=value) for value in values]), seconds=5.0)


def test_a_pair_in_the_wrong_order_is_said_to_be(module) -> None:
    assert judged(module(BY_VALUE), lambda w: (w.min(), w.max())).sentence.key == "order.values"
    assert judged(module(BY_VALUE), lambda w: [w.min(), w.max()]).sentence.key == "order.values"


def test_a_rule_of_the_authors_decides_which_order_is_right(module) -> None:
    """Its own reason comes first."""
    said = str(judged(module(BY_RULE), lambda w: (w.min() - 1, w.max() + 1)).sentence)
    assert said == "The first is not the larger one. Your values are right, but in another order."


def test_nothing_is_said_of_the_order_where_another_one_is_wrong_too(module) -> None:
    for answer in (lambda w: (w.min(), 2.0), lambda w: np.sort(w), lambda w: {"min": w.min()}):
        assert "order" not in judged(module(BY_VALUE), answer).sentence.key
    assert str(judged(module(BY_RULE), lambda w: (1.0, 1.0)).sentence) == "The first is not the larger one."


def test_nothing_is_said_of_an_order_that_is_right_in_one_case_alone(module) -> None:
    first = iter([True, False, False])
    verdict = judged(module(BY_VALUE), lambda w: (w.min(), w.max()) if next(first) else (5.0, 9.0))
    assert verdict.sentence.key != "order.values"
