"""Making, upgrading and refusing stores."""

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from samples import NOON, custody, open_book, submission
from sqlalchemy import create_engine, text

from autograder.domain.second_looks import LookEntry, LookStep
from autograder.errors import StoreError
from autograder.gradebook.connect import location
from autograder.gradebook.schema import migrate
from autograder.gradebook.store import Gradebook
from autograder.gradebook.tables import SCHEMA, VERSION_TABLE, metadata


def execute(place: str, *statements: str) -> None:
    """Do something to a database behind the gradebook's back."""
    engine = create_engine(location(place))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_the_migrations_make_the_tables_the_program_speaks_of(place):
    """Nobody can change one and forget the other."""
    engine = create_engine(location(place))
    with engine.begin() as connection:
        migrate(connection)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "version_table": VERSION_TABLE}
        )
        differences = compare_metadata(context, metadata)
    engine.dispose()

    assert differences == []


def test_a_new_store_is_as_the_migrations_would_make_it(tmp_path):
    """To the letter of its tables and indexes, with the same number in it."""
    new, migrated = (str(tmp_path / name) for name in ("new.sqlite", "migrated.sqlite"))
    open_book(new).close()
    engine = create_engine(location(migrated))
    with engine.begin() as connection:
        migrate(connection)
    engine.dispose()

    assert _laid_out(new) == _laid_out(migrated)


def _laid_out(place: str) -> list[tuple[str, ...]]:
    engine = create_engine(location(place))
    with engine.connect() as connection:
        made = connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"))
        number = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one()
        rows = [(*row[:3], "".join((row[3] or "").split())) for row in made]
    engine.dispose()
    return [*rows, (number,)]


def test_the_schema_that_is_compared_is_the_last_migration():
    """Opening does not ask alembic, so the number in the program must be right."""
    config = Config()
    config.set_main_option("script_location", "autograder.gradebook:migrations")

    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA]


def test_alembic_is_not_loaded_where_there_is_nothing_to_upgrade(tmp_path):
    """It costs half a second, which a store that is new or up to date does not pay."""
    place = tmp_path / "gradebook.sqlite"
    program = (
        "import sys; from pathlib import Path; from autograder.gradebook.store import Gradebook;"
        "from autograder.gradebook.custody import Custody; place = Path(sys.argv[1]);"
        "Gradebook.open(place, Custody(lambda: b's', place.with_name('head'))).close();"
        "print('alembic' in sys.modules, 'sqlalchemy.orm' in sys.modules)"
    )

    def loaded() -> str:
        command = [sys.executable, "-W", "error", "-c", program, str(place)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    assert [loaded(), loaded()] == ["False False"] * 2


def test_what_is_there_survives_opening_again(place):
    """A second opening changes nothing."""
    with open_book(place) as gradebook:
        gradebook.receive([submission()])
    with open_book(place) as gradebook:
        assert len(gradebook.pending("gradients")) == 1


def test_a_store_of_a_later_version_is_not_touched(place):
    """The message says which side to upgrade."""
    open_book(place).close()
    execute(place, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")

    with pytest.raises(StoreError, match=r"a later version of autograder .*upgrade autograder"):
        open_book(place)
    execute(place, f"UPDATE {VERSION_TABLE} SET version_num = '{SCHEMA}'")
    open_book(place).close()


def test_another_programs_database_is_not_touched(place):
    """nbgrader's gradebook.db, say."""
    execute(place, "CREATE TABLE grade (id INTEGER)")

    with pytest.raises(StoreError, match="belongs to another program"):
        open_book(place)


def test_a_reader_makes_nothing(place):
    """Opened for reading, an empty place stays as it is, and the message says what makes it."""
    with pytest.raises(StoreError, match="autograder grade"):
        open_book(place, read_only=True)
    open_book(place).close()
    execute(place, f"DELETE FROM {VERSION_TABLE}")

    with pytest.raises(StoreError, match="empty or gone"):
        open_book(place, read_only=True)


def test_a_store_of_an_earlier_version_is_kept_beside_the_upgraded_one(place, monkeypatch):
    """In a file, or in a schema of the same database; its rows get their links."""
    engine = create_engine(location(place))
    with engine.begin() as connection:
        migrate(connection, "0003")
        connection.execute(text("INSERT INTO blobs VALUES ('h', 1, :packed)"), {"packed": b"x"})
    engine.dispose()
    with pytest.raises(StoreError, match="earlier version"), monkeypatch.context() as patch:
        patch.setattr("autograder.gradebook.opening.READABLE", "0004")
        open_book(place, read_only=True)
    with Gradebook.open(place, read_only=True) as book:
        assert not book.history("ada")
    open_book(place).close()
    with Gradebook.open(place, read_only=True) as book:
        found = book.check(custody(place))
    assert (found.faults, found.rows, found.taken_over) == ((), 1, True)
    copy = place.replace("gradebook.sqlite", "gradebook.before_0008.sqlite")
    engine = create_engine(location(copy))
    with engine.connect() as connection:
        kept = "before_0008.blobs" if "://" in place else "blobs"
        assert connection.execute(text(f"SELECT hash FROM {kept}")).scalar_one() == "h"
    engine.dispose()


def test_a_store_without_requests_is_read_and_has_a_table_for_them_once_it_is_written(place):
    """As the version before this one left it: its chain goes on."""
    with open_book(place) as book:
        book.receive([submission()])
    execute(place, "DROP TABLE second_looks", f"UPDATE {VERSION_TABLE} SET version_num = '0006'")
    with open_book(place, read_only=True) as book:
        assert book.second_looks.all() == ()
        assert len(book.history("ada")) == 1
    entry = LookEntry(0, 0, LookStep.ASKED, "ada", "gradients", 1, "grad", "Look\n\ud800again.", NOON)
    with open_book(place) as book:
        asked = book.second_looks.ask(entry, lambda looks: None)
        assert asked.number == 1
    with Gradebook.open(place, read_only=True) as book:
        [look] = book.second_looks.all(student="ada")
        assert look.entries == (asked,)
        assert book.check(custody(place)).faults == ()
