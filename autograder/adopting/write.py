"""The course of ours that refers to theirs: course.toml, students.csv, and a folder for each assignment.

A folder is written whole beside its place and put there in one step; course.toml names it last. A run that is
killed leaves the course as it was.
"""

import csv
import io
import re
import shutil
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.access import Access, partial_of, write_public, write_whole
from autograder.adopting.prove import prove
from autograder.adopting.reading import CourseReading, ReadAssignment, RosterLine, make_name
from autograder.domain.ignored import ACCUMULATED
from autograder.errors import CourseError, Flaw
from autograder.foreign.model import (
    ASSIGNMENT_FILE,
    FILES_FOLDER,
    INSIDE_FILE,
    PROFILES_FILE,
    AdoptedAssignment,
    Profile,
    read_assignment_file,
    write_assignment,
    write_profiles,
)
from autograder.sandbox.interpreter import Interpreter, can_import, find_interpreter, this_interpreter

ADOPTED = "adopted"
_NEEDS_NOSE = re.compile(r"^\s*(?:import|from)\s+nose\b", re.MULTILINE)
_COURSE = """\
# A course adopted from {tools}: {source}
# `autograder` reads it from the folder it is called in, or from one above.

name = "{name}"
title = {title}
timezone = "UTC"                # deadlines without a zone are in this one

[grade]
homework = "100 %"              # "50 %" with an exam = "50 %", say
exam = "0 %"

# All assignments weigh alike. Give each a weight, or make more groups with shares: `autograder help policy`.
[homework.groups.all]
share = "100 %"

# What one submission may use while it is graded.
[limits]
seconds_per_cell = {seconds}
seconds = {total}
"""
_ENVIRONMENT = """
# The interpreter that runs notebooks and tests. `packages` are those that must be installed there.
[environment]
python = {python}
# packages = ["numpy", "pandas<3"]
"""
_TABLE = """
[assignments.{name}]
title = {title}
{weight}
adopted = "{folder}"
inside = "ask"                  # tests that only the student's process can run: "ask", "accept", "manual"
{more}"""
_STDERR = """\
stderr = "as nbgrader"          # a warning makes a test 0, as there; or "ignore"
"""


def write_course(
    reading: CourseReading,
    into: Path,
    *,
    source: Path,
    interpreter: Interpreter,
    begin: Callable[[AdoptedAssignment], None],
) -> tuple[tuple[AdoptedAssignment, tuple[Profile, ...]], ...]:
    """Write what was read into a course of ours, a new one or one that is there, and prove it.

    An assignment that was adopted before from the same place is written anew; its settings stay. `begin` is
    told of each before its tests are tried.

    Raises:
        CourseError: the folder holds something else, or one of its assignments has the name of another.
    """
    known = _read_known(into)
    read = [_notice_nose(each, interpreter) for each in reading.read]
    named = _name_as_before(read, into, known or {})
    for each in named:
        _refuse_taken(each, into, known or {})
    own = Access()
    if not into.exists():
        into.mkdir(mode=0o755, parents=True)
    written = list[tuple[AdoptedAssignment, tuple[Profile, ...]]]()
    for each in named:
        begin(each.assignment)
        profiles = _write_folder(each, into / ADOPTED / each.assignment.name, own, interpreter)
        written.append((each.assignment, profiles))
    if known is None:
        text = _begin_course(reading, source, named)
        if not interpreter.is_ours:
            text += _ENVIRONMENT.format(python=_quote(str(interpreter.path)))
        write_public(into / ".gitignore", f"{ACCUMULATED}adopted/\n".encode())
        if reading.students:
            write_whole(into / "students.csv", _list_students(reading.students), own)
    else:
        text = (into / "course.toml").read_text(encoding="utf-8")
    tables = known.get("assignments", {}) if known else {}
    grouped = known is None or bool(known.get("homework", {}).get("groups"))
    new = [each for each in named if each.assignment.name not in tables]
    for each in new:
        text = text.rstrip("\n") + "\n" + _make_table(each, known, grouped=grouped)
    if new or known is None:
        write_public(into / "course.toml", text.encode())
    return tuple(written)


def choose_interpreter(into: Path, environment: Path | None) -> Interpreter:
    """What runs the code of the course in a folder: as its course.toml says; in a new one, as is asked for.

    Raises:
        CourseError: it cannot run student code, or the course that is there has another.
    """
    known = _read_known(into)
    table = (known or {}).get("environment")
    said: dict[str, Any] = table if isinstance(table, dict) else {}
    python = into.absolute() / str(said["python"]) if said.get("python") else None
    if environment is not None:
        asked = environment.absolute()
        if known is not None and asked != python:
            how = f'write python = "{asked}" there, and adopt all of its assignments again'
            what = f"its [environment] is {python or 'the interpreter that grades'}"
            raise CourseError([Flaw(str(into / "course.toml"), what, how)])
        python = asked
    packages = tuple(map(str, said.get("packages") or ()))
    if python is None and not packages:
        return this_interpreter()
    return find_interpreter(python or Path(sys.executable), packages)


def _notice_nose(read: ReadAssignment, interpreter: Interpreter) -> ReadAssignment:
    """The same with a notice where tests need nose and have ours instead: their tool would fail them."""
    assignment = read.assignment
    texts = [test.text for test in assignment.tests]
    texts += [cell.as_released for notebook in assignment.notebooks for cell in notebook.cells]
    if not any(map(_NEEDS_NOSE.search, texts)) or can_import(interpreter, "nose.tools"):
        return read
    notice = (
        f"nose is not there, or does not work with this Python: its functions are ours here, and with "
        f"{assignment.tool} in the same Python what imports it fails"
    )
    return replace(read, assignment=replace(assignment, notices=(*assignment.notices, notice)))


def _read_known(into: Path) -> dict[str, Any] | None:
    """course.toml of the course that is there; None where there is none yet."""
    file = into / "course.toml"
    if file.is_file():
        try:
            return tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise CourseError([Flaw(str(file), f"cannot be read ({error})", "mend it first")]) from error
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise CourseError([Flaw(str(into), "exists and is no course of ours", "name a new folder")])
    return None


def _name_as_before(
    read: Sequence[ReadAssignment], into: Path, known: Mapping[str, Any]
) -> list[ReadAssignment]:
    """Assignments that were adopted before under the names they had, whatever stands beside them since."""
    names = {}
    for name in known.get("assignments", {}):
        folder = into / ADOPTED / name
        if (folder / ASSIGNMENT_FILE).is_file():
            source = read_assignment_file(folder).source
            names[source.path, source.assignment] = name
    named: list[ReadAssignment] = []
    keys = [(each.assignment.source.path, each.assignment.source.assignment) for each in read]
    taken = [names[key] for key in keys if key in names]
    for key, each in zip(keys, read, strict=True):
        name = names.get(key) or make_name(each.assignment.name, taken)
        taken.append(name)
        named.append(replace(each, assignment=replace(each.assignment, name=name)))
    return named


def _refuse_taken(read: ReadAssignment, into: Path, known: Mapping[str, Any]) -> None:
    """Refuse the name of another assignment of the course, our own or adopted from elsewhere."""
    name, source = read.assignment.name, read.assignment.source
    table = known.get("assignments", {}).get(name)
    if table is None:
        return
    folder = into / ADOPTED / name
    if table.get("adopted") != f"{ADOPTED}/{name}":
        what = f"there is an assignment {name} of its own"
        raise CourseError([Flaw(str(into / "course.toml"), what, "adopt into another folder")])
    before = read_assignment_file(folder).source if (folder / ASSIGNMENT_FILE).is_file() else source
    if (before.path, before.assignment) != (source.path, source.assignment):
        what = f"{name} was adopted from {before.path}, and this is {source.path}"
        raise CourseError([Flaw(str(into), what, "adopt into another folder")])


def _write_folder(
    read: ReadAssignment, folder: Path, own: Access, interpreter: Interpreter
) -> tuple[Profile, ...]:
    """Write the folder of an assignment, with its proof, and put it in its place."""
    own.make_folder(folder.parent)
    draft = partial_of(folder)
    shutil.rmtree(draft, ignore_errors=True)
    try:
        own.make_folder(draft / FILES_FOLDER)
        for path, content in read.contents.items():
            target = draft / FILES_FOLDER / path
            own.make_folder(target.parent)
            if isinstance(content, bytes):
                target.write_bytes(content)
            else:
                shutil.copyfile(content, target)
            own.set(target)
        write_whole(draft / ASSIGNMENT_FILE, write_assignment(read.assignment), own)
        profiles = prove(read.assignment, draft, interpreter)
        write_whole(draft / PROFILES_FILE, write_profiles(profiles), own)
        if (folder / INSIDE_FILE).is_file():  # of tests that are what they were, it still holds
            write_whole(draft / INSIDE_FILE, (folder / INSIDE_FILE).read_text(encoding="utf-8"), own)
        _replace_folder(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return profiles


def _replace_folder(draft: Path, folder: Path) -> None:
    before = folder.with_name(f".{folder.name}.before")
    shutil.rmtree(before, ignore_errors=True)
    if folder.exists():
        folder.rename(before)
    draft.rename(folder)
    shutil.rmtree(before, ignore_errors=True)


def _begin_course(reading: CourseReading, source: Path, named: Sequence[ReadAssignment]) -> str:
    # nbgrader's usual limit of a cell is 30 s.
    seconds = min(max([30, *(each.assignment.rules.timeout or 30 for each in named)]), 3600)
    title = reading.title or source.stem
    return _COURSE.format(
        tools=" and ".join(sorted({str(each.assignment.tool) for each in named})),
        source=str(source.resolve()).replace("\n", " "),
        name=make_name(title),
        title=_quote(title),
        seconds=seconds,
        total=max(180, seconds),
    )


def _make_table(read: ReadAssignment, known: Mapping[str, Any] | None, *, grouped: bool) -> str:
    assignment = read.assignment
    if grouped:
        groups = (known or {}).get("homework", {}).get("groups", {"all": {}})
        weight = f'group = "{next(iter(groups))}"'
    else:
        weight = 'weight = "0 %"                  # of the homework: give it its share'
    more = _STDERR if assignment.tool == "nbgrader" else ""
    if read.due:
        more += f"deadline = {read.due:%Y-%m-%dT%H:%M:%SZ}\n"
    return _TABLE.format(
        name=assignment.name,
        title=_quote(assignment.title),
        weight=weight,
        folder=f"{ADOPTED}/{assignment.name}",
        more=more,
    )


def _quote(text: str) -> str:
    """A text as TOML writes it, on one line."""
    plain = re.sub(r"[\x00-\x1f\x7f]+", " ", text).strip()[:200] or "Untitled"
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _list_students(students: Sequence[RosterLine]) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["id", "name", "email", "group"])
    rows.writerows([each.id, each.name, each.email, ""] for each in students)
    return text.getvalue()
