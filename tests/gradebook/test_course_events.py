"""Events are added to and never changed; what was decided on something else is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import NOON, custody, open_book, put_store, report, submission
from sqlalchemy import create_engine, text

from autograder.domain.course import Student
from autograder.domain.course_event_json import read_body, to_body
from autograder.domain.course_events import (
    ALL,
    KINDS,
    CourseEvent,
    EventKind,
    NameShown,
    PlatformLateness,
    Publication,
    ReceiptTime,
    Recorded,
    RubricChange,
    Team,
    Whom,
    find_standing,
)
from autograder.domain.events import (
    Absence,
    BadQuestion,
    ExamCode,
    ExamMark,
    Extension,
    Override,
    OverrideKind,
    Remedy,
    Revocation,
)
from autograder.errors import OvertakenError, StoreError
from autograder.gradebook.connect import location
from autograder.gradebook.schema import migrate
from autograder.gradebook.store import Gradebook

ADA = Whom("ada")
EVERY: list[Recorded] = [
    Extension(0, "gradients", NOON + timedelta(days=3), "ill \0 \ud800 é"),
    Extension(0, "final", None, "a third more", 40),
    Team(0, "gradients", "team 4"),
    ReceiptTime(0, "gradients", 7, NOON, "by e-mail"),
    ReceiptTime(0, "gradients", 7, None),
    PlatformLateness(0, "gradients", 7, late=True, platform="Canvas"),
    Absence(0, None, excused=True, session=2, why="certificate"),
    Absence(0, "exam", excused=False),
    Override(0, "gradients", OverrideKind.MARK, Fraction(9, 10), "quad_grad", "seen", "9/10"),
    Override(0, None, OverrideKind.ADJUST, Fraction(1, 40), given="+1/2"),
    Override(0, "final", OverrideKind.SANCTION),
    Override(0, "final", OverrideKind.WITHHELD),
    ExamMark(0, Fraction(27, 40), 1, Fraction(20), "exam.csv, line 4"),
    ExamMark(0, ExamCode.EXCUSED, 2),
    BadQuestion(0, "gradients", "quad_grad", Remedy.FULL_IF_ATTEMPTED, "a typing error"),
    Publication(0, None, "3f2a09"),
    Publication(0, "all", "3f2a09"),
    Revocation(0, 1, "a mistake"),
    RubricChange(
        0, "training", "Losses", (("why", Fraction(1)),), (("why, in words", Fraction(1)),), "clearer"
    ),
    NameShown(0, "training", "Losses"),
]


def said(what: Recorded, whom: Whom = ADA, *, note: str = "") -> CourseEvent:
    return CourseEvent(what, whom, NOON, "the teacher", note)


def test_every_kind_is_read_back_as_it_was_recorded(place: str) -> None:
    """Whom it is for, who recorded it and when, what the student reads and what is for staff alone."""
    events = [said(what, whom, note="\ud800 n") for what in EVERY for whom in (ADA, Whom(group="TP 1"), ALL)]
    with open_book(place) as book:
        assert book.events.last() == 0
        recorded = book.events.add(events)
    with open_book(place, read_only=True) as book:
        found = book.events.all()
        assert book.events.last() == len(events)
    assert found == recorded
    assert [event.number for event in found] == list(range(1, len(events) + 1))
    assert [replace(event.what, id=0) for event in found] == [event.what for event in events]
    assert {event.kind for event in found} == set(EventKind) == set(KINDS.values())


def test_an_event_is_linked_in_the_chain(place: str) -> None:
    with open_book(place) as book:
        book.events.add([said(EVERY[0])])
    engine = create_engine(location(place))
    with engine.begin() as connection:
        connection.execute(text("UPDATE events SET why = '\"another\"'"))
    engine.dispose()
    with Gradebook.open(place, read_only=True) as book:
        assert book.check(custody(place)).faults == ("events, entry 1: is not as it was recorded",)


def test_what_was_decided_before_somebody_else_recorded_is_refused(place: str) -> None:
    """And nothing of it is recorded."""
    with open_book(place) as book, open_book(place) as other:
        seen = book.events.last()
        other.events.add([said(EVERY[0])])
        with pytest.raises(OvertakenError, match="somebody else recorded"):
            book.events.add([said(EVERY[6]), said(EVERY[7])], after=seen)
        with pytest.raises(OvertakenError):
            book.events.publish(said(Publication(0, None, ""), ALL), {"ada": 1}, after=seen)
        assert len(book.events.all()) == 1
        assert len(book.events.add([said(EVERY[6])], after=book.events.last())) == 1


def test_two_that_write_at_once_lose_nothing(place: str) -> None:
    """Numbers have no gap, and no two events have one."""
    open_book(place).close()
    together = Barrier(3)

    def write() -> None:
        with open_book(place) as book:
            together.wait()
            for _ in range(8):
                book.events.add([said(EVERY[0]), said(EVERY[6])])

    threads = [Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open_book(place) as book:
        assert [event.number for event in book.events.all()] == list(range(1, 49))
        assert book.check(custody(place)).faults == ()


def test_a_publication_keeps_the_grade_of_each_student(place: str) -> None:
    with open_book(place) as book:
        grades = {"ada": {"final": "14.00"}, "é": 0}
        first = book.events.publish(said(Publication(0, None, "3f"), ALL), grades)
        second = book.events.publish(said(Publication(0, "final", "3f"), ALL), {"ada": {"mark": "4/5"}})
        assert book.events.published(first.number) == grades
        assert book.events.published(second.number) == {"ada": {"mark": "4/5"}}
        assert book.events.published_of(second.number, "ada") == {"mark": "4/5"}
        assert book.events.published_of(second.number, "nobody") is None
        assert book.events.publications() == (first, second)


def test_an_event_of_another_making_is_refused(place: str) -> None:
    """A kind that is not known, a key too many, a number out of bounds."""
    for edit in ("kind = 'wish'", "body = '{}'", "body = replace(body, '9/10', '11/10')", "why = 'ill'"):
        with open_book(place) as book:
            book.events.add([said(EVERY[8])])
        engine = create_engine(location(place))
        with engine.begin() as connection:
            connection.execute(text(f"UPDATE events SET {edit}"))
        refused = pytest.raises(StoreError, match=r"event 1 cannot be read .*bring back a backup")
        with open_book(place, read_only=True) as book, refused:
            book.events.all()
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM chain WHERE number > 1"))
            connection.execute(text("DELETE FROM events"))
            connection.execute(text("DELETE FROM people"))
        engine.dispose()
        Gradebook.accept(place, custody(place))


def test_taking_back_is_an_event_and_may_be_taken_back(place: str) -> None:
    with open_book(place) as book:
        book.events.add([said(EVERY[0]), said(EVERY[6]), said(Revocation(0, 1))])
        assert [event.number for event in find_standing(book.events.all())] == [2]
        book.events.add([said(Revocation(0, 3))])
        assert [event.number for event in find_standing(book.events.all())] == [1, 2]


def test_an_event_holds_for_a_student_for_a_group_or_for_all() -> None:
    """A student may be called all, and so may a group."""
    ada, everybody = Student("ada", group="TP 1"), Student("all", group="all")
    assert [Whom("all").includes(each) for each in (ada, everybody)] == [False, True]
    assert [Whom(group="all").includes(each) for each in (ada, everybody)] == [False, True]
    assert [Whom(group="TP 1").includes(each) for each in (ada, everybody)] == [True, False]
    assert [ALL.includes(each) for each in (ada, everybody)] == [True, True]


MOMENTS = st.datetimes(timezones=st.just(UTC), min_value=datetime(2000, 1, 1))
SHARES = st.fractions(min_value=-1, max_value=1)
DRAWN = st.one_of(
    st.builds(Extension, st.just(3), st.text(), st.none() | MOMENTS, st.text(), st.integers()),
    st.builds(
        Override,
        st.just(3),
        st.none() | st.text(),
        st.sampled_from(OverrideKind),
        SHARES,
        st.text(),
        st.text(),
        st.text(),
    ),
    st.builds(ExamMark, st.just(3), st.sampled_from(ExamCode) | SHARES.map(abs), st.sampled_from([1, 2])),
    st.builds(ReceiptTime, st.just(3), st.text(), st.integers(), st.none() | MOMENTS),
)


@given(DRAWN)
def test_a_body_is_read_back_exactly(what: Recorded) -> None:
    assert read_body(KINDS[type(what)], 3, to_body(what), what.why) == what


def test_a_store_with_a_chain_goes_on_with_it(place: str) -> None:
    """It is upgraded, its marks are put beside its reports, and an older copy is still told by its end.

    stores/b3fff2d.sqlite was written by the program as it was at that commit: one file and its report.
    """
    put_store(place, "b3fff2d", schema="0004")
    with open_book(place, read_only=True) as book:
        assert (book.events.all(), book.events.last()) == ((), 0)
        [before] = book.marked_submissions()
    with open_book(place) as book:
        book.events.add([said(EVERY[0])])
        assert [*book.marked_submissions()] == [before]
    with Gradebook.open(place, read_only=True) as book:
        found = book.check(custody(place))
    # A person, twice that a row with their name is erased and what is left of it; then the event.
    assert (found.faults, found.links, found.taken_over) == ((), 4 + 1 + 1 + 4 + 1, False)
    engine = create_engine(location(place))
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM report_marks")).scalar_one() == 1
        for table in ("published", "events", "report_marks", "people"):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("DELETE FROM chain WHERE number > 4"))
        connection.execute(text("UPDATE autograder_version SET version_num = '0004'"))
    for read_only in (True, False):
        with pytest.raises(StoreError, match="ends after 4 of the 11 entries"):
            open_book(place, read_only=read_only)
    engine.dispose()


def test_the_last_migration_makes_what_is_missing_alone(place: str) -> None:
    engine = create_engine(location(place))
    with engine.begin() as connection:
        migrate(connection, "0004")
        migrate(connection)
    engine.dispose()


def test_marks_of_a_class_are_those_of_its_reports(place: str) -> None:
    """With the number of each submission; what was put in by another hand is read from the report."""
    first, second = submission(content=b"1"), submission(content=b"2", hours=2)
    other = submission("bob", assignment="final")
    with open_book(place) as book:
        book.receive([first, second, other])
        book.record(report(first, mark=Fraction(1, 2)))
        book.record(report(first, revision="r2", mark=Fraction(2, 3)))
    engine = create_engine(location(place))
    for edit in (
        "SELECT 1",
        "UPDATE report_marks SET body = replace(body, '2', '3')",
        "DELETE FROM report_marks",
    ):
        with engine.begin() as connection:
            connection.execute(text(edit))
        for book in (open_book(place, read_only=True), Gradebook.open(place, read_only=True)):
            with book:
                found = book.marked_submissions()
            assert [(one.student, one.assignment, one.number, one.revision) for one in found] == [
                ("ada", "gradients", 1, "r2"),
                ("bob", "final", 1, ""),
                ("ada", "gradients", 2, ""),
            ]
            marks = found[0].marks
            assert marks is not None
            [question] = marks.questions(first.blob, ())
            assert (question.earned, question.points, question.attempted) == (2, 3, True)
            assert (found[1].marks, found[2].marks) == (None, None)
    engine.dispose()
