"""`autograder submit NAME FILE`."""

import os
from pathlib import Path

import click

from autograder.domain.counts import describe_count
from autograder.errors import ServerError
from autograder.render import clean
from autograder.web.submitting import submit_file


@click.command()
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--server", required=True, envvar="AUTOGRADER_SERVER", help="The address of the course's pages."
)
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file with your token [default: it stands in AUTOGRADER_TOKEN].",
)
def command(name: str, file: Path, server: str, token_file: Path | None) -> None:
    """Hand FILE in for the assignment NAME, and print the receipt.

    Whoever you are is told by a personal token: make one on the page under your name. It is read from a file
    or from AUTOGRADER_TOKEN. Where the network fails it is tried again; a file is never handed in twice.

    \b
    Exit codes: 0 received, 2 not received.

    \b
    Example:
        autograder submit gradients gradients.ipynb --server https://course.example.org --token-file token
    """
    # Never an option: other people on this machine see how a program was called.
    token = os.environ.get("AUTOGRADER_TOKEN", "")
    if token_file is not None:
        token = token_file.read_text(encoding="utf-8", errors="replace")
    if not token.strip():
        how = "make one on the course's pages; --token-file FILE or AUTOGRADER_TOKEN gives it"
        raise ServerError(f"there is no token ({how})")
    received = submit_file(
        name,
        file.name,
        file.read_bytes(),
        server=server.rstrip("/"),
        token=token.strip(),
        tell=lambda what: click.echo(clean(what), err=True),
    )
    click.echo(clean(received.receipt))
    if not received.new:
        click.echo("This is the file that you handed in last: it counts as it came first.")
    elif not received.counts:
        click.echo("It came too late to count. It is received and judged for you all the same.")
    elif received.late_days:
        days = describe_count(received.late_days, "day")
        click.echo(f"It came {days} late: a faultless file would lose {received.costs}.")
    click.echo(f"Its report: {clean(received.page)}")
