"""The small course with a quiz that is answered in its notebook."""

import json
from pathlib import Path
from typing import Any

from marking_course import COURSE, Course

from autograder.quiz.draw import shared_variant
from autograder.quiz.format.reader import parse_quiz
from autograder.quiz.kinds.registry import kind_of

QUIZ = """---
id: warm-up
title: Warm-up
symbols: w: vec d, A: mat d d
---

## grad {symbolic 2}
What is the gradient of $w \\mapsto w^\\top A w$?
= (A + A^T) w
~ 2 A w [0.5] | Right when $A$ is symmetric.
: $(A + A^\\top) w$

## power {numeric 1}
@ kcal in 1800..2400 step 100
What mean power are {{kcal}} kcal a day?
= kcal*4184/86400 W +- 5%
~ kcal*4.184/86400 W | 1 kcal is 4184 J.
: {{kcal*4184/86400:.1f}} W

## pairs {match 1}
What with what?
- one => 1
- two => 2 | Two is two.
- => 3
: So.

## hessian {matrix 1}
What?
= [[1729, 4104], [4104, 13832]]
: So.

## root {code 2 name=scaled}
Write `scaled(x, u)`, $x u$.
give x: scalar, u: vec 2
= x u
~ x^2 u [0.5] | Once.
: `return x * u`

## why {text 3}
Why not start at zero?
: Both neurons stay equal.
"""
QUIZZES = 'quizzes = ["warm-up"]\n'


def course_with_quiz(folder: Path) -> Course:
    """Its assignment asks the quiz as well."""
    made = Course(folder)
    (folder / "course.toml").write_text(COURSE + QUIZZES)
    (folder / "quiz").mkdir()
    (folder / "quiz" / "warm-up.quiz.md").write_text(QUIZ, encoding="utf-8")
    return made


def released(course: Course) -> dict[str, Any]:
    """The notebook that students receive."""
    done = course.run("release", "small")
    assert done.exit_code == 0, done.output
    read: dict[str, Any] = json.loads(
        (course.folder / "release/small/small.ipynb").read_text(encoding="utf-8")
    )
    return read


def right_letters(name: str) -> str:
    """The right answer of a question that is answered by letters."""
    question = parse_quiz(QUIZ).question(name)
    assert question is not None
    return kind_of(question).right_letters(question, shared_variant(question))


def sources(document: dict[str, Any]) -> list[str]:
    return ["".join(cell["source"]) for cell in document["cells"]]


def answered(document: dict[str, Any], answers: dict[str, str], **changes: str) -> bytes:
    """The released notebook with answers typed into it, and whole cells put in place of others."""
    for cell in document["cells"]:
        text = "".join(cell["source"])
        for name, answer in answers.items():
            empty = f'answers["{name}"] = r"'
            text = text.replace(f'{empty}""\n\n"""', f'{empty}""{answer}"""').replace(
                f'{empty}"\n', f'{empty}{answer}"\n'
            )
        for begin, new in changes.items():
            if text.startswith(f"def {begin}("):
                text = new
        cell["source"] = text
    return json.dumps(document).encode()
