"""Saving what was changed on a page: never over a text that is newer than the page."""

from dataclasses import dataclass
from hashlib import sha256

from autograder.quiz.service import AnswerReading, QuizService


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """What the store holds of a question after something was sent."""

    raw: str
    reading: AnswerReading
    readable: bool
    overtaken: bool = False
    """Whether it was sent from a page that is older than what the store holds: then that stays."""


def fingerprint_answer(raw: str) -> str:
    """What tells a page which text it shows."""
    return sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def save_answer(service: QuizService, attempt: str, question: str, raw: str, *, shown: str) -> SavedAnswer:
    """Record an answer, unless it is not changed, or another page has saved a newer one meanwhile.

    Args:
        service: of the quiz.
        attempt: its id.
        question: its id.
        raw: what is entered on the page.
        shown: the fingerprint of what the page showed before; empty where the page does not know.

    Raises:
        AttemptError: the attempt is over, or the question may not be answered any more.
    """
    held = service.answers(attempt).get(question, "")
    changed = raw != held and fingerprint_answer(raw) != shown
    overtaken = changed and bool(shown) and fingerprint_answer(held) != shown
    if changed and not overtaken:
        reading, held = service.save(attempt, question, raw), raw
    else:
        reading = service.interpret(attempt, question, held)
    readable = not held.strip() or service.can_read(attempt, question, held)
    return SavedAnswer(held, reading, readable, overtaken)
