"""Who answers alike to the last bit is judged alike, and the work of it is done once."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from small_questions import Scripted, prepared, returned, right

from autograder.domain.answer import Answer, Ending
from autograder.questions.judge import judge
from autograder.questions.memo import Memo, fingerprint

COUNTED = '''
seen = []

@question(points=2)
def double(w):
    """Twice w."""
    return 2.0 * np.asarray(w)

@double.cases
def _(rng):
    yield core("first", np.array([1.0, 2.0]))
    yield core("second", np.array([3.0, -1.0]))

@double.accepts
def _(answer, case):
    seen.append(answer)
    return None if np.allclose(answer, case.expected) else "This is not twice w."
'''


@pytest.fixture
def double(module: Callable[[str], Path]):
    return prepared(module(COUNTED))["double"]


def test_a_rule_is_asked_once_of_answers_that_are_alike(double):
    """Everybody gets the verdict that the first got, right or wrong."""
    seen = double.question.comparison.compare.args[0].__globals__["seen"]
    seen.clear()
    good = [answer.value for answer in right(double)]
    wrong = [good[0], np.array([1.0, 1.0])]
    verdicts = [judge(double, Scripted(returned(*values)), seconds=5.0) for values in (good, wrong) * 3]
    assert len(seen) == 4
    assert [verdict.mark for verdict in verdicts] == [1, 0] * 3
    assert verdicts[1] == verdicts[3] == verdicts[5]


def test_the_last_bit_counts(double):
    """An answer that differs by the last bit is judged anew."""
    seen = double.question.comparison.compare.args[0].__globals__["seen"]
    seen.clear()
    second = right(double)[1].value
    for shift in (0.0, 1e-15, 0.0):
        judge(double, Scripted(returned(np.array([2.0 + shift, 4.0]), second)), seconds=5.0)
    assert len(seen) == 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0.0, -0.0),
        (1, 1.0),
        (1, True),
        (np.float64(1), 1.0),
        (np.ones(2), np.ones((2, 1))),
        (np.ones(2), np.ones(2, np.float32)),
        ([1.0], (1.0,)),
        ("1", 1),
        ([1.0], [1]),
        ([0.0], [-0.0]),
        ({"a": 1.0}, {"b": 1.0}),
        ({"a": 1.0, "b": 2.0}, {"b": 2.0, "a": 1.0}),
        ({1.0: 2.0}, [1.0, 2.0]),
    ],
)
def test_what_only_looks_alike_is_not(one, other):
    """Signs of zero, kinds, shapes and precisions are told apart."""
    assert fingerprint(returned(one)) != fingerprint(returned(other))


def test_who_asked_an_oracle_elsewhere_is_judged_anew():
    """Where it was asked is evidence, as what came back is."""
    asked = [
        {},
        {0: ()},
        {0: ((1.0,),)},
        {"f": ((1.0,),)},
        {0: ((2.0,),)},
        {0: ((1.0,), (1.0,))},
        {0: ((1,),)},
    ]
    found = [fingerprint([Answer(Ending.RETURNED, 1.0, asked=points)]) for points in asked]
    assert None not in found
    assert len(set(found)) == len(asked)
    assert found[2] == fingerprint([Answer(Ending.RETURNED, 1.0, asked={0: ((1.0,),)})])


def test_what_is_large_or_was_timed_has_no_fingerprint():
    """It is judged each time, and not kept."""
    assert fingerprint(returned(np.zeros(10_000))) is None
    assert fingerprint(returned([0] * 1000)) is None
    assert fingerprint(returned([[[0] * 30] * 30] * 30)) is None
    assert fingerprint(returned("x" * 100_000)) is None
    assert fingerprint(returned(*[np.zeros(100)] * 100)) is None
    assert fingerprint([Answer(Ending.RAISED, message="x" * 2000)] * 100) is None
    assert fingerprint([Answer(Ending.RETURNED, 1.0, asked={0: ((np.zeros(10_000),),)})]) is None
    assert fingerprint(returned([0.0] * 10_000)) is None
    assert fingerprint([Answer(Ending.RETURNED, 1.0, seconds=0.1)]) is None


def test_endings_are_told_apart():
    """One that raised is not like one that returned nothing."""
    raised = [Answer(Ending.RAISED, exception="ValueError"), Answer(Ending.RAISED, exception="TypeError")]
    assert len({fingerprint([answer]) for answer in [*raised, Answer(Ending.RETURNED)]}) == 3


def test_no_more_than_so_many_are_kept():
    """What was met last stays."""
    kept: Memo[int] = Memo()
    for number in range(300):
        kept.put((number,), number)
    assert kept.get((299,)) == 299
    assert kept.get((0,)) is None
