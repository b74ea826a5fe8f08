"""The reference of the question API: every example is loaded and judged, and no public name is left out."""

import re
from pathlib import Path

import numpy as np
import pytest

import autograder
from autograder.check.answers import (
    check_alternate,
    check_mistake,
    check_reference,
    check_thoughtless_answers,
)
from autograder.check.mutants import mutate
from autograder.check.subject import AssignmentUnderTest
from autograder.domain.course import Limits
from autograder.notebook.assignment import AssignmentText
from autograder.questions.cases import _WEIGHTS, Group
from autograder.questions.comparison import COMPARISONS
from autograder.questions.question import Question
from autograder.questions.solutions import prepare

PAGE = (Path(__file__).parents[2] / "docs" / "questions.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE, re.S | re.M)
FIRST = [re.search(r"^def (\w+)|^(\w+) = variable", body, re.M)[0] for body in EXAMPLES]


FILES = dict(re.findall(r"^```python (solutions/\S+)\n(.*?)^```$", PAGE, re.S | re.M))
"""Those of the section on proof files and packages."""


def opened(body: str, folder: Path) -> AssignmentUnderTest:
    file = folder / "example.py"
    file.write_text(body, encoding="utf-8")
    solutions = prepare("example", file, secret=b"public", limits=Limits())
    return AssignmentUnderTest.of(
        AssignmentText("", "", (), ()), solutions, notebook="example.ipynb", module="example.py"
    )


@pytest.mark.parametrize("body", EXAMPLES, ids=FIRST)
def test_what_an_example_declares_holds(body: str, tmp_path: Path) -> None:
    """References and alternates earn everything, mistakes are caught, what is thoughtless earns little."""
    subject = opened(body, tmp_path)
    assert subject.solutions.questions
    for prepared in subject.solutions.questions:
        question = prepared.question
        flaws = [*check_reference(subject, question), *check_thoughtless_answers(subject, question)]
        for alternate in question.alternates:
            flaws += check_alternate(subject, question, alternate)
        for mistake in question.mistakes:
            flaws += check_mistake(subject, question, mistake)
        assert list(map(str, flaws)) == []
        for picture in question.pictures:
            assert np.ndim(picture.series(question(*picture.case.call.args), picture.case)) == 1


@pytest.mark.parametrize("body", [body for body in EXAMPLES if ".equivalent(" in body])
def test_the_edits_an_example_declares_are_right(body: str, tmp_path: Path) -> None:
    for prepared in opened(body, tmp_path).solutions.questions:
        alive = {mutant.edit.name for mutant in mutate(prepared).survivors}
        assert prepared.question.equivalents.keys() <= alive


@pytest.mark.parametrize("name", ["energies", "areas"])
def test_the_files_of_an_assignment_are_read_together(name: str, tmp_path: Path) -> None:
    """A module or a package, with its proof file."""
    for place, body in FILES.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(body, encoding="utf-8")
    place = tmp_path / "solutions" / f"{name}.py"
    solutions = prepare(name, place, secret=b"public", limits=Limits(), proof=True)
    subject = AssignmentUnderTest.of(
        AssignmentText("", "", (), ()), solutions, notebook=f"{name}.ipynb", module=f"{name}.py"
    )
    [prepared] = solutions.questions
    [alternate] = prepared.question.alternates
    assert [*check_alternate(subject, prepared.question, alternate)] == []
    for mistake in prepared.question.mistakes:
        assert [*check_mistake(subject, prepared.question, mistake)] == []
    alive = {mutant.edit.name for mutant in mutate(prepared).survivors}
    assert prepared.question.equivalents.keys() == alive


def test_no_public_name_is_left_out() -> None:
    for name in autograder.__all__:
        assert re.search(rf"`@?{name}\b", PAGE), name
    for name, attribute in vars(Question).items():
        if callable(attribute) and not name.startswith("_") and name not in ("draw", "mistake_named"):
            assert re.search(rf"`@?q\.{name}\b", PAGE), name
    for comparison in COMPARISONS:
        assert f'`"{comparison}"`' in PAGE


def test_the_groups_have_the_weights_that_are_told() -> None:
    told = dict(re.findall(r"^\| `(\w+)\(.*\| (\d+) \|$", PAGE, re.M))
    assert told == {str(group): str(_WEIGHTS[group]) for group in Group}
