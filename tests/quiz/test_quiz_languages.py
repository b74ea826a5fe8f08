"""What is said of an answer: judged and kept in no language, told in the one that is spoken."""

import json
from fractions import Fraction

import pytest

from autograder.domain.language import Language, speaking
from autograder.domain.sentences import QUIZ_SENTENCES, say, variables_of
from autograder.expressions.answer import parse_value
from autograder.expressions.symbols import read_symbols
from autograder.expressions.unreadable import Unreadable
from autograder.quiz.verdicts import from_json, to_json, unreadable, verdict_for, without_reading

OPEN = unreadable(say("typed.the_bracket_is_not_closed_2", opening="("))


def test_a_verdict_is_kept_in_english_and_told_in_the_language_that_is_spoken() -> None:
    with speaking(Language.FRENCH):
        kept = json.loads(json.dumps(to_json(OPEN)))
        assert from_json(kept).message == "La parenthèse ( n’est pas fermée."
    assert kept["message"] == "The bracket ( is not closed."
    assert from_json(kept) == OPEN
    assert from_json(kept).message == kept["message"]


def test_what_an_author_says_of_an_answer_is_told_as_it_was_written() -> None:
    verdict = verdict_for(Fraction(0), "listed-1", "Mind $A^T$.")
    kept = to_json(verdict)
    assert "said" not in kept
    with speaking(Language.FRENCH):
        assert from_json(kept).message == "Mind $A^T$."


@pytest.mark.parametrize("said", [None, {"key": "typed.forgotten", "values": {}}])
def test_a_verdict_of_another_program_is_told_by_its_words(said: dict[str, object] | None) -> None:
    kept = {**to_json(OPEN), "said": said}
    with speaking(Language.FRENCH):
        assert from_json(kept).message == "The bracket ( is not closed."
    assert without_reading(from_json(kept)) == without_reading(OPEN)


def test_two_readers_are_told_the_same_of_one_judgement() -> None:
    symbols = read_symbols("A: mat d d, w: vec d")
    with speaking(Language.FRENCH), pytest.raises(Unreadable) as found:
        parse_value("2 (A w", symbols)
    assert found.value.message == "The bracket ( is not closed."
    with speaking(Language.FRENCH):
        assert found.value.message == "La parenthèse ( n’est pas fermée."


@pytest.mark.parametrize("key", QUIZ_SENTENCES)
def test_every_sentence_of_quizzes_takes_its_variables(key: str) -> None:
    """In every language; braces that are mathematics stand single."""
    sentence = say(key, **dict.fromkeys(variables_of(key), "here"))
    for language in Language:
        with speaking(language):
            told = str(sentence)
        assert told.lower().count("here") >= len(variables_of(key))
        assert "{{" not in told and "}}" not in told
