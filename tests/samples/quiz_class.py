"""A class that never was, taking a quiz: able students answer better, and everybody spells as they like."""

import random

from autograder.analytics.final_answers import FinalAnswer
from autograder.quiz.draw import draw_variant
from autograder.quiz.judge import judge
from autograder.quiz.model import QuestionKind, Quiz, QuizQuestion
from autograder.quiz.variants import LETTERS, Variant

RIGHT = {
    "grad-inner": ("x", " x ", "\\nabla f(w) = x"),
    "quad-grad": ("(A + A^T) w", "Aw + A'w", "(A + A.T) @ w", "A w + A^\\top w"),
}
WRONG = {
    "grad-inner": ("w", "<w,x>", "x^T", "w^T", "2x", "x +"),
    "quad-grad": (
        "2Aw",
        "2*A*w",
        "2 A @ w",
        "A w",
        "w'A",
        "A + A^T",
        "2 w",
        "(A - A^T) w",
        "w A w",
        "w w^T w",
    ),
}


def answers_of_a_class(quiz: Quiz, students: int, *, seed: int = 1) -> list[FinalAnswer]:
    """Answers with their verdicts."""
    source = random.Random(seed)
    answers = []
    for number in range(students):
        ability = source.gauss(0, 1)
        for question in quiz.questions:
            variant = draw_variant(question, f"{quiz.id}/s{number}/1")
            knows = source.random() < 1 / (1 + 2.7 ** (-1.4 * ability))
            raw = _answer(question, variant, source, knows=knows)
            verdict = judge(question, variant, raw)
            answers.append(FinalAnswer(f"s{number:03}", question.id, raw, verdict, variant))
    return answers


def _answer(question: QuizQuestion, variant: Variant, source: random.Random, *, knows: bool) -> str:
    if question.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE):
        shown = dict(zip(variant.order, LETTERS, strict=False))
        right = [shown[index] for index in question.right]
        if knows:
            return ", ".join(right)
        count = len(right)
        return ", ".join(source.sample(sorted(shown.values()), count))
    pool = RIGHT if knows else WRONG
    return source.choice(pool[question.id])
