"""The released notebook is understood, and its author's mistakes are found together."""

from fractions import Fraction
from pathlib import Path

import pytest
from notebook_samples import (
    ANSWER,
    DATA,
    EXAMPLES,
    GRAD_EXAMPLES,
    GRAD_STUB,
    IMPORTS,
    STUB,
    code,
    content,
    released_cells,
    text,
)

from autograder.errors import CourseError
from autograder.notebook.assignment import Role, Statement, read_assignment
from autograder.notebook.released import Released

ASSIGNMENTS = sorted(Path(__file__).parents[2].glob("assignments/*/*.ipynb"))


def flaws(*cells):
    """What is wrong with a notebook of these cells, as `cell 3: what`."""
    with pytest.raises(CourseError) as caught:
        read_assignment(content(*cells))
    return [f"{flaw.where}: {flaw.what}" for flaw in caught.value.flaws]


TITLE = text("# Title\n\nConventions.")
FIRST = text("## 1. First (2 points)\n\nStatement.")


def test_title_conventions_and_statements_are_read():
    """All that reports and checks say of a question stands in the notebook."""
    assignment = read_assignment(content(*released_cells()))
    assert assignment.title == "Quadratic forms"
    assert assignment.conventions == "Vectors have shape `(d,)`."
    assert assignment.points == 5
    assert assignment.statements == (
        Statement(
            "quad",
            "The quadratic form",
            Fraction(2),
            "Compute $w^\\top A w$.",
            "quad(A, w)",
            STUB,
            (EXAMPLES,),
            1,
            ("A", "w"),
        ),
        Statement(
            "quad_grad",
            "Its gradient",
            Fraction(3),
            "For **any** square $A$.\n\n### Hint\n\nDifferentiate.",
            "quad_grad(A, w)",
            GRAD_STUB,
            (GRAD_EXAMPLES,),
            2,
            ("A", "w"),
        ),
    )
    assert assignment.statement("quad") == assignment.statements[0]
    assert assignment.statement("other") is None


def test_every_cell_has_a_role():
    """Plots and data are support, even among the cells of a question."""
    roles = [part.role for part in read_assignment(content(*released_cells())).parts]
    assert roles == [
        Role.TEXT,
        Role.SUPPORT,
        Role.SUPPORT,
        Role.STATEMENT,
        Role.STUB,
        Role.EXAMPLES,
        Role.SUPPORT,
        Role.STATEMENT,
        Role.STUB,
        Role.EXAMPLES,
    ]


@pytest.mark.parametrize(
    ("worth", "points", "written"),
    [
        ("3 points", 3, False),
        ("1 point", 1, False),
        ("1.5 points", Fraction(3, 2), False),
        ("1/2 points", Fraction(1, 2), False),
        ("2 points, by hand", 2, True),
    ],
)
def test_points_are_exact(worth, points, written):
    """Halves may be written in two ways; a written question has no stub."""
    cells = [text(f"## 1. On f(x) ({worth})\n\nStatement.")] + ([] if written else [code(STUB)])
    (statement,) = read_assignment(content(TITLE, *cells)).statements
    assert (statement.title, statement.points, statement.written) == ("On f(x)", points, written)


def test_signatures_have_defaults_and_no_annotations():
    """A signature is what a student types."""
    stub = 'def f(x: "array", *, h: float = 1e-5) -> float:\n    "Doc."\n    raise NotImplementedError()'
    (statement,) = read_assignment(content(TITLE, FIRST, code(stub))).statements
    assert statement.signature == "f(x, *, h=1e-05)"
    assert statement.parameters == ("x", "h")


def test_other_headings_end_a_question():
    """A section between two questions belongs to neither."""
    cells = [FIRST, code(STUB), text("## Play\n\nAs you like."), code("x = 1"), text("# Part two")]
    second = [text("## 2. Second (1 point)\n\nWords."), code(GRAD_STUB)]
    assignment = read_assignment(content(TITLE, *cells, *second))
    assert [statement.markdown for statement in assignment.statements] == ["Statement.", "Words."]
    assert [part.question for part in assignment.parts] == [0, 1, 1, 0, 0, 0, 2, 2]


def test_headings_in_fenced_code_are_code():
    """A comment in a fenced block starts no question."""
    fenced = text("## 1. First (2 points)\n\n```\n# comment\n## 2. not a heading\n```")
    (statement,) = read_assignment(content(TITLE, fenced, code(STUB))).statements
    assert "not a heading" in statement.markdown


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([FIRST, code(STUB)], ["notebook: the notebook has no title"]),
        ([TITLE], ["notebook: the notebook asks no question"]),
        ([TITLE, FIRST, code(STUB), code(STUB)], ["has another stub in cell 3", "second stub, `quad`"]),
        ([TITLE, code(GRAD_STUB), FIRST, code(STUB)], ["cell 2: the stub of `quad_grad` stands under no"]),
        (
            [TITLE, text("## 1. First\n\nWords."), code(STUB)],
            ["cell 2: the heading “1. First” has no points"],
        ),
        ([TITLE, text("## 1. A (3 pts)\n\nB"), code(STUB)], ["the points “(3 pts)” of question 1 cannot"]),
        ([TITLE, text("## 1. A (0 points)\n\nB"), code(STUB)], ["the points “(0 points)” of question 1"]),
        ([TITLE, text("## 2. A (3 points)\n\nB"), code(STUB)], ["question 2 is the 1. one"]),
        ([TITLE, FIRST, code(STUB), text("## B (1 point)")], ["“B (1 point)” has points but no number"]),
        ([TITLE, FIRST], ["cell 2: question 1 has no stub"]),
        (
            [TITLE, FIRST, code("class Model:\n    def fit(self, X):\n        raise NotImplementedError")],
            ["question 1 has no stub: `Model` is a class, which is no question"],
        ),
        ([TITLE, FIRST, code(ANSWER)], ["question 1 has no stub: cell 3 has a function with a body"]),
        ([TITLE, FIRST, code(STUB), code(ANSWER)], ["cell 4: defines `quad`, which the stub in cell 3"]),
        ([TITLE, text("## 1. A (3 points)"), code(STUB)], ["question 1 has no statement"]),
        ([TITLE, FIRST, code(STUB + "\nx = 1")], ["cell 3: holds more than the stub of `quad`"]),
        ([TITLE, FIRST, code("def f(x):\n    raise NotImplementedError")], ["`f` has no docstring"]),
        ([TITLE, FIRST, code("assert f"), code(STUB)], ["cell 3: holds examples (asserts) before any stub"]),
        (
            [TITLE, FIRST, code(STUB), code("print(1)\nassert x")],
            ["cell 4: line 1 of the examples is neither"],
        ),
        ([TITLE, FIRST, code(STUB), code("x = = 1")], ["cell 4: is not Python"]),
        ([TITLE, text("## 1. A (1 point, by hand)\n\nB"), code(STUB)], ["is marked by hand, but has a stub"]),
    ],
)
def test_each_mistake_of_an_author_is_named(cells, expected):
    """With the number of its cell."""
    found = flaws(*cells)
    assert len(found) == len(expected)
    for flaw, part in zip(found, expected, strict=True):
        assert part in flaw


def test_all_mistakes_are_reported_at_once():
    """Also with the path of the notebook in front."""
    with pytest.raises(CourseError) as caught:
        read_assignment(content(FIRST, text("## 2. B\n\nC")), path="a/a.ipynb")
    assert [flaw.where for flaw in caught.value.flaws] == [
        "a/a.ipynb, cell 2",
        "a/a.ipynb, notebook",
        "a/a.ipynb, cell 1",
        "a/a.ipynb, cell 2",
    ]


def test_an_unreadable_notebook_is_a_mistake_of_its_author():
    """Not a SubmissionError: nobody submitted it."""
    with pytest.raises(CourseError, match="ends in the middle"):
        read_assignment(b'{"cells": [')


def test_support_knows_what_it_needs_and_leaves_plots_out():
    """The plot calls a question's function: it carries nothing that an answer needs."""
    support = Released.from_content(content(*released_cells())).support
    assert [(part.cell.source, [cell.source for cell in part.needs]) for part in support] == [
        (IMPORTS, []),
        (DATA, [IMPORTS]),
    ]


@pytest.mark.parametrize("path", ASSIGNMENTS, ids=lambda path: path.stem)
def test_the_assignments_of_this_course_are_understood(path):
    """Every question has examples, or is marked by hand."""
    assignment = Released.from_content(path.read_bytes()).text
    assert assignment.points >= 1
    assert all(statement.examples or statement.written for statement in assignment.statements)
