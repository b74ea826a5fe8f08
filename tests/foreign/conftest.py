"""What most tests of adopted assignments run their code in."""

from collections.abc import Iterator

import pytest
from confined import confined_runner

from autograder.sandbox.runner import Runner


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """It confines student code; a module whose code needs a library from the start makes its own."""
    with confined_runner() as made:
        yield made
