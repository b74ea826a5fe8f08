"""The grader's hold on one sealed process: deadlines, memory and disk watched, a sure end."""

import select
import signal
import socket
import struct
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder.domain.answer import Ending, Opaque
from autograder.domain.course import Limits
from autograder.domain.limit import Limit, LimitKind
from autograder.sandbox import scratch
from autograder.sandbox.clock import Deadline, ProcessClock
from autograder.sandbox.footprint import Footprint
from autograder.sandbox.forkserver import ForkedChild, ForkServer, ForkServerGone
from autograder.sandbox.messages import TO_GRADER, ExitStatus, decode_message
from autograder.sandbox.patience import Patience
from autograder.sandbox.protocol import Make, ProtocolFault, frame_size, take_frame

_SLACK = 32 << 20
_TICK = 0.020
"""Seconds from one look at a process that computes to the next. Each look takes the processor from it: with
half as many seconds a submission that computes for 0.4 s takes 3 % longer, and 7 % beside busy programs.
"""
_DISK_TICK = 0.100
_CHUNK = 1 << 18
"""Bytes that are sent as one."""
_READ = 1 << 16
"""Bytes that are read at once. With four times as many each message costs the grader a fifth more: memory of
that size is asked of the system anew."""
_LATE = 1.0
"""Seconds after a deadline in which what came in time may still be read, while more keeps coming."""
_DYING = 60.0
"""Seconds for which the end of a process that is about to be gone is waited for."""
_WEIGHT_OF_VALUES = 8
"""Bytes of our memory that a byte of spelled values may take, at most: an array's take one."""


class Ended(Exception):  # noqa: N818 - the end of a student's process is no error of ours
    """A student's process is gone; says how."""

    def __init__(self, ending: Ending, limit: Limit | None = None, *, how: str = "") -> None:
        super().__init__(str(limit or how))
        self.ending = ending
        self.limit = limit
        """The limit that was exceeded: a word of ours, which students may always read."""
        self.how = how
        """How else it ended: its code or signal, a size it sent. Its own word: it may tell what is hidden."""


class Overdue(Exception):  # noqa: N818 - neither is this
    """The deadline passed while we waited; the process still runs."""


class Process:
    """One child of the fork server. Every wait ends: by a message, a deadline, or the end of the process."""

    def __init__(
        self,
        server: ForkServer,
        child: ForkedChild,
        folder: Path,
        limits: Limits,
        *,
        patience: Patience | None = None,
    ) -> None:
        self._server = server
        self._child = child
        self._folder = folder
        self._limits = limits
        self._wire = child.wire
        self._small_disk = child.disk
        tick = struct.pack("ll", 0, int(_TICK * 1e6))
        for way in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):  # the kernel waits, one call per message
            self._wire.setsockopt(socket.SOL_SOCKET, way, tick)
        self._pending = bytearray()
        self.received = 0
        self.pid = _pid_here(child.pidfd)
        self._clock = ProcessClock(self.pid)
        self._footprint = Footprint(self.pid, self._clock.used)
        self._patience, self._borne = patience, 0.0
        self._life = self.deadline(float("inf"))
        self._next_look = self._next_disk_look = 0.0
        self.alive = True
        self._orphaned = False

    def deadline(self, seconds: float) -> Deadline:
        """The end of a budget of the process's time, which begins."""
        return Deadline(self._clock, seconds)

    def send(self, pieces: Sequence[bytes], deadline: Deadline) -> None:
        """Send frames; Overdue if the process does not take them, Ended if it is gone."""
        if sum(map(len, pieces)) <= _CHUNK:  # one system call; large arrays are not copied for it
            pieces = (b"".join(pieces),)
        for piece in pieces:
            view = memoryview(piece)
            while view:
                self._glance(deadline)
                try:
                    view = view[self._wire.send(view) :]
                except BlockingIOError:
                    self._look(deadline)
                except OSError:
                    raise self._how_it_ended() from None

    def receive(self, deadline: Deadline, *, make: Make | None = None) -> Any:
        """The next message, decoded; it is the student's word. Ended if it breaks the protocol."""
        try:
            frame = self.frame(deadline)
            return decode_message(frame, TO_GRADER, make=make, opaque=Opaque)
        except ProtocolFault as fault:
            self.kill()
            raise Ended(Ending.CRASHED, how=f"what it sent is no message: {fault}") from fault

    def frame(self, deadline: Deadline) -> bytes | bytearray:
        """The next whole frame, undecoded; ProtocolFault if what comes is none."""
        while True:
            self._glance(deadline)
            frame: bytes | bytearray | None = take_frame(self._pending)
            if frame is None:
                try:
                    chunk = self._wire.recv(_READ)
                except BlockingIOError:
                    self._look(deadline)
                    continue
                except OSError:  # reset, because it died before it had read all of ours: an end like another
                    chunk = b""
                if not chunk:
                    raise self._how_it_ended()
                if self._pending or frame_size(chunk) != len(chunk):
                    self._pending += chunk
                    continue
                frame = chunk  # as most come: alone, and whole
            # The first four bytes are the length of the header, where values are spelled.
            self.received += len(frame) + _WEIGHT_OF_VALUES * int.from_bytes(frame[:4], "little")
            return frame

    def _glance(self, deadline: Deadline) -> None:
        """Look once a tick also while something comes: a flood or a steady drip stops no clock."""
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + _TICK
            self._look(deadline, late=_LATE)

    def _look(self, deadline: Deadline, *, late: float = 0.0) -> None:
        """Is there time left, and what does the process use?"""
        now = time.monotonic()
        if deadline.passed(late=late):
            raise Overdue
        if self._patience is not None:
            before, self._borne = self._borne, self._life.spent()
            self._patience.spend(self._borne - before)
        # The kernel's bound on what is mapped comes first, as an exception that code can hear of: this is for
        # what that does not count.
        if self._footprint.grown() > (self._limits.memory_mb << 20) + _SLACK:
            self.kill()
            raise Ended(Ending.OUT_OF_MEMORY, Limit(LimitKind.MEMORY, self._limits.memory_mb))
        if now >= self._next_disk_look:
            self._next_disk_look = now + _DISK_TICK
            self.look_at_disk()

    def look_at_disk(self) -> None:
        """Ended if the process keeps more in its folder than it may."""
        most = self._limits.scratch_mb << 20
        if self._small_disk is None:
            used = scratch.used_bytes(self._folder, most=most)
        else:
            used = scratch.used_of(self._small_disk, most=most)
        if used > most:
            self.kill()
            raise Ended(Ending.CRASHED, Limit(LimitKind.FILES, self._limits.scratch_mb))

    def cpu_seconds(self) -> float:
        """Processor time the process has used, all its threads together."""
        return self._clock.used()

    def interrupt(self, *, for_good: bool = False) -> None:
        """Ask the process to stop the cell that it runs; `for_good`, to run no other cell whole either."""
        self._signal(signal.SIGUSR1 if for_good else signal.SIGINT)

    def pause(self) -> None:
        """Stop all its threads until `resume`."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        if self.alive:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._child.pidfd, number)

    def kill(self) -> ExitStatus | None:
        """End the process for good and remove all it left; how it ended, None if that is not known."""
        if not self.alive:
            return None
        self.alive = False
        self._clock.close()
        try:
            return self._server.reap(self._child)
        except ForkServerGone:  # and its children with it
            self._orphaned = True
            return None
        finally:
            self._child.close()
            self._footprint.close()
            scratch.remove(self._folder)  # last: until it is collected it may go on writing there

    def _how_it_ended(self) -> Ended:
        """The process closed its end or died: collect it and say how. ForkServerGone if it died with that."""
        alive, end = select.poll(), time.monotonic() + _DYING
        alive.register(self._child.pidfd, select.POLLIN)
        # The wire closes a moment before the process is gone; on a busy machine, long before.
        while not (died := bool(alive.poll(200))) and _is_dying(self.pid) and time.monotonic() < end:
            continue
        exit_status = self.kill()
        if self._orphaned:
            raise ForkServerGone("the fork server ended while student code ran")
        if not died or exit_status is None:
            return Ended(Ending.CRASHED, how="it closed its line to the grader")
        if exit_status.cpu_seconds >= processor_seconds(self._limits):
            return Ended(Ending.TIMED_OUT, Limit(LimitKind.PROCESSOR, processor_seconds(self._limits)))
        return _ended_by(exit_status.status)

    def facts(self) -> dict[str, str]:
        """What the kernel says of the process, which no student code can change."""
        lines = Path(f"/proc/{self.pid}/status").read_text(errors="replace").splitlines()
        return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def processor_seconds(limits: Limits) -> int:
    """Processor time a process may use, all its threads together, before the kernel ends it."""
    return int(2 * limits.seconds + limits.seconds_of_questions) + 5


def _ended_by(status: int) -> Ended:
    if status >= 0:
        return Ended(Ending.CRASHED, how=f"it ended itself with exit code {status}")
    if -status == signal.SIGKILL:
        return Ended(Ending.OUT_OF_MEMORY, Limit(LimitKind.MACHINE))
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return Ended(Ending.CRASHED, how=name)


def _is_dying(pid: int) -> bool:
    """Whether the kernel is taking away every thread of a process, which none can feign or put off."""
    try:
        threads = [stat.read_text(errors="replace") for stat in Path(f"/proc/{pid}/task").glob("*/stat")]
    except OSError:
        return True
    exiting = 4  # PF_EXITING of Linux, in the seventh word after the name
    return all(int(told.rpartition(")")[2].split()[6]) & exiting for told in threads)


def _pid_here(pidfd: int) -> int:
    """The number by which we know a process that lives in other namespaces."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    raise OSError("the kernel does not tell the number of a process")
