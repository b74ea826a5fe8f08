"""What student code cannot stretch: the clock, the author's functions, what its end may tell."""

import resource
import signal
import subprocess
import sys
import threading
import time

import pytest

from autograder.domain.answer import Batch, Call, Ending, Oracle
from autograder.sandbox.bounds import OracleBounds
from autograder.timeout import TimeIsUpError

EARLY = """
import gc, sys, time
from autograder.sandbox import messages
[calls] = [thing for thing in gc.get_objects() if type(thing).__name__ == "Calls"]
def answer(index, function, args, kwargs, timed):
    value = function(*args)
    calls._wire.send(messages.BatchAnswers([messages.CallAnswer(index, "returned", "", "", [], value)]))
    calls._wire.send(messages.ArgumentsChanged([]))
calls._answer = answer
def slow(x):
    end = time.process_time() + 0.6
    while time.process_time() < end: pass
    return x
"""


def test_work_done_before_the_clock_starts_counts(run):
    """Whoever computes first and says "ready" afterwards has not been quick."""
    (answer,) = run(EARLY).ask("slow", Batch((Call((1.0,)),)), seconds=120)
    assert answer.value == 1.0
    assert answer.seconds > 0.4


def test_an_honest_call_is_timed_as_before(run):
    """What it takes to receive the arguments does not count."""
    answers = run("def quick(x): return x").ask("quick", Batch((Call((1.0,)),) * 5), seconds=120)
    assert min(answer.seconds for answer in answers) < 0.3  # a busy machine may charge one of them


def steps(x, n):
    for _ in range(int(n)):
        x = x + 1
    return x


def forgiving(x, n):
    while True:
        try:
            return steps(x, n)
        except Exception:
            continue


@pytest.mark.parametrize("reference", [steps, forgiving])
def test_a_reference_is_not_asked_for_ever(run, reference):
    """The question's time is over, whatever the reference is busy with."""
    student = run("def steps(x, n): return x\ndef more(x): return steps(x, 10**15)")
    began = time.monotonic()
    with student.standing_in({"steps": reference}) as second:
        (answer,) = second.ask("more", Batch((Call((1.0,)),)), seconds=0.3)
    assert (answer.ending, str(answer.limit)) == (Ending.TIMED_OUT, "0.3 s for this question")
    assert time.monotonic() - began < 300


def test_nor_from_within_a_function_that_another_reference_calls(run):
    """References and students' functions may call each other; the clock runs all the while."""
    student = run(
        "def steps(x, n): return x\ndef apply(f, x): return x\n"
        "def more(x): return apply(lambda y: steps(y, 10**15), x)"
    )
    with student.standing_in({"steps": forgiving, "apply": lambda f, x: f(x)}) as second:
        (answer,) = second.ask("more", Batch((Call((1.0,)),)), seconds=0.3)
    assert answer.ending is Ending.TIMED_OUT


def test_an_oracle_does_not_take_all_memory(run):
    """Its arguments are the student's choice: what it refuses is no fault of the author's."""
    student = run("def f(g): return g(10**9)")
    (answer,) = student.ask("f", Batch((Call((Oracle(lambda n: bytearray(2 * n)),)),)), seconds=120)
    assert (answer.ending, answer.exception) == (Ending.RAISED, "ValueError")


def test_bounds_are_taken_off_again():
    """After a body that took too long, and one that did not."""
    before = resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGALRM)
    quick, slow = OracleBounds(lambda: 600.0), OracleBounds(lambda: 0.05)
    with quick:
        assert resource.getrlimit(resource.RLIMIT_AS) != before[0]
    quick.close()
    assert not quick.overdue
    with pytest.raises(TimeIsUpError), slow:
        while True:
            pass
    slow.close()
    assert slow.overdue
    assert before == (resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGALRM))
    time.sleep(0.2)  # no signal comes any more


def test_a_signal_that_python_loses_is_followed_by_another():
    """In a finalizer nothing can be raised; the suite would fail of what Python complains of."""

    class Endless:
        def __del__(self):
            while True:
                pass

    bounds = OracleBounds(lambda: 0.05)
    with pytest.raises(TimeIsUpError), bounds:
        Endless()
        while True:
            pass
    bounds.close()


def test_nothing_is_raised_while_a_process_is_talked_to():
    """It would leave a message half read; it is raised right after."""
    bounds, reached = OracleBounds(lambda: 0.05), []
    with pytest.raises(TimeIsUpError), bounds, bounds.pause():
        while not bounds.overdue:
            pass
        reached.append("the end")
    bounds.close()
    assert reached == ["the end"]


def test_between_two_functions_nothing_is_raised_either():
    """The next one is over at once."""
    bounds = OracleBounds(lambda: 1.0)  # more than the first one takes
    with bounds:
        pass
    while not bounds.overdue:
        time.sleep(0.01)
    with pytest.raises(TimeIsUpError), bounds:
        time.sleep(600)
    bounds.close()


def in_a_thread(work):
    """What a function returned or raised in another thread than the main one."""
    found = []

    def noted():
        try:
            found.append(work())
        except BaseException as error:
            found.append(error)

    thread = threading.Thread(target=noted)
    thread.start()
    thread.join()
    return found[0]


def count_for_ever():
    while True:
        try:
            for _ in range(10**9):
                pass
        except Exception:
            continue


def test_in_another_thread_the_bounds_are_the_same():
    """Where a pool of threads grades, no signal reaches the function."""
    before = resource.getrlimit(resource.RLIMIT_AS)

    def work():
        bounds = OracleBounds(lambda: 0.05)
        try:
            with bounds:
                assert resource.getrlimit(resource.RLIMIT_AS) != before
                count_for_ever()
        finally:
            bounds.close()

    for _ in range(20):
        assert isinstance(in_a_thread(work), TimeIsUpError)
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_nothing_is_raised_in_another_thread_after_its_bounds_were_taken_away():
    """Neither what was under way nor what would have come."""

    def work():
        for k in range(300):
            bounds = OracleBounds(lambda k=k: 0.001 + k * 1e-6)
            try:
                with bounds:
                    end = time.monotonic() + 0.001
                    while time.monotonic() < end:
                        pass
            except TimeIsUpError:
                pass
            bounds.close()
            sum(range(1000))
        return "done"

    assert in_a_thread(work) == "done"


def test_threads_that_are_bounded_at_the_same_time_share_the_bound_of_memory():
    before = resource.getrlimit(resource.RLIMIT_AS)
    one, other = OracleBounds(lambda: 600.0), OracleBounds(lambda: 600.0)
    with one:
        pass

    def work():
        with other:
            pass
        one_still = resource.getrlimit(resource.RLIMIT_AS) != before
        other.close()
        return one_still and resource.getrlimit(resource.RLIMIT_AS) != before

    assert in_a_thread(work) is True
    one.close()
    assert resource.getrlimit(resource.RLIMIT_AS) == before


@pytest.mark.parametrize(
    "end", ["os._exit(57)", "os.kill(os.getpid(), 12)", "os.write(3, b'\\xff' * 6)", "os.close(3)"]
)
def test_how_a_process_ends_tells_students_nothing(run, end):
    """An exit code, a signal or a size could carry a hidden argument into the report."""
    student = run(f"import os\ndef f(x):\n    {end}\n    import time; time.sleep(900)")
    (answer,) = student.ask("f", Batch((Call((1.0,)),)), seconds=120)
    assert (answer.ending, answer.limit) == (Ending.CRASHED, None)
    assert answer.message


TRACED_AFTERWARDS = """
import sys, threading, time
from autograder.timeout import TimeIsUpError, at_most

def in_time():
    with at_most(60):
        pass

def late():
    try:
        with at_most(0.05):
            while True:
                pass
    except TimeIsUpError:
        pass

def late_in_one_long_step():
    try:
        with at_most(0.02):
            time.sleep(0.5)
    except TimeIsUpError:
        pass

for limited in (in_time, late, late_in_one_long_step) * 3:
    thread = threading.Thread(target=limited)
    thread.start()
    thread.join()

def numbers():
    yield from range(3)

sys.settrace(lambda *_: None)
print(sum(numbers()))
"""


def test_python_is_on_its_guard_no_longer_than_a_limit_lasts() -> None:
    """Else all that runs in the process later is slower, and has no end where coverage traces it."""
    done = subprocess.run(
        [sys.executable, "-c", TRACED_AFTERWARDS], capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stdout == "3\n"
