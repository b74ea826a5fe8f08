"""Where each student's report goes when it is given back: the names that Moodle and Canvas look for."""

import re
import zipfile
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.domain.course import Student
from autograder.errors import CourseError, Flaw
from autograder.inbox.naming import Naming, Owner, Place
from autograder.inbox.notice import Rejected, escape
from autograder.inbox.roster_index import RosterIndex
from autograder.interop.cells import read_cells
from autograder.interop.moodle_grades import worksheet_lines
from autograder.interop.whose_line import find_owners

PAGE = "report.html"
_NOT_IN_MOODLES_NAMES = re.compile(r"""[\x00-\x1f\x7f&<>"`|':\\/_]|\.\.+""")
_MOST_NAMES = 100_000


@dataclass(frozen=True, slots=True)
class ReturnPlan:
    """Where reports go, and what fits nobody."""

    places: Mapping[str, tuple[str, ...]]
    """Path of each file, and the students who receive it: one, or the members of a team."""
    unknown: tuple[tuple[str, str], ...] = ()
    """Who is named where the platform says so, and is nobody here, with the reason."""
    by_name: tuple[str, ...] = ()
    """Lines that only their name tells apart."""
    nothing: tuple[str, ...] = ()
    """Who is there and has no report."""
    unreachable: tuple[tuple[str, str], ...] = ()
    """Students here with a report whom nothing reaches, with the reason."""


def plan_for_moodle(
    content: bytes, name: str, people: Sequence[Student], reported: Collection[str]
) -> ReturnPlan:
    """Folders as Moodle names them, `Full name_NUMBER_assignsubmission_file_`, by a grading worksheet.

    Moodle finds the student by the number alone, and the name must hold no underscore before it.

    Raises:
        CourseError: the file is no worksheet.
    """
    table = read_cells(content, name)
    lines = [line for line, _ in worksheet_lines(table)]
    if not any(line.participant for line in lines):
        what = "is no grading worksheet of Moodle: no line has the number of a participant"
        raise CourseError([Flaw(name, what, "View all submissions, Download grading worksheet")])
    owners = find_owners(lines, people, reported)
    places, nothing = dict[str, tuple[str, ...]](), []
    for line in lines:
        student = owners.students.get(line.row)
        if student is None:
            continue
        if student not in reported:
            nothing.append(str(line))
            continue
        called = " ".join(_NOT_IN_MOODLES_NAMES.sub(" ", line.name).split()) or "Participant"
        places[f"{called}_{line.participant}_assignsubmission_file_/{PAGE}"] = (student,)
    unknown = tuple((str(line), why) for line, why in owners.unknown)
    return ReturnPlan(places, unknown, tuple(map(str, owners.by_name)), tuple(nothing))


def plan_for_canvas(
    source: Path,
    assignment: str,
    people: Sequence[Student],
    reported: Collection[str],
    teams: Mapping[str, Sequence[str]],
) -> ReturnPlan:
    """The names of the files that were downloaded from Canvas, each with .html behind it.

    Canvas reads the numbers of the student and of the file out of a name.

    Args:
        source: the zip of Canvas, or the folder into which it was unpacked.
        assignment: what was handed in.
        people: the roster.
        reported: students who have a report.
        teams: who handed in together: one file of theirs is in the zip, and Canvas gives it to each.

    Raises:
        CourseError: it is no such zip.
    """
    naming, index = Naming(assignment), RosterIndex(people, dict(teams))
    owners: dict[Owner, str] = {}
    for name in sorted(_names_in(source), key=lambda each: (not each.endswith(".ipynb"), each)):
        place = naming.locate((name,))
        if isinstance(place, Place) and place.owner.number:
            owners.setdefault(place.owner, name)
    if not owners:
        what = "holds no file that is named as Canvas names what it hands out"
        raise CourseError([Flaw(str(source), what, "Assignments, Download submissions")])
    places, unknown, nothing = dict[str, tuple[str, ...]](), list[tuple[str, str]](), list[str]()
    claims = defaultdict[tuple[str, ...], list[str]](list)
    for owner, name in owners.items():
        try:
            claims[index.find(owner).students].append(name)
        except Rejected as rejection:
            unknown.append((escape(name), rejection.what))
    for found, names in claims.items():
        theirs = tuple(student for student in found if student in reported)
        if len(names) > 1:
            why = f"{len(names)} people in Canvas may be {', '.join(found)}"
            unknown += [(escape(name), why) for name in names]
        elif theirs:
            places[f"{names[0]}.html"] = theirs
        else:
            nothing.append(escape(names[0]))
    return ReturnPlan(places, tuple(unknown), nothing=tuple(nothing))


def _names_in(source: Path) -> list[str]:
    """The names of the files of a zip or folder, without what is in folders."""
    if source.is_dir():
        return [path.name for path in source.iterdir() if path.is_file()]
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise CourseError([Flaw(str(source), "is no zip", "give the zip that Canvas made")]) from error
    if len(names) > _MOST_NAMES:
        raise CourseError([Flaw(str(source), f"holds more than {_MOST_NAMES} files")])
    return [name for name in names if "/" not in name]


def plan_folders(people: Collection[str]) -> ReturnPlan:
    """A folder a student."""
    return ReturnPlan({f"{student}/{PAGE}": (student,) for student in sorted(people)})


def plan_mail(people: Sequence[Student], reported: Collection[str]) -> ReturnPlan:
    """A mail a student; whoever has no address of the shape name@host is told."""
    known = {student.id: student for student in people}
    addressed = {who for who in reported if who in known and is_address(known[who].email)}
    lacking = [(who, "has no e-mail address in students.csv") for who in sorted(set(reported) - addressed)]
    return ReturnPlan({f"{who}.eml": (who,) for who in sorted(addressed)}, unreachable=tuple(lacking))


def is_address(text: str) -> bool:
    """Whether mail can be addressed to it: one name, one host, nothing but plain signs."""
    return (
        re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", text.strip())
        is not None
    )
