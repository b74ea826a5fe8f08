"""What waits to be judged, read once for all who ask while nothing comes and nothing is judged."""

from autograder.gradebook.store import Gradebook, UngradedSubmission


class QueueReader:
    """Keeps what was read last: two hundred who wait ask every second, and each would read two hundred lines.

    Safe to be used by many threads: at worst two of them read it.
    """

    def __init__(self) -> None:
        self._kept: tuple[tuple[int, int], tuple[UngradedSubmission, ...]] | None = None

    def read(self, gradebook: Gradebook) -> tuple[UngradedSubmission, ...]:
        """Every submission without a report, as it is now."""
        with gradebook.at_once():
            last = gradebook.last_submission(), gradebook.last_report()
            kept = self._kept
            if kept is None or kept[0] != last:
                kept = self._kept = last, gradebook.ungraded()
            return kept[1]
