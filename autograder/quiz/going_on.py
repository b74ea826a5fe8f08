"""Going on with an attempt that the clock ended, where its student was given time since.

What is handed in stays handed in: going on is another attempt, at the same questions with the same values and
the answers given so far. It uses up none of the attempts that a quiz allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from autograder.quiz.extra_time import ExtraTime
from autograder.quiz.records import Attempt, Event, HandedIn, Judging, Occasion, Response


@dataclass(frozen=True, slots=True)
class EndedByClock:
    """A student's last attempt, which the clock handed in, and until when it could be gone on with."""

    attempt: Attempt
    end: HandedIn
    until: datetime | None
    """None where no time is left of what was given."""


def find_until(
    end: HandedIn, ends: datetime, given: ExtraTime, closes: datetime | None, now: datetime
) -> datetime | None:
    """Until when an attempt can be gone on with that is begun anew now, or None.

    Args:
        end: how it was handed in.
        ends: when it would end by what its student was given since.
        given: that.
        closes: when the quiz closes for everybody, if it does.
        now: the time.
    """
    left = ends - end.at
    if not end.by_clock or left.total_seconds() <= 0:
        return None
    # What was given is given from now on: the student was not told before that there would be more.
    until = now + left
    if closes is not None:
        until = min(until, given.closing(closes))
    return until if until > now else None


def go_on(last: Attempt, until: datetime, given: ExtraTime, now: datetime) -> Attempt:
    """The attempt that goes on with the last one."""
    number = last.number + 1
    # What was given is put to every end by itself, so it is left out of this one.
    return replace(
        last,
        id=_id_of(last.quiz, last.student, number),
        number=number,
        started=now,
        closes=until - given.more,
    )


def count_begun(attempts: Sequence[Attempt]) -> int:
    """How many of these attempts were begun, and do not go on with the one before them."""
    return sum(each.id != _id_of(each.quiz, each.student, each.number) for each in attempts)


def carry_answers(
    attempt: Attempt, responses: Sequence[Response], judgings: Sequence[Judging], now: datetime
) -> list[Event]:
    """The answers of the attempt that is gone on with, and the tries that were spent on them."""
    latest = {response.question: response.raw for response in responses}
    tries = [judging for judging in judgings if judging.occasion is Occasion.CHECK]
    return [
        *(Response(attempt.id, question, raw, now) for question, raw in latest.items()),
        *(replace(judging, attempt=attempt.id) for judging in tries),
    ]


def _id_of(quiz: str, student: str, number: int) -> str:
    # Other than that of an attempt that is begun, and the same in two tabs that go on at once.
    return sha256(f"{quiz}/{student}/{number}/goes on".encode()).hexdigest()[:24]
