"""A graded course, made once for each module of tests that asks for it; some make one of their own."""

import copy
import shutil
from pathlib import Path

import pytest
from graded_course import make_graded_course
from marking_course import Course


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return make_graded_course(tmp_path_factory.mktemp("graded"))


@pytest.fixture
def course(graded: Course, tmp_path: Path) -> Course:
    """The same for each test anew; nothing is judged again for it."""
    shutil.copytree(graded.folder, tmp_path / "course")
    own = copy.copy(graded)
    own.folder = tmp_path / "course"
    return own
