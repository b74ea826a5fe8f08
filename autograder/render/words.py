"""What a report says, in words: marks, endings, groups, moments. No form, no colour."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction

from autograder.domain import sentences
from autograder.domain.report import CellEnding, CellRun, Outcome, Report, Verdict
from autograder.domain.report_marks import ReportMarks
from autograder.domain.sentences import Sentence
from autograder.domain.submission import ReceivedBy

OUTCOMES = {
    Outcome.RIGHT: "Right",
    Outcome.WRONG: "Not right",
    Outcome.RAISED: "Stopped with an error",
    Outcome.TIMED_OUT: "Took too long",
    Outcome.OUT_OF_MEMORY: "Ran out of memory",
    Outcome.CRASHED: "Crashed",
    Outcome.FORBIDDEN: "Forbidden function",
    Outcome.MISSING: "Not found",
    Outcome.NOT_ATTEMPTED: "Not attempted",
    Outcome.AWAITING_MARK: "Waits for its mark",
    Outcome.MARKED: "Marked by hand",
    Outcome.NO_POINTS: "Without points",
    Outcome.UNJUDGED: "A person will look at it",
}
GROUPS = {
    "core": "Ordinary cases",
    "edge": "Special cases",
    "dtype": "Kinds of numbers",
    "magnitude": "Very large and very small numbers",
    "kink": "Kinks",
    "speed": "Large input, in time",
}
ENDINGS = {
    CellEnding.RAN: "ran",
    CellEnding.RAISED: "stopped with an error",
    CellEnding.TIMED_OUT: "took too long and was stopped",
    CellEnding.OUT_OF_MEMORY: "ran out of memory",
    CellEnding.CRASHED: "ended Python itself",
    CellEnding.SKIPPED: "was not run",
}
LEVELS = {
    0: "nothing was run",
    1: "limits only: time and memory were limited",
    2: "confined: no network, no files but its own, limits on time and memory",
    3: "sealed: confined, and with a user or namespaces of its own",
}
RECEIVED = {
    ReceivedBy.SERVER: "recorded by the course server",
    ReceivedBy.ARCHIVE: "as written in the archive of submissions",
    ReceivedBy.TIMESTAMP: "as written in timestamp.txt",
    ReceivedBy.FILE_TIME: "the file's own time, which is doubtful: nothing better was known",
}
_SMALL = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def said(sentence: Sentence) -> str:
    """A sentence for a student in words: the one place where reports could speak another language."""
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
    return f"{max(hundredths, 1) / 100:.2f}".rstrip("0").rstrip(".")


def points(value: Fraction) -> str:
    """`1 point`, `2.5 points`."""
    return f"{number(value)} point{'' if value == 1 else 's'}"


def percent(value: Fraction) -> str:
    """A part of 1 in per cent: `70 %`, `<1 %`; never rounded up to all."""
    if 0 < value < Fraction(1, 100):
        return "<1 %"
    whole = round(value * 100)
    return f"{min(whole, 99) if value < 1 else whole} %"


def worth(value: Fraction) -> str:
    """What a group of cases earned of its share: all, nothing, or a part."""
    return "all" if value == 1 else "nothing" if value == 0 else percent(value)


def tone(verdict: Verdict) -> str:
    """`right`, `partly`, `lost` or `open`: all that colour may say."""
    if verdict.mark is None:
        return "open"
    return "right" if verdict.mark == 1 else "partly" if verdict.mark > 0 else "lost"


def shape(verdict: Verdict) -> str:
    """The name of the shape that stands beside the words."""
    known = tone(verdict)
    return known if known in ("right", "partly") else verdict.outcome.value


def outcome(verdict: Verdict) -> str:
    """How the question ended, in a few words."""
    if verdict.outcome is Outcome.WRONG and verdict.mark:
        return "Partly right"
    if verdict.outcome is Outcome.RIGHT and verdict.mark != 1:
        return "Right, with a deduction"
    return OUTCOMES[verdict.outcome]


def earned(verdict: Verdict) -> str:
    """`2.25 of 3 points`, or that the mark is still open."""
    if verdict.earned is None:
        return f"open, {points(verdict.points)}"
    return f"{number(verdict.earned, total=verdict.points)} of {points(verdict.points)}"


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
    return f"A mistake that is recognised earns credit of its own: {percent(verdict.mark)} here."


def summary(report: Report) -> str:
    """The report in one paragraph: how many questions are right, and where most points wait."""
    if not report.verdicts:
        return ""
    return " ".join(filter(None, (_tally(report.verdicts), _to_win(report.verdicts), _open(report.verdicts))))


def _tally(verdicts: Sequence[Verdict]) -> str:
    full, partly, none = (
        sum(tone(verdict) == name for verdict in verdicts) for name in ("right", "partly", "lost")
    )
    if full == len(verdicts):
        return "Everything is right. Well done."
    if len(verdicts) == 1:
        return (
            "The question earned part of its points." if partly else "The question earned nothing yet." * none
        )
    right = f"{_count(full) if full else 'none'} of {_count(len(verdicts))} questions"
    start = f"{right} {'is' if full < 2 else 'are'} right"
    rest = [f"{_count(partly)} earned part of the points"] * bool(partly)
    rest += [f"{_count(none)} earned nothing yet"] * bool(none)
    return capital("; ".join([start, *rest])) + "."


def _to_win(verdicts: Sequence[Verdict]) -> str:
    largest = sorted((verdict for verdict in verdicts if lost(verdict)), key=lost, reverse=True)[:2]
    if not largest:
        return ""
    names = " and ".join(f"{_name(verdict)} ({points(lost(verdict))})" for verdict in largest)
    return (
        f"Most is still to be won in {names}."
        if len(verdicts) > 1
        else f"Still to be won: {points(lost(largest[0]))}."
    )


def _name(verdict: Verdict) -> str:
    """What a question is called in a sentence: its function, or the title of a part marked by hand."""
    return f"“{verdict.title}”" if verdict.outcome is Outcome.MARKED else f"`{verdict.question}`"


def _open(verdicts: Sequence[Verdict]) -> str:
    unjudged = sum(verdict.outcome is Outcome.UNJUDGED for verdict in verdicts)
    awaiting = sum(verdict.outcome is Outcome.AWAITING_MARK for verdict in verdicts)
    said = []
    if unjudged:
        known = capital(_questions(unjudged))
        said.append(f"{known} could not be judged. That is not your fault: a person will look.")
    if awaiting:
        said.append(f"{capital(_questions(awaiting))} will be marked by hand.")
    return " ".join(said)


def run_of_cells(cells: Sequence[CellRun]) -> str:
    """How the notebook ran as a whole."""
    told: list[str] = []
    for ending, words in ENDINGS.items():
        count = sum(cell.ending is ending for cell in cells)
        if count:
            told.append(f"{count} {words}" if told else f"{count} cell{'' if count == 1 else 's'} {words}")
    return f"Your notebook was run from top to bottom in a fresh Python: {', '.join(told)}."


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
    zone = at.tzname() or "no time zone"
    return f"{at:%A} {at.day} {at:%B %Y}, {at:%H:%M:%S} ({zone})"


def seconds(value: float) -> str:
    """A duration: `0.4 s`, `3 min 20 s`."""
    if value >= 60:
        return f"{int(value // 60)} min {int(value % 60)} s"
    return f"{value:.2g} s" if value < 10 else f"{value:.0f} s"


def marks_score(marks: ReportMarks) -> str:
    """What a file earned so far, of all its points, by its report alone."""
    lines = marks.lines
    if not lines:
        return "could not be judged"
    earned = sum((line.mark.earned or Fraction(0) for line in lines), Fraction(0))
    total = sum((line.mark.points for line in lines), Fraction(0))
    still = ", a part is open" if any(line.mark.earned is None for line in lines) else ""
    return f"{number(earned, total=total)} of {points(total)}{still}"


def _count(value: int) -> str:
    return _SMALL[value] if value < len(_SMALL) else str(value)


def _questions(value: int) -> str:
    return f"{_count(value)} question{'' if value == 1 else 's'}"


def capital(text: str) -> str:
    """The text with its first letter as a sentence begins."""
    return text[:1].upper() + text[1:]
