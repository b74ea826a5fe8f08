"""A list of exam marks, read strictly: every flaw at once, each with its line."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from autograder.domain.course import Student
from autograder.domain.course_events import CourseEvent, find_standing
from autograder.domain.events import ExamCode, ExamMark
from autograder.domain.given_marks import as_written, read_number
from autograder.domain.nearest import did_you_mean
from autograder.domain.student_id import is_shortened_number, normal
from autograder.errors import CourseError, Flaw
from autograder.inbox.names import sort_words, without_accents

_HEADING = re.compile(r"(exam|examen|note)\s*\(\s*/\s*(\d{1,6}(?:[.,]\d{1,4})?)\s*\)", re.IGNORECASE)
_NAMES = ("name", "full name", "first name", "last name", "surname", "nom", "nom complet", "prénom", "prenom")
"""What columns are called that hold names, in small letters."""
_CODES = ", ".join(code.value for code in ExamCode)


@dataclass(frozen=True, slots=True)
class ExamList:
    """The marks of one session as a list tells them."""

    marks: Mapping[str, ExamMark]
    """By student; of whoever has an empty cell nothing is known."""
    empty: tuple[str, ...]
    missing: tuple[str, ...]
    """Students of the course who are not in the list."""
    other_names: Mapping[str, str]
    """By student, a name in which no word is of the student's own: one column may have been sorted alone."""


def find_exam_column(columns: Sequence[str], name: str) -> tuple[str, Fraction]:
    """The column of the marks and of how many points they are. Raises CourseError."""
    found = [(each, match) for each in columns if (match := _HEADING.fullmatch(each.strip()))]
    if len(found) != 1:
        what = "there is no column exam (/20)" if not found else "there are two columns of marks"
        what = what if columns else "the file is empty"
        advice = "the first line names the columns: id, and exam (/20) with of how many points marks are"
        raise CourseError([Flaw(f"{name}, line 1", what, advice)])
    out_of = read_number(found[0][1][2])
    if not out_of:
        raise CourseError([Flaw(f"{name}, line 1", "marks are out of 0", "write exam (/20)")])
    return found[0][0], out_of


def read_exam_list(
    rows: Sequence[tuple[int, Mapping[str, str]]],
    column: str,
    out_of: Fraction,
    people: Sequence[Student],
    *,
    name: str,
    session: int,
    why: str = "",
    broken: Sequence[Flaw] = (),
) -> ExamList:
    """The marks in the rows of a table.

    Args:
        rows: numbers of lines, and cells by column.
        column: that of the marks.
        out_of: points.
        people: the students of the course.
        name: of the list, as messages tell it.
        session: 1 or 2.
        why: what the student reads beside the mark.
        broken: what is wrong with other lines of the table, told with the rest.

    Raises:
        CourseError: with every flaw of the list, in order of its lines.
    """
    known = {each.id: each for each in people}
    marks: dict[str, ExamMark] = {}
    lines: dict[str, int] = {}
    other_names: dict[str, str] = {}
    empty, flaws = list[str](), list(broken)
    for line, cells in rows:
        student, where = normal(cells["id"]), f"{name}, line {line}"
        if flaw := _find_flaw(student, known, lines.get(student), where):
            flaws.append(flaw)
            continue
        lines[student] = line
        told = " ".join(cell.strip() for title, cell in cells.items() if title in _NAMES)
        words, own = _words_of(told), _words_of(known[student].name)
        if words and own and words.isdisjoint(own):
            other_names[student] = told
        try:
            mark = _read_cell(cells[column], out_of, where)
        except CourseError as error:
            flaws += error.flaws
            continue
        if mark is None:
            empty.append(student)
        else:
            marks[student] = ExamMark(0, mark, session, out_of, where, why)
    if flaws:
        raise CourseError(sorted(flaws, key=lambda flaw: int(flaw.where.rpartition(" ")[2])))
    missing = tuple(each.id for each in people if each.id not in lines)
    return ExamList(marks, tuple(empty), missing, other_names)


def _words_of(name: str) -> set[str]:
    return set(sort_words(without_accents(name)).split())


def _find_flaw(student: str, known: Collection[str], before: int | None, where: str) -> Flaw | None:
    if not student:
        return Flaw(where, "lacks an id", "each line names a student of students.csv")
    if before is not None:
        return Flaw(where, f"{student!r} stands on line {before} already", "each student has one line")
    if student in known:
        return None
    advice = did_you_mean(student, known) or "write it as in students.csv"
    if is_shortened_number(student):
        advice = "a spreadsheet has shortened the number: let it treat the column as text"
    return Flaw(where, f"no student of the course has the id {student!r}", advice)


def _read_cell(cell: str, out_of: Fraction, where: str) -> Fraction | ExamCode | None:
    """A mark as a share, a code, or None for an empty cell. Raises CourseError."""
    text = cell.strip()
    if not text:
        return None
    if text.upper() in tuple(ExamCode):
        return ExamCode(text.upper())
    value, slash, points = text.partition("/")
    try:
        mark = read_number(value.strip())
        of = read_number(points.strip()) if slash else out_of
    except ValueError:
        advice = f"a number such as 13,5, a code ({_CODES}), or nothing while it is not known"
        raise CourseError([Flaw(where, f"{text!r} is no mark", advice)]) from None
    if of != out_of:
        what = f"{text!r} is not out of {as_written(out_of)}, as the heading says"
        raise CourseError([Flaw(where, what, f"write it as A or A/{as_written(out_of)}")])
    if mark > out_of:
        what = f"{text!r} is more than {as_written(out_of)}"
        raise CourseError([Flaw(where, what, "mend the mark, or the heading")])
    return mark / out_of


def find_new_marks(exam: ExamList, events: Sequence[CourseEvent], session: int) -> dict[str, ExamMark]:
    """The marks of a list that say something else than what holds already."""
    held = _find_held(events, session)
    return {student: mark for student, mark in exam.marks.items() if not _is_same(mark, held.get(student))}


def find_held_marks(exam: ExamList, events: Sequence[CourseEvent], session: int) -> dict[str, CourseEvent]:
    """By student, the events that hold and say what the list says."""
    held = _find_held(events, session)
    return {
        student: held[student] for student, mark in exam.marks.items() if _is_same(mark, held.get(student))
    }


def _find_held(events: Sequence[CourseEvent], session: int) -> dict[str, CourseEvent]:
    """By student, the exam mark of a session that holds."""
    return {
        each.whom.student: each
        for each in find_standing(events)
        if isinstance(each.what, ExamMark) and each.what.session == session
    }


def _is_same(mark: ExamMark, held: CourseEvent | None) -> bool:
    what = held.what if held else None
    return isinstance(what, ExamMark) and (what.mark, what.out_of) == (mark.mark, mark.out_of)
