"""Pictures in the prose of a quiz: files beside it, shown on its pages and carried by its exports."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from autograder.quiz.model import Quiz, QuizQuestion

PICTURE = re.compile(r"!\[(?P<alt>[^\[\]\n]*)\]\((?P<name>[^()\s]*)\)")
MOST_BYTES = 1_000_000
_KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_ALLOWED = "![what it shows](name.png): a PNG or JPEG file beside the quiz"


@dataclass(frozen=True, slots=True)
class QuizPicture:
    """A picture's file."""

    name: str
    """As the quiz names it: its path from the folder of the quiz."""
    content: bytes

    @property
    def kind(self) -> str:
        """Its media type; empty for what is no picture."""
        return next((kind for begin, kind in _KINDS.items() if self.content.startswith(begin)), "")

    @property
    def base64(self) -> str:
        """Its bytes as text."""
        return b64encode(self.content).decode()

    @property
    def data_uri(self) -> str:
        """The picture itself, as an address that loads nothing."""
        return f"data:{self.kind};base64,{self.base64}"


def find_pictures(text: str) -> Iterator[tuple[str, str]]:
    """What each picture of a text shows, and its name."""
    return ((match["alt"].strip(), match["name"]) for match in PICTURE.finditer(text))


def pictures_of(quiz: Quiz) -> dict[str, QuizPicture]:
    """The pictures of prompts and solutions that are there and may be shown, by name."""
    folder, found = Path(quiz.source).parent, dict[str, QuizPicture]()
    for question in quiz.questions:
        for _, name in find_pictures(f"{question.prompt}\n{question.solution}"):
            if name not in found and not _name_flaw(name):
                try:
                    picture = QuizPicture(name, (folder / name).read_bytes())
                except (OSError, ValueError):
                    continue
                if picture.kind and len(picture.content) <= MOST_BYTES:
                    found[name] = picture
    return found


def addresses(pictures: Mapping[str, QuizPicture]) -> dict[str, str]:
    """By name, what a page that holds everything itself shows."""
    return {name: picture.data_uri for name, picture in pictures.items()}


def without_pictures(text: str) -> str:
    """The text for whoever shows none: what each picture shows, and where it lies."""
    return PICTURE.sub(lambda match: f"[picture {match['name']}: {match['alt'].strip()}]", text)


def with_pictures(text: str, pictures: Mapping[str, QuizPicture]) -> str:
    """Markdown that holds its pictures, as a notebook shows it."""

    def hold(match: re.Match[str]) -> str:
        picture = pictures.get(match["name"])
        return f"![{match['alt']}]({picture.data_uri})" if picture else match[0]

    return PICTURE.sub(hold, text)


def picture_flaws(quiz: Quiz, question: QuizQuestion) -> Iterator[tuple[str, str, str]]:
    """Of each picture that cannot be shown: its name, what is wrong, what is allowed."""
    folder, known = Path(quiz.source).parent, pictures_of(quiz)
    for alt, name in find_pictures(f"{question.prompt}\n{question.solution}"):
        if not alt:
            yield name, f"the picture {name} does not say what it shows", _ALLOWED
        if flaw := _name_flaw(name):
            yield name, f"the picture {name!r} {flaw}", _ALLOWED
        elif name not in known:
            yield name, f"the picture {name} {_file_flaw(folder / name)}", _ALLOWED
    elsewhere = [*question.hints, *(mistake.feedback for mistake in question.wrong)]
    elsewhere += [
        text for choice in question.choices for text in (choice.text, choice.partner, choice.feedback)
    ]
    for text in elsewhere:
        for _, name in find_pictures(text):
            yield (
                name,
                f"the picture {name} stands in a choice, a hint or feedback",
                "the question or its solution",
            )


def _name_flaw(name: str) -> str:
    if "://" in name or name.startswith(("data:", "//")):
        return "is not kept with the quiz, and would be loaded from elsewhere"
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\\" in name:
        return "does not lie beside the quiz or below it"
    return ""


def _file_flaw(path: Path) -> str:
    if not path.is_file():
        return "is not there"
    return "is no PNG or JPEG" if path.stat().st_size <= MOST_BYTES else f"is larger than {MOST_BYTES} bytes"
