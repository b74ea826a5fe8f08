"""Tables on the terminal, and in pipes: nothing is cut that somebody else reads."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

_WIDE = 10_000
"""Columns of a line in a pipe or a file: no table has so many, and a line ends where its table does."""


def print_table(table: "Table") -> None:
    """Print a table: as wide as the terminal, or as wide as it is where nobody sees it."""
    from rich.console import Console

    Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _WIDE).print(table)
