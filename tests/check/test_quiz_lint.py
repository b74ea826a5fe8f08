"""What the check of a quiz refuses."""

from pathlib import Path

import pytest
from quiz_samples import sample

from autograder.check.quiz import lint
from autograder.expressions.latex_mathml import draw_latex
from autograder.quiz.format.reader import read_quiz
from autograder.quiz.formulas import ALLOWED, formula_flaw

COURSE = sorted((Path(__file__).parents[2] / "quiz").glob("*.quiz.md"))


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.name)
def test_the_quizzes_of_the_course_are_clean(path):
    """Every key judged right by its own checker, every wrong answer wrong, for the seeds tried."""
    assert [str(flaw) for flaw in lint(read_quiz(path), seeds=12)] == []


def test_the_course_has_at_least_thirty_questions_with_solutions():
    """And nearly all of them with words for wrong answers."""
    questions = [question for path in COURSE for question in read_quiz(path).questions]
    assert len(questions) >= 30 and all(question.solution for question in questions)
    assert {question.kind for question in questions} >= {
        "symbolic",
        "witness",
        "matrix",
        "match",
        "order",
        "code",
    }


def test_the_sample_is_clean():
    """Every kind passes."""
    assert lint(sample(), seeds=20) == ()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("## a {symbolic 1}\nq\n= w\n", "has no solution"),
        ("## a {symbolic 1}\nq\n= B w\n: s\n", "the key 'B w' cannot be read"),
        ("## a {symbolic 1}\nq\n= A w\n~ w A | no\n: s\n", "the wrong answer 'w A' cannot be read"),
        ("## a {symbolic 1}\nq\n= A w + A w\n~ 2 A w | no\n: s\n", "the wrong answer '2 A w' is right"),
        ("## a {symbolic 1}\nq\n= 2 w\n~ w | no\n~ (1/2) 2 w | never\n: s\n", "is taken for another"),
        ("## a {symbolic 1}\nsymbols: w: vektor d\nq\n= w\n: s\n", "its symbols"),
        ("## a {numeric 1}\nq\n= 1/3\n: s\n", "nobody can type 0.333"),
        ("## a {numeric 1}\nq\n= 1,750\n: s\n", "1,750 may be a thousand or a decimal number"),
        ("## a {numeric 1}\nq\n= 2\n~ 1,750 W | no\n: s\n", "1,750 may be a thousand or a decimal number"),
        ("## a {numeric 1}\nq\n= 10 W +- 5%\n~ 10.2 W | no\n: s\n", "within the tolerance"),
        ("## a {numeric 1}\nq\n= 10 W\n~ 10 s | no\n: s\n", "a unit of another kind"),
        ("## a {numeric 1}\nq\n= 10 +- 100%\n: s\n", "100 %"),
        (
            "## a {numeric 1}\n@ n in 1..9\nq {{n}}\n= 3*n\n~ n*n | no\n: s\n",
            "within the tolerance of the key (for n = 3)",
        ),
        ("## a {numeric 1}\n@ n in 0..9\nq {{n}}\n= 1/n +- 1%\n: s\n", "no value here"),
        ("## a {numeric 1}\n@ n in 1..9\nq {{m}}\n= n\n: s\n", "m"),
        ("## a {numeric 1}\n@ n in 1..9\nq\n= n\n: s\n", "values are drawn but never shown"),
        ("## a {numeric 1}\n@ n in 1..9\nq {{n?\n= n\n: s\n", "what begins with {{ is no drawn value"),
        ("## a {matrix 1}\nq\n= []\n: s\n", "the key '[]' has no entries"),
        ("## a {numeric 1}\n@ k in 1..9\nq\n= 5\n: s\n", "k is drawn but used nowhere"),
        ("## a {numeric 1}\n@ n in 1..9\nq {{n:x}}\n= n\n: s\n", "is no format"),
        ("## a {numeric 1}\nq\n= 10\n~ 20 | no\n~ 20 | never\n: s\n", "is taken for another"),
        (
            "## a {single 1}\n@ n in {1, 2}\nq {{n}}\n- (x) {{2*n}}\n- ( ) {{n^2}} | no\n: s\n",
            "say the same (for n = 2)",
        ),
        ("## a {matrix 1}\nq\n= [[1, 2], [3]]\n: s\n", "different lengths"),
        ("## a {matrix 1}\nq\n= [[1, 2], [3, 4]]\n~ [1, 2] | no\n: s\n", "cannot be read"),
        ("## a {matrix 1}\nq\n= [[1, 2], [3, 4]]\n~ [[1, 2], [3, 8/2]] | no\n: s\n", "is right"),
        ("## a {single 1}\nq\n- (x) a\n- ( ) b\n: s\n", "nothing is said to whoever chooses 'b'"),
        ("## a {witness 1}\nq\ngive x: scalar\nshow x + y > 1\n: s\n", "the condition 'x + y > 1'"),
        ("## a {witness 1}\nq\ngive x: scalar\nshow x + 1\n: s\n", "not an equation or inequality"),
        ("## a {witness 1}\nq\ngive A: mat 2 2\nshow A + A^T >= 0\n: s\n", "an eigenvalue, as in lambda_min"),
        (
            "## a {code 1 name=f}\nq\ngive x: scalar\n= 2 x\n~ x + x | no\n: s\n",
            "equals the key on every case",
        ),
        ("## a {text 1}\nq $\\foo$\n: s\n", "the command \\foo"),
        ("## a {text 1}\nq $\\begin{align}a\\end{align}$\n: s\n", "the environment align is"),
        ("## a {text 1}\nq $\\frac{1}{2$\n: s\n", "a brace { is not closed"),
        ("## a {text 1}\nq $\\left( x$\n: s\n", "do not come in pairs"),
        ("## a {text 1}\nit costs 5$ or so\n: s\n", "opens no formula"),
    ],
)
def test_what_would_harm_a_student_is_refused(body, says):
    """Each with its line."""
    flaws = [str(flaw) for flaw in lint(sample(body=body), seeds=30)]
    assert any(says in flaw for flaw in flaws), flaws
    assert all(flaw.startswith("sample.quiz.md:") for flaw in flaws)


def test_a_listed_answer_that_is_right_for_one_draw_only_is_found_by_many_seeds():
    """This is what the seeds are for."""
    body = "## a {numeric 1}\n@ n in 1..300\nq {{n}}\n= 50*n +- 20%\n~ n*n | no\n: s\n"
    assert lint(sample(body=body), seeds=200) and not lint(sample(body=body), seeds=2)


TAKES_TWO = ("frac", "dfrac", "tfrac", "binom")
ALONE = {"begin", "end", "left", "right", "middle", "\\", "&"}


def test_every_allowed_command_is_drawn_as_mathml():
    """The list holds nothing that printed pages cannot draw."""
    letters = (
        "mathbb",
        "mathcal",
        "mathbf",
        "mathrm",
        "mathsf",
        "mathit",
        "mathfrak",
        "text",
        "operatorname",
        "operatorname*",
        "mathscr",
        "boldsymbol",
        "bm",
    )
    above = ("hat", "bar", "tilde", "vec", "dot", "ddot", "overline", "underline", "widehat", "widetilde")
    takes_one = (*letters, *above, "overbrace", "underbrace", "sqrt")
    for name in sorted(ALLOWED - ALONE):
        after = (
            "{a}{b}"
            if name in TAKES_TWO
            else "{A}"
            if name in takes_one
            else "("
            if "ig" in name[1:3]
            else ""
        )
        assert formula_flaw(rf"a \{name}{after} b") == "", name


@pytest.mark.parametrize(
    "formula", [r"\href{javascript:1}{x}", r"\text{<script>}", r"\class{a}{b}", r"\style{a}{b}"]
)
def test_a_formula_draws_and_does_nothing_else(formula):
    """What could carry a link or a style is not drawn."""
    drawn = draw_latex(formula)
    assert drawn is None or ("href" not in drawn and "<script" not in drawn and "style=" not in drawn)
