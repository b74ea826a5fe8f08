"""A report as it occurs: the first homework of a student who got some of it right."""

import struct
import zlib
from base64 import b64encode
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from math import cos, exp

from autograder.domain.answer import ExampleRun
from autograder.domain.limit import Limit, LimitKind
from autograder.domain.receipt import Receipt
from autograder.domain.report import (
    CellEnding,
    CellRun,
    Figure,
    GroupScore,
    Isolation,
    Outcome,
    Report,
    Verdict,
)
from autograder.domain.sentences import authored
from autograder.domain.submission import ReceivedBy

SUMMER = timezone(timedelta(hours=2))
NAMES = (
    "linear_form_grad",
    "quad_form_sum",
    "quad_form",
    "quad_grad",
    "num_grad",
    "rel_error",
    "point_loss",
    "ls_loss",
    "ls_grad",
    "ls_hess",
)


def png(width: int = 480, height: int = 288) -> str:
    """A small plot as base64: a damped oscillation on white."""
    rows = [bytearray(b"\xff" * width) for _ in range(height)]
    for x in range(24, width - 12):
        rows[height - 24][x] = 120
        at = (x - 24) / 60
        y = int(height / 2 - exp(-at / 3) * cos(3 * at) * height * 0.38)
        for thick in range(-1, 2):
            rows[y + thick][x] = 30
    for row in rows[12 : height - 23]:
        row[24] = 120
    content = zlib.compress(b"".join(b"\x00" + bytes(row) for row in rows), 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", content), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b64encode(b"\x89PNG\r\n\x1a\n" + body).decode()


def groups(**worth: str) -> tuple[GroupScore, ...]:
    """Scores of the named groups, with the shares renormalised over those present."""
    weights = {"core": 70, "edge": 15, "dtype": 5, "magnitude": 5, "kink": 10, "speed": 10}
    total = sum(weights[name] for name in worth)
    return tuple(
        GroupScore(name, Fraction(weights[name], total), Fraction(value)) for name, value in worth.items()
    )


ALL = groups(core="1", edge="1", dtype="1", magnitude="1")
NONE = groups(core="0", edge="0", dtype="0", magnitude="0")


def passed(source: str) -> tuple[ExampleRun, ...]:
    return (ExampleRun(source, passed=True),)


LINEAR = Verdict(
    "linear_form_grad",
    Fraction(1),
    Outcome.WRONG,
    Fraction(1, 2),
    authored("The numbers are right, the shape is not: you return `(1, 3)` where `(3,)` is asked."),
    title="Gradient of a linear form",
    hint="Mind the requested shape.",
    advice=(authored("Print `linear_form_grad(w, x).shape` and compare it with `w.shape`."),),
    groups=groups(core="1/2", edge="1/2", dtype="1/2", magnitude="1/2"),
    examples=passed(
        "assert np.allclose(linear_form_grad(np.array([1., 2.]), np.array([3., -4.])), [3., -4.])"
    ),
)
FORM_SUM = Verdict(
    "quad_form_sum",
    Fraction(1),
    Outcome.FORBIDDEN,
    Fraction(0),
    authored("The question asks for a sum over both indices, and your function uses `@`, which it forbids."),
    title="Quadratic form as a double sum",
    advice=(authored("Write two nested loops over $i$ and $j$ and add up $A_{ij} w_i w_j$."),),
    examples=passed(
        "assert np.isclose(quad_form_sum(np.array([[1., 2.], [0., 3.]]), np.array([1., -1.])), 2.0)"
    ),
)
FORM = Verdict(
    "quad_form",
    Fraction(1),
    Outcome.RIGHT,
    Fraction(1),
    authored("All hidden cases are right, the large one in time."),
    title="Quadratic form, matrix version",
    groups=groups(core="1", edge="1", dtype="1", magnitude="1", speed="1"),
    examples=passed("assert np.isclose(quad_form(np.array([[1., 2.], [0., 3.]]), np.array([1., -1.])), 2.0)"),
)
GRADIENT = Verdict(
    "quad_grad",
    Fraction(3),
    Outcome.WRONG,
    Fraction(1, 4),
    authored("Your answer is right where $A$ is symmetric, and wrong elsewhere."),
    title="Gradient of the quadratic form",
    mistake="takes_A_symmetric",
    hint="Your formula is right for some matrices only. "
    "Compare with finite differences on `A = [[0, 1], [0, 0]]`.",
    advice=(
        authored(
            "Write $w^\\top A w$ out as a sum over $i$ and $j$, and differentiate with respect to one $w_k$."
        ),
        authored("Check yourself with `num_grad` from question 5, on a matrix that is not symmetric."),
    ),
    groups=NONE,
    examples=(
        ExampleRun(
            "assert np.allclose(quad_grad(np.array([[1., 2.], [0., 3.]]), np.ones(2)), [4., 8.])",
            passed=False,
            traceback="Traceback (most recent call last):\n"
            '  File "example of quad_grad", line 1, in <module>\n'
            "    assert np.allclose(quad_grad(np.array([[1., 2.], [0., 3.]]), np.ones(2)), [4., 8.])\n"
            "AssertionError\n",
            answer="array([6., 6.])",
            expected="[4., 8.]",
        ),
    ),
)
NUMERIC = Verdict(
    "num_grad",
    Fraction(3),
    Outcome.WRONG,
    Fraction(34, 45),
    authored("Right on floating-point numbers, wrong on integers."),
    title="Numerical gradient",
    hint="What happens to `w[i] + h` when `w` is an integer array?",
    notes=(
        authored("Your function changed its argument `w`, which costs a fifth of the mark: work on a copy."),
    ),
    groups=groups(core="1", edge="1", dtype="0"),
    examples=passed("assert np.allclose(num_grad(lambda w: w @ w, np.array([1., -2.])), [2., -4.])"),
)
RELATIVE = Verdict(
    "rel_error",
    Fraction(1),
    Outcome.RAISED,
    Fraction(0),
    authored("Your function raised `NameError` on every hidden case."),
    title="Relative error for the gradient check",
    advice=(
        authored("Restart the kernel and run all cells: names left over from an earlier run are gone then."),
    ),
    groups=NONE,
    examples=(
        ExampleRun(
            "assert np.isclose(rel_error(np.array([3., 0.]), np.array([0., 4.])), 5 / 7)",
            passed=False,
            traceback="Traceback (most recent call last):\n"
            '  File "example of rel_error", line 1, in <module>\n'
            '  File "cell 12", line 3, in rel_error\n'
            "    return norm(g1 - g2) / (norm(g1) + norm(g2))\n"
            "NameError: name 'norm' is not defined\n",
        ),
    ),
)
POINT = Verdict(
    "point_loss",
    Fraction(3),
    Outcome.UNJUDGED,
    None,
    authored("One of our own hidden cases failed. This is not your fault: a person will look at it."),
    title="Loss of one image and its gradient",
)
LOSS = Verdict(
    "ls_loss",
    Fraction(2),
    Outcome.TIMED_OUT,
    Fraction(0),
    authored("Your function did not answer within 10 seconds."),
    title="Sum-of-squares loss",
    advice=(authored("Run it on a few samples first, and look for a loop that never ends."),),
)
LS_GRADIENT = Verdict(
    "ls_grad",
    Fraction(4),
    Outcome.WRONG,
    Fraction(9, 10),
    authored("On its own your gradient is wrong; with a right `ls_loss` in place of yours it is right."),
    title="Least-squares gradient",
    notes=(
        authored(
            "An error carried forward: this question builds on `ls_loss`, so it keeps 90 % of its points."
        ),
    ),
    groups=groups(core="1", edge="1", dtype="1", magnitude="1", speed="1"),
    examples=passed(
        "assert np.allclose(ls_grad(np.array([1.]), np.array([[1.], [2.]]), np.array([0., 0.])), [10.])"
    ),
)
HESSIAN = Verdict(
    "ls_hess",
    Fraction(1),
    Outcome.NOT_ATTEMPTED,
    Fraction(0),
    authored("The stub stands as it was released."),
    title="Least-squares Hessian",
)
VERDICTS = (LINEAR, FORM_SUM, FORM, GRADIENT, NUMERIC, RELATIVE, POINT, LOSS, LS_GRADIENT, HESSIAN)

CELLS = (
    CellRun(0, CellEnding.RAN, "import numpy as np\nimport matplotlib.pyplot as plt"),
    CellRun(2, CellEnding.RAN, "def linear_form_grad(w, x):\n    return x.reshape(1, -1)"),
    CellRun(4, CellEnding.RAN, "def quad_form_sum(A, w):\n    return w @ A @ w"),
    CellRun(
        6,
        CellEnding.RAN,
        "print(quad_form(A, w))",
        printed="[[ 1.   0.5  0. ]\n [ 0.5  2.   0.25]\n [ 0.   0.25  3. ]]\n7.25\n",
    ),
    CellRun(7, CellEnding.RAN, "# check\nquad_grad(A, w)", displayed=("array([6., 6.])",)),
    CellRun(
        9,
        CellEnding.RAN,
        "for step in range(60):\n    print(step, loss(w))",
        printed="".join(f"step {step:3d}   loss {exp(-step / 9):.6f}\n" for step in range(60)),
    ),
    CellRun(
        11,
        CellEnding.RAN,
        "plt.plot(losses)",
        displayed=("[<matplotlib.lines.Line2D at 0x7f3e>]",),
        figures=(Figure(png(), "Line plot with 1 line"),),
    ),
    CellRun(
        13,
        CellEnding.RAISED,
        "rel_error(g, num_grad(f, w))",
        exception="NameError",
        message="name 'norm' is not defined",
        traceback="Traceback (most recent call last):\n"
        '  File "cell 13", line 1, in <module>\n'
        '  File "cell 12", line 3, in rel_error\n'
        "    return norm(g1 - g2) / (norm(g1) + norm(g2))\n"
        "NameError: name 'norm' is not defined\n",
    ),
    CellRun(15, CellEnding.TIMED_OUT, "while True:\n    w = w - eta * g", limit=Limit(LimitKind.CELL, 20)),
    CellRun(16, CellEnding.SKIPPED, "def quad_grad(A, w):\n    raise NotImplementedError"),
    CellRun(17, CellEnding.RAN, "w = np.zeros(3)"),
)

RECEIPT = Receipt(
    "mdupont",
    "gradients",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "gradients (1).ipynb",
    datetime(2026, 10, 2, 23, 58, 4, tzinfo=SUMMER),
    ReceivedBy.FILE_TIME,
    NAMES[:7] + NAMES[8:],
)
SAMPLE = Report(
    receipt=RECEIPT,
    revision="5d41402abc4b2a76b9719d91",
    verdicts=VERDICTS,
    isolation=Isolation(3, ("uid drop", "landlock", "seccomp", "rlimits", "memory watchdog")),
    graded=datetime(2026, 10, 3, 0, 12, 41, tzinfo=SUMMER),
    title="HW1: Gradients",
    notes=(
        authored("The cell that imports numpy was missing: it was put back and run first."),
        authored("Cell 16 holds the stub of `quad_grad` again, below your answer: it was skipped."),
    ),
    cells=CELLS,
    seconds=0.412,
    versions=(("autograder", "0.1.0"), ("numpy", "2.4.6"), ("python", "3.11.7")),
)
RIGHT = replace(
    SAMPLE,
    verdicts=tuple(replace(FORM, question=name, title="") for name in NAMES),
    notes=(),
    cells=CELLS[:3],
)
TROUBLE = replace(
    SAMPLE,
    verdicts=tuple(
        Verdict(v.question, v.points, Outcome.UNJUDGED, None, authored("Not graded: see above."), v.title)
        for v in VERDICTS
    ),
    receipt=replace(RECEIPT, found=()),
    isolation=Isolation(0),
    notes=(),
    cells=(),
    trouble=authored(
        "The file is not a notebook: it ends in the middle, after 1 204 characters. "
        "It may have been cut while it was uploaded."
    ),
)
