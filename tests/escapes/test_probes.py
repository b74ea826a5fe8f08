"""The probes of `autograder doctor`, and what it makes of them."""

import json

import pytest
from click.testing import CliRunner

from autograder.cli.doctor import command
from autograder.doctor.examination import PROBES, Examination, Trial, examine
from autograder.doctor.probe import Probe
from autograder.domain.report import Isolation
from autograder.errors import IsolationError


@pytest.fixture(scope="module")
def examination() -> Examination:
    try:
        return examine()
    except IsolationError as error:
        pytest.skip(f"this machine cannot run student code: {error}")


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_what_the_level_promises_to_stop_is_stopped(probe: Probe, examination: Examination) -> None:
    trial = next(trial for trial in examination.trials if trial.probe is probe)
    promised = probe.level is not None and probe.level <= examination.isolation.level
    assert trial.stopped or not promised, trial.saw


def test_a_probe_that_succeeds_is_noticed() -> None:
    """Whatever a process of its own may do counts as having got through, if a probe calls it an attack."""
    harmless = Probe("compute", "won = 1 + 1", (), 2)
    told = Probe("tell what it was told", "won = T['abstract']", (), 2)
    found = examine([harmless, told])
    assert [trial.stopped for trial in found.trials] == [False, True]
    assert found.level == 1


def test_the_level_is_what_was_kept_not_what_is_claimed() -> None:
    open_door = Trial(Probe("x", "", (), 2), stopped=False)
    unpromised = Trial(Probe("y", "", (), None), stopped=False)
    assert Examination(Isolation(3), (unpromised,)).level == 3
    assert Examination(Isolation(3), (open_door,)).level == 1
    assert Examination(Isolation(1), ()).level == 1


@pytest.fixture
def examined(examination: Examination, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command shows what was seen above: seeing it again takes seconds."""
    monkeypatch.setattr("autograder.cli.doctor.examine", lambda **_: examination)


@pytest.mark.usefixtures("examined")
def test_doctor_tells_it_to_scripts_too() -> None:
    done = CliRunner().invoke(command, ["--json"])
    told = json.loads(done.output)
    assert done.exit_code == (0 if told["level"] >= 2 else 1)
    assert len(told["attacks"]) == len(PROBES)
    for layer in told["layers"].values():
        assert layer["in_place"] or layer["how_to_get_it"]


@pytest.mark.usefixtures("examined")
def test_doctor_prints_what_it_saw() -> None:
    told = CliRunner().invoke(command, []).output
    assert f"{len(PROBES)} attacks tried" in told
    assert "Level " in told
