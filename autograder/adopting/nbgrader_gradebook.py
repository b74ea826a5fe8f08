"""nbgrader's gradebook: the cells that grading goes by, due dates, students.

A gradebook.db is never opened itself as a database, which could write beside it. It is copied with its
journal, until nothing changed while a copy was made; what a writer had begun is undone in the copy, as SQLite
does after a crash. One on a PostgreSQL server is read in one transaction, which may change nothing.
"""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from autograder.errors import CourseError, Flaw
from autograder.foreign.model import CellType, ForeignRole

_BESIDE = ("", "-journal", "-wal")
_TRIES = 5
_NEEDED = {"assignment", "notebook", "source_cell", "student"}


@dataclass(frozen=True, slots=True)
class StoredCell:
    """A cell as nbgrader keeps it, and puts it back into submissions if it is locked."""

    name: str
    """Its grade_id."""
    role: ForeignRole
    type: CellType
    source: str
    locked: bool
    checksum: str
    points: Fraction


@dataclass(frozen=True, slots=True)
class StoredAssignment:
    """What the gradebook knows of an assignment."""

    name: str
    due: datetime | None
    """In UTC."""
    notebooks: dict[str, tuple[StoredCell, ...]]
    """Their cells by the name of the notebook, in the order in which they were saved."""


@dataclass(frozen=True, slots=True)
class StoredStudent:
    """A line of its list of students."""

    id: str
    first_name: str
    last_name: str
    email: str


@dataclass(frozen=True, slots=True)
class StoredGradebook:
    """What is read of a gradebook."""

    assignments: dict[str, StoredAssignment]
    students: tuple[StoredStudent, ...]


class OldGradebookError(CourseError):
    """A gradebook has the tables of an nbgrader before 0.6."""


def read_gradebook(path: Path) -> StoredGradebook:
    """What stands in a gradebook.db. It is not changed, and nothing is written beside it.

    Raises:
        OldGradebookError: nbgrader itself would want it upgraded first.
        CourseError: it is no gradebook of nbgrader, is damaged, or is being written to all the time.
    """
    with tempfile.TemporaryDirectory(prefix="autograder-adopt-") as folder:
        copy = Path(folder, "gradebook.db")
        if not any(_copy(path, copy) for _ in range(_TRIES)):
            what = "is being written to, and was not left alone long enough to be copied"
            raise CourseError([Flaw(str(path), what, "stop what writes to it, and adopt again")])
        try:
            with closing(sqlite3.connect(copy)) as database:
                names = database.execute("select name from sqlite_master where type = 'table'")
                return _read(_Stored({name for (name,) in names}, "rowid", database.execute), str(path))
        except sqlite3.Error as error:
            what = f"cannot be read as an SQLite database ({error})"
            raise CourseError(
                [Flaw(str(path), what, "bring it back from a backup, or put it aside")]
            ) from error


def read_server_gradebook(address: str, place: str) -> StoredGradebook:
    """What stands in a gradebook on a PostgreSQL server.

    Args:
        address: as nbgrader takes it.
        place: where it is written, for messages: they hold no password.

    Raises:
        CourseError: the server cannot be reached, or there is no gradebook of nbgrader at this address.
    """
    from sqlalchemy import create_engine, inspect, make_url, text
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError
    from sqlalchemy.pool import NullPool

    try:
        url = make_url(address)
        shown = url.render_as_string(hide_password=True)
        if find_spec("psycopg2") is None:  # the usual driver, which a newer one stands for
            url = url.set(drivername="postgresql+psycopg")
        whole = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        engine = create_engine(url, poolclass=NullPool, execution_options=whole)
        with engine.connect() as connection:

            def execute(query: str, values: Mapping[str, str]) -> Iterable[Any]:
                return connection.execute(text(query), values)

            # Rows have no number there: they are taken as they lie, which is as they were saved.
            return _read(_Stored(set(inspect(connection).get_table_names()), "ctid", execute), shown)
    except ImportError as error:
        what = "is on a PostgreSQL server, and psycopg is not installed here"
        raise CourseError([Flaw(place, what, "pip install 'nabla-autograder[postgresql]'")]) from error
    except ArgumentError as error:
        what = "is no address of a database"
        raise CourseError([Flaw(place, what, "postgresql://USER@HOST/NAME")]) from error
    except SQLAlchemyError as error:
        lines = str(getattr(error, "orig", None) or error).strip().splitlines()
        what = f"{shown} cannot be read ({lines[0] if lines else 'no reason is given'})"
        how = "start the server, or take the address out, and source/ and release/ are read alone"
        raise CourseError([Flaw(place, what, how)]) from error


@dataclass(frozen=True, slots=True)
class _Stored:
    """A database that is open."""

    tables: set[str]
    order: str
    """The column by which rows are as they were saved."""
    execute: Callable[[str, Mapping[str, str]], Iterable[Any]]


def _copy(path: Path, copy: Path) -> bool:
    """Copy the database with what lies beside it; whether it was left alone meanwhile."""
    files = [(Path(f"{path}{end}"), Path(f"{copy}{end}")) for end in _BESIDE]
    before = [_state(file) for file, _ in files]
    try:
        for file, target in files:
            target.unlink(missing_ok=True)
            if file.exists():
                shutil.copyfile(file, target)
    except FileNotFoundError:  # a journal that went when its writer was done
        return False
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise CourseError([Flaw(str(path), what, "make it readable for you")]) from error
    if [_state(file) for file, _ in files] == before:
        return True
    time.sleep(0.2)  # a transaction of nbgrader's takes less
    return False


def _state(file: Path) -> tuple[int, int, int] | None:
    try:
        status = file.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _read(stored: _Stored, place: str) -> StoredGradebook:
    if not stored.tables >= _NEEDED:
        what = f"is no gradebook of nbgrader: it has no table {sorted(_NEEDED - stored.tables)[0]}"
        raise CourseError([Flaw(place, what, "name the folder of an nbgrader course")])
    if "base_cell" not in stored.tables:
        what = "is of an nbgrader before 0.6"
        raise OldGradebookError([Flaw(place, what, "run `nbgrader db upgrade` in a copy of the course")])
    assignments = {}
    found = stored.execute("select id, name, duedate from assignment order by duedate, name", {})
    for id_, name, due in [*found]:
        query = "select id, name from notebook where assignment_id = :id order by name"
        notebooks = {
            notebook: tuple(_read_cells(stored, number))
            for number, notebook in [*stored.execute(query, {"id": id_})]
        }
        assignments[name] = StoredAssignment(name, _moment(due), notebooks)
    students = stored.execute("select id, first_name, last_name, email from student order by id", {})
    return StoredGradebook(
        assignments, tuple(StoredStudent(*(str(part or "") for part in row)) for row in students)
    )


def _read_cells(stored: _Stored, notebook: str) -> Iterator[StoredCell]:
    kinds = _read_kinds(stored, notebook)
    rows = stored.execute(
        "select name, cell_type, source, locked, checksum from source_cell"  # noqa: S608 - a name of ours
        f" where notebook_id = :id order by {stored.order}",
        {"id": notebook},
    )
    for name, type_, source, locked, checksum in rows:
        role, points = kinds.get(name, (ForeignRole.PROVIDED, Fraction(0)))
        yield StoredCell(name, role, CellType(type_), source or "", bool(locked), checksum or "", points)


def _read_kinds(stored: _Stored, notebook: str) -> dict[str, tuple[ForeignRole, Fraction]]:
    """What the graded cells and the answers of a notebook are, with their points."""

    def read(table: str, column: str) -> list[tuple[str, float]]:
        if table not in stored.tables:  # task_cells, before nbgrader 0.7
            return []
        query = (
            f"select base_cell.name, {column} from base_cell join {table} on {table}.id = base_cell.id"  # noqa: S608 - names of ours
            " where base_cell.notebook_id = :id"
        )
        return [(name, value) for name, value in stored.execute(query, {"id": notebook})]

    answers = {name for name, _ in read("solution_cells", "0")}
    kinds = {name: (ForeignRole.STUDENT, Fraction(0)) for name in answers}
    for name, points in read("grade_cells", "max_score"):
        role = ForeignRole.BY_HAND if name in answers else ForeignRole.TEST
        kinds[name] = (role, Fraction(str(points)))
    for name, points in read("task_cells", "max_score"):
        kinds[name] = (ForeignRole.TASK, Fraction(str(points)))
    return kinds


def _moment(written: object) -> datetime | None:
    """A due date, which nbgrader keeps in UTC without saying so."""
    try:
        return datetime.fromisoformat(str(written)).replace(tzinfo=UTC) if written else None
    except ValueError:
        return None
