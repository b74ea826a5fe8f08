"""The benchmarks measure something, on two submissions."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks import classroom, course, figures, meter, ports


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scratch folder in place of benchmarks/work."""
    monkeypatch.setattr(figures, "WORK", tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    return tmp_path


@pytest.mark.soak
def test_a_submission_has_a_cost_and_a_floor_below_it(work: Path) -> None:
    """Two students are graded by the command line, and what it took is more than plain exec takes."""
    values = figures.measure_cost(figures.Sizes(ours=2))
    assert 0 < values["floor_ms"] < values["cpu_ms"]
    assert values["ratio_to_floor"] == pytest.approx(values["cpu_ms"] / values["floor_ms"])
    assert len(list((work / "ours" / "reports").glob("*/*/report.html"))) == 2


@pytest.mark.soak
def test_what_is_ours_is_told_apart_from_the_code_of_students(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of every assignment of the sample course both parts are measured, and neither is nothing."""
    monkeypatch.setattr(course, "WORK", work)
    values = figures.measure_ours(figures.Sizes(assignments=2))
    ours, students = values["ours_ms"]["ours"], values["students_ms"]["students"]
    assert ours.keys() == students.keys() >= {"gradients", "final"}
    assert all(value > 1 for value in (*ours.values(), *students.values()))


def test_orphans_are_counted(tmp_path: Path) -> None:
    """A process that outlives the one that started it is waited for, and its time is not lost."""
    spin = "import time\nwhile time.process_time() < 0.3: pass"
    start = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {spin!r}])"
    spent = meter.run([sys.executable, "-c", start], cwd=tmp_path)
    assert spent.cpu >= 0.3


def test_a_command_that_fails_says_what_it_said(tmp_path: Path) -> None:
    """A figure is never made of a run that failed."""
    with pytest.raises(RuntimeError, match="no such luck"):
        meter.run([sys.executable, "-c", "exit('no such luck')"], cwd=tmp_path, log=tmp_path / "log")


def test_speed_cases_are_left_out() -> None:
    """Only the statements that yield a speed case go."""
    kept = "def f(rng):\n    yield core(1)\n"
    source = f"{kept}    yield speed(\n        2,\n        seconds=3.0,\n    )\n"
    assert classroom.drop_speed_cases(source) == kept


@pytest.mark.parametrize(
    ("assignment", "name"),
    [
        *(("gradients", name) for name in ("quad_grad", "num_grad", "point_loss", "ls_hess")),
        *(("final", name) for name in ("is_gram", "krr_fit", "rkhs_norm", "kernel_pca", "klr_loss_grad")),
    ],
)
def test_hidden_tests_of_the_peers_accept_the_reference_and_refuse_another_answer(
    assignment: str, name: str
) -> None:
    """The port of a question tells right from wrong, without anything of ours."""
    module = classroom.read_solutions(assignment)
    reference, hidden = ports.write_hidden_tests(module, name)
    assert "autograder" not in hidden
    assert "speed" not in hidden
    import numpy as np

    right: dict[str, object] = {"np": np}
    for needed in ("center_gram",) if name == "kernel_pca" else ():
        exec(ports.write_hidden_tests(module, needed)[0], right)
    exec(reference, right)
    exec(hidden, right)
    wrong: dict[str, object] = {"np": np, name: lambda *_args: 0.5}
    with pytest.raises((AssertionError, TypeError)):
        exec(hidden, wrong)


def test_a_place_is_found_for_every_answer() -> None:
    """Where the notebook a peer hands out has no cell for an answer, nothing is measured."""
    sample = SimpleNamespace(notebook=b'{"cells": []}')
    with pytest.raises(RuntimeError, match="no place"):
        ports.fill_in({"cells": []}, {"cells": []}, sample.notebook, ["quad_grad"])
