"""Asking a program of another tool's interpreter: a request in a file, an answer in its last line."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.errors import CourseError, Flaw

BESIDE = Path(__file__).parent / "beside"
"""Where the programs are that run there."""


def find_interpreter(tool: str, command: str, given: Path | None = None) -> Path:
    """The Python in which a tool is installed: the one given, ours, or that of the command on the PATH.

    Args:
        tool: the module to be imported.
        command: the tool's own command.
        given: by whoever asks.

    Raises:
        CourseError: it is nowhere.
    """
    if given is not None:
        return given.absolute()
    if importlib.util.find_spec(tool) is not None:
        return Path(sys.executable)
    found = shutil.which(command)
    beside = Path(found).resolve().parent / "python" if found else None
    if beside is None or not beside.is_file():
        what = f"{command} is not installed where autograder is, nor found on the PATH"
        raise CourseError([Flaw(f"--to {command}", what, "--python PATH names a Python that has it")])
    return beside


def run_there(python: Path, *arguments: str, at: Path, what: str) -> str:
    """What a command of another interpreter prints. Raises CourseError where it fails.

    Its own folder goes first on the PATH, since nbgrader and Otter call other commands of theirs by name.
    """
    path = os.pathsep.join((str(python.parent), os.environ.get("PATH", os.defpath)))
    environment = {**os.environ, "PATH": path, "PYTHONWARNINGS": "ignore", "PYTHONIOENCODING": "utf-8"}
    environment.pop("PYTHONPATH", None)
    try:
        done = subprocess.run(  # noqa: S603 - the interpreter is the instructor's choice
            [str(python), *arguments],
            cwd=at,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise CourseError(
            [Flaw(str(python), f"cannot be run ({error.strerror})", "--python PATH")]
        ) from error
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        raise CourseError(
            [Flaw(str(python), f"{what} failed there: {lines[-1][:500]}", "nothing was changed")]
        )
    return done.stdout


def ask(python: Path, program: str, request: Mapping[str, Any], *, at: Path, staging: Path) -> dict[str, Any]:
    """The answer of one of the programs in `BESIDE`.

    Args:
        python: the interpreter.
        program: the name of its file.
        request: what is asked.
        at: the folder in which it runs.
        staging: a folder for the request, which may name people.

    Raises:
        CourseError: it cannot be run, or ends otherwise than by an answer.
    """
    file = staging / "request.json"
    file.write_text(json.dumps(request), encoding="utf-8")
    said = run_there(python, str(BESIDE / program), str(file), at=at, what=program)
    answer: dict[str, Any] = json.loads(said.strip().splitlines()[-1])
    return answer
