"""A course with its pages, for every test of this room."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import open_browser
from class_course import RIGHT, notebook
from web_course import WRONG, WebCourse
from whole_course import AsideHere, WholeCourse


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose stores are made, and hold nothing."""
    course = WebCourse(tmp_path_factory.mktemp("empty"))
    course.close()
    return course.folder


@pytest.fixture
def web(empty: Path, tmp_path: Path) -> Iterator[WebCourse]:
    """A small course with three students and three who teach."""
    shutil.copytree(empty, tmp_path, dirs_exist_ok=True)
    course = WebCourse.at(tmp_path)
    yield course
    course.close()


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeCourse]:
    """A course with something on every page, for tests that change nothing of it."""
    course = WholeCourse(tmp_path_factory.mktemp("whole"))
    course.fill()
    yield course
    course.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real browser."""
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which ada has made a known mistake, ben has all right, and tess has handed in nothing."""
    course = WebCourse(tmp_path_factory.mktemp("graded"))
    course.visitor("ada").hand_in(WRONG)
    course.visitor("ben").hand_in(notebook(**RIGHT))
    course.grade_waiting()
    course.close()
    return course.folder


@pytest.fixture
def taught(graded: Path, tmp_path: Path) -> Iterator[WebCourse]:
    """That course, for one test to change."""
    shutil.copytree(graded, tmp_path / "course")
    course = WebCourse.at(tmp_path / "course")
    course.site.aside = AsideHere()
    yield course
    course.close()
