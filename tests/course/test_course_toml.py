"""course.toml: what is read, and that every mistake is told at once with its place."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marking_course import Course as MarkedByHand
from pydantic_core import PydanticCustomError

from autograder.course import read_course, values
from autograder.course.opened import open_course
from autograder.domain.attempts import Keep
from autograder.domain.course import (
    AdoptionSettings,
    Course,
    Disclosure,
    InsideRule,
    Limits,
    StderrRule,
)
from autograder.domain.events import ExamMark, MarkedFile, QuestionMark
from autograder.domain.grade import grade_of
from autograder.domain.policy import (
    Composition,
    LatePolicy,
    PenaltyOf,
    SecondSession,
    WhenExcused,
    WhenUnexcused,
    WorkGroup,
)
from autograder.domain.rounding import Rounding, Ties
from autograder.errors import CourseError, Flaw

ROOT = Path(__file__).parents[2]

GOOD = """
name = "kernels"
title = "Kernels"
timezone = "Europe/Paris"
preload = ["scipy.linalg"]

[grade]
homework = "50 %"
exam = 0.5

[limits]
memory_mb = 512
seconds = 60

[assignments.gradients]
title = "Gradients"
weight = "1/3"
deadline = 2026-10-18T23:59:00
grace = "15 min"
disclosure = "never"

[assignments.gradients.limits]
memory_mb = 2048

[assignments.descent]
title = "Descent"
weight = "2/3"
deadline = 2026-12-01T12:00:00Z
"""


def course(folder: Path, text: str = GOOD) -> Course:
    """The course of this text."""
    (folder / "course.toml").write_text(text, encoding="utf-8")
    return read_course(folder)


def flaws(folder: Path, text: str) -> list[Flaw]:
    """What is wrong with this text."""
    with pytest.raises(CourseError) as caught:
        course(folder, text)
    return list(caught.value.flaws)


def flaw(folder: Path, old: str, new: str) -> Flaw:
    """The only thing wrong with the good text after one change."""
    assert old in GOOD
    (only,) = flaws(folder, GOOD.replace(old, new))
    return only


class TestReading:
    def test_the_course_of_this_repository(self):
        """The course that is shipped is right: half exam, half homework; every assignment has a notebook."""
        ours = read_course(ROOT)

        assert ours.policy.composition == Composition(Fraction(1, 2), Fraction(1, 2))
        assert ours.settings("gradients").weight == Fraction(1, 8)
        assert ours.settings("gradients").limits == Limits()
        # A new course is a copy of this one: it begins with a rule for late work.
        assert ours.policy.works[0].late == LatePolicy(Fraction(1, 10), PenaltyOf.POINTS, 3, 2)
        assert ours.policy.free_days == 3
        for settings in ours.assignments:
            assert (ROOT / "assignments" / settings.name / f"{settings.name}.ipynb").is_file()

    def test_everything_arrives(self, tmp_path):
        """Shares are exact, deadlines have a zone, own limits stand over the course's over the usual ones."""
        read = course(tmp_path)
        gradients, descent = read.assignments

        assert (read.name, read.timezone, read.preload) == ("kernels", "Europe/Paris", ("scipy.linalg",))
        assert gradients.weight + descent.weight == 1
        assert gradients.deadline.astimezone(UTC) == datetime(2026, 10, 18, 21, 59, tzinfo=UTC)
        assert descent.deadline == datetime(2026, 12, 1, 12, tzinfo=UTC)
        assert (gradients.grace, descent.grace) == (timedelta(minutes=15), timedelta(0))
        assert (gradients.disclosure, descent.disclosure) == (Disclosure.NEVER, Disclosure.CATEGORY)
        assert gradients.limits == Limits(memory_mb=2048, seconds=60.0)
        assert descent.limits == Limits(memory_mb=512, seconds=60.0)

    def test_a_byte_order_mark_does_no_harm(self, tmp_path):
        """Some editors begin a file with one."""
        assert course(tmp_path, "\ufeff" + GOOD).name == "kernels"

    def test_a_course_in_writing(self, tmp_path):
        """Assignments that are not written yet weigh together, so that the sum is always checked."""
        only = GOOD.partition("[assignments.descent]")[0]

        assert course(
            tmp_path, only.replace("[limits]", '[homework]\nto_come = "2/3"\n[limits]', 1)
        ).settings("gradients")
        assert "33.3333 %" in flaws(tmp_path, only)[0].what

    def test_a_course_without_assignments_yet(self, tmp_path):
        """A course may be begun before its first assignment."""
        assert course(tmp_path, GOOD.partition("[assignments")[0]).assignments == ()


class TestMistakes:
    def test_all_are_told_at_once(self, tmp_path):
        """Mistakes in different tables, and in both files, come together."""
        (tmp_path / "students.csv").write_text("id\nada\nada\n")
        wrong = (
            GOOD.replace("2026-10-18T23:59:00", '"soon"').replace("= 512", "= 5").replace("exam = 0.5", "")
        )

        assert [each.where for each in flaws(tmp_path, wrong)] == [
            "course.toml: grade.exam",
            "course.toml: limits.memory_mb",
            "course.toml: assignments.gradients.deadline",
            "students.csv, line 3",
        ]

    @pytest.mark.parametrize(
        ("old", "new", "where", "what", "allowed"),
        [
            (
                "deadline = 2026-10-18",
                "deadlin = 2026-10-18",
                "assignments.gradients.deadlin",
                "no key",
                "mean deadline",
            ),
            (
                "seconds = 60",
                "second_per_cell = 60",
                "limits.second_per_cell",
                "no key",
                "mean seconds_per_cell",
            ),
            ("preload =", "colour =", "colour", "no key", "keys here are name, title"),
            ('title = "Gradients"', "", "assignments.gradients.title", "is missing", "a text"),
            (
                "2026-10-18T23:59:00",
                "2026-10-18",
                "assignments.gradients.deadline",
                "no time of day",
                "T23:59:00",
            ),
            (
                "2026-10-18T23:59:00",
                "2026-03-29T02:30:00",
                "assignments.gradients.deadline",
                "does not exist",
                "",
            ),
            ("2026-10-18T23:59:00", "0001-01-01T00:00:00", "assignments.gradients.deadline", "century", ""),
            ("Europe/Paris", "Europe/Pari", "timezone", "'Europe/Pari' is no time zone", "Europe/Paris"),
            ("Europe/Paris", "../../etc/passwd", "timezone", "no time zone", ""),
            ('"15 min"', "15", "assignments.gradients.grace", "15 is no span", '"15 min"'),
            ('"15 min"', '"-15 min"', "assignments.gradients.grace", "no span", ""),
            (
                "never",
                "nevr",
                "assignments.gradients.disclosure",
                "no choice",
                "mean never",
            ),
            ("= 512", '= "512"', "limits.memory_mb", "'512' is not allowed", "128 to 65536"),
            ("= 512", "= true", "limits.memory_mb", "true is not allowed", "128 to 65536"),
            ("seconds = 60", "seconds = nan", "limits.seconds", "nan is not allowed", "more than 0"),
            ("seconds = 60", "seconds = -1", "limits.seconds", "-1 is not allowed", "more than 0"),
            ('["scipy.linalg"]', '["scipy-linalg"]', "preload[0]", "no module", ""),
            ('["scipy.linalg"]', '"scipy"', "preload", "'scipy' is not allowed", "a list"),
            ('name = "kernels"', 'name = "../x"', "name", "no name", "letters"),
            ("exam = 0.5", "exam = 0.4", "grade", "make 90 %", "100 %"),
            ('weight = "1/3"', 'weight = "1/4"', "assignments", "make 91.6667 %", "100 %"),
            (
                'weight = "1/3"',
                'weight = "25/300"',
                "assignments",
                "make 75 %",
                "to_come in [homework] be 25 %",
            ),
            (
                "seconds = 60",
                "seconds = 5",
                "assignments.gradients.limits.seconds_per_cell",
                "more than the 5",
                "",
            ),
        ],
    )
    def test_each_is_told_with_its_place_its_value_and_what_is_allowed(
        self, tmp_path, old, new, where, what, allowed
    ):
        """One mistake, one sentence, at the path the author wrote."""
        found = flaws(tmp_path, GOOD.replace(old, new, 1))

        assert found[0].where == f"course.toml: {where}"
        assert what in found[0].what
        assert allowed in found[0].allowed

    @pytest.mark.parametrize("weight", ["50", "-0.1", '"12,5 %"', '"1/0"', "true", "inf", '"half"', "[1]"])
    def test_what_is_no_share(self, tmp_path, weight):
        """A weight is one number between 0 and 1; the sum is not complained of as well."""
        only = flaw(tmp_path, 'weight = "1/3"', f"weight = {weight}")

        assert only.where == "course.toml: assignments.gradients.weight"
        assert '"12.5 %"' in only.allowed

    def test_tables_that_are_none(self, tmp_path):
        """Values where tables are expected are told like any other mistake."""
        wrong = 'assignments = 3\nhomework = "50 %"\nlimits = []\ngrade = 2026-01-01\n'
        places = [each.where for each in flaws(tmp_path, wrong)]

        assert [f"course.toml: {key}" for key in ("grade", "homework", "limits", "assignments")] == places[3:]

    def test_a_name_of_an_assignment_that_is_no_name(self, tmp_path):
        """Assignments name folders."""
        text = GOOD.replace("assignments.gradients", 'assignments."../gradients"')

        assert flaws(tmp_path, text)[0].where == 'course.toml: assignments."../gradients"'

    def test_a_syntax_error_has_a_line_and_a_column(self, tmp_path):
        """As the TOML reader tells it, and students.csv is looked at all the same."""
        (tmp_path / "students.csv").write_text("nobody\n")

        first, second = flaws(tmp_path, 'name = "kernels"\ntitle = \n')

        assert first.where == "course.toml, line 2, column 9"
        assert second.where == "students.csv, line 1"

    def test_bytes_that_are_no_text_have_a_line(self, tmp_path):
        """A file saved as latin-1 is refused where it begins to be."""
        (tmp_path / "course.toml").write_bytes("name = 'k'\ntitle = 'Modèles'\n".encode("latin-1"))

        with pytest.raises(CourseError, match=r"course\.toml, line 2: is not text in UTF-8"):
            read_course(tmp_path)

    @pytest.mark.parametrize("again", ["name = 'l'", "[grade]\nexam = '0 %'\n[grade]\nhomework = '100 %'"])
    def test_what_is_said_twice_is_told_as_that(self, tmp_path, again):
        """A key or a table, pasted once more."""
        (tmp_path / "course.toml").write_text(f"name = 'k'\n{again}\n", encoding="utf-8")

        with pytest.raises(
            CourseError, match=r"line \d.*: says a second time what stands above already \(keep"
        ):
            read_course(tmp_path)

    def test_no_course(self, tmp_path):
        """Where there is none, the way to make one is told."""
        with pytest.raises(CourseError, match="autograder init"):
            read_course(tmp_path)


class TestValues:
    @given(st.fractions(min_value=0, max_value=1))
    def test_every_share_is_read_exactly(self, exact):
        """As a fraction and in percent."""
        assert values.share(f"{exact.numerator}/{exact.denominator}") == exact
        assert values.share(f"{exact.numerator * 100}/{exact.denominator} %") == exact

    @given(
        st.one_of(
            st.text(max_size=30),
            st.floats(),
            st.integers(),
            st.booleans(),
            st.none(),
            st.lists(st.integers()),
        )
    )
    def test_anything_else_is_refused_with_a_sentence(self, value):
        """Whatever stands there is read or refused, never a crash."""
        for reading in (
            values.share,
            values.span,
            values.zone,
            values.name,
            values.module,
            values.disclosure,
        ):
            try:
                reading(value)
            except PydanticCustomError as error:
                assert error.context["what"]
                assert error.context["allowed"]

    @pytest.mark.parametrize(
        ("text", "seconds"),
        [("90 s", 90), ("15min", 900), ("1.5 h", 5400), ("2 days", 172800), ("1 day", 86400)],
    )
    def test_spans_of_time(self, text, seconds):
        """Seconds, minutes, hours and days."""
        assert values.span(text) == timedelta(seconds=seconds)


QUIZZES = (
    GOOD.replace('weight = "2/3"', 'weight = "1/3"')
    + """
[quizzes.weekly]
title = "Week 3"
weight = "1/3"
deadline = 2026-12-01T12:00:00
grace = "5 min"
"""
)


class TestQuizzes:
    def test_a_quiz_has_title_weight_and_deadline_as_an_assignment_has(self, tmp_path):
        """They make one whole with the assignments."""
        weekly = course(tmp_path, QUIZZES).quiz_settings("weekly")

        assert (weekly.title, weekly.weight, weekly.grace) == ("Week 3", Fraction(1, 3), timedelta(minutes=5))
        assert weekly.deadline.astimezone(UTC) == datetime(2026, 12, 1, 11, tzinfo=UTC)
        assert course(tmp_path, QUIZZES).quiz_settings("other") is None
        (only,) = flaws(tmp_path, QUIZZES.replace('weight = "1/3"\ndeadline = 2026-12-01T12:00:00\ngr', "gr"))
        assert "weight" in only.where and "is missing" in only.what
        (only,) = flaws(tmp_path, QUIZZES.replace('"Week 3"\nweight = "1/3"', '"Week 3"\nweight = "1/2"'))
        assert "assignments and quizzes" in only.what

    def test_a_misspelt_key_is_told(self, tmp_path):
        (only,) = flaws(tmp_path, QUIZZES.replace('grace = "5 min"', 'grase = "5 min"'))
        assert only.where == "course.toml: quizzes.weekly.grase" and "did you mean grace?" in only.allowed

    def test_a_name_stands_for_one_thing(self, tmp_path):
        (only,) = flaws(tmp_path, QUIZZES.replace("[quizzes.weekly]", "[quizzes.descent]"))
        assert only == Flaw(
            "course.toml: quizzes.descent",
            "an assignment has this name too",
            "give one of them another name",
        )

    def test_a_quiz_that_is_answered_in_a_notebook_has_no_weight_of_its_own(self, tmp_path):
        """It counts where it is answered, once."""
        inside = QUIZZES.replace('title = "Gradients"', 'title = "Gradients"\nquizzes = ["weekly"]')
        (only,) = flaws(tmp_path, inside)
        assert only.where == "course.toml: quizzes.weekly"
        assert "is answered in the notebook of gradients and counts there" in only.what
        assert "take away [quizzes.weekly] with its weight" in only.allowed
        twice = GOOD.replace('title = "Gradients"', 'title = "Gradients"\nquizzes = ["weekly"]')
        twice = twice.replace('title = "Descent"', 'title = "Descent"\nquizzes = ["weekly"]')
        (only,) = flaws(tmp_path, twice)
        assert "is answered in the notebook of gradients already" in only.what
        assert (
            course(tmp_path, twice.replace('quizzes = ["weekly"]', "", 1)).notebook_of("weekly") == "descent"
        )


GROUPED = """
name = "kernels"
title = "Kernels"
timezone = "Europe/Paris"

[grade]
homework = "50 %"
exam = "50 %"
step = "0.25"
ties = "even"
unexcused = "no grade"
excused = "homework alone"

[late]
penalty = "10 %"
of = "earned"
until = "3 days"
free_days = 3
free_days_most = 2

[homework.groups.short]
share = "50 %"
drop_lowest = 1
[homework.groups.final]
share = "50 %"

[assignments.gradients]
title = "Gradients"
group = "short"
deadline = 2026-12-13T22:59:00Z
counts = "best"

[assignments.descent]
title = "Descent"
group = "short"
[assignments.descent.late]
penalty = "100 %"
until = "0 days"

[assignments.extra]
title = "Extra"
weight = "5 %"
bonus = true

[quizzes.weekly]
title = "Week 3"
group = "final"
counts = "last"
[quizzes.weekly.late]
of = "points"

[second_session]
keeps = "last"
homework = "0 %"
exam = "100 %"
"""


class TestPolicy:
    def test_everything_arrives(self, tmp_path):
        """An assignment's lateness stands over the course's; deadlines are in the course's zone."""
        read = course(tmp_path, GROUPED)
        policy = read.policy
        gradients, descent, _, weekly = policy.works

        assert (policy.free_days, policy.scale, policy.composition) == (3, 20, Composition())
        assert policy.rounding == Rounding(Fraction(1, 4), Ties.EVEN)
        assert (policy.unexcused, policy.excused) == (WhenUnexcused.NO_GRADE, WhenExcused.HOMEWORK_ALONE)
        assert policy.groups == (WorkGroup("short", Fraction(1, 2), 1), WorkGroup("final", Fraction(1, 2)))
        assert policy.second == SecondSession(Keep.LAST, Composition(Fraction(0), Fraction(1)))
        assert gradients.late == LatePolicy(Fraction(1, 10), PenaltyOf.EARNED, 3, 2)
        assert descent.late == LatePolicy(Fraction(1), PenaltyOf.EARNED, 0, 2)
        assert weekly.late == LatePolicy(Fraction(1, 10), PenaltyOf.POINTS, 3, 2)
        assert [work.counts for work in policy.works] == [Keep.BEST, Keep.LAST, Keep.LAST, Keep.LAST]
        assert [work.bonus for work in policy.works] == [False, False, True, False]
        assert str(gradients.deadline.tzinfo) == "Europe/Paris" and gradients.deadline.hour == 23
        weights = [settings.weight for settings in (*read.assignments, *read.quizzes)]
        assert weights == [Fraction(1, 4), Fraction(1, 4), Fraction(1, 20), Fraction(1, 2)]

    def test_without_its_tables_late_work_counts_in_full_and_the_last_file_counts(self, tmp_path):
        """A course.toml that an earlier program read."""
        policy = course(tmp_path).policy

        assert (policy.free_days, policy.groups, policy.second) == (0, (WorkGroup(),), None)
        assert {work.late for work in policy.works} == {LatePolicy()}
        assert {work.counts for work in policy.works} == {Keep.LAST}
        assert LatePolicy().value(Fraction(4, 5), 400) == Fraction(4, 5)

    @pytest.mark.parametrize(
        ("old", "new", "where", "what", "allowed"),
        [
            ('penalty = "10 %"', 'penalty = "110 %"', "late.penalty", "not between", "12.5 %"),
            ('until = "3 days"', 'until = "3.5 days"', "late.until", "whole number of days", "0 days"),
            ('until = "3 days"', "until = 3", "late.until", "3 is no number of days", "0 days"),
            ('of = "earned"', 'of = "earnt"', "late.of", "no choice", "did you mean earned?"),
            ("free_days = 3", "free_days = -1", "late.free_days", "-1 is not allowed", "0 to 365"),
            ("free_days_most = 2", "free_days_most = 4", "late.free_days_most", "more than the 3", "smaller"),
            ("free_days_most", "free_days_max", "late.free_days_max", "no key", "mean free_days"),
            (
                'until = "0 days"',
                "free_days = 1",
                "assignments.descent.late.free_days",
                "no key",
                "mean free_days_most",
            ),
            (
                'counts = "best"',
                'counts = "mean"',
                "assignments.gradients.counts",
                "no choice",
                '"best", "last"',
            ),
            ('counts = "last"', 'counts = "lst"', "quizzes.weekly.counts", "no choice", "mean last"),
            ('step = "0.25"', 'step = "0.3"', "grade.step", "no step", '"0.25"'),
            ('ties = "even"', "ties = true", "grade.ties", "no choice", '"up", "even"'),
            (
                "drop_lowest = 1",
                "drop_lowest = -1",
                "homework.groups.short.drop_lowest",
                "not allowed",
                "0 to 50",
            ),
            ('share = "50 %"', 'share = "40 %"', "homework.groups", "make 90 %", "100 %"),
            ('group = "final"', 'group = "finl"', "quizzes.weekly.group", "no group 'finl'", "mean final"),
            ('group = "final"', "", "quizzes.weekly.group", "is missing", "one of short, final"),
            (
                'group = "final"',
                'group = "short"\nweight = 4',
                "homework.groups.short",
                "some have none",
                "equal",
            ),
            (
                "bonus = true",
                'bonus = true\ngroup = "short"',
                "assignments.extra.group",
                "in no group",
                "take",
            ),
            ('weight = "5 %"', "", "assignments.extra.weight", "is missing", "12.5 %"),
            ('weight = "5 %"', "weight = 5", "assignments.extra.weight", "not between 0 and 1", "12.5 %"),
            ('homework = "0 %"', 'homework = "10 %"', "second_session", "make 110 %", "100 %"),
            (
                "[homework.groups.short]",
                '[homework]\nto_come = "1/2"\n[homework.groups.short]',
                "homework.to_come",
                "no meaning",
                "take it away",
            ),
        ],
    )
    def test_each_flaw_is_told_with_what_is_allowed(self, tmp_path, old, new, where, what, allowed):
        assert old in GROUPED
        (only,) = flaws(tmp_path, GROUPED.replace(old, new, 1))

        assert only.where == f"course.toml: {where}"
        assert what in only.what
        assert allowed in only.allowed

    def test_a_second_session_is_composed_as_the_first_where_nothing_is_said(self, tmp_path):
        text = GROUPED.replace('homework = "0 %"\n', "").replace('exam = "100 %"\n', "")
        assert text.count("exam =") == GROUPED.count("exam =") - 1
        read = course(tmp_path, text).policy
        assert read.second and read.second.composition == read.composition
        only = flaws(tmp_path, GROUPED.replace('homework = "0 %"\n', ""))
        assert [(each.where, each.what) for each in only] == [
            ("course.toml: second_session.homework", "is missing")
        ]

    def test_all_are_told_at_once(self, tmp_path):
        wrong = GROUPED.replace('until = "3 days"', "until = 3").replace('"0.25"', '"0.3"')
        wrong = wrong.replace('group = "final"', 'group = "x"').replace(
            'homework = "0 %"', 'homework = "9 %"'
        )

        assert [each.where.removeprefix("course.toml: ") for each in flaws(tmp_path, wrong)] == [
            "grade.step",
            "late.until",
            "second_session",
            "quizzes.weekly.group",
        ]

    def test_a_group_of_a_course_without_groups_is_refused(self, tmp_path):
        only = flaw(tmp_path, 'title = "Gradients"', 'title = "Gradients"\ngroup = "short"')
        assert (only.where, only.what) == ("course.toml: assignments.gradients.group", "there are no groups")

    def test_weights_within_a_group_are_any_numbers(self, tmp_path):
        text = GROUPED.replace('title = "Gradients"', 'title = "Gradients"\nweight = 4')
        read = course(tmp_path, text.replace('title = "Descent"', 'title = "Descent"\nweight = "1"'))
        assert [each.weight for each in read.assignments[:2]] == [Fraction(2, 5), Fraction(1, 10)]


class TestGradesWithAQuiz:
    """Three grades worked out by hand: a quiz counts as an assignment does."""

    LATER = datetime(2027, 8, 1, tzinfo=UTC)

    def attempt(self, number: int, earned: str, day: int, *, awaiting: bool = False) -> MarkedFile:
        """An attempt at the quiz, of 10 points, handed in on a day of December 2026."""
        questions = [QuestionMark("q", Fraction(8 if awaiting else 10), Fraction(earned))]
        questions += [QuestionMark("text", Fraction(2), None)] if awaiting else []
        return MarkedFile("weekly", number, datetime(2026, 12, day, 10, tzinfo=UTC), tuple(questions))

    def others(self, *names: str) -> list[MarkedFile]:
        question = (QuestionMark("q", Fraction(10), Fraction(6)),)
        return [MarkedFile(name, 1, datetime(2026, 10, 1, tzinfo=UTC), question) for name in names]

    def test_the_best_attempt_at_a_quiz_that_is_a_third_of_the_homework(self, tmp_path):
        """Two works of 3/5 and a quiz of 9/10: (3/5 + 3/5 + 9/10) / 3 = 7/10; with 13 of 20, 13.50."""
        policy = course(tmp_path, QUIZZES).policy
        tries = [self.attempt(1, "9", 1), self.attempt(2, "7", 1)]
        tries[0] = replace(tries[0], received=tries[0].received - timedelta(days=2))
        sat = ExamMark(1, Fraction(13, 20))
        grade = grade_of(policy, [*self.others("gradients", "descent"), *tries, sat], self.LATER)

        assert grade.homework.mark == Fraction(7, 10)
        assert (grade.exact, policy.rounding.text(grade.exact)) == (Fraction(27, 2), "13.50")

    def test_a_quiz_that_is_late_where_the_last_attempt_counts(self, tmp_path):
        """Handed in 2 days late for 10 % of the points each: 8/10 counts 3/5, or 4/5 with both free days."""
        text = GROUPED.replace('title = "Week 3"', 'title = "Week 3"\ndeadline = 2026-12-10T12:00:00')
        tries = [self.attempt(1, "9", 9), self.attempt(2, "8", 12)]
        free = course(tmp_path, text).policy
        paid = course(
            tmp_path, text.replace("free_days = 3", "free_days = 0").replace("free_days_most = 2", "")
        ).policy
        for policy, mark, spent in [(free, Fraction(4, 5), 2), (paid, Fraction(3, 5), 0)]:
            weekly = grade_of(policy, tries, self.LATER).works[-1]
            assert (weekly.so_far, weekly.late_days, weekly.free_days) == (mark, 2, spent)

    def test_a_text_of_a_quiz_that_waits_for_a_person(self, tmp_path):
        """6 of 10 so far and 2 to come: homework (3/5 + 3/5 + 3/5 .. 4/5) / 3, the grade 12.50 to 13 1/6."""
        policy = course(tmp_path, QUIZZES).policy
        waits = self.attempt(1, "6", 1, awaiting=True)
        grade = grade_of(
            policy,
            [*self.others("gradients", "descent"), waits, ExamMark(1, Fraction(13, 20))],
            self.LATER,
        )
        assert (grade.low, grade.high, grade.final) == (Fraction(25, 2), Fraction(79, 6), None)
        assert grade.homework_range == (Fraction(3, 5), Fraction(2, 3))


def test_the_best_file_does_not_count_where_a_person_marks_a_part(tmp_path):
    """A person reads one file."""
    made = MarkedByHand(tmp_path)
    file = tmp_path / "course.toml"
    file.write_text(file.read_text("utf-8") + 'counts = "best"\n', encoding="utf-8")
    done = made.run("grade", "small", "--dry-run")
    assert 'course.toml: assignments.small.counts: "best" is not possible' in str(done.exception)
    assert "the mean of\n    " in made.run("policy").output.lower()


class TestAdopted:
    """Assignments that were written for nbgrader or Otter."""

    ADOPTED = 'disclosure = "never"\nadopted = "adopted/gradients"\n'

    def test_what_holds_where_nothing_is_said(self, tmp_path):
        """A test that must run beside the student's code is asked about, and stderr counts as in nbgrader."""
        read = course(tmp_path, GOOD.replace('disclosure = "never"\n', self.ADOPTED))

        assert read.settings("gradients").adopted == AdoptionSettings("adopted/gradients")
        assert read.settings("descent").adopted is None

    def test_what_is_said(self, tmp_path):
        rules = 'inside = "manual"\nstderr = "ignore"\n'
        read = course(tmp_path, GOOD.replace('disclosure = "never"\n', self.ADOPTED + rules))

        adopted = read.settings("gradients").adopted
        assert (adopted.inside, adopted.stderr) == (InsideRule.MANUAL, StderrRule.IGNORE)

    @pytest.mark.parametrize("value", ['"../elsewhere"', '"/tmp"', '""', "3", '"a//b"', '"./a"'])
    def test_a_folder_elsewhere_is_refused(self, tmp_path, value):
        found = flaw(tmp_path, 'disclosure = "never"', f"adopted = {value}")

        assert found.where == "course.toml: assignments.gradients.adopted"

    @pytest.mark.parametrize("rule", ['inside = "accept"', 'stderr = "ignore"'])
    def test_a_rule_for_adopted_assignments_is_refused_elsewhere(self, tmp_path, rule):
        found = flaw(tmp_path, 'disclosure = "never"', rule)

        assert found.where == f"course.toml: assignments.gradients.{rule.split()[0]}"
        assert "adopted assignments alone" in found.what

    def test_an_adopted_assignment_asks_no_quizzes(self, tmp_path):
        found = flaw(tmp_path, 'disclosure = "never"', self.ADOPTED + 'quizzes = ["first"]')

        assert found.where == "course.toml: assignments.gradients.quizzes"

    def test_its_notebook_is_written_elsewhere(self, tmp_path):
        """What our own assignments have is refused for it by one sentence."""
        course(tmp_path, GOOD.replace('disclosure = "never"\n', self.ADOPTED))
        opened = open_course(tmp_path)

        assert opened.adopted_folder("gradients") == tmp_path / "adopted/gradients"
        assert opened.adopted_folder("descent") is None
        with pytest.raises(CourseError, match="gradients: is adopted from another tool"):
            opened.released_source("gradients")
