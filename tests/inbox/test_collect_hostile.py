"""Archives that somebody made to do harm, and what must happen: nothing, and a person is told."""

import os
import resource
import socket
import stat
import tarfile
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hostile_archives import (
    ADA,
    BOB,
    HONEST,
    announcing,
    base256,
    bomb,
    damaged,
    deep_pax,
    encrypted,
    garbage_between,
    half_overlapping,
    header,
    holding,
    holding_odd,
    huge_table,
    in_both_forms,
    in_table,
    many,
    method,
    odd,
    other_name_inside,
    overlapping,
    pax,
    random_tar,
    sparse,
    too_many,
    twice,
    with_honest,
    with_honest_tar,
    wrong_checksum,
    xz_with_a_large_dictionary,
    zeros,
    zip64,
)
from packing import CLASS, Inbox, entry, put, tarred, zipped

from autograder.errors import CourseError
from autograder.inbox.collect import collect


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path)


LISTED: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip slip": (holding("../../bob/gd.ipynb"), "leads out of its folder"),
    "zip slip below a student": (holding("ada/../bob/gd.ipynb"), "leads out"),
    "zip slip at the end": (holding("bob/.."), "leads out"),
    "absolute path": (holding("/etc/cron.d/gd.ipynb"), "path of a machine"),
    "path with a drive": (holding("C:/bob/gd.ipynb"), "path of a machine"),
    "backslashes": (holding("..\\..\\bob\\gd.ipynb"), "backslash"),
    "backslashes in a name": (holding("bob/..\\gd.ipynb"), "backslash"),
    "zero byte": (holding("bob/gd.ipynb\0.txt"), "a zero"),
    "too deep": (holding("bob/" + "x/" * 40 + "gd.ipynb"), "too deep"),
    "too long": (holding("bob/" + "x" * 5000 + ".ipynb"), "too long"),
    "symbolic link": (holding(BOB, mode=0o120777, content=b"/etc/passwd"), "symbolic link"),
    "symbolic link as a student": (holding("bob", mode=0o120777, content=b"ada"), "symbolic link"),
    "pipe": (holding(BOB, mode=stat.S_IFIFO | 0o666, content=b""), "a pipe"),
    "device": (holding(BOB, mode=stat.S_IFBLK | 0o666, content=b""), "a device"),
    "bomb by its ratio": (holding(BOB, content=bomb()), "as a bomb does"),
    "larger than allowed": (holding(BOB, content=os.urandom(1_000_001)), "more than the 1 MB"),
    "more than announced": (lambda: announcing(3), "is damaged in the zip (BadZipFile)"),
    "less than announced": (lambda: announcing(1000), "has 27 bytes where 1000 are announced"),
    "4 GB announced": (lambda: announcing(0xFFFFFFFE), "as a bomb does"),
    "wrong checksum": (wrong_checksum, "is damaged in the zip (BadZipFile)"),
    "encrypted": (encrypted, "is encrypted"),
    "lzma, whose header asks for memory": (lambda: method(14), "method 14"),
    "unknown method": (lambda: method(99), "method 99"),
    "another name in the entry": (other_name_inside, "is damaged in the zip (BadZipFile)"),
    "twice": (twice, "more than once"),
    "a zip in a zip": (
        holding("bob/work.zip", content=zipped({"x.zip": zipped({"gd.ipynb": b"{}"})})),
        "handed in no notebook, only work.zip/x.zip",
    ),
    "a notebook in nobody's folder": (holding("bob.ipynb", content=b"x"), "in no student's folder"),
    "an archive in nobody's folder": (holding("bob.zip", content=b"x"), "in no student's folder"),
    "a stranger": (holding("eve/gd.ipynb", content=b"x"), "has the id eve"),
    "capitals": (holding("ADA/gd.ipynb", content=b"x"), "but is spelt differently"),
    "Cyrillic": (holding("аda/gd.ipynb", content=b"x"), "spelt differently with U+0430"),
    "full width": (holding("ａda/gd.ipynb", content=b"x"), "it looks like ada"),
    "invisible": (holding("a\u200bda/gd.ipynb", content=b"x"), "invisible character U+200B"),
    "bidirectional": (holding("\u202eada/gd.ipynb", content=b"x"), "invisible character U+202E"),
    "terminal escapes": (holding("\x1b]0;x\x07/gd.ipynb", content=b"x"), "invisible character U+001B"),
    "a formula": (holding("=cmd|'/gd.ipynb", content=b"x"), "holds |"),
    "a blank": (holding("bob /gd.ipynb", content=b"x"), "ends with a blank"),
    "an option": (holding("-rf/gd.ipynb", content=b"x"), "a dash"),
    "names that differ by capitals": (
        lambda: with_honest((entry("bob/gradients.ipynb"), b"1"), (entry("bob/Gradients.ipynb"), b"2")),
        "2 different notebooks",
    ),
    "names that differ by their form": (
        lambda: in_both_forms("bob/é.ipynb"),
        "2 different notebooks",
    ),
    "students that differ by their form": (
        lambda: in_both_forms("zoé/gd.ipynb"),
        "2 of them would be zoé",
    ),
    "a thousand notebooks": (
        lambda: with_honest(*((entry(f"bob/{n}.ipynb"), b"%d" % n) for n in range(1000))),
        "more than 20 notebooks",
    ),
    "tar slip": (lambda: with_honest_tar((tarfile.TarInfo("../bob/gd.ipynb"), b"{}")), "leads out"),
    "tar with an absolute path": (lambda: with_honest_tar((tarfile.TarInfo("/x.ipynb"), b"")), "a path of"),
    "tar with a symbolic link": (holding_odd(tarfile.SYMTYPE), "is a symbolic link"),
    "tar with a linked folder": (
        lambda: with_honest_tar(odd(tarfile.SYMTYPE, name="bob"), (tarfile.TarInfo("bob/x.ipynb"), b"")),
        "is a symbolic link",
    ),
    "tar with a hard link to another's": (holding_odd(tarfile.LNKTYPE, link="ada/gd.ipynb"), "hard link"),
    "tar with a pipe": (holding_odd(tarfile.FIFOTYPE), "is a pipe"),
    "tar with a disk": (holding_odd(tarfile.BLKTYPE), "a device"),
    "tar with a terminal": (holding_odd(tarfile.CHRTYPE), "a device"),
    "tar with what nobody knows": (holding_odd(b"Z"), "no plain file"),
    "tar with a file too large": (
        lambda: with_honest_tar((tarfile.TarInfo(BOB), os.urandom(1_000_001))),
        "more than the 1 MB",
    ),
    "tar with a file twice": (
        lambda: with_honest_tar((tarfile.TarInfo(BOB), b"1"), (tarfile.TarInfo(f"./{BOB}"), b"2")),
        "more than once",
    ),
    "tar with a name that is no text": (
        lambda: with_honest_tar((tarfile.TarInfo("b\udcff/gd.ipynb"), b"")),
        "invisible character U+DCFF",
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", LISTED)
def test_what_concerns_one_file_concerns_nobody_else(inbox, attack):
    """Bob's file is listed, safe to print, and not taken; ada's is; nothing is written beside it."""
    make, expected = LISTED[attack]
    before = set(Path("/tmp").glob("gd*"))

    collected, notices = inbox.collect(make())

    assert [one.student for one in collected if one.student != "bob"] == ["ada"]
    assert any(expected in str(notice) for notice in notices), [str(one) for one in notices]
    assert not all(notice.taken for notice in notices)
    assert all(str(notice).isprintable() for notice in notices)
    assert len(notices) < 9
    assert {student: content for student, content in inbox.files().items() if student != "bob"} == ADA
    assert set(Path("/tmp").glob("gd*")) == before
    assert {path.name for path in inbox.root.iterdir()} == {"course", "download.zip"}


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "overlapping entries": (overlapping, "entries overlap"),
    "an entry inside of another": (half_overlapping, "entries overlap"),
    "too many entries": (too_many, "more than the 20000"),
    "huge table": (huge_table, "too large"),
    "zip64 of nonsense": (zip64, "damaged zip"),
    "zip64 with a billion entries": (lambda: zip64(entries=10**9, size=56, offset=4), "damaged zip"),
    "entry outside of the file": (
        lambda: in_table(with_honest((entry(BOB), b"{}")), BOB, 42, b"\xff\xff\xff\x7f"),
        "that are not in it",
    ),
    "packed size larger than the file": (
        lambda: in_table(with_honest((entry(BOB), b"{}")), BOB, 20, b"\xff\xff\xff\x7f"),
        "that are not in it",
    ),
    "truncated zip": (lambda: zipped({HONEST[0]: os.urandom(5000)})[:3000], "damaged zip"),
    "zip without its end": (lambda: with_honest()[:-22], "damaged zip"),
    "damaged table": (lambda: damaged(many(), at=0.8), "damaged zip"),
    "no archive": (lambda: b"#!/bin/sh\nrm -rf /\n", "no archive that is known"),
    "a page of HTML": (lambda: b"<!DOCTYPE html>" + b" " * 1000, "no archive that is known"),
    "empty": (lambda: b"", "no archive that is known"),
    "empty zip": (lambda: zipped({}), "holds no submission"),
    "empty tar": (lambda: tarred({}, "gz"), "holds no submission"),
    "rar": (lambda: b"Rar!\x1a\x07\x00", "rar archive, which is not read"),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c", "7z archive, which is not read"),
    "gz of something else": (lambda: zlib.compress(b"{}" * 999, wbits=31), "incomplete tar"),
    "zip behind a tar's beginning": (lambda: tarred(dict([HONEST]))[:1024] + with_honest(), "incomplete tar"),
    "truncated tar": (lambda: tarred({HONEST[0]: b"{}" * 900})[:1500], "incomplete tar"),
    "tar that ends at an entry's end": (lambda: tarred({HONEST[0]: b"{}"})[:1024], "incomplete tar"),
    "truncated tar.gz": (lambda: random_tar("gz")[:5000], "incomplete tar"),
    "truncated tar.bz2": (lambda: random_tar("bz2")[:5000], "incomplete tar"),
    "truncated tar.xz": (lambda: random_tar("xz")[:5000], "incomplete tar"),
    "damaged tar.gz": (lambda: damaged(random_tar("gz"), at=0.5), "incomplete tar"),
    "garbage between entries": (garbage_between, "incomplete tar"),
    "negative size": (lambda: header(BOB, b"0", base256(-512)) + tarred({}), "negative size"),
    "size of 2^80": (lambda: header(BOB, b"0", base256(1 << 80)) + tarred({}), "incomplete tar"),
    "negative size in attributes": (lambda: pax(size="-1024"), "tar"),
    "long name of 8 GB": (lambda: header("x", b"L", base256(8 << 30)) + b"\0" * 200_000, "more of a file"),
    "attributes of 8 GB": (lambda: header("x", b"x", base256(8 << 30)) + b"\0" * 200_000, "more of a file"),
    "attributes without an end": (deep_pax, "more of a file"),
    "sparse file": (sparse, "sparse"),
    "sparse file by attributes": (lambda: pax(GNU_sparse_map="0,1", GNU_sparse_size=str(1 << 62)), "sparse"),
    "bomb in gz": (lambda: zeros("gz"), "as a bomb does"),
    "bomb in bz2": (lambda: zeros("bz2"), "as a bomb does"),
    "bomb in xz": (lambda: zeros("xz"), "as a bomb does"),
    "xz that asks for memory": (xz_with_a_large_dictionary, "incomplete tar"),
}  # fmt: skip


TAKE_LONG = {"bomb in bz2", "bomb in xz"}
"""A second each; the one in gz is tried every day."""


@pytest.mark.parametrize(
    "attack", [pytest.param(name, marks=[pytest.mark.soak] * (name in TAKE_LONG)) for name in REFUSED]
)
def test_what_cannot_be_trusted_as_a_whole_leaves_nothing_behind(inbox, attack):
    """One sentence, soon, in little memory; not even an empty folder is made."""
    make, expected = REFUSED[attack]
    content = make()
    source = inbox.root / "download.zip"
    source.write_bytes(content)
    most = 30_000_000 + 250 * content.count(b"PK\x01\x02") * 10
    del content
    began = time.monotonic()
    tracemalloc.start()
    try:
        with pytest.raises(CourseError, match=expected) as caught:
            inbox.collect(source)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert str(caught.value).isprintable()
    assert peak < most
    assert time.monotonic() - began < 300
    assert [path.name for path in inbox.root.iterdir()] == ["download.zip"]


def test_nothing_that_was_there_is_touched_by_a_refused_archive(inbox):
    """What was collected before stays as it is."""
    inbox.collect(zipped(dict([HONEST])))
    with pytest.raises(CourseError):
        inbox.collect(overlapping())

    assert inbox.files() == ADA
    assert [path.name for path in inbox.into.iterdir()] == ["ada"]


def test_several_large_notebooks_of_one_student_are_bounded(inbox):
    """Twenty files of a megabyte are not written to the disk for one student."""
    files = [(entry(f"bob/{n}.ipynb"), os.urandom(900_000)) for n in range(10)]

    collected, notices = inbox.collect(with_honest(*files))

    assert [one.student for one in collected] == ["ada"]
    assert any("all notebooks of one student together" in notice.what for notice in notices)


@pytest.mark.parametrize("before", ["ADA", "аda", "a\u00adda"])
def test_without_a_roster_a_name_that_looks_like_one_before_is_listed(inbox, before):
    """The folder of one student is never another's."""
    inbox.people = ()
    put(inbox.into, {f"{before}/20261201T090000Z/gradients.ipynb": b"before"})

    collected, (notice,) = inbox.collect(zipped(dict([HONEST])))

    assert (collected, inbox.files()) == ([], {before: b"before"})
    assert "looks like" in notice.what


@pytest.mark.parametrize("other", ["ADA", "ａda", "аdа"])
def test_without_a_roster_names_that_look_alike_are_listed(inbox, other):
    """Neither of two students whose names cannot be told apart is taken for the other."""
    inbox.people = ()

    collected, notices = inbox.collect(with_honest((entry(f"{other}/gd.ipynb"), b"x"), (entry(BOB), b"{}")))

    assert inbox.files().get("ada", b"ada's") == b"ada's"
    assert notices
    assert other not in inbox.files()
    assert "bob" in [one.student for one in collected]


def test_what_stands_in_the_way_is_not_followed(inbox):
    """A link in place of a student's folder, or a file."""
    put(inbox.root, {"elsewhere/x": b""})
    inbox.into.mkdir(parents=True)
    (inbox.into / "ada").symlink_to(inbox.root / "elsewhere")
    (inbox.into / "bob").write_bytes(b"")

    collected, notices = inbox.collect(zipped({HONEST[0]: b"{}", BOB: b"{}"}))

    assert collected == []
    assert ["is a link or a file" in str(notice) for notice in notices] == [True, True]
    assert [path.name for path in (inbox.root / "elsewhere").iterdir()] == ["x"]


def test_a_folder_of_traps(inbox, monkeypatch):
    """Links, pipes, sockets and folders named like notebooks, in a folder as in an archive."""
    source = put(inbox.root / "source", {HONEST[0]: HONEST[1], "secret": b"s", "li.wei/a.ipynb/x": b""})
    for student in ("bob", "siobhan", "sam1", "wei.li"):
        (source / student).mkdir()
    (source / "bob/gd.ipynb").symlink_to(source / "ada/gd.ipynb")
    (source / "siobhan/gd.ipynb").symlink_to("/etc/passwd")
    os.mkfifo(source / "sam1/gd.ipynb")
    (source / "sam2").symlink_to(source / "ada")
    monkeypatch.chdir(source / "wei.li")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("gd.ipynb")

        collected, notices = inbox.collect(source)

    assert [one.student for one in collected] == ["ada"]
    assert inbox.files() == ADA
    assert len([one for one in notices if not one.taken]) >= 5


def test_a_pipe_as_a_source_keeps_nobody_waiting(inbox):
    """It is refused at once."""
    os.mkfifo(inbox.root / "download.zip")

    with pytest.raises(CourseError, match="is a pipe or a device"):
        inbox.collect(inbox.root / "download.zip")


def test_a_full_disk_leaves_nothing_behind(inbox):
    """The sentence says what to do, and a second run completes the work."""
    content = zipped({HONEST[0]: os.urandom(500_000)})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    source = inbox.root / "download.zip"
    source.write_bytes(content)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(CourseError, match="make room or make it writable, and start again"):
            inbox.collect(source)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert [path.name for path in inbox.root.iterdir()] == ["download.zip"]
    assert [one.student for one in inbox.collect(source)[0]] == ["ada"]


def test_a_collection_that_is_not_finished_writes_nothing_half(inbox):
    """Who stops asking for more leaves whole attempts, and nothing hidden."""
    from packing import NOW, PARIS

    from autograder.domain.course import Limits
    from autograder.inbox.collector import CollectRequest

    source = inbox.root / "download.zip"
    source.write_bytes(zipped({HONEST[0]: b"ada's", BOB: b"{}"}))
    running = collect(CollectRequest(source, "gradients", inbox.into, CLASS, Limits(), PARIS, NOW))
    next(running)
    running.close()

    assert inbox.files() == ADA
