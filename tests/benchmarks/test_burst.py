"""The last minute before a deadline, in small: every receipt gets its report, whatever loops or dies."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.burst import BurstSizes, BurstTimes, measure_burst, percentile, summarise
from benchmarks.postgresql import find_server, run_server


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setenv("AUTOGRADER_STORE", "")


def require_whole(times: BurstTimes, students: int) -> None:
    """Nothing was refused, and every receipt has its report."""
    assert times.refused == []
    assert times.lost == []
    assert len(times.receipts) == students
    assert len(times.reports) + len(times.loop_reports) == students


@pytest.mark.soak
def test_a_class_of_four_hands_in_at_once_reads_pages_and_takes_a_quiz(tmp_path: Path) -> None:
    sizes = BurstSizes(4, seconds=1.0, loops=0.0, saves=4.0, pages=4.0, staff_pages=4.0, file_kb=20, jobs=1)
    times = measure_burst(tmp_path / "course", sizes)
    require_whole(times, 4)
    assert times.saves
    assert times.pages
    assert times.staff_pages
    assert times.peak_mb > 0
    told = summarise(times, "b")
    assert told["b_receipts"] == told["b_reports"] == 4
    assert told["b_lost"] == 0
    assert len(times.receipts_while) == 4, "the first turn is one in which whoever teaches reads"
    assert told["b_receipt_p95_ms_while"] > 0
    assert not times.receipts_between


@pytest.mark.soak
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_class_of_forty_has_all_its_reports_though_the_server_is_killed(
    tmp_path: Path, database: str
) -> None:
    sizes = BurstSizes(40, seconds=20.0, loops=0.05, saves=5.0, pages=1.0, kills=5)
    if database == "sqlite":
        times = measure_burst(tmp_path / "course", sizes)
    else:
        binaries = find_server()
        if binaries is None:
            pytest.skip("PostgreSQL is not tested: there is no server (apt-get install postgresql)")
        with run_server(binaries) as address:
            times = measure_burst(tmp_path / "course", sizes, store=address % "postgres")
    require_whole(times, 40)
    assert times.kills == 5
    assert times.loop_reports


def test_pages_that_nobody_read_have_no_figure() -> None:
    """A burst without whoever teaches leaves that figure of another run as it is."""
    assert "b_staff_page_p95_ms" not in summarise(BurstTimes(), "b")
    assert summarise(BurstTimes(staff_pages=[0.1]), "b")["b_staff_page_p95_ms"] == 100


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(k) for k in range(1, 101)]
    assert [percentile(values, share) for share in (0.0, 0.5, 0.95, 1.0)] == [1.0, 51.0, 96.0, 100.0]
    assert percentile([], 0.95) == 0.0
