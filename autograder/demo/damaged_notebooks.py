"""What happens to notebooks between a student's hands and ours.

Each function damages a notebook of right answers, which must cost its student nothing; its name is that of
the archetype.
"""

import codecs

from autograder.demo.notebook_builder import Cell, NotebookBuilder


def copied_stubs(notebook: NotebookBuilder) -> None:
    """Released stubs pasted below the answers they would undo."""
    for question in ("quad_grad", "ls_loss"):
        notebook.add(notebook.read_stub(question), after=notebook.examples[question])


def imports_deleted(notebook: NotebookBuilder) -> None:
    """The first cell is gone."""
    notebook.drop(notebook.support[:1])


def text_and_examples_deleted(notebook: NotebookBuilder) -> None:
    """Nothing but imports and answers."""
    kept = [notebook.support[0], *notebook.answers.values()]
    notebook.cells[:] = kept


def reordered(notebook: NotebookBuilder) -> None:
    """All cells from the last to the first."""
    notebook.cells.reverse()


def metadata_lost(notebook: NotebookBuilder) -> None:
    """Saved by a tool that keeps neither ids nor metadata."""
    notebook.document["metadata"] = {}
    notebook.document["nbformat_minor"] = 4
    for cell in notebook.cells:
        cell.pop("id")
        cell["metadata"] = {}


def wrong_kernel(notebook: NotebookBuilder) -> None:
    """Saved with a kernel that exists on one laptop only."""
    kernel = {"display_name": "R (conda-env-stats)", "language": "R", "name": "conda-env-stats-r"}
    notebook.document["metadata"] = {"kernelspec": kernel, "language_info": {"name": "R"}}


def old_format(notebook: NotebookBuilder) -> None:
    """Saved in the format of 2014: worksheets, `input` for source, heading cells."""
    cells = [_of_format_3(cell, notebook.read_source(cell)) for cell in notebook.cells]
    notebook.document = {
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


def outputs_kept(notebook: NotebookBuilder) -> None:
    """Saved after a long session: outputs, errors of long ago, counts out of order."""
    for position, cell in enumerate(cell for cell in notebook.cells if cell["cell_type"] == "code"):
        cell["execution_count"] = 100 - position
        cell["outputs"] = [
            {"name": "stdout", "output_type": "stream", "text": ["0/20 points\n"]},
            {"ename": "NameError", "evalue": "np", "output_type": "error", "traceback": ["NameError: np"]},
        ]


def byte_order_mark(notebook: NotebookBuilder) -> None:
    """Saved by an editor that marks its files."""
    notebook.prefix = codecs.BOM_UTF8


def retyped(notebook: NotebookBuilder) -> None:
    """All answers typed again into one cell at the end, the stubs deleted."""
    answers = "\n\n\n".join(notebook.read_source(cell) for cell in notebook.answers.values())
    notebook.drop(notebook.answers.values())
    notebook.add(answers)


def turned_into_text(notebook: NotebookBuilder) -> None:
    """The cell of an answer became a text cell."""
    cell = notebook.answers["ls_hess"]
    for key in ("execution_count", "outputs"):
        cell.pop(key)
    cell["cell_type"] = "markdown"


def renamed(notebook: NotebookBuilder) -> None:
    """A function under a name that is nearly the one asked for."""
    cell = notebook.answers["quad_grad"]
    cell["source"] = notebook.read_source(cell).replace("def quad_grad(", "def quadGrad(")


DAMAGES = (
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
