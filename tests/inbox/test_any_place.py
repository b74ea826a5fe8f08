"""Notebooks in folders of their own, under names that browsers and archivers made, are found and said."""

import json
import os
import tracemalloc
import unicodedata
from pathlib import Path

import pytest
from packing import Inbox, put, read_all_submissions, tarred, zipped

from autograder.inbox.content import is_notebook_content, may_be_notebook
from autograder.inbox.file_names import strip_copy_marks

NOTEBOOK = json.dumps(
    {"cells": [{"cell_type": "code", "source": "x = 1", "metadata": {}}], "metadata": {}, "nbformat": 4}
).encode()
PLACES = [
    "ada/gradients.ipynb",
    "hw1/final/gd.ipynb",
    "hw 1/Étude/mon devoir.ipynb",
    "gradients.ipynb/gd.ipynb",
]
RENAMED = [
    *("gradients.ipynb.txt", "gradients.ipynb.json", "gradients.json", "gradients.txt", "gradients"),
    *("gradients.ipynb.download", "gradients(2).ipynb.crdownload", "gradients.ipynb (1)", "gradients.ipynb~"),
    *("gradients.ipynb.1", "gradients.ipynb.part", "gradients.ipynb.html", "gradients.ipynb.png", "x.ipynb_"),
    unicodedata.normalize("NFD", "études.ipynb.txt"),
]


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path)


def pack(files: dict[str, bytes], packing: str, inbox: Inbox) -> bytes | Path:
    if packing == "folder":
        return put(inbox.root / "class", files)
    return zipped(files) if packing == "zip" else tarred(files, packing)


@pytest.mark.parametrize("packing", ["folder", "zip", "gz"])
class TestCollected:
    @pytest.mark.parametrize("place", PLACES)
    def test_the_only_notebook_is_taken_however_deep_and_said(self, inbox, packing, place):
        """Students pack their folder once more, or work in folders of folders."""
        (one,), (notice,) = inbox.collect(pack({f"ada/{place}": NOTEBOOK}, packing, inbox))

        assert (one.student, one.filename) == ("ada", place)
        assert (notice.what, notice.taken) == (f"the only notebook lies further in ({place})", True)

    @pytest.mark.parametrize("name", RENAMED)
    def test_a_notebook_under_another_name_is_read_by_its_content(self, inbox, packing, name):
        """A browser saved it as text, or an archiver cut the name."""
        (one,), (notice,) = inbox.collect(pack({f"ada/{name}": NOTEBOOK}, packing, inbox))

        assert (one.student, one.filename, notice.taken) == ("ada", name, True)
        assert "is a notebook by its content" in notice.what
        assert inbox.files() == {"ada": NOTEBOOK}

    def test_what_is_no_notebook_is_named(self, inbox, packing):
        """Other JSON, a download that broke off, a page: nothing is taken, all is said."""
        files = {
            "x.json": b'{"cells": [1, 2]}',
            "gd.ipynb.crdownload": NOTEBOOK[:-20],
            "page.html": b"<html>",
        }

        collected, (notice,) = inbox.collect(pack({f"ada/{n}": c for n, c in files.items()}, packing, inbox))

        assert (collected, notice.taken) == ([], False)
        assert notice.what.startswith("handed in no notebook, only ")
        assert all(name in notice.what for name in files)


class TestOfSeveral:
    @pytest.mark.parametrize(
        ("names", "taken"),
        [
            (["gradients.ipynb", "old/gradients.ipynb"], "gradients.ipynb"),
            (["notes.ipynb", "hw1/gradients.ipynb"], "hw1/gradients.ipynb"),
            (["notes.ipynb", "hw1/other.ipynb"], "notes.ipynb"),
            (["scratch.ipynb", "gradients - Copie.ipynb"], "gradients - Copie.ipynb"),
            (["scratch.ipynb", "Copy of gradients (2).ipynb"], "Copy of gradients (2).ipynb"),
            (["gradients.ipynb", "gradients - Copie.ipynb"], "gradients.ipynb"),
            (["gradients.ipynb", "gradients.ipynb.txt"], "gradients.ipynb"),
            (["mine.ipynb", "backup.txt"], "mine.ipynb"),
            (["a/x.ipynb", "b/y.ipynb"], None),
            (["a/gradients.ipynb", "b/gradients.ipynb"], None),
            (["x.txt", "y.json"], None),
        ],
    )
    def test_the_one_named_after_the_assignment_or_nobody_knows(self, inbox, names, taken):
        """All are named, whether one is taken or a person is asked."""
        files = {f"ada/{name}": NOTEBOOK + b" " * n for n, name in enumerate(names)}

        collected, (notice,) = inbox.collect(zipped(files))

        assert [one.filename for one in collected] == ([taken] if taken else [])
        assert all(name in notice.what for name in names)
        assert notice.taken is (taken is not None)

    def test_nbgraders_tree_beside_a_student_who_packed_otherwise(self, inbox):
        """Other assignments are passed over; a notebook that only lies elsewhere is not."""
        inbox_files = {
            "ada/gradients/gradients.ipynb": NOTEBOOK,
            "ada/kernels/kernels.ipynb": b"k",
            "bob/hw1/gradients.ipynb": NOTEBOOK,
            "sam1/kernels/kernels.ipynb": b"k",
            "sam2/hw1/hw1.ipynb": NOTEBOOK + b" ",
        }

        collected, notices = inbox.collect(put(inbox.root / "submitted", inbox_files))

        assert [one.student for one in collected] == ["ada", "bob", "sam2"]
        assert [(notice.student, notice.taken) for notice in notices] == [("bob", True), ("sam2", True)]

    def test_twenty_notebooks_further_in_do_not_crowd_out_the_one_in_its_place(self, inbox):
        """What lies where it should is kept first, whatever the order of the archive."""
        deep = {f"ada/a/{n}.ipynb": os.urandom(100_000) for n in range(25)}

        (one,), _ = inbox.collect(zipped({**deep, "ada/gradients.ipynb": os.urandom(900_000)}))

        assert one.filename == "gradients.ipynb"

    @pytest.mark.parametrize(
        "name", ["Thumbs.db", "desktop.ini", "__MACOSX/._gd.ipynb", ".DS_Store", "._gd.ipynb"]
    )
    def test_what_programs_leave_behind_is_nothing(self, inbox, name):
        """Neither taken nor named."""
        collected, notices = inbox.collect(zipped({"ada/gd.ipynb": NOTEBOOK, f"ada/{name}": NOTEBOOK}))

        assert ([one.filename for one in collected], notices) == (["gd.ipynb"], [])

    def test_checkpoints_alone_are_not_taken_and_said(self, inbox):
        """Something was passed over, and a person can ask for it."""
        files = {
            "ada/.ipynb_checkpoints/gd-checkpoint.ipynb": NOTEBOOK,
            ".ipynb_checkpoints/x.ipynb": NOTEBOOK,
        }

        collected, (notice,) = inbox.collect(zipped(files))
        submissions, (also,) = read_all_submissions(put(inbox.root / "class", files), "gradients")

        assert (collected, submissions) == ([], ())
        assert notice.what == "handed in no notebook, only .ipynb_checkpoints"
        assert also.what == "holds nothing but .ipynb_checkpoints, which Jupyter keeps for itself"

    @pytest.mark.parametrize(
        "name",
        [
            "Ada Lovelace_1_assignsubmission_file_gradients.ipynb.txt",
            "Ada Lovelace_1_assignsubmission_file_/hw/gradients.json",
            "lovelaceada_4711_99_gradients.ipynb.txt",
            "lovelaceada_LATE_4711_99_gradients",
        ],
    )
    def test_platforms_keep_what_a_browser_made_of_the_name(self, inbox, name):
        """Moodle with and without folders, Canvas."""
        (one,), _ = inbox.collect(zipped({name: NOTEBOOK}))

        assert one.student == "ada"

    def test_a_notebook_in_nobodys_folder_is_said_under_any_name(self, inbox):
        """It hides behind no ending."""
        _, (notice,) = inbox.collect(zipped({"ada/gd.ipynb": NOTEBOOK, "bob.ipynb.txt": NOTEBOOK}))

        assert (notice.where, notice.what) == ("bob.ipynb.txt", "is in no student's folder")


class TestHostile:
    def test_json_that_is_nested_without_end(self, inbox):
        """Neither the stack nor memory ends."""
        files = {
            "deep.json": b'{"cells":' + b"[" * 400_000,
            "wide.json": b'{"cells":[' + b"[]," * 300_000 + b"[]]}",
            "number.json": b'{"nbformat":4,"cells":[' + b"9" * 500_000 + b"]}",
        }

        collected, notices = inbox.collect(
            zipped({f"bob/{name}": content + os.urandom(8000) for name, content in files.items()})
        )

        assert (collected, [notice.taken for notice in notices]) == ([], [False])

    @pytest.mark.parametrize("number", [b"1,", pytest.param(b"1.5,", marks=pytest.mark.soak), b"0e9,"])
    def test_millions_of_numbers_take_little_memory(self, number):
        """A file of the largest size is read into a few times its size."""
        content = b'{"nbformat": 4, "cells": [' + number * (8_000_000 // len(number)) + b"0]}"
        tracemalloc.start()
        try:
            assert is_notebook_content(content)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

        assert peak < 8 * len(content)

    def test_thousands_of_files_of_data_are_not_all_read(self, inbox):
        """The time that one student's files take is bounded; what is called like a notebook is read."""
        data = {f"ada/data/{n}.json": b'{"x": 1}' for n in range(300)}
        files = {**data, "ada/gradients.ipynb.txt": NOTEBOOK}

        (one,), _ = inbox.collect(zipped(files))
        (graded,), _ = read_all_submissions(put(inbox.root / "class", files), "gradients")

        assert (one.filename, graded.filename) == ("gradients.ipynb.txt",) * 2

    def test_many_files_that_begin_as_a_notebook_are_bounded(self, inbox):
        """At most twenty notebooks of one student are kept, and three times the size of one."""
        many = {f"bob/{n}.txt": NOTEBOOK + b" " + os.urandom(90_000).hex().encode() for n in range(40)}

        collected, notices = inbox.collect(zipped({"ada/gd.ipynb": NOTEBOOK, **many}))

        assert [one.student for one in collected] == ["ada"]
        assert not any(notice.taken for notice in notices)

    @pytest.mark.parametrize("name", ["x.ipynb.txt", "hw/x.ipynb"])
    def test_links_further_in_are_not_followed(self, inbox, name):
        """To another student's notebook least of all."""
        source = put(inbox.root / "class", {"ada/gd.ipynb": NOTEBOOK, "bob/hw/data.csv": b""})
        (source / "bob" / name).symlink_to(source / "ada/gd.ipynb")
        (source / "bob/more").symlink_to(source / "ada")

        collected, notices = inbox.collect(source)
        submissions, also = read_all_submissions(source, "gradients")

        assert [one.student for one in collected] == ["ada"]
        assert [one.student for one in submissions] == ["ada"]
        assert all(notices) and all(also)
        assert {notice.student for notice in (*notices, *also)} == {"bob"}

    def test_a_timestamp_further_in_is_the_students(self, inbox):
        """Only beside the notebook where nbgrader puts both is it believed."""
        files = {"ada/hw/gd.ipynb": NOTEBOOK, "ada/hw/timestamp.txt": b"2026-01-01 00:00:00 UTC"}

        (one,), _ = inbox.collect(zipped(files))
        (graded,), _ = read_all_submissions(put(inbox.root / "class", files), "gradients")

        assert one.received_by.doubtful
        assert graded.received_by.doubtful


class TestGraded:
    @pytest.mark.parametrize("place", [*PLACES, "gradients/gradients.ipynb"])
    def test_the_only_notebook_is_taken_however_deep(self, tmp_path, place):
        """Put under submissions/ by hand; nbgrader's place needs no word."""
        put(tmp_path, {f"ada/{place}": NOTEBOOK})

        (one,), notices = read_all_submissions(tmp_path, "gradients")

        assert one.filename == place
        assert [notice.taken for notice in notices] == [True] * (place != "gradients/gradients.ipynb")

    @pytest.mark.parametrize("name", RENAMED)
    def test_a_notebook_under_another_name(self, tmp_path, name):
        """Read by its content."""
        put(tmp_path, {f"ada/{name}": NOTEBOOK})

        (one,), (notice,) = read_all_submissions(tmp_path, "gradients")

        assert (one.filename, one.content, notice.taken) == (name, NOTEBOOK, True)

    def test_of_several_all_are_named(self, tmp_path):
        """The exact name settles it, also further in."""
        put(tmp_path, {"ada/hw/gradients.ipynb": NOTEBOOK, "ada/hw/gradients (1).ipynb": b"{}"})

        (one,), (notice,) = read_all_submissions(tmp_path, "gradients")

        assert one.filename == "hw/gradients.ipynb"
        assert "holds 2 notebooks (hw/gradients (1).ipynb, hw/gradients.ipynb)" in notice.what

    def test_another_assignment_of_nbgraders_tree_is_not_taken_for_this_one(self, tmp_path):
        """Its folder is called after an assignment of the course."""
        put(tmp_path, {"ada/kernels/kernels.ipynb": NOTEBOOK})

        submissions, (notice,) = read_all_submissions(tmp_path, "gradients", others=frozenset({"kernels"}))

        assert (submissions, notice.what) == ((), "holds no notebook, only kernels/kernels.ipynb")

    def test_what_lies_beside_attempts_is_said(self, tmp_path):
        """In a folder too."""
        put(tmp_path, {"ada/20261012T090000Z/gradients.ipynb": b"1", "ada/new/gradients.ipynb": b"2"})

        (one,), (notice,) = read_all_submissions(tmp_path, "gradients")

        assert one.content == b"1"
        assert notice.what == "lies beside the folders of attempts"

    def test_a_folder_of_thousands_of_files_ends(self, tmp_path):
        """A whole environment was handed in: the notebook on top is found, and that there is more is said."""
        put(tmp_path, {"ada/gradients.ipynb": NOTEBOOK, **{f"ada/venv/{n}.py": b"" for n in range(2100)}})

        (one,), (notice,) = read_all_submissions(tmp_path, "gradients")

        assert one.filename == "gradients.ipynb"
        assert (notice.taken, "2000 files" in notice.what) == (True, True)


@pytest.mark.parametrize(
    "name",
    [
        *("gradients.ipynb", "Gradients (1).ipynb", "gradients-2.ipynb", "gradients(2).ipynb.crdownload"),
        *(
            "gradients - Copie.ipynb",
            "gradients - Copy (2).ipynb",
            "gradients-Copy1.ipynb",
            "gradients_1_.ipynb",
        ),
        *(
            "Copy of gradients.ipynb",
            "Copie de gradients.ipynb",
            "gradients copy 2.ipynb",
            "GRADIENTS.IPYNB.txt",
        ),
        *("gradients – Kopie.ipynb", "gradients.ipynb (1)", "gradients.ipynb.json", "gradients.txt"),
    ],
)
def test_copy_marks(name):
    """What browsers, desktops and Jupyter add to a name."""
    assert strip_copy_marks(name) == "gradients"


@pytest.mark.parametrize(
    ("content", "is_one"),
    [
        (NOTEBOOK, True),
        (b"\xef\xbb\xbf" + NOTEBOOK, True),
        (NOTEBOOK.decode().encode("utf-16"), True),
        (b" \r\n" + NOTEBOOK + b"\0\0", True),
        (b'{"worksheets": [{"cells": []}], "nbformat": 3}', True),
        (b'{"nbformat": 4, "cells": []}', True),
        (b'{"cells": []}', False),
        (b'{"cells": {}}', False),
        (b'["cells"]', False),
        (b"{'cells': []}", False),
        (b"", False),
    ],
)
def test_what_parses_as_a_notebook_is_one(content, is_one):
    """In every encoding that programs save."""
    assert (may_be_notebook(content[:64]) and is_notebook_content(content)) is is_one
