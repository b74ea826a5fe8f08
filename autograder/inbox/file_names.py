"""What the name of a file says, after browsers, archivers and copying have changed it."""

import re

from autograder.domain.student_id import normal

NOTEBOOK = ".ipynb"
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
CHECKPOINTS = ".ipynb_checkpoints"
"""Where Jupyter keeps an earlier state: never what was handed in, but a sign that something was."""
PLATFORM = "platform.txt"
"""Beside a notebook that was collected: what the platform says of its lateness."""
_HIDDEN = (".", "__macosx")
_LEFT_BEHIND = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "icon\r"})
_SOMETHING_ELSE = (
    *(".py", ".pyc", ".csv", ".tsv", ".npy", ".npz", ".pkl", ".mat", ".h5", ".parquet", ".md", ".tex"),
    *(".png", ".jpg", ".jpeg", ".gif", ".svg", ".pdf", ".docx", ".odt", ".xlsx", ".mp4", ".whl", ".so"),
)
"""Endings under which no program saves a notebook: not opening these saves reading a student's data."""
_NUMBER = re.compile(r"( ?\([0-9]{1,3}\)|-[0-9]{1,3})$")
"""What browsers and Canvas add to a name that is taken already."""
_COPY_BEHIND = re.compile(
    r"( ?\([0-9]{1,3}\)|[-_][0-9]{1,3}_?|[ _.-]*(-|–)?[ _]*(copy|copie|kopie|copia)[ _]?[0-9]{0,3})$"
)
_COPY_BEFORE = re.compile(r"^(copy of|copie de|kopie von|copia de|copia di)[ _]+")


def is_notebook(name: str) -> bool:
    """Whether a file is called like a notebook."""
    return name.lower().endswith(NOTEBOOK)


def is_archive(name: str) -> bool:
    """Whether a file is called like an archive."""
    return name.lower().endswith(ARCHIVES)


def is_zip(name: str) -> bool:
    """Whether a file is called like a zip, the one archive of a student's that is opened."""
    return name.lower().endswith(".zip")


def is_left_behind(name: str) -> bool:
    """Whether it is what programs leave behind: checkpoints, resource forks, previews."""
    small = name.lower()
    return small.startswith(_HIDDEN) or small in _LEFT_BEHIND


def may_hold_notebook(name: str) -> bool:
    """Whether a file that is not called like a notebook may be one all the same.

    >>> may_hold_notebook("gradients.ipynb.txt"), may_hold_notebook("gradients"), may_hold_notebook("x.csv")
    (True, True, False)
    """
    small = name.lower()
    return NOTEBOOK in small or not small.endswith((*ARCHIVES, *_SOMETHING_ELSE))


def strip_copy_number(name: str) -> str:
    """The name of a notebook without its ending and without the number of a copy.

    >>> strip_copy_number("Gradients (1).ipynb"), strip_copy_number("gradients-2.ipynb")
    ('gradients', 'gradients')
    """
    return _NUMBER.sub("", _strip_ending(name))


def strip_copy_marks(name: str) -> str:
    """The name of a notebook without its ending and all that copying adds, in a few languages.

    >>> strip_copy_marks("Copy of gradients - Copie (2).ipynb.txt"), strip_copy_marks("gradients-Copy1.ipynb")
    ('gradients', 'gradients')
    """
    stem = _strip_ending(name)
    while (shorter := _COPY_BEFORE.sub("", _COPY_BEHIND.sub("", stem))) not in (stem, ""):
        stem = shorter
    return stem


def _strip_ending(name: str) -> str:
    small = normal(name).casefold()
    stem, ending, _ = small.partition(NOTEBOOK)
    return stem if ending else small.rpartition(".")[0] or small
