"""What students hand in for adopted assignments: the released notebook with their answers."""

from collections.abc import Mapping
from pathlib import Path

from nbgrader_course import Cell, write_notebook

from autograder.foreign.model import ForeignCell, ForeignNotebook


def _submitted(cell: ForeignCell, source: str) -> Cell:
    """A cell as Jupyter saves it, with nbgrader's metadata where it has any."""
    metadata = {}
    if cell.graded:
        metadata = {
            **cell.nbgrader,
            "grade_id": cell.id,
            "schema_version": 3,
            "cell_type": str(cell.type),
            "checksum": cell.checksum,
            **({"points": float(cell.points)} if cell.points or cell.nbgrader["grade"] else {}),
        }
    code = {"outputs": [], "execution_count": None} if cell.type == "code" else {}
    return {
        "cell_type": str(cell.type),
        "metadata": {"nbgrader": metadata} if metadata else {},
        "source": source,
        **code,
    }


def hand_in(path: Path, notebook: ForeignNotebook, answers: Mapping[str, str]) -> Path:
    """Write a submission: the released notebook, with answers in the cells of these ids."""
    cells = [_submitted(cell, answers.get(cell.id, cell.as_released)) for cell in notebook.cells]
    return write_notebook(path, cells)
