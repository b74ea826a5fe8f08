"""An adopted assignment may ask for several notebooks: they are one submission."""

import json
from datetime import UTC
from pathlib import Path

from autograder.domain.bundle import bundle, unbundle
from autograder.domain.submission import Submission
from autograder.inbox.folder import read_submissions

NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def put(folder: Path, *names: str) -> None:
    for name in names:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(NOTEBOOK)


def test_several_notebooks_are_one_submission(tmp_path: Path) -> None:
    put(tmp_path, "ada/one.ipynb", "ada/two.ipynb", "ada/draft.ipynb", "bob/ps1/one.ipynb")
    found = list(read_submissions(tmp_path, "ps1", zone=UTC, notebooks=("one", "two")))
    submissions = {one.student: one for one in found if isinstance(one, Submission)}
    assert unbundle(submissions["ada"].content, most=1000) == {"one": NOTEBOOK, "two": NOTEBOOK}
    assert set(unbundle(submissions["bob"].content, most=1000)) == {"one"}
    [notice] = [one for one in found if not isinstance(one, Submission)]
    assert "not two.ipynb" in notice.what and notice.taken


def test_the_notebook_that_is_not_called_as_its_assignment_is_found(tmp_path: Path) -> None:
    put(tmp_path, "ada/problem.ipynb", "ada/other.ipynb")
    [*_, submission] = read_submissions(tmp_path, "ps1", zone=UTC, notebooks=("problem",))
    assert isinstance(submission, Submission) and submission.filename == "problem.ipynb"


def test_a_bundle_is_known_by_its_bytes_and_bounded() -> None:
    assert bundle({"b": b"2", "a": b"1"}) == bundle({"a": b"1", "b": b"2"})
    assert unbundle(bundle({"a": b"12345", "b": b"1"}), most=4) == {"b": b"1"}
    assert unbundle(NOTEBOOK, most=100) == {} and unbundle(b"PK broken", most=100) == {}
