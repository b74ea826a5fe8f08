"""`autograder help` shows the pages that come with the program, wherever it is installed."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.cli.main import group
from autograder.cli.manual import ManualPage, manual_pages
from autograder.cli.reference import COMMANDS_GO_HERE, write_command_reference

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [page for below in manual_pages().values() for page in below]


def ask(*topic: str) -> Result:
    return CliRunner().invoke(group, ["help", *topic], prog_name="autograder")


def test_every_page_that_can_be_read_on_a_terminal_is_listed_with_its_title() -> None:
    listed = ask().output
    for page in DOCS.glob("*.md"):
        text = page.read_text(encoding="utf-8")
        if page.stem != "index" and "{eval-rst}" not in text:
            title = text.splitlines()[0].removeprefix("# ")
            assert re.search(rf"^  {page.stem} +{re.escape(title)}$", listed, re.M), page.stem


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.topic)
def test_a_page_is_shown_without_what_a_terminal_cannot_show(page: ManualPage) -> None:
    """No picture, nothing left to fill in, no link to a file that nobody has."""
    shown = ask(page.topic).output
    prose = re.sub(r"^```.*?^```$|`[^`\n]*`", "", shown, flags=re.S | re.M)
    assert shown.startswith(f"# {page.title}\n")
    assert COMMANDS_GO_HERE not in prose
    assert not re.search(r"^!\[|\{toctree\}|\]\([\w-]+\.md", prose, re.M)


def test_the_page_on_commands_has_them_all() -> None:
    assert write_command_reference() in ask("commands").output


@pytest.mark.parametrize("words", [("grade",), ("quiz",), ("quiz", "scores")])
def test_a_command_is_explained_as_by_its_own_help(words: tuple[str, ...]) -> None:
    own = CliRunner().invoke(group, [*words, "--help"], prog_name="autograder")
    assert own.output == ask(*words).output


@pytest.mark.parametrize(
    ("words", "what", "near"),
    [
        (("polcy",), "'polcy'", "did you mean policy?"),
        (("quiz", "tke"), "'quiz tke'", "did you mean take?"),
        (("policy", "late"), "'policy late'", ""),
    ],
)
def test_what_is_not_there_is_said_with_what_may_be_meant(
    words: tuple[str, ...], what: str, near: str
) -> None:
    refused = ask(*words)
    assert refused.exit_code == 2
    assert f"autograder help: there is no page or command {what}" in refused.output
    assert near in refused.output
