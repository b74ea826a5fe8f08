"""The ways to compare an answer with what is expected: one registry, an author's own rules included."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from autograder.questions.author_rule import Rule, accept_by_rule, judge_by_rule
from autograder.questions.case_score import CaseScore, Tolerance
from autograder.questions.comparand import Comparand
from autograder.questions.compare import compare_exactly, compare_values
from autograder.questions.invariance import compare_rows, compare_spans, compare_up_to_sign


@dataclass(frozen=True, slots=True)
class Comparison:
    """One way to compare."""

    name: str
    """What an author writes as `compare=`; an author's own rule has a name in brackets."""
    compare: Callable[[Comparand], CaseScore]
    rule: Rule | None = None
    """The author's own."""

    @property
    def own(self) -> bool:
        """Whether it is a rule of the author's own."""
        return self.name not in COMPARISONS


def compare_by(function: Callable[[Any, Any, Any, Tolerance], CaseScore]) -> Callable[[Comparand], CaseScore]:
    """A comparison by a function of `(answer, reference, scale, tolerance)`."""
    return lambda one: function(one.answer.value, one.expected.value, one.scale, one.tolerance)


COMPARISONS = {
    comparison.name: comparison
    for comparison in (
        Comparison(
            "values",
            lambda one: compare_values(
                one.answer.value, one.expected.value, one.scale, one.tolerance, parts=one.parts
            ),
        ),
        Comparison(
            "exact", lambda one: compare_exactly(one.answer.value, one.expected.value, parts=one.parts)
        ),
        Comparison("trajectory", compare_by(compare_rows)),
        Comparison("up to sign", compare_by(compare_up_to_sign)),
        Comparison("same span", compare_by(compare_spans)),
    )
}
"""By the name that authors write."""


def comparison_of(compare: str | Rule) -> Comparison:
    """The comparison an author asks for, by name or as a rule of their own.

    Raises:
        ValueError: there is none of that name.
    """
    if not isinstance(compare, str):
        return Comparison("(own)", partial(judge_by_rule, compare), compare)
    if compare not in COMPARISONS:
        raise ValueError(f"compare={compare!r}: must be a function or one of {', '.join(COMPARISONS)}")
    return COMPARISONS[compare]


def acceptance_by(rule: Rule) -> Comparison:
    """The comparison by a rule that accepts several answers."""
    return Comparison("(accepts)", partial(accept_by_rule, rule), rule)
