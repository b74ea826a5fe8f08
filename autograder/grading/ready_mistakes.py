"""For each group of equal wrong answers a `@question.mistake` to paste, and a dry run of whom it would name.

What is pasted was run: sealed, as if it had been handed in, on the hidden cases. Only a function that answers
as the whole group does is offered.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.analytics.homework import AskedQuestion, HomeworkFigures
from autograder.analytics.wrong_answers import (
    DeclaredMistake,
    EqualAnswers,
    ReadyMistake,
    Recogniser,
    print_of,
)
from autograder.domain.answer import Ending
from autograder.domain.answer_print import AnswerPrint
from autograder.domain.notebook import Cell, CellKind
from autograder.grading.assignment import OpenAssignment
from autograder.questions.ready_mistake import NotReadyError, StudentSource, write_mistake
from autograder.questions.solutions import Prepared
from autograder.sandbox.run import Run
from autograder.sandbox.runner import Runner

_MOST_TRIED = 3
"""Students of a group whose function is tried."""
_RETURNING = frozenset({"returned", "raised"})

SourceOf = Callable[[str], StudentSource]
"""The code that a student handed in."""
Told = Callable[[str, str], str]
"""What a student was told of a question."""


def make_ready(
    assignment: OpenAssignment, figures: HomeworkFigures, runner: Runner, *, source_of: SourceOf, told: Told
) -> dict[tuple[str, int], ReadyMistake]:
    """The mistakes for all groups that are shown, by question and place of the group.

    Raises:
        SandboxError: nothing can be run sealed here.
    """
    found: dict[tuple[str, int], ReadyMistake] = {}
    prepared = {each.question.name: each for each in assignment.solutions.questions}
    for asked in figures.questions:
        name = asked.marks.name
        if name in prepared and asked.groups:
            made = _of_question(prepared[name], asked, assignment, runner, source_of, told)
            found |= {(name, place): ready for place, ready in enumerate(made)}
    return found


@dataclass(frozen=True, slots=True)
class _Draft:
    """Code that may answer as a group does."""

    group: int
    tried: str
    """The name it is run under."""
    code: str
    references: tuple[str, ...]


def _of_question(
    prepared: Prepared,
    asked: AskedQuestion,
    assignment: OpenAssignment,
    runner: Runner,
    source_of: SourceOf,
    told: Told,
) -> Iterator[ReadyMistake]:
    names = list(_free_names(prepared, len(asked.groups)))
    drafts, reasons = list[_Draft](), dict[int, str]()
    for place, group in enumerate(asked.groups):
        written, reasons[place] = _write(prepared, group, names[place], source_of, told)
        codes = list(dict.fromkeys(written))
        drafts += [
            _Draft(place, f"{names[place]}_{k}", code, group.print.references) for k, code in enumerate(codes)
        ]
    chosen: dict[int, _Draft] = {}
    for draft, answered in _run(prepared, drafts, assignment, runner):
        if draft.group not in chosen and asked.groups[draft.group].print.agrees(answered):
            chosen[draft.group] = draft
    knows = Recogniser.of(prepared)
    for place, group in enumerate(asked.groups):
        if place not in chosen:
            why = reasons[place] or "run by itself, none of their functions answers as they did"
            yield ReadyMistake(names[place], why_not=why)
            continue
        yield _dry_run(names[place], chosen[place].code, prepared, group, asked.answers, knows)


def _free_names(prepared: Prepared, count: int) -> Iterator[str]:
    """Names that the solutions do not use yet."""
    name, used = prepared.question.name, prepared.question.reference.__globals__
    taken = {mistake.name for mistake in prepared.question.mistakes} | set(used)
    number = 1
    for _ in range(count):
        while f"{name}_mistake_{number}" in taken:
            number += 1
        yield f"{name}_mistake_{number}"
        number += 1


def _write(
    prepared: Prepared, group: EqualAnswers, name: str, source_of: SourceOf, told: Told
) -> tuple[list[str], str]:
    """What may be pasted for a group, and why it is not more."""
    endings = {case.ending for case in group.print.cases}
    if prepared.question.variable:
        return [], "a variable is asked for, and no function"
    if not endings <= _RETURNING or "returned" not in endings:
        return [], "no answer came back that a mistake could give"
    reason = ""
    written = []
    for student in group.students[:_MOST_TRIED]:
        source = source_of(student)
        try:
            hint = told(student, prepared.question.name)
            written.append(
                write_mistake(source, prepared.question.name, name, hint=hint, without=group.print.references)
            )
        except NotReadyError as why:
            reason = reason or f"their code is for a person to read first: {why}"
    return written, "" if written else reason


def _run(
    prepared: Prepared, drafts: Sequence[_Draft], assignment: OpenAssignment, runner: Runner
) -> Iterator[tuple[_Draft, AnswerPrint]]:
    """What every draft answers to the hidden cases, sealed."""
    if not drafts:
        return
    name = prepared.question.name
    cells = [
        Cell(CellKind.CODE, "import numpy as np", 1),
        *(
            Cell(CellKind.CODE, draft.code.replace(draft.tried.rpartition("_")[0], draft.tried, 1), k)
            for k, draft in enumerate(drafts, 2)
        ),
    ]
    needs = {needed.name: needed.reference for needed in prepared.question.needs}
    with runner.start(cells, assignment.limits) as run:
        for draft in drafts:
            standing_in = {each: needs[each] for each in draft.references if each in needs}
            if standing_in:
                with run.standing_in(standing_in) as second:
                    answered = _ask(prepared, second, draft, assignment)
            else:
                answered = _ask(prepared, run, draft, assignment)
            if answered is not None:
                yield draft, replace(answered, question=name)


def _ask(prepared: Prepared, run: Run, draft: _Draft, assignment: OpenAssignment) -> AnswerPrint | None:
    seconds = prepared.budget(assignment.settings.limits.seconds_per_question)
    answers = run.ask(draft.tried, prepared.batch, seconds=seconds)
    asked = len(answers) == prepared.ordinary and all(a.ending is not Ending.NOT_ASKED for a in answers)
    return print_of(prepared, answers) if asked else None


def _dry_run(
    name: str,
    code: str,
    prepared: Prepared,
    group: EqualAnswers,
    answers: Mapping[str, AnswerPrint],
    knows: Recogniser,
) -> ReadyMistake:
    """Whom the mistake would name, declared below the others."""
    question = prepared.question.name
    declared = DeclaredMistake(name, (name, 0), replace(group.print, references=()))
    more = knows.with_one(declared)
    called = {student: (knows.name(answer), more.name(answer)) for student, answer in answers.items()}
    return ReadyMistake(
        name,
        f"@{question}.mistake(credit=0)\n{code}",
        named=tuple(student for student, (_, after) in called.items() if after == name),
        renamed=tuple(s for s, (before, after) in called.items() if before and after != before),
        wrong=len(answers),
    )
