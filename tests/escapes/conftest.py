"""One target and its decoys for all the attacks of a test session."""

from collections.abc import Iterator

import pytest

from autograder.doctor.decoys import Decoys
from autograder.doctor.run_attacks import AttackRun, find_descendants
from autograder.errors import IsolationError
from autograder.sandbox.runner import Runner


@pytest.fixture(scope="session")
def kept_attack_run() -> Iterator[AttackRun]:
    with Decoys() as decoys, Runner(preload=("matplotlib.pyplot",)) as runner:
        try:
            made = AttackRun(runner, decoys)
        except IsolationError as error:
            pytest.skip(f"this machine cannot confine student code, so no attack is tried: {error}")
        yield made


@pytest.fixture
def attack_run(kept_attack_run: AttackRun) -> AttackRun:
    """The same; servers that other tests have kept meanwhile are not left by an attack."""
    kept_attack_run._processes = find_descendants()
    return kept_attack_run
