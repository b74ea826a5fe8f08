"""Options that several commands share."""

import os
from pathlib import Path

import click

jobs = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 64),
    default=lambda: min(4, len(os.sched_getaffinity(0))),
    show_default="one a processor, up to 4",
    help="Worker processes.",
)
on = click.option(
    "--on",
    metavar="PLACE",
    help="Grade on a Dask cluster: dask:local=N, dask:tls://HOST:PORT or dask:scheduler-file=FILE.",
)
tls = click.option(
    "--tls",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with ca.pem, cert.pem and key.pem for the cluster [default: as Dask is configured].",
)
plain_tcp = click.option(
    "--plain-tcp", is_flag=True, help="Speak to a cluster elsewhere without TLS, for all the network to hear."
)
out = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the reports [default: reports/NAME].",
)
students = click.option("--student", "students", multiple=True, help="Only this student; may be repeated.")
accept_isolation = click.option(
    "--accept-isolation",
    type=click.IntRange(1, 3),
    default=2,
    show_default=True,
    help="The lowest level of isolation to grade at: 1 limits only, 2 confined, 3 sealed.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


def _read_target(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """The file of a table, refused before anything is done: it may have been meant as a NAME."""
    if value is None or value == "-":
        return value
    if not value.lower().endswith(".csv"):
        raise click.BadParameter(f"{value!r} does not end in .csv; NAMES stand before --csv")
    if not Path(value).parent.is_dir():
        raise click.BadParameter(f"there is no folder '{Path(value).parent}'")
    return value


as_csv = click.option(
    "--csv",
    "table",
    type=click.Path(dir_okay=False, allow_dash=True),
    callback=_read_target,
    metavar="[FILE]",
    is_flag=False,
    flag_value="-",
    help="Write the table for a spreadsheet to FILE.csv; print it where none follows, or -.",
)
python = click.option(
    "--python",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The Python in which nbgrader or Otter is installed [default: this one, else that of the command].",
)
