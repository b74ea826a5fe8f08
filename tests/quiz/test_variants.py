"""What is drawn for a student."""

from hypothesis import given
from hypothesis import strategies as st
from quiz_samples import question, sample

from autograder.quiz.draw import draw_variant, plain_variant
from autograder.quiz.model import QuestionKind
from autograder.quiz.texts import fill
from autograder.quiz.variants import Stream, from_json, to_json


def test_a_variant_is_the_same_for_the_same_seed_and_stores_its_values():
    """Nothing depends on when or where it is drawn: the digits here hold for ever."""
    asked = question("power")
    assert draw_variant(asked, "quiz/ada/1") == draw_variant(asked, "quiz/ada/1")
    assert [Stream("x").below(1000), Stream("y").below(1000)] == [757, 707]
    assert {int(draw_variant(asked, f"{n}").drawn["kcal"]) for n in range(60)} == set(range(1800, 2401, 100))


def test_each_question_has_its_own_stream():
    """Two questions with the same choices are not shuffled alike."""
    body = "".join(
        f"## q{n} {{multiple 1}}\nq\n- [x] 1\n- [ ] 2\n- [ ] 3\n- [ ] 4\n- [ ] 5\n: s\n" for n in range(8)
    )
    orders = {draw_variant(asked, "seed").order for asked in sample(body=body).questions}
    assert len(orders) > 5


def test_lines_to_put_in_order_never_stand_in_the_right_order():
    """Even where nothing else is shuffled."""
    asked = question("steps")
    for seed in range(60):
        assert draw_variant(asked, f"{seed}", shuffle=False).order != (0, 1, 2)


@given(st.text(max_size=20), st.booleans())
def test_a_variant_survives_being_stored(seed, shuffle):
    """Values are exact fractions."""
    for asked in SAMPLE.questions:
        variant = draw_variant(asked, seed, shuffle=shuffle)
        assert from_json(to_json(variant)) == variant
        assert sorted(variant.order) == sorted(plain_variant(asked).order)


SAMPLE = sample()


def test_holes_are_filled_with_values_and_formats():
    """The text a student reads, and the solution that follows."""
    asked = question("power")
    values = plain_variant(asked).drawn
    assert asked.kind is QuestionKind.NUMERIC
    assert fill(asked.prompt, values) == "What power are 1800 kcal a day?"
    assert fill(asked.solution, values) == "87.2 W"
    assert fill("{{kcal/7}} {{kcal*10:,.0f}} {{kcal^2:.2g}}", values) == "257.143 18,000 3.2e+06"
