"""Questions that belong together are answered in one transaction, as of one moment."""

import pytest
from latest_report import latest_report
from samples import open_book, report, submission

from autograder.errors import ErasedError


def test_what_is_read_at_once_is_of_one_moment(place: str) -> None:
    with open_book(place) as book, open_book(place) as other:
        book.receive([submission("ada")])
        with book.at_once():
            before = book.last_submission()
            other.receive([submission("bob")])
            with book.at_once():
                assert book.last_submission() == before
                assert book.history("bob") == ()
            assert book.last_submission() == before
        assert book.last_submission() > before


def test_what_is_recorded_meanwhile_is_read_from_then_on(place: str) -> None:
    with open_book(place) as book, book.at_once():
        assert book.history("ada") == ()
        handed_in = submission("ada")
        book.receive([handed_in])
        assert len(book.history("ada")) == 1
        assert book.record(report(handed_in))
        assert latest_report(book, "gradients", "ada") is not None


def test_after_an_error_the_store_answers_all_the_same(place: str) -> None:
    with open_book(place) as book, book.at_once():
        with pytest.raises(ErasedError):
            book.record(report(submission("nobody")))
        assert book.last_submission() == 0
        book.receive([submission("ada")])
        assert book.last_submission() > 0


def test_a_class_is_known_by_name_to_whoever_had_the_store_open_before_it_came(place: str) -> None:
    """Whose a number is, is read as people come, and again where somebody is erased."""
    with open_book(place) as book, open_book(place) as other:
        for student in ("ada", "bob", "cy"):
            book.receive([submission(student)])
            assert [each.student for each in other.ungraded()] == [each.student for each in book.ungraded()]
        assert {each.student for each in other.marked_submissions()} == {"ada", "bob", "cy"}
        number = book.erase_person("bob")
        assert {each.student for each in other.marked_submissions()} == {"ada", number, "cy"}
        book.receive([submission("dee")])
        assert {each.student for each in other.marked_submissions()} == {"ada", number, "cy", "dee"}
