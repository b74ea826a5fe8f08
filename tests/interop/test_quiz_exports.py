"""Quizzes for other programs, and what is lost on the way."""

import io
import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from quiz_samples import sample

from autograder.errors import CourseError
from autograder.interop.exports import export_quiz
from autograder.interop.jupyterquiz import to_jupyterquiz
from autograder.interop.moodle import read_back, to_moodle
from autograder.interop.qti import to_qti, to_text2qti
from autograder.quiz.format.reader import read_quiz
from autograder.render.quiz import render_paper

COURSE = sorted((Path(__file__).parents[2] / "quiz").glob("*.quiz.md"))


def lost(export) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for loss in export.losses:
        found.setdefault(loss.question, []).append(loss.what)
    return found


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.name)
@pytest.mark.parametrize("name", ["moodle", "qti", "jupyterquiz", "html"])
def test_every_quiz_of_the_course_leaves_in_every_format(path, name):
    """Nothing raises, and every export has content."""
    if name == "qti":
        pytest.importorskip("text2qti")
    quiz = read_quiz(path)
    assert render_paper(quiz, solutions=False) if name == "html" else export_quiz(quiz, name).content


def test_moodle_gets_kinds_points_fractions_units_and_feedback():
    """What Moodle can hold, it holds."""
    export = to_moodle(sample())
    root = ElementTree.fromstring(export.content)
    by_name = {q.findtext("name/text"): q for q in root.iter("question")}
    assert [q.get("type") for q in root.iter("question")] == [
        "category", "shortanswer", "multichoice", "multichoice", "numerical", "essay", "matching", "matching",
        "essay", "essay", "essay",
    ]  # fmt: skip
    some = by_name["some"]
    assert [a.get("fraction") for a in some.iter("answer")] == ["50", "50", "-50", "-50"]
    power = by_name["power"]
    first = power.find("answer")
    assert first is not None and float(first.findtext("text") or 0) == pytest.approx(1800 * 4184 / 86400)
    assert float(first.findtext("tolerance") or 0) == pytest.approx(0.05 * 1800 * 4184 / 86400, rel=1e-4)
    units = {u.findtext("unit_name"): float(u.findtext("multiplier") or 0) for u in power.iter("unit")}
    assert units["W"] == 1 and units["kW"] == pytest.approx(0.001)
    grad = by_name["grad"]
    assert [a.findtext("text") for a in grad.iter("answer")] == ["(A + A^T) w", "2 A w", "A w"]
    assert r"\(w \mapsto w^\top A w\)" in (grad.findtext("questiontext/text") or "")
    said = lost(export)
    assert any("equal expressions" in what for what in said["grad"]) and "one" not in said
    assert any("not judged" in what for what in said["show-it"])


def test_moodle_gets_copies_of_drawn_questions():
    """One for each of several draws."""
    export = to_moodle(sample(), copies=3)
    names = re.findall(r"<text>(power \(\d\))</text>", export.content.decode())
    assert names == ["power (1)", "power (2)", "power (3)"]


def test_what_was_written_for_moodle_is_held_against_the_quiz():
    """A question that went missing, or its marks, would be found."""
    content = to_moodle(sample()).content.decode()
    for before, after, says in [
        ("<defaultgrade>2</defaultgrade>", "<defaultgrade>1</defaultgrade>", "lost its points"),
        ('fraction="100"', 'fraction="90"', "cannot earn full marks"),
        ('type="numerical"', 'type="essay"', "was written as"),
    ]:
        with pytest.raises(CourseError, match=says):
            read_back(content.replace(before, after, 1).encode(), sample())


def test_qti_is_made_by_text2qti():
    """A zip with a manifest and an assessment, in which the questions stand."""
    pytest.importorskip("text2qti")
    export = to_qti(sample())
    archive = zipfile.ZipFile(io.BytesIO(export.content))
    assert "imsmanifest.xml" in archive.namelist()
    assessment = "".join(archive.read(n).decode() for n in archive.namelist() if n.endswith(".xml"))
    for identity in ("grad", "one", "some", "power"):
        assert f'title="{identity}"' in assessment
    said = lost(export)
    assert any("the unit is said" in what for what in said["power"])
    assert any("feedback on listed" in what for what in said["grad"])


def test_the_text_for_text2qti_reads_like_its_manual():
    """Choices, boxes, intervals, short answers."""
    text = to_text2qti(sample())
    assert "*a) this" in text and "[*] one" in text and "[ ] three" in text
    assert "*   (A + A^T) w" in text and re.search(r"=   \[8\d\.\d+, 9\d\.\d+\]", text)


def test_lines_that_canvas_cannot_put_in_order_are_written_out_with_their_values():
    """Where values are drawn, nobody reads braces."""
    body = "## a {match 1}\n@ n in {3, 4}\nq {{n}}\n- {{n}} => {{n+1}}\n- {{2*n}} => {{2*n+1}}\n: s\n"
    text = to_text2qti(sample(body=body))
    assert "- 3\n" in text and "- 7\n" in text and "{{" not in text


def test_jupyterquiz_is_json_with_what_it_knows():
    """Four types; the rest is left out, and said."""
    export = to_jupyterquiz(sample())
    entries = json.loads(export.content)
    assert [entry["type"] for entry in entries] == ["string", "multiple_choice", "many_choice", "numeric"]
    numeric = entries[3]
    low, high = numeric["answers"][0]["range"]
    assert low < 1800 * 4184 / 86400 < high and numeric["answers"][-1]["type"] == "default"
    said = lost(export)
    assert "the answers stand in the page, for whoever looks" in said["all"]
    assert said["show-it"] == ["left out: there is no kind witness"]


def test_paper_has_no_key_and_the_solved_paper_has_all():
    """What is handed out gives nothing away."""
    quiz = sample()
    paper, solved = render_paper(quiz, solutions=False), render_paper(quiz, solutions=True)
    for secret in ("(A + A^T) w", "Because.", "In this order", "not for students", "87.2 W"):
        assert secret not in paper and secret in solved
    assert "<script" not in solved and " style=" not in solved and "default-src 'none'" in solved
    assert 'aria-label="right"' not in paper and "<strong>a, b</strong>" in solved
    assert render_paper(quiz, solutions=False, seed="A") != paper


ODD = """---
id: odd
title: Halves 1/2
---

## c {single 1}
Is `vector<int>` a vector<int>, and $x<y$ &lt; 1?

- (x) a<b
- ( ) no | because $x<y$ & c<d
: yes <b>
"""


@pytest.fixture
def odd(tmp_path):
    path = tmp_path / "odd.quiz.md"
    path.write_text(ODD, encoding="utf-8")
    return read_quiz(path)


def test_what_looks_like_html_is_shown_and_not_read_by_other_programs(odd):
    """`<int>` would vanish as an unknown element; so would what follows `<y` in a formula that is HTML."""
    (entry,) = json.loads(export_quiz(odd, "jupyterquiz").content)
    assert entry["question"] == r"Is `vector<int>` a vector&lt;int>, and $x\lt y$ &amp;lt; 1?"
    assert entry["answers"][0]["answer"] == "a&lt;b"
    assert entry["answers"][1]["feedback"] == r"because $x\lt y$ & c&lt;d"


def test_canvas_gets_what_looks_like_html_as_text(odd):
    pytest.importorskip("text2qti")
    content = zipfile.ZipFile(io.BytesIO(export_quiz(odd, "qti").content))
    assessment = max((content.read(name) for name in content.namelist()), key=len).decode()
    assert "a vector&amp;lt;int&amp;gt;" in assessment and "a&amp;lt;b" in assessment


def test_a_title_with_a_slash_is_one_category_in_moodle(odd):
    root = ElementTree.fromstring(export_quiz(odd, "moodle").content)
    assert root.findtext("question/category/text") == "$course$/top/Halves 1//2"
