"""All that an author claims of an assignment, as a list of claims that are proven one by one."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from autograder.check.answers import (
    check_alternate,
    check_examples,
    check_mistake,
    check_reference,
    check_stub,
    check_thoughtless_answers,
)
from autograder.check.hostile import check_rules
from autograder.check.limits import check_limit
from autograder.check.mutants import Mutation, mutate, survives
from autograder.check.novelty import check_novelty
from autograder.check.pairs import check_pairs, check_points, check_written_parts
from autograder.check.public import check_hidden_lines, check_hints, check_statements
from autograder.check.subject import AssignmentUnderTest, pair_questions
from autograder.errors import Flaw
from autograder.questions.question import Question


class ClaimKind(StrEnum):
    """What a claim is about."""

    PAIRS = "both sides ask the same"
    POINTS = "points add up"
    FORMULAS = "formulas can be drawn"
    STUB = "the stub is one"
    EXAMPLES = "examples hold"
    HIDDEN = "nothing is given away"
    HINTS = "hints help and hide"
    LIMIT = "the limit of time is stated"
    NOVELTY = "speed is asked on what is new"
    REFERENCE = "the reference earns everything"
    ALTERNATE = "earns what is declared"
    MISTAKE = "is caught and told apart"
    THOUGHTLESS = "thoughtless answers earn little"
    RULES = "rules bear any answer"
    MUTANTS = "small edits are caught"


@dataclass(frozen=True, slots=True)
class Proof:
    """What trying a claim showed; it holds where there is no flaw."""

    flaws: tuple[Flaw, ...]
    mutation: Mutation | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """Something that must hold; `about` names the alternate or the mistake, where it is about one."""

    kind: ClaimKind
    question: str
    about: str
    prove: Callable[[], Proof]

    @property
    def sentence(self) -> str:
        """The claim in words."""
        return f"{self.about} {self.kind}" if self.about else str(self.kind)


@dataclass(frozen=True, slots=True, eq=False)
class TriedClaim:
    """A claim that was tried."""

    claim: Claim
    proof: Proof
    seconds: float


def prove(claims: Iterable[Claim]) -> Iterator[TriedClaim]:
    """Try claims, one after the other."""
    for claim in claims:
        began = time.perf_counter()
        proof = claim.prove()
        yield TriedClaim(claim, proof, time.perf_counter() - began)


def list_claims(subject: AssignmentUnderTest) -> Iterator[Claim]:
    """Every claim: first those of the whole assignment, then question by question."""
    yield _make_claim(ClaimKind.PAIRS, lambda: (*check_pairs(subject), *check_written_parts(subject)))
    yield _make_claim(ClaimKind.POINTS, partial(check_points, subject))
    yield _make_claim(ClaimKind.FORMULAS, partial(check_statements, subject))
    for statement, prepared in pair_questions(subject):
        question = prepared.question
        name = question.name
        yield _make_claim(ClaimKind.STUB, partial(check_stub, subject, statement, prepared), name)
        yield _make_claim(ClaimKind.HIDDEN, partial(check_hidden_lines, subject, question), name)
        yield _make_claim(ClaimKind.HINTS, partial(check_hints, subject, question), name)
        wrong = list[Flaw]()
        yield _make_claim(ClaimKind.REFERENCE, partial(_check_reference, subject, question, wrong), name)
        if wrong:  # where claims are tried one by one, nothing is said of what only follows from it
            continue
        yield _make_claim(ClaimKind.EXAMPLES, partial(check_examples, subject, statement), name)
        yield _make_claim(ClaimKind.LIMIT, partial(check_limit, subject, statement, prepared), name)
        if any(case.pace for case in prepared.cases):
            yield _make_claim(ClaimKind.NOVELTY, partial(check_novelty, subject, prepared), name)
        for alternate in question.alternates:
            prove = partial(check_alternate, subject, question, alternate)
            yield _make_claim(ClaimKind.ALTERNATE, prove, name, f"alternate {alternate.name}")
        for mistake in question.mistakes:
            prove = partial(check_mistake, subject, question, mistake)
            yield _make_claim(ClaimKind.MISTAKE, prove, name, f"mistake {mistake.name}")
        yield _make_claim(ClaimKind.THOUGHTLESS, partial(check_thoughtless_answers, subject, question), name)
        if question.own_rules:
            yield _make_claim(ClaimKind.RULES, partial(check_rules, subject, question), name)
        if not question.variable:  # a value has no code to edit
            yield Claim(ClaimKind.MUTANTS, name, "", partial(_prove_mutants, subject, question))


def _check_reference(subject: AssignmentUnderTest, question: Question, wrong: list[Flaw]) -> list[Flaw]:
    """What is wrong with a reference, kept in `wrong`."""
    wrong[:] = check_reference(subject, question)
    return wrong


def _make_claim(
    kind: ClaimKind, flaws: Callable[[], Iterable[Flaw]], question: str = "", about: str = ""
) -> Claim:
    return Claim(kind, question, about, lambda: Proof(tuple(flaws())))


def _prove_mutants(subject: AssignmentUnderTest, question: Question) -> Proof:
    """Small edits of a reference lose marks: every survivor is declared, and whatever is declared is an edit.

    What is declared may be caught: whether a search ends in time that an edit slows depends on the draw.
    """
    mutation = mutate(subject.draws[0].question(question.name))
    flaws, declared = list[Flaw](), question.equivalents
    alive = {mutant.edit.name: mutant for mutant in mutation.survivors}
    for name, mutant in alive.items():
        if name not in declared:
            lucky = not all(survives(draw.question(question.name), mutant) for draw in subject.draws[1:])
            what = "a small edit earns everything" + (" in this draw of the cases" if lucky else "")
            allowed = f'add a case, or {question.name}.equivalent("{name}", because="...")'
            flaws.append(
                Flaw(f"{subject.place(mutant.file, mutant.edit.line)}: {question.name}", what, allowed)
            )
    for name in declared.keys() - mutation.known:
        what = f"declares `{name}`, which is no edit of the reference"
        where = f"{subject.place(*question.declared_at[name])}: {question.name}"
        flaws.append(Flaw(where, what, "copy it from `check`"))
    return Proof(tuple(flaws), mutation)
