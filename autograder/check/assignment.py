"""Proving an assignment before it is released: every claim its author makes is tried out.

The reference and every alternate earn everything, the stub and thoughtless answers next to nothing, every
mistake is caught and told apart from every other, every small edit of the reference is caught or declared to
be right as well, the notebook's examples hold, both sides have the same questions, signatures and points,
and what is released holds no hidden line and no formula that a report cannot draw.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from autograder.check.claims import Claim, Kind, Proven, claims_of, prove
from autograder.check.pairs import must_pair
from autograder.check.subject import Subject
from autograder.errors import Flaw
from autograder.notebook.assignment import AssignmentText
from autograder.questions.solutions import Prepared, Solutions

__all__ = ["Checked", "Tally", "check", "check_subject", "must_pair", "summed"]


@dataclass(frozen=True, slots=True)
class Tally:
    """What was tried of one question, or of all together."""

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
class Checked:
    """What a check found: flaws, none of them where the assignment may be released, and what was tried."""

    flaws: tuple[Flaw, ...]
    tallies: tuple[Tally, ...]
    seconds: float = 0.0


def check(
    text: AssignmentText,
    solutions: Solutions,
    others: Sequence[Solutions] = (),
    *,
    notebook: str,
    module: str,
) -> Checked:
    """Check an assignment.

    Args:
        text: its notebook.
        solutions: its hidden side, with the cases students are judged on.
        others: the same with other draws of the cases, which must do as well.
        notebook: the name of the notebook's file, for the messages.
        module: the name of the module's file.
    """
    return check_subject(Subject.of(text, solutions, others, notebook=notebook, module=module))


def check_subject(subject: Subject, *, watch: Callable[[Claim], None] | None = None) -> Checked:
    """Check an assignment that has been opened; `watch` is told of every claim before it is tried."""

    def watched() -> Iterator[Claim]:
        for claim in claims_of(subject):
            if watch is not None:
                watch(claim)
            yield claim

    proven = list(prove(watched()))
    return Checked(
        tuple(flaw for one in proven for flaw in one.proof.flaws),
        tuple(_tally(prepared, proven) for prepared in subject.solutions.questions),
        sum(one.seconds for one in proven),
    )


def _tally(prepared: Prepared, proven: Sequence[Proven]) -> Tally:
    question = prepared.question
    own = [one for one in proven if one.claim.question == question.name]
    mutation = next((one.proof.mutation for one in own if one.proof.mutation), None)
    alive = [mutant.edit.name for mutant in mutation.survivors] if mutation else []
    declared = sum(name in question.equivalents for name in alive)
    return Tally(
        question=question.name,
        points=question.points,
        cases=len(prepared.cases),
        alternates=len(question.alternates),
        accepted=_holding(own, Kind.ALTERNATE),
        mistakes=len(question.mistakes),
        caught=_holding(own, Kind.MISTAKE),
        mutants=mutation.tried if mutation else 0,
        equivalent=declared,
        surviving=len(alive) - declared,
        seconds=sum(one.seconds for one in own),
    )


def _holding(proven: Sequence[Proven], kind: Kind) -> int:
    """How many claims of a kind hold."""
    return sum(one.claim.kind is kind and not one.proof.flaws for one in proven)


def summed(name: str, tallies: Sequence[Tally]) -> Tally:
    """All tallies as one."""
    return Tally(
        question=name,
        points=sum((tally.points for tally in tallies), Fraction(0)),
        cases=sum(tally.cases for tally in tallies),
        alternates=sum(tally.alternates for tally in tallies),
        accepted=sum(tally.accepted for tally in tallies),
        mistakes=sum(tally.mistakes for tally in tallies),
        caught=sum(tally.caught for tally in tallies),
        mutants=sum(tally.mutants for tally in tallies),
        equivalent=sum(tally.equivalent for tally in tallies),
        surviving=sum(tally.surviving for tally in tallies),
        seconds=sum(tally.seconds for tally in tallies),
    )
