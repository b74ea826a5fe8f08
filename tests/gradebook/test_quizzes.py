"""Attempts at quizzes, kept on every database."""

import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from samples import custody, open_book

from autograder.errors import StoreError
from autograder.gradebook.store import Gradebook
from autograder.quiz.format.reader import parse_quiz
from autograder.quiz.records import (
    HandedIn,
    KnownAttempts,
    MemoryRecords,
    OwnRecords,
    Records,
    Response,
    last_number,
)
from autograder.quiz.regrade import regrade
from autograder.quiz.service import QuizService

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
QUIZ = """---
id: sample
title: A sample
symbols: w: vec d, A: mat d d
attempts: 2
results: at once
tries: 3
time limit: 20 min
---

## grad {symbolic 2}
What is the gradient of $w \\mapsto w^\\top A w$?
= (A + A^T) w
~ 2 A w [0.5] | Right when $A$ is symmetric.
: $(A + A^\\top) w$

## thirds {numeric 1}
@ n in {1/3, 2/3}
Three times {{n}}?
= 3*n
: {{3*n}}
"""


def taken(records: Records) -> tuple[object, ...]:
    """A class takes the quiz; everything that the records say afterwards."""
    now = NOON
    service = QuizService(parse_quiz(QUIZ), records, clock=lambda: now)
    ids = []
    for student in ("zoé", "ada"):
        now += timedelta(minutes=1)
        attempt = service.start(student)
        ids.append(attempt.id)
        for raw in ("A +", "2 A w", "\x00 \ud800 '\" \u2028 Straße"):
            service.save(attempt.id, "grad", raw)
            service.check(attempt.id, "grad")
        service.save(attempt.id, "thirds", "1")
    service.submit(ids[0], anyway=True)
    now += timedelta(hours=1)
    service.report(ids[1])
    service.mark(ids[1], "thirds", Fraction(1, 3), "Nearly.", by="the teacher")
    mended = parse_quiz(QUIZ.replace("= (A + A^T) w", "= A w").replace("~ 2 A w [0.5]", "~ A^T w [0.5]"))
    changes = regrade(mended, records, clock=lambda: now)
    said = [(records.responses(i), records.judgings(i), records.handed_in(i)) for i in ids]
    return (list(records.attempts("sample")), list(records.attempts("sample", "ada")), said, changes)


def test_the_store_says_what_memory_says(place):
    """Every event comes back as it was added: values, verdicts, times, any character."""
    with open_book(place) as gradebook:
        stored = taken(gradebook.quizzes)
    assert stored == taken(MemoryRecords())
    with open_book(place) as gradebook:
        attempt = gradebook.quizzes.attempts("sample")[0]
        assert gradebook.quizzes.attempt(attempt.id) == attempt
        assert gradebook.quizzes.attempt("nothing") is None
        assert gradebook.quizzes.attempts("other") == []


def test_two_tabs_begin_one_attempt_and_hand_it_in_once(place):
    """What two of them do at the same time is recorded once."""
    with open_book(place) as gradebook:
        service = QuizService(parse_quiz(QUIZ), gradebook.quizzes, clock=lambda: NOON)
        begun: list[str] = []
        tabs = [threading.Thread(target=lambda: begun.append(service.start("ada").id)) for _ in range(4)]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()
        assert len(set(begun)) == 1 and len(gradebook.quizzes.attempts("sample")) == 1
        service.save(begun[0], "grad", "2 A w")
        tabs = [threading.Thread(target=lambda: service.submit(begun[0])) for _ in range(4)]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()
        assert len(gradebook.quizzes.judgings(begun[0])) == 2


def test_a_response_to_no_attempt_is_refused(place):
    """Nothing hangs in the air."""
    with open_book(place) as gradebook, pytest.raises(StoreError):
        gradebook.quizzes.add([Response("nothing", "grad", "w", NOON)])


def test_answers_that_threads_save_together_are_all_kept(place):
    """Also beside one of an attempt that is gone, which alone is refused."""
    with open_book(place) as gradebook:
        service = QuizService(parse_quiz(QUIZ), gradebook.quizzes, clock=lambda: NOON)
        ids = [*(service.start(student).id for student in ("ada", "bo", "cy")), "nothing"]
    refused = list[str]()

    def save(attempt: str, own: Gradebook) -> None:
        for number in range(5):
            try:
                own.quizzes.add([Response(attempt, "grad", str(number), NOON)])
            except StoreError:
                refused.append(attempt)

    with open_book(place) as gradebook:
        threads = [threading.Thread(target=save, args=(each, gradebook.for_thread())) for each in ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        kept = [[each.raw for each in gradebook.quizzes.responses(attempt)] for attempt in ids]
    assert kept == [["0", "1", "2", "3", "4"]] * 3 + [[]]
    assert refused == ["nothing"] * 5


def test_answers_that_are_written_at_one_time_have_each_a_link_of_its_own(place: str) -> None:
    """In the order in which they came, whatever the database does to write them at once."""
    with open_book(place) as book:
        service = QuizService(parse_quiz(QUIZ), book.quizzes, clock=lambda: NOON)
        attempt, entry = service.start("ada").id, book.last_entry()
        typed = [Response(attempt, "grad", f"{number} w", NOON) for number in range(12)]
        book.quizzes.add(typed)
        assert list(book.quizzes.responses(attempt)) == typed
        assert book.last_entry() == entry + 12
        assert book.check(custody(place)).faults == ()


def test_grading_homework_loads_nothing_of_quizzes():
    """The gradebook is on the path of every submission."""
    program = (
        "import sys, autograder.gradebook.store;"
        "print(any(name.startswith('autograder.quiz') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_quiz_is_read_at_once_as_it_is_read_one_by_one(place):
    """What is added to the copy is not recorded."""
    with open_book(place) as book:
        taken(book.quizzes)
        copy = book.quizzes.snapshot("sample")
        attempts = book.quizzes.attempts("sample")
        assert list(copy.attempts("sample")) == list(attempts)
        for attempt in attempts:
            assert list(copy.responses(attempt.id)) == list(book.quizzes.responses(attempt.id))
            assert list(copy.judgings(attempt.id)) == list(book.quizzes.judgings(attempt.id))
            assert copy.handed_in(attempt.id) == book.quizzes.handed_in(attempt.id)
        before = len(book.quizzes.responses(attempts[0].id))
        copy.add([Response(attempts[0].id, "grad", "A w", NOON)])
        assert len(book.quizzes.responses(attempts[0].id)) == before
        assert book.quizzes.snapshot("other").attempts("other") == []


def test_of_attempts_that_are_open_only_the_beginning_is_read_where_the_answers_that_count_are_asked(
    place: str,
) -> None:
    """One whose time is over is read whole, whatever offset its end was told in: the clock hands it in."""
    paris = timezone(timedelta(hours=1))
    late = NOON + timedelta(minutes=20)
    memory = MemoryRecords()
    with open_book(place) as book:
        for records in (book.quizzes, memory):
            service = QuizService(parse_quiz(QUIZ), records, clock=lambda: NOON)
            begun = [service.start(student) for student in ("ada", "bo", "cy")]
            endless = replace(begun[0], id="endless", student="di", closes=None)
            abroad = replace(begun[0], id="abroad", student="eve", closes=late.astimezone(paris))
            records.add([endless, abroad])
            for each in (*begun, endless, abroad):
                records.add([Response(each.id, "grad", "w", NOON)])
            service.check(begun[1].id, "grad")
            service.submit(begun[2].id)
        for student in (None, "ada", "cy"):
            for moment, ended in ((late, {"cy"}), (late + timedelta(seconds=1), {"ada", "bo", "cy", "eve"})):
                for records in (book.quizzes, memory):
                    copy = records.snapshot("sample", student, known=KnownAttempts(moment))
                    attempts = copy.attempts("sample")
                    assert list(attempts) == list(records.attempts("sample", student))
                    for each in attempts:
                        whole = each.student in ended
                        assert copy.responses(each.id) == (records.responses(each.id) if whole else [])
                        assert copy.judgings(each.id) == (records.judgings(each.id) if whole else [])
                        assert copy.handed_in(each.id) == records.handed_in(each.id)


def test_of_an_attempt_that_was_handed_in_nothing_is_read_again_until_it_is_judged_again(place: str) -> None:
    with open_book(place) as book:
        service = QuizService(parse_quiz(QUIZ), book.quizzes, clock=lambda: NOON)
        for student in ("ada", "bo"):
            attempt = service.start(student)
            service.save(attempt.id, "grad", "2 A w")
            service.submit(attempt.id)
        ada, bo = book.quizzes.attempts("sample")
        known = {each.id: last_number(book.quizzes.judgings(each.id)) for each in (ada, bo)}
        assert all(known.values())
        service.mark(ada.id, "thirds", Fraction(1, 3), "Nearly.", by="the teacher")
        whole = book.quizzes.snapshot("sample")
        for records in (book.quizzes, whole):
            copy = records.snapshot("sample", known=KnownAttempts(NOON, known))
            assert list(copy.attempts("sample")) == [ada, bo]
            assert copy.handed_in(bo.id) == whole.handed_in(bo.id) == HandedIn(bo.id, NOON)
            assert (copy.responses(bo.id), copy.judgings(bo.id)) == ([], [])
            assert copy.judgings(ada.id) == whole.judgings(ada.id)
            assert copy.responses(ada.id) == whole.responses(ada.id)


def test_answers_that_are_saved_are_the_one_thing_that_decides_nothing(place: str) -> None:
    """Nor do they where something else was recorded before them: then that is the last that decides."""
    with open_book(place) as book:
        service = QuizService(parse_quiz(QUIZ), book.quizzes, clock=lambda: NOON)
        assert book.last_decisive_entry() == book.last_entry()
        attempt = service.start("ada")
        begun = book.last_decisive_entry()
        assert begun == book.last_entry()
        service.save(attempt.id, "grad", "2 A w")
        assert book.last_decisive_entry() == book.last_decisive_entry(since=begun) == begun
        assert book.last_entry() == begun + 1
        service.check(attempt.id, "grad")
        assert book.last_decisive_entry(since=begun) == book.last_entry() == begun + 2
        service.submit(attempt.id)
        assert book.last_decisive_entry(since=begun) == book.last_entry()


def test_what_one_student_has_is_read_at_once_and_added_to_the_store(place: str) -> None:
    """Of a request that another tab was faster than, the store's word stands."""
    with open_book(place) as book, open_book(place) as other_tab:
        taken(book.quizzes)
        own = OwnRecords(book.quizzes, "sample", "ada")
        [attempt] = own.attempts("sample")
        assert own.attempt(attempt.id) == attempt
        assert own.handed_in(attempt.id) == book.quizzes.handed_in(attempt.id)
        assert own.responses(attempt.id) == book.quizzes.responses(attempt.id)
        assert own.judgings(attempt.id) == book.quizzes.judgings(attempt.id)
        assert own.attempts("sample", "zo\N{LATIN SMALL LETTER E WITH ACUTE}") == []
        second = replace(attempt, id="second", number=2)
        own.add([second])
        own.add([Response("second", "thirds", "1/2", NOON)])
        assert own.responses("second") == book.quizzes.responses("second")
        other_tab.quizzes.add([HandedIn("second", NOON)])
        own.add([HandedIn("second", NOON + timedelta(seconds=5))])
        assert own.handed_in("second") == HandedIn("second", NOON)
        assert [each.id for each in own.snapshot("sample").attempts("sample")] == [attempt.id, "second"]
