"""Why a mark is what it is: one sentence, and what to try next."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from autograder.domain.sentences import authored, of_variable, say, sentences_in
from autograder.questions.case_score import Finding
from autograder.questions.cases import Group
from autograder.questions.diagnose import diagnose, diagnose_first_part, find_worst
from autograder.questions.judged_case import JudgedCase, changes_arguments, find_failing
from autograder.questions.observations import Diagnosis
from autograder.questions.question import Mistake, Question
from autograder.questions.sizes import name_shapes, read_sizes
from autograder.questions.slips import find_slip
from autograder.questions.tendencies import find_tendency, find_where_right

_BY_VALUE = frozenset({"values", "exact", "trajectory", "up to sign"})
"""Comparisons that ask for the numbers of the reference."""
_FALLBACK = Diagnosis(say("not_asked"), (say("try.by_hand"),))
_ADVICE_OF_GROUP = {Group.DTYPE: say("try.kinds"), Group.MAGNITUDE: say("try.sizes")}
"""In place of small cases, which are right there."""
_OF_SMALL_CASES = (say("try.by_hand"), say("try.call"))


def explain(
    judged: Sequence[JudgedCase],
    mistake: Mistake | None,
    *,
    question: Question | None = None,
    stub: str = "",
) -> Diagnosis:
    """The recognised mistake's first sentence, or what was seen of the first group that lost something.

    Args:
        judged: every case that was asked.
        mistake: the one that was recognised.
        question: what was asked; without it, less is seen.
        stub: as released.
    """
    if mistake:
        return Diagnosis(authored(first_sentence(mistake.hint)))
    found = _explain_cases(judged, question, stub)
    if question is None or not question.variable:
        return found
    return Diagnosis(of_variable(found.sentence), tuple(map(of_variable, found.advice)))


def _explain_cases(judged: Sequence[JudgedCase], question: Question | None, stub: str) -> Diagnosis:
    for group in Group:
        lost = find_failing(judged, group)
        if lost:
            asked = sum(one.case.group is group for one in judged)
            found = _name_sizes(_see(lost, judged, question), lost, question, stub)
            return _say_where(found, group, lost, asked)
    if changes_arguments(judged):
        return Diagnosis(say("changes_arguments"), (say("try.copy"),))
    return Diagnosis(say("right"))


def _see(lost: Sequence[JudgedCase], judged: Sequence[JudgedCase], question: Question | None) -> Diagnosis:
    """What is seen of the failing cases of a group, among all cases."""
    signs = question is not None and question.comparison.name == "up to sign"
    found = diagnose(lost, free_signs=signs)
    if question is not None and (found is None or found.sentence.key.startswith("rows.")):
        found = find_slip(question, find_worst(lost)) or found
    found = found or _fallback(lost)
    if found.sentence.key == "returned_none" and any(one.expected.value is None for one in judged):
        return Diagnosis(say("returned_none.too_often"), _FALLBACK.advice)
    if not any(one.key in ("not_asked", "part_not_asked") for one in sentences_in(found.sentence)):
        return found
    if question is not None and question.comparison.name not in _BY_VALUE:
        return found  # other values than the reference's may be right
    if question is not None and (where := find_where_right(question, judged)) is not None:
        return where
    if question is not None and question.variable:
        return found  # who reads of its one value that it is too large finds it by halving
    look, worst = partial(find_tendency, free_signs=signs), find_worst(lost)
    return look(worst) or diagnose_first_part(worst, look) or found


def _name_sizes(
    found: Diagnosis, lost: Sequence[JudgedCase], question: Question | None, stub: str
) -> Diagnosis:
    """The diagnosis with lengths in the statement's letters."""
    about = [one for one in lost if one.score.sentence == found.sentence]
    if question is None or not about:
        return found
    return replace(found, sentence=name_shapes(found.sentence, about, read_sizes(question, stub)))


def _say_where(found: Diagnosis, group: Group, lost: Sequence[JudgedCase], asked: int) -> Diagnosis:
    """The diagnosis with the group it is about, and with the limit that was exceeded."""
    sentence = found.sentence
    if group is Group.CORE:
        sentence = say("some_cases", inner=sentence) if len(lost) < asked else sentence
    elif lost[0].score.finding is not Finding.SLOW:
        sentence = say("in_group", group=say(f"group.{group}"), inner=sentence)
    advice = tuple(
        _ADVICE_OF_GROUP.get(group, one) if one in _OF_SMALL_CASES else one for one in found.advice
    )
    said = {found.sentence, *sentences_in(found.sentence)}
    limit = next((one.answer.limit for one in lost if one.answer.limit and one.score.sentence in said), None)
    return Diagnosis(say("limit", inner=sentence, limit=limit.sentence) if limit else sentence, advice)


def _fallback(lost: Sequence[JudgedCase]) -> Diagnosis:
    """What is said of cases that failed in several ways: that one did not end, or the most frequent."""
    least = min(one.score.credit for one in lost)
    worst = [one.score for one in lost if one.score.credit == least]
    ended = [score for score in worst if score.finding is Finding.ENDED]
    said = Counter(score.sentence for score in ended or worst if score.sentence)
    if len(said) > 1 and all(sentence.key.startswith("rows.") for sentence in said):
        return Diagnosis(say("rows.some"), _FALLBACK.advice)
    [(sentence, _)] = said.most_common(1) or [(_FALLBACK.sentence, 0)]
    told = next((score for score in worst if score.sentence == sentence), None)
    raised = told is not None and told.finding is Finding.RAISED
    return Diagnosis(sentence, (say("try.call"),) if raised else _FALLBACK.advice)


def first_sentence(hint: str) -> str:
    """A hint up to its first full stop."""
    head, stop, _ = hint.replace("\n", " ").partition(". ")
    return head + "." if stop else head


def rest(hint: str) -> str:
    """What follows the first full stop of a hint."""
    return hint.replace("\n", " ").partition(". ")[2]
