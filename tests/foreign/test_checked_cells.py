"""A question of Otter's is checked where its check stands in a cell."""

from dataclasses import replace
from fractions import Fraction

from foreign_assignment import otter

from autograder.foreign.rebuild import rebuild_own


def test_a_check_whose_result_is_bound_to_the_answers_name_reads_the_answer() -> None:
    """`total = grader.check("q1")`: Otter checks what `total` was before."""
    assignment = otter({"q1": ("total = ...", "total = 3")}, {"q1": [(">>> total\n3", Fraction(1), False)]})
    [notebook] = assignment.notebooks
    orders = []
    for binding in ("", "total = "):
        cells = [
            replace(cell, source=f"{binding}grader.check('q1')") if ".check(" in cell.source else cell
            for cell in notebook.solved
        ]
        steps = rebuild_own(cells, notebook, assignment).steps
        checks = [place for place, step in enumerate(steps) if ".check(" in step.source]
        tests = [place for place, step in enumerate(steps) if step.test is not None]
        orders.append((len(checks), len(tests), tests[0] - checks[0]))
    assert orders == [(1, 1, 1), (1, 1, -1)]
