"""Proving an assignment before it is released: every claim its author makes is tried out.

The reference and every alternate earn everything, the stub and thoughtless answers next to nothing, every
mistake is caught and told apart from every other, every small edit of the reference is caught or declared to
be right as well, the notebook's examples hold, both sides have the same questions, signatures and points,
and what is released holds no hidden line and no formula that a report cannot draw.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from autograder.check.claims import Claim, ClaimKind, TriedClaim, list_claims, prove
from autograder.check.pairs import must_pair
from autograder.check.subject import AssignmentUnderTest
from autograder.errors import Flaw
from autograder.notebook.assignment import AssignmentText
from autograder.questions.solutions import Prepared, Solutions

__all__ = ["CheckReport", "QuestionCounts", "add_up", "check", "check_subject", "must_pair"]


@dataclass(frozen=True, slots=True)
class QuestionCounts:
    """How much was tried of one question, or of all together."""

    question: str
    points: Fraction
    cases: int = 0
    alternates: int = 0
    accepted: int = 0
    """Alternates that earn what they should."""
    mistakes: int = 0
    caught: int = 0
    """Mistakes that are caught and told apart."""
    mutants: int = 0
    equivalent: int = 0
    """Mutants that survive and are declared to be right."""
    surviving: int = 0
    """Mutants that survive and are not."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found: flaws, none where the assignment may be released, and how much was tried."""

    flaws: tuple[Flaw, ...]
    counts: tuple[QuestionCounts, ...]
    seconds: float = 0.0


def check(
    text: AssignmentText,
    solutions: Solutions,
    others: Sequence[Solutions] = (),
    *,
    notebook: str,
    module: str,
) -> CheckReport:
    """Check an assignment.

    Args:
        text: its notebook.
        solutions: its hidden side, with the cases students are judged on.
        others: the same with other draws of the cases, which must do as well.
        notebook: the name of the notebook's file, for the messages.
        module: the name of the module's file.
    """
    return check_subject(AssignmentUnderTest.of(text, solutions, others, notebook=notebook, module=module))


def check_subject(
    subject: AssignmentUnderTest, *, watch: Callable[[Claim], None] | None = None
) -> CheckReport:
    """Check an assignment that has been opened; `watch` is told of every claim before it is tried."""

    def watched() -> Iterator[Claim]:
        for claim in list_claims(subject):
            if watch is not None:
                watch(claim)
            yield claim

    tried = list(prove(watched()))
    return CheckReport(
        tuple(flaw for one in tried for flaw in one.proof.flaws),
        tuple(_count(prepared, tried) for prepared in subject.solutions.questions),
        sum(one.seconds for one in tried),
    )


def _count(prepared: Prepared, tried: Sequence[TriedClaim]) -> QuestionCounts:
    question = prepared.question
    own = [one for one in tried if one.claim.question == question.name]
    holding = Counter(one.claim.kind for one in own if not one.proof.flaws)
    mutation = next((one.proof.mutation for one in own if one.proof.mutation), None)
    alive = [mutant.edit.name for mutant in mutation.survivors] if mutation else []
    declared = sum(name in question.equivalents for name in alive)
    return QuestionCounts(
        question=question.name,
        points=question.points,
        cases=len(prepared.cases),
        alternates=len(question.alternates),
        accepted=holding[ClaimKind.ALTERNATE],
        mistakes=len(question.mistakes),
        caught=holding[ClaimKind.MISTAKE],
        mutants=mutation.tried if mutation else 0,
        equivalent=declared,
        surviving=len(alive) - declared,
        seconds=sum(one.seconds for one in own),
    )


def add_up(name: str, counts: Sequence[QuestionCounts]) -> QuestionCounts:
    """All counts as one."""
    return QuestionCounts(
        question=name,
        points=sum((each.points for each in counts), Fraction(0)),
        cases=sum(each.cases for each in counts),
        alternates=sum(each.alternates for each in counts),
        accepted=sum(each.accepted for each in counts),
        mistakes=sum(each.mistakes for each in counts),
        caught=sum(each.caught for each in counts),
        mutants=sum(each.mutants for each in counts),
        equivalent=sum(each.equivalent for each in counts),
        surviving=sum(each.surviving for each in counts),
        seconds=sum(each.seconds for each in counts),
    )
