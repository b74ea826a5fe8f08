"""Keys of dictionaries that a student reads: those that all cases share, never those of one hidden case."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_questions import Scripted, prepared

from autograder.domain.answer import Answer, Ending
from autograder.domain.report import Verdict
from autograder.domain.sentences import say
from autograder.questions.judge import judge

WORDS = """
@question(points=1, compare="exact")
def count_words(text):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts

@count_words.cases
def _(rng):
    yield core("fish", "blue fish red fish")
    yield core("verse", "a rose is a rose is a rose")

@count_words.mistake(credit=0)
def letters(text):
    "Which parts of a text are counted?"
    return {letter: text.count(letter) for letter in text}
"""
DERIVATIVES = """
@question(points=1)
def derivatives(w):
    return {"value": float(w @ w), "slope": 2 * w}

@derivatives.cases
def _(rng):
    for d in (2, 3, 5):
        yield core(f"d={d}", rng.normal(size=d))
"""


def judged(file: Path, answer: Callable[[Any], Any], *, stub: str = "") -> Verdict:
    [one] = prepared(file).values()
    values = [answer(case.call.args[0]) for case in one.cases]
    student = Scripted([Answer(Ending.RETURNED, value=value) for value in values])
    return judge(one, student, seconds=5.0, stub=stub)


@pytest.mark.parametrize(
    "answer",
    [
        lambda text: {word.upper(): text.split().count(word) for word in text.split()},
        lambda text: dict.fromkeys(text.split(), 1),
        lambda text: {word: float(len(word)) for word in text.split()},
        lambda text: text.split(),
        lambda text: {},
    ],
)
def test_words_of_a_hidden_text_are_never_told(module: Any, answer: Callable[[Any], Any]) -> None:
    told = judged(module(WORDS), answer)
    assert told.mark < 1
    said = " ".join(map(str, (told.sentence, *told.notes, *told.advice)))
    assert not {"fish", "rose", "blue", "red"} & set(said.replace("'", " ").split())


def test_how_many_values_one_hidden_case_asks_for_is_not_told(module: Any) -> None:
    distances = """
@question(points=1)
def gaps(w):
    return tuple(float(b - a) for a, b in zip(w, w[1:]))

@gaps.cases
def _(rng):
    for d in (3, 6):
        yield core(f"d={d}", rng.normal(size=d))
"""
    for answer in (lambda w: tuple(np.diff(w)[1:]), lambda w: 1.0, lambda w: tuple(np.diff(w) * w[1:])):
        told = judged(module(distances), answer)
        assert told.mark < 1
        assert not set("0123456789") & set(str(told.sentence))


def test_keys_that_every_case_has_are_told(module: Any) -> None:
    told = judged(module(DERIVATIVES), lambda w: {"slope": 2 * w})
    assert told.sentence == say("wrong_keys", keys=("'value'", "'slope'"))


def test_keys_that_the_stub_names_are_told_of_one_case_too(module: Any) -> None:
    one_case = module(DERIVATIVES.replace("(2, 3, 5)", "(2,)"))
    keys = say("wrong_keys", keys=("'value'", "'slope'"))
    assert judged(one_case, lambda w: 2 * w).sentence == say("other_keys")
    assert judged(one_case, lambda w: 2 * w, stub='"""The keys "value" and `slope`."""').sentence == keys


def test_an_entry_of_a_dictionary_is_looked_at_like_a_value_of_a_pair(module: Any) -> None:
    lone = judged(module(DERIVATIVES), lambda w: {"value": float(w @ w), "slope": -2 * w})
    assert str(lone.sentence) == "In entry 'slope': your answer is minus what is asked for."
    both = judged(module(DERIVATIVES), lambda w: {"slope": 4 * w, "value": 2 * float(w @ w)})
    assert both.sentence == say("factor", factor=say("factor.twice"))
