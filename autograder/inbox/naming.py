"""Who owns a file, by names that the platform or the course gave, never by one that a student may choose."""

import re
from dataclasses import dataclass
from enum import Enum

from autograder.domain.student_id import normal
from autograder.inbox.file_names import strip_copy_marks

# Moodle and Canvas put the person first and the file name last, and leave no underscore in a person's
# name; so whatever a student calls a file, the first match is Moodle's or Canvas' own.
_MOODLE = re.compile(r"(?P<name>[^_]+)_(?P<number>[0-9]+)_assignsubmission_(?P<rest>[a-z]+(_.*)?)", re.DOTALL)
_CANVAS = re.compile(
    r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<number>[0-9]+)_([0-9]+_(?P<file>.+)|(?P<page>text|link)\.html)",
    re.DOTALL,
)
_TREES = ("submitted", "submissions")


class NamingScheme(Enum):
    """By whose scheme a file is named."""

    FOLDER = "folder"
    MOODLE = "Moodle"
    CANVAS = "Canvas"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who handed in, as the source calls them: a folder's name, or name and number in Moodle or Canvas."""

    scheme: NamingScheme
    name: str
    number: str = ""

    def __str__(self) -> str:
        return f"{self.name}_{self.number}" if self.number else self.name


@dataclass(frozen=True, slots=True)
class Place:
    """A file: its owner, and where it is among what the owner handed in."""

    owner: Owner
    inside: tuple[str, ...]
    late: bool = False
    """Whether Canvas says that it came after Canvas' deadline."""


@dataclass(frozen=True, slots=True)
class Naming:
    """How the files of a source are named."""

    assignment: str
    ids: frozenset[str] = frozenset()
    """Of the roster: a folder named after one of them never counts as a wrapper."""
    packed_as: str = ""
    """The name of the archive without its ending: packing a folder puts this name before all others."""
    others: frozenset[str] = frozenset()
    """The other assignments of the course, whose folders stand beside this one's in nbgrader's tree."""

    def locate(self, parts: tuple[str, ...]) -> Place | None:
        """The place of a file, or None if it belongs to nobody."""
        parts = self._unwrap(parts)
        moodle = _MOODLE.fullmatch(parts[0])
        if moodle:
            return _locate_in_moodle(moodle, parts)
        if len(parts) > 1:
            return Place(Owner(NamingScheme.FOLDER, parts[0]), parts[1:])
        canvas = _CANVAS.fullmatch(parts[0])
        if canvas is None:
            return None
        file = canvas["file"] or f"{canvas['page']}.html"
        owner = Owner(NamingScheme.CANVAS, canvas["name"], canvas["number"])
        return Place(owner, (file,), late=canvas["late"] is not None)

    def is_at_top(self, place: Place) -> bool:
        """Whether a file lies where a notebook is expected.

        In a tree of folders that is the student's folder, or where nbgrader puts it, in a folder of the
        assignment; Moodle keeps the folders that students make.
        """
        if place.owner.scheme is not NamingScheme.FOLDER or len(place.inside) == 1:
            return True
        return self.is_nbgrader(place)

    def is_of_another(self, place: Place) -> bool:
        """Whether the file lies in the folder of another assignment and is not named after this one."""
        return (
            place.owner.scheme is NamingScheme.FOLDER
            and len(place.inside) > 1
            and place.inside[0] in self.others
            and strip_copy_marks(place.inside[-1]) != normal(self.assignment).casefold()
        )

    def is_nbgrader(self, place: Place) -> bool:
        """Whether the file lies in STUDENT/ASSIGNMENT/."""
        folder = place.owner.scheme is NamingScheme.FOLDER
        return folder and len(place.inside) == 2 and place.inside[0] == self.assignment

    def _unwrap(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """Strip the folders around the students': only the person who packed them can have named those."""
        # Without a roster, an archive called ada.zip may be ada's own, with a folder in it that ada named.
        wrappers = {*_TREES, self.assignment, *((self.packed_as,) if self.ids else ())}
        while len(parts) > 1 and parts[0] in wrappers and normal(parts[0]) not in self.ids:
            wrappers.discard(parts[0])
            parts = parts[1:]
        return parts


def _locate_in_moodle(match: re.Match[str], parts: tuple[str, ...]) -> Place | None:
    plugin, _, file = match["rest"].partition("_")
    owner = Owner(NamingScheme.MOODLE, match["name"], match["number"])
    if len(parts) > 1 and not file:
        inside = parts[1:]
    elif len(parts) == 1 and file:
        inside = (file,)
    else:
        return None
    return Place(owner, inside if plugin == "file" else (plugin, *inside))
