"""Values that are right in another order: a pair is scored again with its values rearranged.

The question's own comparison or rule decides, so that it holds also where many answers are right. They are
worth what right numbers in another shape are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

from autograder.domain.answer import Ending
from autograder.domain.sentences import say
from autograder.errors import JudgingError
from autograder.questions.author_bounds import any_large, bound
from autograder.questions.case_score import NOTHING, WRONG_SHAPE, CaseScore, Finding
from autograder.questions.cases import Group
from autograder.questions.diagnose import find_worst
from autograder.questions.judged_case import JudgedCase, find_failing
from autograder.questions.parts import split
from autograder.questions.question import Question
from autograder.questions.score_case import score_case
from autograder.timeout import TimeIsUpError

_MOST_VALUES = 4
_SECONDS = 2.0


def credit_order(question: Question, judged: Sequence[JudgedCase]) -> tuple[JudgedCase, ...]:
    """The cases, scored anew where those of a group that earned least are all right in one other order."""
    anew = dict[JudgedCase, JudgedCase]()
    for group in Group:
        lost = find_failing(judged, group)
        worst = find_worst(lost) if lost else []
        if _is_in_another_order(question, worst):
            anew |= {one: replace(one, score=_score(question, one)) for one in worst}
    return tuple(anew.get(one, one) for one in judged)


def _score(question: Question, one: JudgedCase) -> CaseScore:
    """Half for each part; nothing where all of them can be guessed. An author's own reason comes first."""
    parts = split(WRONG_SHAPE, one.expected.value)
    reason, found = one.score.sentence, say("order.values")
    authors = one.score.finding is Finding.REASON and reason
    sentence = say("both", inner=reason, other=found) if authors else found
    credit = NOTHING if all(part.is_guessable for part in parts) else question.parts(parts)
    return CaseScore(max(one.score.credit, credit), Finding.ORDER, sentence, parts)


def _is_in_another_order(question: Question, judged: Sequence[JudgedCase]) -> bool:
    """Whether the values of every one of these failing cases are right in one other order.

    Where several are asked for: the entries of one array are none, however they were returned.
    """
    if not all(isinstance(one.expected.value, tuple | Mapping) for one in judged):
        return False
    lengths = {_count_values(one.answer.value) for one in judged if one.answer.ending is Ending.RETURNED}
    if len(lengths) != 1 or not all(one.answer.ending is Ending.RETURNED for one in judged):
        return False
    count = lengths.pop()
    if not 2 <= count <= _MOST_VALUES:
        return False
    large = any_large([one.answer for one in judged], [one.expected for one in judged])

    def is_right() -> bool:
        orders = list(permutations(range(count)))[1:]
        return any(all(_is_right_in(order, question, one) for one in judged) for order in orders)

    try:
        return bound(is_right, seconds=_SECONDS, large=large)
    except (TimeIsUpError, JudgingError):
        return False


def _is_right_in(order: Sequence[int], question: Question, one: JudgedCase) -> bool:
    answer = replace(one.answer, value=_rearrange(one.answer.value, order))
    return score_case(question, one.case, one.expected, None, answer).credit == 1


def _count_values(value: Any) -> int:
    """How many values a tuple holds, or the tuples of a dictionary; 0 where these are none."""
    if isinstance(value, Mapping):
        counts = {_count_values(part) for part in value.values()}
        return counts.pop() if len(counts) == 1 else 0
    return len(value) if isinstance(value, tuple | list) else 0


def _rearrange(value: Any, order: Sequence[int]) -> Any:
    if isinstance(value, Mapping):
        return {key: _rearrange(part, order) for key, part in value.items()}
    return type(value)(value[k] for k in order)
