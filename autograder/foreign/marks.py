"""What a test earns by the rules of the tool it comes from, and whether its profile lets it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isnan

from autograder.domain.answer import Ending
from autograder.domain.course import StderrRule
from autograder.foreign.model import AdoptedAssignment, ForeignQuestion, ForeignTest, Profile, Tool, Where
from autograder.foreign.session import TestRun

_SHORT_NUMBER = re.compile(r"[0-9]{0,30}\.?[0-9]{1,30}(e-?[0-9]{1,2})?")
"""What is taken exactly. The text may be the student's: a long exponent would be worked out for ever."""


@dataclass(frozen=True, slots=True)
class Earned:
    """What became of one test of a submission."""

    test: ForeignTest
    where: Where
    points: Fraction | None
    """None where it is not judged."""
    run: TestRun | None = None
    on_stderr: bool = False
    """Whether it earns nothing for what stands on stderr alone."""
    believed: tuple[str, ...] = ()
    """What the student's objects were asked to decide, and the solution's were not: that earns nothing."""
    reason: str = ""
    """Why it is not judged, for the instructor."""
    command: str = ""
    """Of the operating system, after which it is not judged."""

    @property
    def passed(self) -> bool | None:
        """Whether it earns all of its points and did not fail; None where it is not judged."""
        if self.points is None:
            return None
        if self.run is None:
            return False
        failed = self.on_stderr or bool(self.believed) or self.run.ending is not Ending.RETURNED
        return self.run.passed and not failed and self.points == self.test.points


def earn(
    test: ForeignTest,
    run: TestRun,
    profile: Profile,
    *,
    tool: Tool,
    stderr: StderrRule = StderrRule.AS_NBGRADER,
    ignored: str = "",
) -> Earned:
    """What a test earns, run where its profile says.

    `ignored` is a regular expression: text on stderr in which it is found does no harm. A test that gives
    less than its points after a command of the operating system is not judged where that may be why.
    """
    earned = _earn(test, run, profile, tool=tool, stderr=stderr, ignored=ignored)
    needed = run.passed_over.find_needed(profile.commands)
    if needed is None or earned.points == test.points or earned.where is Where.NOT_JUDGED:
        return earned
    why = f"the notebook asks the operating system for a command, and none is run here: {needed}"
    return Earned(test, Where.NOT_JUDGED, None, run, reason=why, command=needed)


def _earn(
    test: ForeignTest, run: TestRun, profile: Profile, *, tool: Tool, stderr: StderrRule, ignored: str
) -> Earned:
    where = profile.where
    if run.ours:
        return Earned(test, Where.NOT_JUDGED, None, run, reason=run.ours)
    if not run.passed or run.ending is not Ending.RETURNED:
        return Earned(test, where, Fraction(0), run)
    believed = tuple(sorted(set(run.told.used) - set(profile.operators))) if where is Where.OUTSIDE else ()
    if believed and not profile.tried:
        why = f"it asks objects of the student's ({', '.join(believed)}), and no solution showed that it may"
        return Earned(test, Where.NOT_JUDGED, None, run, reason=why)
    if believed:
        return Earned(test, where, Fraction(0), run, believed=believed)
    harmful = run.told.stderr and not (ignored and re.search(ignored, run.told.stderr))
    if tool is Tool.NBGRADER and harmful and stderr is StderrRule.AS_NBGRADER:
        return Earned(test, where, Fraction(0), run, on_stderr=True)
    points = partial_credit(run.told.shown, test.points) if tool is Tool.NBGRADER else test.points
    if points is None:
        shown = run.told.shown.strip()[:100]
        why = f"it shows {shown}, which is more than its points: nbgrader grades no such notebook"
        return Earned(test, Where.NOT_JUDGED, None, run, reason=why)
    return Earned(test, where, points, run)


def partial_credit(shown: str, points: Fraction) -> Fraction | None:
    """Nbgrader's rule: a number that a test cell shows, from 0 up to its points, is what it earns.

    Where it is larger, nbgrader stops, and the whole notebook has no marks: None. A student's function may
    have returned it.

    >>> [str(partial_credit(shown, Fraction(2))) for shown in ("0.1", "3", "1/2", "-1")]
    ['1/10', 'None', '2', '2']
    """
    try:
        number = float(shown)
    except (ValueError, OverflowError):
        return points
    if number > points:
        return None
    if number < 0 or isnan(number):
        return points
    return Fraction(shown.strip()) if _SHORT_NUMBER.fullmatch(shown.strip()) else Fraction(number)


def sum_up(question: ForeignQuestion, earned: Iterable[Earned]) -> Fraction | None:
    """The points of a question; None while one of its tests has none."""
    every = list(earned)
    if any(one.points is None for one in every):
        return None
    total = sum((one.points for one in every if one.points is not None), Fraction(0))
    if question.all_or_nothing:
        return question.points if all(one.passed for one in every) else Fraction(0)
    return min(total, question.points)


def score_whole(assignment: AdoptedAssignment, earned: Fraction) -> Fraction:
    """Otter's score of a submission whose tests earned so much: scaled, or by a threshold all or nothing."""
    judged = sum((each.points for each in assignment.questions if each.tests), Fraction(0))
    share = earned / judged if judged else Fraction(0)
    if assignment.score_threshold is not None:
        whole = assignment.points_possible or judged
        return whole if share >= assignment.score_threshold else Fraction(0)
    return earned if assignment.points_possible is None else share * assignment.points_possible


def profile_of(profiles: Mapping[str, Profile], name: str) -> Profile:
    """The profile of a test; of one that has none, that it is not judged."""
    return profiles.get(name) or Profile(
        name, Where.NOT_JUDGED, "it has no profile: adopt the assignment again"
    )


def same_marks(assignment: AdoptedAssignment, test: ForeignTest, one: TestRun, other: TestRun) -> bool:
    """Whether two runs of a test earn the same."""
    free = Profile(test.name, Where.INSIDE, "")
    ignored = assignment.rules.ignored_stderr
    marks = [earn(test, run, free, tool=assignment.tool, ignored=ignored) for run in (one, other)]
    return marks[0].points == marks[1].points and marks[0].passed == marks[1].passed
