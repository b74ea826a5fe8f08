"""Compiled templates are kept for the next command, where that is safe."""

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from autograder.render import compiled
from autograder.render.compiled import CompiledTemplates, find_compiled


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the cache of this user lies."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def render(cache: CompiledTemplates | None, text: str = "a {{ b }}") -> str:
    """A template rendered in a new environment, as by another command."""
    made = Environment(loader=DictLoader({"page": text}), bytecode_cache=cache, autoescape=True)
    return made.get_template("page").render(b=1)


def test_what_is_compiled_is_there_for_the_next_command(home: Path) -> None:
    """The second finds it, and another text is compiled anew."""
    cache = find_compiled()
    assert cache is not None
    assert render(cache) == "a 1"
    (kept,) = (home / "nabla-autograder" / "templates").iterdir()
    before = kept.stat().st_ino
    assert render(find_compiled()) == "a 1"
    assert kept.stat().st_ino == before
    assert render(find_compiled(), "c {{ b }}") == "c 1"
    assert kept.stat().st_ino != before


def test_other_code_of_ours_has_all_compiled_anew(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jinja calls filters on plain texts when it compiles: what they made then may be out of date."""
    assert render(find_compiled()) == "a 1"
    (kept,) = (home / "nabla-autograder" / "templates").iterdir()
    before = kept.stat().st_ino
    monkeypatch.setattr(compiled, "describe_code", lambda: "other")
    assert render(find_compiled()) == "a 1"
    assert kept.stat().st_ino != before


def test_a_folder_where_others_write_is_not_used(home: Path) -> None:
    """They could have this program run what they like."""
    assert find_compiled() is not None
    (home / "nabla-autograder").chmod(0o777)
    assert find_compiled() is None


def test_where_nothing_can_be_written_templates_are_compiled_each_time(home: Path) -> None:
    """A command needs no cache, and a disk that fills up ends none."""
    cache = find_compiled()
    assert cache is not None
    (home / "nabla-autograder" / "templates").rmdir()
    assert render(cache) == "a 1"
    (home / "nabla-autograder" / "templates").write_text("no folder")
    assert find_compiled() is None
