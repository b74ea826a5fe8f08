"""Courses of nbgrader and Otter in a folder: their notebooks, each prepared to be graded by both sides."""

import hashlib
import json
import re
import shutil
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COURSES = Path(__file__).with_name("foreign_courses.toml")
_LEFT_OUT = frozenset(
    {".ipynb_checkpoints", "submitted", "autograded", "feedback", "release", "node_modules"}
)
_MOST_BYTES = 20_000_000
_CHECK = re.compile(r"\b\w+\.check\(\s*[\"']([^\"']+)[\"']")
_BLANK = re.compile(r"^[^#\n]*\.\.\.[ \t]*$", re.MULTILINE)
_FEW = 0.2
"""The part of the answers that may be blank in a notebook that counts as solved."""
_MASTER = re.compile(
    r"^\s*#?\s*(?:BEGIN QUESTION|ASSIGNMENT CONFIG|BEGIN TESTS)\b", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One notebook of a course."""

    course: str
    tool: str
    """`nbgrader`, `otter` (the notebook that students receive, with its tests) or `master` (of Otter's)."""
    path: Path

    @property
    def name(self) -> str:
        """Its folder's name: short, no other's, and the same wherever the courses lie."""
        stem = re.sub(r"[^A-Za-z0-9]+", "-", self.path.stem).strip("-")[:40]
        within = self.path.relative_to(_root_of(self)).as_posix()
        return f"{stem}-{hashlib.sha256(within.encode()).hexdigest()[:6]}"

    @property
    def full_name(self) -> str:
        """Its folder below that of all runs."""
        return f"{self.course}/{self.name}"


def find_units(folder: Path) -> list[Unit]:
    """The notebooks with tests of all courses in a folder, those with the same tests once.

    A course of the list is looked through where the list says so, any other whole.
    """
    listed = {each["name"].replace("/", "+"): each for each in tomllib.loads(COURSES.read_text())["course"]}
    found: list[Unit] = []
    for course in sorted(each for each in folder.glob("[!.]*") if each.is_dir()):
        seen: set[str] = set()
        paths = [
            path
            for pattern in listed.get(course.name, {}).get("notebooks", ["**/*.ipynb"])
            for path in sorted(course.glob(pattern))
            if not _LEFT_OUT & set(path.relative_to(course).parts)
        ]
        for path in dict.fromkeys(paths):
            tool, tests = look_at(path)
            if tool and tests not in seen:
                seen.add(tests)
                found.append(Unit(course.name, tool, path))
    return found


def look_at(path: Path) -> tuple[str, str]:
    """Which tool a notebook was written for, empty where for none, and its tests as one text."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        cells = [(cell, text_of(cell)) for cell in cells_of(document)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", ""
    tests = [text for cell, text in cells if is_test(cell)]
    if tests:
        return "nbgrader", "\n".join(tests)
    texts = "\n".join(text for _, text in cells)
    kept = document.get("metadata", {}).get("otter", {})
    kept = kept.get("tests") if isinstance(kept, dict) else None
    beside = sorted((path.parent / "tests").glob("*.py")) if _CHECK.search(texts) else []
    if kept or beside:
        return "otter", json.dumps(kept) + "".join(
            file.read_text(errors="replace") for file in beside
        ) + path.stem
    return ("master", texts) if _MASTER.search(texts) else ("", "")


def cells_of(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The cells of a notebook of format 3 or 4."""
    yield from document.get("cells") or [
        cell for sheet in document.get("worksheets", ()) for cell in sheet["cells"]
    ]


def text_of(cell: dict[str, Any]) -> str:
    """What stands in a cell."""
    source = cell.get("source", cell.get("input", ""))
    return source if isinstance(source, str) else "".join(source)


def is_test(cell: dict[str, Any]) -> bool:
    """Whether nbgrader grades a cell by running it."""
    nbgrader = cell.get("metadata", {}).get("nbgrader") or {}
    return cell.get("cell_type") == "code" and bool(nbgrader.get("grade")) and not nbgrader.get("solution")


def prepare_nbgrader(unit: Unit, folder: Path) -> None:
    """An nbgrader course with this notebook alone, once for nbgrader and once, untouched by it, for us."""
    document = json.loads(unit.path.read_text(encoding="utf-8"))
    # Kernels have names of their authors' machines; here both run in one environment.
    document.setdefault("metadata", {})["kernelspec"] = _KERNEL
    for side in ("theirs", "course"):
        place = folder / side / "source" / "hw"
        place.mkdir(parents=True)
        copy_beside(unit.path, place)
        (place / unit.path.name).write_text(json.dumps(document), encoding="utf-8")
        (folder / side / "nbgrader_config.py").write_text(_SETTINGS, encoding="utf-8")
        for above in unit.path.parents:  # the course's own, from its root or the assignment's folder
            if above.is_relative_to(_root_of(unit)) and (above / _AUTOTESTS).is_file():
                shutil.copyfile(above / _AUTOTESTS, folder / side / _AUTOTESTS)
                break


def _root_of(unit: Unit) -> Path:
    return next(each for each in unit.path.parents if each.name == unit.course)


_AUTOTESTS = "autotests.yml"
_SETTINGS = """\
c = get_config()
c.ClearSolutions.enforce_metadata = False
c.ClearHiddenTests.enforce_metadata = False
"""
"""As several of these courses have it: marks of solutions in cells that nbgrader does not know."""
_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def copy_beside(notebook: Path, place: Path) -> None:
    """What lies beside a notebook and below: data and helper modules, no notebooks."""
    if sum(file.stat().st_size for file in _list_beside(notebook)) > _MOST_BYTES:
        return
    for file in _list_beside(notebook):
        target = place / file.relative_to(notebook.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)


def _list_beside(notebook: Path) -> Iterator[Path]:
    for file in sorted(notebook.parent.iterdir()):
        if file.is_file() and file.suffix not in (".ipynb", ".ipynb~", ".zip", ".db"):
            yield file
        elif file.is_dir() and not file.name.startswith(".") and not any(file.rglob("*.ipynb")):
            yield from (each for each in sorted(file.rglob("*")) if each.is_file())


def find_otter_answers(cells: Sequence[str]) -> list[int]:
    """The cells that answer a question of Otter's: those before its check."""
    return [
        place - 1
        for place, text in enumerate(cells)
        if place and _CHECK.search(text) and not _CHECK.search(cells[place - 1])
    ]


def is_solved(document: dict[str, Any]) -> bool:
    """Whether a notebook of students has answers in it."""
    texts = [text_of(cell) for cell in cells_of(document) if cell["cell_type"] == "code"]
    answers = find_otter_answers(texts)
    blank = [place for place in answers if not texts[place].strip() or _BLANK.search(texts[place])]
    return len(blank) < _FEW * len(answers)


def prepare_otter(unit: Unit, folder: Path) -> None:
    """What `otter assign` would take, or what it would have made, for this notebook alone."""
    document = json.loads(unit.path.read_text(encoding="utf-8"))
    document.setdefault("metadata", {})["kernelspec"] = _KERNEL
    root = _root_of(unit)
    master = folder / "theirs" / "master" / unit.path.parent.relative_to(root)
    master.mkdir(parents=True)
    for above in unit.path.relative_to(root).parents:  # masters name settings and requirements above them
        for file in [*(root / above).glob("*.yml"), *(root / above).glob("*requirements*.txt")]:
            shutil.copyfile(file, folder / "theirs" / "master" / above / file.name)
    for file in _list_beside(unit.path):
        if sum(each.stat().st_size for each in master.rglob("*")) + file.stat().st_size < _MOST_BYTES:
            target = master / file.relative_to(unit.path.parent)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    (master / unit.path.name).write_text(json.dumps(document), encoding="utf-8")
    kind = "solved" if unit.tool == "otter" and is_solved(document) else unit.tool
    (folder / "theirs" / "kind").write_text(kind, encoding="utf-8")
