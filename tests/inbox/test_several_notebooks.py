"""An adopted assignment may ask for several notebooks: they are one submission."""

import json
import random
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from autograder.domain.bundle import NOT_TAKEN, bundle, unbundle
from autograder.domain.course import Limits
from autograder.domain.submission import Submission
from autograder.errors import SubmissionError
from autograder.inbox.collect import collect
from autograder.inbox.collector import Collected, CollectRequest
from autograder.inbox.folder import read_submissions
from autograder.inbox.notice import Notice
from autograder.notebook.read import read

NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()

BOTH = ("one", "two")


def put(folder: Path, *names: str) -> None:
    for name in names:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(NOTEBOOK)


def test_several_notebooks_are_one_submission(tmp_path: Path) -> None:
    put(tmp_path, "ada/one.ipynb", "ada/two.ipynb", "ada/draft.ipynb", "bob/ps1/one.ipynb")
    found = list(read_submissions(tmp_path, "ps1", zone=UTC, notebooks=BOTH))
    submissions = {one.student: one for one in found if isinstance(one, Submission)}
    assert unbundle(submissions["ada"].content, most=1000) == {"one": NOTEBOOK, "two": NOTEBOOK}
    assert set(unbundle(submissions["bob"].content, most=1000)) == {"one"}
    [notice] = [one for one in found if not isinstance(one, Submission)]
    assert "not two.ipynb" in notice.what and notice.taken


def test_of_several_notebooks_one_that_is_too_large_is_told_and_the_others_are_taken(tmp_path: Path) -> None:
    put(tmp_path, "ada/one.ipynb", "ada/two.ipynb")
    (tmp_path / "ada/one.ipynb").write_bytes(bytes(3_000_000))
    found = list(read_submissions(tmp_path, "ps1", zone=UTC, limits=Limits(notebook_mb=1), notebooks=BOTH))
    [notice, submission] = found
    assert isinstance(notice, Notice) and isinstance(submission, Submission)
    assert notice.where.endswith("one.ipynb") and notice.taken
    assert "has 3.0 MB, more than the 1 MB" in notice.what
    parts = unbundle(submission.content, most=1_000_000)
    assert (len(parts["one"]), parts["two"]) == (1_100_000, NOTEBOOK)


def test_the_notebook_that_is_not_called_as_its_assignment_is_found(tmp_path: Path) -> None:
    put(tmp_path, "ada/problem.ipynb", "ada/other.ipynb")
    [*_, submission] = read_submissions(tmp_path, "ps1", zone=UTC, notebooks=("problem",))
    assert isinstance(submission, Submission) and submission.filename == "problem.ipynb"


def test_a_bundle_is_known_by_its_bytes_and_bounded() -> None:
    assert bundle({"b": b"2", "a": b"1"}) == bundle({"a": b"1", "b": b"2"})
    whole = bundle({"a": bytes(500_000), "b": b"1"})
    assert {name: len(part) for name, part in unbundle(whole, most=4).items()} == {"a": 100_004, "b": 1}
    packed = bundle({"a": random.Random(0).randbytes(9000), "b": b"1"})
    damaged = packed[:8000] + b"damaged" + packed[8007:]
    assert unbundle(damaged, most=10_000)["b"] == b"1", "what is whole is read"
    assert len(unbundle(damaged, most=10_000)["a"]) < 9000
    assert unbundle(NOTEBOOK, most=100) == {} and unbundle(b"PK broken", most=100) == {}


def test_a_zip_of_a_hundred_large_files_fills_no_memory() -> None:
    parts = unbundle(bundle({f"n{number:02}": bytes(200_000) for number in range(99)}), most=1)
    assert len(parts) == 99
    assert sum(map(len, parts.values())) == 10 * 100_001


def collect_both(source: Path, into: Path) -> list[Collected | Notice]:
    """What is collected of an assignment of two notebooks, into submissions/ps1."""
    now = datetime.now(UTC)
    return list(
        collect(CollectRequest(source, "ps1", into, (), Limits(), UTC, now, notebooks=("one", "two")))
    )


def test_notebooks_of_nbgraders_tree_are_collected_as_one_attempt_and_read_as_one(tmp_path: Path) -> None:
    source, into = tmp_path / "submitted", tmp_path / "submissions/ps1"
    put(source, "ada/ps1/one.ipynb", "ada/ps1/two.ipynb", "ada/ps1/draft.ipynb", "ada/ps2/one.ipynb")
    put(source, "bob/ps1/one.ipynb", "eve/ps1/other.ipynb")
    found = collect_both(source, into)
    collected = {one.student: one for one in found if isinstance(one, Collected)}
    assert {name: one.filename for name, one in collected.items()} == {
        "ada": "ps1/one.ipynb, ps1/two.ipynb",
        "bob": "ps1/one.ipynb",
    }
    [notice] = [one for one in found if isinstance(one, Notice)]
    assert (notice.student, notice.taken) == ("eve", False) and "one.ipynb and two.ipynb" in notice.todo
    every = list(read_submissions(into, "ps1", zone=UTC, notebooks=BOTH))
    submissions = {one.student: one.content for one in every if isinstance(one, Submission)}
    assert set(unbundle(submissions["ada"], most=1000)) == {"one", "two"}
    assert set(unbundle(submissions["bob"], most=1000)) == {"one"}
    assert {name: sha256(content).hexdigest() for name, content in submissions.items()} == {
        name: one.blob for name, one in collected.items()
    }


def test_of_several_notebooks_one_that_is_not_taken_is_kept_as_that(tmp_path: Path) -> None:
    """Else its questions would be missing, and so 0: a person looks instead, and collects it again."""
    source, into = tmp_path / "submitted", tmp_path / "submissions/ps1"
    put(source, "ada/ps1/one.ipynb", "ada/ps1/two.ipynb", "ada/ps2/two.ipynb", "bob/ps1/one.ipynb")
    put(source, "eve/ps1/one.ipynb")
    (source / "ada/ps1/two.ipynb").write_bytes(bytes(21_000_000))
    (source / "bob/ps2").mkdir(parents=True)
    (source / "bob/ps2/two.ipynb").write_bytes(bytes(21_000_000))
    (source / "eve/ps1/two.ipynb").symlink_to(source / "ada/ps1/one.ipynb")
    found = collect_both(source, into)
    notices = {one.where: one for one in found if isinstance(one, Notice) and one.student != "bob"}
    assert {name: one.taken for name, one in notices.items()} == {
        "ada: ps1/two.ipynb": True,
        "eve: ps1/two.ipynb": True,
    }
    assert "more than the 20 MB" in notices["ada: ps1/two.ipynb"].what
    submissions = read_submissions(into, "ps1", zone=UTC, notebooks=BOTH)
    contents = {one.student: one.content for one in submissions if isinstance(one, Submission)}
    parts = {name: unbundle(content, most=1000) for name, content in contents.items()}
    both = {"one": NOTEBOOK, "two": NOT_TAKEN}
    assert parts == {"ada": both, "bob": {"one": NOTEBOOK}, "eve": both}
    again = [one for one in collect_both(source, into) if isinstance(one, Collected)]
    assert [one.unchanged for one in again] == [True, True, True]
    put(source, "ada/ps1/two.ipynb")
    whole = [one for one in collect_both(source, into) if isinstance(one, Collected)]
    assert [one.unchanged for one in whole] == [False, True, True]


def test_what_was_not_taken_is_read_as_that() -> None:
    with pytest.raises(SubmissionError) as met:
        read(NOT_TAKEN)
    assert met.value.sentence.key == "unread.not_taken"


def test_what_was_collected_before_is_not_collected_again(tmp_path: Path) -> None:
    """One of the notebooks alone is a new attempt when it has changed."""
    source, into = tmp_path / "submitted", tmp_path / "submissions/ps1"
    put(source, "ada/ps1/one.ipynb", "ada/ps1/two.ipynb", "bob/ps1/one.ipynb")
    collect_both(source, into)
    again = [one for one in collect_both(source, into) if isinstance(one, Collected)]
    assert [one.unchanged for one in again] == [True, True]
    (source / "ada/ps1/two.ipynb").write_bytes(NOTEBOOK.replace(b"5", b"4"))
    changed = [one for one in collect_both(source, into) if isinstance(one, Collected)]
    assert [one.unchanged for one in changed] == [False, True]
    assert len([*(into / "ada").iterdir()]) == 2


def test_notebooks_are_known_in_whatever_folder_of_a_zip() -> None:
    assert unbundle(bundle({"hw/one": b"1", "hw/deep/two": b"2"}), most=9) == {"one": b"1", "two": b"2"}
