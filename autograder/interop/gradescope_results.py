"""A report as Gradescope's results.json: a test for each question, shown as the course discloses it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class GradescopeTest:
    """One entry of Gradescope's list."""

    name: str
    output: str
    points: Fraction | None = None
    """Of how many points; None where the entry has no score."""
    earned: Fraction | None = None
    """None where no machine gives them: a person marks it on Gradescope."""
    passed: bool | None = None
    """Where it says no more than that."""
    visible: bool = True
    """At once; else after grades are published."""


def write_results(
    tests: tuple[GradescopeTest, ...],
    *,
    score: Fraction,
    output: str,
    seconds: float,
    extra: Mapping[str, Any],
    show_stdout: bool = False,
) -> dict[str, Any]:
    """The document that Gradescope reads.

    Args:
        tests: in the order of the notebook.
        score: points earned so far.
        output: what stands above all tests.
        seconds: that grading took.
        extra: what instructors find in the export of the evaluation.
        show_stdout: whether students see what our program prints, after grades are published.
    """
    return {
        "score": _number(score),
        "execution_time": seconds,
        "output": output,
        "output_format": "text",
        "visibility": "visible",
        # What our program prints is for instructors, unless the course wants it otherwise.
        "stdout_visibility": "after_published" if show_stdout else "hidden",
        "tests": [_describe(number, test) for number, test in enumerate(tests, 1)],
        "extra_data": dict(extra),
    }


def _describe(number: int, test: GradescopeTest) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": test.name,
        "number": str(number),
        "output": test.output,
        "output_format": "text",
        "visibility": "visible" if test.visible else "after_published",
    }
    if test.points is not None and test.earned is not None:
        told |= {"score": _number(test.earned), "max_score": _number(test.points)}
    passed = test.passed if test.points is None or test.earned is None else test.earned == test.points
    if passed is not None:
        told["status"] = "passed" if passed else "failed"
    return told


def _number(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else round(float(value), 5)
