"""A notebook of another homework is told by the names it defines, and only where none of ours is there."""

import json
from pathlib import Path

import pytest

from autograder.errors import SubmissionError
from autograder.notebook.match import match
from autograder.notebook.other_homework import OtherHomework, require_this_homework
from autograder.notebook.read import read
from autograder.notebook.released import Released

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.stem for path in (ROOT / "assignments").glob("*/*.ipynb"))
CONTENT = {name: (ROOT / f"assignments/{name}/{name}.ipynb").read_bytes() for name in NAMES}
RELEASED = Released.from_content(CONTENT["gradients"])
OTHERS = tuple(
    one for name in NAMES if name != "gradients" and (one := OtherHomework.of(name, CONTENT[name]))
)


def cells(*sources: str) -> bytes:
    made = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in sources]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def whose(content: bytes) -> str:
    """The sentence on a notebook that was handed in for homework 1."""
    submitted = read(content)
    try:
        require_this_homework(
            submitted, match(submitted, RELEASED), RELEASED, assignment="gradients", others=OTHERS
        )
    except SubmissionError as problem:
        return str(problem)
    return ""


@pytest.mark.parametrize("name", [name for name in NAMES if name != "gradients"])
def test_every_other_homework_is_told_by_its_name(name: str) -> None:
    """As it was released, or with another first cell."""
    assert whose(CONTENT[name]).startswith(f"This is the notebook of {name}, not of gradients: it defines `")


def test_this_homework_is_this_homework() -> None:
    """Also where all answers but one were deleted, or functions of others stand in it."""
    assert whose(CONTENT["gradients"]) == ""
    assert whose(cells("def ls_loss(w, X, y):\n    return 0.0", "def is_psd(A):\n    return True")) == ""


def test_a_notebook_of_no_homework_is_nobodys() -> None:
    """An empty one, and one with functions that no homework asks for, are judged as they are."""
    assert whose(cells("")) == ""
    assert whose(cells("def helper():\n    pass")) == ""
    assert whose(cells("def is_psd(:")) == ""


def test_one_name_alone_makes_nobody_sure() -> None:
    """A person looks, and the sentence says no more than is known."""
    assert whose(cells("def is_psd(A):\n    return True")).startswith(
        "This seems to be the notebook of convexity"
    )


def test_a_name_that_the_other_homework_gives_is_no_question_of_this_one() -> None:
    """Homework 2 may hand out a function that homework 1 asks for."""
    other = OtherHomework.of(
        "next", cells("def ls_loss(w):\n    return 0", "def f(x):\n    raise NotImplementedError")
    )
    submitted = read(cells("def ls_loss(w):\n    return 0", "def f(x):\n    return x"))

    with pytest.raises(SubmissionError, match="This is the notebook of next"):
        require_this_homework(
            submitted, match(submitted, RELEASED), RELEASED, assignment="gradients", others=(other,)
        )


def test_what_cannot_be_recognised_is_no_other_homework() -> None:
    """A notebook that is none, and one that asks for no code."""
    assert OtherHomework.of("broken", b"{") is None
    assert OtherHomework.of("essay", cells("x = 1")) is None
