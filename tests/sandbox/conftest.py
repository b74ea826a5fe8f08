"""One warm runner for the tests that only need some runner."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from confined import confined_runner
from patience import PATIENT

from autograder.domain.notebook import Cell, CellKind
from autograder.sandbox.run import Run
from autograder.sandbox.runner import Runner


@pytest.fixture(scope="session")
def runner() -> Iterator[Runner]:
    with confined_runner() as made:
        yield made


@pytest.fixture
def run(runner):
    """`run("x = 1", "x + 1", seconds=...)`: a notebook of these cells, closed after the test."""
    opened: list[Run] = []

    def start(*sources: str, **limits: float) -> Run:
        given = {"memory_mb": 512} | limits
        cells = [Cell(CellKind.CODE, source, number) for number, source in enumerate(sources, start=1)]
        opened.append(runner.start(cells, replace(PATIENT, **given)))
        return opened[-1]

    yield start
    for one in opened:
        one.close()
