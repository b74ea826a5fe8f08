"""What is recorded of quizzes taken: attempts, responses, judgings, submissions. Added to, never changed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerVerdict


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sitting of a quiz: who, when, and what was asked, with the values that were drawn."""

    id: str
    quiz: str
    revision: str
    student: str
    number: int
    """1 for the student's first."""
    started: datetime
    closes: datetime | None
    """When it ends by itself: the time limit or the closing of the quiz, whichever is first."""
    variants: tuple[Variant, ...]
    """In the order the questions are shown."""

    def variant(self, question: str) -> Variant | None:
        """The variant of this question, or None."""
        return next((variant for variant in self.variants if variant.question == question), None)


@dataclass(frozen=True, slots=True)
class Response:
    """What a student typed, as typed."""

    attempt: str
    question: str
    raw: str
    at: datetime


class Occasion(StrEnum):
    """Why an answer was judged."""

    CHECK = "check"
    """The student asked, within the attempt."""
    SUBMIT = "submit"
    REGRADE = "regrade"
    HAND = "hand"
    """A person marked it; no regrade changes that."""


@dataclass(frozen=True, slots=True)
class Judging:
    """A verdict on one answer, with what decided it."""

    attempt: str
    question: str
    raw: str
    verdict: AnswerVerdict
    version: str
    """Of the question that judged, which may be later than the one that asked."""
    at: datetime
    occasion: Occasion
    by: str = ""
    """Who marked it by hand."""
    number: int = field(default=0, compare=False)
    """Its number in the store; 0 where it has none."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The end of an attempt."""

    attempt: str
    at: datetime
    by_clock: bool = False
    """Whether time ended it, not the student."""


Event = Attempt | Response | Judging | HandedIn


@dataclass(frozen=True, slots=True)
class KnownAttempts:
    """What is known of the attempts at a quiz, so that it need not be read."""

    at: datetime
    """An attempt that is not handed in, and was not to end before this, is known to count for nothing."""
    judged: Mapping[str, int] = field(default_factory=dict)
    """By the id of each that was handed in, the number of its last judging."""

    def has_news(self, id: str, closes: datetime | None, *, judged: int | None) -> bool:
        """Whether an attempt must be read.

        Args:
            id: of the attempt.
            closes: when it was to end, as was said when it was begun; more time may have been given since.
            judged: the number of its last judging, 0 for none; None while it is not handed in.
        """
        if judged is None:
            return closes is not None and closes < self.at
        return self.judged.get(id) != judged


def last_number(judgings: Sequence[Judging]) -> int:
    """The number of the last of an attempt's judgings; 0 where it is in no store, or there is none."""
    return judgings[-1].number if judgings else 0


class Records(Protocol):
    """Where quizzes taken are kept. The gradebook has such a store; `MemoryRecords` is one for tests."""

    def add(self, events: Sequence[Event]) -> None:
        """Record events, all or none of them; of a second handing in, nothing."""

    def attempts(self, quiz: str, student: str | None = None) -> Sequence[Attempt]:
        """Attempts at a quiz, in the order they were begun."""

    def attempt(self, id: str) -> Attempt | None:
        """The attempt with this id, or None."""

    def responses(self, attempt: str) -> Sequence[Response]:
        """All responses of an attempt, in order."""

    def judgings(self, attempt: str) -> Sequence[Judging]:
        """All judgings of an attempt, in order."""

    def handed_in(self, attempt: str) -> HandedIn | None:
        """How the attempt ended, or None while it is open."""

    def snapshot(
        self, quiz: str, student: str | None = None, *, known: KnownAttempts | None = None
    ) -> "MemoryRecords":
        """All that is recorded of a quiz (of a student), read at once; what is added to it stays in it.

        Answers and judgings are left out of every attempt of which all is `known`.
        """


class MemoryRecords:
    """Records that live as long as this object."""

    def __init__(self) -> None:
        self._attempts: dict[str, Attempt] = {}
        self._responses: defaultdict[str, list[Response]] = defaultdict(list)
        self._judgings: defaultdict[str, list[Judging]] = defaultdict(list)
        self._ends: dict[str, HandedIn] = {}

    def add(self, events: Sequence[Event]) -> None:
        """Record events; of a second handing in, nothing is added."""
        for event in events:
            match event:
                case HandedIn() if event.attempt in self._ends:
                    return
                case Attempt():
                    self._attempts.setdefault(event.id, event)
                case Response():
                    self._responses[event.attempt].append(event)
                case Judging():
                    self._judgings[event.attempt].append(event)
                case HandedIn():
                    self._ends[event.attempt] = event

    def as_of(self, quiz: str, moment: datetime) -> "MemoryRecords":
        """A copy of what was recorded of a quiz up to a moment."""
        copy = MemoryRecords()
        for attempt in self.attempts(quiz):
            if attempt.started > moment:
                continue
            end = self.handed_in(attempt.id)
            later: list[Response | Judging | HandedIn] = [end] if end else []
            later += [*self.responses(attempt.id), *self.judgings(attempt.id)]
            copy.add([attempt, *(each for each in later if each.at <= moment)])
        return copy

    def attempts(self, quiz: str, student: str | None = None) -> Sequence[Attempt]:
        """Attempts at a quiz, in the order they were begun."""
        return [a for a in self._attempts.values() if a.quiz == quiz and student in (None, a.student)]

    def attempt(self, id: str) -> Attempt | None:
        """The attempt with this id, or None."""
        return self._attempts.get(id)

    def responses(self, attempt: str) -> Sequence[Response]:
        """All responses of an attempt, in order."""
        return list(self._responses[attempt])

    def judgings(self, attempt: str) -> Sequence[Judging]:
        """All judgings of an attempt, in order."""
        return list(self._judgings[attempt])

    def handed_in(self, attempt: str) -> HandedIn | None:
        """How the attempt ended, or None while it is open."""
        return self._ends.get(attempt)

    def snapshot(
        self, quiz: str, student: str | None = None, *, known: KnownAttempts | None = None
    ) -> "MemoryRecords":
        """A copy of all that is recorded of a quiz (of a student), or of what there is new to know."""
        return copy_attempts(self, self.attempts(quiz, student), known=known)


class OwnRecords:
    """The records of one student's attempts at a quiz, read at once for one request.

    What is added goes to the store. One answer that is saved asks some twelve times for what is read here by
    one question.
    """

    def __init__(self, store: Records, quiz: str, student: str) -> None:
        self._store = store
        self._whose = quiz, student
        self._read = store.snapshot(quiz, student)

    def add(self, events: Sequence[Event]) -> None:
        """Record events, all or none of them; of a second handing in, nothing."""
        self._store.add(events)
        if all(isinstance(each, Response) for each in events):
            self._read.add(events)
        else:  # of what another tab was faster with, nothing was added
            self._read = self._store.snapshot(*self._whose)

    def attempts(self, quiz: str, student: str | None = None) -> Sequence[Attempt]:
        """The student's attempts, in the order they were begun."""
        return self._read.attempts(quiz, student)

    def attempt(self, id: str) -> Attempt | None:
        """The student's attempt with this id, or None."""
        return self._read.attempt(id)

    def responses(self, attempt: str) -> Sequence[Response]:
        """All responses of an attempt, in order."""
        return self._read.responses(attempt)

    def judgings(self, attempt: str) -> Sequence[Judging]:
        """All judgings of an attempt, in order."""
        return self._read.judgings(attempt)

    def handed_in(self, attempt: str) -> HandedIn | None:
        """How the attempt ended, or None while it is open."""
        return self._read.handed_in(attempt)

    def snapshot(
        self, quiz: str, student: str | None = None, *, known: KnownAttempts | None = None
    ) -> MemoryRecords:
        """A copy of what the student has of the quiz, or of what there is new to know."""
        return self._read.snapshot(quiz, student, known=known)


def copy_attempts(
    records: Records, attempts: Sequence[Attempt], *, known: KnownAttempts | None = None
) -> MemoryRecords:
    """A copy of some attempts; what is added to it is not recorded. See `Records.snapshot`."""
    copy = MemoryRecords()
    for attempt in attempts:
        end, judgings = records.handed_in(attempt.id), records.judgings(attempt.id)
        copy.add([attempt] if end is None else [attempt, end])
        last = None if end is None else last_number(judgings)
        if known is None or known.has_news(attempt.id, attempt.closes, judged=last):
            copy.add([*records.responses(attempt.id), *judgings])
    return copy
