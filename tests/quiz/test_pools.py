"""Pools: of some questions each student is asked a few."""

import pytest
from quiz_samples import NOON, Clock, sample

from autograder.analytics.items import figures_of_class
from autograder.check.quiz import QuizCheck
from autograder.errors import CourseError
from autograder.interop.exports import export_quiz
from autograder.quiz.in_notebook import judge_notebook, read_answers
from autograder.quiz.records import MemoryRecords
from autograder.quiz.service import QuizService
from autograder.render.quiz import render_paper


def asked(name: str, points: str = "1") -> str:
    return f"## {name} {{numeric {points}}}\nWhat is {name}?\n= 7\n: Seven.\n\n"


BODY = "\n# pick 2 of the sums\n\n" + "".join(map(asked, "abcd")) + "# ask all\n\n" + asked("last", "3")


def test_every_student_is_asked_as_many_of_a_pool_as_it_picks():
    """Not the same ones, always the same points, and the others stay in their order."""
    quiz = sample("attempts: 2\n", body=BODY)
    at = QuizService(quiz, MemoryRecords(), clock=Clock())
    seen = set()
    for student in "pqrstuvw":
        attempt = at.start(student)
        names = [variant.question for variant in attempt.variants]
        assert len(names) == 3 and names[-1] == "last" and names == [*sorted(names[:2]), "last"]
        seen.add(tuple(names))
        at.save(attempt.id, names[0], "7")
        at.submit(attempt.id)
        report = at.report(attempt.id, staff=True)
        assert (report.points, report.score) == (5, 1)
    assert len(seen) > 2
    assert quiz.points == 5
    assert str(QuizCheck(quiz, ())).startswith("3 of 5 questions, 5 points")


def test_who_was_not_asked_a_question_does_not_count_there():
    """Its facility is that of those who were."""
    at = QuizService(sample(body=BODY), MemoryRecords(), clock=Clock())
    for student in "pqrstuvw":
        attempt = at.start(student)
        for variant in attempt.variants:
            at.save(attempt.id, variant.question, "7")
        at.submit(attempt.id)
    figures = figures_of_class(at.quiz, at.records, now=NOON)
    assert figures.mean == 5
    assert [item.facility for item in figures.items] == [1] * 5
    assert sum(item.count for item in figures.items) == 24


def test_paper_and_notebook_ask_everybody_the_first_ones():
    """A seed draws for a paper as an attempt does."""
    quiz = sample(body=BODY)
    plain = render_paper(quiz, solutions=False)
    assert "What is a?" in plain and "What is b?" in plain and "What is c?" not in plain
    assert "3 questions" in plain
    drawn = {render_paper(quiz, solutions=False, seed=seed).count("What is a?") for seed in "abcdefgh"}
    assert drawn == {0, 1}
    verdicts = judge_notebook(quiz, read_answers(["answers = {'a': '7'}"]))
    assert [verdict.question for verdict in verdicts] == ["a", "b", "last"]


def test_an_export_holds_the_whole_pool_and_says_so():
    made = export_quiz(sample(body=BODY), "moodle")
    assert str(made.losses[0]) == (
        "all: the pool of line 7 is exported whole: the other program is to pick 2 of it"
    )
    assert b"What is d?" in made.content


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("# pick two of\n" + asked("a"), "sample.quiz.md:6:1: cannot read '# pick two of'"),
        ("# pick 0 of\n" + asked("a"), "cannot read '# pick 0 of'"),
        ("# pick 2 of\n" + asked("a") + asked("b"), "6:1: 2 of 2 questions are picked"),
        (
            "# pick 1 of\n" + asked("a") + asked("b", "2"),
            "6:1: the questions of this pool have different points: a 1, b 2",
        ),
        (asked("a") + "# ask none\n" + asked("b"), "11:1: cannot read '# ask none'"),
    ],
)
def test_a_pool_that_is_none_is_refused_with_its_line(body, said):
    with pytest.raises(CourseError) as refused:
        sample(body=body)
    assert said in str(refused.value)
