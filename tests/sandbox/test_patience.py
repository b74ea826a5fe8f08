"""In the quick lane student code is borne for a while: what takes longer is given up without a trace."""

import time

import pytest

from autograder.domain.course import Limits
from autograder.domain.notebook import Cell, CellKind
from autograder.sandbox.patience import OutOfPatience, Patience
from autograder.sandbox.runner import Runner


def cells(*sources: str) -> list[Cell]:
    return [Cell(CellKind.CODE, source, number) for number, source in enumerate(sources, 1)]


@pytest.mark.parametrize(
    "source", ["while True:\n    pass", "import time\ntime.sleep(3600)"], ids=["loops", "sleeps"]
)
def test_what_takes_longer_is_given_up_and_nothing_runs_on(runner: Runner, source: str) -> None:
    limits = Limits(seconds_per_cell=900.0, seconds=900.0)
    began = time.monotonic()
    with pytest.raises(OutOfPatience), runner.patient(0.3):
        runner.start(cells("x = 1", source), limits)
    assert time.monotonic() - began < limits.seconds_per_cell / 2
    assert not [process for process in runner._spawned if process.alive]


def test_whoever_is_borne_runs_as_ever(runner: Runner) -> None:
    with runner.patient(60), runner.start(cells("x = 1", "y = x + 1"), Limits()) as run:
        assert [cell.ending.value for cell in run.cells] == ["ran", "ran"]


def test_what_is_run_afterwards_is_borne_without_end(runner: Runner) -> None:
    """The limits of the course hold again, and they alone."""
    with pytest.raises(OutOfPatience), runner.patient(0.2):
        runner.start(cells("while True:\n    pass"), Limits())
    with runner.start(cells("while True:\n    pass"), Limits(seconds_per_cell=0.6)) as run:
        assert str(run.cells[0].limit) == "0.6 s for a cell"


def test_patience_is_that_of_all_processes_together() -> None:
    patience = Patience(1.0)
    patience.spend(0.6)
    with pytest.raises(OutOfPatience):
        patience.spend(0.6)


def test_no_handler_of_ordinary_errors_catches_it() -> None:
    assert not issubclass(OutOfPatience, Exception)
