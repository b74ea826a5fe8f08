"""Running nbgrader and Otter where they are installed, in a process and a folder of their own."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS = 600


@dataclass(frozen=True, slots=True)
class TheirPython:
    """The interpreter in which a course's tools and libraries are installed."""

    path: Path = Path(sys.executable)

    def has(self, package: str) -> bool:
        """Whether a package is installed there."""
        code = "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)"
        ran = subprocess.run(  # noqa: S603 - the instructor's own interpreter
            [self.path, "-c", code, package], capture_output=True, timeout=SECONDS, check=False
        )
        return ran.returncode == 0

    def spell_command(self, module: str, arguments: Sequence[str], folder: Path) -> list[str | Path]:
        """How a module is run in a folder."""
        return [self.path, "-m", module, *arguments]

    def run(self, module: str, arguments: Sequence[str], *, folder: Path) -> str:
        """Run a module in a folder. What it printed where it failed; the empty string where it did not."""
        # nbgrader calls alembic by its name.
        path = f"{self.path.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        try:
            ran = subprocess.run(  # noqa: S603 - the instructor's own tool
                self.spell_command(module, arguments, folder),
                cwd=folder,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=SECONDS,
                check=False,
                stdin=subprocess.DEVNULL,
                env=os.environ | {"PATH": path, "PYTHONWARNINGS": "ignore"},
            )
        except subprocess.TimeoutExpired:
            return f"it took more than {SECONDS} s"
        said = (ran.stderr.strip() or ran.stdout.strip() or f"exit code {ran.returncode}").splitlines()
        return "" if ran.returncode == 0 else said[-1].strip()
