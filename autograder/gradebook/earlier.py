"""What a store held when an event was recorded: the chain tells the order in which all was recorded."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Integer, cast, func, select

from autograder.gradebook.tables import chain, events, hand_marks, reports, submissions


@dataclass(frozen=True, slots=True)
class RecordedUntil:
    """The last number of each kind that there was before an event."""

    event: int
    """The number of the event itself."""
    at: datetime
    """When the event was recorded."""
    submissions: int
    reports: int
    hand_marks: int


def find_recorded_until(connection: Connection, event: int) -> RecordedUntil | None:
    """What there was before an event; None where there is none of that number."""
    at = connection.execute(select(events.c.at).where(events.c.id == event)).scalar()
    link = connection.execute(
        select(func.min(chain.c.number)).where(chain.c.kind == events.name, chain.c.row == str(event))
    ).scalar()
    if at is None or link is None:
        return None
    # The first link of a row says when it was put in, whatever was erased of it since.
    last = {
        table.name: connection.execute(
            select(func.coalesce(func.max(cast(chain.c.row, Integer)), 0)).where(
                chain.c.kind == table.name, chain.c.number < link
            )
        ).scalar_one()
        for table in (submissions, reports, hand_marks)
    }
    return RecordedUntil(event, at, **last)
