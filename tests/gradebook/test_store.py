"""What a gradebook promises, on SQLite and on PostgreSQL alike."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from latest_report import latest_report
from samples import NOON, open_book, report, submission

from autograder.domain.submission import ReceivedBy, Submission
from autograder.errors import StoreError
from autograder.gradebook.store import Gradebook


@pytest.fixture
def gradebook(place: str) -> Iterator[Gradebook]:
    with open_book(place, clock=lambda: NOON) as gradebook:
        yield gradebook


class TestReceiving:
    def test_every_byte_and_every_field_comes_back(self, gradebook):
        """What was handed in is read back exactly, time zone included."""
        summer = timezone(timedelta(hours=2))
        one = Submission(
            "zoé",
            "gradients",
            bytes(range(256)) * 9,
            NOON.astimezone(summer),
            ReceivedBy.ARCHIVE,
            "d'été.ipynb",
        )

        assert gradebook.receive([one]) == 1

        (back,) = gradebook.pending("gradients")
        assert back == one
        assert back.received.utcoffset() == timedelta(hours=2)

    def test_an_empty_file_is_a_submission(self, gradebook):
        """An empty file is recorded and pending: its student gets a report like everybody."""
        gradebook.receive([submission(content=b"")])

        assert [one.content for one in gradebook.pending("gradients")] == [b""]

    def test_the_same_bytes_again_are_no_new_event(self, gradebook):
        """A folder that is graded again, its file times changed by a copy, brings nothing new."""
        gradebook.receive([submission("ada"), submission("bob")])

        assert gradebook.receive([submission("ada"), submission("bob", hours=5)]) == 0
        assert len(gradebook.history("bob")) == 1

    def test_two_students_share_bytes_but_not_a_submission(self, gradebook):
        """Equal files are two submissions."""
        assert gradebook.receive([submission("ada"), submission("bob")]) == 2
        assert gradebook.pending("gradients").students == ("ada", "bob")

    def test_a_few_are_claimed_at_a_time_and_what_others_hold_is_left_to_them(self, gradebook):
        """One write claims several; of those nobody is handed what was not given to the caller."""
        students = [f"s{number:02}" for number in range(12)]
        gradebook.receive([submission(student) for student in students])
        asked: list[list[int]] = []

        def take(identities):
            asked.append([*identities])
            return frozenset(identities[1:])

        pending = gradebook.pending("gradients").claimed(take)

        assert next(pending).student == "s01"
        assert len(asked) == 1 and 1 < len(asked[0]) < 12
        assert [one.student for one in pending] == [who for who in students[2:] if who != "s10"]
        assert len({each for few in asked for each in few}) == 12

    def test_going_back_to_earlier_bytes_is_an_event(self, gradebook):
        """A student who returns to an earlier version has handed in again."""
        gradebook.receive([submission(content=b"a"), submission(content=b"b", hours=1)])

        assert gradebook.receive([submission(content=b"a", hours=2)]) == 1
        assert [one.content for one in gradebook.pending("gradients")] == [b"a"]

    def test_a_sure_earlier_time_stays_behind_and_is_said(self, gradebook):
        """An attempt surely older than the recorded one is kept, not pending, and named each time."""
        said: list[Submission] = []
        old, new = submission(content=b"old"), submission(content=b"new", hours=1)
        gradebook.receive([new])

        assert gradebook.receive([old], overtaken=said.append) == 1
        assert gradebook.receive([old], overtaken=said.append) == 0

        assert said == [old, old]
        assert [one.content for one in gradebook.pending("gradients")] == [b"new"]

    def test_a_number_never_names_another_file(self, gradebook):
        """A file that came earlier and is recorded later has its place in time, and the next number."""
        early, late = submission(content=b"early"), submission(content=b"late", hours=1)
        gradebook.receive([late, submission(content=b"other work", assignment="convexity")])
        gradebook.receive([early])

        found = [(event.assignment, event.number, event.blob) for event in gradebook.history("ada")]
        assert [one for one in found if one[0] == "gradients"] == [
            ("gradients", 2, early.blob),
            ("gradients", 1, late.blob),
        ]
        marked = [(one.assignment, one.number, one.blob) for one in gradebook.marked_submissions()]
        assert sorted(marked) == sorted(found)

    def test_a_copy_that_was_sent_earlier_and_recorded_later_keeps_its_time(self, gradebook):
        """The same bytes twice: that they came earlier is an event, that they came again later is none."""
        sent = [submission(hours=hours, by=ReceivedBy.SERVER) for hours in (1, 0, 2)]

        assert [gradebook.receive([one]) for one in sent] == [1, 1, 0]
        assert [event.received for event in gradebook.history("ada")] == [sent[1].received, sent[0].received]

    def test_what_is_received_after_the_clock_was_set_back_is_the_latest(self, place):
        """An hour ahead at first; until the clock is there again, each file stands behind the one before."""
        clock = [NOON]
        book = open_book(place, clock=lambda: clock[0])
        for content, hours in ((b"ahead", 1.0), (b"set right", 0.2), (b"after", 0.5), (b"passed", 1.2)):
            clock[0] = NOON + timedelta(hours=hours)
            assert book.receive([submission(content=content, hours=hours)]) == 1
            assert [one.content for one in book.pending("gradients")] == [content]
        assert [event.received.hour for event in book.history("ada")] == [13, 12, 12, 13]
        slow = submission(content=b"begun before, and done after", hours=1.1)
        book.receive([slow])
        assert [one.content for one in book.pending("gradients")] == [b"passed"]
        book.close()

    def test_a_doubtful_earlier_time_hides_nothing(self, gradebook):
        """New bytes whose file happens to be dated earlier are graded: a file's own time proves nothing."""
        new = submission(content=b"new", hours=-9, by=ReceivedBy.FILE_TIME)
        gradebook.receive([submission(content=b"old")])

        assert gradebook.receive([new]) == 1
        assert list(gradebook.pending("gradients")) == [new]

    def test_several_attempts_arrive_in_one_batch(self, gradebook):
        """Of several attempts that arrive together, in any order, the latest is pending."""
        attempts = [submission(content=b"%d" % hour, hours=hour) for hour in (2, 0, 1)]

        assert gradebook.receive(iter(attempts)) == 3
        assert [one.content for one in gradebook.pending("gradients")] == [b"2"]
        assert [event.received.hour for event in gradebook.history("ada")] == [12, 13, 14]

    def test_more_than_a_batch_arrives(self, gradebook):
        """A class larger than one transaction is received whole, once."""
        many = [submission(f"s{number:03}", b"%d" % number) for number in range(230)]

        assert gradebook.receive(many) == 230
        assert gradebook.receive(many) == 0
        assert len(gradebook.pending("gradients")) == 230

    def test_a_time_without_zone_is_refused(self, gradebook):
        """A time of receipt without a zone is a mistake of the program."""
        one = Submission("ada", "gradients", b"", NOON.replace(tzinfo=None), ReceivedBy.SERVER)

        with pytest.raises(Exception, match="no time zone"):
            gradebook.receive([one])
        assert not gradebook.history("ada")


class TestPending:
    def test_a_report_of_any_revision_ends_the_waiting(self, gradebook):
        """A graded submission is not pending, whatever revision judged it."""
        one = submission()
        gradebook.receive([one])
        gradebook.record(report(one, revision="long ago"))

        assert len(gradebook.pending("gradients")) == 0
        assert list(gradebook.latest_submissions("gradients")) == [one]

    def test_handing_in_again_is_pending_again(self, gradebook):
        """A new attempt waits for its report; the report of the earlier one still counts meanwhile."""
        old, new = submission(content=b"old"), submission(content=b"new", hours=1)
        gradebook.receive([old])
        gradebook.record(report(old))
        gradebook.receive([new])

        assert list(gradebook.pending("gradients")) == [new]
        assert list(gradebook.latest_reports("gradients")) == [report(old)]

    def test_it_can_be_asked_for_some_students(self, gradebook):
        """Some students' submissions are asked for by id; strangers and other assignments do not matter."""
        gradebook.receive([submission("ada"), submission("bob"), submission("cy", assignment="descent")])

        assert gradebook.pending("gradients", students=["bob", "cy", "dan"]).students == ("bob",)

    def test_what_another_run_graded_meanwhile_is_left_out(self, gradebook):
        """Two runs that began together do not both grade what is left."""
        one, two = submission("ada"), submission("bob")
        gradebook.receive([one, two])
        waiting = iter(gradebook.pending("gradients"))
        next(waiting)
        gradebook.record(report(two))

        assert list(waiting) == []


class TestRecording:
    def test_a_report_comes_back_as_it_was(self, gradebook):
        """A stored report is read back equal, awkward characters included."""
        one = submission()
        gradebook.receive([one])

        assert gradebook.record(report(one)) is True
        assert latest_report(gradebook, "gradients", "ada") == report(one)
        assert latest_report(gradebook, "gradients", "bob") is None

    def test_the_second_of_two_runs_is_told_that_it_is_recorded(self, gradebook):
        """The same submission judged twice by one revision counts once: the first report stays."""
        one = submission()
        gradebook.receive([one])
        gradebook.record(report(one, mark=Fraction(1, 2)))

        assert gradebook.record(report(one, mark=Fraction(1, 3))) is False
        assert latest_report(gradebook, "gradients", "ada") == report(one, mark=Fraction(1, 2))

    def test_judging_again_adds_a_report(self, gradebook):
        """A revision may be asked again on purpose; the earlier report is kept, the later counts."""
        one = submission()
        gradebook.receive([one])
        gradebook.record(report(one, mark=Fraction(0)))

        assert gradebook.record(report(one), again=True) is True
        assert latest_report(gradebook, "gradients", "ada") == report(one)
        assert gradebook.history("ada")[0].revisions == ("r1", "r1")

    def test_the_later_revision_counts_and_the_others_are_outdated(self, gradebook):
        """Who was judged by another revision can be listed, for a notice."""
        one, two = submission("ada"), submission("bob")
        gradebook.receive([one, two])
        for judged in (report(one, revision="r1"), report(two, revision="r1"), report(two, revision="r2")):
            gradebook.record(judged)

        assert gradebook.outdated("gradients", "r2") == ("ada",)
        assert [each.revision for each in gradebook.latest_reports("gradients")] == ["r1", "r2"]
        assert [each.student for each in gradebook.latest_reports("gradients", students=["bob"])] == ["bob"]
        assert gradebook.history("bob")[0].revisions == ("r1", "r2")

    def test_the_hour_that_comes_twice_is_no_obstacle(self, gradebook):
        """A submission of the hour that the end of summer time repeats is recorded like any other."""
        twice = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Paris"))
        one = Submission("ada", "gradients", b"{}", twice, ReceivedBy.FILE_TIME)
        gradebook.receive([one])

        assert gradebook.record(report(one)) is True
        assert len(gradebook.pending("gradients")) == 0

    def test_a_report_of_nothing_is_refused(self, gradebook):
        """A report whose submission was never received is not recorded."""
        with pytest.raises(StoreError, match="belongs to no recorded submission"):
            gradebook.record(report(submission()))

    def test_two_attempts_with_equal_bytes_keep_their_reports_apart(self, gradebook):
        """A report belongs to one event, not to all events with these bytes."""
        first, between, last = (
            submission(content=b"a"),
            submission(content=b"b", hours=1),
            submission(content=b"a", hours=2),
        )
        gradebook.receive([first, between, last])
        gradebook.record(report(first))

        assert list(gradebook.pending("gradients")) == [last]


class TestSeveralAtOnce:
    def test_runs_that_race_count_nothing_twice(self, place):
        """Four runs at once, from opening an empty place on, leave what one would have left."""
        everything = [submission(f"s{number:02}", b"%d" % number) for number in range(25)]

        def run(_number: int) -> tuple[int, int]:
            with open_book(place, patience=600) as gradebook:
                received = gradebook.receive(everything)
                recorded = sum(gradebook.record(report(one)) for one in everything)
            return received, recorded

        with ThreadPoolExecutor(4) as pool:
            counts = list(pool.map(run, range(4)))

        assert [sum(column) for column in zip(*counts, strict=True)] == [25, 25]
        with open_book(place) as gradebook:
            assert len(list(gradebook.latest_reports("gradients"))) == 25
            assert all(len(gradebook.history(one.student)) == 1 for one in everything)

    def test_a_reader_sees_what_was_there_while_another_writes(self, gradebook, place):
        """Reading waits for nobody and may not write."""
        gradebook.receive([submission()])
        with open_book(place, read_only=True) as reader:
            with gradebook._writing() as connection:
                connection.exec_driver_sql("DELETE FROM submissions")
                assert len(reader.pending("gradients")) == 1
                connection.rollback()
            with pytest.raises(StoreError, match="may only be read"):
                reader.receive([submission("bob")])

    def test_a_writer_that_waits_too_long_says_so(self, gradebook, place):
        """Another program that holds the lock is named, and what to do."""
        with open_book(place, patience=0.1) as other:
            with gradebook._writing(), pytest.raises(StoreError, match="wait until it is done"):
                other.receive([submission()])
            assert other.receive([submission()]) == 1

    def test_an_unchanged_folder_waits_for_nobody(self, gradebook, place):
        """Where there is nothing to write, no lock is asked for."""
        gradebook.receive([submission()])
        with open_book(place, patience=0.1) as other, gradebook._writing():
            assert other.receive([submission()]) == 0


def test_every_report_of_every_submission_can_be_read(place: str) -> None:
    """In order of students, submissions and time; the one that counts is the last of the last."""
    with open_book(place) as book:
        first, second = submission(content=b"1"), submission(content=b"2", hours=1)
        other = submission("zoé", hours=-1)
        for one in (other, first, second):
            book.receive([one])
        made = [
            report(other),
            report(second, mark=Fraction(1, 4)),
            report(first, mark=Fraction(1, 2)),
            report(first, revision="r2"),
        ]
        for each in made:
            book.record(each)

        told = [(each.student, each.receipt.blob, each.revision) for each in book.reports("gradients")]
        counting = [(each.student, each.receipt.blob) for each in book.latest_reports("gradients")]
        outdated = book.outdated("gradients", "r2")
        only = [each.student for each in book.reports("gradients", students=["zoé"])]

    assert told == [
        ("ada", first.blob, "r1"),
        ("ada", first.blob, "r2"),
        ("ada", second.blob, "r1"),
        ("zoé", other.blob, "r1"),
    ]
    assert counting == [("ada", second.blob), ("zoé", other.blob)]
    assert outdated == ("ada", "zoé")
    assert only == ["zoé"]
