"""A course with its pages, for every test of this room."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import open_browser
from web_course import WebCourse
from whole_course import WholeCourse


@pytest.fixture
def web(tmp_path: Path) -> Iterator[WebCourse]:
    """A small course with three students and three who teach."""
    course = WebCourse(tmp_path)
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
