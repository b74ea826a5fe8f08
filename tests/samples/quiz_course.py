"""A course with one quiz that counts, three students, and commands run in it."""

import json
import os
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from autograder.cli.main import group

COURSE = """
name = "small"
title = "Small"
timezone = "Europe/Paris"
[grade]
homework = "100 %"
exam = "0 %"
[quizzes.weekly]
title = "Week 3"
weight = "100 %"
"""
QUIZ = """---
id: weekly
title: Week 3
symbols: w: vec d, A: mat d d
attempts: 2
---

## grad {symbolic 2}
What is the gradient of $w \\mapsto w^\\top A w$?
= (A + A^T) w
~ 2 A w [0.5] | Right when $A$ is symmetric.
: $(A + A^\\top) w$

## why {text 3}
Why does one not start at $0$?
: Both neurons stay equal.
"""
STUDENTS = "id,name\nada,Ada\nbob,Bob\neve,Eve\n"


class QuizCourse:
    """The course in a folder of its own."""

    def __init__(self, folder: Path, *, course: str = COURSE, quiz: str = QUIZ) -> None:
        self.folder = folder
        self.quiz = folder / "quiz" / "weekly.quiz.md"
        for place, content in {
            "course.toml": course,
            "students.csv": STUDENTS,
            "quiz/weekly.quiz.md": quiz,
        }.items():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_text(content, encoding="utf-8")
        self.table = folder / "marking" / "weekly" / "why.csv"

    def run(self, *arguments: str, typed: str = "") -> Result:
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            return CliRunner().invoke(group, arguments, input=typed)
        finally:
            os.chdir(before)

    def take(self, student: str, *lines: str) -> Result:
        """Take the quiz, typing these lines and then agreeing to whatever is asked."""
        taken = self.run(
            "quiz", "take", "weekly", "--student", student, typed="\n".join((*lines, *["yes"] * 3))
        )
        assert taken.exit_code == 0, taken.output
        return taken

    def scores(self) -> dict[str, dict[str, Any]]:
        told = self.run("quiz", "scores", "weekly", "--json")
        return {line["id"]: line for line in json.loads(told.stdout)["students"]}
