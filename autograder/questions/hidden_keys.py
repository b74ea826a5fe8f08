"""Keys of dictionaries that a student may read: those that every case asks for, or that the stub names.

Others are part of what is asked for, as the words of a text that are counted: to name them would give a
hidden case away.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from autograder.domain.sentences import Sentence, say
from autograder.questions.judged_case import JudgedCase


def hide_keys(sentence: Sentence, judged: Sequence[JudgedCase], *, stub: str = "") -> Sentence:
    """The sentence on these cases without keys, and numbers of values, that belong to one of them alone."""
    of_cases = [set(_list_keys(one.expected.value)) for one in judged]
    common = set.intersection(*of_cases) if len(of_cases) > 1 else set()
    quoted = stub.replace('"', "'").replace("`", "'")
    known = common | {key for keys in of_cases for key in keys if key in quoted}
    counts = {len(one.expected.value) for one in judged if isinstance(one.expected.value, tuple)}
    return _hide(sentence, known, counted=len(counts) < 2)


def _list_keys(value: Any) -> Iterator[str]:
    """The keys of a dictionary, and of those within it, as sentences spell them."""
    if isinstance(value, Mapping):
        yield from map(repr, value)
    if isinstance(value, Mapping | tuple | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _list_keys(part)


def _hide(sentence: Sentence, known: set[str], *, counted: bool) -> Sentence:
    values = dict(sentence.values)
    if sentence.key.startswith("wrong_keys") and not known.issuperset(values["keys"]):
        return say(sentence.key.replace("wrong_keys", "other_keys"))
    if sentence.key == "part.entry" and values["entry"] not in known:
        return say("part.some_entry")
    if not counted and sentence.key.startswith(("wrong_count", "no_values")):
        return say("not_asked")
    if not counted and sentence.key == "part.value":
        return say("part.some_entry")
    hidden = (
        (n, _hide(v, known, counted=counted) if isinstance(v, Sentence) else v) for n, v in sentence.values
    )
    return replace(sentence, values=tuple(hidden))
