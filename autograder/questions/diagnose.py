"""What is wrong with an answer, found without the author's help."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from autograder.domain.answer import Ending
from autograder.questions.case_score import Finding
from autograder.questions.compare import as_real, largest
from autograder.questions.judged_case import Exhibit
from autograder.questions.observations import Diagnosis, Pair, close, observe


def diagnose(exhibits: Sequence[Exhibit]) -> Diagnosis | None:
    """What explains every one of the worst of these failing cases, or None."""
    least = min(e.standing.worth for e in exhibits)
    worst = [e for e in exhibits if e.standing.worth == least]
    return _same_finding(worst) or _diagnose_parts(worst) or _diagnose_values(worst)


def _same_finding(exhibits: Sequence[Exhibit]) -> Diagnosis | None:
    """Where every case failed in one way that says it all: a shape, a kind, an exception, a property."""
    first = exhibits[0].standing.finding
    if first is Finding.VALUE or any(e.standing.finding is not first for e in exhibits):
        return None
    [(sentence, _)] = Counter(e.standing.sentence for e in exhibits).most_common(1)
    return Diagnosis(sentence, _ADVICE.get(first, ())) if sentence else None


_ADVICE = {
    Finding.NONE: ("Check that every path of your function ends with `return`.",),
    Finding.SHAPE: (
        "Print `np.shape(...)` of what your function returns and compare it with the statement.",
    ),
    Finding.KIND: ("Print `type(...)` of what your function returns and compare it with the statement.",),
    Finding.RAISED: ("Call your function on the public example, then on one dimension and on zeros.",),
    Finding.NOT_FINITE: ("Look for a division by zero, or a logarithm or a root of a negative number.",),
    Finding.ENDED: ("Look for a loop whose condition never becomes false, or an array that grows.",),
    Finding.DIGITS: ("Print `.dtype` along your computation: everything should be float64.",),
    Finding.SLOW: ("Replace Python loops over the entries by operations on whole arrays.",),
}


def _diagnose_parts(exhibits: Sequence[Exhibit]) -> Diagnosis | None:
    """Of answers that are tuples: which value is wrong, and how."""
    counts = {_parts(e) for e in exhibits}
    if len(counts) != 1 or None in counts:
        return None
    for k in range(counts.pop() or 0):
        wrong = [part for e in exhibits if not _agrees(part := _part(e, k))]
        if wrong:
            found = _diagnose_values(wrong) if len(wrong) == len(exhibits) else None
            total = len(exhibits[0].expected.value)
            return found and Diagnosis(
                f"In value {k + 1} of {total}: {_lowered(found.sentence)}", found.advice
            )
    return None


def _parts(exhibit: Exhibit) -> int | None:
    """How many values a case asks for, where as many came back."""
    answer, expected = exhibit.answer.value, exhibit.expected.value
    if not isinstance(expected, tuple) or not isinstance(answer, tuple | list):
        return None
    return len(expected) if len(answer) == len(expected) else None


def _part(exhibit: Exhibit, k: int) -> Exhibit:
    return replace(
        exhibit,
        answer=replace(exhibit.answer, value=exhibit.answer.value[k]),
        expected=replace(exhibit.expected, value=exhibit.expected.value[k]),
    )


def _agrees(exhibit: Exhibit) -> bool:
    pair = _pair(exhibit)
    return pair is not None and close(pair.given, pair.expected, pair)


def _diagnose_values(exhibits: Sequence[Exhibit]) -> Diagnosis | None:
    if any(e.answer.ending is not Ending.RETURNED for e in exhibits):
        return None
    pairs = [pair for pair in map(_pair, exhibits) if pair is not None]
    return observe(pairs) if pairs and len(pairs) == len(exhibits) else None


def _pair(exhibit: Exhibit) -> Pair | None:
    given, _ = as_real(exhibit.answer.value)
    expected, _ = as_real(exhibit.expected.value)
    if given is None or expected is None or not np.isfinite(expected).all():
        return None
    return Pair(given, expected, exhibit.case.call.args, largest(expected))


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
