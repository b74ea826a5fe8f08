"""Notebooks as they were saved: texts and pictures are taken, the rest is named, and nothing is trusted."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import SubmissionError
from autograder.notebook.saved import OutputKind, read_saved


def saved(*outputs: Any) -> bytes:
    cell = {
        "cell_type": "code",
        "source": "1",
        "metadata": {},
        "execution_count": 1,
        "outputs": list(outputs),
    }
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]}).encode()


def kinds(*outputs: Any) -> list[tuple[OutputKind, str]]:
    (cell,) = read_saved(saved(*outputs))
    return [(each.kind, each.content) for each in cell.outputs]


def test_every_kind_of_output_is_taken_as_text_as_picture_or_by_its_name() -> None:
    shown = {"output_type": "display_data", "data": {"text/html": "<b>", "text/plain": ["a", "b"]}}
    drawn = {"output_type": "execute_result", "data": {"image/png": "AAAA", "text/plain": "<Figure>"}}
    printed = {"output_type": "stream", "text": ["x\n", "y"]}
    raised = {"output_type": "error", "ename": "E", "traceback": ["\x1b[31mE\x1b[0m", "here"]}
    assert kinds(shown, drawn, printed, raised) == [
        (OutputKind.TEXT, "ab"),
        (OutputKind.OTHER, "text/html"),
        (OutputKind.PICTURE, "AAAA"),
        (OutputKind.TEXT, "x\ny"),
        (OutputKind.ERROR, "E\nhere"),
    ]


def test_more_outputs_than_a_page_takes_are_counted() -> None:
    (cell,) = read_saved(saved(*[{"output_type": "stream", "text": "x"}] * 100))
    assert (len(cell.outputs), cell.beyond) == (30, 70)


def test_what_is_no_notebook_is_refused_in_words() -> None:
    with pytest.raises(SubmissionError):
        read_saved(b"%PDF")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)
FIELDS = st.sampled_from(["output_type", "data", "text", "traceback", "ename", "image/png", "text/plain"])


@given(
    st.lists(
        JSON | st.dictionaries(FIELDS, JSON | st.sampled_from(["stream", "error"]), max_size=5), max_size=5
    )
)
def test_whatever_stands_in_outputs_is_read(outputs: list[Any]) -> None:
    for cell in read_saved(saved(*outputs)):
        assert all(isinstance(each.content, str) for each in cell.outputs)
