"""Which of several files counts, why, and what the others would give, in words."""

from autograder.domain.attempts import Keep
from autograder.domain.derivation import find_other_files
from autograder.domain.events import History
from autograder.domain.grade import WorkGrade
from autograder.domain.sentences import SILENT, Sentence, say, say_count


def say_days(days: int) -> Sentence:
    """How many days late something is; silent where it is in time.

    >>> str(say_days(2))
    '2 days late'
    """
    return say_count("days_late", days, days=days) if days else SILENT


def say_choice(each: WorkGrade) -> Sentence:
    """Why the file counts that does, of several."""
    key = "counts.last" if each.standing.work.counts is Keep.LAST else "counts.best"
    return _say(key, each, attempt=each.file is not None and each.file.attempt)


def say_others(each: WorkGrade, history: History) -> tuple[Sentence, ...]:
    """What each file that does not count would give, or that it is an earlier one once more."""
    found = find_other_files(each, history)
    return tuple(
        say("counts.same", work=each.name, number=other.number, first=other.same_as)
        if other.same_as is not None
        else _say(
            "counts.other" if other.counts else "counts.too_late",
            each,
            attempt=other.attempt,
            number=other.number,
            mark=str(other.mark),
        )
        for other in found
    )


def say_counting(each: WorkGrade) -> Sentence:
    """What the file that counts gives; silent where none does."""
    if each.file is None:
        return SILENT
    number, attempt = each.file.number, each.file.attempt
    if each.mark is None:
        return _say("counts.open", each, attempt=attempt, number=number)
    return _say("counts.file", each, attempt=attempt, number=number, mark=str(each.mark))


def _say(key: str, each: WorkGrade, *, attempt: bool, **values: str | int) -> Sentence:
    """A sentence about a file, or about an attempt at a quiz."""
    return say(f"{key}.attempt" if attempt else key, work=each.name, **values)


def say_doubtful(work: str, count: int) -> Sentence:
    """How many times of receipt nobody knows for sure."""
    return say_count("doubtful", count, work=work, count=count)
