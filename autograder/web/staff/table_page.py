"""One piece of work as a table: what every student earned in every question; the same as a file."""

from dataclasses import dataclass
from fractions import Fraction

from starlette.responses import Response

from autograder.domain.report_marks import MarkLine
from autograder.interop.marks import harmless
from autograder.publishing.final_table import to_csv
from autograder.services.class_state import StudentWork
from autograder.services.work_overview import WorkOverview
from autograder.web.downloads import send_download
from autograder.web.staff.work_page import find_overview
from autograder.web.visit import Visit

STATES = (
    ("", "all"),
    ("missing", "nothing handed in"),
    ("waiting", "being judged"),
    ("person", "waits for a person"),
    ("late", "late"),
)


@dataclass(frozen=True, slots=True)
class MarksRow:
    """A student in the table."""

    work: StudentWork
    lines: tuple[MarkLine | None, ...]
    """In the order of the questions; None where a question is not asked in the file."""
    score: Fraction | None
    points: Fraction


def show_table(visit: Visit) -> Response:
    """The table, by group and state."""
    overview = find_overview(visit)
    group, which = visit.query.get("group", ""), visit.query.get("state", "")
    every = [each for each in overview.every if group in ("", each.student.group) and _is(each, which)]
    names = [each.name for each in overview.figures.questions]
    rows = [_row(each, names) for each in every]
    if visit.query.get("as") == "csv":
        text = "\ufeff" + to_csv(_cells(overview, names, rows))
        return send_download(f"{overview.state.name}-marks.csv", text.encode())
    groups = sorted({each.student.group for each in overview.every} - {""})
    return visit.page(
        "web/staff/table.html",
        overview=overview,
        rows=rows,
        groups=[("", "all"), *((each, each) for each in groups)],
        group=group,
        states=STATES,
        which=which,
    )


def _is(each: StudentWork, which: str) -> bool:
    match which:
        case "missing":
            return not each.files
        case "waiting":
            return each.waiting
        case "person":
            return each.unjudged or each.awaiting
        case "late":
            return bool(each.grade.late_days)
    return True


def _row(each: StudentWork, names: list[str]) -> MarksRow:
    lines = {line.mark.name: line for line in each.lines}
    return MarksRow(each, tuple(map(lines.get, names)), *each.score)


def _cells(overview: WorkOverview, names: list[str], rows: list[MarksRow]) -> list[list[str]]:
    """The table for a spreadsheet: points as they were earned, exactly; no cell is taken for a formula."""
    kind = "attempt" if overview.state.is_quiz else "file"
    found = [["id", "name", "group", kind, "days late", "points", "of", *map(harmless, names)]]
    for row in rows:
        student, judged = row.work.student, row.work.judged
        found.append(
            [
                *map(harmless, (student.id, student.name, student.group)),
                str(judged.number) if judged else "",
                str(row.work.grade.late_days),
                "" if row.score is None else str(row.score),
                str(row.points) if judged else "",
                *(
                    "" if line is None or line.mark.earned is None else str(line.mark.earned)
                    for line in row.lines
                ),
            ]
        )
    return found
