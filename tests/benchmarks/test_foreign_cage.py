"""Strangers' notebooks are run by their own tools where they harm nothing, or not at all."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from benchmarks import foreign
from benchmarks.foreign_cage import CagedPython, cage, require_cage

try:
    require_cage()
    NONE = ""
except SystemExit as refused:
    NONE = str(refused)
HARM = """
import json, pathlib, shutil, socket, sys
package, *others = map(pathlib.Path, sys.argv[1:])
done = {}
for path in others:
    done[str(path)] = sorted(each.name for each in path.iterdir())
    (path / "written").touch()
    shutil.rmtree(path, ignore_errors=True)
try:
    (package / "written").touch()
except OSError as error:
    done["package"] = error.strerror
try:
    socket.create_connection(("192.0.2.1", 80), timeout=5)
except OSError as error:
    done["network"] = error.strerror
print(json.dumps(done))
"""


@pytest.mark.skipif(bool(NONE), reason=NONE)
def test_what_is_caged_changes_its_own_folder_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """/tmp and the home folder are empty, what is emptied there is emptied nowhere; all else is only read."""
    home, own, other = tmp_path / "home", tmp_path / "own", tmp_path / "other"
    for folder in (home, own, other):
        folder.mkdir()
        (folder / "kept").touch()
    monkeypatch.setenv("HOME", str(home))
    package = Path(foreign.__file__).parent
    with tempfile.NamedTemporaryFile(dir="/tmp") as seen:
        command = cage([sys.executable, "-c", HARM, package, home, own, "/tmp"], writable=[own])
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        assert Path(seen.name).exists()
    done = json.loads(ran.stdout)
    assert Path(seen.name).name not in done["/tmp"]
    assert (done[str(home)], done[str(own)]) == ([], ["kept"])
    assert done["package"] == "Read-only file system"
    assert done["network"] == "Network is unreachable"
    assert [(each / "kept").exists() for each in (home, own, other)] == [True, False, True]


@pytest.mark.skipif(bool(NONE), reason=NONE)
def test_a_courses_own_tool_is_caged_where_adopting_runs_it(tmp_path: Path) -> None:
    (tmp_path / "kept").touch()
    python = CagedPython(Path(sys.executable))
    assert python.run("json.tool", ["kept"], folder=tmp_path).startswith("Expecting value")
    assert python.run("compileall", ["-q", "."], folder=tmp_path) == ""


@pytest.mark.parametrize(
    ("program", "said"),
    [("", "there is no bwrap"), ("echo 'No permissions' >&2; exit 1", "bwrap says: No permissions")],
)
def test_without_a_cage_no_notebook_is_run(
    program: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence names what to install."""
    if program:
        (tmp_path / "bwrap").write_text(f"#!/bin/sh\n{program}\n")
        (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match=f"caged or not at all, and {said}.* apt install bubblewrap"):
        foreign.main([str(tmp_path)])
