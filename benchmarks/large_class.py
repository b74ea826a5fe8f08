"""A class of thousands in a course folder: every notebook another one, some of them hostile."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from autograder.course.scaffold import sample_course
from autograder.demo.answers import read_answers
from autograder.demo.classroom import MISTAKEN, MISTAKES_EACH, RIGHT, Sample, format_roster, make_sample
from autograder.doctor.attack import FORGING, READING, REPORTS, WIRE
from autograder.doctor.attacks import CATALOGUE
from autograder.notebook.release import release
from benchmarks.classroom import NAME, make_course_with

HOSTILE = "hostile"
_ATTACKS = tuple(
    each.first for each in CATALOGUE if each.first and each.kind in (FORGING, READING, REPORTS, WIRE)
)
_ENDLESS = "while True:\n    pass"
_HOSTILE_EVERY, _ENDLESS_EVERY = 10, 1000
_DEALT = (*[RIGHT] * 9, *[MISTAKEN] * 13, "plots")
"""As often as among the honest ones of the sample class."""


def make_large_course(folder: Path, count: int, *, hostile: bool) -> Path:
    """A course folder with so many submissions; with `hostile` every tenth of them is an attack.

    A student who is honest hands in the same bytes whether others are hostile or not.
    """
    make_course_with(_make_class(count, hostile=hostile), folder)
    (folder / "students.csv").write_text(format_roster(_names(count)), encoding="utf-8")
    return folder


def _make_class(count: int, *, hostile: bool) -> Iterator[Sample]:
    course = sample_course()
    released = release((course / "assignments" / NAME / f"{NAME}.ipynb").read_bytes())
    answers = read_answers(course / "solutions" / f"{NAME}.py")
    for number, person in enumerate(_names(count)):
        rng = Random(number)
        kind = _DEALT[rng.randrange(len(_DEALT))]
        wrong = rng.sample(sorted(answers), MISTAKES_EACH) if kind == MISTAKEN else []
        mistakes = {name: rng.choice(sorted(known)) for name in wrong if (known := answers[name].mistakes)}
        own = f"# handed in by {person.student}"
        if hostile and is_hostile(number):
            kind, mistakes = "untouched", {}
            endless = number % _ENDLESS_EVERY == _HOSTILE_EVERY - 1
            own = _ENDLESS if endless else f"{rng.choice(_ATTACKS)}\n{own}"
        sample = make_sample(released, answers, kind, rng, person.name, mistakes)
        notebook = json.loads(sample.notebook)
        cell = {"cell_type": "code", "id": "own", "metadata": {}, "execution_count": None, "outputs": []}
        notebook["cells"].insert(0, {**cell, "source": own})
        content = json.dumps(notebook, indent=1).encode()
        yield replace(sample, student=person.student, notebook=content)


def _names(count: int) -> list[Sample]:
    return [Sample(f"s{number:05}", f"Student {number}", RIGHT, b"") for number in range(count)]


def is_hostile(number: int) -> bool:
    """Whether the student of this number is one of the hostile ones."""
    return number % _HOSTILE_EVERY == _HOSTILE_EVERY - 1


@dataclass(frozen=True, slots=True)
class GradedFolder:
    """What stands in a folder whose class was graded."""

    scores: dict[str, float | None]
    """By student; of the files beside their names."""
    points: float
    needing_person: tuple[str, ...]
    moments: tuple[float, ...]
    """When the reports were written, in order."""
    recorded: int
    """Reports in the store."""
    twice: int
    """Submissions with more than one."""
    store_kb: float
    """Kilobytes of the store and what lies beside it, a submission."""

    def seconds_each(self, begin: float = 0.0, end: float = 1.0) -> float:
        """Seconds from one report to the next, over a part of the run."""
        part = self.moments[int(begin * len(self.moments)) : int(end * len(self.moments))]
        return (part[-1] - part[0]) / (len(part) - 1)


def read_graded(folder: Path) -> GradedFolder:
    """Read all reports of a folder, and count those of its store."""
    scores: dict[str, float | None] = {}
    needing, moments, points = list[str](), list[float](), 0.0
    for file in sorted((folder / "reports" / NAME).glob("*/report.json")):
        told = json.loads(file.read_bytes())
        if not file.with_name("report.html").is_file():
            raise RuntimeError(f"{file.parent} has no page")
        scores[file.parent.name], points = told["score"], told["points"]
        needing += [file.parent.name] if told["needs_person"] else []
        moments.append(file.stat().st_mtime)
    state = folder / ".autograder"
    with closing(sqlite3.connect(f"file:{state / 'gradebook.sqlite'}?mode=ro", uri=True)) as store:
        recorded, submissions = store.execute(
            "SELECT count(*), count(DISTINCT submission) FROM reports"
        ).fetchone()
    size = sum(file.stat().st_size for file in state.rglob("*") if file.is_file())
    kilobytes = size / 1000 / max(1, len(scores))
    return GradedFolder(
        scores, points, tuple(needing), tuple(sorted(moments)), recorded, recorded - submissions, kilobytes
    )
