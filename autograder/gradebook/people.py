"""The table of people: the one place of the store where a number and a student stand together.

A number is drawn when something is first recorded of somebody. Who takes a line out of this table has left
nothing in all others that says whose they are: so people are erased from a store that is otherwise added to.
"""

from collections.abc import Callable

from sqlalchemy import Connection, Table, Text, bindparam, select, type_coerce, update

from autograder.gradebook import queries
from autograder.gradebook.chain import Pen, plain_column
from autograder.gradebook.connect import has_table
from autograder.gradebook.numbers import (
    ERASED_PERSON,
    NOBODY,
    Numbers,
    draw_number,
    numbers_of,
    set_numbers,
    with_student,
)
from autograder.gradebook.tables import metadata, people, reports

_AT_ONCE = 100


def read_numbers(connection: Connection) -> None:
    """Know whose the numbers are, as the store says it now. Asked at the beginning of every transaction."""
    known = numbers_of(connection.dialect)
    if not known.there and not has_table(connection, people.name):
        return
    # Lines are added and taken out, never changed, and ids are never used again.
    count, last = connection.exec_driver_sql(_STATE).one()
    if (count, last) == known.read:
        return
    before, known_last = known.read or (0, 0)
    rows = connection.execute(_SINCE, {"last": known_last}).all() if before else []
    # While a class hands in for the first time, each of its students is one line more, and no other is read.
    if not before or before + len(rows) != count:
        known, rows = Numbers(), connection.execute(_SINCE, {"last": 0}).all()
    students = {**known.students, **{row.number: row.student for row in rows}}
    numbers = {**known.numbers, **{row.student: row.number for row in rows}}
    set_numbers(connection.dialect, Numbers(students, numbers, (count, last), there=True))


def number_everybody(connection: Connection, pen: Pen | None) -> None:
    """Put numbers in the place of students in a store whose tables are of today, with whom they stand for.

    Without a pen nothing is sealed so far.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    naming = [table for table in metadata.sorted_tables if table is not people and "student" in table.c]
    found: set[str] = set()
    for table in naming:
        found.update(connection.execute(select(plain_column(table.c.student)).distinct()).scalars())
    numbers = {each: draw_number() for each in sorted(found) if each and not each.startswith(ERASED_PERSON)}
    for student, number in numbers.items():
        row = {"number": number, "student": student}
        if pen is None:
            connection.execute(people.insert(), row)
        else:
            queries.add(connection, people, row)
    known = Numbers({number: student for student, number in numbers.items()}, numbers, there=True)
    for table in naming:
        _renumber(connection, table, "student", known.number_of, pen)
    _renumber(connection, reports, "body", lambda text: with_student(text, known.number_of), pen)
    set_numbers(connection.dialect, NOBODY)
    read_numbers(connection)


def _renumber(
    connection: Connection, table: Table, name: str, change: Callable[[str], str], pen: Pen | None
) -> None:
    key, plain = table.primary_key.columns[0], [plain_column(column) for column in table.columns]
    place = [column.name for column in table.columns].index(name)
    writing = (
        update(table).where(key == bindparam("which")).values({name: type_coerce(bindparam("new"), Text)})
    )
    keys = connection.execute(select(key).order_by(key)).scalars().all()
    # A few at a time: the reports of a class need not fit in memory.
    for begin in range(0, len(keys), _AT_ONCE):
        part, rows = keys[begin : begin + _AT_ONCE], {}
        for identity, *stored in connection.execute(select(key.label("key"), *plain).where(key.in_(part))):
            new = change(stored[place])
            if new != stored[place]:
                rows[identity] = (*stored[:place], new, *stored[place + 1 :])
        if rows:
            connection.execute(writing, [{"which": k, "new": row[place]} for k, row in rows.items()])
            if pen is not None:
                pen.replace(connection, table, rows)


_SINCE = select(people.c.number, people.c.student).where(people.c.id > bindparam("last"))
_STATE = "SELECT count(*), max(id) FROM people"
"""Asked in every transaction: as plain text it takes half the time."""
