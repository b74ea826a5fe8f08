"""Somebody who follows a page of the documentation: types its commands, and looks for what they print."""

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

from autograder.cli.main import main

ROOT = Path(__file__).parents[2]
_FOR_THE_SHELL = set("|><&;~*$")


def blocks_of(page: str) -> Iterator[tuple[str, str, str]]:
    """Each block of a page of the checkout, by its language, the name beside that, and its text."""
    text = (ROOT / page).read_text(encoding="utf-8")
    yield from re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", text, re.S | re.M)


def commands_of(session: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a session, without its comment, and the lines that are shown below it."""
    for part in session.removeprefix("$ ").split("\n$ "):
        line, *shown = part.replace("\\\n", "").strip().splitlines()
        yield re.sub(r"\s+# .*", "", line), shown


class Follower:
    """Types commands in a terminal of their own, where `program` is called for autograder.

    Without a program, commands that need no shell are run in this process, which is quicker.
    """

    def __init__(self, folder: Path, *, program: Path | None = None) -> None:
        self.folder = folder
        self.program = program

    def write(self, name: str, text: str) -> None:
        """Write a file below the folder they are in."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def type(self, session: str, *, ends: int = 0) -> None:
        """Run the commands of a session; lines shown below one stand in what it prints, "..." for more."""
        for command, shown in commands_of(session):
            if command.startswith("cd "):
                self.folder /= command.removeprefix("cd ")
                continue
            printed = " ".join(self.run(command, ends=ends).split())
            at = 0
            for piece in " ".join(shown).replace("...", "\n").splitlines():
                wanted = " ".join(piece.split())
                found = printed.find(wanted, at)
                assert found >= 0, f"{command}: {wanted!r} is not in {printed!r}"
                at = found + len(wanted)

    def run(self, command: str, *, ends: int = 0) -> str:
        """Run one command, which ends with this code, and have what it prints."""
        alone = command.startswith("autograder ") and not _FOR_THE_SHELL & set(command)
        code, printed = (
            self._run_here(shlex.split(command)[1:])
            if alone and self.program is None
            else self._run_in_shell(command)
        )
        assert code == ends, f"{command}: {code} {printed}"
        return printed

    def _run_here(self, words: list[str]) -> tuple[int, str]:
        printed = io.StringIO()
        called, sys.argv = sys.argv, ["autograder", *words]
        try:
            with chdir(self.folder), redirect_stdout(printed), redirect_stderr(printed):
                main()
        except SystemExit as end:
            return int(end.code or 0), printed.getvalue()
        finally:
            sys.argv = called
        return 0, printed.getvalue()

    def _run_in_shell(self, command: str) -> tuple[int, str]:
        program = str(self.program) if self.program else f"{shlex.quote(sys.executable)} -m autograder"
        typed = re.sub(r"(?<![\w./-])autograder(?= |$)", lambda _: program, command)
        done = subprocess.run(
            typed,
            shell=True,
            cwd=self.folder,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            timeout=1800,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr
