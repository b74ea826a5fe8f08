"""A runner that confines student code, or the reason why this machine has none."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from autograder.errors import IsolationError
from autograder.sandbox.runner import Runner


@contextmanager
def confined_runner(**options: Any) -> Iterator[Runner]:
    """A runner with these options; where the machine cannot confine student code, the test is skipped."""
    with Runner(**options) as made:
        try:
            made.isolation  # noqa: B018 - launches the server
        except IsolationError as error:
            pytest.skip(f"this machine cannot confine student code: {error}")
        yield made
