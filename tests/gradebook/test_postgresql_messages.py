"""What crosses the wire to PostgreSQL: a burst is decided by how much is asked while a lock is held."""

import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from samples import open_book
from sqlalchemy import Engine

from autograder.gradebook.connect import AT_ONCE, ONE_BY_ONE, WRITING, connect, location

pytestmark = pytest.mark.parametrize("place", ["postgresql"], indirect=True)


@pytest.fixture
def engine(place: str) -> Iterator[Engine]:
    """An engine with nothing in its database."""
    opened = connect(location(place), read_only=False, patience=60.0)
    yield opened
    opened.dispose()


def ask(engine: Engine, question: str, **options: bool) -> Any:
    """What a connection is answered first that is opened with these options."""
    with engine.connect().execution_options(**options) as connection:
        told = connection.exec_driver_sql(question).scalar_one()
        connection.commit()
    return told


def test_what_is_asked_again_and_again_is_prepared_once(engine: Engine) -> None:
    """psycopg forgets all that it has prepared after each ROLLBACK: reading ends without one."""
    for _ in range(8):
        ask(engine, "SELECT 6 * 7", **{ONE_BY_ONE: True})
    prepared = "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT 6 * 7'"
    assert ask(engine, prepared, **{ONE_BY_ONE: True}) == 1


def test_questions_of_one_moment_leave_what_is_prepared(place: str) -> None:
    """The pages of a file that waits are read so, many times a second."""
    with open_book(place) as gradebook:
        for _ in range(8):
            with gradebook.at_once():
                gradebook.last_submission()
        prepared = (
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%max(submissions.id)%%'"
        )
        with gradebook._reading() as connection:
            assert connection.exec_driver_sql(prepared).scalar_one() == 1


@pytest.mark.parametrize("option", [ONE_BY_ONE, AT_ONCE, WRITING])
def test_a_connection_that_the_server_has_closed_is_replaced(engine: Engine, place: str, option: str) -> None:
    """A server that was begun again costs nobody an answer, though nobody asks first whether it is there."""
    number = ask(engine, "SELECT pg_backend_pid()", **{option: True})
    assert ask(engine, "SELECT pg_backend_pid()", **{option: True}) == number, "the connection was kept"
    with psycopg.connect(place, autocommit=True) as other:
        gone = "SELECT pg_terminate_backend(%s, 10000)"  # waits until it is
        assert other.execute(gone, [number]).fetchone() == (True,)
    assert ask(engine, "SELECT pg_backend_pid()", **{option: True}) != number


def test_a_connection_that_was_closed_here_is_replaced(engine: Engine) -> None:
    """As psycopg closes one that broke while nobody waited for an answer."""
    with engine.connect() as connection:
        closed = connection.connection.driver_connection
    assert closed is not None
    closed.close()
    assert ask(engine, "SELECT 6 * 7", **{ONE_BY_ONE: True}) == 42


def test_a_writer_leaves_nothing_set_on_its_connection(place: str) -> None:
    """A pooler lends it to others: their receipts must wait for the disk."""
    passing = connect(location(place), read_only=False, patience=1.0, passing=True)
    within = ask(passing, "SHOW synchronous_commit", **{WRITING: True})
    after = ask(passing, "SHOW synchronous_commit", **{ONE_BY_ONE: True})
    waits = ask(passing, "SHOW lock_timeout", **{ONE_BY_ONE: True})
    passing.dispose()
    assert (within, after, waits) == ("off", "on", "0")


def test_without_an_option_all_is_done_or_nothing(engine: Engine) -> None:
    """Who says nothing has a transaction: of what fails nothing is left."""
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE half (done integer)")
        raise ZeroDivisionError
    assert ask(engine, "SELECT to_regclass('half') IS NULL", **{ONE_BY_ONE: True})


def test_one_writer_waits_for_the_other(engine: Engine) -> None:
    """The lock is taken by the message that begins the transaction."""
    order, begun = [], threading.Event()

    def write() -> None:
        begun.set()
        with engine.connect().execution_options(**{WRITING: True}) as later, later.begin():
            order.append("later")

    with engine.connect().execution_options(**{WRITING: True}) as first, first.begin():
        thread = threading.Thread(target=write)
        thread.start()
        begun.wait()
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not ask(engine, waiting, **{ONE_BY_ONE: True}):
            pass
        order.append("first")
    thread.join()
    assert order == ["first", "later"]
