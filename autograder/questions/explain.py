"""Why a mark is what it is: one sentence, and what to try next."""

from collections import Counter
from collections.abc import Sequence

from autograder.domain.sentences import authored, of_variable, say, sentences_in
from autograder.questions.case_score import Finding
from autograder.questions.cases import Group
from autograder.questions.diagnose import diagnose
from autograder.questions.judged_case import JudgedCase, changes_arguments, find_failing
from autograder.questions.observations import Diagnosis
from autograder.questions.question import Mistake

_FALLBACK = Diagnosis(say("not_asked"), (say("try.by_hand"),))


def explain(judged: Sequence[JudgedCase], mistake: Mistake | None, *, variable: bool = False) -> Diagnosis:
    """The recognised mistake's first sentence, or what was seen of the first group that lost something.

    `variable` tells whether a variable was asked for, not a function.
    """
    if mistake:
        return Diagnosis(authored(first_sentence(mistake.hint)))
    found = _explain_cases(judged)
    if not variable:
        return found
    return Diagnosis(of_variable(found.sentence), tuple(map(of_variable, found.advice)))


def _explain_cases(judged: Sequence[JudgedCase]) -> Diagnosis:
    for group in Group:
        lost = find_failing(judged, group)
        if lost:
            return _explain_group(group, lost, sum(one.case.group is group for one in judged))
    if changes_arguments(judged):
        return Diagnosis(say("changes_arguments"), (say("try.copy"),))
    return Diagnosis(say("right"))


def _explain_group(group: Group, lost: Sequence[JudgedCase], asked: int) -> Diagnosis:
    found = diagnose(lost) or _fallback(lost)
    sentence = found.sentence
    if group is Group.CORE:
        sentence = say("some_cases", inner=sentence) if len(lost) < asked else sentence
    elif lost[0].score.finding is not Finding.SLOW:
        sentence = say("in_group", group=say(f"group.{group}"), inner=sentence)
    said = set(sentences_in(sentence))
    limit = next((one.answer.limit for one in lost if one.answer.limit and one.score.sentence in said), "")
    return Diagnosis(say("limit", inner=sentence, limit=limit) if limit else sentence, found.advice)


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
