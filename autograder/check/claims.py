"""All that an author claims of an assignment, as a list of claims that are proven one by one."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from autograder.check.answers import (
    alternate_flaws,
    example_flaws,
    mistake_flaws,
    reference_flaws,
    stub_flaws,
    thoughtless_flaws,
)
from autograder.check.mutants import Mutation, mutate, survives
from autograder.check.pairs import pair_flaws, total_flaws, written_flaws
from autograder.check.public import hidden_line_flaws, hint_flaws, statement_flaws
from autograder.check.subject import Subject, paired
from autograder.errors import Flaw
from autograder.questions.question import Question


class Kind(StrEnum):
    """What a claim is about."""

    PAIRS = "both sides ask the same"
    POINTS = "points add up"
    FORMULAS = "formulas can be drawn"
    STUB = "the stub is one"
    EXAMPLES = "examples hold"
    HIDDEN = "nothing is given away"
    HINTS = "hints help and hide"
    REFERENCE = "the reference earns everything"
    ALTERNATE = "earns what is declared"
    MISTAKE = "is caught and told apart"
    THOUGHTLESS = "thoughtless answers earn little"
    MUTANTS = "small edits are caught"


@dataclass(frozen=True, slots=True)
class Proof:
    """What trying a claim showed; it holds where there is no flaw."""

    flaws: tuple[Flaw, ...]
    mutation: Mutation | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """Something that must hold; `about` names the alternate or the mistake, where it is about one."""

    kind: Kind
    question: str
    about: str
    prove: Callable[[], Proof]

    @property
    def sentence(self) -> str:
        """The claim in words."""
        return f"{self.about} {self.kind}" if self.about else str(self.kind)


@dataclass(frozen=True, slots=True, eq=False)
class Proven:
    """A claim that was tried."""

    claim: Claim
    proof: Proof
    seconds: float


def prove(claims: Iterable[Claim]) -> Iterator[Proven]:
    """Try claims, one after the other."""
    for claim in claims:
        began = time.perf_counter()
        proof = claim.prove()
        yield Proven(claim, proof, time.perf_counter() - began)


def claims_of(subject: Subject) -> Iterator[Claim]:
    """Every claim: first those of the whole assignment, then question by question."""
    yield _claim(Kind.PAIRS, lambda: (*pair_flaws(subject), *written_flaws(subject)))
    yield _claim(Kind.POINTS, partial(total_flaws, subject))
    yield _claim(Kind.FORMULAS, partial(statement_flaws, subject))
    for statement, prepared in paired(subject):
        question = prepared.question
        name = question.name
        yield _claim(Kind.STUB, partial(stub_flaws, subject, statement, prepared), name)
        yield _claim(Kind.EXAMPLES, partial(example_flaws, subject, statement), name)
        yield _claim(Kind.HIDDEN, partial(hidden_line_flaws, subject, question), name)
        yield _claim(Kind.HINTS, partial(hint_flaws, subject, question), name)
        yield _claim(Kind.REFERENCE, partial(reference_flaws, subject, question), name)
        for alternate in question.alternates:
            prove = partial(alternate_flaws, subject, question, alternate)
            yield _claim(Kind.ALTERNATE, prove, name, f"alternate {alternate.name}")
        for mistake in question.mistakes:
            prove = partial(mistake_flaws, subject, question, mistake)
            yield _claim(Kind.MISTAKE, prove, name, f"mistake {mistake.name}")
        yield _claim(Kind.THOUGHTLESS, partial(thoughtless_flaws, subject, question), name)
        if not question.variable:  # a value has no code to edit
            yield Claim(Kind.MUTANTS, name, "", partial(_mutants_are_caught, subject, question))


def _claim(kind: Kind, flaws: Callable[[], Iterable[Flaw]], question: str = "", about: str = "") -> Claim:
    return Claim(kind, question, about, lambda: Proof(tuple(flaws())))


def _mutants_are_caught(subject: Subject, question: Question) -> Proof:
    mutation = mutate(subject.draws[0].question(question.name))
    return Proof(tuple(_mutation_flaws(subject, question, mutation)), mutation)


def _mutation_flaws(subject: Subject, question: Question, mutation: Mutation) -> Iterator[Flaw]:
    """Every survivor is declared, and whatever is declared is an edit.

    What is declared may be caught: whether a search ends in time that an edit slows depends on the draw.
    """
    declared = question.equivalents
    alive = {mutant.edit.name: mutant for mutant in mutation.survivors}
    for name, mutant in alive.items():
        if name not in declared:
            lucky = not all(survives(draw.question(question.name), mutant) for draw in subject.draws[1:])
            what = "a small edit earns everything" + (" in this draw of the cases" if lucky else "")
            allowed = f'add a case, or {question.name}.equivalent("{name}", because="...")'
            yield Flaw(f"{subject.place(mutant.file, mutant.edit.line)}: {question.name}", what, allowed)
    for name in declared.keys() - mutation.known:
        what = f"declares `{name}`, which is no edit of the reference"
        where = f"{subject.place(*question.declared_at[name])}: {question.name}"
        yield Flaw(where, what, "copy it from `check`")
