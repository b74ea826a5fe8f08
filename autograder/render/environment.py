"""The one environment of all pages: where templates lie, what they may call, how a style is let in.

Whatever a template prints passes through `clean` and is then escaped, so no template can forget either.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.domain.counts import describe_count
from autograder.domain.formulas import FormulaStyle, formula_style
from autograder.domain.language import (
    Language,
    authors_language,
    localize_number,
    spoken_language,
    translate,
    translate_count,
)
from autograder.domain.moments import describe_day, describe_moment, describe_span
from autograder.render import words
from autograder.render.charts import draw_chart
from autograder.render.compiled import find_compiled
from autograder.render.mathematics import only_draws, prose
from autograder.render.pictures import check_picture
from autograder.render.visible import clean, excerpt, one_line

CALLED_ON_REPORTS: tuple[Callable[..., Any], ...] = (
    *(words.tone, words.outcome, words.earned, words.percent, words.worth, words.points, words.moment),
    *(words.said, words.number, words.earned_of, prose, excerpt, one_line, check_picture, draw_chart),
)
"""What templates call most often; Jinja calls filters several times faster than functions."""


def render_page(template: str, /, *styles: str, **values: Any) -> str:
    """A page made from a template, with these styles inside and named in its policy by their hash."""
    style, digest = _style(styles)
    return environment().get_template(template).render(style=style, style_hash=digest, **values)


@cache
def environment() -> Environment:
    """The environment, with all filters."""
    made = Environment(
        loader=FileSystemLoader(templates()),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=find_compiled(),
        extensions=["jinja2.ext.i18n"],
    )
    made.newstyle_gettext = True  # type: ignore[attr-defined] # of the extension: variables by their names
    made.globals.update(gettext=translate_markup, ngettext=translate_markup_count, _=translate_markup)
    made.globals.update(language=spoken_language, count=describe_count)
    made.globals["authors_lang"] = tell_authors_language
    made.globals["words"] = words
    made.filters.update({function.__name__: function for function in CALLED_ON_REPORTS})
    made.filters.update(exact=str, shape_of=words.shape, rows=count_rows)
    made.filters.update(markdown=markdown, markdown_line=markdown_line, markdown_inside=markdown_inside)
    made.filters.update(verdict_words=quiz_words, drawn=drawn)
    made.filters.update(
        told=describe_moment,
        marks_score=words.marks_score,
        capitalize_first=words.capital,
        localize_number=localize_number,
        told_day=describe_day,
        span=describe_span,
    )
    shapes = made.get_template("shapes.html").make_module()
    made.filters.update({name: lru_cache(maxsize=1024)(getattr(shapes, name)) for name in ("shape", "bar")})
    parts: Any = made.get_template("report_parts.html").make_module()

    @lru_cache(maxsize=256)  # alike for all whose answer is right
    def draw_card(
        _language: Language, _authors: Language | None, _formulas: FormulaStyle, *given: Any
    ) -> Markup:
        drawn: Markup = parts.card(*given)
        return drawn

    made.filters["card"] = lambda *given: draw_card(
        spoken_language(), authors_language(), formula_style(), *given
    )
    return made


def tell_authors_language() -> Markup:
    """The attribute of an element that holds an author's words, where the page speaks another language."""
    language = authors_language()
    return Markup(f' lang="{language}"') if language else Markup()  # noqa: S704 - a code of ours


def translate_markup(text: str, /, **values: Any) -> Markup:
    """A text of a template in the language that is spoken, with its variables cleaned and escaped."""
    if not values:
        return _translate_plain(spoken_language(), text)
    # The text is a template's own, or its translation; what is put into it is escaped.
    shown = {name: finalize(value) for name, value in values.items()}
    return Markup(translate(text)) % shown  # noqa: S704


@lru_cache(maxsize=4096)
def _translate_plain(_language: Language, text: str) -> Markup:
    """A text without variables; most are, and a page has dozens."""
    return Markup(translate(text)) % {}  # noqa: S704 - the text is a template's own


def translate_markup_count(one: str, several: str, num: int, /, **values: Any) -> Markup:
    """The same of one of two texts, by how many there are."""
    shown = {"num": num} | {name: finalize(value) for name, value in values.items()}
    return Markup(translate_count(one, several, num)) % shown  # noqa: S704


def templates() -> Path:
    """The templates of the installed wheel, or of the checkout this file stands in."""
    installed = Path(__file__).parents[1] / "_templates"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "templates"


def finalize(value: Any) -> Any:
    """What is printed of a value: a text, cleaned; markup of ours as it is."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def count_rows(text: str) -> int:
    """How many lines a text takes."""
    return text.count("\n") + 1 if text else 0


def quiz_words(verdict: Any) -> str:
    """How an answer to a quiz ended, in words."""
    from autograder.render.quiz_page import verdict_words

    return verdict_words(verdict)


def drawn(mathml: str, source: str) -> Markup:
    """How an answer is read: its MathML, if that is nothing but elements that draw; or its source."""
    if formula_style() is FormulaStyle.SOURCE:
        return Markup("<code>{}</code>").format(clean(source))
    return Markup(mathml) if only_draws(mathml) else escape(mathml)  # noqa: S704 - as just checked


def markdown(text: str, pictures: Mapping[str, str] = MappingProxyType({})) -> Markup:
    """The prose of a quiz as paragraphs, its formulas drawn, its pictures at these addresses."""
    from autograder.quiz.prose import to_html  # a report loads nothing of quizzes

    return to_html(text, pictures=pictures)


def markdown_inside(text: str) -> Markup:
    """The same of a notebook's text on a page of ours: its headings are none of the page's."""
    # Foreign HTML is escaped there, so these tags are those of Markdown's own headings.
    whole = re.sub(r"<h[1-6]>", '<p class="heading">', re.sub(r"</h[1-6]>", "</p>", markdown(text)))
    return Markup(whole)  # noqa: S704


def markdown_line(text: str) -> Markup:
    """The same for one line, without a paragraph around it."""
    from autograder.quiz.prose import to_inline

    return to_inline(text)


@cache
def _style(files: tuple[str, ...]) -> tuple[Markup, str]:
    """The styles of a page as one text, and what its policy calls it."""
    style = "".join((templates() / file).read_text(encoding="utf-8") for file in files)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    # The style is ours and must reach the page as it was hashed.
    return Markup(style), f"sha256-{digest}"  # noqa: S704
