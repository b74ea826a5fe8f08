"""What a page waits for is done in a process of its own; its end, errors and silence are told in words."""

import os
import time
from pathlib import Path

import pytest

from autograder.course.opened import open_course
from autograder.web import aside
from autograder.web.aside import Aside, AsideError


def test_a_function_runs_in_another_process() -> None:
    assert Aside().run(os.getpid) != os.getpid()


def test_an_error_that_a_person_can_read_is_told_in_its_words(tmp_path: Path) -> None:
    with pytest.raises(AsideError, match=r"course\.toml"):
        Aside().run(open_course, tmp_path)


def test_a_process_that_dies_is_told() -> None:
    with pytest.raises(AsideError, match="ended before it was done"):
        Aside().run(os._exit, 3)


def test_what_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one is served again."""
    waiting = Aside()
    monkeypatch.setattr(aside, "_SECONDS", 0.1)
    with pytest.raises(AsideError, match="took too long"):
        waiting.run(time.sleep, 100_000)
    monkeypatch.undo()
    assert waiting.run(abs, -1) == 1
