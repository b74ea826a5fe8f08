"""Run nbgrader and Otter on the same answers, by their own command lines, and check what they did."""

import json
import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course.scaffold import sample_course
from autograder.demo.classroom import RIGHT, Sample
from autograder.notebook.assignment import read_assignment
from autograder.notebook.release import release
from benchmarks.classroom import NAME, read_solutions
from benchmarks.meter import Usage, find_program, python_command, run
from benchmarks.ports import PortedQuestion, fill_in, port_to_nbgrader, port_to_otter, write_hidden_tests

_ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
_SCORES = """
import json, sys
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as gradebook:
    graded = gradebook.assignment_submissions(sys.argv[1])
    print("scores" + json.dumps({one.student.id: one.score for one in graded}))
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """What a peer took, and the marks it gave: points by student."""

    spent: Usage
    submissions: int
    scores: dict[str, float]

    @property
    def cpu_ms(self) -> float:
        """Processor milliseconds per submission."""
        return 1000 * self.spent.cpu / self.submissions


def run_nbgrader(samples: Sequence[Sample], work: Path, name: str = NAME) -> Peer:
    """`nbgrader autograde` and `nbgrader generate_feedback` on these students' answers."""
    _make_folder(work)
    released, questions = _port_assignment(name)
    (work / "nbgrader_config.py").write_text(f"c = get_config()\nc.CourseDirectory.root = {str(work)!r}\n")
    _save(port_to_nbgrader(released, questions), work / "source" / name / f"{name}.ipynb")
    environment = _make_environment(work)
    tool, log = find_program("nbgrader"), work / "log"
    run([tool, "generate_assignment", name], cwd=work, environment=environment, log=log)
    handed_out = _load(work / "release" / name / f"{name}.ipynb")
    for sample in samples:
        place = work / "submitted" / sample.student / name / f"{name}.ipynb"
        _save(_fill_in_answers(handed_out, released, questions, sample), place)
    graded = run([tool, "autograde", name], cwd=work, environment=environment, log=log)
    feedback = run([tool, "generate_feedback", name], cwd=work, environment=environment, log=log)
    pages = list((work / "feedback").glob(f"*/{name}/*.html"))
    if len(pages) != len(samples):
        raise RuntimeError(f"nbgrader wrote {len(pages)} pages of feedback for {len(samples)} students")
    run(python_command("-c", _SCORES, name), cwd=work, environment=environment, log=log)
    listed = json.loads(re.search(r"^scores(.*)$", log.read_text(), re.MULTILINE)[1])  # type: ignore[index]
    spent = Usage(graded.wall + feedback.wall, graded.cpu + feedback.cpu, 0.0, "", 0)
    return _check_marks("nbgrader", spent, listed, samples, questions)


def run_otter(samples: Sequence[Sample], work: Path, name: str = NAME) -> Peer:
    """`otter run` on these students' answers, with the zip of `otter assign`."""
    _make_folder(work)
    released, questions = _port_assignment(name)
    environment = _make_environment(work)
    _save(port_to_otter(released, questions), work / "master" / f"{name}.ipynb")
    tool, log = find_program("otter"), work / "log"
    master = [f"master/{name}.ipynb", "dist"]
    run([tool, "assign", *master, "--no-pdfs"], cwd=work, environment=environment, log=log)
    handed_out = _load(work / "dist" / "student" / f"{name}.ipynb")
    (archive,) = (work / "dist" / "autograder").glob("*.zip")
    wall = cpu = 0.0
    scores = {}
    for sample in samples:
        notebook = work / "submitted" / sample.student / f"{name}.ipynb"
        _save(_fill_in_answers(handed_out, released, questions, sample), notebook)
        command: list[str | Path] = [tool, "run", "-a", archive, "-o", notebook.parent, notebook]
        spent = run(command, cwd=notebook.parent, environment=environment, log=log)
        wall, cpu = wall + spent.wall, cpu + spent.cpu
        tests = json.loads((notebook.parent / "results.json").read_text())["tests"]
        scores[sample.student] = sum(float(test.get("score", 0)) for test in tests if "max_score" in test)
    return _check_marks("otter", Usage(wall, cpu, 0.0, "", 0), scores, samples, questions)


def _check_marks(
    peer: str,
    spent: Usage,
    scores: dict[str, float],
    samples: Sequence[Sample],
    questions: Sequence[PortedQuestion],
) -> Peer:
    """Raise RuntimeError unless the peer gave full marks for right answers and less for mistakes."""
    whole = float(sum(question.points for question in questions))
    for sample in samples:
        score = scores[sample.student]
        right = not sample.mistakes
        if right != (abs(score - whole) < 1e-9) or (sample.archetype == RIGHT and not right):
            raise RuntimeError(f"{peer} gave {score} of {whole} to {sample.student}: {dict(sample.mistakes)}")
    return Peer(spent, len(samples), scores)


def _port_assignment(name: str) -> tuple[dict[str, Any], list[PortedQuestion]]:
    """The released notebook, and its questions as the peers ask them."""
    folder = sample_course()
    content = release((folder / "assignments" / name / f"{name}.ipynb").read_bytes())
    module = read_solutions(name)
    questions = []
    for statement in read_assignment(content).statements:
        if statement.written:  # answered in words, and marked by a person everywhere
            continue
        reference, hidden = write_hidden_tests(module, statement.name)
        questions.append(
            PortedQuestion(statement.name, statement.points, statement.examples, reference, hidden)
        )
    return json.loads(content), questions


def _fill_in_answers(
    handed_out: dict[str, Any], released: dict[str, Any], questions: Sequence[PortedQuestion], sample: Sample
) -> dict[str, Any]:
    return fill_in(handed_out, released, sample.notebook, [question.name for question in questions])


def _make_environment(work: Path) -> dict[str, str]:
    """One thread of linear algebra, tools of this interpreter first, and no file of the user's."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    home = {
        "HOME": str(work),
        "JUPYTER_DATA_DIR": str(work / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(work / "run"),
    }
    warm = {"MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR") or str(Path.home() / ".cache" / "matplotlib")}
    return {**_ONE_THREAD, **home, **warm, "PATH": path, "PYTHONWARNINGS": "ignore"}


def _make_folder(work: Path) -> None:
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)


def _load(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document


def _save(document: dict[str, Any], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, indent=1), encoding="utf-8")
