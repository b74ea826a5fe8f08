"""The real Otter and the real nbgrader, each in a process of its own: they warn, and take seconds to load."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def needs(*modules: str) -> pytest.MarkDecorator:
    """Skip, saying which of these modules is missing."""
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


def run(*command: str, at: Path) -> str:
    """What a command of the environment of these tests prints."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONWARNINGS": "ignore", "MPLBACKEND": "agg"}
    environment["PYTHONPATH"] = str(Path(__file__).parent / "left_out")
    # Jupyter and its kernels keep what they write out of the home of whoever runs the tests.
    environment |= {name: str(at / ".jupyter") for name in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    done = subprocess.run(command, cwd=at, env=environment, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def python(code: str, *arguments: str, at: Path) -> Any:
    """What a piece of Python prints in its last line, as JSON."""
    return json.loads(run(sys.executable, "-c", code, *arguments, at=at).strip().splitlines()[-1])


OTTER = """
import contextlib, io, json, sys
from pathlib import Path
import matplotlib
matplotlib.use("agg")
import otter

told = {}
for file in sys.argv[1:]:
    space = {"__name__": "__main__"}
    document = json.loads(Path(file).read_text())
    for cell in document["cells"]:
        if cell["cell_type"] == "code" and cell["id"] != "check-yourself":
            unanswered = contextlib.suppress(NotImplementedError, NameError)
            with unanswered, contextlib.redirect_stdout(io.StringIO()):
                exec("".join(cell["source"]), space)
    grader = otter.Notebook(file)
    results = [grader.check(name, space) for name in document["metadata"]["otter"]["tests"]]
    told[file] = {r.name: [case.passed for case in r.test_case_results] for r in results}
print(json.dumps(told))
"""
"""Runs notebooks and asks Otter for every question: per file and question, which cases passed."""

GENERATE = """
import json, sys
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

settings = Config()
settings.CourseDirectory.course_id = "kernels"
told = {}
for name in sys.argv[1:]:
    done = NbGraderAPI(config=settings).generate_assignment(name, create=True)
    assert done["success"], done
with Gradebook("sqlite:///gradebook.db") as gradebook:
    for name in sys.argv[1:]:
        notebook = gradebook.find_notebook(name, name)
        told[name] = {
            "points": gradebook.find_assignment(name).max_score,
            "answers": sorted(cell.name for cell in notebook.solution_cells),
            "tasks": {cell.name: cell.max_score for cell in notebook.task_cells},
        }
print(json.dumps(told))
"""
"""Generates assignments as the command of nbgrader does, and tells what its gradebook knows of them."""

HAND_OUT = """
import json, sys
from nbgrader.apps import NbGraderAPI

done = {name: NbGraderAPI().generate_assignment(name, create=True)["success"] for name in sys.argv[1:]}
assert all(done.values()), done
print(json.dumps(done))
"""
"""Generates assignments of the nbgrader course that it runs in: several by one start."""

KERNEL = """
import json, sys
import nbformat
from nbclient import NotebookClient

told = {}
for folder in sys.argv[1:]:
    notebook = nbformat.read(f"{folder}/gradients.ipynb", 4)
    for asked in ("str(grader.check_all())", "str(grader.check('quad_grad'))"):
        notebook.cells.append(nbformat.v4.new_code_cell(asked))
    waits = {"timeout": 900, "startup_timeout": 900}
    NotebookClient(notebook, **waits, resources={"metadata": {"path": folder}}).execute()
    outputs = [(cell.id, output) for cell in notebook.cells for output in cell.get("outputs", ())]
    failed = [id_ for id_, output in outputs if output.output_type == "error"]
    said = [output["data"]["text/plain"] for cell in notebook.cells[-2:] for output in cell.outputs]
    told[folder] = {"failed": failed, "said": said}
print(json.dumps(told))
"""
"""Runs notebooks in a Jupyter kernel, as JupyterLab does, with two more cells that ask `grader`."""

CHECKSUMS = """
import json, sys
import nbformat
from nbgrader.nbgraderformat.v3 import MetadataValidatorV3
from nbgrader.utils import compute_checksum

told = {}
for file in sys.argv[1:]:
    notebook = nbformat.read(file, 4)
    nbformat.validate(notebook)
    MetadataValidatorV3().validate_nb(notebook)
    marked = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    told[file] = [compute_checksum(cell) == cell.metadata.nbgrader.checksum for cell in marked]
print(json.dumps(told))
"""
"""Whether nbformat and nbgrader take a notebook, and compute the checksums that stand in it."""
