"""What is wrong with an answer, found without the author's help."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from autograder.domain.answer import Ending
from autograder.domain.sentences import Sentence, say, sentences_in
from autograder.questions.case_score import Finding
from autograder.questions.compare import as_real, largest
from autograder.questions.judged_case import JudgedCase
from autograder.questions.observations import Diagnosis, Pair, close, observe
from autograder.questions.parts import list_parts, name_parts

Look = Callable[[Sequence[JudgedCase]], Diagnosis | None]


def diagnose(judged: Sequence[JudgedCase], *, free_signs: bool = False) -> Diagnosis | None:
    """What explains every one of the worst of these failing cases, or None.

    `free_signs` tells whether the signs of columns are free, as those of eigenvectors.
    """
    worst = find_worst(judged)
    looks = (
        _diagnose_sameness,
        _diagnose_shapes,
        _same_finding,
        _diagnose_parts,
        partial(diagnose_values, free_signs=free_signs),
        _diagnose_truth,
        _diagnose_words,
    )
    return next((found for look in looks if (found := look(worst)) is not None), None)


def find_worst(judged: Sequence[JudgedCase]) -> list[JudgedCase]:
    """The cases that earned least."""
    least = min(one.score.credit for one in judged)
    return [one for one in judged if one.score.credit == least]


def _diagnose_sameness(judged: Sequence[JudgedCase]) -> Diagnosis | None:
    """Of numbers that are the same in every case, and other than zero, where different ones are asked for."""
    if len(judged) < 2 or any(one.score.finding not in (Finding.VALUE, Finding.SHAPE) for one in judged):
        return None
    given = [as_real(one.answer.value)[0] for one in judged]
    asked = [as_real(one.expected.value)[0] for one in judged]
    first, wanted = given[0], asked[0]
    if first is None or wanted is None or not np.isfinite(first).all() or not first.any():
        return None
    same = all(other is not None and np.array_equal(first, other) for other in given)
    differ = all(other is not None and not np.array_equal(wanted, other) for other in asked[1:])
    return Diagnosis(say("same_in_all"), (say("try.arguments"),)) if same and differ else None


def _diagnose_shapes(judged: Sequence[JudgedCase]) -> Diagnosis | None:
    """What the numbers of answers of another shape tell: a row that is missing, a sum that was not taken."""
    return diagnose_values(judged) if all(one.score.sentence.key == "shape" for one in judged) else None


def _same_finding(judged: Sequence[JudgedCase]) -> Diagnosis | None:
    """Where every case failed in one way that says it all: a shape, a kind, an exception, a property."""
    first = judged[0].score.finding
    if first is Finding.VALUE or any(one.score.finding is not first for one in judged):
        return None
    [(sentence, _)] = Counter(one.score.sentence for one in judged).most_common(1)
    if not sentence:
        return None
    seen = diagnose_values(judged) if first in (Finding.REASON, Finding.PROPERTY) else None
    beside = _BESIDE_A_REASON if judged[0].score.credit else _BESIDE_A_REASON + _OF_A_RIGHT_ANSWER
    if seen is not None and seen.sentence.key.startswith(beside):
        told = seen.sentence
        multiple = told.key if told.key == "minus" else dict(told.values).get("factor", "")
        if not multiple or not re.search(rf"\b{multiple}\b", str(sentence), re.IGNORECASE):
            return Diagnosis(say("both", inner=sentence, other=told), seen.advice)
    advice = _ENDED.get(sentence.key, ()) if first is Finding.ENDED else _ADVICE.get(first, ())
    if first is Finding.DIGITS and any(one.key == "rounded" for one in sentences_in(sentence)):
        advice = (say("try.all_digits"),)
    return Diagnosis(sentence, advice)


_BESIDE_A_REASON = ("zero", "first_alone", "rounded")
"""What may be said beside a reason of the author's, who may accept other answers than the reference's."""
_OF_A_RIGHT_ANSWER = ("minus", "factor", "mean_for_sum", "sum_for_mean", "differs.first", "differs.last")
"""The same of what is all wrong: how one right answer becomes the student's, in one way in every case."""


_ENDED = {
    "timed_out": (say("try.time"),),
    "asks_again": (say("try.loop"),),
    "out_of_memory": (say("try.memory"),),
}
"""By what is said of it. Slow is not endless: of a loop it is known only where it asks again and again."""
_ADVICE = {
    Finding.NONE: (say("try.return"),),
    Finding.SHAPE: (say("try.shape"),),
    Finding.ORDER: (say("try.order"),),
    Finding.KIND: (say("try.type"),),
    Finding.RAISED: (say("try.call"),),
    Finding.NOT_FINITE: (say("try.finite"),),
    Finding.DIGITS: (say("try.dtype"),),
    Finding.SLOW: (say("try.whole_arrays"),),
}


def _diagnose_parts(judged: Sequence[JudgedCase]) -> Diagnosis | None:
    """Of answers of several values: how all are wrong, if that is the same, or which one is, and how."""
    found = {_parts(one) for one in judged}
    parts = found.pop() if len(found) == 1 else None
    seen = [diagnose_values([_part(one, k) for one in judged]) for k in range(len(parts or ()))]
    whole = seen[0] if seen and all(found == seen[0] for found in seen) else None
    if whole is not None and whole.sentence.key.startswith(_OF_ALL_VALUES):
        return whole
    told = diagnose_first_part(judged, diagnose_values)
    for k, early in enumerate(seen) if told is None else ():
        # What ends too early is why the values before it are wrong as well.
        if early is not None and early.sentence.key.endswith(".end_early"):
            return Diagnosis(of_part(k, judged, early.sentence), early.advice)
    return told


_OF_ALL_VALUES = (
    *("minus", "factor", "mean_for_sum", "sum_for_mean", "length_in_factor", "root_of_length", "less_one"),
    *("rounded", "truncated", "function"),
)
"""What may be said of several values at once."""


def diagnose_first_part(judged: Sequence[JudgedCase], look: Look) -> Diagnosis | None:
    """What `look` sees in the first wrong one of several values, where that is wrong in all cases."""
    k = find_wrong_part(judged)
    found = None if k is None else look([_part(one, k) for one in judged])
    if k is None or found is None:
        return None
    return Diagnosis(of_part(k, judged, found.sentence), found.advice)


def find_wrong_part(judged: Sequence[JudgedCase]) -> int | None:
    """The place of the first wrong one of several values, where that is wrong in all cases."""
    counts = {_parts(one) for one in judged}
    if len(counts) != 1 or None in counts:
        return None
    for k in range(len(counts.pop() or ())):
        wrong = [one for one in judged if not _agrees(_part(one, k))]
        if wrong:
            return k if len(wrong) == len(judged) else None
    return None


def of_part(k: int, judged: Sequence[JudgedCase], sentence: Sentence) -> Sentence:
    """A sentence about one of several values, as it is told."""
    return say("part.observed", part=name_parts(judged[0].expected.value)[k], inner=sentence)


def _parts(one: JudgedCase) -> tuple[Any, ...] | None:
    """The places or keys of the values that a case asks for, where the same came back."""
    answer, expected = one.answer.value, one.expected.value
    if isinstance(expected, Mapping):
        return tuple(expected) if isinstance(answer, Mapping) and answer.keys() == expected.keys() else None
    if not isinstance(expected, tuple) or not isinstance(answer, tuple | list):
        return None
    return tuple(range(len(expected))) if len(answer) == len(expected) else None


def _part(one: JudgedCase, k: int) -> JudgedCase:
    return replace(
        one,
        answer=replace(one.answer, value=list_parts(one.answer.value, like=one.expected.value)[k]),
        expected=replace(one.expected, value=list_parts(one.expected.value)[k]),
    )


def _agrees(one: JudgedCase) -> bool:
    pair = _pair(one)
    return pair is not None and close(pair.given, pair.expected, pair)


def _diagnose_truth(judged: Sequence[JudgedCase]) -> Diagnosis | None:
    """Of truth values: which of the two is wrong."""
    pairs = {(one.answer.value, one.expected.value) for one in judged if _is_truth(one)}
    if not all(map(_is_truth, judged)):
        return None
    if len(pairs) > 1:
        return Diagnosis(say("truth_both_ways"))
    return Diagnosis(say("true_for_false" if (True, False) in pairs else "false_for_true"))


def _diagnose_words(judged: Sequence[JudgedCase]) -> Diagnosis | None:
    """Of words: that it is another one."""
    texts = [isinstance(value, str) for one in judged for value in (one.answer.value, one.expected.value)]
    return Diagnosis(say("other_word"), (say("try.borders"),)) if all(texts) else None


def _is_truth(one: JudgedCase) -> bool:
    values = (one.answer.value, one.expected.value)
    return one.answer.ending is Ending.RETURNED and all(
        isinstance(value, bool | np.bool_) for value in values
    )


def diagnose_values(judged: Sequence[JudgedCase], *, free_signs: bool = False) -> Diagnosis | None:
    """What the numbers tell of answers that returned; None where one did not, or is no array of numbers."""
    if any(one.answer.ending is not Ending.RETURNED for one in judged):
        return None
    pairs = [pair for one in judged if (pair := _pair(one, free_signs=free_signs)) is not None]
    return observe(pairs) if pairs and len(pairs) == len(judged) else None


def _pair(one: JudgedCase, *, free_signs: bool = False) -> Pair | None:
    if isinstance(one.expected.value, tuple):  # looked at part by part
        return None
    given, _ = as_real(one.answer.value)
    expected, _ = as_real(one.expected.value)
    if given is None or expected is None or not np.isfinite(expected).all():
        return None
    return Pair(given, expected, one.case.call.args, largest(expected), free_signs)
