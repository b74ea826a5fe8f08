"""A zip for Gradescope whose `run_autograder` calls our engine: the program as a wheel, one assignment."""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import distribution, version
from pathlib import Path

from autograder.interop.pins import pin_needs

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file, so that the same course makes the same bytes."""
_NAME = "nabla-autograder"
_COURSE = "course"
"""The folder of the course in the zip, and below source/ on Gradescope."""

_SETUP = """\
#!/usr/bin/env bash
# Run once by Gradescope, as root, when it builds the image. Needs Python 3.11 or newer, which it installs
# where the image has none, and the libraries of constraints.txt, from the package index or from wheels/.
set -euo pipefail
root=${{AUTOGRADER_ROOT:-/autograder}}
source=$root/source
python=
for each in python{python} python3.13 python3.12 python3.11 python3; do
    if command -v "$each" > /dev/null && "$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        python=$each
        break
    fi
done
if [ -z "$python" ]; then
    apt-get update
    apt-get install -y python3.11 python3.11-venv
    python=python3.11
fi
if ! "$python" -m venv "$root/venv"; then
    apt-get update
    apt-get install -y "$(basename "$python")-venv"
    "$python" -m venv --clear "$root/venv"
fi
"$root/venv/bin/python" -m pip install --disable-pip-version-check --find-links "$source/wheels" \\
    -c "$source/constraints.txt" "$source"/wheels/{wheel} {packages}
# The references are evaluated once, not for every submission.
"$root/venv/bin/python" -m autograder gradescope "$root" --prepare
"""
_RUN = """\
#!/usr/bin/env bash
# Run by Gradescope for every submission; writes results/results.json.
set -euo pipefail
root=${{AUTOGRADER_ROOT:-/autograder}}
python=${{AUTOGRADER_PYTHON:-$root/venv/bin/python}}
exec "$python" -m autograder gradescope "$root" --accept-isolation {level}
"""


@dataclass(frozen=True, slots=True)
class GradescopeCourse:
    """What the zip holds of a course."""

    assignment: str
    files: Mapping[str, bytes]
    """By their path below the course's folder: hidden references and the secret are among them."""
    level: int
    """The lowest level of isolation to grade at."""
    python: str
    """The version with which it is graded here, as `3.11`."""
    packages: tuple[str, ...] = ()
    """What its notebooks and tests import, beside what the program needs, as `pandas==2.3.3`."""


def make_gradescope_zip(course: GradescopeCourse) -> bytes:
    """The zip that is uploaded as Gradescope's autograder. It is for instructors alone."""
    wheel_name, wheel = make_wheel()
    own = {line.partition("==")[0] for line in course.packages}
    pinned = [line for line in pin_needs([_NAME, *own]) if not line.startswith(f"{_NAME}==")]
    setup = _SETUP.format(python=course.python, wheel=wheel_name, packages=" ".join(sorted(own)))
    files = {
        "setup.sh": setup.encode(),
        "gradescope.json": json.dumps({"assignment": course.assignment}).encode(),
        "run_autograder": _RUN.format(level=course.level).encode(),
        "constraints.txt": "".join(f"{line}\n" for line in pinned).encode(),
        f"wheels/{wheel_name}": wheel,
        **{f"{_COURSE}/{place}": content for place, content in course.files.items()},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for place, content in sorted(files.items()):
            mode = 0o755 if place in ("setup.sh", "run_autograder") else 0o600
            if place.startswith("wheels/") or place in ("constraints.txt", "gradescope.json"):
                mode = 0o644
            _add(archive, place, content, mode)
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, place: str, content: bytes, mode: int) -> None:
    entry = zipfile.ZipInfo(place, _LONG_AGO)
    entry.external_attr = (0o100000 | mode) << 16
    archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def make_wheel() -> tuple[str, bytes]:
    """The program as a wheel, with its name: as it runs here, from wherever it was installed."""
    package = Path(__file__).parents[1]
    templates = package / "_templates"
    templates = templates if templates.is_dir() else package.parent / "templates"
    files = {
        f"autograder/{file.relative_to(package)}": file.read_bytes()
        for file in sorted(package.rglob("*"))
        if file.is_file() and not {"__pycache__", "_templates", "_course", "_docs"} & set(file.parts)
    }
    files |= {
        f"autograder/_templates/{file.relative_to(templates)}": file.read_bytes()
        for file in sorted(templates.rglob("*"))
        if file.is_file()
    }
    name = f"nabla_autograder-{version(_NAME)}"
    info = f"{name}.dist-info"
    metadata = distribution(_NAME).read_text("METADATA") or ""
    files[f"{info}/METADATA"] = metadata.encode()
    files[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: autograder\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    files[f"{info}/entry_points.txt"] = b"[console_scripts]\nautograder = autograder.cli.main:main\n"
    lines = []
    for place, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
        lines.append(f"{place},sha256={digest},{len(content)}\n")
    files[f"{info}/RECORD"] = "".join([*lines, f"{info}/RECORD,,\n"]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for place, content in files.items():
            _add(archive, place, content, 0o644)
    return f"{name}-py3-none-any.whl", buffer.getvalue()
