"""What rules of the author's make of answers that nobody expects: they must judge them, and soon."""

import logging
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.check.subject import AssignmentUnderTest
from autograder.domain.answer import Answer, Ending, Opaque, Oracle
from autograder.errors import Flaw, JudgingError
from autograder.questions.author_bounds import bound_in_fork
from autograder.questions.cases import Case
from autograder.questions.question import Question
from autograder.questions.solutions import Prepared
from autograder.timeout import TimeIsUpError

_SECONDS = 10.0
"""For the rules of a question on one answer to every case."""
_MANY = 20_000


def check_rules(subject: AssignmentUnderTest, question: Question) -> Iterator[Flaw]:
    """No rule fails on an answer that a student could give, or takes long over it."""
    prepared = subject.draws[0].question(question.name)
    where = f"{subject.line(question.reference)}: {question.name}"
    for name, answers in list_hostile_answers(prepared):
        what = _try(subject, prepared, answers)
        if what:
            yield Flaw(where, f"of {name}, {what}", "let the rule return a sentence for it")


def _try(subject: AssignmentUnderTest, prepared: Prepared, answers: tuple[Answer, ...]) -> str:
    """What goes wrong where these answers are judged; nothing where nothing does."""

    def judge() -> str:
        # What a rule warns of, and what judging logs, is about values that were made up here.
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        found = subject.replay(prepared, answers)
        return found.what if isinstance(found, Flaw) else ""

    try:
        return bound_in_fork(judge, seconds=_SECONDS)
    except TimeIsUpError:
        return f"a rule takes more than {_SECONDS:g} s"
    except JudgingError as error:
        return str(error)


def list_hostile_answers(prepared: Prepared) -> Iterator[tuple[str, tuple[Answer, ...]]]:
    """Answers to all ordinary cases, by a name that tells what they are."""
    known = prepared.expected.reference[: prepared.ordinary]
    for name, value in _CONSTANTS.items():
        yield name, tuple(Answer(Ending.RETURNED, value, asked=one.asked) for one in known)
    for name, change in _CHANGES.items():
        yield (
            name,
            tuple(Answer(Ending.RETURNED, _change(one.value, change), asked=one.asked) for one in known),
        )
    cases = prepared.cases[: prepared.ordinary]
    if any(_list_oracles(case) for case in cases):
        for name, points in _ASKED.items():
            told = f"a right answer that asks its function {name}"
            yield (
                told,
                tuple(
                    Answer(Ending.RETURNED, one.value, asked=dict.fromkeys(_list_oracles(case), points))
                    for case, one in zip(cases, known, strict=True)
                ),
            )


def _list_oracles(case: Case) -> list[int | str]:
    return [key for key, value in case.call.named() if isinstance(value, Oracle)]


def _nested(depth: int) -> Any:
    value: Any = 1.0
    for _ in range(depth):
        value = [value]
    return value


_CONSTANTS: Mapping[str, Any] = {
    "None": None,
    "True": True,
    "0": 0,
    "0.0": 0.0,
    "-1": -1,
    "a very large whole number": 10**15,
    "a number beyond float64": 10**400,
    "NaN": float("nan"),
    "infinity": float("inf"),
    "1e300": 1e300,
    "a complex number": 1j,
    "a text": "text",
    "a very long text": "9" * _MANY,
    "an empty text": "",
    "an empty tuple": (),
    "an empty list": [],
    "an empty dictionary": {},
    "a dictionary": {"a": 1.0, "b": [None]},
    "a list of None": [None],
    "a list of lists of different lengths": [[1.0], [1.0, 2.0]],
    "a list of texts": ["a", "b"],
    "a tuple of nothings": (None, None),
    "a tuple of NaN": (float("nan"), float("nan"), float("nan")),
    "lists in lists": _nested(40),
    "a very long list": [0.5] * _MANY,
    "a very long tuple of arrays": (np.zeros(3),) * 2000,
    "an empty array": np.zeros(0),
    "an array without rows": np.zeros((0, 3)),
    "an array of no dimension": np.array(3.0),
    "an array of many dimensions": np.zeros((1,) * 20),
    "an array of texts": np.array(["a", "b"]),
    "a large array": np.ones((300, 300)),
    "an object that is no data": Opaque("Series"),
    "an array of objects": Opaque("ndarray"),
}


_CHANGES: Mapping[str, Any] = {
    "NaN of the right form": lambda value: np.full_like(value, np.nan, dtype=float),
    "infinity of the right form": lambda value: np.full_like(value, np.inf, dtype=float),
    "1e300 of the right form": lambda value: np.full_like(value, 1e300, dtype=float),
    "zeros of the right form": lambda value: np.zeros_like(value, dtype=float),
    "whole numbers of the right form": lambda value: np.zeros_like(value, dtype=np.int64),
    "truth values of the right form": lambda value: np.ones_like(value, dtype=bool),
    "complex numbers of the right form": lambda value: np.asarray(value).astype(complex),
    "float32 of the right form": lambda value: np.nan_to_num(value, posinf=1.0).astype(np.float32),
    "texts of the right form": lambda value: np.asarray(value).astype(str),
    "the right numbers as lists": lambda value: np.asarray(value).tolist(),
    "the right numbers with one axis more": lambda value: np.asarray(value)[None],
    "the right numbers without their last": lambda value: np.asarray(value).reshape(-1)[:-1],
    "objects in place of numbers": lambda _: Opaque("object"),
    "None in place of numbers": lambda _: None,
}
"""Of every array and number in the reference's answer."""


def _change(value: Any, change: Any) -> Any:
    """A value of the same structure, in which every array and number is changed."""
    if isinstance(value, tuple | list):
        return tuple(_change(item, change) for item in value)
    if isinstance(value, Mapping):
        return {key: _change(item, change) for key, item in value.items()}
    if isinstance(value, bool) or not isinstance(value, np.ndarray | np.number | int | float):
        return value
    changed = change(np.asarray(value))
    is_number = isinstance(changed, np.ndarray) and not changed.ndim and not isinstance(value, np.ndarray)
    return changed.item() if is_number else changed


_ASKED: Mapping[str, tuple[tuple[Any, ...], ...]] = {
    "never": (),
    "once, at a number": ((0.5,),),
    "once, at nothing": ((),),
    "once, at an array": ((np.ones(3),),),
    "once, at None": ((None,),),
    "once, at a text": (("text",),),
    "once, at two arrays": ((np.ones(2), np.ones(2)),),
    "at NaN": ((float("nan"),),) * 2,
    "very often": ((np.ones(3),),) * _MANY,
}
