"""A run of collecting that is killed, at every moment at which it changes anything on the disk."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from packing import Inbox, read_all_submissions, zipped

from autograder.errors import CourseError


def collect_and_die(root: Path, left: int) -> int:
    """Collect in a child that is killed before the change that follows so many; its exit code."""
    child = os.fork()  # of a program that is loaded: to start one anew takes longer than all the rest
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:

        def dying(call: Callable[..., Any]) -> Callable[..., Any]:
            def wrapper(*arguments: Any, **options: Any) -> Any:
                nonlocal left
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1
                return call(*arguments, **options)

            return wrapper

        for name in ("mkdir", "rename", "unlink", "rmdir"):
            setattr(os, name, dying(getattr(os, name)))
        Inbox(root).collect(root / "download.zip")
        os._exit(0)
    finally:
        os._exit(1)


FILES = {"ada": b"new", "bob": b"bob's", "zoé": b"z"}


def state(inbox: Inbox) -> dict[str, bytes]:
    """What would be graded; nothing may be odd but that there is nothing yet."""
    try:
        submissions, notices = read_all_submissions(inbox.into, "gradients")
    except CourseError:  # not even a folder yet
        return {}
    assert [one for one in notices if "holds no student's folder" not in one.what] == []
    return {one.student: one.content for one in submissions}


@pytest.mark.parametrize("before", [{}, {"ada": b"old"}])
def test_killed_at_any_moment_it_leaves_whole_attempts_and_a_second_run_completes_them(tmp_path, before):
    """After each change on the disk: what is there is whole, and the next run clears and finishes."""
    ends = set()
    for moment in range(60):
        inbox = Inbox(tmp_path / str(moment))
        inbox.root.mkdir()
        if before:
            inbox.collect(zipped({f"{student}/x.ipynb": content for student, content in before.items()}))
        (inbox.root / "download.zip").write_bytes(
            zipped({f"{student}/x.ipynb": content for student, content in FILES.items()})
        )
        ended = collect_and_die(inbox.root, moment)

        for student, content in state(inbox).items():
            assert content in (FILES[student], before.get(student))
        assert set(before) <= set(state(inbox))
        inbox.collect(inbox.root / "download.zip")
        assert state(inbox) == FILES
        assert [path for path in inbox.into.iterdir() if path.name.startswith(".")] == []
        ends.add(tuple(sorted(path.relative_to(inbox.into) for path in inbox.into.rglob("*"))))
        if ended == 0:
            break

    assert ended == 0
    assert moment > 10
    assert len(ends) == 1
