"""Where a course keeps things, and its secret."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder.course import CourseFolder
from autograder.errors import CourseError


def mode(path: Path) -> int:
    """The rights on a file or folder."""
    return path.stat().st_mode & 0o777


def test_every_part_has_its_place(tmp_path):
    """Nothing is made by asking where things are."""
    folder = CourseFolder(tmp_path)

    assert folder.assignments == tmp_path / "assignments"
    assert folder.solutions == tmp_path / "solutions"
    assert folder.quiz == tmp_path / "quiz"
    assert folder.state == tmp_path / ".autograder"
    assert folder.store_url == str(tmp_path / ".autograder/gradebook.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_the_gradebook_may_be_elsewhere(tmp_path):
    """An address of PostgreSQL takes the place of the file."""
    assert CourseFolder(tmp_path, store="postgresql://db/course").store_url == "postgresql://db/course"


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path):
    """32 bytes, the same ever after, other ones in another course."""
    secret = CourseFolder(tmp_path).secret()
    (tmp_path / "other").mkdir()

    assert len(secret) == 32
    assert CourseFolder(tmp_path).secret() == secret
    assert CourseFolder(tmp_path / "other").secret() != secret
    assert mode(tmp_path / ".autograder") == 0o700
    assert mode(tmp_path / ".autograder/secret") == 0o600
    assert [path.name for path in (tmp_path / ".autograder").iterdir()] == ["secret"]


def test_rights_that_grew_too_wide_are_taken_back(tmp_path):
    """A copy of a course may have lost them."""
    CourseFolder(tmp_path).secret()
    (tmp_path / ".autograder").chmod(0o755)
    (tmp_path / ".autograder/secret").chmod(0o644)
    CourseFolder(tmp_path).secret()

    assert mode(tmp_path / ".autograder") == 0o700
    assert mode(tmp_path / ".autograder/secret") == 0o600


def test_runs_that_begin_together_agree(tmp_path):
    """Whoever is first decides; nobody reads half a secret."""
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: CourseFolder(tmp_path).secret(), range(40)))

    assert len(secrets) == 1


@pytest.mark.parametrize("content", [b"", b"abc", b"\xff" * 64, b"00" * 31, b"zz" * 32])
def test_a_damaged_secret_is_never_replaced(tmp_path, content):
    """Another secret would draw other cases: a person must decide."""
    folder = CourseFolder(tmp_path)
    folder.secret()
    (folder.state / "secret").write_bytes(content)

    with pytest.raises(CourseError, match="bring it back from a backup"):
        folder.secret()
    assert (folder.state / "secret").read_bytes() == content


def test_a_place_where_nothing_can_be_kept(tmp_path):
    """A file where the folder should be, say."""
    (tmp_path / ".autograder").write_text("")

    with pytest.raises(CourseError, match="cannot be kept"):
        CourseFolder(tmp_path).secret()
