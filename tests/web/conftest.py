"""A course with its pages, for every test of this room."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from web_course import WebCourse


@pytest.fixture
def web(tmp_path: Path) -> Iterator[WebCourse]:
    """A small course with three students and three who teach."""
    course = WebCourse(tmp_path)
    yield course
    course.close()
