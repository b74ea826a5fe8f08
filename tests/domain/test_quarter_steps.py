"""Grades at steps of 0.25, over all combinations of points of this repository's course."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from math import floor
from pathlib import Path

import pytest

from autograder.course.opened import open_course
from autograder.domain.events import ExamMark, MarkedFile, QuestionMark
from autograder.domain.grade import grade_of
from autograder.domain.rounding import Rounding

QUARTER = Fraction(1, 4)
SHORT = ("gradients", "convexity", "descent", "training")


def combinations() -> Iterator[tuple[tuple[int, ...], Fraction]]:
    """Whole points of five homeworks, the short ones alike up to a point, and an exam at quarter points."""
    for total in range(4 * 20 + 1):
        short = [total // 4 + (place < total % 4) for place in range(4)]
        for final in range(40 + 1):
            for quarters in range(4 * 20 + 1):
                yield (*short, final), Fraction(quarters, 4)


def grade_in_floats(points: tuple[int, ...], exam: Fraction) -> float:
    """The same grade as a spreadsheet works it out."""
    homework = sum(0.125 * (each / 20) for each in points[:4]) + 0.5 * (points[4] / 40)
    return floor(20 * (0.5 * (float(exam) / 20) + 0.5 * homework) / 0.25 + 0.5) * 0.25


@pytest.mark.soak
def test_floats_lose_a_quarter_of_a_point_where_exact_arithmetic_does_not(root: Path) -> None:
    """Of 269 001 combinations 68 080 lie halfway between two steps, and floats are too low at 3 898."""
    course = open_course(root, store="").policy()
    policy = replace(course, rounding=Rounding(QUARTER))
    rounding, halfway, lost, gained = policy.rounding, 0, list[tuple[tuple[int, ...], Fraction]](), 0
    every = list(combinations())
    for points, exam in every:
        # Of 20: a point of a short homework is 1/16, one of the final homework 1/8, one of the exam 1/2.
        exact = Fraction(sum(points[:4]), 16) + Fraction(points[4], 8) + exam / 2
        halfway += (exact / QUARTER) % 1 == Fraction(1, 2)
        found, floats = rounding(exact), grade_in_floats(points, exam)
        if floats < found:
            lost.append((points, exam))
            assert found - Fraction(floats) == QUARTER
        gained += floats > found
    assert (len(every), halfway, len(lost), gained) == (269_001, 68_080, 3_898, 0)

    received = datetime(2026, 12, 1, tzinfo=UTC)
    for points, exam in lost:
        files = [
            MarkedFile(name, 1, received, (QuestionMark("all", Fraction(of), Fraction(earned)),), blob=name)
            for name, of, earned in zip((*SHORT, "final"), (20, 20, 20, 20, 40), points, strict=True)
        ]
        grade = grade_of(policy, [*files, ExamMark(1, exam / 20)], datetime(2027, 9, 1, tzinfo=UTC))
        exact = Fraction(sum(points[:4]), 16) + Fraction(points[4], 8) + exam / 2
        assert (grade.exact, grade.final) == (exact, rounding(exact))
