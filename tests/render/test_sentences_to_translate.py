"""What students read of ours, all of it in every language; and that no other text stands in their pages."""

import json
import re
from dataclasses import replace
from string import Formatter

import pytest
from jinja2 import nodes
from sample_report import CELLS, HESSIAN

from autograder.domain.language import (
    CATALOGUES,
    Language,
    localize_number,
    read_catalogue,
    speaking,
    translate,
    translate_count,
)
from autograder.domain.moments import describe_day, describe_span
from autograder.domain.phrases import PHRASES, count_phrase, phrase
from autograder.domain.report import CellEnding
from autograder.domain.sentences import TEMPLATES, say, words
from autograder.publishing.nbgrader_marks import write_comment
from autograder.render.catalogue import collect_texts, format_catalogue, list_student_templates
from autograder.render.environment import environment, tell_authors_language, templates
from autograder.render.words import how_ended

ASKED = collect_texts()
FRENCH = dict(read_catalogue((CATALOGUES / "fr.po").read_text(encoding="utf-8")))
SAID = [(asked, text) for asked, said in FRENCH.items() if asked != ("",) for text in said]
CODE = re.compile(r"`[^`]*`|<[^>]*>|https?://\S*|\{[^}]*\}|%\([a-z_]+\)s|answers\[.* = \"\.\.\.\"")


def test_every_sentence_stands_in_the_template_once() -> None:
    texts = [json.loads(text) for text in re.findall(r"^msgid (.+)$", format_catalogue(), re.MULTILINE)]
    assert texts[0] == ""  # the head
    assert texts[1:] == [asked[0] for asked in ASKED]
    every = {
        text for text in (*TEMPLATES.values(), *PHRASES.values()) if re.search("[A-Za-z]", CODE.sub("", text))
    }
    assert every - set(texts) == set()


def test_what_stands_in_it_is_what_is_looked_up() -> None:
    asked: list[str] = []
    words(
        say("in_group", group=say("group.edge"), inner=say("zero")),
        lambda text: asked.append(text) or text,
    )
    assert len(asked) == 3
    assert all(json.dumps(text, ensure_ascii=False) in format_catalogue() for text in asked)


def test_everything_has_its_french_and_nothing_else_has() -> None:
    assert sorted(FRENCH.keys() - {("",)}) == sorted(ASKED)


def test_the_file_is_as_it_would_be_written_anew() -> None:
    assert (CATALOGUES / "fr.po").read_text(encoding="utf-8") == format_catalogue(Language.FRENCH, FRENCH)


def variables(text: str) -> set[str]:
    """Of a template of a sentence, or of a page."""
    named = set(re.findall(r"%\(([a-z_]+)\)s", text))
    return named or {name for _, name, _, _ in Formatter().parse(text) if name}


def test_a_translation_has_the_variables_of_its_english() -> None:
    for asked, said in FRENCH.items():
        wanted = variables(asked[-1])
        assert variables(said[-1]) == wanted, asked
        assert variables(said[0]) <= wanted, asked  # one thing need not be counted


def test_a_translation_has_the_code_and_the_marks_of_its_english() -> None:
    for asked, said in FRENCH.items():
        tags = re.compile(r"</?[a-z]+(?: [^>]*)?>")
        assert sorted(tags.findall(asked[-1])) == sorted(tags.findall(said[-1])), asked
        assert asked[-1].count("`") == said[-1].count("`"), asked


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("no space that could break before a sign of two parts", r" [:;!?»%]"),
        ("a narrow space before ; ! ?", r"[^\s\u202f;!?]\s?(?<!\u202f)[;!?]"),
        ("a space before a colon", r"[^\s\d](?<!\u00a0):(?!\d|//)"),
        ("a space inside of guillemets", r"«(?!\u00a0)|(?<!\u00a0)»"),
        ("no English quotation marks", r"[“”\"]"),
        ("no straight apostrophe between letters", r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]"),
        ("no three dots for an ellipsis", r"\.\.\."),
        ("no two spaces", r"(?<! )  (?! )"),
    ],
    ids=lambda value: value if " " in value and "[" not in value else "",
)
def test_the_french_is_set_as_french_is(rule: str, wrong: str) -> None:
    for asked, text in SAID:
        bare = CODE.sub("x", text) if "  " not in asked[0] else ""  # a table keeps its columns
        assert not re.search(wrong, bare), f"{rule}: {asked} {text!r}"


def test_a_page_for_students_holds_no_text_that_is_not_translated() -> None:
    """Whatever a template writes besides tags and names of files stands in `trans`, or goes through `_`."""
    for name in list_student_templates():
        tree = environment().parse((templates() / name).read_text(encoding="utf-8"))
        passed = {
            id(each) for call in tree.find_all(nodes.Call) if is_translation(call) for each in call.args
        }
        named = {
            id(each)
            for block in tree.find_all(nodes.Block)
            if block.name in ("kind", "scheme")
            for each in block.find_all(nodes.TemplateData)
        }
        data = [each for each in tree.find_all(nodes.TemplateData) if id(each) not in named]
        written = "\0".join(each.data for each in data)
        for text in re.findall(r'(?:alt|aria-label|title|placeholder)="([^"]*)"', written):
            assert not re.search("[A-Za-z]{2}", text), f"{name}: {text!r}"
        shown = re.sub(r"<[^>]*>|<[^>]*$|^[^<]*>|<!doctype html>|\b[a-z]+\.txt\b", " ", written)
        assert not re.search(r"[A-Za-z]{3}", shown), f"{name}: {re.findall('[A-Za-z]{3}.{0,60}', shown)}"
        passed |= {id(each) for one in tree.find_all(nodes.Compare) for each in one.find_all(nodes.Const)}
        for const in tree.find_all(nodes.Const):
            if isinstance(const.value, str) and id(const) not in passed:
                assert not re.search(r"[a-z]{2} [a-z]{2}|^[A-Z][a-z]{2}", const.value), (
                    f"{name}: {const.value!r}"
                )


def is_translation(call: nodes.Call) -> bool:
    return isinstance(call.node, nodes.Name) and call.node.name in ("_", "gettext", "ngettext")


def test_what_is_said_meanwhile_is_said_in_that_language_and_then_in_the_one_before() -> None:
    with speaking(Language.FRENCH):
        assert str(say("zero")) != TEMPLATES["zero"]
        with speaking(Language.ENGLISH):
            assert str(say("zero")) == TEMPLATES["zero"]
        assert str(say("raised", error=say("an_error"))) == "Votre fonction a levé une erreur."
    assert str(say("zero")) == TEMPLATES["zero"]


def test_what_authors_wrote_is_marked_where_the_page_speaks_another_language() -> None:
    with speaking(Language.FRENCH, authors=Language.ENGLISH):
        assert tell_authors_language() == ' lang="en"'
        with speaking(Language.ENGLISH, authors=Language.ENGLISH):
            assert tell_authors_language() == ""
    with speaking(Language.FRENCH):
        assert tell_authors_language() == ""


def test_in_french_nothing_and_one_and_a_half_are_singular() -> None:
    from fractions import Fraction

    counts = (0, 1, Fraction(3, 2), 2)
    with speaking(Language.FRENCH):
        told = [count_phrase("points", each, points=localize_number(f"{float(each):g}")) for each in counts]
        assert translate_count("(%(lines)s line)", "(%(lines)s lines)", 0) == "(%(lines)s ligne)"
    assert told == ["0 point", "1 point", "1,5 point", "2 points"]
    assert [count_phrase("points", each, points=str(each)) for each in (0, 1)] == ["0 points", "1 point"]


def test_dates_are_told_as_the_language_tells_them() -> None:
    from datetime import UTC, datetime, timedelta

    first = datetime(2026, 8, 1, 9, 5, tzinfo=UTC)
    assert describe_day(first) == "Saturday 1 Aug 2026, 09:05:00"
    with speaking(Language.FRENCH):
        assert describe_day(first) == "samedi 1er août 2026, 09:05:00"
        assert describe_span(timedelta(days=1, hours=3)) == "1 jour 3 h"
        assert str(say("marked", day=1, month="May", year=2026)) == "Noté à la main le 1er mai 2026."


def test_a_phrase_that_is_not_on_the_list_cannot_be_said() -> None:
    with pytest.raises(KeyError):
        phrase("forgotten")
    with pytest.raises(KeyError):
        phrase("points")


def test_what_has_no_translation_is_said_in_english() -> None:
    with speaking(Language.FRENCH):
        assert translate("Nobody has said this so far.") == "Nobody has said this so far."


def test_how_a_process_ended_is_told_where_the_sandbox_says_it_in_a_sentence_of_ours() -> None:
    lost = replace(CELLS[0], ending=CellEnding.CRASHED, end="it ended itself with exit code 3")
    with speaking(Language.FRENCH):
        assert how_ended(lost) == "elle s’est terminée elle-même avec le code 3"
        assert how_ended(replace(lost, end="SIGSEGV")) == "SIGSEGV"
    assert how_ended(lost) == lost.end


def test_a_comment_beside_a_mark_speaks_too() -> None:
    assert write_comment(HESSIAN).startswith("Not attempted: 0 of 1 point. ")
    with speaking(Language.FRENCH):
        assert write_comment(HESSIAN).startswith("Non traitée\N{NO-BREAK SPACE}: 0 sur 1 point. ")
