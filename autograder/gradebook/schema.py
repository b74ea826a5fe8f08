"""Bringing a store's tables up to date. Alembic is loaded only where there is something to upgrade."""

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    inspect,
    text,
)

from autograder.errors import StoreError
from autograder.gradebook.connect import WRITING
from autograder.gradebook.tables import SCHEMA, VERSION_TABLE, metadata


def bring_up_to_date(engine: Engine, *, place: str, read_only: bool) -> None:
    """Make or upgrade the tables; a store of another program, or of a later version of ours, is refused.

    A migration is one transaction: killed in the middle, it has not begun.
    """
    with engine.connect() as connection:
        found = _version(connection, place)
    if found == SCHEMA:
        return
    if read_only:
        raise StoreError(
            f"{place}: the gradebook is empty or was written by an earlier version; "
            "run `autograder grade` once, which upgrades it"
        )
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        # Another run may have done it while we waited for the lock.
        found = _version(connection, place)
        if found is None:
            _make(connection)
        elif found != SCHEMA:
            migrate(connection, found, place)


def _version(connection: Connection, place: str) -> str | None:
    """The schema's number, or None where nothing is there yet."""
    inspector = inspect(connection)
    if inspector.has_table(VERSION_TABLE):
        return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - our constant
    if inspector.get_table_names():
        raise StoreError(
            f"{place}: this database belongs to another program; give the gradebook one of its own"
        )
    return None


def _make(connection: Connection) -> None:
    """The tables as the migrations would make them one after the other, and their number."""
    metadata.create_all(connection, checkfirst=False)
    version = Table(
        VERSION_TABLE,
        MetaData(),
        Column("version_num", String(32), nullable=False),
        PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),  # as alembic makes it
    )
    version.create(connection)
    connection.execute(version.insert().values(version_num=SCHEMA))


def migrate(connection: Connection, found: str | None, place: str) -> None:
    """Take the tables from one version to this one; from None on, where there is nothing."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "autograder.gradebook:migrations")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            f"{place}: the gradebook was written by a later version of autograder (its tables are {found}, "
            f"ours {SCHEMA}); upgrade autograder on this machine"
        )
    command.upgrade(config, SCHEMA)
