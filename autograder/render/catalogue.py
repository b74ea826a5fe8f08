"""All that students read of ours, as a catalogue of gettext: sentences, phrases, and the texts of templates.

`python -m autograder.render.catalogue > messages.pot` makes the template from which a translation begins;
`python -m autograder.render.catalogue fr` prints the French one as it should be: what is translated stays,
what is new waits for its translation, what is said no more goes.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping

from autograder.domain.language import CATALOGUES, Language, read_catalogue
from autograder.domain.phrases import PHRASES
from autograder.domain.sentences import SENTENCES
from autograder.render.environment import environment, templates

Asked = tuple[str, ...]
"""An English text; or one of one thing, and one of several."""

_FOR_STAFF = frozenset(
    (
        "class.html",
        "marking.html",
        "answer_copy.html",
        "quiz_class.html",
        "quiz_charts.html",
        "quiz_paper.html",
    )
)
_VARIABLE = re.compile(r"(?:\{[^{}]*\})?")
_HEAD = 'msgid ""\nmsgstr ""\n'
_FIELDS = {
    None: "Content-Type: text/plain; charset=UTF-8\n",
    Language.FRENCH: "Language: fr\nContent-Type: text/plain; charset=UTF-8\n"
    "Plural-Forms: nplurals=2; plural=(n > 1);\n",
}


def list_student_templates() -> list[str]:
    """The templates of pages and reports that students read."""
    folders = (templates().glob("*.html"), (templates() / "web").glob("*.html"))
    every = sorted(path.relative_to(templates()).as_posix() for folder in folders for path in folder)
    return [name for name in every if name not in _FOR_STAFF]


def collect_texts() -> dict[Asked, list[str]]:
    """Every text that is to be translated, in order, with where it is said."""
    said_by = defaultdict[Asked, list[str]](list)
    for key, template in {**SENTENCES, **PHRASES}.items():
        if not _VARIABLE.fullmatch(template):  # else it is what an author wrote, or nothing
            said_by[(template,)].append(key)
    for name in list_student_templates():
        source = (templates() / name).read_text(encoding="utf-8")
        for _, _, text in environment().extract_translations(source):  # type: ignore[attr-defined] # of the extension
            asked = (text,) if isinstance(text, str) else tuple(each for each in text if each is not None)
            said_by[asked] += [name] if name not in said_by[asked] else []
    return said_by


def format_catalogue(language: Language | None = None, said: Mapping[Asked, Asked] | None = None) -> str:
    """All texts in the form of a .po file, with what is said in a language; of a .pot file without one."""
    said = said or {}
    head = _HEAD + "".join(f"{json.dumps(line + chr(10))}\n" for line in _FIELDS[language].splitlines())
    return "\n".join(
        [head, *(_entry(asked, by, said.get(asked, ())) for asked, by in collect_texts().items())]
    )


def _entry(asked: Asked, said_by: list[str], said: Asked) -> str:
    # A string of PO is written as one of JSON is.
    texts = [json.dumps(text, ensure_ascii=False) for text in (*asked, *(said or ("",) * len(asked)))]
    form = "python-format" if said_by[0].endswith(".html") else "python-brace-format"
    names = ("msgid", "msgstr") if len(asked) == 1 else ("msgid", "msgid_plural", "msgstr[0]", "msgstr[1]")
    lines = (f"{name} {text}\n" for name, text in zip(names, texts, strict=True))
    return f"#. {', '.join(said_by)}\n#, {form}\n{''.join(lines)}"


def main(given: list[str]) -> Iterator[str]:
    """What is written for the arguments of the command line."""
    if not given:
        yield format_catalogue()
    for code in given:
        file = CATALOGUES / f"{code}.po"
        said = dict(read_catalogue(file.read_text(encoding="utf-8"))) if file.exists() else {}
        yield format_catalogue(Language(code), said)


if __name__ == "__main__":
    sys.stdout.writelines(main(sys.argv[1:]))
