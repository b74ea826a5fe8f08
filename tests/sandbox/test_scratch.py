"""The folder student code writes to: measured within bounds, removed whatever is in it."""

import os
import shutil

from patience import PATIENT

from autograder.domain.notebook import Cell, CellKind
from autograder.domain.report import CellEnding
from autograder.sandbox import scratch
from autograder.sandbox.isolation import LIMITS_ONLY
from autograder.sandbox.runner import Runner


def test_a_new_folder_is_empty_and_private(tmp_path):
    """Nobody else may look into it."""
    folder = scratch.make(tmp_path, owner=None)
    assert list(folder.iterdir()) == []
    assert folder.stat().st_mode & 0o777 == 0o700


def test_use_is_counted_through_all_folders(tmp_path):
    """Links are not followed; counting stops above the bound; too many files are above any bound."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "file").write_bytes(bytes(1 << 20))
    (tmp_path / "link").symlink_to("/usr")
    assert 1 << 20 <= scratch.used_bytes(tmp_path, most=1 << 30) < 2 << 20
    assert scratch.used_bytes(tmp_path, most=1000) == 1001
    assert scratch.used_bytes(tmp_path / "gone", most=1000) == 0


def test_many_files_count_as_too_much(tmp_path, monkeypatch):
    """Empty files use up a disk too."""
    monkeypatch.setattr(scratch, "_MOST_FILES", 10)
    for number in range(11):
        (tmp_path / str(number)).touch()
    assert scratch.used_bytes(tmp_path, most=1 << 30) > 1 << 30


def test_anything_is_removed(tmp_path):
    """Folders deeper than a path can name, closed folders, links, names of our own kind."""
    folder = tmp_path / "mess"
    folder.mkdir()
    here = os.open(folder, os.O_RDONLY)
    for _ in range(60):
        os.mkdir("d" * 200, dir_fd=here)
        os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=here))
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    (folder / "closed").mkdir()
    (folder / "closed" / "x").mkdir()
    (folder / "closed").chmod(0)
    (folder / ".moved-1").mkdir()
    (folder / ".moved-1" / "in").touch()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    (folder / "link").symlink_to(outside)
    assert scratch.used_bytes(folder, most=1 << 30) > 1 << 30

    scratch.remove(folder)
    assert not folder.exists()
    assert (outside / "kept").exists()
    scratch.remove(folder)


def test_a_folder_that_the_machine_has_tidied_away_is_made_anew() -> None:
    """Else every file after it would fail, though no student did anything."""
    cell = [Cell(CellKind.CODE, "open('mine', 'w').write('x')", 1)]
    with Runner(accept_level=LIMITS_ONLY) as runner:
        for _ in range(2):
            _, base = runner.whereabouts()
            with runner.start(cell, PATIENT) as student:
                assert [each.ending for each in student.cells] == [CellEnding.RAN]
            shutil.rmtree(base)
