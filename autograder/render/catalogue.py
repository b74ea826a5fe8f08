"""The sentences for students as a template of gettext, from which a translation begins.

`python -m autograder.render.catalogue > sentences.pot`: each sentence once, with the keys that say it.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator

from autograder.domain.sentences import TEMPLATES

_HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'


def format_catalogue() -> str:
    """All templates in the form of a .pot file, in the order of the list."""
    return "\n".join([_HEAD, *_entries()])


def _entries() -> Iterator[str]:
    keys = defaultdict[str, list[str]](list)
    for key, template in TEMPLATES.items():
        if template and template != "{text}":  # what an author wrote is not translated
            keys[template].append(key)
    for template, said_by in keys.items():
        # A string of PO is written as one of JSON is.
        text = json.dumps(template, ensure_ascii=False)
        yield f'#. {", ".join(said_by)}\n#, python-brace-format\nmsgid {text}\nmsgstr ""\n'


if __name__ == "__main__":
    sys.stdout.write(format_catalogue())
