"""An author's functions are bounded on what students answer, in every thread; nobody else waits for them."""

import os
import resource
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_questions import prepared, student

from autograder.domain.answer import Answer, Ending
from autograder.domain.report import Outcome, Verdict
from autograder.questions.author_bounds import any_large, bound, bound_in_fork, count_numbers
from autograder.questions.judge import judge
from autograder.timeout import TimeIsUpError

HEAD = """
@question(points=1)
def pick(n):
    return None

@pick.cases
def _(rng):
    yield core("any", 3)
    yield core("other", 4)

@pick.accepts
def _(answer, case):
    {rule}
    return None

@question(points=1)
def same(n):
    return n

@same.cases
def _(rng):
    yield core("any", 3)
"""
SLOW: dict[str, tuple[str, Any]] = {
    "a loop of Python": ("for k in range(int(answer)): pass", 10**15),
    "a loop over a float": ("for k in range(int(answer)): pass", 1e15),
    "a loop of one call": ("sum(range(int(answer)))", 10**15),
    "one that catches all it can": (
        (
            "while answer:\n            try:\n                [k for k in range(9**9)]\n"
            "            except Exception:\n                pass"
        ),
        3,
    ),
    "a loop of one call over an entry": ("sum(range(int(answer[0])))", np.array([10**15, 1])),
    "a loop of one call over an entry that is a float": (
        "sum(range(int(max(answer))))",
        np.array([2.0, 1e15]),
    ),
    "a loop of one call over a size": ("sum(range(int(abs(answer))))", 1e15j),
    "a loop of one call over a key": ("[sum(range(len(key) ** 11)) for key in answer]", {"n" * 30: 1.0}),
    "a power": ("10**answer % 7 == 10**(answer + 1) % 11", 10**9),
    "memory": ("np.ones(int(answer)).sum()", 10**13),
    "a pattern": ("import re; re.fullmatch('(a|aa)+b', answer)", "a" * 60 + "c"),
    "a list that is long": ("[np.linalg.norm(a - b) for a in answer for b in answer]", [1.0] * 5000),
    "a decomposition": ("np.linalg.svd(np.outer(answer, answer) + np.eye(len(answer)))", [2.5] * 4000),
}


_DAILY = ("a pattern", "a loop of Python", "a loop of one call over an entry", "memory", "a decomposition")
"""What is tried every day, the first two in another thread as well."""


def in_a_thread(work: Callable[[], Any]) -> Any:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.parametrize(
    ("how", "threaded"),
    [
        pytest.param(
            how,
            threaded,
            marks=[] if how in (_DAILY[:2] if threaded else _DAILY) else [pytest.mark.soak],
            id=f"{how}-{'another' if threaded else 'main'} thread",
        )
        for how in SLOW
        for threaded in (False, True)
    ],
)
def test_an_answer_that_is_slow_to_judge_costs_its_question_alone(
    module: Callable[[str], Path], how: str, *, threaded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.questions.judged_case._RULE_SECONDS", 0.5)  # of processor time
    rule, value = SLOW[how]
    questions = prepared(module(HEAD.format(rule=f"if answer is not None:\n        {rule}")))

    def verdict() -> Verdict:
        return judge(questions["pick"], student(pick=lambda n: value), seconds=0.5)

    began = time.monotonic()
    told = in_a_thread(verdict) if threaded else verdict()
    # What does not fit in memory is refused at once, as a value of another form than None.
    full = (Outcome.WRONG,) if how in ("memory", "a decomposition") else ()
    assert told.outcome in (Outcome.UNJUDGED, *full)
    assert time.monotonic() - began < 120
    assert judge(questions["pick"], student(pick=lambda n: None), seconds=5.0).mark == 1
    assert judge(questions["same"], student(same=lambda n: n), seconds=5.0).mark == 1


def test_a_picture_of_a_value_that_is_slow_to_draw_is_left_out(module: Callable[[str], Path]) -> None:
    questions = prepared(
        module(
            "@question(points=1)\ndef halve(w):\n    return w / 2\n"
            "@halve.cases\ndef _(rng):\n    yield core('any', rng.normal(size=3))\n"
            "@halve.picture('Steps', of=core('public', np.array([4.0])))\n"
            "def _(answer, case):\n    return np.arange(sum(1 for k in range(int(answer[0]))))\n"
        )
    )
    slow = judge(questions["halve"], student(halve=lambda w: w / 2 if len(w) == 3 else w + 1e15), seconds=5.0)
    assert (slow.mark, slow.pictures) == (1, ())
    assert judge(questions["halve"], student(halve=lambda w: w / 2), seconds=5.0).pictures


def test_what_a_rule_says_of_a_large_answer_is_what_it_says_of_it_here(module: Callable[[str], Path]) -> None:
    """Judged in a process of its own, the same verdict comes out."""
    questions = prepared(module(HEAD.format(rule="if answer is not None: return 'None is right.'")))
    for value in (1.0, [1.0] * 5000, "text" * 100, 10**12):
        told = judge(questions["pick"], student(pick=lambda n, value=value: value), seconds=30.0)
        assert (told.outcome, str(told.sentence)) == (Outcome.WRONG, "None is right.")


def test_a_function_in_a_process_of_its_own_gives_back_what_it_made() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    assert bound_in_fork(lambda: {"a": np.arange(3)}, seconds=60)["a"].tolist() == [0, 1, 2]
    assert len(bound_in_fork(lambda: "x" * 10**6, seconds=60)) == 10**6
    with pytest.raises(TimeIsUpError):
        bound_in_fork(lambda: time.sleep(600), seconds=0.05)
    with pytest.raises(TimeIsUpError):
        bound(lambda: time.sleep(600), seconds=0.05, large=False)
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_a_process_below_one_that_is_killed_does_not_go_on_alone(tmp_path: Path) -> None:
    """A rule that judges with bounds of its own, as `check` has it judge: both end."""
    told = tmp_path / "pid"

    def inner() -> None:
        told.write_text(str(os.getpid()))
        while True:
            pass

    patience = 0.05
    while not (told.exists() and told.read_text()):  # killed before it had begun
        with pytest.raises(TimeIsUpError):
            bound_in_fork(lambda: bound_in_fork(inner, seconds=600), seconds=patience)
        patience *= 2

    def lives() -> bool:
        try:
            stat = Path(f"/proc/{told.read_text()}/stat").read_text()
        except OSError:
            return False
        return stat.rpartition(")")[2].split()[0] != "Z"  # which nobody may collect

    end = time.monotonic() + 300
    while lives() and time.monotonic() < end:
        time.sleep(0.01)
    assert not lives()


@pytest.mark.parametrize(
    ("value", "known", "large"),
    [
        (1.0, 2.0, False),
        (np.ones(900), np.ones(3), False),
        (np.ones((200, 200)), np.ones((200, 200)), False),
        (np.ones((200, 200)), np.ones(3), True),
        ((np.ones(3), 1.0), (np.ones(3), 1.0), False),
        ([0.0] * 2000, None, True),
        ("divergent", "monotone", False),
        ("a" * 40, "monotone", True),
        ("a" * 40, None, True),
        (10**9, 3, True),
        (1e9, 1e6, False),
        (10**4000, 3, True),
        (float("nan"), 3, False),
        ({"a": [1] * 3000}, {"a": 1}, True),
        (np.array([1.0, 1e9]), np.ones(2), True),
        (np.array([1.0, -1e9]), np.ones(2), True),
        (np.array([1, -(2**63)]), np.ones(2), True),
        (np.array([1.0, float("nan"), 2.0]), np.ones(3), False),
        (np.array([1.0, float("inf")]), np.ones(2), True),
        (np.full(3, 1e9), np.full(3, 1e9), False),
        (np.array([1e9j]), np.ones(1), True),
        (1e9j, 1.0, True),
        ([np.array([1e9])], [1.0], True),
        (np.array([True, False]), np.ones(2), False),
        ({"a" * 40: 1.0}, {"a": 1.0}, True),
    ],
)
def test_larger_than_an_honest_answer(value: Any, known: Any, *, large: bool) -> None:
    answer, reference = Answer(Ending.RETURNED, value), Answer(Ending.RETURNED, known)
    assert any_large([answer], [reference]) == large


def test_what_was_asked_on_the_way_counts_too() -> None:
    answer = Answer(Ending.RETURNED, 1.0, asked={0: ((1.0,),) * 20_000})
    assert any_large([answer], [Answer(Ending.RETURNED, 1.0)])
    assert count_numbers({0: ((1.0,), (np.ones(3),))}) == 8


def test_what_was_never_asked_was_asked_nowhere(module: Callable[[str], Path]) -> None:
    """An answer that does not look at the function it was given is wrong, and judged."""
    questions = prepared(
        module(
            "from autograder import oracle\n"
            "@question(points=1)\ndef slope_at(f, x, h=1e-5):\n    return (f(x + h) - f(x - h)) / (2 * h)\n"
            "@slope_at.cases\ndef _(rng):\n"
            "    yield core('cubic', oracle(lambda x: x**3), 1.5).knowing(slope=6.75)\n"
            "@slope_at.accepts\ndef _(answer, case):\n"
            "    if len(case.asked[0]) > 10:\n        return 'Two values of f are enough.'\n"
            "    return None if abs(answer - case.known.slope) < 1e-6 else 'This is not the slope.'\n"
        )
    )
    told = judge(questions["slope_at"], student(slope_at=lambda f, x: 0.0), seconds=5.0)
    assert (told.outcome, str(told.sentence)) == (
        Outcome.WRONG,
        "This is not the slope. Your answer is zero.",
    )


def test_where_a_function_was_asked_is_seen_by_its_size() -> None:
    """A rule reads these numbers too; what the reference asks at is honest."""
    far = Answer(Ending.RETURNED, 1.0, asked={0: ((1e12,),)})
    assert any_large([far], [Answer(Ending.RETURNED, 1.0)])
    assert any_large([far], [Answer(Ending.RETURNED, 1.0, asked={0: ((1.0,),)})])
    assert not any_large([far], [Answer(Ending.RETURNED, 1.0, asked={0: ((1e9,),)})])
    assert any_large([replace(far, asked={0: ((np.array([1.0, 1e12]),),)})], [Answer(Ending.RETURNED, 1.0)])
