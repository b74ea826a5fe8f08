"""Answers typed in a quiz that a person marks: texts, and whatever no rule could judge."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from autograder.domain.attempts import Keep
from autograder.domain.handmark import Criterion, HandMark
from autograder.domain.report import CriterionMark
from autograder.errors import CourseError, Flaw
from autograder.marking.answers import copy_number
from autograder.marking.copies import name_shown
from autograder.marking.in_notebook import CRITERION, rubric_of
from autograder.marking.record import RecordedMarks, read_tables
from autograder.quiz.attempt_report import final_judgings
from autograder.quiz.kinds.kind import AnswerInput
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.marks import hand_judging
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.numbers import format_number
from autograder.quiz.records import Attempt, Judging, Occasion, Records
from autograder.quiz.variants import LETTERS
from autograder.quiz.verdicts import AnswerState
from autograder.render.marking import AnswerCopy, CopiedCell, MarkingSheet

_SHOWN = 16


@dataclass(frozen=True, slots=True)
class TypedPart:
    """A question of a quiz, as a part to mark."""

    quiz: Quiz
    question: QuizQuestion

    @property
    def title(self) -> str:
        """What it is called in the table."""
        return self.question.id

    @property
    def key(self) -> str:
        """What its files are called."""
        return self.question.id

    @property
    def rubric(self) -> tuple[Criterion, ...]:
        """What the quiz file says, else all its points by one criterion."""
        return rubric_of(self.question)


@dataclass(frozen=True, slots=True)
class TypedAnswer:
    """One answer of one attempt, with the mark it has, if it has one."""

    attempt: Attempt
    label: str
    number: int
    question: QuizQuestion
    judging: Judging

    @property
    def student(self) -> str:
        """Who typed it."""
        return self.attempt.student

    @property
    def assignment(self) -> str:
        """The quiz."""
        return self.attempt.quiz

    @property
    def blob(self) -> str:
        """The attempt."""
        return self.attempt.id

    @property
    def digest(self) -> str:
        """By it the answer is known to be the one that was shown."""
        return sha256(self.judging.raw.encode("utf-8", "surrogatepass")).hexdigest()[:_SHOWN]

    @property
    def shown(self) -> str:
        """What tells this answer from any other."""
        return name_shown(self.blob, self.digest)

    @property
    def empty(self) -> bool:
        """Never: what was not answered needs nobody."""
        return False

    @property
    def outdated(self) -> bool:
        """Never: an attempt that is handed in does not change."""
        return False

    @property
    def mark(self) -> HandMark | None:
        """The mark that a person gave, or None."""
        judging, points = self.judging, self.question.points
        if judging.occasion is not Occasion.HAND:
            return None
        whole = CriterionMark(CRITERION, points, (judging.verdict.credit or 0) * points)
        comment = judging.verdict.message
        return HandMark(
            self.student,
            self.assignment,
            self.question.id,
            self.blob,
            judging.verdict.rubric or (whole,),
            comment,
            judging.by,
            judging.at,
            self.digest,
            judging.number,
        )


@dataclass(frozen=True, slots=True)
class TypedAnswers:
    """The answers to one question that a person marks or has marked."""

    part: TypedPart
    answers: tuple[TypedAnswer, ...]
    missing: tuple[tuple[str, str], ...] = ()
    """None: what was not answered earns nothing and needs nobody."""


def gather_typed(quiz: Quiz, records: Records, *, secret: bytes) -> list[TypedAnswers]:
    """The questions with answers that wait for a person or were marked by one, of attempts that may count.

    Where the best attempt counts, that is every one handed in; else each student's last.
    """
    parts = []
    attempts = list(_attempts(quiz, records))
    final = {attempt.id: final_judgings(records.judgings(attempt.id)) for attempt in attempts}
    several = {a.student for a in attempts if a.number > 1}
    for question in quiz.questions:
        answers = []
        for attempt in attempts:
            judging = final[attempt.id].get(question.id)
            if judging is None or not (
                judging.occasion is Occasion.HAND or judging.verdict.state is AnswerState.MANUAL
            ):
                continue
            label = f"{attempt.student}/{attempt.number}" if attempt.student in several else attempt.student
            number = copy_number(f"{attempt.student}/{attempt.number}", quiz.id, secret=secret)
            answers.append(TypedAnswer(attempt, label, number, question, judging))
        if answers:
            ordered = tuple(sorted(answers, key=lambda answer: answer.number))
            parts.append(TypedAnswers(TypedPart(quiz, question), ordered))
    return parts


def _attempts(quiz: Quiz, records: Records) -> Iterator[Attempt]:
    """The attempts that are handed in and may count."""
    handed_in = [attempt for attempt in records.attempts(quiz.id) if records.handed_in(attempt.id)]
    if quiz.settings.keep is Keep.LAST:
        yield from {attempt.student: attempt for attempt in handed_in}.values()
    else:
        yield from handed_in


def sheet_of_typed(gathered: TypedAnswers, *, names: bool) -> MarkingSheet:
    """The sheet of a question; `names` shows who wrote what."""
    question = gathered.part.question
    return MarkingSheet(
        assignment=gathered.part.quiz.title,
        title=question.id,
        points=question.points,
        statement=question.prompt,
        rubric=gathered.part.rubric,
        copies=tuple(draw_typed(answer, names=names) for answer in gathered.answers),
        table=f"{gathered.part.key}.csv",
        guide=question.solution,
    )


def draw_typed(answer: TypedAnswer, *, names: bool) -> AnswerCopy:
    """One answer as it is shown."""
    question, raw = answer.question, answer.judging.raw
    code = kind_of(question).input is AnswerInput.LINES and not kind_of(question).awaits_mark
    cell = CopiedCell(code=raw) if code else CopiedCell(text=raw)
    label = answer.label if names else f"Copy {answer.number}"
    return AnswerCopy(label, (cell,), empty=False, mark=answer.mark, remarks=tuple(_remarks(answer)))


def _remarks(answer: TypedAnswer) -> Iterator[str]:
    """What a marker must know beside the answer: what was drawn for this student, why a person is asked."""
    variant = answer.attempt.variant(answer.question.id)
    if variant is not None and variant.values:
        values = ", ".join(f"{name} = {format_number(value)}" for name, value in variant.values)
        yield f"Asked with {values}."
    if not kind_of(answer.question).awaits_mark and answer.mark is None:
        yield answer.judging.verdict.message
        if variant is not None and variant.order:
            lines = zip(LETTERS, variant.order, strict=False)
            stood = ", ".join(f"{letter} = {index + 1}" for letter, index in lines)
            yield f"Its letters stood for these lines of the file as it was then: {stood}."


def record_typed(
    tables: Sequence[Path], parts: Sequence[TypedAnswers], records: Records, *, marker: str, now: datetime
) -> RecordedMarks:
    """Record the marks in some tables beside the verdicts, which are kept.

    Raises:
        CourseError: with the mistakes of all tables; then nothing is recorded.
    """
    read = read_tables(tables, parts, lambda student: (), marker=marker, now=now)
    if any(mark.taken_back for mark in read.marks):
        what = "the mark of an answer to a quiz cannot be taken back"
        raise CourseError([Flaw(parts[0].answers[0].assignment, what, "give another mark in its place")])
    known = {(a.blob, a.question.id): a for gathered in parts for a in gathered.answers}
    new = []
    for mark in read.marks:
        before = known[mark.blob, mark.part].mark
        if not mark.same_as(before):
            new.append(mark)
    records.add([judge_typed(known[mark.blob, mark.part], mark) for mark in new])
    return RecordedMarks(tuple(new), len(read.marks) - len(new), read.notes)


def judge_typed(answer: TypedAnswer, mark: HandMark) -> Judging:
    """A mark as the verdict that is recorded."""
    return hand_judging(
        answer.attempt,
        answer.question,
        answer.judging.raw,
        mark.earned / mark.points,
        mark.comment,
        by=mark.marker,
        at=mark.marked,
        rubric=mark.rubric if answer.question.rubric else (),
    )
