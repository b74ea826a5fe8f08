"""The interpreter that runs student code: the one that runs this, or one of the course's own.

A course's own has other versions of libraries, or another Python. Our part of it needs the standard library,
NumPy and IPython there; it is read from where it stands here, and nothing else of ours can be imported there.
"""

import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from json import loads
from pathlib import Path

from packaging.requirements import Requirement

from autograder.errors import CourseError, Flaw
from autograder.sandbox import facts

OLDEST = (3, 11)
_NEEDED = ("numpy", "ipython")
_TOLD = ("numpy", "scipy", "matplotlib")
"""Libraries whose versions a report tells, where they are there."""
_SECONDS = 60.0
_NAME_ONE = "name the program python of an environment"
_ASK_VERSION = "import sys; sys.stdout.write('%s %d.%d.%d' % ((sys.platform,) + tuple(sys.version_info[:3])))"
"""Whatever the version, this can be read."""
_ASK_MISSING = (
    "import sys; from importlib.util import find_spec as find; "
    "sys.stdout.write(' '.join(name for name in sys.argv[1:] if find(name) is None))"
)
_ASK_IMPORT = """
import importlib, sys
try:
    importlib.import_module(sys.argv[1])
except Exception:
    sys.exit()
sys.stdout.write("yes")
"""
_VERSION = re.compile(r"(\w+) (\d+)\.(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """An interpreter that was asked what it is."""

    path: Path
    """As it is started: a virtual environment is known by its own path."""
    roots: tuple[str, ...]
    """Folders that hold it and its libraries: student code may read them."""
    versions: tuple[tuple[str, str], ...]
    """Of Python, of the usual libraries, and of the packages that the course names."""

    @property
    def is_ours(self) -> bool:
        """Whether it is the one that runs this."""
        return self.path == Path(sys.executable)

    @property
    def words(self) -> str:
        """Its versions, as people read them: `python 3.12.1, numpy 2.1.0`."""
        return ", ".join(f"{name} {version}" for name, version in self.versions)


def find_environment() -> dict[str, str]:
    """The variables without which no interpreter starts; nothing of ours is among them."""
    clean = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    if "LD_LIBRARY_PATH" in os.environ:  # some interpreters do not start without it
        clean["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    return clean


@lru_cache
def this_interpreter() -> Interpreter:
    """The one that runs this."""
    versions = _order(platform.python_version(), facts.find_versions(_TOLD), ())
    return Interpreter(Path(sys.executable), facts.readable_roots(), versions)


@lru_cache
def find_interpreter(path: Path, packages: tuple[str, ...] = ()) -> Interpreter:
    """An interpreter that can run student code.

    Args:
        path: of its program; it is not followed to where a link leads.
        packages: requirements that must hold there, such as `pandas<3`.

    Raises:
        CourseError: with all that is wrong with it: it is not there, it is too old, or packages are missing.
    """
    number = _ask_version(path)
    wanted = [Requirement(text) for text in packages]
    names = dict.fromkeys([*_NEEDED, *_TOLD, *(each.name for each in wanted)])
    told = loads(_ask(path, "-P", facts.__file__, *names))
    versions: dict[str, str] = told["versions"]
    missing = [name for name in _NEEDED if name not in versions]
    missing += [
        str(each)
        for each in wanted
        if each.name not in versions or not each.specifier.contains(versions[each.name], prereleases=True)
    ]
    if missing:
        how = f"{path} -m pip install {' '.join(repr(name) for name in missing)}"
        raise CourseError([_flaw_of(path, name, versions, how) for name in missing])
    return Interpreter(path, tuple(told["roots"]), _order(number, versions, (each.name for each in wanted)))


def find_missing_modules(interpreter: Interpreter, names: Iterable[str]) -> tuple[str, ...]:
    """Those of these top-level modules that an interpreter does not have. Raises CourseError."""
    return tuple(_ask(interpreter.path, "-P", "-c", _ASK_MISSING, *names).split())


def can_import(interpreter: Interpreter, module: str) -> bool:
    """Whether an interpreter has a module, and one that works with its version. Raises CourseError."""
    return _ask(interpreter.path, "-P", "-c", _ASK_IMPORT, module) == "yes"


def _flaw_of(path: Path, missing: str, versions: Mapping[str, str], how: str) -> Flaw:
    name = Requirement(missing).name
    there = versions.get(name)
    what = f"has {name} {there}, and course.toml asks for {missing}" if there else f"has no {missing}"
    why = ", without which no student code can be run" if missing in _NEEDED else ""
    return Flaw(str(path), what + why, how)


def _order(number: str, versions: Mapping[str, str], wanted: Iterable[str]) -> tuple[tuple[str, str], ...]:
    names = dict.fromkeys(("numpy", "python", *_TOLD, *wanted))
    all_of_them = {**versions, "python": number}
    return tuple((name, all_of_them[name]) for name in names if name in all_of_them)


def _ask_version(path: Path) -> str:
    """The version of Python, which is not too old. Raises CourseError."""
    if not path.is_file() or not os.access(path, os.X_OK):
        what = "there is no interpreter" if not path.exists() else "is no program that can be run"
        raise CourseError([Flaw(str(path), what, _NAME_ONE)])
    answer = _VERSION.fullmatch(_ask(path, "-c", _ASK_VERSION))
    if answer is None:
        raise CourseError([Flaw(str(path), "does not answer as a Python does", _NAME_ONE)])
    number = ".".join(answer.groups()[1:])
    if (int(answer[2]), int(answer[3])) < OLDEST:
        what = f"is Python {number}, and student code is run by {OLDEST[0]}.{OLDEST[1]} or newer"
        raise CourseError([Flaw(str(path), what, "make the course an environment with a newer one")])
    return number


def _ask(path: Path, *arguments: str) -> str:
    """What the interpreter prints. Raises CourseError where it does not answer as a Python does."""
    try:
        asked = subprocess.run(  # noqa: S603 - the instructor's own interpreter
            [path, "-s", "-B", *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=True,
            stdin=subprocess.DEVNULL,
            cwd="/",
            env=find_environment(),
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1:]
        what = f"does not answer as a Python does: {''.join(said)[:300]}"
        raise CourseError([Flaw(str(path), what, _NAME_ONE)]) from error
    return asked.stdout
