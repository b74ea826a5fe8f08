"""Every command that a page shows can be called as it stands, and every table of course.toml can be read.

Whole pages are followed elsewhere; here no command is run. What is checked is that it exists, with these
options, values and numbers of arguments; files and folders that it names are the reader's own.
"""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from autograder.cli.main import group
from autograder.cli.reference import write_command_reference
from autograder.course.settings import CourseTable

ROOT = Path(__file__).parents[2]
PAGES = {
    page.stem: page.read_text(encoding="utf-8")
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
}
BLOCK = re.compile(r"^ *```([^\n]*)\n(.*?)^ *```$", re.S | re.M)
_COMMAND = re.compile(r"(?:^|\| |&& )(autograder [a-z][^|&>]*)")
_THEIR_OWN = re.compile(r"(Path|File|Directory) '.*' does not exist")
MINIMAL: dict[str, Any] = {
    "name": "numerics",
    "title": "Numerics",
    "timezone": "Europe/Paris",
    "grade": {"homework": "50 %", "exam": "50 %"},
}


def typed_on(text: str) -> Iterator[str]:
    """The commands in the blocks of a page."""
    for kind, body in BLOCK.findall(text):
        if kind.split(" ")[0] in ("", "console"):
            for line in body.replace("\\\n", " ").splitlines():
                yield from _COMMAND.findall(re.sub(r"\s+# .*", "", line.removeprefix("$ ")))


def named_on(text: str) -> Iterator[str]:
    """The commands that the text of a page names, perhaps without what they are called with."""
    for code in re.findall(r"`([^`\n]+)`", BLOCK.sub("", text)):
        yield from _COMMAND.findall(code)


def call(line: str) -> None:
    """Parse a command as if it were called; nothing is run."""
    words = shlex.split(line)[1:]
    context = click.Context(group, info_name="autograder")
    command: click.Command = group
    while isinstance(command, click.Group) and words:
        name, below, words = command.resolve_command(context, words)
        assert below is not None
        command = below
        if isinstance(command, click.Group):
            context = click.Context(command, parent=context, info_name=name)
    with command.make_context(command.name, words, parent=context.parent):
        pass


def refusal(line: str) -> str:
    """Why a command cannot be called so; empty where it can, or where only a file is missing."""
    try:
        call(line)
    except click.UsageError as error:
        what = error.format_message()
        return "" if _THEIR_OWN.search(what) else what
    except (click.exceptions.Exit, SystemExit):
        pass
    return ""


@pytest.mark.parametrize("page", [*PAGES, "the help of the commands"])
def test_the_commands_of_a_page_can_be_called_as_they_stand_there(page: str) -> None:
    text = PAGES.get(page) or write_command_reference()
    refused = {line: refusal(line) for line in typed_on(text)}
    for line in named_on(text):
        found = refusal(line)
        without_arguments = found.startswith("Missing ") or found.endswith("requires an argument.")
        refused[line] = "" if without_arguments else found
    assert {line: why for line, why in refused.items() if why} == {}


def tables_on(text: str) -> Iterator[str]:
    """The blocks of a page that stand in course.toml."""
    for kind, body in BLOCK.findall(text):
        if kind.split(" ")[0] == "toml":
            yield body


def works_of(read: dict[str, Any]) -> list[dict[str, Any]]:
    return [*read.get("assignments", {}).values(), *read.get("quizzes", {}).values()]


@pytest.mark.parametrize(
    ("page", "table"), [(page, table) for page in PAGES for table in tables_on(PAGES[page])]
)
def test_a_table_of_course_toml_is_one(page: str, table: str) -> None:
    """With the keys that every course needs where a page shows a part of the file."""
    read = tomllib.loads(table)
    grouped = "groups" in read.get("homework", {}) or any("group" in each for each in works_of(read))
    whole = MINIMAL | read | {"grade": MINIMAL["grade"] | read.get("grade", {})}
    CourseTable.model_validate(whole, context={"grouped": grouped})
