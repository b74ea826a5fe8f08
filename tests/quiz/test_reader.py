"""How a quiz file is read, and how its mistakes are told."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import CourseError
from autograder.expressions.symbols import read_symbols
from autograder.quiz.format.reader import merge_symbols, parse_quiz
from autograder.quiz.model import Asked, NumericTolerance, QuestionKind, Showing, Spread

HEAD = "---\nid: q\ntitle: A quiz\nsymbols: w: vec d, A: mat d d\n---\n"


def flaws_of(body: str, head: str = HEAD) -> list[str]:
    with pytest.raises(CourseError) as caught:
        parse_quiz(head + body, source="q.quiz.md")
    return [str(flaw) for flaw in caught.value.flaws]


def test_a_question_of_every_kind_is_read():
    """One file may hold all the kinds."""
    quiz = parse_quiz(
        HEAD
        + """
<!-- a remark -->
## a {single 1}
Which?
- (x) this
- ( ) that | No.
: Because.

## b {multiple 2 rule=all}
Which?
- [x] this
- [ ] that
: Because.

## c {numeric 0.5 digits=3}
@ n in 150..300 step 10
How many, for {{n}}?
= n*3 kWh +- 2%
~ n/3 kWh [1/4] | Multiply.
? Think.
: {{n*3}}

## d {matrix 1}
What?
= [[1, 2], [3, 4]]
: So.

## e {symbolic 1}
symbols: x: vec n
What?
= x
~ |w| | No.
: So.

## f {order 1}
What first?
- (2) second
- (1) first
: So.

## g {match 1}
What with what?
- a => 1
- b => 2 | Look again.
- => 3
: So.

## h {code 1 name=f}
Write it.
give x: scalar, u: vec 2
= x u
: So.

## i {witness 1}
Show it.
give x: scalar+, S: sym 2
need x > 0; x < 1
show x > x^2
: So.

## j {text 3}
Explain.
: So.
"""
    )
    assert [question.kind for question in quiz.questions] == list(
        map(QuestionKind, ["single", "multiple", "numeric", "matrix", "symbolic"])
    ) + list(map(QuestionKind, ["order", "match", "code", "witness", "text"]))
    by_id = {question.id: question for question in quiz.questions}
    assert by_id["a"].right == {0} and by_id["a"].choices[1].feedback == "No."
    assert by_id["b"].rule == "all"
    assert by_id["c"].points == Fraction(1, 2) and by_id["c"].digits == 3
    assert by_id["c"].parameters[0].size == 16 and by_id["c"].parameters[0].value(15) == 300
    assert by_id["c"].keys[0].unit == "kWh"
    assert by_id["c"].keys[0].tolerance == NumericTolerance(Fraction(1, 50), Spread.RELATIVE)
    assert by_id["c"].wrong[0].credit == Fraction(1, 4) and by_id["c"].wrong[0].text == "n/3"
    assert by_id["e"].symbols == "w: vec d, A: mat d d, x: vec n" and by_id["e"].wrong[0].text == "|w|"
    assert by_id["g"].partners == ("1", "2", "3") and len(by_id["g"].items) == 2
    assert by_id["i"].give == (Asked("x", (), positive=True), Asked("S", (2, 2), symmetric=True))
    assert [condition.text for condition in by_id["i"].need] == ["x > 0", "x < 1"]
    assert quiz.points == Fraction(25, 2)


def test_what_was_meant_is_said_where_a_setting_is_cut_short_or_an_arrow_is_another():
    told = flaws_of(
        "## m {match 1}\nWhat with what?\n- one -> 1\n- two -> 2\n: So.\n",
        head="---\nid: q\ntitle: A quiz\ntime: 20 min\n---\n",
    )
    assert told[0] == "q.quiz.md:4:1: there is no setting 'time' (did you mean time limit?)"
    assert told[1].endswith("m has 0 lines to choose from (two at least, such as `- item => partner`)")


def test_everything_wrong_is_said_at_once_in_order_of_lines():
    """An author sees all mistakes of a file, each with line, column and what is allowed."""
    found = flaws_of(
        """## q1 {symbolc 2}
text
## q2 {single 0}
what
-[x] a
- (x) b
=x
## q3 {numeric 1 rule=all}
- (x) a
= 3 +- two
~ 4
after
@ n on 3
## q3 {text 1}
## no heading
""",
        head="---\nid: a\ntitel: x\nattempts: two\n---\n",
    )
    assert found[0] == "q.quiz.md:1:1: the head has no title (title: ... between two lines ---)"
    assert found[1] == "q.quiz.md:3:1: there is no setting 'titel' (did you mean title?)"
    assert found[2] == "q.quiz.md:4:11: attempts cannot be 'two' (a number such as 2, or unlimited)"
    assert found[3] == "q.quiz.md:6:8: there is no kind 'symbolc' (did you mean symbolic?)"
    text = "\n".join(found)
    for what in (
        "the points cannot be '0'",
        "a line `- [x] choice` has no place in single",
        "'=' begins a line but is not followed by a space",
        "numeric has no option 'rule=all' (digits=3)",
        "cannot read the tolerance of '3 +- two'",
        "nothing is said to whoever answers '4'",
        "this text stands after the answers: 'after'",
        "cannot read the drawn value 'n on 3'",
        "two questions are called q3",
        "q3 asks nothing",
        "cannot read the heading '## no heading'",
    ):
        assert what in text
    lines = [int(flaw.split(":")[1]) for flaw in found]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("## a {single 1}\nq\n- (x) a\n- (x) b\n", "has 2 right choices"),
        ("## a {single 1}\nq\n- (x) a\n", "has 1 line to choose from"),
        ("## a {multiple 1}\nq\n- [ ] a\n- [ ] b\n", "has no right choice"),
        ("## a {multiple 1}\nq\n- [y] a\n- [x] b\n", "the brackets of a choice hold 'y'"),
        ("## a {order 1}\nq\n- (1) a\n- (3) b\n", "the ranks of a are not 1 to 2"),
        ("## a {symbolic 1}\nq\n", "a has no key"),
        ("## a {symbolic 1}\nq\n= \n", "the key is empty"),
        ("## a {symbolic 1}\nq\n= w\n~ A w [1] | x\n", "full credit"),
        ("## a {witness 1}\nq\ngive x: skalar\nshow x > 0\n", "cannot read 'x: skalar'"),
        ("## a {witness 1}\nq\ngive x: scalar\n", "what is to be shown"),
        ("## a {code 1}\nq\ngive x: scalar\n= x\n", "does not name the function"),
        ("## a {numeric 1}\n@ n in 1..2\n@ n in 1..3\nq\n= n\n", "n is drawn or given twice"),
        (
            "## a {numeric 1}\n@ n in 1..1e9\nq\n= n\n",
            "n has 1000000000 values (at most 100000: a larger step)",
        ),
        (
            "## a {numeric 1}\n@ n in 9..1\nq\n= n\n",
            "n has no value in 'n in 9..1' (the smaller number first",
        ),
        ("## a {numeric 1}\n@ n in 1..9 step 0\nq\n= n\n", "a step above 0"),
        ("## dérivée {symbolic 1}\nq\n= w\n", "an id has letters a to z, digits, - and _"),
        (
            "## a {symbolic 1}\nq\n```python\nx = 1\n= w\n",
            "q.quiz.md:8:1: the block of code that begins here",
        ),
        ("## a {symbolic 1}\nq\n= w\n~ A w [2] | x\n", "the credit cannot be '[2]' (from [0] to below [1]"),
        ("## a {symbolic 1}\nq\n= w\n~ A w [-0.5] | x\n", "the credit cannot be '[-0.5]'"),
        ("## a {symbolic 1}\nq\n= w\n~ A w [0,5] | x\n", "the credit cannot be '[0,5]'"),
        ("## a {single 1}\nq\n- (x) a\n- ( ) a\n", "say the same"),
        ("## a {text 2}\nq\n+ 1 one\n+ 0.5 two\n", "adds up to 1.5 points, and the question has 2"),
        ("## a {text 2}\nq\n+ 1 one\n+ 1 One\n", "cannot have two lines 'one'"),
        ("## a {text 2}\nq\n+ 2 comment\n", "cannot have a line 'comment'"),
        ("## a {text 2}\nq\n+ one\n", "q.quiz.md:8:3: a line of the rubric cannot be 'one'"),
        ("## a {text 2}\nq\n+ 0 one\n+ 2\n", "a line of the rubric cannot be '2'"),
        ("", "there is no question"),
        ("Hello\n## a {text 1}\nq\n", "text before the first question"),
    ],
)
def test_a_mistake_is_named(body, what):
    """Each kind of mistake has its sentence."""
    assert any(what in flaw for flaw in flaws_of(body))


def test_a_file_without_a_head_says_so():
    """The head is not optional."""
    assert "does not begin with a head" in flaws_of("## a {text 1}\nq\n: s\n", head="")[0]


def test_prose_and_tex_stay_as_they_are():
    """Bullets, code, fences, escaped markers and bars in formulas are the author's own."""
    quiz = parse_quiz(
        HEAD
        + """## a {single 1}
show that this is prose
- a bullet => not a pair
\\= not a key
```
= not a key either
## nor a heading
```
- (x) $P(A | B)$ | Yes.
- ( ) $|w| | $ or so
: One.
  Two.
:
: Three.
"""
    )
    question = quiz.questions[0]
    assert question.prompt.startswith("show that") and "\n= not a key\n" in question.prompt
    assert "## nor a heading" in question.prompt
    assert question.choices[0].text == "$P(A | B)$" and question.choices[0].feedback == "Yes."
    assert question.choices[1].text == "$|w| | $ or so"
    assert question.solution == "One.\nTwo.\n\nThree."


def test_a_rubric_is_read_in_a_text_alone():
    """Its lines may be continued; a plus may begin a line of prose elsewhere, here behind a backslash."""
    body = "## a {text 2}\n\\+ this\n+ 1/2 both\n  neurons\n+ 1.5 why\n: So.\n"
    body += "## b {symbolic 1}\n+ a list\n+ of two\n= w\n: So.\n"
    a, b = parse_quiz(HEAD + body).questions
    assert [(one.points, one.sentence) for one in a.rubric] == [
        (Fraction(1, 2), "both neurons"),
        (Fraction(3, 2), "why"),
    ]
    assert a.prompt == "+ this" and b.prompt == "+ a list\n+ of two" and b.rubric == ()


def test_a_symbols_line_overrides_those_of_the_quiz():
    """The question's own declaration wins; the others stay."""
    assert merge_symbols("w: vec d, A: mat d d", "w: vec n, b: scalar") == "w: vec n, A: mat d d, b: scalar"


def test_the_comma_of_an_interval_or_of_an_index_separates_no_symbols():
    general = "p: scalar in (0, 1), s_{i,j}: scalar, t: scalar in ]-1, 1[, u, v: vec d"
    merged = merge_symbols(general, "t: scalar in (0, 2)")
    told = "p: scalar in (0, 1), s_{i,j}: scalar, t: scalar in (0, 2), u: vec d, v: vec d"
    assert merged == told
    assert [symbol.name for symbol in read_symbols(merged)] == ["p", "s_ij", "t", "u", "v"]


def test_settings_say_how_a_quiz_is_taken():
    """Attempts, time limit, shuffling, when results are shown."""
    head = """---
id: q
title: Q
attempts: 2
tries: unlimited
time limit: 1 h 30 min
shuffle: none
results: after closing
solutions: never
closes: 2026-10-08T23:59+02:00
keep: last
---
"""
    settings = parse_quiz(head + "## a {text 1}\nq\n: s\n").settings
    assert (settings.attempts, settings.tries, settings.keep) == (2, 0, "last")
    assert settings.time_limit == timedelta(minutes=90)
    assert settings.results is Showing.AFTER_CLOSING and settings.solutions is Showing.NEVER
    assert settings.closes is not None and settings.closes.utcoffset() == timedelta(hours=2)


def test_results_after_closing_need_a_closing():
    """Otherwise nobody would ever see them."""
    head = "---\nid: q\ntitle: Q\nresults: after closing\n---\n"
    assert "never closes" in flaws_of("## a {text 1}\nq\n", head)[0]


def test_a_time_without_zone_is_refused():
    """Two o'clock where?"""
    head = "---\nid: q\ntitle: Q\ncloses: 2026-10-08T23:59\n---\n"
    assert "a time with its zone" in flaws_of("## a {text 1}\nq\n", head)[0]


def test_the_version_changes_with_the_text_and_with_the_symbols_alone():
    """A question's version is its own: another question does not change it."""
    one = parse_quiz(HEAD + "## a {text 1}\nq\n## b {text 1}\nr\n")
    two = parse_quiz(HEAD + "## a {text 1}\nq\n## b {text 1}\nchanged\n")
    other = parse_quiz(HEAD.replace("vec d", "vec n") + "## a {text 1}\nq\n## b {text 1}\nr\n")
    assert one.questions[0].version == two.questions[0].version != other.questions[0].version
    assert one.questions[1].version != two.questions[1].version
    assert one.revision != two.revision


@given(st.text(alphabet="#{}()[]=~@?:- |$`\nxab1.%<!", max_size=300))
def test_any_text_is_read_or_refused(body):
    """No text makes the reader fall over."""
    try:
        parse_quiz(HEAD + body)
    except CourseError as refused:
        assert refused.flaws


@pytest.mark.parametrize("sign", ["+-", "±", "+/-"])
def test_a_tolerance_is_written_with_any_of_its_signs(sign: str) -> None:
    quiz = parse_quiz(f"{HEAD}## a {{numeric 1}}\nHow many?\n= 3 {sign} 2%\n: Three.\n")
    assert quiz.questions[0].keys[0].tolerance == NumericTolerance(Fraction(2, 100), Spread.RELATIVE)
