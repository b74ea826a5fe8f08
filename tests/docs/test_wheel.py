"""The wheel, installed where nothing of the checkout is seen, does what README, tutorial and help promise."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from followed_page import ROOT, Follower, blocks_of
from test_tutorial import follow_tutorial

from autograder.cli.manual import manual_pages

pytestmark = pytest.mark.soak
_UNREACHABLE = (
    "No matching distribution found",
    "Failed to establish a new connection",
    "Network is unreachable",
)
_ALONE = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MAKE"))}


def run(*command: str | Path, folder: Path) -> str:
    """A command that must end well, in an environment that names nothing of the checkout."""
    done = subprocess.run(command, cwd=folder, env=_ALONE, capture_output=True, text=True, check=False)
    if done.returncode and any(each in done.stderr for each in _UNREACHABLE):
        pytest.skip(f"no package index can be reached: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel, as `make wheel` builds it, alone."""
    home = tmp_path_factory.mktemp("installed")
    python = Path(sys.executable)
    run("make", "wheel", "-o", ".venv/.ready-demo", f"BIN={python.parent}", f"DIST={home}", folder=ROOT)
    [wheel] = home.glob("*.whl")
    run(python, "-m", "venv", home / "environment", folder=home)
    programs = home / "environment/bin"
    run(programs / "python", "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", wheel, folder=home)
    where = run(programs / "python", "-c", "import autograder; print(autograder.__file__)", folder=home)
    assert Path(where).is_relative_to(home / "environment")
    return programs


@pytest.fixture
def newcomer(installed: Path, tmp_path: Path) -> Follower:
    return Follower(tmp_path, program=installed / "autograder")


def test_the_tutorial_is_followed_with_it(newcomer: Follower) -> None:
    """init, check, release, solution, grade, grades, explain."""
    follow_tutorial(newcomer)
    assert (newcomer.folder / "reports/distances/ben/report.html").is_file()


def test_what_the_readme_says_after_make_demo_works_as_it_is_written(newcomer: Follower) -> None:
    newcomer.run("autograder demo")  # what `make demo` runs
    [after] = [body for kind, _, body in blocks_of("README.md") if kind == "console" and "activate" in body]
    first, _, then = after.partition("\n")
    assert first.startswith("$ . .venv/bin/activate")
    newcomer.type(then)


def test_a_new_course_has_quizzes_that_are_sound(newcomer: Follower) -> None:
    newcomer.type("$ autograder init numerics\n$ cd numerics\n$ autograder quiz check\n$ autograder policy")
    for kind, _, body in blocks_of("README.md"):
        if kind == "console" and "quiz judge" in body:
            newcomer.type(body)


def test_it_serves_pages(installed: Path, tmp_path: Path) -> None:
    command = [installed / "autograder", "serve", "--demo", "--port", "0"]
    environment = {**_ALONE, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            links = (re.search(r"student .*(http\S+)", line) for line in server.stdout or ())
            link = next(found[1] for found in links if found)
            with urlopen(link, timeout=120) as page:
                assert "Log in as" in page.read().decode()
        finally:
            server.terminate()


def test_every_page_of_the_documentation_comes_with_it(newcomer: Follower) -> None:
    listed = newcomer.run("autograder help")
    for page in (page for below in manual_pages().values() for page in below):
        assert f"  {page.topic} " in listed
        assert newcomer.run(f"autograder help {page.topic}").startswith(f"# {page.title}")


def test_it_seals_student_code(newcomer: Follower) -> None:
    assert re.search(r"^Level [23], ", newcomer.run("autograder doctor"), re.M)
