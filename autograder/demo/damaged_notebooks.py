"""What happens to notebooks between a student's hands and ours.

Each function edits a draft of right answers, and costs its student nothing.
"""

import codecs

from autograder.demo.notebook_builder import Cell, Draft


def copied_stubs(draft: Draft) -> None:
    """Released stubs pasted below the answers they would undo."""
    for question in ("quad_grad", "ls_loss"):
        draft.add(draft.stub(question), after=draft.examples[question])


def imports_deleted(draft: Draft) -> None:
    """The first cell is gone."""
    draft.drop(draft.support[:1])


def text_and_examples_deleted(draft: Draft) -> None:
    """Nothing but imports and answers."""
    kept = [draft.support[0], *draft.answers.values()]
    draft.cells[:] = kept


def reordered(draft: Draft) -> None:
    """All cells from the last to the first."""
    draft.cells.reverse()


def metadata_lost(draft: Draft) -> None:
    """Saved by a tool that keeps neither ids nor metadata."""
    draft.document["metadata"] = {}
    draft.document["nbformat_minor"] = 4
    for cell in draft.cells:
        cell.pop("id")
        cell["metadata"] = {}


def wrong_kernel(draft: Draft) -> None:
    """Saved with a kernel that exists on one laptop only."""
    kernel = {"display_name": "R (conda-env-stats)", "language": "R", "name": "conda-env-stats-r"}
    draft.document["metadata"] = {"kernelspec": kernel, "language_info": {"name": "R"}}


def old_format(draft: Draft) -> None:
    """Saved in the format of 2014: worksheets, `input` for source, heading cells."""
    cells = [_of_format_3(cell, draft.source(cell)) for cell in draft.cells]
    draft.document = {
        "metadata": {"name": "gradients"},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"cells": cells, "metadata": {}}],
    }


def _of_format_3(cell: Cell, source: str) -> Cell:
    if cell["cell_type"] == "code":
        return {
            "cell_type": "code",
            "collapsed": False,
            "input": source,
            "language": "python",
            "metadata": {},
            "outputs": [],
        }
    if source.startswith("#") and "\n" not in source:
        return {"cell_type": "heading", "level": 1, "metadata": {}, "source": source.lstrip("# ")}
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def outputs_kept(draft: Draft) -> None:
    """Saved after a long session: outputs, errors of long ago, counts out of order."""
    for position, cell in enumerate(cell for cell in draft.cells if cell["cell_type"] == "code"):
        cell["execution_count"] = 100 - position
        cell["outputs"] = [
            {"name": "stdout", "output_type": "stream", "text": ["0/20 points\n"]},
            {"ename": "NameError", "evalue": "np", "output_type": "error", "traceback": ["NameError: np"]},
        ]


def byte_order_mark(draft: Draft) -> None:
    """Saved by an editor that marks its files."""
    draft.prefix = codecs.BOM_UTF8


def retyped(draft: Draft) -> None:
    """All answers typed again into one cell at the end, the stubs deleted."""
    answers = "\n\n\n".join(draft.source(cell) for cell in draft.answers.values())
    draft.drop(draft.answers.values())
    draft.add(answers)


def turned_into_text(draft: Draft) -> None:
    """The cell of an answer became a text cell."""
    cell = draft.answers["ls_hess"]
    for key in ("execution_count", "outputs"):
        cell.pop(key)
    cell["cell_type"] = "markdown"


def renamed(draft: Draft) -> None:
    """A function under a name that is nearly the one asked for."""
    cell = draft.answers["quad_grad"]
    cell["source"] = draft.source(cell).replace("def quad_grad(", "def quadGrad(")


MISHAPS = (
    copied_stubs,
    imports_deleted,
    text_and_examples_deleted,
    reordered,
    metadata_lost,
    wrong_kernel,
    old_format,
    outputs_kept,
    byte_order_mark,
    retyped,
    turned_into_text,
    renamed,
)
