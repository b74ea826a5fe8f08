"""Making the print of a wrong answer, by which stats finds who answers alike."""
# Made of every wrong answer while it is graded: the weights are drawn once for each length, and an answer
# that is a known mistake is told by its name alone.

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.domain.answer import Answer, Ending, Opaque
from autograder.domain.answer_print import AnswerPrint, CasePrint, NumbersPrint, ValuePrint
from autograder.questions.compare import NO_ARRAY
from autograder.questions.diagnose import diagnose_values
from autograder.questions.judged_case import JudgedCase
from autograder.questions.recognise import is_telling
from autograder.questions.solutions import Prepared

_FEW = 4
"""Arrays of so many entries are kept as they are."""
_SUMS, _BLOCK = 3, 1024
_MOST_PARTS = 32
"""Of a list of more, the parts are not looked at one by one."""
_NONE, _OTHER = ValuePrint("none"), ValuePrint("other")


def print_answers(prepared: Prepared, judged: Sequence[JudgedCase], mistake: str) -> AnswerPrint | None:
    """The print of how a question was answered; None where every ordinary case earns everything.

    `mistake` is the declared mistake that all of it is, or empty.
    """
    name, ordinary = prepared.question.name, judged[: prepared.ordinary]
    if mistake:
        return AnswerPrint(name, mistake)
    if all(one.score.credit == 1 and not one.answer.changed for one in ordinary):
        return None
    cases = print_cases([one.answer for one in ordinary])
    if not prepared.question.comparison.own:
        return AnswerPrint(name, cases=cases)
    symptoms, looks = print_symptoms(ordinary)
    return AnswerPrint(name, cases=cases, symptoms=symptoms, looks=looks)


def print_cases(answers: Sequence[Answer]) -> tuple[CasePrint, ...]:
    """The print of every answer."""
    with np.errstate(all="ignore"):
        return tuple(map(_print_case, answers))


def print_symptoms(judged: Sequence[JudgedCase]) -> tuple[str, str]:
    """How the cases went, and what is seen of the numbers, both as digests; empty where it tells nothing.

    A mistake is known by its symptoms where cases differ and one has a reason of the author's or is None.
    """
    scores = [one.score for one in judged]
    if not is_telling(scores):
        return "", ""
    changed = any(one.answer.changed for one in judged)
    seen = diagnose_values([one for one in judged if one.score.credit < 1])
    told = [(s.credit, s.finding, s.sentence, [p.credit for p in s.parts]) for s in scores]
    return _digest(repr((told, changed))), "" if seen is None else _digest(repr(seen))


def _print_case(answer: Answer) -> CasePrint:
    changed = bool(answer.changed)
    if answer.ending is not Ending.RETURNED:
        return CasePrint(str(answer.ending), answer.exception, changed)
    return CasePrint("returned", "", changed, _print_value(answer.value))


def _print_value(value: Any) -> ValuePrint:
    if value is None:
        return _NONE
    if isinstance(value, str | Opaque):
        return ValuePrint("word", _digest(repr((type(value).__name__, value))))
    if isinstance(value, Mapping):
        keys = sorted(value, key=repr)
        return ValuePrint(
            "entries", _digest(repr(keys)), parts=tuple(_print_value(value[key]) for key in keys)
        )
    if isinstance(value, tuple):
        return ValuePrint("tuple", parts=tuple(map(_print_value, value)))
    numbers = _print_numbers(value)
    if isinstance(value, list):
        parts = tuple(map(_print_value, value)) if len(value) <= _MOST_PARTS else ()
        return ValuePrint("list", numbers=numbers, parts=parts)
    return _OTHER if numbers is None else ValuePrint("numbers", numbers=numbers)


def _print_numbers(value: Any) -> NumbersPrint | None:
    try:
        array = np.asarray(value)
    except NO_ARRAY:
        return None
    kind = array.dtype.kind
    if kind not in "biufc":
        return None
    flat = array.ravel()
    entries = np.concatenate((flat.real, flat.imag)) if kind == "c" else flat.astype(float, copy=False)
    size = float(np.abs(entries).max(initial=0.0))
    finite = ""
    if not size < np.inf:
        mask = np.isfinite(flat)
        finite = blake2b(np.packbits(mask).tobytes(), digest_size=8).hexdigest()
        entries = np.where(np.isfinite(entries), entries, 0.0)
        size = float(np.abs(entries).max(initial=0.0))
    return NumbersPrint(array.shape, kind == "b", finite, size, _sums(entries, complex_=kind == "c"))


def _sums(entries: NDArray[np.float64], *, complex_: bool) -> tuple[float, ...]:
    """The entries, or sums of them: of the real parts first, then of the imaginary ones."""
    if complex_:
        real, imaginary = np.split(entries, 2)
        return (*_sums(real, complex_=False), *_sums(imaginary, complex_=False))
    if len(entries) <= _FEW:
        return tuple(entries.tolist())
    if len(entries) <= _BLOCK:
        return tuple((_weights(len(entries)) @ entries).tolist())
    # No weights as long as any array: rows of one length have them in common, and each row one of its own.
    rows = np.pad(entries, (0, -len(entries) % _BLOCK)).reshape(-1, _BLOCK)
    return tuple((np.cos(np.arange(len(rows))) @ rows @ _weights(_BLOCK).T).tolist())


@lru_cache(maxsize=64)
def _weights(length: int) -> NDArray[np.float64]:
    """Fixed weights between -1 and 1, the same in every run."""
    return np.random.default_rng(length).uniform(-1.0, 1.0, (_SUMS, length))


def _digest(text: str) -> str:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=8).hexdigest()
