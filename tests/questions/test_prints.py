"""Prints tell who answers alike, as answers themselves do when a mistake is recognised."""

import json

import numpy as np
from drawn import drawn
from hypothesis import given, settings
from hypothesis import strategies as st
from small_questions import returned

from autograder.domain.answer import Answer, Ending, Opaque
from autograder.domain.answer_print import AnswerPrint, print_from_json
from autograder.questions.prints import print_cases
from autograder.questions.recognise import agree

NUMBERS = st.one_of(
    st.floats(-1e6, 1e6).map(lambda x: x if abs(x) > 1e-3 else 0.5),
    st.sampled_from([0.0, 1.0, -1.0, float("nan"), float("inf"), 3, True, 2 + 1j, 2 - 1j]),
)
ARRAYS = st.tuples(st.sampled_from([(3,), (2, 3), (3, 1), (7,), (40, 40)]), st.integers(0, 3)).map(
    lambda drawn: np.random.default_rng(drawn[1]).normal(size=drawn[0])
)
SINGLE = st.one_of(st.none(), NUMBERS, ARRAYS, st.sampled_from(["a", "b", Opaque("set"), Opaque("list")]))
VALUES = st.one_of(
    SINGLE,
    st.tuples(SINGLE, SINGLE),
    st.lists(NUMBERS, max_size=3),
    st.dictionaries(st.sampled_from("xyz"), SINGLE, max_size=2),
)


def of(*values: object) -> AnswerPrint:
    """The print of answers that came back."""
    return AnswerPrint("q", cases=print_cases(returned(*values)))


@settings(max_examples=drawn(400))
@given(VALUES, VALUES)
def test_prints_agree_where_answers_do(one, other):
    """Of any two values, numbers, arrays, tuples, lists, dictionaries, texts."""
    assert of(one).agrees(of(other)) == agree(one, other)


@given(VALUES)
def test_a_print_is_read_as_it_was_written(value):
    """Through JSON, and it still equals what it equalled."""
    made = of(value)
    read = print_from_json(json.loads(json.dumps(made.to_json())))
    assert repr(read) == repr(made)
    assert read.agrees(made) == agree(value, value)


@given(ARRAYS, st.floats(0.1, 10.0), st.integers(0, 5))
def test_rounding_is_no_difference_and_one_wrong_entry_is(values, scale, place):
    """An array computed in another order is the same; one whose one entry is off by a thousandth is not."""
    array = scale * values
    near = array * (1 + 1e-13)
    off = array.copy()
    off.flat[place % array.size] += 1e-3 * np.abs(array).max()
    assert of(near).agrees(of(array))
    assert not of(off).agrees(of(array))


def test_how_a_call_ended_and_what_it_changed_are_part_of_the_answer():
    """Exceptions are equal by their class; after a limit of time nothing was asked."""
    ended = {name: Answer(Ending.RAISED, exception=name) for name in ("ValueError", "TypeError")}
    late, three = Answer(Ending.TIMED_OUT), returned(3.0)[0]
    changed = Answer(Ending.RETURNED, value=3.0, changed=(0,))

    def cases(*answers: Answer) -> AnswerPrint:
        return AnswerPrint("q", cases=print_cases(answers))

    assert cases(ended["ValueError"]).agrees(cases(ended["ValueError"]))
    assert not cases(ended["ValueError"]).agrees(cases(ended["TypeError"]))
    assert not cases(three).agrees(cases(changed))
    assert cases(late, three).agrees(cases(late, changed))


def test_large_arrays_are_told_apart_too():
    """Of a million entries one that differs much is seen, and what is printed stays small."""
    array = np.random.default_rng(0).normal(size=1_000_000)
    other = array.copy()
    other[123_456] += 5.0
    assert not of(array).agrees(of(other))
    assert len(json.dumps(of(array).to_json())) < 300
