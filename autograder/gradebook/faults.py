"""What the database complains of, as a sentence that says what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, NoResultFound

from autograder.errors import StoreError

LOCKED = (
    "another program has been writing to the gradebook for too long; "
    "wait until it is done (or end it) and start again: what is recorded is kept"
)
"""What is said of a lock that is not let go of."""
_READ_ONLY = (
    "the gradebook may only be read; make the file and its folder writable for you, "
    "and start again: what is recorded is kept"
)
_FULL = (
    "there is no room left to write the gradebook; free some space on its disk "
    "and start again: what is recorded is kept"
)
_CORRUPT = "the file is damaged or is no gradebook; put it aside and bring back a backup"
_UNREADABLE = (
    "an entry of the gradebook is not what was written; `autograder doctor --store` tells which: "
    "bring back a backup of .autograder"
)
_CANNOT_OPEN = (
    "the gradebook cannot be opened; see that it is a file and that you may read and write it and its folder"
)
_UNREACHABLE = (
    "the database server cannot be reached or refuses us; see that it runs, and the address and password"
)

_SQLITE = {
    "SQLITE_BUSY": LOCKED,
    "SQLITELOCKED": LOCKED,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_PERM": _READ_ONLY,
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": "the disk fails or is full; see to it and start again: what is recorded is kept",
    "SQLITE_CORRUPT": _CORRUPT,
    "SQLITE_NOTADB": _CORRUPT,
    "SQLITE_CANTOPEN": _CANNOT_OPEN,
}
_POSTGRESQL = {
    "55P03": LOCKED,  # lock_not_available
    "40P01": LOCKED,  # deadlock_detected
    "25006": _READ_ONLY,  # read_only_sql_transaction
    "42501": _READ_ONLY,  # insufficient_privilege
    "53100": _FULL,  # disk_full
    "XX001": _CORRUPT,  # data_corrupted
    "XX002": _CORRUPT,  # index_corrupted
}


@contextmanager
def spoken(place: str) -> Iterator[None]:
    """Within it, whatever the database at `place` complains of becomes a `StoreError`.

    So does what a stored value that was edited makes of reading it. (A value of ours that cannot be stored is
    another error: SQLAlchemy's own, and a mistake of the program.)
    """
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"{place}: {_sentence(error.orig or error)}") from error
    except sqlite3.Error as error:
        raise StoreError(f"{place}: {_sentence(error)}") from error
    except (ValueError, TypeError, LookupError, ArithmeticError, NoResultFound) as error:
        raise StoreError(f"{place}: {_UNREADABLE} ({type(error).__name__}: {_first_line(error)})") from error


def _sentence(error: BaseException) -> str:
    if isinstance(error, sqlite3.Error):
        # SQLITE_READONLY_DIRECTORY and the like are kinds of their first two words.
        kind = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
        if str(error).startswith("Could not decode"):
            return _CORRUPT
        return _SQLITE.get(kind, f"the gradebook failed ({_first_line(error)})")
    state = getattr(error, "sqlstate", None)
    # A server that was never reached gives no state.
    if state is None and type(error).__name__ == "OperationalError":
        return f"{_UNREACHABLE} ({_first_line(error)})"
    return _POSTGRESQL.get(str(state), f"the gradebook failed ({_first_line(error)})")


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
