"""Which declared mistake a student made: the one that answers as they do, case by case.

Where an author's rule accepts many answers, two people who make one mistake may return different values.
There the mistake is recognised by its symptoms: which cases fail, and for which reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.domain.answer import Answer, Ending, Opaque
from autograder.domain.sentences import Sentence, authored, say
from autograder.questions.case_score import CaseScore, Finding
from autograder.questions.cases import Group, shares
from autograder.questions.compare import NO_ARRAY, TINY, as_real, largest
from autograder.questions.diagnose import diagnose_values
from autograder.questions.judged_case import JudgedCase
from autograder.questions.parts import list_parts, name_parts
from autograder.questions.question import Mistake
from autograder.questions.solutions import Prepared

_ROUNDING = 1e-12
"""Of the size of a case: less than that is no difference between two ways to compute one thing."""

_FAR = 100
"""Errors are of different sizes where one is so many times the other."""


def recognise(prepared: Prepared, judged: Sequence[JudgedCase]) -> Mistake | None:
    """The declared mistake whose values, endings and changed arguments are the student's.

    In every case, or at least in every core case.
    """
    ordinary = judged[: prepared.ordinary]
    if all(one.score.credit == 1 and not one.answer.changed for one in ordinary):
        return None
    known, sizes = prepared.expected.mistakes, _list_sizes(prepared)
    for mistake in prepared.question.mistakes:
        if _agree_until_no_time_is_left(known[mistake.name], ordinary, sizes):
            return mistake
    return _by_symptoms(prepared, ordinary) or _recognise_on_core(prepared, ordinary, sizes)


def _recognise_on_core(
    prepared: Prepared, judged: Sequence[JudgedCase], sizes: Sequence[Any]
) -> Mistake | None:
    """The mistake that agrees in all core cases, where others went wrong in another way, as by an overflow.

    It earns its credit in the groups in which it agrees. Truth values, words and whole numbers may agree by
    chance, and tell nothing.
    """
    core = [k for k, one in enumerate(judged) if one.case.group is Group.CORE]
    telling = [k for k in core if judged[k].score.credit < 1 and _holds_floats(judged[k].expected.value)]
    fitting = list[Mistake]()
    for mistake in prepared.question.mistakes if len(telling) > 1 else ():
        known = zip(prepared.expected.mistakes[mistake.name], judged, sizes, strict=True)
        other = {k for k, one in enumerate(known) if not _same(*one)}
        if other.isdisjoint(core) and all(judged[k].score.credit < 1 for k in other):
            lost = {judged[k].case.group for k in other}
            parts = shares(case.group for case in prepared.cases)
            kept = 1 - sum((parts[group] for group in lost), Fraction(0))
            fitting.append(replace(mistake, credit=mistake.credit * kept))
    return fitting[0] if len({(one.hint, one.credit) for one in fitting}) == 1 else None


def _holds_floats(value: Any) -> bool:
    parts = list_parts(value)
    return any(map(_holds_floats, parts)) if parts else np.asarray(value).dtype.kind == "f"


def _list_sizes(prepared: Prepared) -> list[Any]:
    """By ordinary case, the size of its numbers, in the form of the reference: the scale of its errors."""
    known = zip(prepared.expected.scales, prepared.expected.reference, strict=True)
    sizes = [reference.value if scale is None else scale for scale, reference in known]
    return sizes[: prepared.ordinary]


@dataclass(frozen=True, slots=True)
class MistakeInPart:
    """A declared mistake that was made in one part of the answer."""

    mistake: Mistake
    part: Sentence

    @property
    def sentence(self) -> Sentence:
        """What whoever made it is told."""
        return say("part", part=self.part, inner=authored(self.mistake.hint))


def recognise_parts(
    prepared: Prepared, judged: Sequence[JudgedCase]
) -> tuple[tuple[MistakeInPart, ...], bool]:
    """Of answers that are tuples or dictionaries: the wrong parts in which a declared mistake is seen.

    Two mistakes at once agree with neither; but each is seen in its own part. Also whether that explains
    every part that is wrong.
    """
    ordinary = judged[: prepared.ordinary]
    given = [list_parts(one.answer.value, like=one.expected.value) for one in ordinary]
    asked = [list_parts(one.expected.value) for one in ordinary]
    if not given or len({len(parts) for parts in (*given, *asked)}) != 1:
        return (), False
    found, unknown, whole = list[MistakeInPart](), False, _list_sizes(prepared)
    for place, name in enumerate(name_parts(ordinary[0].expected.value)):
        own, right = [parts[place] for parts in given], [parts[place] for parts in asked]
        # All parts have one size where the author gave no other.
        sizes = [
            parts[place] if (parts := list_parts(size, like=one.expected.value)) else size
            for size, one in zip(whole, ordinary, strict=True)
        ]
        if all(map(agree, own, right, sizes)):
            continue
        mistake = _made_in_part(prepared, place, own, right, sizes)
        unknown |= mistake is None
        found += [MistakeInPart(mistake, name)] if mistake else []
    return tuple(found), not unknown


def _made_in_part(
    prepared: Prepared, place: int, own: Sequence[Any], right: Sequence[Any], sizes: Sequence[Any]
) -> Mistake | None:
    """The mistake that has this part as it came; of several the one that has no other part wrong."""
    fitting = list[Mistake]()
    for mistake in prepared.question.mistakes:
        known = zip(prepared.expected.mistakes[mistake.name], prepared.expected.reference, strict=False)
        pairs = [
            (list_parts(answer.value, like=asked.value), list_parts(asked.value)) for answer, asked in known
        ]
        if any(len(parts) <= place for parts, _ in pairs):
            continue
        theirs = [parts[place] for parts, _ in pairs]
        if all(map(agree, theirs, own, sizes)) and not all(map(agree, theirs, right, sizes)):
            others = [[*each[:place], *each[place + 1 :]] for pair in pairs for each in pair]
            if all(map(agree, map(tuple, others[::2]), map(tuple, others[1::2]))):
                return mistake
            fitting.append(mistake)
    return fitting[0] if fitting else None


def _agree_until_no_time_is_left(
    theirs: Sequence[Answer], judged: Sequence[JudgedCase], sizes: Sequence[Any]
) -> bool:
    """Whether all cases agree; after a case that took all the time the student was not asked any more."""
    for known, one, size in zip(theirs, judged, sizes, strict=True):
        if not _same(known, one, size):
            return False
        if one.answer.ending is Ending.TIMED_OUT:
            break
    return True


def _same(theirs: Answer, one: JudgedCase, size: Any) -> bool:
    answer = one.answer
    if theirs.ending is not answer.ending or bool(theirs.changed) != bool(answer.changed):
        return False
    if theirs.ending is Ending.RETURNED:
        return agree(theirs.value, answer.value, size)
    return theirs.exception == answer.exception


def _by_symptoms(prepared: Prepared, judged: Sequence[JudgedCase]) -> Mistake | None:
    """The mistake that fails the same cases for the same reasons, if these tell anything.

    Whoever takes a tolerance of another size than the declared mistake may be right on unusual numbers.
    Failing everything for one reason tells nothing: so does an empty answer. Nor do symptoms that two
    mistakes share, unless both are told and credited alike.
    """
    symptoms = [one.score for one in judged]
    if not is_telling(symptoms):
        return None
    changed = any(one.answer.changed for one in judged)
    known = prepared.expected
    fitting = [
        mistake
        for mistake in prepared.question.mistakes
        if _fail_alike(known.symptoms.get(mistake.name, ()), judged)
        and any(answer.changed for answer in known.mistakes[mistake.name]) == changed
        and _look_alike(known.mistakes[mistake.name], judged)
    ]
    told = {(mistake.hint, mistake.credit) for mistake in fitting}
    return fitting[0] if len(told) == 1 else None


def _fail_alike(theirs: Sequence[CaseScore], judged: Sequence[JudgedCase]) -> bool:
    """Whether cases fail for one reason; whoever made the mistake may be right where numbers are unusual."""
    if len(theirs) != len(judged):
        return False
    other = [one for known, one in zip(theirs, judged, strict=True) if known != one.score]
    unusual = (Group.DTYPE, Group.MAGNITUDE)
    return all(one.case.group in unusual and one.score.credit == 1 for one in other)


def _look_alike(theirs: Sequence[Answer], judged: Sequence[JudgedCase]) -> bool:
    """Whether nothing is seen of these answers that is not seen of the mistake's."""
    lost = [(known, one) for known, one in zip(theirs, judged, strict=True) if one.score.credit < 1]
    if not all(_is_of_one_form(known.value, one.answer.value) for known, one in lost):
        return False
    if not _are_as_far(lost):
        return False
    seen = diagnose_values([one for _, one in lost])
    return seen is None or seen == diagnose_values([replace(one, answer=known) for known, one in lost])


def _is_of_one_form(one: Any, other: Any) -> bool:
    """Whether both are None, or both are not, and as finite as the other."""
    x, y = as_real(one)[0], as_real(other)[0]
    if x is None or y is None:
        return (one is None) == (other is None)
    return bool(np.isfinite(x).all() == np.isfinite(y).all())


def _are_as_far(lost: Sequence[tuple[Answer, JudgedCase]]) -> bool:
    """Whether some of these answers err about as much as the mistake's: lost digits look like no formula."""
    errors = list[tuple[float, float]]()
    for known, one in lost:
        right, theirs, own = (
            as_real(value)[0] for value in (one.expected.value, known.value, one.answer.value)
        )
        if right is None or theirs is None or own is None or not right.shape == theirs.shape == own.shape:
            return True
        with np.errstate(all="ignore"):
            errors.append((largest(np.abs(theirs - right)), largest(np.abs(own - right))))
    return not errors or any(not (max(pair) > _FAR * min(pair)) for pair in errors)


def is_telling(symptoms: Sequence[CaseScore]) -> bool:
    """Whether cases differ in how they went, and one has a reason of the author's or is None."""
    differ = len({(s.credit, s.finding, s.sentence) for s in symptoms}) > 1
    telling = (Finding.REASON, Finding.PROPERTY, Finding.NONE)
    return differ and any(s.finding in telling for s in symptoms)


def agree(one: Any, other: Any, size: Any = None, *, relative: float = 1e-6) -> bool:
    """Whether two answers have one structure and equal numbers.

    Args:
        one: an answer.
        other: another.
        size: of the numbers that honest work goes through, in the form of the answers or one for all: what is
            nothing beside it is a rounding error, as is the loss of an exact fit. None where it is not known.
        relative: how much numbers may differ, of the largest.
    """
    if one is None or other is None or isinstance(one, str | Opaque) or isinstance(other, str | Opaque):
        return type(one) is type(other) and bool(one == other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        of_all = not isinstance(size, Mapping)
        return one.keys() == other.keys() and all(
            agree(one[k], other[k], size if of_all else size.get(k), relative=relative) for k in one
        )
    if isinstance(one, tuple) or isinstance(other, tuple):
        if not isinstance(one, tuple | list) or not isinstance(other, tuple | list) or len(one) != len(other):
            return False
        of_each = isinstance(size, tuple | list)
        sizes = size if of_each and len(size) == len(one) else (None if of_each else size,) * len(one)
        return all(agree(a, b, c, relative=relative) for a, b, c in zip(one, other, sizes, strict=True))
    return _arrays_agree(one, other, size, relative)


def _arrays_agree(one: Any, other: Any, size: Any, relative: float) -> bool:
    try:
        x, y = np.asarray(one), np.asarray(other)
    except NO_ARRAY:
        return False
    if x.shape != y.shape or (x.dtype.kind == "b") != (y.dtype.kind == "b"):
        return False
    if x.dtype.kind not in "biufc" or y.dtype.kind not in "biufc":
        return False
    return bool((x == y).all()) or _numbers_agree(x, y, size, relative)


def _numbers_agree(x: Any, y: Any, size: Any, relative: float) -> bool:
    with np.errstate(all="ignore"):
        kind = complex if "c" in x.dtype.kind + y.dtype.kind else float
        x, y = x.astype(kind, copy=False), y.astype(kind, copy=False)
        finite = np.isfinite(x)
        if not np.array_equal(finite, np.isfinite(y)):
            return False
        if not finite.all():
            x, y = x[finite], y[finite]
        largest_of_both = max(largest(np.abs(x)), largest(np.abs(y)), TINY)
        whole, _ = as_real(size)
        rounding = 0.0 if whole is None else _ROUNDING * largest(whole)
        within = max(relative * largest_of_both, rounding)
        return float(np.abs(x - y).max(initial=0.0)) <= within
