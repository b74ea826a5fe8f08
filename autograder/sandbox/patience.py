"""How long student code is borne where others wait: beyond that, the submission is given up here, not judged.

It is no limit of the course, and no report tells of it: the submission is begun again where nobody waits.
"""


class OutOfPatience(BaseException):
    """A submission takes longer than others can wait; no `except Exception` catches it."""


class Patience:
    """Seconds of all processes of one submission together, as its budgets count them."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    def spend(self, seconds: float) -> None:
        """Take off what was used; OutOfPatience once nothing is left."""
        self._left -= seconds
        if self._left <= 0.0:
            raise OutOfPatience
