"""What judging needs of a student: to be asked. The sandbox has such an object; a test can fake one."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from autograder.domain.answer import Answer, Batch


class StudentCode(Protocol):
    """A student's notebook that has run and can be asked for values."""

    @property
    def source(self) -> str:
        """The submitted code as the trusted side reads it, never the running process's word."""

    def ask(self, name: str, batch: Batch, *, seconds: float) -> tuple[Answer, ...]:
        """One answer per call, in order, within `seconds` of wall-clock time for all of them."""

    def variable(self, name: str) -> Answer:
        """The value of a variable."""

    def standing_in(
        self, references: Mapping[str, Callable[..., Any]]
    ) -> "AbstractContextManager[StudentCode]":
        """The same notebook in a fresh process, with these references in place of the student's functions."""
