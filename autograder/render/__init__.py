"""Reports and marking sheets as pages. Loaded when it is first asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.render.marking import AnswerCopy, CopiedCell, MarkingSheet, render_sheet
    from autograder.render.page import render_html
    from autograder.render.visible import clean

_HOMES = {
    "AnswerCopy": "autograder.render.marking",
    "CopiedCell": "autograder.render.marking",
    "MarkingSheet": "autograder.render.marking",
    "clean": "autograder.render.visible",
    "render_html": "autograder.render.page",
    "render_sheet": "autograder.render.marking",
}

__all__ = [
    "AnswerCopy",
    "CopiedCell",
    "MarkingSheet",
    "clean",
    "render_html",
    "render_sheet",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
