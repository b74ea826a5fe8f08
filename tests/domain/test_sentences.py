"""What a student may be told: each sentence in English, once; and that the list is closed."""

import ast
import json
import pickle
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder.domain.sentences import (
    SENTENCES,
    SILENT,
    TEMPLATES,
    Sentence,
    as_stored,
    authored,
    of_variable,
    say,
    say_count,
    sentence_from_json,
    sentence_to_json,
    sentences_in,
    variables_of,
    words,
)

PACKAGE = Path(__file__).parents[2] / "autograder"
SHAPE = say("shape_given", lengths=("n", "d"))
INNER = say("zero")
ENTRY = say("part.entry", entry="'b'")

SPOKEN: list[tuple[Sentence, str]] = [
    (authored("Mind the $\\frac12$, {as it} stands."), "Mind the $\\frac12$, {as it} stands."),
    (say("forbidden", names=("inv",)), "does not allow `inv`, and your function uses it,"),
    (
        say("forbidden.several", names=("inv", "pinv")),
        "`inv`, `pinv`, and your function uses them,",
    ),
    (say("marked", day=3, month="May", year=2026), "Marked by hand on 3 May 2026."),
    (
        say("carried_forward", names=("f",), inner=INNER),
        "in place of yours: your answer is zero",
    ),
    (
        say("in_group", group=say("group.kink"), inner=INNER),
        "not on points without a derivative. Your",
    ),
    (
        say("limit", inner=INNER, limit="2 s for this question"),
        "everywhere. The limit is 2 s for",
    ),
    (say("raised", error="ValueError"), "Your function raised ValueError."),
    (say("raised", error=say("an_error")), "Your function raised an error."),
    (
        say("returned_not", what=say("kind.list"), asked=say("asked.real_numbers")),
        "Your function returned a list; real numbers are asked for.",
    ),
    (say("wrong_count", asked=2, count=3), "2 values are asked for; your function returned 3 of them."),
    (say("wrong_keys", keys=("'loss'", "'slope'")), "a dictionary with the keys 'loss', 'slope'."),
    (
        say("shape.named", shapes=say("shapes", given=SHAPE, asked=say("shape_asked", lengths=("d",)))),
        "Your answer has shape (n, d) instead of (d,).",
    ),
    (
        say(
            "part",
            part=ENTRY,
            inner=say("part.alone", part=say("part.value", number=2, total=3), inner=INNER),
        ),
        "In value 2 of 3 of entry 'b': Your answer is zero everywhere.",
    ),
    (
        say("part.alone", part=ENTRY, inner=say("part.alone", part=ENTRY, inner=INNER)),
        "In entry 'b' of entry 'b' (the rest is right): Your answer is zero everywhere.",
    ),
    (
        say("part.observed", part=say("part.value", number=2, total=3), inner=INNER),
        "In value 2 of 3: your answer is zero everywhere.",
    ),
    (say("late", late=say("late_by.hours", hours=1, minutes=5)), "Received 1 h 05 min after the deadline."),
    (
        say("read.cells", cells=say("cells.several", cells=(3, 5), last=7), what=say("read.not_a_cell")),
        "Cells 3, 5 and 7: not a cell, left out.",
    ),
    (SILENT, ""),
]


@pytest.mark.parametrize(("sentence", "said"), SPOKEN, ids=[sentence.key for sentence, _ in SPOKEN])
def test_a_sentence_becomes_words(sentence: Sentence, said: str) -> None:
    assert said in words(sentence)
    assert str(sentence) == words(sentence)
    assert bool(sentence) == bool(said)


@pytest.mark.parametrize(("sentence", "said"), SPOKEN, ids=[sentence.key for sentence, _ in SPOKEN])
def test_a_sentence_survives_json_and_another_process(sentence: Sentence, said: str) -> None:
    assert sentence_from_json(sentence.key, sentence_to_json(sentence)) == sentence
    assert pickle.loads(pickle.dumps(sentence)) == sentence


def test_every_sentence_has_its_english_line() -> None:
    """Its words are looked at once, in english.json; all other tests know it by its key."""
    english = json.loads((Path(__file__).parent / "english.json").read_text(encoding="utf-8"))
    said = {
        key: words(say(key, **{name: 7 if name == "minutes" else name.upper() for name in variables_of(key)}))
        for key in TEMPLATES
    }
    assert said == english


@pytest.mark.parametrize("key", TEMPLATES)
def test_every_template_takes_its_variables(key: str) -> None:
    """Text, a number or a sentence stands where a variable is; nothing else of a template is special."""
    numbers = {"minutes"}
    values: dict[str, Any] = {name: 7 if name in numbers else "here" for name in variables_of(key)}
    said = words(say(key, **values))
    assert "{" not in said
    assert all(str(value) in said.lower() for value in values.values())


@pytest.mark.parametrize("key", [key for key in TEMPLATES if key.endswith(".variable")])
def test_what_is_said_of_a_variable_has_the_variables_of_what_is_said_of_a_function(key: str) -> None:
    assert variables_of(key) == variables_of(key.removesuffix(".variable"))
    assert "function" not in TEMPLATES[key].replace("a function it was given", "")


def test_a_sentence_about_a_function_becomes_one_about_a_variable_also_within_another() -> None:
    said = say("in_group", group=say("group.edge"), inner=say("returned", what=say("kind.list")))
    assert words(of_variable(said)).endswith("Your variable holds a list.")
    assert [inner.key for inner in sentences_in(of_variable(said))] == [
        *("in_group", "group.edge", "returned.variable", "kind.list")
    ]


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("forgotten", {}),
        ("missing", {}),
        ("missing", {"question": "f", "cell": 3}),
        ("first_row", {"row": 0.5}),
        ("first_row", {"row": True}),
        ("forbidden", {"names": ["inv"]}),
        ("forbidden", {"names": (("inv",),)}),
    ],
)
def test_what_is_not_on_the_list_cannot_be_said(key: str, values: dict[str, Any]) -> None:
    """Nor with other variables, or with one that could carry anything: a float, an array."""
    with pytest.raises((KeyError, TypeError)):
        say(key, **values)


def test_nothing_is_made_of_nothing() -> None:
    assert authored("") == as_stored("") == SILENT


def test_a_sentence_is_translated_with_all_that_it_holds() -> None:
    """By its template, as gettext does; what an author wrote stays."""
    french = {
        TEMPLATES["in_group"]: "Juste dans les cas ordinaires ; pas pour {group}. {inner}",
        TEMPLATES["group.kink"]: "les points sans dérivée",
        TEMPLATES["part.observed"]: "Dans {part} : {inner!l}",
        TEMPLATES["part.value"]: "la valeur {number} sur {total}",
        TEMPLATES["zero"]: "Votre réponse est nulle partout.",
    }
    said = say("part.observed", part=say("part.value", number=1, total=2), inner=say("zero"))
    said = say("in_group", group=say("group.kink"), inner=said)
    assert words(said, lambda template: french.get(template, template)) == (
        "Juste dans les cas ordinaires ; pas pour les points sans dérivée. "
        "Dans la valeur 1 sur 2 : votre réponse est nulle partout."
    )
    assert (
        words(authored("As I wrote it."), lambda template: french.get(template, template)) == "As I wrote it."
    )


@cache
def said_in_the_package() -> tuple[tuple[str, str, frozenset[str] | None], ...]:
    """The same, found once."""
    return tuple(find_said_in_the_package())


def find_said_in_the_package() -> Iterator[tuple[str, str, frozenset[str] | None]]:
    """Every `say("key", name=...)` of the package: where, the key, and the names where these are plain.

    `say_count` says two, of which the one about one thing takes what it needs.
    """
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if not re.search(r"\bsay(_count)?\b", text):
            continue
        for node in ast.walk(ast.parse(text)):
            verb = getattr(node.func, "id", "") if isinstance(node, ast.Call) and node.args else ""
            if verb in ("say", "say_count"):
                names = [keyword.arg for keyword in node.keywords]
                plain = None not in names and not isinstance(node.args[0], ast.JoinedStr)
                given = frozenset(name for name in names if name) if plain else None
                where = f"{path.relative_to(PACKAGE)}:{node.lineno}"
                for key in keys_in(node.args[0]):
                    yield where, key, given
                    if verb == "say_count":
                        yield where, f"{key}.one", None


def keys_in(node: ast.expr) -> list[str]:
    """The keys that an expression can be: a text, one of two, or all that begin and end as an f-string."""
    if isinstance(node, ast.Constant):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*keys_in(node.body), *keys_in(node.orelse)]
    if isinstance(node, ast.JoinedStr):
        first, last = node.values[0], node.values[-1]
        start = first.value if isinstance(first, ast.Constant) else ""
        end = last.value if isinstance(last, ast.Constant) else ""
        return (
            [key for key in SENTENCES if key.startswith(start) and key.endswith(end)] if start or end else []
        )
    return []


def test_whoever_says_a_sentence_gives_its_variables() -> None:
    for where, key, given in said_in_the_package():
        assert key in SENTENCES, f"{where}: {key}"
        assert given is None or given == variables_of(key), f"{where}: {key}"


def test_a_sentence_about_one_thing_leaves_out_what_it_does_not_name() -> None:
    """Its variables are among those about several things: whoever counts gives these."""
    assert say_count("match.more", 2, count=2) == say("match.more", count=2)
    assert say_count("match.more", 1, count=1) == say("match.more.one")
    counted = [key for _, key, _ in said_in_the_package() if f"{key}.one" in SENTENCES]
    assert "tests.failed.some" in counted
    assert all(variables_of(f"{key}.one") <= variables_of(key) for key in counted)


def test_every_sentence_is_said_somewhere() -> None:
    """What nobody says is not translated."""
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*.py")
        if path.name not in ("sentences.py", "quiz_sentences.py")
    )
    by_name = {key for _, key, _ in said_in_the_package()}
    unsaid = [key for key in SENTENCES if key not in by_name and f'"{key}"' not in text]
    assert not [key for key in unsaid if not key.endswith(".variable")]
