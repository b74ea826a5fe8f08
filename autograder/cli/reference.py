"""The reference of all commands, in Markdown, from their own help: a page of the documentation."""

import re
from collections.abc import Iterator
from inspect import cleandoc

import click

from autograder.cli.main import group

COMMANDS_GO_HERE = "<!-- all commands -->"
"""Where the page has the reference."""
_BAR = r"\|"
"""Within a cell of a table."""


def write_command_reference() -> str:
    """Every command with a heading, how it is called, what its help says, and its options."""
    return "\n\n".join(_describe_below(click.Context(group, info_name="autograder"), group))


def _describe_below(parent: click.Context, commands: click.Group) -> Iterator[str]:
    """The commands of a group, each followed by those below it."""
    for name in commands.list_commands(parent):
        command = commands.get_command(parent, name)
        if command is None:
            raise LookupError(name)
        context = click.Context(command, parent=parent, info_name=name)
        yield _describe(context)
        if isinstance(command, click.Group):
            yield from _describe_below(context, command)


def _describe(context: click.Context) -> str:
    command = context.command
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    parts = [f"## {context.command_path}", f"```text\n{usage}\n```"]
    parts += map(_describe_paragraph, re.split(r"\n\n+", cleandoc(command.help or "")))
    options = [each for each in command.params if isinstance(each, click.Option)]
    records = [record for each in options if (record := each.get_help_record(context))]
    if records:
        rows = [f"| `{names.replace('|', _BAR)}` | {_escape(says)} |" for names, says in records]
        parts.append("\n".join(["| option | |", "|:--|:--|", *rows]))
    return "\n\n".join(parts)


def _describe_paragraph(text: str) -> str:
    """A paragraph of a help text; where its lines are kept as they are, what is indented is typed."""
    if not text.startswith("\b"):
        return _escape(" ".join(text.split()))
    first, *lines = text.removeprefix("\b\n").splitlines()
    if not lines:
        return _escape(first)
    typed = "\n".join(f"$ {line.strip()}" for line in lines)
    return f"{_escape(first)}\n\n```console\n{typed}\n```"


def _escape(text: str) -> str:
    """Help as Markdown: what stands between backticks is code there too, all else is the text it is."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"([\\*_<>|\[\]#$])", r"\\\1", each) for each in parts[::2]]
    return "`".join(part.replace("|", _BAR) if k % 2 else part for k, part in enumerate(parts))
