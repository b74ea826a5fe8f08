"""The command line: which commands there are. Each is loaded when it is called, so that `--help` is quick."""

import errno
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from autograder.course.in_use import in_use
from autograder.errors import AutograderError, CourseError, Flaw

_COMMANDS = {
    "init": "Make a new course folder.",
    "adopt": "Take an nbgrader or Otter course as it is.",
    "check": "Prove an assignment before it is released.",
    "release": "Write the notebook that students receive.",
    "solution": "Make the solved notebook, for after the deadline.",
    "collect": "Put what Moodle, Canvas or nbgrader give into submissions/.",
    "grade": "Grade what was handed in.",
    "regrade": "Judge again what changed, and say for whom.",
    "mark": "Mark by hand what students wrote and drew.",
    "explain": "Show every hidden case of one student, for appeals.",
    "feedback": "Write the reports again from the gradebook.",
    "todo": "List what waits for a person, and what settles it.",
    "grades": "Print scores, final grades, and how they come about.",
    "export": "Write marks into files of Moodle, Canvas, Apogée.",
    "return": "Give reports back, by Moodle, Canvas or mail.",
    "stats": "Write a page on how the class did.",
    "exam": "Record a list of exam marks.",
    "extend": "Give a student, a group or all more time.",
    "excuse": "Record that a student could not hand in or sit the exam.",
    "override": "Decide a mark, or withhold it.",
    "incident": "Record what went wrong for many: lost time, a bad question.",
    "requests": "List what students ask to be looked at again, and answer.",
    "received": "Make times of receipt known.",
    "teams": "Show who hands in together, or take a team back.",
    "publish": "Keep grades as students may see them.",
    "whatif": "Say what a grade would be with marks that are not known yet.",
    "policy": "Say how the final grade is worked out.",
    "quiz": "Check, take, judge, mark, report and export quizzes.",
    "serve": "Open the course's web pages.",
    "token": "Make links that log people in once.",
    "submit": "Hand a file in on a course's pages.",
    "backup": "Keep gradebook, secret and course in one file.",
    "restore": "Bring a course back from a backup.",
    "erase": "Erase a person from gradebook and course.",
    "doctor": "Show how well this machine seals student code.",
    "gradescope": "Grade what Gradescope received: its run_autograder calls this.",
    "demo": "Grade a sample class, from release to reports.",
    "help": "Show a page of the documentation.",
}
_HOMES = {"quiz": "quiz.commands", "return": "return_"}
"""Modules of commands whose name is not theirs."""
_ELSEWHERE = frozenset(("init", "restore", "demo", "serve", "submit", "help"))
"""Commands that are at work in another course than the one they are called in, or only now and then."""
DONE, NEEDS_PERSON, USAGE = 0, 1, 2
STOPPED = 130
"""By Ctrl-C, as shells tell it."""
_FULL = "make room on that disk, and give the same command again: what is done is kept"
_FORBIDDEN = "you may not do that there: name another place, or ask whoever owns it"
_ADVICE = {
    errno.ENOENT: "look at the path: its folder must be there",
    errno.ENOTDIR: "look at the path: a part of it is a file, no folder",
    errno.EISDIR: "name a file, not a folder",
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: _FORBIDDEN,
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EADDRINUSE: "another program is there already: name another --port",
}
"""What to do about what the system refuses."""


def from_here(text: str) -> str:
    """A message with the files below this folder named as they are typed here."""
    return text.replace(f"{Path.cwd()}{os.sep}", "")


@contextmanager
def _told_clearly(around: click.Context | None = None) -> Iterator[None]:
    """What is wrong with how a command was called is said as everything else that a user must mend."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        from autograder.cli.usage import WrongUse

        raise WrongUse(error, around) from None


class _Lazy(click.Group):
    """A group whose commands live in modules of their own, imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        try:
            home = import_module(f"autograder.cli.{_HOMES.get(cmd_name, cmd_name)}")
        except ModuleNotFoundError as missing:
            if missing.name != "_ssl":
                raise
            what = "needs the module ssl, which this Python was built without"
            advice = "use a Python that is built with OpenSSL, as those of Linux distributions are"
            raise CourseError([Flaw(f"autograder {cmd_name}", what, advice)]) from None
        command: click.Command = home.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in _COMMANDS and not args[0].startswith("-"):
            raise click.NoSuchCommand(args[0], possibilities=_COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with _told_clearly():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with _told_clearly(ctx):
                return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):  # click would end with 1, by which a person is needed
            click.echo("\nStopped: what was recorded until then is kept.", err=True)
            ctx.exit(STOPPED)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nabla-autograder")
@click.pass_context
def group(ctx: click.Context) -> None:
    """Auto-graded homework and quizzes for numeric courses.

    Run it in a course folder (the one that holds course.toml).

    \b
    Example:
        autograder release gradients
        autograder grade gradients submissions/gradients -j 2
    """
    asked = {"-h", "--help"}.intersection(sys.argv[1:])
    if not asked and ctx.invoked_subcommand not in _ELSEWHERE:
        alone = ctx.invoked_subcommand == "erase"
        ctx.with_resource(in_use(Path.cwd(), alone=alone, waits=_say_who_is_waited_for))


def _say_who_is_waited_for(holders: Sequence[str]) -> None:
    who = ", ".join(holders) or "another command of autograder in this course"
    click.echo(f"Waiting for {who} to end.", err=True)


def main() -> None:
    """Run the command line; what a user must mend is printed as a sentence, with exit code 2."""
    gc.set_threshold(50_000)  # imports and reports make much and drop little in circles
    # One thread of linear algebra a process: the workers are the parallelism.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    try:
        group.main(prog_name="autograder")
    except AutograderError as error:
        click.echo(f"autograder: {from_here(str(error))}", err=True)
        sys.exit(USAGE)
    except OSError as error:  # a file of theirs, or a full disk: no fault of the program
        if error.strerror is None:
            raise
        where = (
            f"{from_here(os.fsdecode(error.filename))}: " if isinstance(error.filename, str | bytes) else ""
        )
        advice = _ADVICE.get(error.errno or 0, "mend that, and give the same command again")
        click.echo(f"autograder: {where}{error.strerror} ({advice})", err=True)
        sys.exit(USAGE)
