"""What decides no mark lies in PostgreSQL beside the gradebook, and holds up none of its writers."""

import pytest

from autograder.gradebook.connect import WRITING, connect, location
from autograder.gradebook.transient import TransientStore


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_a_session_is_written_while_a_receipt_is(place: str) -> None:
    """They are in one database, and never read each other: each has a lock of its own."""
    gradebook = connect(location(place), read_only=False, patience=1.0)
    with TransientStore.open(place) as store:
        writer = gradebook.connect().execution_options(**{WRITING: True})
        with writer as receiving, receiving.begin():
            with store.writing() as passing:
                told = [passing.exec_driver_sql("SHOW synchronous_commit").scalar_one()]
            told.append(receiving.exec_driver_sql("SHOW synchronous_commit").scalar_one())
    gradebook.dispose()
    assert told == ["off", "on"], "a receipt waits for the disk, a session does not"
