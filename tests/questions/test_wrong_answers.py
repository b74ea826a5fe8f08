"""Of more than a hundred wrong answers, few are told only that they are not what is asked for."""

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from wrong_answers import WRONG

from autograder.domain.course import Limits
from autograder.domain.report import Outcome, Verdict
from autograder.domain.sentences import sentences_in
from autograder.questions.in_process import InProcessCode
from autograder.questions.judge import judge
from autograder.questions.solutions import Solutions, prepare

ROOT = Path(__file__).parents[2]
FALLBACK = {"not_asked", "part_not_asked"}


@cache
def solutions(assignment: str) -> Solutions:
    return prepare(assignment, ROOT / f"solutions/{assignment}.py", secret=b"wrong answers", limits=Limits())


def judged(assignment: str, sources: list[str]) -> Iterator[tuple[str, Verdict]]:
    """The verdict on each of these answers."""
    prepared = {each.question.name: each for each in solutions(assignment).questions}
    for source in sources:
        name = source[len("def ") : source.index("(")]
        namespace = {"np": np}
        exec(source, namespace)
        code = InProcessCode({name: namespace[name]}, source=source)
        yield source, judge(prepared[name], code, seconds=60.0, earlier={}, stub="")


def answers(assignment: str) -> list[str]:
    return [line for line in WRONG[assignment].splitlines() if line]


def is_fallback(verdict: Verdict) -> bool:
    """Whether nothing was seen: no known mistake, no observation."""
    return any(sentence.key in FALLBACK for sentence in sentences_in(verdict.sentence))


def count_fallbacks(assignment: str, sources: list[str]) -> tuple[int, list[str]]:
    seen, unseen = 0, []
    for source, verdict in judged(assignment, sources):
        assert verdict.outcome not in (Outcome.RIGHT, Outcome.UNJUDGED), source
        seen += 1
        if is_fallback(verdict):
            unseen.append(source)
    return seen, unseen


def test_there_are_more_than_a_hundred() -> None:
    assert sum(len(answers(assignment)) for assignment in WRONG) > 100


def test_few_wrong_answers_to_homework_1_are_told_nothing() -> None:
    """Every day a dozen, another dozen for another version of the list."""
    some = random.Random(len(WRONG["gradients"])).sample(answers("gradients"), 12)
    _, unseen = count_fallbacks("gradients", some)
    assert len(unseen) <= 2, unseen


@pytest.mark.soak
def test_fewer_than_one_in_ten_wrong_answers_are_told_nothing() -> None:
    counts = [count_fallbacks(assignment, answers(assignment)) for assignment in WRONG]
    unseen = [source for _, sources in counts for source in sources]
    assert 10 * len(unseen) < sum(count for count, _ in counts), unseen
