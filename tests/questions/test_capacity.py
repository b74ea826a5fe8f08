"""What hidden cases may tell a student is counted, and comes from known sources only."""

import math
import re
from pathlib import Path

import capacity
import pytest
from capacity import count_bits, find_unsourced

from autograder.course.opened import open_course
from autograder.domain.sentences import TEMPLATES, variables_of

ROOT = Path(__file__).parents[2]
ASSIGNMENTS = ("gradients", "convexity", "descent", "training", "final")
TAKE_LONG = {"descent", "final"}
"""Their references take seconds; the rows of the others are looked at every day."""


def test_of_every_variable_of_every_sentence_it_is_said_where_its_values_come_from() -> None:
    assert find_unsourced() == frozenset()
    sources = [set(capacity.CLOSED), capacity.OF_THE_QUESTION, capacity.FIXED_BEFORE, capacity._SAID_ONCE]
    assert sum(map(len, sources)) == len(set().union(*sources))
    used = {name for key in TEMPLATES for name in variables_of(key)}
    assert set().union(*sources) == used


@pytest.mark.parametrize(
    "assignment",
    [pytest.param(name, marks=[pytest.mark.soak] * (name in TAKE_LONG)) for name in ASSIGNMENTS],
)
def test_the_bound_that_the_documentation_states_holds(assignment: str) -> None:
    """A row of the table of docs/threat-model.md: at most for one question, and for all together."""
    opened = open_course(ROOT).assignment(assignment)
    stubs = {one.name: one.stub for one in opened.released.text.statements}
    bits = [count_bits(one, stubs[one.question.name]) for one in opened.solutions.questions]
    page = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    row = re.search(rf"\| {assignment} \| (\d+) \| (\d+) \| (\d+) \|", page)
    assert row and tuple(map(int, row.groups())) == (len(bits), math.ceil(max(bits)), math.ceil(sum(bits)))
