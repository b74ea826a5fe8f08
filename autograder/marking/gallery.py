"""The pictures in answers, drawn anew for a sheet: so many and so large as a page can hold."""

from collections.abc import Callable, Iterable, Sequence

from autograder.domain.course import Limits
from autograder.domain.notebook import Cell
from autograder.errors import SubmissionError
from autograder.notebook.attachments import read_attachment
from autograder.notebook.pictures import Home, PictureShown, explain_unseen, find_pictures
from autograder.notebook.read import cells_of, read_document
from autograder.notebook.written import WrittenAnswer
from autograder.render.marking import ShownPicture
from autograder.render.redraw import PictureError, redraw

Content = Callable[[str], bytes]
"""Gives the bytes of a file by its hash."""
Draw = Callable[[Cell, Sequence[PictureShown]], tuple[ShownPicture, ...]]
"""Draws the pictures of one cell."""

_PAGE_BYTES = 80_000_000
_LEAST_BYTES, _MOST_BYTES = 50_000, 500_000
_MOST_OF_ONE = 24
"""Pictures of one answer."""


class Gallery:
    """Opens the files of answers for the pictures that their texts show."""

    def __init__(self, content: Content, answers: Iterable[WrittenAnswer], limits: Limits) -> None:
        self._content = content
        self._limits = limits
        number = sum(len(find_pictures(cell)[1]) for answer in answers for cell in answer.cells)
        self._room = min(_MOST_BYTES, max(_LEAST_BYTES, _PAGE_BYTES // max(number, 1)))

    def open(self, blob: str, answer: WrittenAnswer) -> Draw:
        """What draws the pictures of an answer in the file of this hash."""
        attached = any(cell.attachments for cell in answer.cells)
        cells = self._read(blob) if attached else ()
        left = _MOST_OF_ONE

        def draw(cell: Cell, pictures: Sequence[PictureShown]) -> tuple[ShownPicture, ...]:
            nonlocal left
            left -= len(pictures)
            shown = pictures[: len(pictures) + min(left, 0)] if left < 0 else pictures
            return tuple(self._draw(picture, cell, cells) for picture in shown) + tuple(
                ShownPicture(trouble=f"comes after {_MOST_OF_ONE} others of this answer")
                for _ in pictures[len(shown) :]
            )

        return draw

    def _read(self, blob: str) -> Sequence[object]:
        try:
            document, _ = read_document(self._content(blob), limit_mb=self._limits.notebook_mb)
        except SubmissionError:  # it was read when it was graded, with another limit of size
            return ()
        return cells_of(document)

    def _draw(self, picture: PictureShown, cell: Cell, cells: Sequence[object]) -> ShownPicture:
        name = "" if picture.home is Home.INLINE else picture.target
        why, _ = explain_unseen(picture)
        if why:
            return ShownPicture(name=name, trouble=str(why))
        base64 = picture.target
        if picture.home is Home.ATTACHED:
            base64 = read_attachment(cells[cell.number - 1], name) if cell.number <= len(cells) else ""
        try:
            return ShownPicture(redraw(base64, most=self._room), name)
        except PictureError as error:
            return ShownPicture(name=name, trouble=str(error))
