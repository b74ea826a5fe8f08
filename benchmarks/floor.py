"""The floor: the same cells run by plain `exec` in a warm process, nothing judged, nothing sealed.

`python -m benchmarks.floor FOLDER` prints the processor milliseconds per notebook, one a line.
"""

import contextlib
import io
import json
import sys
import time
from pathlib import Path

from benchmarks.classroom import NAME


def main() -> None:
    """Run every notebook of a course twice; print what the second time took."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    folder = Path(sys.argv[1]) / "submissions" / NAME
    notebooks = [_cells(file) for file in sorted(folder.glob("*/*.ipynb"))]
    for cells in notebooks[:3]:
        _run(cells)
    for cells in notebooks:
        plt.close("all")
        before = time.process_time()
        _run(cells)
        print(1000 * (time.process_time() - before))


def _cells(file: Path) -> list[str]:
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def _run(cells: list[str]) -> None:
    namespace: dict[str, object] = {"__name__": "__main__"}
    for cell in cells:
        # Examples of a question that is answered wrongly raise, as they do in a notebook.
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
            exec(compile(cell, "<cell>", "exec"), namespace)


if __name__ == "__main__":
    main()
