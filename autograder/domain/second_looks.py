"""Requests for a second look at a question: what a student asks, what is answered, and how one stands.

Whatever is said is an entry with a number, added to the others and never changed. A request is known by the
number of its first entry.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from autograder.domain.moments import describe_span
from autograder.domain.phrases import phrase

SHORTEST, LONGEST = 30, 2000
"""Characters of what a student writes."""


class LookStep(StrEnum):
    """What an entry is. The list is closed: a store that holds another is refused."""

    ASKED = "asked"
    REOPENED = "reopened"
    """By the student, once."""
    PROPOSED = "proposed"
    """An answer, by whoever may not decide; seen by staff alone."""
    ANSWERED = "answered"


class LookOutcome(StrEnum):
    """What an answer says of the mark."""

    KEPT = "kept"
    CHANGED = "changed"
    """The mark of this question is another for this student."""
    QUESTION_WRONG = "question wrong"
    """Something is done about the question, for everybody."""


@dataclass(frozen=True, slots=True)
class LookRule:
    """What a course allows."""

    window: timedelta = timedelta(days=10)
    """Counted from when the marks were published, and from an answer."""
    open: int = 3
    """Requests of one student that may be open at once."""


@dataclass(frozen=True, slots=True)
class LookEntry:
    """One thing that was said."""

    number: int
    """Counted by the store; 0 while it is not recorded."""
    look: int
    """The number of the entry with which the request began; 0 for that itself."""
    step: LookStep
    student: str
    work: str
    submission: int
    """The number, in the store, of the file that is asked about."""
    question: str
    text: str
    at: datetime
    """With its time zone."""
    by: str = ""
    """Who of the staff said it; empty for the student."""
    ran: str = ""
    """What the student ran to see for themselves."""
    outcome: LookOutcome | None = None
    given: str = ""
    """The mark that was given or proposed, as it was written; or what becomes of the question."""


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A request, with all that was said of it, the oldest first."""

    entries: tuple[LookEntry, ...]

    @property
    def asked(self) -> LookEntry:
        """What the student asked first."""
        return self.entries[0]

    @property
    def number(self) -> int:
        """By which it is known."""
        return self.asked.number

    @property
    def last(self) -> LookEntry:
        """What was said last."""
        return self.entries[-1]

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.seen_by_student[-1].step is not LookStep.ANSWERED

    def is_about(self, work: str, question: str) -> bool:
        """Whether it is about this question."""
        return (self.asked.work, self.asked.question) == (work, question)

    @property
    def seen_by_student(self) -> tuple[LookEntry, ...]:
        """What its student reads: all but proposals."""
        return tuple(each for each in self.entries if each.step is not LookStep.PROPOSED)

    @property
    def waits(self) -> tuple[timedelta, ...]:
        """How long each answer took."""
        said = self.seen_by_student
        return tuple(after.at - before.at for before, after in zip(said[::2], said[1::2], strict=False))

    @property
    def reopened(self) -> bool:
        """Whether it was asked again."""
        return any(each.step is LookStep.REOPENED for each in self.entries)

    @property
    def proposal(self) -> LookEntry | None:
        """The last answer that was proposed since it was asked."""
        found = self.entries[-1]
        return found if found.step is LookStep.PROPOSED else None

    @property
    def answer(self) -> LookEntry | None:
        """The last answer, or None."""
        return next((each for each in self.entries[::-1] if each.step is LookStep.ANSWERED), None)


def join_entries(entries: Iterable[LookEntry]) -> tuple[SecondLook, ...]:
    """The requests that entries make up, the oldest first."""
    looks: dict[int, list[LookEntry]] = {}
    for each in entries:
        looks.setdefault(each.look or each.number, []).append(each)
    return tuple(SecondLook(tuple(every)) for every in looks.values())


def find_answered(
    work: str, question: str, own: Sequence[SecondLook], *, published: datetime | None
) -> SecondLook | None:
    """The request about a question that was answered, and that asking again would reopen.

    Marks that were published since may be others: they are asked about anew.
    """
    answered = (each for each in own[::-1] if each.is_about(work, question) and each.answer is not None)
    found = next(answered, None)
    fresh = found and found.answer and published is not None and found.answer.at < published
    return None if fresh else found


def find_why_not(
    entry: LookEntry, own: Sequence[SecondLook], rule: LookRule, *, published: datetime | None
) -> str:
    """Why a student may not ask, or ask again; empty where they may.

    Args:
        entry: what they would say.
        own: all of their requests.
        rule: of the course.
        published: when the marks of this work were published last.
    """
    now = entry.at
    if published is None:
        return phrase("look.not_published")
    if any(each.is_open for each in own if each.is_about(entry.work, entry.question)):
        return phrase("look.waits")
    before = find_answered(entry.work, entry.question, own, published=published)
    if before is not None and before.answer is not None:
        if before.reopened:
            return phrase("look.twice")
        if now > before.answer.at + rule.window:
            return phrase("look.answered_long_ago", span=describe_span(rule.window))
    elif now > published + rule.window:
        return phrase("look.published_long_ago", span=describe_span(rule.window))
    if sum(each.is_open for each in own) >= rule.open:
        return phrase("look.many", count=rule.open)
    return ""


def find_mistake(text: str) -> str:
    """What keeps a text from being a request or an answer to one; empty where nothing does."""
    length = len(text.strip())
    if length < SHORTEST:
        return phrase("look.short", least=SHORTEST, count=length)
    return phrase("look.long", count=length, most=LONGEST) if length > LONGEST else ""
