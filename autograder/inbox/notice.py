"""What a person should know of a folder of submissions."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """One line: where, what, and what to do. Safe to print: nothing invisible is left in names."""

    where: str
    what: str
    todo: str
    student: str = ""
    """Whom it concerns, if that is known."""
    taken: bool = False
    """Whether this student's notebook was taken all the same."""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.todo}"


class Rejected(Exception):  # noqa: N818 - what happened to a file, not an error of the program
    """A file or folder that is not taken; becomes a `Notice` once it is known whose it is."""

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo


def escape(name: object) -> str:
    """A name or path with invisible characters escaped (control, bidirectional, broken bytes)."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in str(name)
    )
