"""A course with final grades: three students, a late file, two files, and one who handed in nothing."""

import json
from datetime import UTC, datetime
from pathlib import Path

from marking_course import Course, notebook

from autograder.course.opened import open_course
from autograder.domain.course_events import CourseEvent, Recorded, Whom

RIGHT = "def double(x):\n    return 2 * x"
STUDENTS = "id,name,group\nada,Ada,TP 1\nben,Ben,TP 2\nall,All,TP 1\n"
LATE = """
deadline = 2026-10-18T23:59:00
grace = "15 min"
[late]
penalty = "10 %"
until = "3 days"
"""


def make_graded_course(tmp_path: Path) -> Course:
    """Half exam, half homework; ada handed in a day late, ben twice, a student called all nothing."""
    course = Course(tmp_path)
    toml = tmp_path / "course.toml"
    text = toml.read_text(encoding="utf-8").replace('"100 %"\nexam = "0 %"', '"50 %"\nexam = "50 %"')
    toml.write_text(text + LATE, encoding="utf-8")
    (tmp_path / "students.csv").write_text(STUDENTS, encoding="utf-8")
    solutions = tmp_path / "solutions" / "small.py"
    before = solutions.read_text(encoding="utf-8")
    solutions.write_text(before[: before.index("figure =")].replace(", written", ""), encoding="utf-8")
    cells = json.loads(notebook())
    cells["cells"] = cells["cells"][:3]
    (tmp_path / "assignments" / "small" / "small.ipynb").write_text(json.dumps(cells), encoding="utf-8")
    hand_in(course, "ada", RIGHT, "20261019T081500Z")
    hand_in(course, "ben", "def double(x):\n    return 3 * x", "20261017T081500Z")
    course.grade()
    hand_in(course, "ben", RIGHT, "20261018T081500Z")
    done = course.grade()
    assert done.exit_code == 0, done.output
    return course


def hand_in(course: Course, student: str, answer: str, when: str) -> None:
    place = course.folder / "submissions" / "small" / student / when / "small.ipynb"
    place.parent.mkdir(parents=True, exist_ok=True)
    cells = json.loads(notebook(answer=answer))
    cells["cells"] = cells["cells"][:3]
    place.write_text(json.dumps(cells), encoding="utf-8")


def record(course: Course, *events: tuple[Whom, Recorded]) -> None:
    with open_course(course.folder).gradebook() as book:
        book.events.add([CourseEvent(what, whom, datetime.now(UTC), "me") for whom, what in events])


def final(course: Course) -> dict[str, dict[str, object]]:
    told = json.loads(course.run("grades", "--final", "--json").stdout)
    return {each["id"]: each for each in told["students"]}
