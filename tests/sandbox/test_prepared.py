"""What a fork server prepares for a class costs nobody else anything, and changes nothing that is shown."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from confined import confined_runner
from patience import PATIENT

from autograder.domain.notebook import Cell, CellKind
from autograder.domain.report import CellRun
from autograder.sandbox.runner import Runner


@pytest.fixture(scope="module")
def plain() -> Iterator[Runner]:
    """Of an assignment that draws nothing, and in which everybody was given a cell with a magic."""
    with confined_runner(figures=False, given=("%whos",)) as made:
        yield made


def run_in(runner: Runner, *sources: str) -> tuple[CellRun, ...]:
    cells = [Cell(CellKind.CODE, source, number) for number, source in enumerate(sources, start=1)]
    with runner.start(cells, replace(PATIENT, memory_mb=1024)) as run:
        return run.cells


def test_who_draws_where_nobody_was_expected_to_has_the_figures(plain):
    """Shown there and then, left open, or of a name for the module that is the student's own; no warning."""
    cells = run_in(
        plain,
        "import sys; 'matplotlib' in sys.modules",
        "from matplotlib import pyplot as mine\nmine.plot([1, 2])\nmine.show()\nmine.plot([2, 1]);",
        "mine.get_backend(), mine.get_fignums()",
    )
    assert cells[0].displayed == ("False",)
    assert len(cells[1].figures) == 2
    assert not cells[1].printed
    assert cells[2].displayed == ("('Agg', [])",)


def test_the_magics_that_everybody_was_given_are_loaded_before_any_notebook_runs(plain):
    loaded, used = run_in(
        plain, "import sys; 'IPython.core.magics.namespace' in sys.modules", "x = 5\n%who_ls int"
    )
    assert loaded.displayed == ("True",)
    assert used.displayed == ("['x']",)
