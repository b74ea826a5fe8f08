"""Tests as an autograder.zip for Otter, made by Otter's own code in the interpreter where it is installed."""

import json
import pprint
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.errors import CourseError, Flaw
from autograder.interop.beside_us import find_interpreter, run_there


@dataclass(frozen=True, slots=True)
class OtterTests:
    """What Otter grades by."""

    files: Mapping[str, str]
    """Test files by the name of their question, in Python."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """otter_config.json."""
    requirements: Sequence[str] = ()
    """Lines of a requirements.txt, beside what Otter needs itself."""
    support: Mapping[str, bytes] = field(default_factory=dict)
    """Files that notebooks read, by their path."""


def write_ok_test(test: Mapping[str, Any]) -> str:
    """The text of a test file in the OK format.

    >>> print(write_ok_test({"name": "q1", "points": 1, "suites": []}))
    OK_FORMAT = True
    <BLANKLINE>
    test = {'name': 'q1', 'points': 1, 'suites': []}
    <BLANKLINE>
    """
    return f"OK_FORMAT = True\n\ntest = {pprint.pformat(dict(test), width=100, sort_dicts=False)}\n"


def make_autograder_zip(tests: OtterTests, *, python: Path | None = None) -> bytes:
    """The zip that `otter run`, `otter grade` and Gradescope take.

    Raises:
        CourseError: there is nothing to test, Otter is not installed, or it refuses the tests.
    """
    if not tests.files:
        what = "has no example that Otter could run"
        raise CourseError([Flaw("the notebook", what, "write cells of asserts below the stubs")])
    interpreter = find_interpreter("otter", "otter", python)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written = {f"tests/{question}.py": text.encode() for question, text in tests.files.items()}
        written["otter_config.json"] = json.dumps(dict(tests.config), indent=2).encode()
        written["requirements.txt"] = "".join(f"{line}\n" for line in tests.requirements).encode()
        written |= tests.support
        for place, content in written.items():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_bytes(content)
        command = ["-m", "otter", "generate", "-t", "tests", "-o", "autograder.zip"]
        command += ["-c", "otter_config.json", "-r", "requirements.txt", "--no-environment"]
        run_there(interpreter, *command, *tests.support, at=folder, what="otter generate")
        return (folder / "autograder.zip").read_bytes()
