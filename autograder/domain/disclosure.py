"""What a student may see of a verdict, as far as the course discloses hidden cases."""

from dataclasses import replace

from autograder.domain.course import AssignmentSettings, Disclosure
from autograder.domain.report import Verdict
from autograder.domain.sentences import say


def disclose(verdict: Verdict, settings: AssignmentSettings) -> Verdict:
    """The verdict without what the course keeps to itself; public examples are always shown."""
    if settings.disclosure is not Disclosure.NEVER or verdict.mark is None:
        return verdict
    sentence = say("undisclosed.right" if verdict.mark == 1 else "undisclosed.wrong")
    return replace(verdict, sentence=sentence, mistake=None, hint="", advice=(), groups=())
