"""The figures of the whole course: a class of right answers, and a table of what was counted."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from autograder.course import read_course
from benchmarks import course, honest

ROOT = Path(__file__).parents[2]
NAMES = [assignment.name for assignment in read_course(ROOT).assignments]


@pytest.mark.parametrize("name", NAMES)
def test_a_right_answer_brings_along_what_it_needs(name: str) -> None:
    """Each can be defined in an empty notebook, and hands in nothing of the authoring side."""
    for question, ways in honest.read_right_answers(ROOT / "solutions" / f"{name}.py").items():
        for source in ways:
            space: dict[str, object] = {"np": np}
            exec(source, space)
            assert callable(space[question])
            assert not {"question", "oracle", "core"} & space.keys()


def test_an_answer_that_calls_the_reference_does_not_call_itself() -> None:
    """The reference stands in front of it under another name."""
    ways = honest.read_right_answers(ROOT / "solutions/final.py")["svm_fit"]
    [source] = [source for source in ways if "np.max(residuals[hinges" in source]
    space: dict[str, Any] = {"np": np}
    exec(source, space)
    alpha, _ = space["svm_fit"](np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([1.0, -1.0]), 10.0)
    assert np.allclose(alpha, [0.5, 0.5])


def test_a_class_shows_every_right_answer() -> None:
    """No style is left out where there are as many students as styles."""
    solutions = ROOT / "solutions/descent.py"
    released = (ROOT / "assignments/descent/descent.ipynb").read_bytes()
    handed_in = [sample.notebook for sample in honest.make_right_class(released, solutions, count=5)]
    for ways in honest.read_right_answers(solutions).values():
        for source in ways:
            as_saved = json.dumps(source, ensure_ascii=False)[1:-1].encode()
            assert any(as_saved in notebook for notebook in handed_in)


def test_a_refused_answer_is_named_with_its_reason(tmp_path: Path) -> None:
    """What waits for a person is not lost."""
    [sample] = honest.make_right_class(
        (ROOT / "assignments/descent/descent.ipynb").read_bytes(), ROOT / "solutions/descent.py", count=1
    )
    asked = [
        {"name": "gd", "exact": "1/2", "outcome": "wrong", "sentence": "No."},
        {"name": "gd_1d", "exact": "1", "outcome": "right", "sentence": ""},
        {"name": "written-9", "exact": None, "outcome": "awaiting_mark", "sentence": ""},
    ]
    folder = tmp_path / sample.student
    folder.mkdir()
    (folder / "report.json").write_text(json.dumps({"questions": asked}))
    assert course.find_lost_marks(tmp_path, [sample]) == {sample.student: ["gd: 1/2 No."]}
