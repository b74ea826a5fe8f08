"""Numbers stand for people everywhere in the store, and one table says for whom.

stores/ef75081.sqlite was written by the program as it was at that commit, when rows named students: ada, bob,
zoé and eve handed in and have reports (ada two), ada was marked by hand, zoé took a quiz, bob has more time,
grades were published, and then eve was erased.
"""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from samples import NOON, custody, open_book, put_store, report, submission
from sqlalchemy import create_engine, text

from autograder.domain.course_events import CourseEvent, Publication, Whom
from autograder.domain.events import Extension
from autograder.errors import StoreError
from autograder.gradebook.connect import location
from autograder.gradebook.store import Gradebook

EVE = "erased-205cdb15bef0"
STUDENTS = ("ada", "bob", "zoé")


def everything(place: str, *, but: str = "") -> list[tuple[str, Any]]:
    """Every value of every row, with the name of its table."""
    engine = create_engine(location(place))
    with engine.connect() as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table'"
        if "://" in place:
            query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        names = [name for (name,) in connection.execute(text(query)) if name != but]
        rows = [(name, row) for name in names for row in connection.execute(text(f'SELECT * FROM "{name}"'))]
    engine.dispose()
    return [(name, bytes(v) if isinstance(v, memoryview) else v) for name, row in rows for v in row]


def names_in(place: str) -> set[str]:
    """The tables in which one of the students is named, as a value or between quotes."""
    return {
        name
        for name, value in everything(place)
        for student in STUDENTS
        if value == student or (isinstance(value, str) and json.dumps(student) in value)
    }


@pytest.fixture
def old(place: str) -> str:
    """The store of that day, as a file and in a database."""
    put_store(place, "ef75081", schema="0005")
    return place


def told(book: Gradebook) -> dict[str, Any]:
    """What a gradebook says of everybody."""
    return {
        "history": {each: book.history(each) for each in (*STUDENTS, EVE)},
        "reports": list(book.reports("gradients")),
        "texts": [kept.text for kept in book.kept_reports("gradients")],
        "marked": book.marked_submissions(),
        "hand marks": book.hand_marks.of("gradients"),
        "quizzes": [book.quizzes.attempts("weekly"), book.quizzes.responses("a" * 24)],
        "events": book.events.all(),
        "published": book.events.published(book.events.publications()[0].number),
        "latest": list(book.latest_submissions("gradients")),
        "students": book.students(),
    }


def test_a_store_that_names_students_is_given_numbers(old: str) -> None:
    """It is read as it was, says the same afterwards, and every row checks."""
    with open_book(old, read_only=True) as book:
        before = {**told(book), "students": STUDENTS}
    open_book(old).close()
    with open_book(old, read_only=True) as book:
        assert told(book) == before
        found = Gradebook.check(book, custody(old))
    assert (found.faults, len(found.people_erased)) == ((), 1)
    assert names_in(old) == {"people"}
    assert {each.student for each in before["marked"]} == {*STUDENTS, EVE}
    assert json.loads(before["texts"][0])["student"] == "ada"


def test_a_copy_of_it_stays_beside_it(old: str) -> None:
    """Until somebody is erased: the copy names them."""
    open_book(old).close()
    if "://" in old:
        copied = [value for _, value in everything(old)]
        engine = create_engine(location(old))
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT student FROM before_0008.submissions")).scalars().all()
        engine.dispose()
        assert "ada" in rows and "ada" in copied
    else:
        copy = Path(old).with_name("gradebook.before_0008.sqlite")
        assert [v for v in everything(str(copy)) if v[0] != "autograder_version"]
        with open_book(old) as book:
            book.erase_person("bob")
        assert not copy.exists()


def test_it_goes_on(old: str) -> None:
    """Files, reports, decisions and grades of old and new students; and who was numbered there is erased."""
    with open_book(old) as book:
        new, again = submission("dan", b"of dan"), submission("bob", b"of bob", hours=50)
        assert book.receive([new, again, submission("ada", b"of ada again", hours=60)]) == 2
        assert book.record(report(new)) and book.record(report(again, mark=Fraction(1, 5)))
        book.events.add([CourseEvent(Extension(0, "gradients", NOON, why="ill"), Whom("dan"), NOON, "t")])
        book.events.publish(CourseEvent(Publication(0, None, "p"), Whom(), NOON, "t"), {"dan": {}, "zoé": {}})
        assert names_in(old) == {"people"}
        number = book.erase_person("ada")
        assert not book.history("ada")
        reported = {each.student for each in book.latest_reports("gradients")}
        assert reported == {"bob", "dan", number, EVE, "zoé"}
        assert book.students() == ("bob", "dan", "zoé")
        assert [len(book.history(each)) for each in (number, "bob")] == [2, 2]
        assert [mark.comment for mark in book.hand_marks.of("gradients", students=[number])] == [""]
        assert book.events.published(book.events.publications()[0].number).keys() == {number, "bob", EVE}
    with Gradebook.open(old, read_only=True) as book:
        found = book.check(custody(old))
    assert (found.faults, len(found.people_erased)) == ((), 2)
    assert "ada" not in [value for _, value in everything(old)]


def test_a_new_store_names_nobody(place: str) -> None:
    """But in the table of people; and whoever comes back after they were erased is somebody else."""
    with open_book(place) as book:
        one = submission("ada", b"of ada")
        book.receive([one])
        book.record(report(one))
        assert names_in(place) == {"people"}
        first = book.erase_person("ada")
        book.receive([one])
        assert book.pending("gradients").students == ("ada",)
        second = book.erase_person("ada")
        assert first != second
        assert [len(book.history(number)) for number in (first, second)] == [1, 1]
        assert book.erase_person("nobody") not in (first, second)
    with Gradebook.open(place, read_only=True) as book:
        found = book.check(custody(place))
    assert (found.faults, len(found.people_erased)) == ((), 3)
    assert not [value for name, value in everything(place) if name == "people"]


def test_another_program_knows_at_once_who_has_a_number(place: str) -> None:
    """And who has none any more: a report that was under way when its student was erased is not recorded."""
    one = submission("ada", b"of ada")
    with open_book(place) as book, open_book(place) as other:
        other.receive([submission("bob", b"x")])
        book.receive([one])
        assert other.pending("gradients").students == ("ada", "bob")
        number = other.erase_person("ada")
        with pytest.raises(StoreError, match="belongs to no recorded"):
            book.record(report(one))
        assert book.pending("gradients").students == ("bob",)
        assert len(book.history(number)) == 1
        assert not list(book.reports("gradients"))
    assert "ada" not in [value for _, value in everything(place)]


@pytest.mark.parametrize("edit", ["UPDATE people SET student = 'eve' WHERE id = 1", "DELETE FROM people"])
def test_who_changes_whose_a_number_is_is_found(place: str, edit: str) -> None:
    with open_book(place) as book:
        book.receive([submission("ada"), submission("bob")])
    engine = create_engine(location(place))
    with engine.begin() as connection:
        connection.execute(text(edit))
    engine.dispose()
    with Gradebook.open(place, read_only=True) as book:
        faults = book.check(custody(place)).faults
    assert faults[0].startswith("people, entry 1: is ")


def test_ids_that_look_like_numbers_are_ids(place: str) -> None:
    """Whatever the author of an id had in mind."""
    odd = ("person", 'a"b\\c', "é", "format", "205cdb15bef0")
    with open_book(place) as book:
        handed_in = [submission(each, each.encode()) for each in odd]
        assert book.receive(handed_in) == len(odd)
        for one in handed_in:
            assert book.record(report(one))
        assert {each.student for each in book.latest_reports("gradients")} == set(odd)
        assert {
            kept.student: json.loads(kept.text)["student"] for kept in book.kept_reports("gradients")
        } == {each: each for each in odd}
