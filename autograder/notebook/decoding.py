"""The bytes of a file -> its text, or a sentence that says what the file really is."""

import json
import re

from autograder.errors import SubmissionError

_AGAIN = "Save the notebook in Jupyter and submit the .ipynb file itself."

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a zip archive (or an office document). Unpack it and submit the .ipynb file inside it."),
    (b"\x1f\x8b", "a compressed archive. Unpack it and submit the .ipynb file inside it."),
    (b"7z\xbc\xaf", "a compressed archive. Unpack it and submit the .ipynb file inside it."),
    (b"Rar!", "a compressed archive. Unpack it and submit the .ipynb file inside it."),
    (b"%PDF", f"a PDF document. {_AGAIN}"),
    (b"\x89PNG", f"a picture. {_AGAIN}"),
    (b"\xff\xd8\xff", f"a picture. {_AGAIN}"),
    (b"version https://git-lfs", f"a pointer left by Git LFS, without the content. {_AGAIN}"),
)

_PYTHON = re.compile(r"^(?:import \w|from [\w.]+ import |def \w+\(|# %%|#!.*python)", re.MULTILINE)
_MERGE_CONFLICT = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)


def decode(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file, and what had to be mended to read it.

    Raises SubmissionError where the file is empty or plainly something else than text.
    """
    padded = content.rstrip(b"\0") if json.detect_encoding(content[:4]).startswith("utf-8") else content
    if not content.strip(b"\0 \t\r\n"):
        raise SubmissionError(
            "The file is empty"
            + (
                " (it holds only zero bytes, as an interrupted synchronisation leaves them)"
                if content
                else ""
            )
            + f". {_AGAIN}"
        )
    for signature, what in _SIGNATURES:
        if padded.startswith(signature):
            raise SubmissionError(f"This is not a notebook but {what}")
    text, notes = _text(padded)
    if len(padded) < len(content):
        notes += ("The file ends in zero bytes; they were ignored.",)
    return text, notes


def why_not_json(text: str, problem: json.JSONDecodeError) -> str:
    """The sentence for a student whose file is text, but not what Jupyter writes."""
    if text.lstrip()[:1] == "<" and not _MERGE_CONFLICT.match(text.lstrip()):
        return (
            "This is a web page saved under the name of a notebook. Download the file itself "
            "(on GitHub: Raw; in Jupyter: File > Download) and submit that."
        )
    if _MERGE_CONFLICT.search(text):
        return (
            "The file holds unresolved merge conflicts of git (lines of <<<<<<< and >>>>>>>). Resolve them, "
            "open the notebook in Jupyter, save it and submit it again."
        )
    if text.lstrip()[:1] not in ("{", "[") and _PYTHON.search(text[:200_000]):
        return (
            "This is Python code under the name of a notebook. Copy it into the cells of the released "
            "notebook, save that in Jupyter and submit it."
        )
    if text.lstrip()[:1] in ("{", "[") and _ends_early(text, problem):
        length = f"{len(text):,}".replace(",", " ")
        return (
            f"The file ends in the middle of the notebook, at line {text.count(chr(10)) + 1} after "
            f"{length} characters: it was not saved or uploaded completely. Save it again in "
            "Jupyter and submit the new file."
        )
    return (
        f"The file cannot be read as a notebook: at line {problem.lineno}, column {problem.colno} it is not "
        f"what Jupyter writes. If you edited it as text, undo that. {_AGAIN}"
    )


def _text(content: bytes) -> tuple[str, tuple[str, ...]]:
    encoding = json.detect_encoding(content[:4])
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return _damaged_text(content, encoding)
    if encoding == "utf-8":
        return text, ()
    text = text.removeprefix("\ufeff")
    if encoding == "utf-8-sig":
        return text, ("The file begins with a byte order mark; it was ignored.",)
    return text, (f"The file is written in {encoding.upper()}, not in UTF-8; it was converted.",)


def _damaged_text(content: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    """Text of bytes that break their encoding: damaged where most of it is right, else Latin-1."""
    text = content.decode(encoding, errors="replace").removeprefix("\ufeff")
    broken = text.count("\ufffd")
    sound = len(text) - broken - len(re.findall(r"[\x00-\x7f]", text))
    if encoding == "utf-8" and sound <= broken:
        return content.decode("latin-1"), ("The file is written in Latin-1, not in UTF-8; it was converted.",)
    return text, ("Some bytes of the file are damaged; � stands in their place.",)


def _ends_early(text: str, problem: json.JSONDecodeError) -> bool:
    """Whether the text is right as far as it goes: the error is its end, or a string that never closes."""
    return problem.msg.startswith("Unterminated string") or problem.pos >= len(text.rstrip()) - 5
