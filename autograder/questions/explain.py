"""Why a mark is what it is: one sentence, and what to try next."""

from collections import Counter
from collections.abc import Sequence

from autograder.questions.case_score import Finding
from autograder.questions.cases import Group
from autograder.questions.diagnose import diagnose
from autograder.questions.judged_case import JudgedCase, changes_arguments, find_failing
from autograder.questions.observations import Diagnosis
from autograder.questions.question import Mistake
from autograder.questions.variable import speak_of_variable

IN_WORDS = {
    Group.CORE: "ordinary cases",
    Group.EDGE: "special cases (one dimension, one sample, zeros, singular matrices)",
    Group.DTYPE: "other kinds of numbers (integers, float32)",
    Group.MAGNITUDE: "very large or very small numbers",
    Group.KINK: "points without a derivative",
    Group.SPEED: "large input",
}
_FALLBACK = Diagnosis(
    "What your function returns is not what is asked for.",
    ("Work out the smallest case by hand (one dimension, then two) and compare it with what you return.",),
)


def explain(judged: Sequence[JudgedCase], mistake: Mistake | None, *, variable: bool = False) -> Diagnosis:
    """The recognised mistake's first sentence, or what was seen of the first group that lost something.

    `variable` tells whether a variable was asked for, not a function.
    """
    if mistake:
        return Diagnosis(first_sentence(mistake.hint))
    found = _explain_cases(judged)
    if not variable:
        return found
    return Diagnosis(speak_of_variable(found.sentence), tuple(map(speak_of_variable, found.advice)))


def _explain_cases(judged: Sequence[JudgedCase]) -> Diagnosis:
    for group in Group:
        lost = find_failing(judged, group)
        if lost:
            return _explain_group(group, lost, sum(one.case.group is group for one in judged))
    if changes_arguments(judged):
        return Diagnosis("All values are right, but your function changes its arguments.", _COPY)
    return Diagnosis("Everything that was asked of it is right.")


_COPY = ("Work on a copy: `w = w.copy()`, and `w = w - step` in place of `w -= step`.",)


def _explain_group(group: Group, lost: Sequence[JudgedCase], asked: int) -> Diagnosis:
    found = diagnose(lost) or _fallback(lost)
    sentence = found.sentence
    if group is Group.CORE:
        sentence += " This concerns only some of the ordinary cases." if len(lost) < asked else ""
    elif lost[0].score.finding is not Finding.SLOW:
        sentence = f"Right on ordinary cases; not on {IN_WORDS[group]}. {sentence}"
    limit = next(
        (one.answer.limit for one in lost if one.answer.limit and one.score.sentence in sentence), ""
    )
    return Diagnosis(f"{sentence} The limit is {limit}." if limit else sentence, found.advice)


def _fallback(lost: Sequence[JudgedCase]) -> Diagnosis:
    """What is said of cases that failed in several ways: that one did not end, or the most frequent."""
    least = min(one.score.credit for one in lost)
    worst = [one.score for one in lost if one.score.credit == least]
    ended = [score for score in worst if score.finding is Finding.ENDED]
    said = Counter(score.sentence for score in ended or worst if score.sentence)
    [(sentence, _)] = said.most_common(1) or [(_FALLBACK.sentence, 0)]
    return Diagnosis(sentence, _FALLBACK.advice)


def first_sentence(hint: str) -> str:
    """A hint up to its first full stop."""
    head, stop, _ = hint.replace("\n", " ").partition(". ")
    return head + "." if stop else head


def rest(hint: str) -> str:
    """What follows the first full stop of a hint."""
    return hint.replace("\n", " ").partition(". ")[2]
