"""The grader's own functions, called as a student's are."""

import signal
import sys

import numpy as np
import pytest

from autograder import oracle, seeded
from autograder.domain.answer import Batch, Call, Ending, Opaque
from autograder.questions.in_process import InProcessCode, run_here


def test_what_is_returned_is_told_and_copied() -> None:
    kept = np.ones(2)
    answer = run_here(lambda: kept, Call())
    kept[0] = 5
    assert (answer.ending, answer.value.tolist()) == (Ending.RETURNED, [1.0, 1.0])


def test_what_is_raised_is_told_by_its_built_in_class() -> None:
    class OwnError(ValueError):
        pass

    def fails():
        raise OwnError("because")

    answer = run_here(fails, Call())
    assert (answer.ending, answer.exception, answer.message) == (Ending.RAISED, "ValueError", "because")


def test_a_function_that_never_ends_is_interrupted() -> None:
    def endless():
        while True:
            pass

    assert run_here(endless, Call(), seconds=0.05).ending is Ending.TIMED_OUT


@pytest.mark.parametrize("caught", [Exception, BaseException])
def test_a_function_that_catches_the_clock_once_ends_all_the_same(caught):
    """What expires while nothing can be raised, or is caught, is signalled again."""

    def stubborn():
        try:
            while True:
                pass
        except caught:
            pass
        while True:
            pass

    before = signal.getsignal(signal.SIGALRM)
    assert run_here(stubborn, Call(), seconds=0.05).ending is Ending.TIMED_OUT
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_timeout_where_nothing_can_be_raised_is_signalled_again_and_leaves_no_complaint(monkeypatch):
    """Finalizers and callbacks of the garbage collector swallow what they raise; Python complains of it."""
    complaints = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: complaints.append(unraisable.exc_type))

    class Endless:
        def __del__(self):
            while True:
                pass

    class Broken:
        def __del__(self):
            raise ValueError

    def endless():
        Endless()
        Broken()
        while True:
            pass

    hook = sys.unraisablehook
    assert run_here(endless, Call(), seconds=0.05).ending is Ending.TIMED_OUT
    assert complaints == [ValueError]
    assert sys.unraisablehook is hook


@pytest.mark.parametrize("value", [np.ones(3), [1.0, [2.0]], {"w": np.ones(2)}])
def test_changed_arguments_are_noticed_and_the_case_is_not_harmed(value) -> None:
    def change(inner):
        if isinstance(inner, dict):
            inner["w"][0] = 9
        elif isinstance(inner, list):
            inner[1].append(3)
        else:
            inner += 1

    before = str(value)
    assert run_here(change, Call((value,))).changed == (0,)
    assert run_here(change, Call((), {"inner": value})).changed == ("inner",)
    assert run_here(lambda inner: None, Call((value,))).changed == ()
    assert str(value) == before


def test_an_array_that_is_locked_arrives_writable() -> None:
    locked = np.ones(2)
    locked.setflags(write=False)
    assert run_here(lambda w: w.__setitem__(0, 5.0) or w, Call((locked,))).value.tolist() == [5.0, 1.0]


def test_where_an_oracle_was_asked_is_written_down_in_order() -> None:
    answer = run_here(lambda f, w: f(w) + f(2 * w), Call((oracle(np.sum), np.ones(2))))
    assert answer.value == 6
    assert [point.tolist() for (point,) in answer.asked[0]] == [[1, 1], [2, 2]]


def test_a_generator_argument_starts_anew_in_every_call() -> None:
    call = Call((seeded(1),))
    assert run_here(lambda rng: rng.random(), call).value == run_here(lambda rng: rng.random(), call).value


def test_what_is_no_data_comes_back_as_the_name_of_its_type() -> None:
    assert run_here(lambda: (n for n in "ab"), Call()).value == Opaque("generator")
    assert run_here(lambda: [1, len], Call()).value == [1, Opaque("builtin_function_or_method")]


def test_a_rehearsal_answers_every_call_and_lets_references_stand_in() -> None:
    batch = Batch((Call((1,)), Call((2,))))
    pupil = InProcessCode({"f": lambda x: -x})
    assert [answer.value for answer in pupil.ask("f", batch, seconds=1)] == [-1, -2]
    assert {answer.ending for answer in pupil.ask("g", batch, seconds=1)} == {Ending.UNDEFINED}
    with pupil.standing_in({"g": lambda x: 10 * x}) as second:
        assert [answer.value for answer in second.ask("g", batch, seconds=1)] == [10, 20]
    assert pupil.variable("g").ending is Ending.UNDEFINED
