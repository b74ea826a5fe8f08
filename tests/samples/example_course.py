"""The course whose grades were worked out by hand, as files for the commands: notebooks, lists, course.toml.

Every date is a year before that of tests/domain/grade_samples.py, so that all is over whenever the tests run.
"""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from click.testing import CliRunner, Result

from autograder.cli.main import group

PARIS = ZoneInfo("Europe/Paris")
DEADLINES = {
    "gradients": datetime(2025, 12, 13, 23, 59, tzinfo=PARIS),
    "convexity": datetime(2026, 1, 10, 23, 59, tzinfo=PARIS),
    "descent": datetime(2026, 1, 24, 23, 59, tzinfo=PARIS),
    "training": datetime(2026, 2, 7, 23, 59, tzinfo=PARIS),
    "final": datetime(2026, 3, 14, 23, 59, tzinfo=PARIS),
}
MARKS = {"gradients": "8/10", "convexity": "7/10", "descent": "9/10", "training": "6/10", "final": "15/20"}
POINTS = {
    **dict.fromkeys(MARKS, (8, 2)),
    "final": (16, 4),
    "bonus": (8, 2),
    "eleven": (8, 3),
    "essay": (8, 1),
}
"""Of the questions `easy` and `hard`; the essay has a written part of 1 point beside them."""
LATE = 'penalty = "10 %"\nuntil = "3 days"'
GROUPS = {"short": "50 %", "final": "50 %"}

_SOLUTIONS = """
from fractions import Fraction

from autograder import core, partly, question, written


@question(points={easy})
def easy():
    return "1"


@easy.cases
def _(rng):
    yield core("the share")


@easy.accepts
def _(answer, case):
    return None if Fraction(answer) == 1 else partly(Fraction(answer), "A part of it is right.")


@question(points={hard})
def hard():
    return "1"


@hard.cases
def _(rng):
    yield core("the share")


@hard.accepts
def _(answer, case):
    return None if Fraction(answer) == 1 else partly(Fraction(answer), "A part of it is right.")
"""
_WRITTEN = '\n\nreason = written("The reason", points=1, rubric={"why": 1})\n'
_STUB = 'def {name}():\n    """How much of it is right."""\n    raise NotImplementedError'


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file with what it is worth, and how long after the deadline it was received."""

    work: str
    mark: str
    late: timedelta = -timedelta(hours=1)
    hard: str | None = None
    """Points of it that the second question earned; by default those that the first cannot hold."""
    at: datetime | None = None
    """When it was received, in place of `late`."""

    def answers(self) -> dict[str, str]:
        """The share of each question that is right."""
        easy, hard = POINTS[self.work]
        earned, _, of = self.mark.partition("/")
        points = Fraction(earned) / Fraction(of) * sum(self.all_points())
        second = Fraction(self.hard) if self.hard is not None else max(Fraction(0), points - easy)
        return {"easy": str((points - second) / easy), "hard": str(second / hard)}

    def all_points(self) -> tuple[int, ...]:
        """Of every part, written ones included."""
        return (*POINTS[self.work], *([1] if self.work == "essay" else []))

    @property
    def received(self) -> datetime:
        """When it arrived."""
        due = DEADLINES.get(self.work, DEADLINES["gradients"])
        return self.at.astimezone(UTC) if self.at else due.astimezone(UTC) + self.late


def days(number: int) -> timedelta:
    """Received so many days late."""
    return timedelta(days=number) - timedelta(hours=1)


def base(*without: str) -> tuple[HandedIn, ...]:
    """All works in time, without some of them."""
    return tuple(HandedIn(name, mark) for name, mark in MARKS.items() if name not in without)


def make_notebook(work: str, answers: Mapping[str, str] | None = None, *, comment: str = "") -> bytes:
    """The notebook of a work; without answers, as it is released."""
    cells = [_text(f"# {work}")]
    for number, (name, points) in enumerate(zip(("easy", "hard"), POINTS[work], strict=True), 1):
        cells.append(_text(f"## {number}. {name.title()} ({points} points)\n\nHow much of it is right?"))
        stub = _STUB.format(name=name)
        body = f'def {name}():\n    return "{answers[name]}"' if answers else stub
        cells.append({**_text(body), "cell_type": "code", "execution_count": None, "outputs": []})
    if work == "essay":
        cells.append(_text("## 3. The reason (1 point, by hand)\n\nSay why."))
        cells.append(_text(comment or "*Your comment: write here.*"))
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}).encode()


def _text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def write_policy(
    *,
    works: Iterable[str] = MARKS,
    grade: str = "",
    late: str = LATE,
    groups: Mapping[str, str] = GROUPS,
    drop: int = 0,
    of_work: Mapping[str, str] | None = None,
    more: str = "",
) -> str:
    """course.toml: half exam, half homework; four short works and a final one, half of the homework each.

    Args:
        works: assignments that count; the one called final is in the group final, where there is one.
        grade: more keys of [grade].
        late: the keys of [late].
        groups: their shares.
        drop: how many works of the group short are dropped.
        of_work: keys of a work over the usual ones.
        more: further tables.
    """
    text = 'name = "numerics"\ntitle = "Numerics"\ntimezone = "Europe/Paris"\n'
    text += f'[grade]\nhomework = "50 %"\nexam = "50 %"\n{grade}\n[late]\n{late}\n'
    for name, share in groups.items():
        dropped = f"drop_lowest = {drop}\n" if name == "short" and drop else ""
        text += f'[homework.groups.{name}]\nshare = "{share}"\n{dropped}'
    for name in works:
        own = (of_work or {}).get(name, "")
        text += f'[assignments.{name}]\ntitle = "{name.title()}"\ngrace = "15 min"\n'
        if "bonus" not in own:
            text += f'group = "{"final" if name == "final" and "final" in groups else "short"}"\n'
        if "deadline" not in own:
            text += f"deadline = {DEADLINES.get(name, DEADLINES['gradients']):%Y-%m-%dT%H:%M:%S}\n"
        # A part that a person marks is read in one file.
        if "counts" not in own:
            text += f'counts = "{"last" if name == "essay" else "best"}"\n'
        text += f"{own}\n"
    return text + more


class ExampleCourse:
    """The course in a folder, with the commands run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def copy(self, folder: Path) -> "ExampleCourse":
        """The same in another folder."""
        return ExampleCourse(shutil.copytree(self.folder, folder))

    def run(self, *arguments: str, typed: str = "") -> Result:
        """Run a command, however it ends."""
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            return CliRunner().invoke(group, arguments, input=typed)
        finally:
            os.chdir(before)

    def do(self, *arguments: str, typed: str = "") -> str:
        """Run a command that must succeed; return what it says."""
        told = self.run(*arguments, typed=typed)
        assert told.exit_code == 0, (arguments, told.output, told.exception)
        return told.output

    def write(self, place: str, content: str | bytes) -> Path:
        """Write a file of the course."""
        file = self.folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def put(self, owner: str, one: HandedIn) -> None:
        """Put a file where `collect` puts it."""
        place = f"submissions/{one.work}/{owner}/{one.received:%Y%m%dT%H%M%SZ}/{one.work}.ipynb"
        self.write(place, make_notebook(one.work, one.answers(), comment="Because."))

    def hand_in(self, student: str, one: HandedIn) -> None:
        """Hand a file in, and grade it."""
        self.put(student, one)
        self.do("grade", one.work, "-j", "1", "--accept-isolation", "1")

    def set_policy(self, **wishes: Any) -> None:
        """Another course.toml."""
        self.write("course.toml", write_policy(**wishes))

    def record_exam(self, lines: Mapping[str, str], *, session: int = 1, out_of: int = 20) -> str:
        """Record a list of exam marks."""
        rows = "".join(f"{student};{mark}\n" for student, mark in lines.items())
        self.write("exam.csv", f"id;exam (/{out_of})\n{rows}")
        return self.do("exam", "exam.csv", "--session", str(session), "--yes")

    def final(self) -> dict[str, dict[str, Any]]:
        """Every student's final grade, as scripts read it."""
        told = json.loads(self.run("grades", "--final", "--json").stdout)["students"]
        return {each["id"]: each for each in told}

    def explain(self, student: str) -> str:
        """How a grade comes about."""
        return self.do("grades", "--why", student)


def make_course(
    folder: Path, files: Mapping[str, Iterable[HandedIn]], teams: Mapping[str, tuple[str, ...]]
) -> ExampleCourse:
    """The course, with what its students handed in graded: of each work the first files, then the second.

    Args:
        folder: where it is made.
        files: what each student or team handed in, the oldest first.
        teams: members, by the name of a team; they hand in `gradients` together.
    """
    made = ExampleCourse(folder)
    handed_in = {owner: tuple(each) for owner, each in files.items()}
    made.set_policy(works=POINTS, groups={"short": "100 %"})
    students = [*(owner for owner in handed_in if owner not in teams), *sum(teams.values(), ())]
    made.write("students.csv", "id,name\n" + "".join(f"{each},{each.title()}\n" for each in students))
    made.write(
        "teams/gradients.csv",
        "team,id\n" + "".join(f"{team},{each}\n" for team, members in teams.items() for each in members),
    )
    for work, (easy, hard) in POINTS.items():
        solutions = _SOLUTIONS.format(easy=easy, hard=hard) + (_WRITTEN if work == "essay" else "")
        made.write(f"solutions/{work}.py", solutions)
        made.write(f"assignments/{work}/{work}.ipynb", make_notebook(work))
    for number in range(2):
        for work in POINTS:
            new = [
                (owner, one)
                for owner, own in handed_in.items()
                for one in [each for each in own if each.work == work][number : number + 1]
            ]
            for owner, one in new:
                made.put(owner, one)
            if new:
                made.do("grade", work, "-j", "1", "--accept-isolation", "1")
    return made
