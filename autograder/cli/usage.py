"""What somebody reads who called a command wrongly: where, what, what may have been meant, and an example."""

import re
from pathlib import Path
from typing import IO, Any

import click

from autograder.domain.nearest import did_you_mean

_QUOTED = re.compile(r"'([^']+)'")
_COUNT = re.compile(r"requires (\d+) arguments")


class Advised(click.UsageError):
    """A wrong use of which somebody knows what to do about it, beyond an example."""

    def __init__(self, message: str, advice: str, *, ctx: click.Context | None = None) -> None:
        """`advice` stands in the brackets behind the message."""
        super().__init__(message, ctx=ctx)
        self.advice = advice


class WrongUse(click.ClickException):
    """A command was called wrongly: said in the form that all messages have."""

    exit_code = 2

    def __init__(self, error: click.UsageError, around: click.Context | None = None) -> None:
        """`around` is the context of the command that was on its way, for errors that know of none."""
        where, command = "autograder", error.ctx.command if error.ctx else None
        if error.ctx is not None:
            where = error.ctx.command_path
        elif around is not None and around.invoked_subcommand:
            where = f"{around.command_path} {around.invoked_subcommand}"
            if isinstance(around.command, click.Group):
                command = around.command.get_command(around, around.invoked_subcommand)
        what, advice = _say(error, command)
        lines = [line.strip() for line in ((command.help if command else None) or "").splitlines()]
        examples = [line for line in lines if line.startswith(f"{where} ")] or [
            line for line in lines if line == where
        ]
        example = (
            f"for example: {examples[0]}" if examples and not isinstance(error, click.NoSuchCommand) else ""
        )
        told = "; ".join(each for each in (advice, example, f"`{where} --help` says more") if each)
        super().__init__(f"{where}: {what} ({told})")

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message where errors go."""
        click.echo(self.message, file=file, err=file is None)


def _say(error: click.UsageError, command: click.Command | None) -> tuple[str, str]:
    """What is wrong, then what to do about it."""
    match error:
        case click.NoSuchOption():
            known = [name for param in (command.params if command else ()) for name in param.opts]
            bare = [name.lstrip("-") for name in known if name.startswith("--")]
            near = did_you_mean(error.option_name.lstrip("-"), bare, before="--")
            return f"there is no option {error.option_name}", near
        case click.NoSuchCommand():
            meant = " or ".join(error.possibilities or ())
            return f"there is no command {error.command_name!r}", meant and f"did you mean {meant}?"
        case click.BadOptionUsage():
            count = _COUNT.search(error.message)
            needed = f"{count[1]} values" if count else "a value"
            return f"{error.option_name} needs {needed}", ""
        case click.MissingParameter(param=click.Parameter() as param):
            return f"{_name(param)} is missing", _choices(param)
        case click.BadParameter(param=click.Parameter() as param):
            if isinstance(param.type, click.Choice):
                value = _QUOTED.match(error.message)
                return f"{_name(param)}: {value[0] if value else 'this'} is no choice", _choices(param)
            around = _look_around(error.message) if isinstance(param.type, click.Path) else ""
            told = error.message.rstrip(".").replace("a valid integer range", "a whole number")
            return f"{_name(param)}: {told.replace('a valid integer', 'a whole number')}", around
    if isinstance(error, Advised):
        return error.message, error.advice
    return error.format_message().rstrip("."), ""


def _name(param: click.Parameter) -> str:
    """A parameter as a user types it."""
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    name = param.human_readable_name
    return name[1:-1] if name.startswith("[") and "]" not in name[:-1] else name.removesuffix("...")


def _choices(param: click.Parameter) -> str:
    """What a parameter may be, where that is a list."""
    return f"one of {', '.join(map(str, param.type.choices))}" if isinstance(param.type, click.Choice) else ""


def _look_around(message: str) -> str:
    """What lies beside a path that is not there, or is not what is wanted."""
    quoted = _QUOTED.search(message)
    if quoted is None or not message.startswith(("File ", "Directory ", "Path ")):
        return ""
    path = Path(quoted[1])
    if path.suffix == ".ipynb" and path.is_file():
        return "a folder is wanted, with one folder a student: submissions/NAME/STUDENT/NAME.ipynb"
    if path.exists() or not path.parent.is_dir():
        return ""
    return did_you_mean(path.name, sorted(each.name for each in path.parent.iterdir()))
