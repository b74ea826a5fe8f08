"""Every system call that takes a descriptor stands in the threat model, decided as the filter decides it."""

import errno
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from system_calls import MACHINES, WITH_DESCRIPTOR, WITHOUT_DESCRIPTOR
from test_confine import decide

from autograder.sandbox.confine import seccomp
from autograder.sandbox.confine.syscalls import AUDIT_ARCH, NEWEST, NUMBERS

PAGE = Path(__file__).parents[2] / "docs" / "threat-model.md"
DECISIONS = {
    "allowed": {0x7FFF0000},
    "refused": {0x00050000 | errno.EPERM},
    "not done, reported as done": {0x00050000},
    "absent": {0x00050000 | code for code in (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSOCK)},
}
SPEAKING = {
    "fcntl": {0: "allowed", 6: "not done, reported as done", 1024: "refused"},
    "ioctl": {0x541B: "allowed", 0x40049409: "absent", 0x5452: "refused"},
    "utimensat": {0: "refused", 1 << 20: "not done, reported as done"},
    "mmap": {0x22: "allowed", 0x01: "allowed", 0x21: "refused"},
    "futimesat": {0: "refused", 1 << 20: "not done, reported as done"},
}
"""Of calls that are decided by an argument: an argument for each decision."""
ARGUMENT = {"utimensat": 2, "futimesat": 2, "mmap": 3}
TRACING = r"""
import pathlib, re, subprocess
subprocess.run(["mount", "-t", "tracefs", "none", "/sys/kernel/tracing"])
for folder in pathlib.Path("/sys/kernel/tracing/events/syscalls").glob("sys_enter_*"):
    fields = re.findall(r"field:([^;]*?)(\w+);\s+offset:(\d+)", (folder / "format").read_text())
    print(folder.name[10:], *[name for kind, name, at in fields if int(at) >= 16 and "*" not in kind])
"""
KERNEL_NAMES = {"newfstat": "fstat", "sendfile64": "sendfile"}


def rows() -> Iterator[tuple[str, str]]:
    """Each call of the table and its decision."""
    text = (
        PAGE.read_text(encoding="utf-8").partition("## Calls that take a descriptor")[2].partition("\n## ")[0]
    )
    for line in text.splitlines():
        if line.startswith("| `"):
            calls, decision, _ = (cell.strip() for cell in line.strip("|").split("|"))
            for name in re.findall(r"`(\w+)`", calls):
                yield name, decision


def decided(name: str, machine: str, value: int) -> int:
    """What the filter makes of a call whose speaking argument has a value."""
    arguments = [3, 1 << 20, 1 << 20, 0]
    arguments[ARGUMENT.get(name, 1)] = value
    found: int = decide(
        seccomp.program(4711, machine), WITH_DESCRIPTOR[name][machine], *arguments, arch=AUDIT_ARCH[machine]
    )
    return found


def test_the_table_names_each_call_once() -> None:
    """All calls with a descriptor, and no other."""
    names = [name for name, _ in rows()]
    assert len(names) == len(set(names))
    assert set(names) == set(WITH_DESCRIPTOR)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_filter_decides_what_the_table_says(machine: str) -> None:
    for name, decision in rows():
        if machine not in WITH_DESCRIPTOR[name]:
            continue
        if decision == "by argument":
            for value, word in SPEAKING[name].items():
                assert decided(name, machine, value) in DECISIONS[word], (name, value)
        else:
            # Whatever the other arguments are.
            for value in (0, 1, 1 << 20):
                assert decided(name, machine, value) in DECISIONS[decision], name


@pytest.mark.parametrize("machine", MACHINES)
def test_every_call_up_to_the_newest_is_known(machine: str) -> None:
    """No number is left over that would take a descriptor unseen; 64-bit machines left 335 to 423 out."""
    known = {
        calls[machine]
        for calls in (*WITH_DESCRIPTOR.values(), *WITHOUT_DESCRIPTOR.values())
        if machine in calls
    }
    end = {"x86_64": 335, "aarch64": 295}[machine]
    unused = set(range(244, 260)) if machine == "aarch64" else set()
    assert known == {*range(end), *range(424, NEWEST + 1)} - unused
    listed = WITH_DESCRIPTOR | WITHOUT_DESCRIPTOR
    assert {name: listed[name][machine] for name in NUMBERS[machine]} == NUMBERS[machine]


def test_the_running_kernel_has_no_other_call_with_a_descriptor() -> None:
    """By its own word on the arguments of each call; what is newer than the filter is absent anyway."""
    if os.geteuid() != 0:
        pytest.skip("needs root: the kernel tells nobody else what its calls take")
    run = [sys.executable, "-c", TRACING]
    told = subprocess.run(["unshare", "-m", *run], capture_output=True, text=True, check=False).stdout
    if not told:
        pytest.skip("this kernel does not tell what its calls take")
    taking = {
        KERNEL_NAMES.get(name, name)
        for name, *arguments in map(str.split, told.splitlines())
        if any(re.search("fd$|^fd|fildes", word) and word not in ("nfds", "max_fd") for word in arguments)
    }
    assert len(taking) > 90
    assert not taking & set(WITHOUT_DESCRIPTOR)
