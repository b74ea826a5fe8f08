"""Otter's autograder.zip: tests, otter_config.json, data files, libraries."""

import json
import stat
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite
from pathlib import Path, PurePosixPath
from typing import Any

from autograder.adopting.beside import MOST_BYTES, list_requirements
from autograder.adopting.otter_tests import in_file, read_test_file
from autograder.errors import CourseError, Flaw
from autograder.foreign.model import ForeignQuestion, ForeignSeed

CONFIG = "otter_config.json"
_NOISE = {"__MACOSX", "__pycache__", ".DS_Store"}
_MOST_ENTRIES = 20_000
_REQUIREMENTS = ("environment.yml", "environment.yaml", "requirements.txt")


@dataclass(frozen=True, slots=True)
class OtterRules:
    """What otter_config.json says of grading."""

    name: str = ""
    seed: ForeignSeed | None = None
    points_possible: Fraction | None = None
    score_threshold: Fraction | None = None
    show_hidden: bool = False
    show_stdout: bool = False


@dataclass(frozen=True, slots=True)
class OtterAutograder:
    """What an autograder.zip holds."""

    questions: tuple[ForeignQuestion, ...]
    rules: OtterRules
    files: Mapping[str, bytes | Path] = field(default_factory=dict)
    """Data files and helper modules, by the place at which a notebook finds them."""
    requirements: tuple[str, ...] = ()
    python: str = ""
    notices: tuple[str, ...] = ()
    """What was not taken, a sentence each."""


def read_autograder(path: Path, *, notebook: str) -> OtterAutograder:
    """What stands in an autograder.zip; nothing of it is run.

    Args:
        path: of the zip.
        notebook: the name of the notebook that it grades.

    Raises:
        CourseError: it is no zip, or no autograder of Otter's, or uses what cannot be judged here: plugins,
            grading from a log, R.
    """
    entries = _read_entries(path)
    every = [name for name in entries if _is_in(name, "tests") and name.endswith(".py")]
    below = [name for name in every if name.count("/") > 1 and not name.endswith("__init__.py")]
    tests = [name for name in every if name.count("/") == 1]
    if any(_is_in(name, "tests") and name.lower().endswith(".r") for name in entries):
        raise CourseError([Flaw(str(path), "holds tests in R", "only Python can be judged here")])
    if not tests:
        what = "is no autograder.zip of Otter's: it holds no tests/*.py"
        raise CourseError([Flaw(str(path), what, "`otter assign` and `otter generate` make one")])
    rules = read_rules(entries.get(CONFIG, b"{}"), f"{path}, {CONFIG}")
    flaws: list[Flaw] = []
    found: list[tuple[str, ForeignQuestion]] = []
    for name in sorted(tests):
        if name.endswith("__init__.py"):
            continue
        try:
            text, place = entries[name].decode("utf-8-sig", errors="replace"), f"{path}, {name}"
            question = read_test_file(text, place, notebook=notebook)
            found.append((place, in_file(question, PurePosixPath(name).stem)))
        except CourseError as error:
            flaws += error.flaws
    flaws += find_double_names(found)
    if flaws:
        raise CourseError(flaws)
    files = {name.partition("/")[2]: content for name, content in entries.items() if _is_in(name, "files")}
    listed = next((name for name in _REQUIREMENTS if name in entries), "")
    lines = list_requirements(entries[listed].decode(errors="replace"), listed) if listed else ()
    python = next((line.partition("=")[2].strip("=") for line in lines if line.startswith("python=")), "")
    notices = tuple(f"{name} is left out: Otter reads no tests in folders below tests/" for name in below)
    return OtterAutograder(tuple(each for _, each in found), rules, files, lines, python, notices)


def find_double_names(found: Iterable[tuple[str, ForeignQuestion]]) -> Iterator[Flaw]:
    """Questions, and cases of several questions, that have one name; each question with where it stands.

    Of two questions of one name, Otter counts the one that it reads last, and only that.
    """
    seen: dict[str, str] = {}
    for place, question in found:
        double = [name for name in (question.name, *(test.name for test in question.tests)) if name in seen]
        for name in double[:1] if question.name in double else double:
            where = place if seen[name] == place else f"{seen[name]} and {place}"
            what = f"{name!r} is the name of two {'questions' if name == question.name else 'cases'}"
            yield Flaw(where, what, "give one of them another name, or take it out")
        seen |= dict.fromkeys((question.name, *(test.name for test in question.tests)), place)


def _is_in(name: str, folder: str) -> bool:
    return PurePosixPath(name).parts[:1] == (folder,) and len(PurePosixPath(name).parts) > 1


def _read_entries(path: Path) -> dict[str, bytes]:
    """The files of a zip by their path in it; where all lie in one folder, below that."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            wanted = [info for info in infos if not _NOISE & {*PurePosixPath(info.filename).parts}]
            _refuse_unsafe(wanted, path)
            found = {info.filename: archive.read(info) for info in wanted}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise CourseError(
            [Flaw(str(path), "is no zip that can be read", "make it again with Otter")]
        ) from error
    except OSError as error:
        raise CourseError([Flaw(str(path), f"cannot be read ({error.strerror})")]) from error
    tops = {name.partition("/")[0] for name in found}
    if len(tops) == 1 and all("/" in name for name in found) and tops != {"tests"}:
        return {name.partition("/")[2]: content for name, content in found.items()}
    return found


def _refuse_unsafe(infos: list[zipfile.ZipInfo], path: Path) -> None:
    if len(infos) > _MOST_ENTRIES or sum(info.file_size for info in infos) > MOST_BYTES:
        what = f"holds more than {_MOST_ENTRIES} files or {MOST_BYTES / 1e9:.0f} GB"
        raise CourseError([Flaw(str(path), what, "leave data out of it that tests do not read")])
    for info in infos:
        name = PurePosixPath(info.filename)
        if name.is_absolute() or ".." in name.parts or "\\" in info.filename:
            what = f"holds {info.filename!r}, which leads out of it"
            raise CourseError([Flaw(str(path), what, "make it again with Otter")])
        if stat.S_ISLNK(info.external_attr >> 16):
            what = f"{info.filename!r} in it is a link"
            raise CourseError([Flaw(str(path), what, "put the file itself in its place")])


_REFUSED = {
    "plugins": "plugins may change notebooks and marks while Otter grades, and none is run here",
    "grade_from_log": "grading from a log reads what the student's process wrote, and is not done here",
}


def read_rules(content: bytes, place: str) -> OtterRules:
    """What otter_config.json says. Raises CourseError where it asks for what is not done here."""
    try:
        config = json.loads(content)
    except ValueError as error:
        raise CourseError([Flaw(place, "is no JSON", "make it again with Otter")]) from error
    if not isinstance(config, dict):
        raise CourseError([Flaw(place, "is no table of settings", "make it again with Otter")])
    flaws = []
    for key, why in _REFUSED.items():
        if config.get(key):
            named = ""
            if key == "plugins":  # each is a name, or a table from its name to its settings
                each = config[key] if isinstance(config[key], list) else [config[key]]
                names = [name for one in each for name in (one if isinstance(one, dict) else [str(one)])]
                named = f" ({', '.join(map(str, names))})"
            flaws.append(Flaw(place, f"{key}{named}: {why}", f"take {key} out, or go on with Otter"))
    if config.get("lang") not in (None, "python"):
        flaws.append(Flaw(place, f"lang is {config['lang']!r}", "only Python can be judged here"))
    seed, variable = config.get("seed"), config.get("seed_variable")
    if seed is not None and type(seed) is not int:
        flaws.append(Flaw(place, f"seed is {seed!r}", "a whole number"))
    if flaws:
        raise CourseError(flaws)
    return OtterRules(
        name=str(config.get("assignment_name") or ""),
        seed=ForeignSeed(seed, str(variable or "")) if seed is not None else None,
        points_possible=_read_number(config, "points_possible", place),
        score_threshold=_read_number(config, "score_threshold", place),
        show_hidden=bool(config.get("show_hidden", False)),
        show_stdout=bool(config.get("show_stdout", False)),
    )


def _read_number(config: Mapping[str, Any], key: str, place: str) -> Fraction | None:
    value = config.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise CourseError([Flaw(place, f"{key} is {value!r}", "a number")])
    return Fraction(str(value))
