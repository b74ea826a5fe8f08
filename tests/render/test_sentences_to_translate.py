"""The template from which translators begin."""

import json
import re

from autograder.domain.sentences import TEMPLATES, words
from autograder.domain.sentences import say as said
from autograder.render.catalogue import format_catalogue


def test_every_sentence_stands_in_it_once() -> None:
    texts = [json.loads(text) for text in re.findall(r"^msgid (.+)$", format_catalogue(), re.MULTILINE)]
    assert texts[0] == ""  # the head
    assert sorted(texts[1:]) == sorted({text for text in TEMPLATES.values() if text and text != "{text}"})


def test_what_stands_in_it_is_what_is_looked_up() -> None:
    asked: list[str] = []
    words(
        said("in_group", group=said("group.edge"), inner=said("zero")),
        lambda text: asked.append(text) or text,
    )
    assert len(asked) == 3
    assert all(json.dumps(text, ensure_ascii=False) in format_catalogue() for text in asked)
