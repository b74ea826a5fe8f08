"""Checking all of a store: every link of its chain, every row by its link, and that no row has none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from autograder.gradebook.chain import (
    ACCEPTED,
    ERASED,
    LEFT,
    PERSON_ERASED,
    RESTORED,
    TAKEN_OVER,
    UNSEALING,
    make_link,
    read_stored,
    seal_row,
    sealed_tables,
)
from autograder.gradebook.tables import chain

_Links = dict[tuple[str, str], Mapping[Any, Any]]


@dataclass(frozen=True, slots=True)
class StoreCheck:
    """What came of checking a store."""

    links: int
    rows: int
    """Rows that are as they were recorded."""
    erased: int
    accepted: tuple[str, ...]
    """When a store was kept knowingly that its head did not fit."""
    restored: tuple[str, ...]
    """When it was brought back from a backup, and which."""
    people_erased: tuple[str, ...]
    """The numbers of those who were erased, and when."""
    since: str
    """When the chain was begun."""
    taken_over: bool
    """Whether rows were there before it: they are checked as they were then."""
    faults: tuple[str, ...]


def check_rows(connection: Connection, key: bytes) -> StoreCheck:
    """Check every link and every row. Where the chain ends by its head is not asked."""
    faults: list[str] = []
    if connection.dialect.name == "sqlite":
        said = connection.exec_driver_sql("PRAGMA integrity_check(5)").scalars().all()
        faults += [f"the file is damaged: {line}" for line in said if line != "ok"]
    links = connection.execute(select(chain).order_by(chain.c.number)).mappings().all()
    faults += _check_chain(links, key)
    erased = {link["row"] for link in links if link["kind"] == ERASED}
    by_row: _Links = {}
    for link in links:
        if link["kind"] not in UNSEALING:
            # What is left of an erased row has the later link, and is checked by it.
            by_row[str(link["kind"]).rpartition(LEFT)[2], link["row"]] = link
    rows = 0
    for table in sealed_tables():
        for identity, stored in read_stored(connection, table):
            fault = _check_row(by_row.pop((table.name, str(identity)), None), stored, erased)
            if fault:
                faults.append(f"{table.name}, entry {identity}: {fault}")
            rows += not fault
    faults += [
        f"{kind}, entry {row}: is missing"
        for (kind, row), link in by_row.items()
        if str(link["number"]) not in erased
    ]
    first = links[0] if links else {"kind": "", "row": ""}
    return StoreCheck(
        links=len(links),
        rows=rows,
        erased=len(erased),
        accepted=tuple(link["row"] for link in links if link["kind"] == ACCEPTED),
        restored=tuple(link["row"] for link in links if link["kind"] == RESTORED),
        people_erased=tuple(link["row"] for link in links if link["kind"] == PERSON_ERASED),
        since=first["row"].partition(" ")[2],
        taken_over=first["kind"] == TAKEN_OVER,
        faults=tuple(faults),
    )


def _check_chain(links: Any, key: bytes) -> Iterator[str]:
    """What is wrong with the links themselves."""
    previous, number = "", 0
    if not links:
        yield "the chain is empty"
    for link in links:
        number += 1
        if link["number"] != number:
            yield f"entries {number} to {link['number'] - 1} are missing from the chain"
            number = link["number"]
        elif make_link(key, link, previous) != link["link"]:
            yield f"entry {number} of the chain is not what was written"
        previous = link["link"]


def _check_row(link: Mapping[Any, Any] | None, stored: tuple[Any, ...], erased: set[str]) -> str:
    """What is wrong with a row, or the empty string."""
    if link is None:
        return "was not put in by autograder"
    if str(link["number"]) in erased:
        return ""
    fits = link["salt"] is not None and seal_row(bytes.fromhex(link["salt"]), stored) == link["seal"]
    return "" if fits else "is not as it was recorded"
