"""Backups of a course: making one, bringing one back, and trying whether one gives the same scores again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder.access import Access
from autograder.course.graded import read_graded_class
from autograder.course.opened import OpenCourse, open_course
from autograder.course.recipe import recipe_of
from autograder.domain.counts import describe_count
from autograder.domain.course_events import CourseEvent, Publication, find_standing
from autograder.domain.policy_text import describe_policy
from autograder.errors import CourseError, Flaw
from autograder.gradebook.served import find_server
from autograder.gradebook.store import Gradebook
from autograder.grading.batch import grade_unrecorded
from autograder.grading.workers import ThisProcess
from autograder.publishing.publication import snapshot
from autograder.services.health import BACKUP, TRIED, note_upkeep
from autograder.upkeep.backup import STATE, STORE, Backup, make_backup, open_backup, remove_contents, unpack

PARTS = (
    "course.toml",
    "students.csv",
    "staff.csv",
    "teams",
    "assignments",
    "solutions",
    "quiz",
    "submissions",
    "marking",
    f"{STATE}/quizzes",
)
"""What of a course is put into a backup, beside gradebook and secret: all that nothing else gives again."""
MOST_TRIED = 10
"""Files that are judged again, and published grades that are worked out again."""


@dataclass(frozen=True, slots=True)
class TriedScore:
    """A score that was worked out again from a backup."""

    assignment: str
    student: str
    kept: Fraction
    again: Fraction


@dataclass(frozen=True, slots=True)
class TriedGrade:
    """A published grade that was worked out again from what the backup held before it was published."""

    work: str | None
    """None: the final grade."""
    student: str
    published: str
    again: str
    """Empty where it would be open."""


@dataclass(frozen=True, slots=True)
class TriedBackup:
    """What came of trying a backup."""

    scores: tuple[TriedScore, ...]
    entries: int
    """Of the gradebook, each checked by its link."""
    grades: tuple[TriedGrade, ...] = ()
    other_policy: tuple[str | None, ...] = ()
    """Works whose last publication was by a policy that is not that of course.toml: not tried."""

    @property
    def differing_grades(self) -> tuple[TriedGrade, ...]:
        """Grades that are not those that were published."""
        return tuple(each for each in self.grades if each.published != each.again)

    @property
    def differing(self) -> tuple[TriedScore, ...]:
        """Scores that are others than those that were recorded."""
        return tuple(each for each in self.scores if each.kept != each.again)


@dataclass(frozen=True, slots=True)
class FoundBackup:
    """A file in backups/."""

    file: Path
    size: int
    made: datetime


def list_backups(course: OpenCourse) -> tuple[FoundBackup, ...]:
    """What lies in backups/ of a course, the newest first."""
    files = (course.folder.path / "backups").glob("*.zip")
    found = [(file, file.stat()) for file in files if file.is_file() and not file.is_symlink()]
    made = (FoundBackup(f, s.st_size, datetime.fromtimestamp(s.st_mtime, UTC)) for f, s in found)
    return tuple(sorted(made, key=lambda each: each.made, reverse=True))


def back_up(course: OpenCourse, to: Path | None, *, now: datetime) -> Backup:
    """Make a backup in a file that is not there, or in a folder under a name of its own.

    Raises:
        CourseError: the file is there.
        StoreError: the gradebook is damaged.
    """
    folder = course.folder
    name = f"{course.course.name}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.zip"
    target = folder.path / "backups" / name if to is None else to / name if to.is_dir() else to
    adopted = {each.adopted.folder for each in course.course.assignments if each.adopted}
    with course.gradebook() as gradebook:
        made = make_backup(
            gradebook,
            target.absolute(),
            course=course.course.name,
            root=folder.path,
            parts=(*PARTS, *sorted(adopted)),
            custody=folder.custody(),
            secret_file=folder.secret_file,
            now=now,
        )
    with course.transient() as store:
        note_upkeep(store, BACKUP, str(made.file), now)
    return made


def restore(file: Path, folder: Path, *, store: str = "") -> Backup:
    """Bring a course back into an empty folder, and note in its gradebook which backup it came from.

    Args:
        file: the backup.
        folder: where to.
        store: the address of an empty PostgreSQL database; empty for a file of the course's own.

    Raises:
        CourseError: the backup is none or damaged, or the folder is served or not empty.
        StoreError: the gradebook in it is not whole, or the database is not empty.
    """
    backup, folder = open_backup(file), folder.absolute()
    server = find_server(folder / STATE)
    if server is not None:
        what = f"{server} holds the course that is there"
        raise CourseError([Flaw(str(folder), what, "end it and put that course aside, or name a new folder")])
    made = not folder.exists()
    unpack(backup, folder)
    try:
        with _open_own(folder).gradebook() as gradebook:
            if not store:
                gradebook.note_restored(backup.name)
        if store:
            _move_to_database(folder, store, backup)
    except BaseException as error:
        # Empty, it stays where the database alone was at fault: the backup can be brought back there.
        remove_contents(folder)
        if isinstance(error, CourseError):
            if made:
                folder.rmdir()
            inside = (replace(flaw, where=f"{file}, {flaw.where}") for flaw in error.flaws)
            raise CourseError(inside) from error
        raise
    return backup


def _move_to_database(folder: Path, store: str, backup: Backup) -> None:
    # The file was brought up to date when it was opened; from now on the database goes on.
    course, own = _open_own(folder, store), folder / STORE
    Gradebook.fill(store, course.folder.custody(), own)
    for part in own.parent.glob(f"{own.name}*"):
        part.unlink()
    with course.gradebook() as gradebook:
        gradebook.note_restored(backup.name)


def _open_own(folder: Path, store: str = "") -> OpenCourse:
    """The course in a folder that was just filled, for its owner alone: this machine may lack the group."""
    course = open_course(folder, store=store)
    return OpenCourse(replace(course.folder, access=Access()), replace(course.course, group=""))


def try_out(file: Path, *, accept_level: int) -> TriedBackup:
    """Bring a backup back into a folder that is thrown away, check every entry, and work marks out again.

    Ten files are judged again whose report was made by what stands in the backup: their scores must be equal.
    Ten published grades are worked out again from what was recorded before they were published.

    Raises:
        CourseError: the backup is none or damaged.
        StoreError: an entry is not as it was recorded.
    """
    with TemporaryDirectory(prefix="autograder-backup-") as name:
        folder = Path(name) / "course"
        restore(file, folder)
        course = _open_own(folder)
        found = course.check_store()
        if found.faults:
            raise CourseError([Flaw(str(file), found.faults[0], "take another backup")])
        scores: list[TriedScore] = []
        for assignment in course.course.assignments:
            room = MOST_TRIED - len(scores)
            if room and course.module(assignment.name).exists():
                scores += _judge_again(course, assignment.name, room, accept_level)
        grades, other_policy = _grade_again(course)
        return TriedBackup(tuple(scores), found.rows, grades, other_policy)


def note_tried(course: OpenCourse, tried: TriedBackup, now: datetime) -> None:
    """Say of a course that one of its backups was tried, and what came of it."""
    differing = len(tried.differing) + len(tried.differing_grades)
    different = describe_count(differing, "score or grade", "scores or grades")
    told = f"{describe_count(tried.entries, 'entry', 'entries')}, {different} differed"
    with course.transient() as store:
        note_upkeep(store, TRIED, told, now)


def _grade_again(course: OpenCourse) -> tuple[tuple[TriedGrade, ...], tuple[str | None, ...]]:
    """Grades of the last publications, as they were published and as they follow again."""
    with course.gradebook(read_only=True) as gradebook:
        standing = find_standing(gradebook.events.all())
        last = {e.what.work: e for e in standing if isinstance(e.what, Publication)}
        policy = describe_policy(course.policy())
        comparable = [e for e in last.values() if isinstance(e.what, Publication) and e.what.policy == policy]
        other = tuple(work for work, event in last.items() if event not in comparable)
        tried: list[TriedGrade] = []
        for place, event in enumerate(comparable):
            # As many of each publication, and students from all over the class.
            most = (MOST_TRIED - len(tried)) // (len(comparable) - place)
            tried += _publish_again(course, gradebook, event, most)
        return tuple(tried), other


def _publish_again(
    course: OpenCourse, gradebook: Gradebook, event: CourseEvent, most: int
) -> Iterator[TriedGrade]:
    until, published = gradebook.recorded_until(event.number), gradebook.events.published(event.number)
    if until is None or not most or not isinstance(event.what, Publication):
        return
    graded = read_graded_class(course, gradebook, event.at, until=until)
    # Not of those who were erased, or taken out of students.csv with nothing handed in.
    known = {each.id for each in graded.history.students}.intersection(gradebook.students())
    students = [each for each in sorted(published) if each in known]
    again = snapshot(graded.grades(), graded.policy, event.what.work)
    for student in students[:: max(1, -(-len(students) // most))]:
        shown = _shown(published[student]), _shown(again.get(student))
        yield TriedGrade(event.what.work, student, *shown)


def _shown(grade: Mapping[str, object] | None) -> str:
    """A published grade in one text, with its exact value where that is another."""
    if grade is None:
        return ""
    exact = grade["exact"]
    return str(grade["shown"]) + (f" ({exact})" if exact not in (None, grade["shown"]) else "")


def _judge_again(course: OpenCourse, name: str, most: int, accept_level: int) -> Iterator[TriedScore]:
    """Scores of an assignment, the recorded ones and those of today's judging."""
    revision = course.assignment(name).revision
    with course.gradebook() as gradebook:
        kept: dict[tuple[str, str], Fraction] = {}
        for report in gradebook.latest_reports(name, as_graded=True):
            if report.revision == revision and len(kept) < most:
                kept[report.receipt.student, report.receipt.blob] = report.score_so_far
        if not kept:
            return
        files = course.report_files(name, course.folder.path / "reports" / name)
        batch = grade_unrecorded(
            name,
            (),
            gradebook,
            recipe_of(course, name, accept_level=accept_level),
            files,
            workers=ThisProcess(),
            students=[student for student, _ in kept],
        )
    for told in batch.reports:
        before = kept.get((told.student, told.blob))
        # A file that came later and has no report so far is another one.
        if before is not None:
            yield TriedScore(name, told.student, before, told.score_so_far)
