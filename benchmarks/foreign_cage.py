"""Running strangers' notebooks with the tools that run them as they are: where they harm nothing.

Among public notebooks are some that empty /tmp. nbgrader and Otter run them with all rights of whoever starts
them, so here both run in namespaces of their own, made by bubblewrap: nothing can be written but the folders
that are named, /tmp, /run and the home folder are empty and thrown away, and there is no network.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.adopting.their_tools import TheirPython

_WAYS = "On Debian: apt install bubblewrap; in a container, user namespaces must be allowed."


def cage(command: Sequence[str | Path], *, writable: Iterable[Path]) -> list[str | Path]:
    """The command that runs this one in a cage, in the same folder.

    Args:
        command: what to run.
        writable: the folders that it may change; all others that it sees it only reads.
    """
    program: list[str | Path] = [_find_program(), "--unshare-all", "--die-with-parent", "--new-session"]
    program += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    for folder in ("/tmp", "/run", Path.home()):
        program += ["--tmpfs", folder]
    # What runs may itself lie in the home folder, or in a temporary one.
    for folder in dict.fromkeys((sys.base_prefix, sys.prefix, str(Path(__file__).parents[1]))):
        program += ["--ro-bind", folder, folder]
    for folder in writable:
        program += ["--bind", folder, folder]
    return [*program, "--", *command]


def require_cage() -> None:
    """End with a sentence where strangers' notebooks cannot be kept from doing harm."""
    ran = subprocess.run(cage(["true"], writable=()), capture_output=True, text=True, check=False)
    if ran.returncode:
        said = (ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}"])[-1]
        raise SystemExit(f"Strangers' notebooks are run caged or not at all, and bwrap says: {said}. {_WAYS}")


def _find_program() -> str:
    found = shutil.which("bwrap")
    if found is None:
        raise SystemExit(f"Strangers' notebooks are run caged or not at all, and there is no bwrap. {_WAYS}")
    return found


@dataclass(frozen=True, slots=True)
class CagedPython(TheirPython):
    """The interpreter of a course's tools, which runs them in a cage."""

    def spell_command(self, module: str, arguments: Sequence[str], folder: Path) -> list[str | Path]:
        """As it is run, caged; the folder is a copy, and may be changed."""
        return cage([self.path, "-m", module, *arguments], writable=[folder])
