"""How code that a student typed is run: the quiz asks for a sealed process and never runs anything itself."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from autograder.domain.answer import Answer, Batch


class Askable(Protocol):
    """What is needed of a student's code that has run: to be asked (`questions.StudentCode` is one)."""

    def ask(self, name: str, batch: Batch, *, seconds: float) -> tuple[Answer, ...]:
        """One answer per call, in order."""


Seal = Callable[[str], AbstractContextManager[Askable]]
"""Runs code in a sealed process and gives what can be asked of it."""
