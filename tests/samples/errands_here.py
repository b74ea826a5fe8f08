"""What is asked for on a page and done beside the pages, done in this process; and downloads to collect."""

import io
import zipfile
from typing import Any

from web_course import WebCourse

from autograder.gradebook.errands import Errands
from autograder.services.errand_work import ErrandContext, do_errands


def do_what_waits(web: WebCourse, **beside: Any) -> int:
    """Do what was asked for, as the program beside the pages does, in this process."""
    errands = Errands(web.site.transient)

    def context() -> ErrandContext:
        course, book = web.site.course, web.site.gradebook
        return ErrandContext(course, book, errands, jobs=1, level=1, clock=web.clock, **beside)

    return do_errands(context, errands, web.clock)


def zipped(**files: bytes) -> bytes:
    """A zip with the notebook of each student in a folder of theirs."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"{name}/small.ipynb", data)
    return content.getvalue()
