"""A large class is made as it should be, and graded in small on a cluster whose processes are killed."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks import cluster, large_class
from benchmarks.classroom import NAME


def notebooks(folder: Path) -> dict[str, bytes]:
    """What each student hands in."""
    files = (folder / "submissions" / NAME).glob("*/*.ipynb")
    return {file.parent.name: file.read_bytes() for file in files}


def test_every_notebook_is_another_one_and_the_honest_are_the_same_beside_hostile_ones(
    tmp_path: Path,
) -> None:
    alone = notebooks(large_class.make_large_course(tmp_path / "alone", 20, hostile=False))
    among = notebooks(large_class.make_large_course(tmp_path / "among", 20, hostile=True))

    assert len(set(among.values())) == len(set(alone.values())) == 20
    differing = {student for student in alone if alone[student] != among[student]}
    assert differing == {"s00009", "s00019"}


@pytest.mark.soak
def test_a_small_class_survives_kills_on_a_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scheduler, a nanny, a worker, a fork server and the command die once, in some order."""
    monkeypatch.setattr(cluster, "WORK", tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    found = cluster.measure_class(60, 5)

    assert found["cluster_kills"] == 5
    assert found["cluster_honest_compared"] == 54
    assert found["cluster_lost"] == found["cluster_twice"] == found["cluster_honest_changed"] == 0
