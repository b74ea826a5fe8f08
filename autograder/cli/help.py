"""`autograder help`."""

import sys

import click

from autograder.cli.main import group
from autograder.cli.manual import manual_pages
from autograder.cli.usage import Advised
from autograder.domain.nearest import did_you_mean

_WIDEST = 100
"""Columns: longer lines of text are hard to read."""


@click.command()
@click.argument("topic", nargs=-1)
@click.pass_context
def command(context: click.Context, topic: tuple[str, ...]) -> None:
    """Show a page of the documentation, or what a command's --help says; without a TOPIC, what there is.

    \b
    Example:
        autograder help
        autograder help policy
        autograder help quiz scores
    """
    if not topic:
        _list_topics()
        return
    pages = {page.topic: page for below in manual_pages().values() for page in below}
    if topic[0] in pages and len(topic) > 1 and topic[0] not in group.list_commands(context):
        raise click.UsageError("one page at a time", ctx=context)
    if topic[0] in pages and len(topic) == 1:
        _show(pages[topic[0]].read())
    else:
        click.echo(_help_of(context, topic, list(pages)))


def _list_topics() -> None:
    for caption, pages in manual_pages().items():
        if pages:
            click.echo(caption)
        for page in pages:
            click.echo(f"  {page.topic:<16} {page.title}")
    click.echo("\nOne of them: autograder help TOPIC. Each command explains itself: autograder help COMMAND.")


def _show(text: str) -> None:
    """As a page on a terminal, a screen at a time; as it was written elsewhere."""
    if not sys.stdout.isatty():
        click.echo(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    with console.pager(styles=True):
        shown = Markdown(text, code_theme="ansi_dark", hyperlinks=False)
        console.print(shown, width=min(console.width, _WIDEST))


def _help_of(context: click.Context, words: tuple[str, ...], topics: list[str]) -> str:
    """What --help of a command says, named by its words."""
    called = context.find_root()
    found: click.Command = group
    for k, word in enumerate(words):
        below = found.get_command(called, word) if isinstance(found, click.Group) else None
        if below is None:
            known = found.list_commands(called) if isinstance(found, click.Group) else []
            near = did_you_mean(word, [*known, *(topics if k == 0 else [])])
            what = f"there is no page or command {' '.join(words[: k + 1])!r}"
            raise Advised(what, near or "`autograder help` lists the pages", ctx=context)
        called, found = click.Context(below, parent=called, info_name=word), below
    return found.get_help(called)
