"""What a student reads: everything said, nothing hidden told, nothing a notebook wrote able to act."""

import doctest
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from browsing import open_browser
from hypothesis import given
from hypothesis import strategies as st
from sample_report import CELLS, HESSIAN, RIGHT, SAMPLE, TROUBLE, png

from autograder.domain.answer import ExampleRun
from autograder.domain.phrases import PHRASES
from autograder.domain.report import (
    CellEnding,
    CellRun,
    Chart,
    CriterionMark,
    Figure,
    Outcome,
    Report,
    Series,
    Verdict,
)
from autograder.domain.sentences import SILENT, authored
from autograder.domain.submission import ReceivedBy
from autograder.questions.cases import Group
from autograder.render import mathematics, render_html, visible, words
from autograder.render.environment import render_page
from autograder.render.mathematics import mathml, prose
from autograder.render.page import report_values
from autograder.render.pictures import check_picture
from autograder.render.visible import clean, excerpt, one_line

ATTACK = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)></pre></details>"
    "\x1b[31mred\x1b[0m\x1b]0;title\x07 \x00\x08 \u202egnirts\u202c \ud800 $\\text{<b onclick=x>}$ `<i>` "
    "{{ 7*7 }}"
)


ELEMENTS = """
    html head meta title link style body a header footer main section article h1 h2 h3 p bdi b span data code
    blockquote pre ul li dl dt dd table caption thead tbody tr th td details summary figure img svg g
    rect circle path text math mrow mi mn mo mtext mspace msup msub msubsup mfrac msqrt mroot mover
    munder munderover mstyle mpadded
"""
"""All a page is made of; none of them acts."""


def hostile(text: str) -> Report:
    """The sample with `text` wherever a student, or a file they made, can put some."""
    cell = CellRun(
        3,
        CellEnding.RAISED,
        source=text,
        printed=text,
        displayed=(text,),
        figures=(Figure(text, text), Figure(png(60, 60), text)),
        exception=text,
        message=text,
        traceback=text,
        limit=text,
    )
    verdict = replace(
        SAMPLE.verdicts[3],
        sentence=authored(text),
        notes=(authored(text),),
        examples=(ExampleRun(text, False, text, text, text), ExampleRun(text, True)),
        rubric=(CriterionMark(text, Fraction(1), Fraction(1, 3)),),
        comment=text,
        pictures=(Chart(text, (Series(text, (1.0, 2.0)), Series(text, (2.0, 1.0))), text),),
    )
    receipt = replace(SAMPLE.receipt, student=text, filename=text, found=(text,))
    return replace(
        SAMPLE, receipt=receipt, verdicts=(verdict,), notes=(authored(text),), cells=(cell,), trouble=SILENT
    )


class Page(HTMLParser):
    """The elements of a page, and what it says."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.said))


def assert_inert(html: str) -> None:
    """No element or attribute that acts or fetches, nothing a reader's screen would obey."""
    html.encode("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", html)
    for tag, attributes in Page(html).elements:
        assert tag in ELEMENTS.split()
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name != "style"
            if name in {"href", "src"}:
                assert value is not None and value.startswith(("#", "data:,", "data:image/png;base64,"))


def test_a_report_says_all_that_grading_found() -> None:
    """Score, every question with its words and points, cells, notes, isolation and receipt are there."""
    page = Page(render_html(SAMPLE, course="Kernel Learning", name="Margaux Dupont"))
    assert "8.12 of 20 points, 3 of them open" in page.text
    for verdict in SAMPLE.verdicts:
        assert verdict.title in page.text
        assert words.outcome(verdict) in page.text
        assert words.earned(verdict) in page.text
    for said in (
        "Kernel Learning",
        "Margaux Dupont (mdupont)",
        "Your formula is right for some matrices only.",
        "array([6., 6.])",
        "A mistake that is recognised earns credit of its own: 25 % here.",
        "The cell that imports numpy was missing",
        "step 59 loss 0.001422",
        "NameError: name 'norm' is not defined",
        "Limit: 20 s for a cell.",
        "Level 3, sealed",
        "uid drop, landlock, seccomp",
        "gradients (1).ipynb",
        SAMPLE.receipt.blob,
        "Friday 2 October 2026, 23:58:04 (UTC+02:00), the file's own time, which is doubtful",
        "9 of 10: linear_form_grad",
    ):
        assert said in page.text
    assert next(value for tag, value in page.elements if tag == "img")["alt"] == "Line plot with 1 line"


def for_staff(report: Report) -> str:
    """What a page of staff shows of a report."""
    shown = {"course": "", "name": "", "instructor": True}
    return render_page("report.html", "report.css", **shown, **report_values(report))


def test_the_name_of_a_mistake_is_for_instructors() -> None:
    """A name such as takes_A_symmetric half gives the answer away: students read its hint only."""
    assert "takes_A_symmetric" not in render_html(SAMPLE)
    assert "takes_A_symmetric" in for_staff(SAMPLE)


def test_a_notebook_that_could_not_be_run_has_a_page_that_says_what_helps() -> None:
    """The reason comes first, then what to do; a score of nothing is not shown as 0."""
    page = Page(render_html(TROUBLE))
    assert "The file is not a notebook" in page.text
    assert "a person will look at it. You need not wait" in page.text
    assert "Restart the kernel and run all cells" in page.text
    assert "Not marked yet · 20 points open" in page.text
    assert "Level 0, nothing was run." in page.text
    assert "Not graded: see above." not in page.text
    lost = replace(TROUBLE, verdicts=())
    page = Page(render_html(lost))
    assert "What helps: open the notebook" in page.text
    assert "of 0 points" not in page.text


def test_an_open_score_says_so_without_alarm() -> None:
    """A written part that awaits its mark is neither lost nor anybody's fault."""
    verdict = replace(HESSIAN, outcome=Outcome.AWAITING_MARK, mark=None, sentence=authored("Marked by hand."))
    page = Page(render_html(replace(RIGHT, verdicts=(*RIGHT.verdicts, verdict))))
    assert "Score so far" in page.text
    assert "One question will be marked by hand." in page.text
    assert "fault" not in page.text


def test_a_part_marked_by_hand_shows_its_rubric_and_comment() -> None:
    """Whoever was marked by a person reads what for, and what they say, with their line breaks."""
    rubric = (
        CriterionMark("axes have labels", Fraction(1, 2), Fraction(1, 2)),
        CriterionMark("why runs stop", Fraction(1), Fraction(1, 4)),
    )
    verdict = replace(
        HESSIAN, outcome=Outcome.MARKED, mark=Fraction(1, 2), rubric=rubric, comment="Good.\nWhich units?"
    )
    report = replace(RIGHT, verdicts=(verdict,))
    page = Page(render_html(report))
    assert "axes have labels 0.5 of 0.5" in page.text
    assert "why runs stop 0.25 of 1" in page.text
    assert "Good.\nWhich units?" in "".join(page.said)


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_words_and_a_shape_of_its_own(outcome: Outcome) -> None:
    """Colour is never alone: each ending has words, and its shape is not the one of what is right."""
    mark = (
        None if outcome in (Outcome.AWAITING_MARK, Outcome.UNJUDGED) else Fraction(outcome is Outcome.RIGHT)
    )
    html = render_html(replace(SAMPLE, verdicts=(replace(HESSIAN, outcome=outcome, mark=mark),)))
    assert PHRASES[f"outcome.{outcome}"] in html
    ending = html.split('<p class="ending">')[1].split("</p>")[0]
    assert ("5.8 10.4" in ending) == (outcome is Outcome.RIGHT)


def test_closed_lists_of_words_are_whole() -> None:
    """Whatever can happen to a cell, or be known of a time, has its words."""
    assert len({words.received_by(how) for how in ReceivedBy}) == len(ReceivedBy)
    assert len({words.ending(replace(CELLS[0], ending=how)) for how in CellEnding}) == len(CellEnding)
    assert {f"outcome.{outcome}" for outcome in Outcome} <= PHRASES.keys()
    assert {f"cases.{group}" for group in Group} <= PHRASES.keys()


def test_the_style_is_the_only_thing_the_policy_lets_in() -> None:
    """The policy names the style by its hash: no other style, no script, no address."""
    html = render_html(SAMPLE)
    style = html.split("<style>")[1].split("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:;" in html.replace("&#39;", "'")
    assert "http://" not in html.replace("http://www.w3.org/1998/Math/MathML", "")
    assert "https://" not in html


def test_what_a_notebook_wrote_cannot_act() -> None:
    """HTML, terminal escapes, turns of direction and template code are shown, not obeyed."""
    html = render_html(hostile(ATTACK), name=ATTACK, course=ATTACK)
    assert_inert(html)
    page = Page(html)
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7*7 }}" in page.text
    assert "⟨U+202E⟩" in page.text
    assert "␀" in page.text
    assert "[31m" not in page.text


@given(
    st.text(st.characters(exclude_categories=()), max_size=60)
    | st.text("<>&\"'`$\\{}%#\x1b[]m\r\n\x00", max_size=60)
)
def test_no_text_at_all_can_act(text: str) -> None:
    """Whatever characters stand in a notebook: pages stay inert."""
    assert_inert(render_html(hostile(text), name=text))


def test_much_output_makes_no_large_page() -> None:
    """Megabyte lines, a million lines and a thousand cells are cut, and the page says by how much."""
    flood = replace(CELLS[3], printed="x" * 3_000_000)
    lines = replace(CELLS[3], printed="line\n" * 400_000)
    html = render_html(replace(SAMPLE, cells=(flood, lines, *(CELLS[3],) * 1000)))
    assert len(html) < 600_000
    assert "399880 lines left out" in html
    assert "more characters" in html
    assert "852 more cells" in html


def test_excerpts_keep_the_beginning_and_the_end() -> None:
    """The last lines of a long output are what a student looks for."""
    shown = excerpt("\n".join(f"row {n}" for n in range(1000)), lines=30).split("\n")
    assert (shown[0], shown[19], shown[-1]) == ("row 0", "row 19", "row 999")
    assert shown[20] == "… 970 lines left out …"


def test_a_progress_bar_is_kept_as_it_stood_at_last() -> None:
    """Ten thousand rewritings of one line are one line."""
    assert excerpt("".join(f"\r{n} %" for n in range(101)) + "\r\ndone") == "100 %\ndone"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("a\x07b\x7f\x1b", "a␇b␡␛"),
        ("one\r\ntwo\rthree", "one\ntwo␍three"),
        ("a\u2028b\ud800", "a⟨U+2028⟩b\ufffd"),
        ("tab\tand α, é, 한, 👩‍🔬 stay", "tab\tand α, é, 한, 👩‍🔬 stay"),
    ],
)
def test_escapes_go_and_control_characters_show(text: str, shown: str) -> None:
    """What would act on a terminal is gone, what is odd is visible, what is writing stays."""
    assert clean(text) == shown


def test_one_line_prefers_code_to_comments() -> None:
    """The line that tells which cell it was is its code."""
    assert one_line("\n# check\nplot(w)\n", passing_over="#") == "plot(w)"
    assert one_line("# only this", passing_over="#") == "# only this"
    assert one_line("x" * 200, width=10) == "xxxxxxxxx…"


NOT_PICTURES = {
    "not base64": "iVBORw0KGgo*",
    "another format": b64encode(b"GIF89a" + b"\0" * 60).decode(),
    "svg": b64encode(b"<svg onload=alert(1)>" * 4).decode(),
    "cut": png(60, 60)[:-40] + "=" * (-(len(png(60, 60)) - 40) % 4),
    "closing the attribute": png(60, 60) + '" onerror="alert(1)',
    "padding in the middle": png(60, 60)[:40] + "====" + png(60, 60)[40:],
    "too large when unpacked": b64encode(
        b64decode(png(60, 60))[:16] + b"\x00\x01\x00\x00" * 2 + b64decode(png(60, 60))[24:]
    ).decode(),
    "not ascii": "ïVBOR",
    "a lone surrogate": "\ud800",
}


@pytest.mark.parametrize("data", NOT_PICTURES.values(), ids=NOT_PICTURES)
def test_a_figure_that_is_no_picture_is_left_out(data: str) -> None:
    """The page says that something is missing, and holds nothing of it."""
    cell = replace(CELLS[3], figures=(Figure(data),))
    html = render_html(replace(SAMPLE, cells=(cell,)))
    assert check_picture(data) is None
    assert "<img" not in html
    assert "A figure is left out here" in html


def test_a_picture_knows_its_size() -> None:
    """Width and height keep the page from jumping; line breaks, as notebooks have them, are welcome."""
    data = png(120, 80)
    found = check_picture("\n".join(data[at : at + 76] for at in range(0, len(data), 76)) + "\n")
    assert found is not None
    assert (found.base64, found.width, found.height) == (data, 120, 80)


def test_formulas_become_mathml() -> None:
    """A sentence may hold code and formulas; a price is not a formula."""
    html = prose("Compare `A @ w` with $w^\\top A w$, at $5 and $6.")
    assert "<code>A @ w</code>" in html
    assert "<msup><mi>w</mi>" in html
    assert html.endswith("at $5 and $6.")


@pytest.mark.parametrize(
    "formula",
    [
        r"\begin{array}{c|c} a & b \end{array}",
        r"a & b",
        r"a \\ b",
        r"\href{javascript:alert(1)}{x}",
        r"\style{color:red}{x}",
        r"\nosuchcommand x",
    ],
)
def test_formulas_that_would_be_drawn_wrongly_are_shown_as_written(formula: str) -> None:
    """The converter takes these without a word: they are shown as code, escaped."""
    assert mathml(formula) is None
    assert_inert(f"<p>{prose(f'so ${formula}$ it is')}</p>")
    assert "<math" not in prose(f"so ${formula}$ it is")


@given(st.fractions(min_value=0, max_value=20), st.integers(1, 20))
def test_no_mark_is_rounded_to_all_or_to_nothing(value: Fraction, total: int) -> None:
    """19.999 of 20 is not shown as 20, nor a hundredth of a hundredth as 0."""
    shown = words.number(value, total=Fraction(total))
    assert (shown == "0") == (value == 0)
    assert (shown == str(total)) == (value == total)
    assert abs(Fraction(shown) - value) <= Fraction(1, 100)
    if value <= 1:
        assert (words.percent(value) == "100 %") == (value == 1)


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ((1, 1), "Everything is right. Well done."),
        ((0,), "The question earned nothing yet. Still to be won: 1 point."),
        ((Fraction(1, 2),), "The question earned part of its points. Still to be won: 0.5 points."),
        ((None,), "One question will be marked by hand."),
        ((1, None), "One of two questions is right. One question will be marked by hand."),
        (
            (0, 0, Fraction(1, 2)),
            (
                "None of three questions is right; one earned part of the points; two earned nothing yet. "
                "Most is still to be won in `q0` (1 point) and `q1` (1 point)."
            ),
        ),
    ],
)
def test_the_summary_counts_in_words(marks: tuple[Fraction | None, ...], said: str) -> None:
    """One paragraph says how much is right and where most points wait."""
    verdicts = tuple(
        Verdict(
            f"q{n}",
            Fraction(1),
            Outcome.AWAITING_MARK if mark is None else Outcome.WRONG,
            None if mark is None else Fraction(mark),
            authored(""),
        )
        for n, mark in enumerate(marks)
    )
    assert words.summary(replace(SAMPLE, verdicts=verdicts)) == said


def test_a_name_that_is_no_function_gives_way_to_a_title() -> None:
    """A grade_id of nbgrader's stands on no page that a student has."""
    verdicts = tuple(
        Verdict(name, Fraction(1), Outcome.WRONG, Fraction(0), authored(""), title=title)
        for name, title in (("cell-0a1b2c", "Part A"), ("cell-3d4e5f", ""))
    )
    said = words.summary(replace(SAMPLE, verdicts=verdicts))
    assert said.endswith("Most is still to be won in “Part A” (1 point) and `cell-3d4e5f` (1 point).")


def test_silent_cells_are_told_in_one_line() -> None:
    """Cells that print nothing take no room, and no cell goes untold."""
    page = Page(render_html(SAMPLE))
    assert "Nothing to show for cells 2, 4, 17: ran without printing." in page.text
    assert words.ranges([8, 1, 3, 4, 5, 3]) == "1, 3–5, 8"


@pytest.mark.parametrize("module", [words, visible, mathematics], ids=lambda module: module.__name__)
def test_examples_in_docstrings_hold(module: Any) -> None:
    """What a docstring shows is what happens."""
    assert doctest.testmod(module).failed == 0


def test_a_verdict_without_anything_has_a_card() -> None:
    """A question with nothing but a sentence is no special case."""
    verdict = Verdict(
        "f", Fraction(1, 3), Outcome.MISSING, Fraction(0), authored("There is no `f` in your notebook.")
    )
    page = Page(render_html(replace(SAMPLE, verdicts=(verdict,), cells=(), notes=(), versions=())))
    assert "0 of 0.33 points" in page.text


# In a browser. Everything below asks the page itself, as a reader's tools do.

LOOK = Path(__file__).with_name("look_at_page.js")
_PATIENCE = 900_000.0
"""Milliseconds that a browser may take on a machine that is busy with something else."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_browser(_PATIENCE) as opened:
        yield opened


PAGES: dict[str, Callable[[], str]] = {
    "sample": lambda: render_html(SAMPLE, course="Kernel Learning", name="Margaux Dupont"),
    "instructor": lambda: for_staff(SAMPLE),
    "trouble": lambda: render_html(TROUBLE),
    "right": lambda: render_html(RIGHT),
    "hostile": lambda: render_html(hostile(ATTACK * 3), name=ATTACK),
}


@pytest.mark.parametrize(
    ("scheme", "width"),
    [
        ("light", 1200),
        ("dark", 390),
        pytest.param("light", 390, marks=pytest.mark.soak),
        pytest.param("dark", 1200, marks=pytest.mark.soak),
    ],
)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_quiet(
    browser: Any, tmp_path: Path, name: str, scheme: str, width: int
) -> None:
    """Contrast, headings, landmarks, names, focus and width hold; nothing is fetched, nothing complains."""
    file = tmp_path / "report.html"
    file.write_text(PAGES[name](), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page.set_default_timeout(_PATIENCE)
    noise: list[str] = []
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.on("dialog", lambda dialog: (noise.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: noise.append(request.url) if _leaves(request.url, file) else None)
    page.goto(file.as_uri())
    flaws = page.evaluate(LOOK.read_text(encoding="utf-8"))
    page.close()
    assert flaws == []
    assert noise == []


def _leaves(url: str, file: Path) -> bool:
    return url != file.as_uri() and not url.startswith("data:")


def test_the_look_finds_flaws(browser: Any) -> None:
    """The audit above is not blind: a page with one flaw of each kind is found out."""
    page = browser.new_page()
    page.set_default_timeout(_PATIENCE)
    page.set_content(
        "<html><head><title></title></head><body><h1>a</h1><h3 id=x>b</h3><p id=x style='color:#999'>pale</p>"
        "<img src='data:,'><table><tr><td>1</td></tr></table><a href='#none'></a>"
        "<div style='width:9000px'>wide</div></body></html>"
    )
    flaws = "\n".join(page.evaluate(LOOK.read_text(encoding="utf-8")))
    page.close()
    for kind in (
        "lang",
        "title",
        "main",
        "heading",
        "id",
        "contrast",
        "alt",
        "caption",
        "scope",
        "link",
        "wide",
    ):
        assert kind in flaws, kind
