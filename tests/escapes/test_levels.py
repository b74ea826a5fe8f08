"""The levels of isolation, each reached: as root, as an ordinary user, in a container, without Landlock."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox.interpreter import this_interpreter

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0,
    reason="needs root: it becomes other users and enters filters to see each level reached",
)
ELSEWHERE = Path(__file__).with_name("elsewhere.py")
USUAL = {"uid": 0, "container": False, "landlock": True, "mounts": True, "reach": True, "attacks": 0}
SOMEBODY = 60650  # an ordinary user that owns nothing here; not one that student code becomes


def doctor(**given: Any) -> "subprocess.CompletedProcess[str]":
    with tempfile.TemporaryDirectory(dir="/tmp") as home:
        place = json.dumps(USUAL | given | {"home": home})
        return subprocess.run(
            [sys.executable, str(ELSEWHERE), place], capture_output=True, text=True, timeout=1800
        )


def there(**given: Any) -> dict[str, Any]:
    """What the doctor sees in another place, and which of so many attacks are stopped there."""
    run = doctor(**given)
    if "Operation not permitted: 'mount" in run.stderr or "unshare" in run.stderr:
        pytest.skip("this root may not mount anything, so nothing can be brought within another user's reach")
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    return told


def through(told: dict[str, Any]) -> set[str]:
    return {attack["name"] for attack in told["attacks"] if not attack["stopped"]}


def broken(told: dict[str, Any]) -> list[Any]:
    return [outcome for outcome in told["outcomes"] if len(outcome) > 1]


def user_namespaces() -> bool:
    limit = Path("/proc/sys/user/max_user_namespaces")
    return limit.exists() and int(limit.read_text()) > 0


@pytest.mark.soak
def test_root_gives_itself_up() -> None:
    """As every attack of the catalogue sees it every day, on a machine whose tests root runs."""
    told = there(attacks=5)
    assert told["level"] == told["level_by_the_kernel"] == 3
    assert told["layers"]["user"]["in_place"]
    assert through(told) == set()
    assert broken(told) == []


@pytest.mark.soak
def test_an_ordinary_user_is_sealed_by_namespaces() -> None:
    if not user_namespaces():
        pytest.skip("this kernel gives ordinary users no namespaces of their own")
    told = there(uid=SOMEBODY, attacks=5)
    assert told["level"] == told["level_by_the_kernel"] == 3
    assert told["layers"]["namespaces"]["in_place"]
    assert not told["layers"]["user"]["in_place"]
    assert through(told) <= {"learn that a private file exists, and its size"}
    assert broken(told) == []


@pytest.mark.parametrize("attacks", [2, pytest.param(48, marks=pytest.mark.soak)])
def test_an_ordinary_user_in_a_container_is_confined(attacks: int) -> None:
    """No namespaces there: every promise of level 2 is kept all the same."""
    told = there(uid=SOMEBODY, container=True, attacks=attacks)
    assert told["level"] == told["level_by_the_kernel"] == 2
    assert through(told) <= {"learn that a private file exists, and its size"}
    assert broken(told) == []
    assert told["layers"]["namespaces"]["how_to_get_it"]


@pytest.mark.soak
def test_namespaces_that_may_not_mount_are_not_entered_by_half() -> None:
    """As on an Ubuntu that restricts them: no namespaces then, and every promise of level 2."""
    if not user_namespaces():
        pytest.skip("this kernel gives ordinary users no namespaces of their own")
    told = there(uid=SOMEBODY, mounts=False, attacks=5)
    assert told["level"] == told["level_by_the_kernel"] == 2
    assert not told["layers"]["namespaces"]["in_place"]
    assert broken(told) == []


@pytest.mark.soak
def test_root_in_a_container_gives_itself_up() -> None:
    told = there(container=True, attacks=5)
    assert told["level"] == told["level_by_the_kernel"] == 3
    assert not told["layers"]["namespaces"]["in_place"]
    assert through(told) == set()
    assert broken(told) == []


def test_root_in_a_container_whose_interpreter_is_out_of_reach_is_told_so() -> None:
    if all(folder.stat().st_mode & 1 for root in this_interpreter().roots for folder in Path(root).parents):
        pytest.skip("this interpreter is within everybody's reach")
    said = doctor(container=True, reach=False).stderr
    assert "use an interpreter under /usr or /opt, or grade as an ordinary user" in said


@pytest.mark.soak
def test_without_landlock_nobody_is_confined() -> None:
    """What gets through is what only Landlock stops, and the doctor says how to get it.

    Every day a test of isolation holds that such a machine is refused unless that is asked for.
    """
    told = there(uid=SOMEBODY, landlock=False)
    assert told["level"] == told["level_by_the_kernel"] == 1
    assert "read a file outside" in through(told)
    missing = told["layers"]["landlock"]
    assert "read a file outside" in missing["would_stop"]
    assert "Linux 5.13" in missing["how_to_get_it"]
    promised_alone = {a["name"] for a in told["attacks"] if a["promised_from_level"] == 1}
    assert not through(told) & promised_alone


@pytest.mark.soak
def test_root_without_landlock_is_not_confined_either() -> None:
    told = there(landlock=False)
    assert told["level"] == told["level_by_the_kernel"] == 1
    assert "read a private file" not in through(told)  # a user of its own cannot
