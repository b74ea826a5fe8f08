"""Whatever an archive holds: notebooks where they belong, or a sentence, and nothing elsewhere."""

import stat
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from drawn import drawn
from hostile_archives import BOB, HONEST, base256, header
from hypothesis import example, given, settings
from hypothesis import strategies as st
from packing import CLASS, Inbox, entry, read_all_submissions, tarred, zipped

from autograder.domain.course import Student
from autograder.errors import CourseError
from autograder.inbox.file_names import PLATFORM

PARTS = st.sampled_from(
    [
        *("ada", "bob", "ADA", "аda", "..", ".", "", "/", "C:", "\\", "\0", "\u202e"),
        "gradients",
        "submitted",
        "gd.ipynb",
        "gradients.ipynb",
        "timestamp.txt",
        "work.zip",
        ".ipynb",
        "Ada Lovelace_1_assignsubmission_file_",
        "jonesbob_1_2_gd.ipynb",
        "Sam Lee_3_assignsubmission_file_x.ipynb",
        "x" * 300,
        "\ud800",
        "-",
        "é",
        "e\u0301",
    ]
)
NAMES = st.one_of(st.lists(PARTS, min_size=1, max_size=4).map("/".join), st.text(max_size=30))
MODES = st.sampled_from([0, 0o644, 0o120777, 0o104777, stat.S_IFIFO, stat.S_IFDIR, 0o177777])


def nothing_but_submissions(content: bytes, people: tuple[Student, ...]) -> None:
    """Whatever a source holds: notebooks at STUDENT/TIME/, or a sentence, and nothing elsewhere."""
    with TemporaryDirectory() as name:
        inbox = Inbox(Path(name), people)
        with suppress(CourseError):
            _, notices = inbox.collect(content)
            assert all(str(notice).isprintable() for notice in notices)
        assert {path.name for path in inbox.root.iterdir()} <= {"download.zip", "course"}
        for path in (inbox.root / "course").rglob("*"):
            assert not path.is_symlink()
            if path.is_file():
                student, attempt, file = path.relative_to(inbox.into).parts
                assert file in ("gradients.ipynb", PLATFORM)  # and what a platform told of it
                assert not attempt.startswith(".")
                assert not people or student in {student.id for student in people}
        if inbox.into.is_dir():
            submissions, odd = read_all_submissions(inbox.into, "gradients")
            assert odd == ()
            assert {one.student for one in submissions} == set(inbox.files())


class TestWhateverAnArchiveHolds:
    @pytest.mark.filterwarnings("ignore:Duplicate name")
    @given(
        st.lists(st.tuples(NAMES, MODES, st.binary(max_size=60)), max_size=8), st.sampled_from([CLASS, ()])
    )
    @example(
        [("ada/gradients/timestamp.txt", 0, b"0001-01-01 00:00:00 +1400"), ("ada/gradients/x.ipynb", 0, b"")],
        (),
    )
    def test_a_zip_of_anything(self, entries, people):
        """Names, modes and bytes that nobody would think of."""
        listed = [(entry(_encodable(name), mode=mode), data) for name, mode, data in entries]
        nothing_but_submissions(zipped(listed), people)

    @given(
        st.lists(st.tuples(NAMES, st.sampled_from(b"0123456LKSxgDZ"), st.binary(max_size=600)), max_size=6),
        st.data(),
    )
    def test_a_tar_of_anything(self, entries, data):
        """The same for tars, with types, and sizes that lie."""
        blocks = b""
        for name, kind, content in entries:
            size = data.draw(st.sampled_from([len(content)] * 8 + [0, 10**6, 1 << 40, -512]))
            block = header("x", bytes([kind]), base256(size))
            raw = name.encode("utf-8", "surrogateescape" if name.isascii() else "replace")[:100]
            blocks += _checked(raw.ljust(100, b"\0") + block[100:])
            blocks += content.ljust(-(-len(content) // 512) * 512, b"\0")
        nothing_but_submissions(blocks + b"\0" * 1024, CLASS)

    @settings(max_examples=drawn(150))
    @given(st.data())
    def test_an_archive_with_any_bytes_changed(self, data):
        """A flipped bit anywhere is damage, or no matter: never an exception of another kind."""
        packing = data.draw(st.sampled_from(["zip", "", "gz", "bz2", "xz"]))
        files = {
            HONEST[0]: b"{}" * 300,
            BOB: b"[]" * 300,
            "Ada Lovelace_1_assignsubmission_file_/x.ipynb": b"3",
        }
        content = bytearray(zipped(files) if packing == "zip" else tarred(files, packing))
        for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=6)):
            content[at] = data.draw(st.integers(0, 255))
        end = data.draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))
        nothing_but_submissions(bytes(content[:end]), CLASS)

    @given(
        st.binary(max_size=2000),
        st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08\0", b"BZh9", b"\xfd7zXZ\0", b""]),
    )
    def test_any_bytes_at_all(self, content, magic):
        """Noise that begins as an archive does."""
        nothing_but_submissions(magic + content, CLASS)


def _encodable(name: str) -> str:
    return name.encode("utf-8", "replace").decode()


def _checked(block: bytes) -> bytes:
    blank = block[:148] + b" " * 8 + block[156:]
    return blank[:148] + b"%06o\0 " % sum(blank) + blank[156:]
