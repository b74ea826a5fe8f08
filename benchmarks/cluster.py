"""Grading on a Dask cluster of this machine: two workers against one, a class of thousands, processes killed.

The scheduler, the workers with their nannies and the command are processes of their own, begun again when
they end, as by whatever keeps them alive; so each of them can be killed alone.
"""

import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from distributed import Security

from benchmarks.classroom import NAME, WORK
from benchmarks.large_class import GradedFolder, is_hostile, make_large_course, read_graded
from benchmarks.meter import list_tree, measure_memory, python_command, run

_GRADE = python_command("-m", "autograder", "grade", NAME)
_DONE, _NEEDS_PERSON, _STOPPED = 0, 1, 2
_ENVIRONMENT = {"DASK_DISTRIBUTED__ADMIN__LOW_LEVEL_LOG_LENGTH": "10"}
"""As docs/cluster.md says of a scheduler."""
_LOOK_SECONDS = 0.25
_MOST_STOPS = 50
"""How often the command may say that the cluster is gone."""
_FEW = 100
"""Submissions after which a coordinator is taken to hold what it always holds, and a class is small."""
_SMALL_ROUNDS = 3
_KILLED_FROM, _KILLED_UNTIL = 0.1, 0.6
"""The part of the class during which processes are killed: before and after it the pace is measured."""
_BEGINNING, _END = (0.03, 0.09), (0.93, 0.99)
"""The parts of the class whose pace is compared: no submission in them computes for ever."""


def measure_pair(count: int, rounds: int) -> dict[str, float]:
    """Throughput of two workers over that of one, in turns, from the first report to the last."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for workers, found in rates.items():
            folder = make_large_course(WORK / "cluster-pair", count, hostile=False)
            run([*_GRADE, "--on", f"dask:local={workers}"], cwd=folder, log=folder.with_suffix(".log"))
            found.append(1 / _require_whole(read_graded(folder), count, hostile=False).seconds_each())
    return {
        "cluster_2_over_1": median(two / one for one, two in zip(rates[1], rates[2], strict=True)),
        "cluster_per_second_1": median(rates[1]),
        "cluster_per_second_2": median(rates[2]),
    }


def measure_growth(count: int) -> dict[str, float]:
    """A small class and a large one graded here by two workers: how all grows with the class.

    The small class takes some four seconds, in which a machine does much or little by chance: it is graded
    several times before the large one and after it.
    """
    small = [_grade_small(count) for _ in range(_SMALL_ROUNDS)]
    began = time.perf_counter()
    large = _grade_here(WORK / "growth", count)
    whole = time.perf_counter() - began
    small += [_grade_small(count) for _ in range(_SMALL_ROUNDS)]
    return {
        "growth": large.seconds_each() / median(each.seconds_each() for each in small),
        "growth_whole_s": whole,
        "growth_again_s": measure_again(WORK / "growth"),
        "growth_store_kb": large.store_kb,
        "growth_submissions": float(count),
    }


def _grade_small(count: int) -> GradedFolder:
    """A class of a hundred, or of so many as there are."""
    return _grade_here(WORK / "growth-small", min(_FEW, count))


def _grade_here(folder: Path, count: int) -> GradedFolder:
    make_large_course(folder, count, hostile=False)
    run([*_GRADE, "-j", "2"], cwd=folder, log=folder.with_suffix(".log"))
    return _require_whole(read_graded(folder), count, hostile=False)


def measure_again(folder: Path) -> float:
    """Seconds of `grade` where nothing is left to do."""
    log = folder.with_suffix(".again.log")
    accept = (_DONE, _NEEDS_PERSON)
    return median(run(_GRADE, cwd=folder, log=log, accept=accept).wall for _ in range(3))


def measure_class(count: int, kills: int, *, seed: int = 1) -> dict[str, float]:
    """A large class, a tenth of it hostile, graded while processes are killed at random.

    Raises:
        RuntimeError: the command ended otherwise than by a kill, or a report is missing or wrong.
    """
    small = _grade_small(count)
    folder = make_large_course(WORK / "cluster", count, hostile=True)
    with _processes(folder) as processes:
        watched = _watch(folder, processes, count, kills, random.Random(seed))
    graded = _require_whole(read_graded(folder), count, hostile=True)
    # Students of the small class, and of one that was graded here before, handed in the same bytes.
    alone = small.scores
    if (WORK / "growth" / "reports").is_dir():
        alone = {**read_graded(WORK / "growth").scores, **alone}
    honest = [each for each in graded.scores if each in alone and not is_hostile(int(each[1:]))]
    return {
        "cluster_submissions": float(count),
        "cluster_kills": float(sum(watched.kills.values())),
        "cluster_lost": float(count - len(graded.scores)),
        "cluster_twice": float(graded.twice),
        "cluster_honest_compared": float(len(honest)),
        "cluster_honest_changed": float(sum(graded.scores[each] != alone[each] for each in honest)),
        "cluster_growth": graded.seconds_each(*_END) / graded.seconds_each(*_BEGINNING),
        "cluster_coordinator_mb_start": watched.start_mb,
        "cluster_coordinator_mb": watched.peak_mb,
        "cluster_scheduler_mb": watched.scheduler_mb,
        "cluster_again_s": measure_again(folder),
        "cluster_store_kb": graded.store_kb,
    }


def _require_whole(graded: GradedFolder, count: int, *, hostile: bool) -> GradedFolder:
    """See that everybody has one report, the marks that are due, and that nobody honest needs a person."""
    if len(graded.scores) != count or graded.recorded - graded.twice != count:
        raise RuntimeError(f"{len(graded.scores)} files, {graded.recorded} records of {count}")
    attackers = {f"s{number:05}" for number in range(count) if hostile and is_hostile(number)}
    rewarded = [each for each in attackers if graded.scores[each]]
    asking = [each for each in graded.needing_person if each not in attackers]
    if rewarded or asking:
        raise RuntimeError(f"hostile ones with marks: {rewarded}; honest ones who need a person: {asking}")
    return graded


@dataclass(slots=True)
class _Watched:
    kills: dict[str, int] = field(default_factory=dict)
    start_mb: float = 0.0
    peak_mb: float = 0.0
    scheduler_mb: float = 0.0


class _Processes:
    """A scheduler, two workers and the command: begun again when they end."""

    def __init__(self, folder: Path, certificates: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            address = f"tls://127.0.0.1:{free.getsockname()[1]}"
        tls = [
            word
            for option, name in (("--tls-ca-file", "ca"), ("--tls-cert", "cert"), ("--tls-key", "key"))
            for word in (option, str(certificates / f"{name}.pem"))
        ]
        dask = [sys.executable, "-m", "dask"]
        port = address.rpartition(":")[2]
        scheduler = [*dask, "scheduler", "--protocol", "tls", "--host", "127.0.0.1", "--port", port]
        worker = [*dask, "worker", address, "--nthreads", "1", "--preload", "autograder.cluster.preload"]
        self._commands = {
            "scheduler": [*scheduler, "--no-dashboard", *tls],
            "nanny 1": [*worker, "--no-dashboard", "--local-directory", str(certificates), *tls],
            "nanny 2": [*worker, "--no-dashboard", "--local-directory", str(certificates), *tls],
            "command": [*map(str, _GRADE), "--on", f"dask:{address}", "--tls", str(certificates)],
        }
        self._folder = folder
        self._stops_left = _MOST_STOPS
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def begin_again(self) -> None:
        """Begin whatever has ended, but a command that has done all."""
        for name, command in self._commands.items():
            process = self.running.get(name)
            if process is None or (process.poll() is not None and not self.is_done()):
                with self._folder.with_suffix(f".{name.replace(' ', '-')}.log").open("ab") as log:
                    self.running[name] = subprocess.Popen(
                        command,
                        cwd=self._folder,
                        env={**os.environ, **_ENVIRONMENT},
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                    )

    def is_done(self) -> bool:
        """Whether the command has done all. Raises RuntimeError where it ended by itself before."""
        command = self.running.get("command")
        status = None if command is None else command.poll()
        if status in (None, -signal.SIGKILL):
            return False
        self._stops_left -= status == _STOPPED
        if status == _STOPPED and self._stops_left:  # the scheduler was killed
            self.running.pop("command")
            return False
        if status not in (_DONE, _NEEDS_PERSON):
            raise RuntimeError(f"the command ended with {status}; see {self._folder}.command.log")
        return True

    def find_victims(self) -> dict[str, list[int]]:
        """What can be killed, by what it is."""
        found = {name: [each.pid] for name, each in self.running.items() if each.poll() is None}
        nannies = [pid for name in list(found) if name.startswith("nanny") for pid in found.pop(name)]
        workers = [pid for nanny in nannies for pid in _children_running(nanny, "distributed", "spawn_main")]
        servers = [pid for each in workers for pid in _children_running(each, "autograder.sandbox.worker")]
        return {**found, "nanny": nannies, "worker": workers, "fork server": servers}

    def stop(self) -> None:
        """End all that was begun, the workers' own processes with them."""
        left = list[int]()
        for pid in (pid for each in self.running.values() for pid in list_tree(each.pid)):
            with suppress(ProcessLookupError):
                left.append(os.pidfd_open(pid))  # its number may be another's once it has ended
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for descriptor in left:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            os.close(descriptor)


def _children_running(parent: int, *words: str) -> Iterator[int]:
    """Children of a process whose command line holds one of these words."""
    for pid in list_tree(parent)[1:]:
        with suppress(OSError):
            line = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
            if any(word in line for word in words):
                yield pid


@contextmanager
def _processes(folder: Path) -> Iterator[_Processes]:
    certificates = folder.with_suffix(".tls")
    certificates.mkdir(mode=0o700, exist_ok=True)
    made = Security.temporary()
    for name, text in (
        ("ca", made.tls_ca_file),
        ("cert", made.tls_client_cert),
        ("key", made.tls_client_key),
    ):
        (certificates / f"{name}.pem").write_text(text, encoding="utf-8")
    processes = _Processes(folder, certificates)
    try:
        yield processes
    finally:
        processes.stop()


def _watch(folder: Path, processes: _Processes, count: int, kills: int, rng: random.Random) -> _Watched:
    """Let the class be graded; kill when it is time to; look at the memory of who leads."""
    watched, kinds = _Watched(), list[str]()
    begun_at = done = _count_reports(folder)
    coordinator = 0
    while not processes.is_done():
        processes.begin_again()
        time.sleep(_LOOK_SECONDS)
        done, pid = _count_reports(folder), processes.running["command"].pid
        if pid != coordinator:
            coordinator, begun_at = pid, done
        held = measure_memory(pid)[0] / (1 << 20)
        watched.peak_mb = max(watched.peak_mb, held)
        scheduler = measure_memory(processes.running["scheduler"].pid)[0] / (1 << 20)
        watched.scheduler_mb = max(watched.scheduler_mb, scheduler)
        if done >= begun_at + min(_FEW, count // 10) and not watched.start_mb:
            watched.start_mb = held
        killed = sum(watched.kills.values())
        due = _KILLED_FROM + (_KILLED_UNTIL - _KILLED_FROM) * killed / max(1, kills)
        if killed < kills and done >= due * count:
            # Each kind in turn, in an order that is drawn.
            victims = {kind: pids for kind, pids in processes.find_victims().items() if pids}
            kinds = [each for each in kinds if each in victims] or rng.sample(sorted(victims), len(victims))
            kind = kinds.pop()
            with suppress(ProcessLookupError):
                os.kill(rng.choice(victims[kind]), signal.SIGKILL)
                watched.kills[kind] = watched.kills.get(kind, 0) + 1
    print(f"killed: {', '.join(f'{number} {kind}' for kind, number in sorted(watched.kills.items()))}")
    return watched


def _count_reports(folder: Path) -> int:
    """How many reports the store holds."""
    store = folder / ".autograder" / "gradebook.sqlite"
    try:
        with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT coalesce(max(id), 0) FROM reports").fetchone()[0])
    except sqlite3.OperationalError:  # it is not there yet, or is being made
        return 0
