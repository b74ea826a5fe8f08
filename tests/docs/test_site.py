"""The documentation as a site: it is built without a warning, and it holds what its pages promise."""

import html
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import autograder
from autograder.cli.main import group

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make docs` builds it: with -W a warning ends the build."""
    for part in ("sphinx", "myst_parser", "furo"):
        pytest.importorskip(part)
    made = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-W",
        "--keep-going",
        "-d",
        made / "kept",
        DOCS,
        made / "html",
    ]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}  # of Sphinx and its extensions
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return made / "html"


def text_of(page: Path) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))


def all_commands(
    name: str = "autograder", command: click.Command = group
) -> Iterator[tuple[str, click.Command]]:
    """Each command with all its words."""
    if isinstance(command, click.Group):
        for word in command.list_commands(click.Context(command)):
            below = command.get_command(click.Context(command), word)
            assert below is not None
            yield f"{name} {word}", below
            yield from all_commands(f"{name} {word}", below)


def test_every_page_is_in_the_site(site: Path) -> None:
    assert {page.stem for page in DOCS.glob("*.md")} <= {page.stem for page in site.glob("*.html")}


def test_every_command_and_option_is_in_the_reference(site: Path) -> None:
    """With its own help, word for word."""
    text = " ".join(text_of(site / "commands.html").split())
    for name, command in all_commands():
        first = " ".join((command.help or "").split("\n\n")[0].replace("`", "").split())
        assert f"{name}#" in text or f"{name}¶" in text, name
        assert first in text, f"{name}: {first}"
        for option in command.params:
            assert isinstance(option, click.Argument) or option.opts[0] in text, f"{name} {option.opts[0]}"


def test_every_name_for_authors_is_in_the_reference(site: Path) -> None:
    page = (site / "python.html").read_text(encoding="utf-8")
    for name in autograder.__all__:
        assert re.search(rf'id="autograder\.{name}"', page), name
