"""What holds for every test: one thread of linear algebra, and the same random numbers every time."""

import gc
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from drawn import EVERY_DAY, FULL
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import numpy as np

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"  # before numpy is imported, which reads it once

# Looked for by jsonschema, below nbformat, and not needed: to import it takes two seconds.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]

for _name, _count in (("every day", EVERY_DAY), ("soak", FULL)):
    settings.register_profile(
        _name,
        derandomize=True,
        deadline=None,
        max_examples=_count,
        suppress_health_check=[HealthCheck.too_slow],  # nothing may fail because the machine is busy
    )
settings.load_profile("every day")

ROOT = Path(__file__).parents[1]


def pytest_configure(config: pytest.Config) -> None:
    """Where heavy tests are asked for, draw all examples of properties; before any test is imported."""
    if config.option.markexpr.startswith("soak"):
        settings.load_profile("soak")


@pytest.fixture
def rng() -> "np.random.Generator":
    """Random numbers, the same in every run."""
    import numpy as np

    return np.random.default_rng(20240607)


@pytest.fixture
def root() -> Path:
    """The repository, which is itself a course."""
    return ROOT


@pytest.fixture
def module(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a small solutions module and returns its path."""

    def write(text: str, name: str = "small") -> Path:
        file = tmp_path / f"{name}.py"
        file.write_text("import numpy as np\nfrom autograder import *\n" + text, encoding="utf-8")
        return file

    return write


_NOTHING_IS_MISSING = bool(os.environ.get("AUTOGRADER_NO_SKIPS"))
"""Whether this machine has every part, so that a skip for a missing one is a failure."""

_SKIPPED = "skipped, though nothing may be missing"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn skips into failures where nothing may be missing."""
    report = yield
    if _NOTHING_IS_MISSING and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"{_SKIPPED}: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for whole modules that skip themselves."""
    report = yield
    if _NOTHING_IS_MISSING and report.skipped:
        report.outcome, report.longrepr = "failed", f"{_SKIPPED}: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while ten thousand tests are made, which all stay: a sixth of the time it takes.

    Afterwards look for it seldom: as often as usual it takes a twelfth of the time of tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
        gc.set_threshold(50_000, *gc.get_threshold()[1:])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool, bool]:
    """Let runners share fork servers, fixtures of any scope included."""
    from warm_servers import keeping_servers

    with keeping_servers(item.path):
        return (yield)


_BEGAN = pytest.StashKey[float]()


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.stash[_BEGAN] = time.monotonic()


def pytest_sessionfinish() -> None:
    servers = sys.modules.get("warm_servers")
    if servers is not None:
        servers.end_servers()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """After `make soak`, print the line to be noted of it."""
    if config.option.markexpr not in ("soak", "soak or hypothesis"):
        return

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True).stdout.strip()

    commit = (git("log", "-1", "--format=%h") or "unknown") + (
        " and changes" if git("status", "--porcelain") else ""
    )
    ended = {
        word: len(terminalreporter.stats.get(word, ())) for word in ("passed", "failed", "error", "skipped")
    }
    told = ", ".join(f"{count} {word}" for word, count in ended.items() if count) or "nothing was run"
    took = time.monotonic() - config.stash[_BEGAN]
    machine = f"{os.cpu_count()} processors, Python {platform.python_version()}"
    terminalreporter.section("to be noted in docs/soak.md")
    terminalreporter.line(f"| {date.today()} | {commit} | {told} | {took:.0f} s | {machine} |")
