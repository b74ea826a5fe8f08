"""Hand out one notebook that works here, with Otter and in an nbgrader course."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autograder.domain.language import localize_number
from autograder.domain.phrases import count_phrase, phrase
from autograder.interop.nbgrader import add_nbgrader_metadata, make_source_version
from autograder.interop.otter import Document, add_otter_tests
from autograder.notebook.assignment import AssignmentText, read_assignment
from autograder.notebook.release import release, with_conditions

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file of a zip, so that the same notebook makes the same bytes."""


@dataclass(frozen=True, slots=True)
class Handout:
    """A released notebook with the metadata that other systems read."""

    name: str
    """The name of the assignment."""
    text: AssignmentText
    document: Document

    @property
    def file(self) -> str:
        """The name of the notebook's file."""
        return f"{self.name}.ipynb"

    @property
    def content(self) -> bytes:
        """The notebook that students receive."""
        return _encode(self.document)

    @property
    def nbgrader_source(self) -> bytes:
        """The notebook for the source/ folder of an nbgrader course."""
        return _encode(make_source_version(self.document))


def hand_out(content: bytes, *, name: str, path: str = "", conditions: str = "") -> Handout:
    """Release an author's notebook; the same notebook gives the same bytes.

    `conditions` is the Markdown of one more cell, at the end of its head: how it is going to be graded.

    Raises CourseError, with every mistake at once.
    """
    released = release(content, path=path)
    if conditions:
        released = with_conditions(released, conditions)
    text = read_assignment(released)
    document: Document = json.loads(released)
    document = add_nbgrader_metadata(document, text)
    return Handout(name, text, add_otter_tests(document, text, file=f"{name}.ipynb"))


def pack(handout: Handout, *, versions: Iterable[tuple[str, str]], deadline: str = "") -> bytes:
    """A zip of the notebook with a page that says how to begin, with the versions by which it is graded.

    The page is in the language that is spoken, in which `deadline` is told.
    """
    page = _write_instructions(handout, deadline, dict(versions))
    files = {handout.file: handout.content, "README.txt": page.encode()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file, content in files.items():
            entry = zipfile.ZipInfo(f"{handout.name}/{file}", _LONG_AGO)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _encode(document: Document) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _write_instructions(handout: Handout, deadline: str, versions: Mapping[str, str]) -> str:
    # What decides whether code runs: 3.11, not 3.11.7.
    short = {name: ".".join(version.split(".")[:2]) for name, version in versions.items()}
    libraries = [name for name in short if name not in ("autograder", "python")]
    told = ", ".join(f"{name} {short[name]}" for name in libraries)
    wanted = " ".join(f'"{name}=={short[name]}.*"' for name in libraries)
    amount = localize_number(f"{float(handout.text.points):g}")
    points = count_phrase("points", handout.text.points, points=amount)
    return phrase(
        "handout.page",
        title=handout.text.title,
        size=count_phrase("handout.size", len(handout.text.statements), points=points),
        python=short["python"],
        libraries=told,
        wanted=wanted,
        file=handout.file,
        until=phrase("handout.until", moment=deadline) if deadline else phrase("handout.in_time"),
    )
