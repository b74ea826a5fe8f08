"""What a path holds: an nbgrader course, a master of Otter's, an autograder.zip, or none of them."""

from pathlib import Path

from autograder.adopting.nbgrader_course import holds_course, read_nbgrader_course
from autograder.adopting.reading import CourseReading
from autograder.adopting.their_tools import TheirPython
from autograder.errors import CourseError, Flaw

_ALLOWED = "name the folder of an nbgrader course, a master notebook of Otter's, or its autograder.zip"
_NO_SOURCE = {
    ".db": "is a gradebook alone; name the folder in which it lies",
    ".pkl": "is a pickle: reading one runs what stands in it, so none is ever read",
    ".rmd": "is a document in R, and only Python can be judged here",
    ".qmd": "is a Quarto document, and only notebooks can be judged here",
}


def read_source(source: Path, python: TheirPython) -> CourseReading:
    """Everything that can be adopted from a path, read without changing anything there.

    Raises:
        CourseError: it holds nothing to adopt, or what belongs to the whole of it cannot be read.
    """
    if not source.exists():
        raise CourseError([Flaw(str(source), "there is no such file or folder", _ALLOWED)])
    if source.is_dir():
        if holds_course(source):
            return read_nbgrader_course(source, python)
        raise CourseError([Flaw(str(source), "holds nothing to adopt", _ALLOWED)])
    what = _NO_SOURCE.get(source.suffix.lower(), "is nothing to adopt")
    raise CourseError([Flaw(str(source), what, _ALLOWED)])
