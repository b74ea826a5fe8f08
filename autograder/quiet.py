"""Silence around an author's functions: what they warn of is no business of whoever grades."""

import warnings
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType

import numpy as np


def quiet() -> AbstractContextManager[None]:
    """Neither warnings nor numpy's complaints about numbers, whatever a student's values bring about."""
    return _Quiet()


class _Quiet(AbstractContextManager[None]):
    """No generator: the end of an author's time may come while it is entered, and would leave one open."""

    def __init__(self) -> None:
        self._opened = ExitStack()

    def __enter__(self) -> None:
        self._opened.enter_context(np.errstate(all="ignore"))
        self._opened.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()
