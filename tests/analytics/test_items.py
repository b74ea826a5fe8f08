"""What the answers of a class say."""

from pathlib import Path

import numpy as np
import pytest
from quiz_class import answers_of_a_class
from quiz_samples import Clock, sample

from autograder.analytics.final_answers import final_answers
from autograder.analytics.items import ENOUGH, class_figures, cronbach, item_rest
from autograder.quiz.format.reader import read_quiz
from autograder.quiz.records import MemoryRecords
from autograder.quiz.service import QuizService
from autograder.render.quiz import render_class_report

FIRST = read_quiz(Path(__file__).parents[2] / "quiz" / "first-quiz.quiz.md")


def test_figures_agree_with_their_definitions():
    """Facility is the mean credit; equal answers make one cluster; the thirds of the class are ordered."""
    answers = answers_of_a_class(FIRST, 90)
    figures = class_figures(FIRST, answers)
    grad = next(item for item in figures.items if item.question.id == "quad-grad")
    credits = [float(a.verdict.credit or 0) for a in answers if a.question == "quad-grad"]
    assert grad.facility == pytest.approx(np.mean(credits))
    assert grad.discrimination is not None
    assert grad.discrimination.low < grad.discrimination.value < grad.discrimination.high
    together = next(cluster for cluster in grad.clusters if "2Aw" in cluster.spellings)
    assert set(together.spellings) == {"2Aw", "2*A*w", "2 A @ w"} and together.named
    assert any(not cluster.named for cluster in grad.clusters), "no feedback names `w w^T w`"
    value = next(item for item in figures.items if item.question.id == "quad-value")
    right = value.distractors[0]
    assert right.right and right.thirds[0] < right.thirds[2]
    assert sum(figures.histogram) == figures.students == 90


def test_alpha_and_item_rest_are_those_of_the_books():
    """Against the formulas written out."""
    source = np.random.default_rng(3)
    ability = source.normal(size=(80, 1))
    scores = (ability + source.normal(size=(80, 6)) > 0).astype(float)
    k = 6
    expected = k / (k - 1) * (1 - scores.var(axis=0, ddof=1).sum() / scores.sum(axis=1).var(ddof=1))
    assert cronbach(scores) == pytest.approx(expected)
    rest = scores.sum(axis=1) - scores[:, 0]
    found = item_rest(scores[:, 0], rest)
    assert found is not None and found.value == pytest.approx(np.corrcoef(scores[:, 0], rest)[0, 1])


def test_little_is_said_of_few_answers():
    """Below the number that is enough, no correlation and no alpha."""
    figures = class_figures(FIRST, answers_of_a_class(FIRST, ENOUGH - 1))
    assert figures.alpha is None and all(item.discrimination is None for item in figures.items)
    assert class_figures(FIRST, []).students == 0
    assert "Below 20 students" in render_class_report(figures)


def test_what_waits_for_a_person_counts_nowhere():
    """A text is not a wrong answer."""
    at = QuizService(sample(), MemoryRecords(), clock=Clock())
    for student in ("ada", "bob"):
        attempt = at.start(student)
        at.save(attempt.id, "why", "Because.")
        at.submit(attempt.id)
    figures = class_figures(at.quiz, final_answers(at.quiz, at.records, now=at._clock()))
    assert figures.students == 2 and figures.waiting == 2


def test_variants_that_are_harder_than_others_are_flagged():
    """A value that everybody fails is seen."""
    body = "## a {numeric 1}\n@ n in {2, 3, 5}\n3 times {{n}}?\n= 3*n\n: s\n"
    at = QuizService(sample(body=body), MemoryRecords(), clock=Clock())
    for number in range(90):
        attempt = at.start(f"s{number}")
        n = attempt.variants[0].drawn["n"]
        at.save(attempt.id, "a", "1" if n == 5 else str(3 * n))
        at.submit(attempt.id)
    (item,) = class_figures(at.quiz, final_answers(at.quiz, at.records, now=at._clock())).items
    assert any(odd.startswith("n = 5 (0% of") for odd in item.odd_variants)


def test_the_report_is_a_page_that_runs_nothing():
    """A strict policy, no script, no style attribute; what students typed is escaped."""
    answers = answers_of_a_class(FIRST, 30)
    page = render_class_report(class_figures(FIRST, answers))
    assert "default-src 'none'" in page and "<script" not in page and " style=" not in page
    assert "&lt;w,x&gt;" in page and "<w,x>" not in page
    assert page.count("<svg") > 10 and page.count("no feedback names this") >= 1
