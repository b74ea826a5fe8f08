# ruff: noqa: E501 - the sources of notebooks, as they are sent
"""Sealed processes that live at once: one may know hidden arguments, the other show what it prints."""

import time

import numpy as np
import pytest

from autograder.domain.answer import Batch, Call, Ending

MAP = """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, *[ctypes.c_size_t] * 5]
PAGE = libc.mmap(None, 4096, 1, 1, os.open(os.__file__, os.O_RDONLY), 0)
FUTEX = {"x86_64": 202, "aarch64": 98}[platform.machine()]
def futex(place, command):
    at = PAGE + 4 * place
    value = 1 if command in (1, 10) else ctypes.c_uint.from_address(at).value
    return libc.syscall(FUTEX, ctypes.c_void_p(at), command, ctypes.c_uint(value), None, None, -1)
"""
TELL = (
    MAP
    + """
import struct, threading
threading.stack_size(1 << 16)
def wait(place):
    futex(place, 0)
def tell(x):
    word = struct.unpack("I", struct.pack("f", x))[0]
    for place in [k for k in range(32) if word >> k & 1]:
        threading.Thread(target=wait, args=(place,), daemon=True).start()
"""
)
NONE = -1


def call(student, name, *arguments):
    [answer] = student.ask(name, Batch((Call(arguments),)), seconds=60)
    assert answer.ending is Ending.RETURNED
    return answer.value


def test_no_number_crosses_on_a_page_of_a_library(run):
    """Who sleeps at which word of a page that all have mapped would be a number, and waking them reads it."""
    knows, asks = run(TELL), run(MAP + "def read():\n    return [futex(k, 1) for k in range(32)]")
    call(knows, "tell", 1.7)
    end = time.monotonic() + 1
    while time.monotonic() < end:
        assert call(asks, "read") == [NONE] * 32


def test_the_number_of_a_process_does_not_tell_what_ran_before(run, runner):
    """Numbers are counted on by threads: whoever makes a thousand would have said so to the next submission."""
    if not any("pid" in layer.split() for layer in runner.isolation.layers):
        pytest.skip("this machine gives sealed processes no numbers of their own")
    source = (
        "import os, threading\ndef many(n):\n    for _ in range(n):\n        thread = threading.Thread(target=int)\n"
        "        thread.start()\n        thread.join()\n    return os.getpid()"
    )
    found = []
    for count in (0, 1000, 0):
        student = run(source)
        found.append(call(student, "many", count))
        student.close()
    assert len(set(found)) == 1


def test_threads_in_c_are_waited_for(run):
    """Their end is told by a futex that is not marked as the process's own."""
    source = (
        "import ctypes, time\nlibc = ctypes.CDLL(None)\ndef join():\n    thread, start = ctypes.c_ulong(), time.monotonic()\n"
        "    sleep = ctypes.cast(libc.usleep, ctypes.c_void_p)\n"
        "    made = libc.pthread_create(ctypes.byref(thread), None, sleep, ctypes.c_void_p(200_000))\n"
        "    return made, libc.pthread_join(thread, None), time.monotonic() - start >= 0.2"
    )
    assert tuple(call(run(source), "join")) == (0, 0, True)


def test_a_thread_in_c_asks_where_its_own_stack_is(run):
    """Which asks on which processors it may run: no answer is no harm."""
    source = (
        "import ctypes, threading\nlibc = ctypes.CDLL(None)\ndef ask():\n    said = []\n"
        "    def look():\n        name, room = ctypes.c_ulong(threading.get_ident()), ctypes.create_string_buffer(256)\n"
        "        said.append(libc.pthread_getattr_np(name, room))\n"
        "    thread = threading.Thread(target=look)\n    thread.start()\n    thread.join()\n    return said"
    )
    assert list(call(run(source), "ask")) == [0]


def test_clocks_and_priority_of_its_own(run):
    source = (
        "import os, threading, time\ndef look():\n    own = time.pthread_getcpuclockid(threading.main_thread().ident)\n"
        "    clocks = [time.CLOCK_PROCESS_CPUTIME_ID, time.CLOCK_THREAD_CPUTIME_ID, own, ~os.getpid() << 3 | 2]\n"
        "    good = [time.clock_gettime(clock) > 0 for clock in clocks]\n"
        "    return good + [len(os.sched_getaffinity(0)) > 0, os.getpriority(os.PRIO_PROCESS, 0) >= 0,\n"
        "                   os.getpgid(0) == os.getpgrp(), os.sched_getscheduler(0) >= 0]"
    )
    assert np.all(call(run(source), "look"))


def test_what_has_seen_the_arguments_stands_still_while_a_fresh_process_is_asked(run):
    """It could go on working out the answer, and signal it."""
    student = run("def f(x):\n    return x")
    call(student, "f", 1.0)

    def state():
        return student._process.facts()["State"][0]

    for open_fresh in (lambda: student.standing_in({}), lambda: student.up_to(1)):
        with open_fresh() as fresh:
            assert call(fresh, "f", 2.0) == 2.0
            assert state() == "T"
        assert state() != "T"
        assert call(student, "f", 3.0) == 3.0
