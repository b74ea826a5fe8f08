"""The pages of the documentation as they come with the program: which there are, and their text."""

import re
from dataclasses import dataclass
from pathlib import Path

from autograder.cli.reference import COMMANDS_GO_HERE, write_command_reference

_PACKAGE = Path(__file__).parents[1]
_TREE = re.compile(r"^```\{toctree\}\n(.*?)^```$", re.S | re.M)
_FOR_SPHINX = "```{eval-rst}"
"""In a page that Sphinx alone can fill in, from docstrings."""
_PICTURE = re.compile(r"^!\[.*\]\(.*\)\n", re.M)
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([\w-]+)\.md(?:#[\w-]*)?\)")


@dataclass(frozen=True, slots=True)
class ManualPage:
    """A page, by the name that is asked for."""

    topic: str
    title: str
    file: Path

    def read(self) -> str:
        """Its Markdown for a terminal: without pictures, other pages named as topics."""
        text = self.file.read_text(encoding="utf-8")
        if COMMANDS_GO_HERE in text:
            text = text.replace(COMMANDS_GO_HERE, write_command_reference())
        return _LINK.sub(r"\1 (help \2)", _PICTURE.sub("", text))


def manual_pages() -> dict[str, list[ManualPage]]:
    """The pages below the captions of the index, in its order."""
    shipped = _PACKAGE / "_docs"
    folder = shipped if shipped.is_dir() else _PACKAGE.parent / "docs"
    pages: dict[str, list[ManualPage]] = {}
    for tree in _TREE.findall((folder / "index.md").read_text(encoding="utf-8")):
        lines = tree.split("\n")
        caption = next(line.removeprefix(":caption: ") for line in lines if line.startswith(":caption: "))
        files = [folder / f"{line}.md" for line in lines if line and not line.startswith(":")]
        texts = {file: file.read_text(encoding="utf-8") for file in files}
        pages[caption] = [
            ManualPage(file.stem, text.partition("\n")[0].removeprefix("# "), file)
            for file, text in texts.items()
            if _FOR_SPHINX not in text
        ]
    return pages
