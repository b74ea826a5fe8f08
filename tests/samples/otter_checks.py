"""Cells that have questions of Otter's checked in all sorts of places, and what Otter makes of each.

Each question is right where a name, that of the question, is 3 when Otter checks it.
"""

from typing import NamedTuple


class Checked(NamedTuple):
    """The cells of one question, and whether it is right."""

    cells: tuple[str, ...]
    right: bool


FIRST = "import otter\ngrader = otter.Notebook()"
QUESTIONS = {
    "middle": Checked(('middle = 3\ngrader.check("middle")\nmiddle = 4',), right=True),
    "early": Checked(('early = 4\ngrader.check("early")\nearly = 3',), right=False),
    "taken": Checked(("taken = 3", 'taken = grader.check("taken")'), right=True),
    "shown": Checked(("shown = 3", '[grader.check("shown"), 1]'), right=True),
    "raises": Checked(('raises = 1\nraises / 0\ngrader.check("raises")', "raises = 3"), right=True),
    "raised": Checked(('raised = 3\ngrader.check("raised")\nraised = raised / 0', "raised = 1"), right=True),
    "loop": Checked(('for loop in (1, 2, 3):\n    grader.check("loop")\nloop = 0',), right=True),
    "never": Checked(('never = 1\nif never > 1:\n    grader.check("never")', "never = 3"), right=True),
    "twice": Checked(('twice = 3\ngrader.check("twice")\ntwice = 4\ngrader.check("twice")',), right=False),
    "again": Checked(
        ('again = 1\ngrader.check("again")', 'again = 3\ngrader.check("again")', "again = 1"), right=True
    ),
    "helper": Checked(
        ("def ask(question):\n    grader.check(question)", 'helper = 3\nask("helper")\nhelper = 4'),
        right=True,
    ),
    "named": Checked(('word = "named"\nnamed = 3\ngrader.check(word)\nnamed = 4',), right=True),
    "other": Checked(
        ('import otter as o\nmine = o.Notebook()\nother = 3\nmine.check("other")\nother = 4',), right=True
    ),
    "timed": Checked(('%%time\ntimed = 3\ngrader.check("timed")\ntimed = 4',), right=True),
    "caught": Checked(
        ('try:\n    caught = 3\n    1 / 0\nexcept Exception:\n    grader.check("caught")\ncaught = 4',),
        right=True,
    ),
    "copied": Checked(('copied = 3\ngrader.check("copied")\nassert copied == 3\ncopied = 4',), right=True),
    "within": Checked(
        ('within = 3\ndef deep():\n    within = 4\n    grader.check("within")\ndeep()',), right=True
    ),
    "unknown": Checked(('unknown = 1\ngrader.check("no such question")\nunknown = 3',), right=False),
    "refused": Checked(
        ('try:\n    grader.check("nowhere")\nexcept FileNotFoundError:\n    refused = 3',), right=True
    ),
    "misspelt": Checked(('misspelt = 1\ngrader.chek("misspelt")\nmisspelt = 3',), right=False),
    "whole": Checked(("whole = 1\ngrader.check_all()\nwhole = 3",), right=True),
    "last": Checked(("last = 1", "last = 3"), right=True),
}


def spell_test_file(question: str) -> str:
    """Its test, which binds the name anew: nothing of that is left for what follows."""
    code = f">>> {question} == 3\\nTrue\\n>>> {question} = 9"
    cases = f'[{{"code": "{code}", "hidden": False, "locked": False}}]'
    suites = f'[{{"cases": {cases}, "scored": True, "setup": "", "teardown": "", "type": "doctest"}}]'
    return f'OK_FORMAT = True\ntest = {{"name": "{question}", "points": 1, "suites": {suites}}}\n'
