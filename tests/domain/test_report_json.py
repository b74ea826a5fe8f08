"""A report survives being written as JSON, and what is written is documented."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.domain.answer import ExampleRun
from autograder.domain.limit import Limit, LimitKind, limit_from_text
from autograder.domain.receipt import Receipt
from autograder.domain.report import (
    CellEnding,
    CellRun,
    Chart,
    CriterionMark,
    Figure,
    GroupScore,
    Isolation,
    Outcome,
    Report,
    Series,
    TestMark,
    Verdict,
)
from autograder.domain.report_json import FORMAT, from_json, to_json, to_text
from autograder.domain.sentences import as_stored, authored, say
from autograder.domain.submission import ReceivedBy

SCHEMA = Path(__file__).parents[2] / "docs" / "report-json.md"

TEXT = st.text(st.characters(exclude_categories=()), max_size=20)  # students print NUL and surrogates
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
SENTENCES = st.recursive(
    st.builds(authored, TEXT) | st.builds(lambda names: say("forbidden", names=names), TEXTS),
    lambda inner: st.builds(
        lambda a, b, n: say("part", part=say("part.value", number=n, total=9), inner=b),
        inner,
        inner,
        st.integers(),
    ),
    max_leaves=3,
)
MANY_SENTENCES = st.lists(SENTENCES, max_size=3).map(tuple)
SECONDS = st.floats(min_value=0, max_value=1e6)
MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC))
SHARES = st.fractions(min_value=0, max_value=1)
FIGURES = st.lists(st.builds(Figure, TEXT, TEXT), max_size=2).map(tuple)
CRITERIA = st.builds(
    lambda sentence, points, part: CriterionMark(sentence, points, points * part),
    TEXT,
    st.fractions(min_value=0, max_value=9),
    SHARES,
)
HEIGHTS = st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), max_size=3).map(tuple)
CHARTS = st.builds(
    Chart, TEXT, st.lists(st.builds(Series, TEXT, HEIGHTS), max_size=2).map(tuple), TEXT, st.booleans()
)
UNMARKED = (Outcome.AWAITING_MARK, Outcome.UNJUDGED)


@st.composite
def verdicts(draw: st.DrawFn) -> Verdict:
    outcome = draw(st.sampled_from(Outcome))
    return Verdict(
        question=draw(TEXT),
        points=draw(st.fractions(min_value=0, max_value=100)),
        outcome=outcome,
        mark=None if outcome in UNMARKED else draw(SHARES),
        sentence=draw(SENTENCES),
        title=draw(TEXT),
        mistake=draw(st.none() | TEXT),
        hint=draw(TEXT),
        advice=draw(MANY_SENTENCES),
        notes=draw(MANY_SENTENCES),
        groups=draw(st.lists(st.builds(GroupScore, TEXT, SHARES, SHARES), max_size=3).map(tuple)),
        examples=draw(
            st.lists(st.builds(ExampleRun, TEXT, st.booleans(), TEXT, TEXT, TEXT), max_size=2).map(tuple)
        ),
        rubric=draw(st.lists(CRITERIA, max_size=2).map(tuple)),
        comment=draw(TEXT),
        pictures=draw(st.lists(CHARTS, max_size=2).map(tuple)),
    )


LIMITS = st.builds(Limit, st.sampled_from(LimitKind), st.floats(0, 1e6))
CELLS = st.builds(
    lambda limit, **values: CellRun(
        **values, **({"end": limit} if isinstance(limit, str) else {"limit": limit})
    ),
    number=st.integers(0, 500),
    ending=st.sampled_from(CellEnding),
    source=TEXT,
    printed=TEXT,
    cut=st.booleans(),
    displayed=TEXTS,
    figures=FIGURES,
    exception=TEXT,
    message=TEXT,
    traceback=TEXT,
    limit=LIMITS | TEXT | st.none(),
    seconds=SECONDS,
)
REPORTS = st.builds(
    Report,
    receipt=st.builds(
        Receipt,
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        MOMENTS,
        st.sampled_from(ReceivedBy),
        st.lists(TEXT, max_size=3).map(tuple),
    ),
    revision=TEXT,
    verdicts=st.lists(verdicts(), max_size=3).map(tuple),
    isolation=st.builds(Isolation, st.integers(1, 3), TEXTS),
    graded=MOMENTS,
    title=TEXT,
    trouble=SENTENCES,
    notes=MANY_SENTENCES,
    cells=st.lists(CELLS, max_size=3).map(tuple),
    seconds=SECONDS,
    versions=st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple),
)


def report(*found: Verdict) -> Report:
    """A report with one of everything."""
    at = datetime(2026, 10, 2, 23, 58, tzinfo=UTC)
    cell = CellRun(3, CellEnding.RAN, figures=(Figure("iVBO", "a plot"),))
    return Report(
        receipt=Receipt(
            "ada", "gradients", "0" * 64, "gradients.ipynb", at, ReceivedBy.ARCHIVE, ("quad_grad",)
        ),
        revision="1f3a",
        verdicts=found,
        isolation=Isolation(3, ("landlock", "seccomp")),
        graded=at,
        cells=(cell,),
        versions=(("numpy", "2.4.6"),),
    )


def verdict(outcome: Outcome, mark: Fraction | None) -> Verdict:
    return Verdict(
        "quad_grad",
        Fraction(3),
        outcome,
        mark,
        authored("Right for some matrices only."),
        mistake="takes_A_symmetric",
        groups=(GroupScore("core", Fraction(7, 9), Fraction(1, 3)),),
        examples=(ExampleRun("assert True", passed=True),),
        rubric=(CriterionMark("axes have labels", Fraction(1, 2), Fraction(1, 3)),),
        comment="Well drawn.",
        pictures=(Chart("losses", (Series("yours", (1.0, None)), Series("expected", (1.0, 0.5)))),),
    )


@given(REPORTS)
def test_any_report_comes_back_equal(original: Report) -> None:
    """Every field survives, thirds and lone surrogates included, also by way of a file."""
    written = to_json(original)
    assert from_json(written) == original
    again = json.loads(json.dumps(written))
    assert to_json(from_json(again)) == again


def test_a_mark_is_written_as_a_number_and_exactly() -> None:
    """A reader in a hurry takes the float, one who adds up takes the fraction."""
    question = to_json(report(verdict(Outcome.WRONG, Fraction(367, 400))))["questions"][0]
    assert (question["mark"], question["exact"]) == (0.9175, "367/400")
    assert question["mistake"] == "takes_A_symmetric"


def test_the_score_is_open_while_a_written_part_awaits_its_mark() -> None:
    """An open score is null, with the score so far beside it, and is no alarm."""
    written = to_json(report(verdict(Outcome.RIGHT, Fraction(1)), verdict(Outcome.AWAITING_MARK, None)))
    assert (written["score"], written["score_so_far"], written["points"]) == (None, 3.0, 6.0)
    assert written["needs_person"] is False


def test_a_report_written_before_marks_were_given_by_hand_is_read() -> None:
    """What was added since is absent in it, and empty here."""
    written = to_json(report(verdict(Outcome.RIGHT, Fraction(1))))
    for key in ("rubric", "comment", "pictures"):
        del written["questions"][0][key]
    assert from_json(written).verdicts[0].rubric == ()


def test_a_report_written_before_sentences_had_keys_is_shown_as_it_stands() -> None:
    """Its sentences are English, and stay so whatever language a report is shown in."""
    written = to_json(report(verdict(Outcome.WRONG, Fraction(0))))
    for part in (written, *written["questions"]):
        for key in [key for key in part if key.endswith(("_key", "_values"))]:
            del part[key]
    written["notes"] = ["The old format was converted."]
    again = from_json(written)
    assert again.verdicts[0].sentence == as_stored("Right for some matrices only.")
    assert again.notes == (as_stored("The old format was converted."),)
    assert not again.trouble


@pytest.mark.parametrize(
    ("key", "values"),
    [("of_a_later_version", {}), ("missing", {"name": "f"}), ("missing", {"question": 1.5})],
)
def test_a_sentence_that_this_version_has_not_is_shown_in_english(key: str, values: dict[str, Any]) -> None:
    """A report of a later version says what it says, if not in the reader's language."""
    written = to_json(report(verdict(Outcome.WRONG, Fraction(0))))
    written["questions"][0] |= {"sentence": "There is no f.", "sentence_key": key, "sentence_values": values}
    assert str(from_json(written).verdicts[0].sentence) == "There is no f."


def test_a_report_of_another_format_is_refused() -> None:
    """A newer program's report is not half understood."""
    written = to_json(report()) | {"format": FORMAT + 1}
    with pytest.raises(ValueError, match="upgrade"):
        from_json(written)


@given(REPORTS)
def test_the_text_is_the_json_a_line_a_question(original: Report) -> None:
    """What a file holds reads back as the same report, in lines that a person can find their way in."""
    text = to_text(original)
    assert text.isascii()
    assert from_json(json.loads(text)) == original
    for verdict in original.verdicts:
        assert any(f'"name": {json.dumps(verdict.question)}' in line for line in text.splitlines())


def keys(value: Any, path: str = "") -> Iterator[str]:
    """The path of every key, as the documentation spells it: `questions[].groups[].share`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            here = f"{path}.{key}" if path else key
            yield here
            if not key.endswith("_values"):  # their keys are the variables of a sentence
                yield from keys(inner, here)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner, f"{path}[]")


def test_every_key_is_documented() -> None:
    """Each key has its line in docs/report-json.md, and no line is about a key that is not written."""
    test = TestMark("t1", True, "inside", Fraction(1), Fraction(1))
    adopted = replace(verdict(Outcome.RIGHT, Fraction(1)), tests=(test,))
    written = set(keys(to_json(report(adopted))))
    lines = SCHEMA.read_text(encoding="utf-8").splitlines()
    documented = {line.split("`")[1] for line in lines if line.startswith(("| `", "| of "))}
    assert documented == written


def test_every_outcome_and_ending_is_documented() -> None:
    """The closed lists of words stand in the documentation."""
    text = SCHEMA.read_text(encoding="utf-8")
    for word in [*Outcome, *CellEnding, *ReceivedBy]:
        assert f"`{word.value}`" in text


@pytest.mark.parametrize("kind", LimitKind)
def test_a_limit_in_words_of_an_earlier_version_is_read(kind: LimitKind) -> None:
    limit = Limit(kind, 0.0 if kind is LimitKind.MACHINE else 2.5)
    assert limit_from_text(str(limit)) == limit
    assert limit_from_text("killed by signal 9") is None
