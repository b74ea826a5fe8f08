"""Second environments: a light one that shares the libraries of this one, and a real one with others."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

OTHER = {"numpy": "1.26.4", "ipython": "8.20.0", "pandas": "2.2.2"}


def make_light(folder: Path) -> Path:
    """A virtual environment with our libraries and a module of its own, `only_there`; returns its python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    libraries = Path(subprocess.check_output([python, "-c", asked], text=True).strip())
    (libraries / "shared.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (libraries / "only_there.py").write_text("answer = 42\n")
    return python


def make_other(folder: Path) -> Path:
    """An environment with other versions of the same libraries, installed by pip; returns its python."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    wanted = [f"{name}=={version}" for name, version in OTHER.items()]
    done = subprocess.run(
        [python, "-m", "pip", "install", "-q", *wanted], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"other versions of the libraries cannot be installed here: {done.stderr[-300:]}")
    return python
