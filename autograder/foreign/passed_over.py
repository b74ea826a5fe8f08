"""Commands of the operating system that a notebook asks for: none is run, and what it would do nobody knows.

A test that passes earns its points all the same. One that fails after a command is not judged, unless the
command cannot be why: the course's own solution passes without it, or all it does is to bring files, and
nothing that came after it missed one.
"""

import builtins
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

_MOST = 20
"""Commands that are kept."""
_BRINGER = (
    r"(sudo\s+)?(git\s+(clone|pull|fetch|checkout|lfs)\b|wget\b(?!.*\s-\w*O\s*-)"
    r"|curl\b(?=.*\s(-\w*[oO]|--output|--remote-name)\b)"
    r"|(gdown|kaggle|unzip|tar|gunzip|cp|mv|ln|mkdir|chmod|apt|apt-get)\b)[^|;&<>`$\n]*"
)
_BRINGS = re.compile(rf"\s*{_BRINGER}((;|&&|\n)\s*{_BRINGER})*\s*")
"""Commands that bring files or put them elsewhere, and print nothing that anybody could go by."""
_LOOKS = re.compile(
    r"\b(exists|lexists|isfile|isdir|is_file|is_dir|glob|iglob|rglob|listdir|scandir|iterdir|walk|stat|getsize)\b"
)
"""Code that may go by whether a file is there and raise nothing."""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """The commands of a notebook up to some place, and what there may have gone otherwise without them."""

    commands: tuple[str, ...] = ()
    """In order; of very many, the first."""
    missed: bool = False
    """Whether something was imported or opened that is not there, or the output of a command looked at."""
    looked: bool = False
    """Whether code may have looked for a file without opening it."""

    def after_commands(self, commands: Sequence[str]) -> "PassedOver":
        """The same after more commands."""
        every = (*self.commands, *commands)
        return replace(self, commands=every[:_MOST], missed=self.missed or len(every) >= _MOST)

    def after_error(self, exception: str) -> "PassedOver":
        """The same after something was raised; `exception` is a built-in class, or any name."""
        kind = getattr(builtins, exception, None)
        missing = isinstance(kind, type) and issubclass(kind, ImportError | OSError)
        return replace(self, missed=True) if missing else self

    def after_code(self, source: str) -> "PassedOver":
        """The same where this code is to run."""
        return replace(self, looked=True) if not self.looked and _LOOKS.search(source) else self

    def find_needed(self, needless: Collection[str]) -> str | None:
        """The first command that may be why a test fails.

        Args:
            needless: commands without which the course's own solution passes the test.
        """
        for command in self.commands:
            brings = not self.looked and _BRINGS.fullmatch(command)
            if self.missed or not (brings or command in needless):
                return command
        return None
