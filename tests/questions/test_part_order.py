"""Values of a pair in the wrong order: told where one other order is right in every case, and worth half."""

from fractions import Fraction

import numpy as np
from small_questions import Scripted, prepared

from autograder.domain.answer import Answer, Ending
from autograder.domain.report import Verdict
from autograder.domain.sentences import say
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
    for answer in (lambda w: (w.min(), w.max()), lambda w: [w.min(), w.max()]):
        verdict = judged(module(BY_VALUE), answer)
        assert verdict.sentence.key == "order.values"
        assert verdict.mark == Fraction(1, 2)
        assert verdict.advice == (say("try.order"),)


def test_truth_values_in_another_order_earn_nothing(module) -> None:
    """Whoever guesses is right in some order."""
    signs = BY_VALUE.replace("np.max(w), np.min(w)", "True, False")
    verdict = judged(module(signs), lambda w: (False, True))
    assert (verdict.sentence.key, verdict.mark) == ("order.values", 0)


def test_a_known_mistake_about_the_order_earns_what_its_author_says(module) -> None:
    known = '''
@extremes.mistake(credit=0.25)
def smallest_first(w):
    """Which is larger?"""
    return np.min(w), np.max(w)
'''
    verdict = judged(module(BY_VALUE + known), lambda w: (w.min(), w.max()))
    assert (verdict.mistake, verdict.mark) == ("smallest_first", Fraction(1, 4))


def test_values_in_another_order_than_that_of_the_case_before_earn_nothing(module) -> None:
    """As those of a routine that gives them in whatever order it found them."""
    orders = iter([[1, 2, 0], [2, 0, 1], [2, 1, 0]])
    three = BY_VALUE.replace("np.max(w), np.min(w)", "tuple(np.sort(w[:3]))")
    verdict = judged(module(three), lambda w: tuple(np.sort(w[:3])[next(orders)]))
    assert verdict.mark == 0


def test_a_rule_of_the_authors_decides_which_order_is_right(module) -> None:
    """Its own reason comes first."""
    verdict = judged(module(BY_RULE), lambda w: (w.min() - 1, w.max() + 1))
    assert verdict.mark == Fraction(1, 2)
    assert (
        str(verdict.sentence)
        == "The first is not the larger one. Your values are right, but in another order."
    )


def test_nothing_is_said_of_the_order_where_another_one_is_wrong_too(module) -> None:
    for answer in (lambda w: (w.min(), 2.0), lambda w: np.sort(w), lambda w: {"min": w.min()}):
        assert "order" not in judged(module(BY_VALUE), answer).sentence.key
    assert str(judged(module(BY_RULE), lambda w: (1.0, 1.0)).sentence) == "The first is not the larger one."


def test_the_entries_of_one_vector_are_no_values_whether_it_is_a_list_or_an_array(module) -> None:
    vector = BY_VALUE.replace("np.max(w), np.min(w)", "np.array([np.max(w), np.min(w)])")
    for form in (list, np.array):
        verdict = judged(module(vector), lambda w, form=form: form([w.min(), w.max()]))
        assert (verdict.mark, verdict.sentence.key) == (0, "order.entries_reversed")


def test_nothing_is_said_of_an_order_that_is_right_in_one_case_alone(module) -> None:
    first = iter([True, False, False])
    verdict = judged(module(BY_VALUE), lambda w: (w.min(), w.max()) if next(first) else (5.0, 9.0))
    assert verdict.sentence.key != "order.values"
