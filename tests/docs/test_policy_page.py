"""The page on final grades: its example is read and says what the page says of it."""

import re
from fractions import Fraction
from pathlib import Path

from autograder.course import read_course
from autograder.domain.attempts import Keep
from autograder.domain.policy_text import describe_policy

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")


def test_the_example_is_a_course(tmp_path: Path) -> None:
    [example] = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.S | re.M)
    (tmp_path / "course.toml").write_text(example, encoding="utf-8")
    policy = read_course(tmp_path).policy

    works = {work.name: work for work in policy.works}
    assert (works["gradients"].counts, works["kernels"].counts) == (Keep.BEST, Keep.LAST)
    assert (works["kernels"].late.until, works["gradients"].late.until) == (0, 3)
    assert works["extra"].bonus and works["extra"].weight == Fraction(1, 20)
    told = describe_policy(policy)
    for line in (
        "Out of 20: 50 % homework, 50 % exam.",
        "short, 50 % of the homework: the mean, without the one whose absence helps you most, of",
        "Gradients (gradients); due Sunday 13 December 2026, 23:59 and 15 minutes of grace; your best file",
        "kernels: Late work does not count.",
        "You have 3 free days for the whole course, at most 2 for one piece of work.",
        "On top, a bonus of up to 5 % of the homework: Extra (extra)",
        "A second session counts 0 % homework and 100 % exam; the better of both grades stands.",
    ):
        assert line in told
