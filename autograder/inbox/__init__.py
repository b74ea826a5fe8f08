"""What was handed in: a folder of submissions read without trusting anything in it."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.inbox.folder import arrivals, collect_folder
    from autograder.inbox.notice import Oddity

_HOMES = {"Oddity": "notice", "arrivals": "folder", "collect_folder": "folder"}

__all__ = ["Oddity", "arrivals", "collect_folder"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
