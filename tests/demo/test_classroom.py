"""The sample class shows everything that occurs, and is the same every time."""

import ast
import csv
import inspect
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from autograder.demo.answers import Answers, read_answers
from autograder.demo.classroom import ARCHETYPES, Sample, format_roster, hand_in, make_class
from autograder.notebook.match import match
from autograder.notebook.read import read
from autograder.notebook.released import Released
from autograder.questions.question import Question
from autograder.questions.solutions import load

ROOT = Path(__file__).parents[2]
RELEASED = (ROOT / "assignments/gradients/gradients.ipynb").read_bytes()
SOLUTIONS = ROOT / "solutions/gradients.py"


@pytest.fixture(scope="module")
def sixty() -> tuple[Sample, ...]:
    return make_class(RELEASED, SOLUTIONS)


@pytest.fixture(scope="module")
def answers() -> dict[str, Answers]:
    return read_answers(SOLUTIONS)


@pytest.fixture(scope="module")
def questions() -> tuple[Question, ...]:
    return load(SOLUTIONS)


def test_sixty_students_show_every_archetype(sixty: tuple[Sample, ...]) -> None:
    assert len(sixty) == 60
    assert {sample.archetype for sample in sixty} == set(ARCHETYPES)


def test_sixty_students_make_every_known_mistake_once(
    sixty: tuple[Sample, ...], questions: tuple[Question, ...]
) -> None:
    made = Counter(pair for sample in sixty for pair in sample.mistakes.items())
    assert made == Counter((q.name, mistake.name) for q in questions for mistake in q.mistakes)


def test_the_class_is_the_same_every_time(sixty: tuple[Sample, ...]) -> None:
    again = make_class(RELEASED, SOLUTIONS)
    assert [(s.student, s.notebook) for s in again] == [(s.student, s.notebook) for s in sixty]


def test_a_larger_class_begins_with_the_smaller_one(sixty: tuple[Sample, ...]) -> None:
    larger = make_class(RELEASED, SOLUTIONS, size=65)
    assert [s.notebook for s in larger[:60]] == [s.notebook for s in sixty]


def test_no_two_students_of_a_large_class_share_an_id() -> None:
    students = [sample.student for sample in make_class(RELEASED, SOLUTIONS, size=300)]
    assert len(set(students)) == 300


def test_students_are_identified_by_plain_names(sixty: tuple[Sample, ...]) -> None:
    """An id is a folder's name on every system: no accents, no spaces."""
    assert all(s.student.isascii() and " " not in s.student and "." in s.student for s in sixty)
    assert any(not s.name.isascii() for s in sixty)


def test_the_roster_lists_everyone(sixty: tuple[Sample, ...]) -> None:
    lines = list(csv.DictReader(format_roster(sixty).splitlines()))
    assert [line["id"] for line in lines] == [s.student for s in sixty]
    assert list(lines[0]) == ["id", "name", "email", "group"]


def test_notebooks_are_handed_in_by_student(sixty: tuple[Sample, ...], tmp_path: Path) -> None:
    hand_in(sixty[:2], tmp_path, filename="gradients.ipynb")
    assert (tmp_path / sixty[1].student / "gradients.ipynb").read_bytes() == sixty[1].notebook


def test_answers_carry_the_name_and_parameters_of_the_question(
    answers: dict[str, Answers], questions: tuple[Question, ...]
) -> None:
    """They are read from the text of the solutions module, and need nothing of it but numpy."""
    for question in questions:
        known = answers[question.name]
        assert set(known.mistakes) == {mistake.name for mistake in question.mistakes}
        for source in (*known.right, *known.mistakes.values()):
            namespace: dict[str, object] = {"np": np}
            exec(source, namespace)
            assert inspect.signature(namespace[question.name]) == question.signature


def test_answers_hold_no_hint_and_no_name_of_a_mistake(answers: dict[str, Answers]) -> None:
    for known in answers.values():
        for name, source in known.mistakes.items():
            [function] = ast.parse(source).body
            assert isinstance(function, ast.FunctionDef)
            assert ast.get_docstring(function) is None
            assert name not in source


def test_every_notebook_can_be_read_and_matched(sixty: tuple[Sample, ...]) -> None:
    """No archetype is a file that cannot be read; that is another matter, tested where files are read."""
    released = Released.from_content(RELEASED)
    for sample in sixty:
        matched = match(read(sample.notebook), released)
        missing = set(released.questions) - set(matched.found) - set(matched.broken)
        assert not missing, sample.archetype
