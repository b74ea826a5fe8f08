"""When Moodle received what students handed in, by its grading worksheet: its zip does not say.

The column and its dates are in the language of whoever downloaded the worksheet: English and French are read.
"""

import re
from datetime import datetime, tzinfo

from autograder.errors import CourseError, Flaw
from autograder.inbox.names import without_accents
from autograder.interop.cells import read_cells
from autograder.interop.completion import find_heading
from autograder.interop.moodle_grades import heading_row, worksheet_lines

_MODIFIED = (
    *("last modified (submission)", "dernière modification (travail remis)"),
    *("dernière modification (remise)", "dernière modification (devoir remis)"),
    *("dernière modification (travail)", "dernière modification (soumission)"),
)
_MONTHS = {
    **dict(zip(("jan", "feb", "mar", "apr", "may", "jun"), range(1, 7), strict=True)),
    **dict(zip(("jul", "aug", "sep", "oct", "nov", "dec"), range(7, 13), strict=True)),
    **{"janv": 1, "fev": 2, "mars": 3, "avr": 4, "mai": 5, "juin": 6, "juil": 7, "aou": 8},
}
_DATE = re.compile(
    r"(?:[^\W\d]+\.?,?\s+)?(?:(?P<day>\d{1,2})(?:er|st|nd|rd|th)?\s+(?P<month>[^\W\d]+)\.?"
    r"|(?P<month_first>[^\W\d]+)\.?\s+(?P<day_after>\d{1,2})),?\s+(?P<year>\d{4})"
    r"(?:,|\s+a)?\s+(?P<hour>\d{1,2})[:h]\s?(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s?(?P<half>[ap]\.?m\.?)?"
)
_STATUS = ("status", "statut")
_LATE = re.compile(r"\blate\b|\bretard\b")
_NOTHING = ("", "-")


def read_times(content: bytes, name: str, zone: tzinfo) -> dict[str, datetime]:
    """When each participant handed in last, by the number by which Moodle knows them in this assignment.

    Args:
        content: of the worksheet.
        name: as messages call it.
        zone: in which Moodle told times.

    Raises:
        CourseError: it is no worksheet with times, or a time cannot be read; with every such line.
    """
    table = read_cells(content, name)
    headings = [cell.value for cell in table.rows[heading_row(table)].cells] if table.rows else []
    column = find_heading(headings, _MODIFIED)
    if column is None or find_heading(headings, ("identifier", "identifiant")) is None:
        what = "has no times: it needs the columns Identifier and Last modified (submission)"
        raise CourseError([Flaw(name, what, "View all submissions, Download grading worksheet")])
    times: dict[str, datetime] = {}
    flaws = []
    for line, row in worksheet_lines(table):
        text = row.value(column).strip()
        if text in _NOTHING or not line.participant:
            continue
        moment = read_moment(text, zone)
        if moment is None:
            advice = "a time such as Monday, 14 December 2026, 9:30 AM"
            flaws.append(Flaw(f"{name}, line {line.number}", f"{text!r} is no time", advice))
        else:
            times[line.participant] = moment
    if flaws:
        raise CourseError(flaws)
    return times


def read_lateness(content: bytes, name: str) -> dict[str, bool]:
    """Whether each participant handed in after Moodle's own due date, by the same numbers.

    Moodle writes it behind the status, in the language of whoever downloaded the worksheet: "Submitted for
    grading - 2 hours 5 mins late". Of those who handed in nothing it says nothing.
    """
    table = read_cells(content, name)
    headings = [cell.value for cell in table.rows[heading_row(table)].cells] if table.rows else []
    status, modified = find_heading(headings, _STATUS), find_heading(headings, _MODIFIED)
    if status is None or modified is None:
        return {}
    return {
        line.participant: _LATE.search(without_accents(row.value(status)).casefold()) is not None
        for line, row in worksheet_lines(table)
        if line.participant and row.value(modified).strip() not in _NOTHING
    }


def read_moment(text: str, zone: tzinfo) -> datetime | None:
    """A time as Moodle writes it in English or French, or None.

    >>> from datetime import UTC
    >>> read_moment("lundi 14 décembre 2026, 09:30", UTC) == read_moment("14 December 2026, 9:30 AM", UTC)
    True
    """
    try:
        iso = datetime.fromisoformat(text.strip())
    except ValueError:
        pass
    else:
        return iso if iso.tzinfo else iso.replace(tzinfo=zone)
    plain = " ".join(without_accents(text).casefold().replace("\N{NARROW NO-BREAK SPACE}", " ").split())
    found = _DATE.fullmatch(plain)
    if found is None:
        return None
    word = found["month"] or found["month_first"]
    month = _MONTHS.get(word[:4]) or _MONTHS.get(word[:3])
    hour, half = int(found["hour"]), (found["half"] or "").replace(".", "")
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + 12 * (half == "pm")
    try:
        return datetime(
            int(found["year"]),
            month or 0,
            int(found["day"] or found["day_after"]),
            hour,
            int(found["minute"]),
            int(found["second"] or 0),
            tzinfo=zone,
        )
    except ValueError:
        return None
