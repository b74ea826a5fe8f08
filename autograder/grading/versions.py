"""What decides a mark besides an assignment: the program, Python, and the libraries a notebook meets."""

import platform
from functools import cache
from importlib.metadata import version

from autograder import __version__

_LIBRARIES = ("scipy", "matplotlib")


@cache
def versions_here() -> tuple[tuple[str, str], ...]:
    """Names and versions on this machine, as a report tells them."""
    libraries = ((name, version(name)) for name in _LIBRARIES)
    return (
        ("autograder", __version__),
        ("numpy", version("numpy")),
        ("python", platform.python_version()),
        *libraries,
    )
