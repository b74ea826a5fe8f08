"""Points that lateness takes, as another tool is told of them: what people decided is no lateness."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from autograder.domain.events import MarkedFile, Override, OverrideKind, QuestionMark
from autograder.domain.grade import grade_of
from autograder.domain.policy import LatePolicy, Policy, WorkGroup, WorkPolicy
from autograder.domain.receipt import Receipt
from autograder.domain.report import Isolation, Outcome, Report, Verdict
from autograder.domain.sentences import say
from autograder.domain.submission import ReceivedBy
from autograder.publishing.counting import counted_reports, find_works

DUE = datetime(2026, 11, 1, 12, tzinfo=UTC)
NOW = DUE + timedelta(days=9)
POINTS = Fraction(10)


@pytest.mark.parametrize(
    ("late", "days", "decided", "penalty", "note"),
    [
        (LatePolicy(Fraction(1, 10)), 0, None, 0, ""),
        (LatePolicy(Fraction(1, 10)), 2, None, 2, ""),
        (LatePolicy(Fraction(1, 10)), 2, Fraction(10), 2, "counts 8 of 10 points here"),
        (LatePolicy(Fraction(1, 10)), 2, Fraction(5), 2, "counts 3 of 10 points here"),
        (LatePolicy(Fraction(1)), 2, None, 9, ""),
        (LatePolicy(Fraction(1, 10), until=1), 2, None, 9, ""),
        (LatePolicy(Fraction(1, 10), until=1), 2, Fraction(5), 9, ""),
    ],
)
def test_only_lateness_is_a_late_penalty(
    late: LatePolicy, days: int, decided: Fraction | None, penalty: int, note: str
) -> None:
    """A decision on a question, one that was read from formgrader too, neither adds to it nor hides it."""
    received = DUE + timedelta(days=days)
    verdict = Verdict("q", POINTS, Outcome.WRONG, Fraction(9, 10), say("tests.partial"))
    report = Report(
        Receipt("ada", "hw", "0" * 64, "hw.ipynb", received, ReceivedBy.SERVER),
        "r",
        (verdict,),
        Isolation(3),
        received,
    )
    file = MarkedFile("hw", 1, received, (QuestionMark("q", POINTS, Fraction(9)),), "0" * 64)
    happened: list[Any] = [file]
    if decided is not None:
        happened.append(Override(1, "hw", OverrideKind.MARK, decided / POINTS, "q", "seen again"))
    policy = Policy(
        works=(WorkPolicy("hw", group="all", deadline=DUE, late=late),), groups=(WorkGroup("all"),)
    )

    class Store:
        def latest_reports(self, _name: str) -> list[Report]:
            return [report]

    works = find_works({"ada": grade_of(policy, happened, NOW)}, "hw")
    [counted] = counted_reports("hw", works, Store())  # type: ignore[arg-type]
    assert (counted.penalty, counted.note.partition(" (")[0]) == (penalty, note)
