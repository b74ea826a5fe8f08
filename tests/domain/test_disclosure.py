"""What a student may see of a verdict."""

from fractions import Fraction

from autograder.domain.course import AssignmentSettings, Disclosure
from autograder.domain.disclosure import disclose
from autograder.domain.report import Outcome, Verdict
from autograder.domain.sentences import authored


def test_a_course_may_tell_nothing_of_hidden_cases() -> None:
    """With disclosure "never" a verdict keeps its mark and loses its reasons."""
    verdict = Verdict(
        "q", Fraction(2), Outcome.WRONG, Fraction(1, 4), authored("Wrong sign."), mistake="sign", hint="Look."
    )
    settings = AssignmentSettings("doubling", "Doubling", Fraction(1), disclosure=Disclosure.NEVER)

    shown = disclose(verdict, settings)

    assert shown.mark == Fraction(1, 4)
    assert (shown.mistake, shown.hint, shown.groups) == (None, "", ())
    assert "sign" not in str(shown.sentence)
