"""Taking a quiz: begin, save, read back, check, hand in, and what may be seen of the result.

A web page, the terminal and the tests all go through `QuizService`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from fractions import Fraction
from functools import cache
from hashlib import sha256

from autograder.domain.moments import name_month
from autograder.domain.phrases import count_phrase, phrase
from autograder.errors import AttemptError
from autograder.quiz.attempt_report import AttemptReport, report_of
from autograder.quiz.carry import carried_values
from autograder.quiz.draw import draw_questions, draw_variant, fits
from autograder.quiz.extra_time import ExtraTimes, nobody_has_more
from autograder.quiz.going_on import EndedByClock, carry_answers, count_begun, find_until, go_on
from autograder.quiz.judge import can_read, interpret, judge_part, text_flaw
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.marks import hand_judging
from autograder.quiz.model import Quiz, QuizQuestion, Showing, Shuffling
from autograder.quiz.records import Attempt, HandedIn, Judging, Occasion, Records, Response
from autograder.quiz.seal import Seal
from autograder.quiz.variants import Stream, Variant
from autograder.quiz.verdicts import AnswerState, AnswerVerdict

LONGEST = 20_000
"""Characters of a response."""
GRACE = timedelta(seconds=10)
"""How long after the end an answer under way still counts."""


@dataclass(frozen=True, slots=True)
class AnswerReading:
    """An answer read back: what was understood, before any verdict."""

    text: str
    mathml: str = ""


@dataclass(frozen=True, slots=True)
class UnreadableAnswer:
    """An answer that cannot be read, found when a quiz is handed in."""

    question: str
    message: str


@dataclass(frozen=True, slots=True)
class QuizTerms:
    """When and for how long one student may take a quiz, with the extra time they were given."""

    time_limit: timedelta | None
    closes: datetime | None
    refusal: str
    """Why no attempt can be begun or gone on with now; empty where one can."""


class QuizService:
    """Where one quiz is taken. What may not be done raises `AttemptError`, in words for the student."""

    def __init__(
        self,
        quiz: Quiz,
        records: Records,
        *,
        clock: Callable[[], datetime],
        seal: Seal | None = None,
        zone: tzinfo | None = None,
        extra_time: Callable[[], ExtraTimes] = lambda: nobody_has_more,
        find_version: Callable[[str], Quiz | None] = lambda _: None,
    ) -> None:
        """`zone` is where times are told; `extra_time` reads what students were given, as it is now.

        `find_version` finds the quiz of an earlier revision: who is taking it goes on with that one.
        """
        self.quiz = quiz
        self.records = records
        self._clock = clock
        self._seal = seal
        self._zone = zone
        self._extra_time = extra_time
        self._find_version = find_version

    def quiz_of(self, attempt: Attempt) -> Quiz:
        """The quiz as it was when an open attempt was begun; of one that is handed in, as it is now."""
        if attempt.revision == self.quiz.revision or self.records.handed_in(attempt.id) is not None:
            return self.quiz
        return self._find_version(attempt.revision) or self.quiz

    def start(self, student: str, *, more_time: timedelta = timedelta(0)) -> Attempt:
        """The student's open attempt, or a new one; `more_time` lengthens the time limit for this student."""
        now, taken = self._clock(), self.attempts(student)
        if taken and self.records.handed_in(taken[-1].id) is None:
            return taken[-1]
        if refusal := self._refuse(student, taken, now):
            raise AttemptError(refusal)
        ended = self._ended_by_clock(taken, now)
        if ended is not None and ended.until is not None:
            return self._go_on(ended, ended.until, now)
        attempt = self._new_attempt(student, len(taken) + 1, now, more_time)
        self._ensure_askable(attempt)
        self.records.add([attempt])
        return attempt

    def terms(self, student: str) -> QuizTerms:
        """When and for how long a student may take the quiz as it stands now."""
        settings, taken, given = self.quiz.settings, self.attempts(student), self._extra_time()(student)
        limit, closes = settings.time_limit, settings.closes
        may_go_on = bool(taken) and self.records.handed_in(taken[-1].id) is None
        return QuizTerms(
            None if limit is None else limit + given.more,
            None if closes is None else given.closing(closes),
            "" if may_go_on else self._refuse(student, taken, self._clock()),
        )

    def _refuse(self, student: str, taken: Sequence[Attempt], now: datetime) -> str:
        """Why somebody of whom no attempt is open may neither begin one nor go on with the last."""
        settings = self.quiz.settings
        if settings.opens and now < settings.opens:
            return phrase("quiz.opens", quiz=self.quiz.title, moment=self.told(settings.opens))
        ended = self._ended_by_clock(taken, now)
        if ended is not None and ended.until is not None:
            return ""
        closes = self._extra_time()(student).closing(settings.closes) if settings.closes else None
        if closes and now >= closes:
            return phrase("quiz.closed", quiz=self.quiz.title, moment=self.told(closes))
        if settings.attempts and count_begun(taken) >= settings.attempts:
            return count_phrase("quiz.used_up", settings.attempts, quiz=self.quiz.title)
        return ""

    def find_ended(self, student: str) -> EndedByClock | None:
        """The student's last attempt where the clock handed it in; it may be gone on with."""
        return self._ended_by_clock(self.records.attempts(self.quiz.id, student), self._clock())

    def goes_on(self, attempt: Attempt) -> bool:
        """Whether an attempt goes on with the one before it, which the clock handed in."""
        return count_begun([attempt]) == 0

    def may_come(self, taken: Sequence[Attempt]) -> bool:
        """Whether the student of these attempts, all of theirs, may hand in another one as it stands now."""
        now, settings, student = self._clock(), self.quiz.settings, taken[-1].student
        if self.records.handed_in(taken[-1].id) is None:
            return True
        ended = self._ended_by_clock(taken, now)
        if ended is not None and ended.until is not None:
            return True
        closes = self._extra_time()(student).closing(settings.closes) if settings.closes else None
        left = not settings.attempts or count_begun(taken) < settings.attempts
        return left and (closes is None or now < closes)

    def attempts(self, student: str) -> tuple[Attempt, ...]:
        """All attempts of a student, the first one first; one whose time is over is handed in."""
        return tuple(self._close_if_over(attempt) for attempt in self.records.attempts(self.quiz.id, student))

    def open_attempt(self, student: str) -> Attempt | None:
        """The attempt that a student left open, even where its time is over meanwhile."""
        attempts = self.records.attempts(self.quiz.id, student)
        return next((a for a in reversed(attempts) if self.records.handed_in(a.id) is None), None)

    def ends(self, attempt: Attempt) -> datetime | None:
        """When an attempt ends by itself, with the extra time its student was given since."""
        return self._end(attempt, self._extra_time) if attempt.closes else None

    def has_ended(self, attempt: Attempt) -> bool:
        """Whether the attempt is handed in, by its student or by the clock."""
        return self.records.handed_in(self._close_if_over(attempt).id) is not None

    def told(self, moment: datetime) -> str:
        """A time in the zone in which this quiz tells times: `01 October 2026 at 12:00 CEST`."""
        local = moment.astimezone(self._zone) if self._zone else moment
        date = {"day": local.day, "month": name_month(local), "year": local.year}
        return phrase("moment.at", **date, clock=f"{local:%H:%M}", zone=f"{local:%Z}").rstrip()

    def interpret(self, attempt_id: str, question_id: str, raw: str) -> AnswerReading:
        """How an answer is read; nothing is recorded."""
        _, question, variant = self._find_question(attempt_id, question_id)
        return AnswerReading(*interpret(question, variant, raw[:LONGEST]))

    def can_read(self, attempt_id: str, question_id: str, raw: str) -> bool:
        """Whether an answer can be read; nothing is recorded, and nothing is run."""
        _, question, variant = self._find_question(attempt_id, question_id)
        return can_read(question, variant, raw[: LONGEST + 1])

    def save(self, attempt_id: str, question_id: str, raw: str) -> AnswerReading:
        """Record what was typed, as typed, and read it back."""
        attempt, question, variant = self._find_question(attempt_id, question_id)
        self._ensure_open(attempt)
        if len(raw) > LONGEST:
            raise AttemptError(phrase("quiz.longest", most=LONGEST))
        if self.tries_left(attempt_id, question_id) == 0:
            raise AttemptError(phrase("quiz.often", question=question_id))
        if raw != self.answers(attempt_id).get(question_id):
            self.records.add([Response(attempt_id, question_id, raw, self._clock())])
        return AnswerReading(*interpret(question, variant, raw))

    def answers(self, attempt_id: str) -> dict[str, str]:
        """The latest response to each question that has one."""
        return {response.question: response.raw for response in self.records.responses(attempt_id)}

    def check(self, attempt_id: str, question_id: str) -> AnswerVerdict:
        """The verdict on the answer saved, where verdicts are shown at once; unreadable costs no try.

        What a person marks is not tried: it may be changed until the attempt is handed in.
        """
        attempt, question, variant = self._find_question(attempt_id, question_id)
        self._ensure_open(attempt)
        settings = self.quiz_of(attempt).settings
        if settings.results is not Showing.AT_ONCE:
            raise AttemptError(phrase(f"quiz.results.{settings.results.name.lower()}"))
        if self.tries_left(attempt_id, question_id) == 0:
            raise AttemptError(phrase("quiz.often", question=question_id))
        judging = self._judge(attempt, question, variant, Occasion.CHECK)
        if not kind_of(question).awaits_mark:
            self.records.add([judging])
        return judging.verdict

    def tries_left(self, attempt_id: str, question_id: str) -> int | None:
        """How often the question may still be answered; None for any number. A right answer is final."""
        checked = [
            judging.verdict
            for judging in self.records.judgings(attempt_id)
            if judging.question == question_id and judging.occasion is Occasion.CHECK
        ]
        if any(verdict.state is AnswerState.CORRECT for verdict in checked):
            return 0
        attempt = self.records.attempt(attempt_id)
        tries = (self.quiz_of(attempt) if attempt else self.quiz).settings.tries
        return max(0, tries - sum(verdict.costs for verdict in checked)) if tries else None

    def submit(self, attempt_id: str, *, anyway: bool = False) -> tuple[UnreadableAnswer, ...]:
        """Hand the attempt in and judge it; where answers cannot be read, they are named and it stays open.

        `anyway` hands it in nevertheless; an answer that cannot be read then earns nothing. Handing in twice
        is handing in once.
        """
        attempt = self._attempt(attempt_id)
        if self.records.handed_in(attempt.id) is not None:
            return ()
        judgings = self._judge_all(attempt)
        unread = _unread(judgings)
        if unread and not anyway:
            return unread
        self.records.add([HandedIn(attempt.id, self._clock()), *judgings])
        return ()

    def unread(self, attempt_id: str) -> tuple[UnreadableAnswer, ...]:
        """The answers that cannot be read, with the reason; nothing is recorded, and nothing is run."""
        attempt = self._attempt(attempt_id)
        answers, quiz = self.answers(attempt_id), self.quiz_of(attempt)
        asked = ((quiz.question(variant.question), variant) for variant in attempt.variants)
        return tuple(
            UnreadableAnswer(question.id, interpret(question, variant, raw)[0])
            for question, variant in asked
            if question is not None
            and fits(question, variant)
            and (raw := answers.get(question.id, "")).strip()
            and not can_read(question, variant, raw)
        )

    def report(self, attempt_id: str, *, staff: bool = False) -> AttemptReport:
        """What may be seen of an attempt now; `staff` sees everything."""
        attempt = self._attempt(attempt_id)
        return report_of(self.quiz_of(attempt), attempt, self.records, now=self._clock(), staff=staff)

    def mark(self, attempt_id: str, question_id: str, credit: Fraction, message: str, *, by: str) -> None:
        """Record a mark given by hand; no regrade changes it."""
        attempt, question, _ = self._find_question(attempt_id, question_id)
        raw = self.answers(attempt.id).get(question.id, "")
        judging = hand_judging(attempt, question, raw, credit, message, by=by, at=self._clock())
        self.records.add([judging])

    def close_overdue(self) -> None:
        """Hand in every attempt whose time is over: nobody need come back for that."""
        once = cache(self._extra_time)
        for attempt in self.records.attempts(self.quiz.id):
            self._close_if_over(attempt, once)

    def is_overdue(self, attempt: Attempt) -> bool:
        """Whether the clock has ended an attempt, and it is not recorded so far. Nothing is recorded."""
        return self._find_unrecorded_end(attempt, self._extra_time) is not None

    def _ended_by_clock(self, taken: Sequence[Attempt], now: datetime) -> EndedByClock | None:
        end = self.records.handed_in(taken[-1].id) if taken else None
        if end is None or not end.by_clock:
            return None
        given, closes = self._extra_time()(taken[-1].student), self.quiz.settings.closes
        ends = self._end(taken[-1], self._extra_time)
        return EndedByClock(taken[-1], end, find_until(end, ends, given, closes, now))

    def _go_on(self, ended: EndedByClock, until: datetime, now: datetime) -> Attempt:
        """The attempt that goes on with one that the clock handed in, recorded with its answers."""
        last = ended.attempt
        attempt = go_on(last, until, self._extra_time()(last.student), now)
        self._ensure_askable(attempt)
        responses, judgings = self.records.responses(last.id), self.records.judgings(last.id)
        self.records.add([attempt, *carry_answers(attempt, responses, judgings, now)])
        return attempt

    def _new_attempt(self, student: str, number: int, now: datetime, more_time: timedelta) -> Attempt:
        settings = self.quiz.settings
        seed = f"{self.quiz.id}/{student}/{number}"
        questions = draw_questions(self.quiz, seed)
        if settings.shuffle in (Shuffling.QUESTIONS, Shuffling.BOTH):
            questions = self._shuffle(questions, seed)
        choices = settings.shuffle in (Shuffling.CHOICES, Shuffling.BOTH)
        variants = tuple(draw_variant(question, seed, shuffle=choices) for question in questions)
        limit = now + settings.time_limit + more_time if settings.time_limit else None
        ends = [moment for moment in (limit, settings.closes) if moment is not None]
        closes = min(ends, default=None)
        # The id follows from the seed: two tabs that begin at once begin the same attempt.
        id = sha256(seed.encode()).hexdigest()[:24]
        return Attempt(id, self.quiz.id, self.quiz.revision, student, number, now, closes, variants)

    def _shuffle(self, questions: tuple[QuizQuestion, ...], seed: str) -> tuple[QuizQuestion, ...]:
        """The questions in another order, those that build on each other together and in theirs."""
        asked = {question.id: question for question in questions}
        groups = [ids for group in self.quiz.groups if (ids := [id for id in group if id in asked])]
        return tuple(asked[id] for ids in Stream(seed).shuffled(groups) for id in ids)

    def _attempt(self, attempt_id: str) -> Attempt:
        attempt = self.records.attempt(attempt_id)
        if attempt is None or attempt.quiz != self.quiz.id:
            raise AttemptError(phrase("quiz.no_attempt"))
        return self._close_if_over(attempt)

    def _find_question(self, attempt_id: str, question_id: str) -> tuple[Attempt, QuizQuestion, Variant]:
        attempt = self._attempt(attempt_id)
        question, variant = self.quiz_of(attempt).question(question_id), attempt.variant(question_id)
        if question is None or variant is None:
            raise AttemptError(phrase("quiz.no_question", question=question_id))
        if not fits(question, variant):
            raise AttemptError(phrase("quiz.changed", question=question_id))
        return attempt, question, variant

    def _ensure_askable(self, attempt: Attempt) -> None:
        """Refuse an attempt whose drawn values leave a question without its text: its author is to blame.

        Where a key has no value, the answer waits for a person: nobody is kept from the quiz for that.
        """
        for variant in attempt.variants:
            question = self.quiz_of(attempt).question(variant.question)
            if question is not None and (flaw := text_flaw(question, variant)):
                raise AttemptError(phrase("quiz.cannot_ask", question=question.id, flaw=flaw))

    def _ensure_open(self, attempt: Attempt) -> None:
        if self.records.handed_in(attempt.id) is not None:
            raise AttemptError(phrase("quiz.handed_in"))

    def _close_if_over(self, attempt: Attempt, extra_time: Callable[[], ExtraTimes] | None = None) -> Attempt:
        """The attempt, handed in by the clock when its time is over."""
        end = self._find_unrecorded_end(attempt, extra_time or self._extra_time)
        if end is not None:
            self.records.add([HandedIn(attempt.id, end, by_clock=True), *self._judge_all(attempt)])
        return attempt

    def _find_unrecorded_end(self, attempt: Attempt, extra_time: Callable[[], ExtraTimes]) -> datetime | None:
        """When the clock ended an attempt of which that is not recorded; None for every other."""
        now = self._clock()
        # What a student was given is read from the store: only where it can matter.
        if attempt.closes is None or now <= attempt.closes + GRACE:
            return None
        if self.records.handed_in(attempt.id) is not None:
            return None
        end = self._end(attempt, extra_time)
        return end if now > end + GRACE else None

    def _end(self, attempt: Attempt, extra_time: Callable[[], ExtraTimes]) -> datetime:
        """When an attempt that ends by itself does, with what its student was given since it began."""
        settings, given = self.quiz_of(attempt).settings, extra_time()(attempt.student)
        end, closes = attempt.closes or attempt.started, settings.closes
        if end == closes and settings.time_limit:  # cut short by the closing, which may be a later one here
            end = attempt.started + settings.time_limit
        elif end == closes:
            return given.closing(closes)
        return min(end + given.more, given.closing(closes)) if closes else end + given.more

    def _judge_all(self, attempt: Attempt) -> list[Judging]:
        quiz = self.quiz_of(attempt)
        asked = ((quiz.question(variant.question), variant) for variant in attempt.variants)
        return [self._judge(attempt, q, v, Occasion.SUBMIT) for q, v in asked if q is not None]

    def _judge(
        self, attempt: Attempt, question: QuizQuestion, variant: Variant, occasion: Occasion
    ) -> Judging:
        answers = self.answers(attempt.id)
        raw = answers.get(question.id, "")
        carried = carried_values(self.quiz_of(attempt), question, answers, attempt.variant)
        verdict = judge_part(question, variant, raw, carried, seal=self._seal)
        return Judging(attempt.id, question.id, raw, verdict, question.version, self._clock(), occasion)


def _unread(judgings: Sequence[Judging]) -> tuple[UnreadableAnswer, ...]:
    return tuple(
        UnreadableAnswer(judging.question, judging.verdict.message)
        for judging in judgings
        if judging.verdict.state is AnswerState.UNREADABLE and judging.raw.strip()
    )
