"""One besieged vault for all the attacks of a module."""

from collections.abc import Iterator

import pytest

from autograder.doctor.decoys import Ground
from autograder.doctor.run_attacks import Siege
from autograder.errors import IsolationError
from autograder.sandbox.runner import Runner


@pytest.fixture(scope="session")
def siege() -> Iterator[Siege]:
    with Ground() as ground, Runner(preload=("matplotlib.pyplot",)) as runner:
        try:
            made = Siege(runner, ground)
        except IsolationError as error:
            pytest.skip(f"this machine cannot confine student code, so no attack is tried: {error}")
        yield made
