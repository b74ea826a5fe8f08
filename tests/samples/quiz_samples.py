"""A small quiz with every kind, shared by the tests of this room."""

from datetime import UTC, datetime, timedelta

from autograder.quiz.format.reader import parse_quiz
from autograder.quiz.model import Quiz, QuizQuestion

BODY = r"""
## grad {symbolic 2}
What is the gradient of $w \mapsto w^\top A w$?
= (A + A^T) w
~ 2 A w [0.5] | Right when $A$ is symmetric.
~ A w | $w$ appears twice.
? Expand.
: $(A + A^\top) w$

## one {single 1}
Which?
- (x) this
- ( ) that | Not that.
- ( ) other | Not the other.
: This.

## some {multiple 2}
Which ones?
- [x] one
- [x] two
- [ ] three | Not three.
- [ ] four
: One and two.

## power {numeric 1 digits=2}
@ kcal in 1800..2400 step 100
What power are {{kcal}} kcal a day?
= kcal*4184/86400 W +- 5%
~ kcal*4.184/86400 W | 1 kcal is 4184 J.
: {{kcal*4184/86400:.1f}} W

## gram {matrix 1 rule=each}
What?
= [[1, 1], [1, 2]]
~ [[1, 2], [2, 4]] [0.25] | That is the product.
: So.

## steps {order 1}
What first?
- (1) first
- (2) second
- (3) third
: In this order.

## pairs {match 1}
What with what?
- one => 1
- two => 2 | Two is two.
- => 3
: So.

## root {code 1 name=scaled}
Write it.
give x: scalar, u: vec 2
= x u
~ x^2 u [0.5] | Once.
: `return x * u`

## show-it {witness 1}
Give $x$.
give x: scalar+, u: vec 2
need x < 1
show x > x^2; u^T u > 4
: $x = 1/2$, $u = (2, 1)$.

## why {text 3}
Why?
: Because.
"""
HEAD = """---
id: sample
title: A sample
symbols: w: vec d, A: mat d d
{settings}---
"""
NOON = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)


def sample(settings: str = "", *, body: str = BODY) -> Quiz:
    """The sample quiz with settings, one a line."""
    return parse_quiz(HEAD.format(settings=settings) + body, source="sample.quiz.md")


def question(id: str, quiz: Quiz | None = None) -> QuizQuestion:
    found = (quiz or sample()).question(id)
    assert found is not None
    return found


class Clock:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: int) -> None:
        self.now += timedelta(**span)
