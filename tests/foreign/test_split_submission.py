"""A notebook of several that are handed in is known by its name, or by its cells."""

import json
from dataclasses import replace
from fractions import Fraction

from foreign_assignment import STUB, nbgrader, submit

from autograder.domain.bundle import bundle
from autograder.foreign.model import AdoptedAssignment
from autograder.foreign.rebuild import split_submission


def make_two() -> tuple[AdoptedAssignment, dict[str, bytes]]:
    """An assignment of two notebooks, and what was handed in for each."""
    made = {
        name: nbgrader("", {f"a{name}": (STUB.format("f"), "")}, {f"t{name}": (f"a{name}", "assert f")})
        for name in ("one", "two")
    }
    notebooks = tuple(replace(each.notebooks[0], name=name) for name, each in made.items())
    handed_in = {name: submit(each, {}) for name, each in made.items()}
    return replace(made["one"], notebooks=notebooks, points_possible=Fraction(4)), handed_in


def test_each_notebook_is_found_whatever_it_is_called() -> None:
    assignment, files = make_two()
    for content, found in (
        (bundle(files), {"one", "two"}),
        (bundle({"hw": files["two"]}), {"two"}),
        (bundle({"one": files["one"], "my copy": files["two"]}), {"one", "two"}),
        (files["two"], {"two"}),
        (bundle({"one": files["one"], "other": json.dumps({"cells": []}).encode()}), {"one"}),
    ):
        split = split_submission(content, assignment, most=1_000_000)
        assert split == {name: files[name] for name in found}


def test_what_cannot_be_read_stands_for_one_that_is_missing() -> None:
    """So that nobody has 0 as if they had handed in nothing."""
    assignment, files = make_two()
    for content, found in (
        (bundle({"one": files["one"], "other": b"{}"}), {"one": files["one"], "two": b"{}"}),
        (bundle({"a": b"{}", "one": files["one"], "b": b"", "c": b""}), {"one": files["one"], "two": b"{}"}),
        (b"PK no zip", {"one": b"PK no zip"}),
    ):
        assert split_submission(content, assignment, most=1_000_000) == found


def test_of_one_notebook_the_file_is_it_whatever_it_holds() -> None:
    assignment, _ = make_two()
    alone = replace(assignment, notebooks=assignment.notebooks[:1])
    assert split_submission(b"anything", alone, most=10) == {"one": b"anything"}
