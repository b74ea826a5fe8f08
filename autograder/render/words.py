"""What a report says, in words: marks, endings, groups, moments. No form, no colour."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from functools import reduce

from autograder.domain import sentences
from autograder.domain.language import localize_number
from autograder.domain.moments import name_month, name_weekday
from autograder.domain.phrases import PHRASES, count_phrase, phrase
from autograder.domain.report import CellEnding, CellRun, CriterionMark, Outcome, Report, TestMark, Verdict
from autograder.domain.report_marks import ReportMarks
from autograder.domain.sentences import Sentence
from autograder.domain.submission import ReceivedBy


def said(sentence: Sentence) -> str:
    """A sentence for a student in words, in the language that is spoken."""
    return sentences.words(sentence)


def number(value: Fraction, *, total: Fraction | None = None) -> str:
    """A number of points with at most two decimals, never rounded up to all nor down to nothing.

    >>> number(Fraction(9, 4)), number(Fraction(2999, 1000), total=Fraction(3)), number(Fraction(1, 900))
    ('2.25', '2.99', '0.01')
    """
    if value.denominator == 1:
        return str(value.numerator)
    hundredths = round(value * 100)
    if total is not None and value < total <= Fraction(hundredths, 100):
        hundredths = value * 100 // 1
    return localize_number(f"{max(hundredths, 1) / 100:.2f}".rstrip("0").rstrip("."))


def points(value: Fraction) -> str:
    """`1 point`, `2.5 points`."""
    return count_phrase("points", value, points=number(value))


def percent(value: Fraction) -> str:
    """A part of 1 in per cent: `70 %`, `<1 %`; never rounded up to all."""
    if 0 < value < Fraction(1, 100):
        return phrase("percent.least")
    whole = round(value * 100)
    return phrase("percent", number=min(whole, 99) if value < 1 else whole)


def worth(value: Fraction) -> str:
    """What a group of cases earned of its share: all, nothing, or a part."""
    return phrase("worth.all") if value == 1 else phrase("worth.nothing") if value == 0 else percent(value)


def cases(group: str) -> str:
    """What a group of hidden cases is called."""
    key = f"cases.{group}"
    return phrase(key) if key in PHRASES else group


def ending(cell: CellRun) -> str:
    """How a cell ended."""
    return phrase(f"ending.{cell.ending}")


def how_ended(cell: CellRun) -> str:
    """How the process of a cell ended, as the sandbox says it."""
    said, _, code = cell.end.rpartition(" ")
    if cell.end == PHRASES["end.line"]:
        return phrase("end.line")
    return phrase("end.exit", code=code) if PHRASES["end.exit"] == f"{said} {{code}}" else cell.end


def level(number: int) -> str:
    """What a level of isolation means."""
    key = f"level.{number}"
    return phrase(key) if key in PHRASES else phrase("level.unknown")


def received_by(how: ReceivedBy) -> str:
    """How it is known when a file was received."""
    return phrase(f"received.{how.name.lower()}")


def tone(verdict: Verdict) -> str:
    """`right`, `partly`, `lost` or `open`: all that colour may say."""
    if verdict.mark is None or verdict.outcome is Outcome.NO_POINTS:
        return "open"
    return "right" if verdict.mark == 1 else "partly" if verdict.mark > 0 else "lost"


def shape(verdict: Verdict) -> str:
    """The name of the shape that stands beside the words."""
    known = tone(verdict)
    return known if known in ("right", "partly") else verdict.outcome.value


def outcome(verdict: Verdict) -> str:
    """How the question ended, in a few words."""
    if verdict.outcome is Outcome.WRONG and verdict.mark:
        return phrase("outcome.partly")
    if verdict.outcome is Outcome.RIGHT and verdict.mark != 1:
        return phrase("outcome.deduction")
    return phrase(f"outcome.{verdict.outcome}")


def earned(verdict: Verdict) -> str:
    """`2.25 of 3 points`, or that the mark is still open."""
    if verdict.earned is None:
        return phrase("earned.open", points=points(verdict.points))
    earned = number(verdict.earned, total=verdict.points)
    return phrase("earned", earned=earned, points=points(verdict.points))


def earned_of(part: TestMark | CriterionMark) -> str:
    """What a test or a criterion earned of its points: `0.5 of 1`."""
    return phrase(
        "earned", earned=number(part.earned or Fraction(0), total=part.points), points=number(part.points)
    )


def lost(verdict: Verdict) -> Fraction:
    """Points that could still be won; nothing while the mark is open."""
    return Fraction(0) if verdict.earned is None else verdict.points - verdict.earned


def anything_marked(report: Report) -> bool:
    """Whether any question has a mark: without one, a score of 0 would mislead."""
    return any(verdict.mark is not None for verdict in report.verdicts)


def still_open(report: Report) -> Fraction:
    """Points of the questions that have no mark."""
    return sum((verdict.points for verdict in report.verdicts if verdict.mark is None), Fraction(0))


def reason_for_more(verdict: Verdict) -> str:
    """Why the mark is more than its groups of cases earned, where it is."""
    by_cases = sum((group.share * group.worth for group in verdict.groups), Fraction(0))
    if not verdict.mistake or not verdict.groups or not verdict.mark or verdict.mark <= by_cases:
        return ""
    return phrase("more_than_cases", percent=percent(verdict.mark))


def summary(report: Report) -> str:
    """The report in one paragraph: how many questions are right, and where most points wait."""
    if not report.verdicts:
        return ""
    return " ".join(filter(None, (_tally(report.verdicts), _to_win(report.verdicts), _open(report.verdicts))))


def _tally(verdicts: Sequence[Verdict]) -> str:
    verdicts = [verdict for verdict in verdicts if verdict.outcome is not Outcome.NO_POINTS]
    full, partly, none = (
        sum(tone(verdict) == name for verdict in verdicts) for name in ("right", "partly", "lost")
    )
    if not verdicts:
        return ""
    if full == len(verdicts):
        return phrase("tally.everything")
    if len(verdicts) == 1:
        return phrase("tally.alone.partly") if partly else phrase("tally.alone.nothing") if none else ""
    of = _count(len(verdicts))
    told = [
        count_phrase("tally.right", full, right=_count(full), count=of)
        if full
        else phrase("tally.none", count=of)
    ]
    told += [count_phrase("tally.partly", partly, partly=_count(partly))] * bool(partly)
    told += [count_phrase("tally.nothing", none, nothing=_count(none))] * bool(none)
    return capital(reduce(lambda first, second: phrase("tally.and", first=first, second=second), told)) + "."


def _to_win(verdicts: Sequence[Verdict]) -> str:
    largest = sorted((verdict for verdict in verdicts if lost(verdict)), key=lost, reverse=True)[:2]
    if not largest:
        return ""
    names = [f"{_name(verdict)} ({points(lost(verdict))})" for verdict in largest]
    if len(verdicts) == 1:
        return phrase("to_win.alone", points=points(lost(largest[0])))
    return phrase(
        "to_win", names=reduce(lambda first, second: phrase("and", first=first, second=second), names)
    )


def _name(verdict: Verdict) -> str:
    """What a question is called in a sentence: its function, or the title of a part that is none."""
    titled = verdict.outcome is Outcome.MARKED or (verdict.title and not verdict.question.isidentifier())
    return phrase("quoted", text=verdict.title) if titled else f"`{verdict.question}`"


def _open(verdicts: Sequence[Verdict]) -> str:
    unread = sum(verdict.sentence.key == "notebook.unread.question" for verdict in verdicts)
    unjudged = sum(verdict.outcome is Outcome.UNJUDGED for verdict in verdicts) - unread
    awaiting = sum(verdict.outcome is Outcome.AWAITING_MARK for verdict in verdicts)
    told = ("unjudged.told", unjudged), ("unread.told", unread), ("awaiting.told", awaiting)
    return " ".join(capital(count_phrase(key, count, count=_count(count))) for key, count in told if count)


def run_of_cells(cells: Sequence[CellRun]) -> str:
    """How the notebook ran as a whole, or the notebooks."""
    told: list[str] = []
    for how in CellEnding:
        count = sum(cell.ending is how for cell in cells)
        if count:
            ending = phrase(f"ending.{how}")
            told.append(
                phrase("cells_run.more", count=count, ending=ending)
                if told
                else count_phrase("cells_run.cells", count, ending=ending)
            )
    several = len({cell.notebook for cell in cells}) > 1
    return phrase("cells_run.several" if several else "cells_run", told=", ".join(told))


def is_silent(cell: CellRun) -> bool:
    """Whether the cell ran and left nothing to show."""
    shown = (
        cell.printed,
        cell.displayed,
        cell.figures,
        cell.exception,
        cell.message,
        cell.traceback,
        cell.cut,
    )
    return cell.ending is CellEnding.RAN and not any(shown)


def ranges(numbers: Iterable[int]) -> str:
    """`1, 3–5, 8`: numbers in order, neighbours joined."""
    spans: list[list[int]] = []
    for value in sorted(set(numbers)):
        if spans and value == spans[-1][1] + 1:
            spans[-1][1] = value
        else:
            spans.append([value, value])
    return ", ".join(str(low) if low == high else f"{low}–{high}" for low, high in spans)


def moment(at: datetime) -> str:
    """`Friday 2 October 2026, 23:58:04 (UTC+02:00)`."""
    zone = at.tzname() or phrase("no_zone")
    day, month = {"weekday": name_weekday(at), "day": at.day}, name_month(at)
    return phrase("moment.zone", **day, month=month, year=at.year, clock=f"{at:%H:%M:%S}", zone=zone)


def seconds(value: float) -> str:
    """A duration: `0.4 s`, `3 min 20 s`."""
    if value >= 60:
        return phrase("span.minutes_seconds", minutes=int(value // 60), seconds=int(value % 60))
    shown = f"{value:.2g}" if value < 10 else f"{value:.0f}"
    return phrase("span.seconds", seconds=localize_number(shown))


def marks_score(marks: ReportMarks) -> str:
    """What a file earned so far, of all its points, by its report alone."""
    lines = marks.lines
    if not lines:
        return phrase("score.unjudged")
    if all(line.mark.earned is None for line in lines):
        return phrase("score.unmarked")  # "0 of 20 points" reads like a mark
    earned = sum((line.mark.earned or Fraction(0) for line in lines), Fraction(0))
    total = sum((line.mark.points for line in lines), Fraction(0))
    score = phrase("earned", earned=number(earned, total=total), points=points(total))
    part_open = any(line.mark.earned is None for line in lines)
    return phrase("score.part_open", score=score) if part_open else score


def _count(value: int) -> str:
    key = f"number.{value}"
    return phrase(key) if key in PHRASES else str(value)


def capital(text: str) -> str:
    """The text with its first letter as a sentence begins."""
    return text[:1].upper() + text[1:]
