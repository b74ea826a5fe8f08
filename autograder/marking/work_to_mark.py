"""A piece of work as it is marked one answer after the other: the notebooks of an assignment, or a quiz."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from autograder.domain.course import Limits
from autograder.domain.handmark import Criterion, HandMark, find_standing_mark
from autograder.domain.report import Report
from autograder.gradebook.store import Gradebook
from autograder.grading.assignment import OpenAssignment
from autograder.marking.answers import (
    AnswerToMark,
    WrittenPart,
    amend,
    copy_number,
    draw_copy,
    explain_unmarkable,
    find_written,
    parts_of,
)
from autograder.marking.copies import MarkedCopy, MarkedPart, PartCopies, name_shown
from autograder.marking.gallery import Gallery
from autograder.marking.in_notebook import awaits_person, make_part, read_typed, write_out
from autograder.marking.teams import find_mates_of_files, give_to_mates, show_once
from autograder.marking.typed import TypedAnswer, TypedAnswers, draw_typed, gather_typed, judge_typed
from autograder.notebook.written import WrittenAnswer
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.render.marking import AnswerCopy

C = TypeVar("C", bound=MarkedCopy, contravariant=True)


@dataclass(frozen=True, slots=True)
class AskedPart:
    """What is asked in a part, for whoever marks it."""

    title: str
    statement: str
    solution: str = ""


class WorkToMark(Protocol[C]):
    """What pages ask of a piece of work to mark it. Answers of somebody's own are among those it gives."""

    def parts(self) -> Sequence[PartCopies]:
        """What a person marks, with all answers."""

    def asked(self, part: MarkedPart) -> AskedPart:
        """What is asked in a part."""

    def written_rubric(self, part: MarkedPart) -> tuple[Criterion, ...] | None:
        """The criteria of a part as its author wrote them; None where no others can be put in their place."""

    def mates(self, copy: C) -> tuple[str, ...]:
        """Who else handed it in."""

    def draw(self, part: MarkedPart, copy: C) -> AnswerCopy:
        """One answer as it is shown."""

    def text(self, part: MarkedPart, copy: C, blob: str) -> str:
        """The answer to a part as plain text, as it stands in this file of the student's."""

    @property
    def takes_back(self) -> bool:
        """Whether a mark may be taken back, so that the answer awaits one again."""

    def record(self, copy: C, mark: HandMark, *, seen: int) -> None:
        """Record a mark; what a team wrote is marked for each of its members.

        Raises:
            OvertakenError: another mark than the one with the number `seen` is there.
        """


@dataclass(frozen=True, slots=True)
class CopyToMark:
    """An answer in a notebook, without what stands in it."""

    student: str
    number: int
    assignment: str
    blob: str
    digest: str
    empty: bool
    """Whether nothing was written."""
    report: int
    """The number of the report that counts."""
    mark: HandMark | None = None
    mates: tuple[str, ...] = ()
    """Who else handed it in."""

    @property
    def label(self) -> str:
        """What it is called where names are shown."""
        return self.student

    @property
    def shown(self) -> str:
        """What tells this answer from any other."""
        return name_shown(self.blob, self.digest)

    @property
    def outdated(self) -> bool:
        """Whether its mark was given for another answer."""
        mark = self.mark
        return mark is not None and mark.blob != self.blob and mark.answer != self.digest


@dataclass(frozen=True, slots=True)
class PartToMark:
    """A part with all its answers."""

    part: WrittenPart
    answers: tuple[CopyToMark, ...]
    missing: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FoundAnswers:
    """What one report's file has of each part: hash and emptiness of an answer, or why there is none."""

    blob: str
    answers: Mapping[str, tuple[str, bool]]
    missing: Mapping[str, str]


class ReadNotebooks(Protocol):
    """What stands in the notebooks of an assignment, each read once: files and reports never change."""

    @property
    def name(self) -> str:
        """Of the assignment."""

    @property
    def limits(self) -> Limits:
        """What a file may hold."""

    @property
    def has_rubrics(self) -> bool:
        """Whether its author wrote criteria, in whose place others can be put."""

    @property
    def found(self) -> dict[int, FoundAnswers]:
        """What was found so far, by the number of a report."""

    def look(self, report: Report, content: bytes) -> Iterator[tuple[str, WrittenAnswer | str]]:
        """What a file has of each part, by its title: an answer, or why there is none to mark."""

    def list_parts(self) -> Iterator[tuple[WrittenPart, bool]]:
        """Every part, and whether it is one also where nobody's answer waits."""

    def write(self, part: WrittenPart, content: bytes) -> WrittenAnswer:
        """What a file has for a part."""

    def show(self, report: Report, part: WrittenPart) -> Report:
        """The report by whose cells an answer is shown."""


@dataclass(slots=True)
class AnswersRead:
    """What stands in the notebooks of an assignment of our own."""

    assignment: OpenAssignment
    found: dict[int, FoundAnswers] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Of the assignment."""
        return self.assignment.settings.name

    @property
    def limits(self) -> Limits:
        """What a file may hold."""
        return self.assignment.settings.limits

    @property
    def has_rubrics(self) -> bool:
        """Whether its author wrote criteria: the solutions name them."""
        return True

    def look(self, report: Report, content: bytes) -> Iterator[tuple[str, WrittenAnswer | str]]:
        """What a file has of each part, by its title: an answer, or why there is none to mark."""
        for part in parts_of(self.assignment):
            trouble = explain_unmarkable(report, part)
            yield part.title, trouble or find_written(self.assignment, content, part)
        typed = None
        for part, question in self.questions():
            if awaits_person(report, part):
                typed = typed or read_typed(self.assignment, content)
                yield part.title, replace(write_out(typed, question.id), empty=False)

    def list_parts(self) -> Iterator[tuple[WrittenPart, bool]]:
        """Every part, and whether it is one also where nobody's answer waits."""
        for part in parts_of(self.assignment):
            yield part, True
        for part, question in self.questions():
            yield part, kind_of(question).awaits_mark

    def write(self, part: WrittenPart, content: bytes) -> WrittenAnswer:
        """What a file has for a part."""
        for own, question in self.questions():
            if own.title == part.title:
                return write_out(read_typed(self.assignment, content), question.id)
        return find_written(self.assignment, content, part)

    def show(self, report: Report, _part: WrittenPart) -> Report:
        """The report by whose cells an answer is shown."""
        return report

    def questions(self) -> Iterator[tuple[WrittenPart, QuizQuestion]]:
        """The questions of quizzes that are answered in the notebook, as parts."""
        for quiz in self.assignment.quizzes:
            for question in quiz.shared_questions:
                yield make_part(quiz, question), question


def find_answers(notebooks: ReadNotebooks, gradebook: Gradebook, identity: int) -> FoundAnswers:
    """What the file of the report of this number has of each part; it is read once."""
    known = notebooks.found.get(identity)
    if known is None:
        report = gradebook.report(identity)
        answers, missing = dict[str, tuple[str, bool]](), dict[str, str]()
        for title, found in notebooks.look(report, gradebook.content(report.receipt.blob)):
            if isinstance(found, str):
                missing[title] = found
            else:
                answers[title] = found.digest, found.empty
        known = notebooks.found[identity] = FoundAnswers(report.receipt.blob, answers, missing)
    return known


class MarkedNotebooks:
    """The notebooks of an assignment."""

    def __init__(self, answers: ReadNotebooks, gradebook: Gradebook, *, secret: bytes) -> None:
        self._answers = answers
        self._name = answers.name
        self._gradebook = gradebook
        self._secret = secret

    def parts(self) -> list[PartToMark]:
        """What a person marks, with all answers."""
        reports = self._gradebook.counting_reports(self._name)
        found = {s: find_answers(self._answers, self._gradebook, report) for s, report in reports.items()}
        marks: dict[tuple[str, str], list[HandMark]] = {}
        for mark in self._gradebook.hand_marks.of(self._name):
            marks.setdefault((mark.student, mark.part), []).append(mark)
        mates = find_mates_of_files(self._gradebook, self._name)
        events = self._gradebook.events.all()
        parts = []
        for written, always in self._answers.list_parts():
            part = amend(written, self._name, events)
            copies = []
            for student, own in found.items():
                if part.title not in own.answers:
                    continue
                digest, empty = own.answers[part.title]
                theirs = marks.get((student, part.title), [])
                last = find_standing_mark(theirs, own.blob)
                number = copy_number(student, self._name, secret=self._secret)
                copies.append(
                    CopyToMark(
                        student,
                        number,
                        self._name,
                        own.blob,
                        digest,
                        empty,
                        reports[student],
                        last,
                        mates.get((student, own.blob), ()),
                    )
                )
            if copies or always:
                missing = [
                    (s, own.missing[part.title]) for s, own in found.items() if part.title in own.missing
                ]
                answers = show_once(sorted(copies, key=lambda copy: copy.number), mates)
                parts.append(PartToMark(part, answers, tuple(missing)))
        return parts

    def asked(self, part: MarkedPart) -> AskedPart:
        """What is asked in a part."""
        own = self._own(part)
        return AskedPart(own.title, own.statement.markdown)

    def _own(self, part: MarkedPart) -> WrittenPart:
        """The part as its author wrote it."""
        return next(each for each, _ in self._answers.list_parts() if each.title == part.title)

    def written_rubric(self, part: MarkedPart) -> tuple[Criterion, ...] | None:
        """The criteria in the solutions, or in a quiz that is answered in the notebook."""
        return self._own(part).rubric if self._answers.has_rubrics else None

    def mates(self, copy: CopyToMark) -> tuple[str, ...]:
        """The other members of the team."""
        return copy.mates

    def draw(self, part: MarkedPart, copy: CopyToMark) -> AnswerCopy:
        """One answer, with what its cells printed and drew when they were run."""
        report = self._answers.show(self._gradebook.report(copy.report), self._own(part))
        written = self._find(part, copy.blob)
        gallery = Gallery(self._gradebook.content, [written], self._answers.limits)
        answer = AnswerToMark(copy.student, copy.number, written, report, copy.mark)
        return draw_copy(answer, gallery, names=False)

    def text(self, part: MarkedPart, copy: CopyToMark, blob: str) -> str:
        """The sources of its cells, one below the other."""
        return "\n\n".join(cell.source for cell in self._find(part, blob).cells)

    def _find(self, part: MarkedPart, blob: str) -> WrittenAnswer:
        return self._answers.write(self._own(part), self._gradebook.content(blob))

    @property
    def takes_back(self) -> bool:
        """Yes."""
        return True

    def record(self, copy: CopyToMark, mark: HandMark, *, seen: int) -> None:
        """Record a mark for the file that was shown, and for each member of the team that handed it in."""
        every = give_to_mates([mark], find_mates_of_files(self._gradebook, self._name))
        self._gradebook.hand_marks.add(every, seen=seen)


class MarkedQuiz:
    """The attempts at a quiz."""

    def __init__(self, quiz: Quiz, gradebook: Gradebook, *, secret: bytes) -> None:
        self._quiz = quiz
        self._gradebook = gradebook
        self._secret = secret

    def parts(self) -> list[TypedAnswers]:
        """The questions whose answers a person marks, with those of attempts that may count."""
        records = self._gradebook.quizzes.snapshot(self._quiz.id)
        return gather_typed(self._quiz, records, secret=self._secret)

    def asked(self, part: MarkedPart) -> AskedPart:
        """The question, and its solution."""
        question = next(each for each in self._quiz.questions if each.id == part.key)
        return AskedPart(question.id, question.prompt, question.solution)

    def written_rubric(self, part: MarkedPart) -> tuple[Criterion, ...] | None:
        """None: they stand in the quiz's file, and marks are verdicts on its questions."""
        return None

    def mates(self, copy: TypedAnswer) -> tuple[str, ...]:
        """Nobody: a quiz is taken alone."""
        return ()

    def draw(self, part: MarkedPart, copy: TypedAnswer) -> AnswerCopy:
        """One answer, with what was drawn for its student."""
        return draw_typed(copy, names=False)

    def text(self, part: MarkedPart, copy: TypedAnswer, blob: str) -> str:
        """What was typed; it never changes."""
        return copy.judging.raw

    @property
    def takes_back(self) -> bool:
        """No: marks are verdicts, beside those of the program."""
        return False

    def record(self, copy: TypedAnswer, mark: HandMark, *, seen: int) -> None:
        """Record a mark beside the verdicts, which are kept."""
        if not mark.same_as(copy.mark):
            self._gradebook.quizzes.add_mark(judge_typed(copy, mark), seen=seen)
