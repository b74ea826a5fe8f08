"""Values that are right in another order: a pair is scored again with its values rearranged.

The question's own comparison or rule decides, so that it holds also where many answers are right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

from autograder.domain.answer import Ending
from autograder.domain.sentences import say
from autograder.errors import JudgingError
from autograder.questions.author_bounds import any_large, bound
from autograder.questions.case_score import Finding
from autograder.questions.judged_case import JudgedCase
from autograder.questions.observations import Diagnosis
from autograder.questions.question import Question
from autograder.questions.score_case import score_case
from autograder.timeout import TimeIsUpError

_MOST_VALUES = 4
_SECONDS = 2.0


def find_order(question: Question, judged: Sequence[JudgedCase]) -> Diagnosis | None:
    """That the values of every one of these failing cases are right in one other order, or None."""
    lengths = {_count_values(one.answer.value) for one in judged if one.answer.ending is Ending.RETURNED}
    if len(lengths) != 1 or not all(one.answer.ending is Ending.RETURNED for one in judged):
        return None
    count = lengths.pop()
    if not 2 <= count <= _MOST_VALUES:
        return None
    large = any_large([one.answer for one in judged], [one.expected for one in judged])
    for order in list(permutations(range(count)))[1:]:

        def is_right(order: Sequence[int] = order) -> bool:
            return all(_is_right_in(order, question, one) for one in judged)

        try:
            right = bound(is_right, seconds=_SECONDS, large=large)
        except (TimeIsUpError, JudgingError):
            return None
        if right:
            reason, found = judged[0].score.sentence, say("order.values")
            authors = all(one.score.finding is Finding.REASON for one in judged) and reason
            return Diagnosis(say("both", inner=reason, other=found) if authors else found, (_ADVICE,))
    return None


_ADVICE = say("try.order")


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
