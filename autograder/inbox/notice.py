"""What a person should know of a folder of submissions."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Oddity:
    """One line: where, what, and what to do. Safe to print: of names, only visible characters remain."""

    where: str
    what: str
    todo: str
    student: str = ""
    """Whose it is, where that is known."""
    taken: bool = False
    """Whether this student's notebook was taken all the same."""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.todo}"


class Refused(Exception):  # noqa: N818 - what happened to a file, not an error of the program
    """A file or folder that is not taken; becomes an `Oddity` where it is known whose it is."""

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo


def shown(name: object) -> str:
    """A name or path with what is not visible in it escaped (control, bidirectional, broken bytes)."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in str(name)
    )
