"""The clock of a timed call holds all that depends on its arguments, wherever in the process it is done."""

import numpy as np
import pytest

from autograder.domain.answer import Batch, Call
from autograder.questions.arguments import built

TAKES = 0.5
SPIN = f"""
import builtins, gc, sys, threading, time, weakref, zlib
import numpy as np
made = {{}}
def prepare(x):
    if id(x) not in made and isinstance(x, np.ndarray) and x.size == 5000:
        made[id(x)] = None
        end = time.process_time() + {TAKES}
        while time.process_time() < end: pass
        made[id(x)] = float(np.sum(x)), x
def answer(x):
    return made[id(x)][0] if made.get(id(x)) else -1.0
"""
PREPARE = {
    "in the constructor of what is built": """
real = np.random.default_rng
class Drawn:
    def __init__(self, seed): self.rng = real(seed)
    def normal(self, size):
        x = self.rng.normal(size=size)
        prepare(x)
        return x
np.random.default_rng = Drawn
""",
    "in what looks at the arguments before the call": """
real = zlib.crc32
zlib.crc32 = lambda data, *more: real(data, *more)
from autograder.sandbox.worker import calls
state = calls._state
def look(x):
    prepare(x)
    return state(x)
calls._state = look
""",
    "in what builds them": """
from autograder.sandbox.worker import calls
build = calls.build_argument
def made_early(value):
    x = build(value)
    prepare(x)
    return x
calls.build_argument = made_early
""",
    "in what compiles their recipe": """
from autograder.sandbox.worker import standins
real = builtins.exec
def run(code, scope=None, *more):
    real(code, scope, *more)
    if isinstance(scope, dict) and 'normal' in scope:
        made_it = scope['normal']
        def normal(**values):
            x = made_it(**values)
            prepare(x)
            return x
        scope['normal'] = normal
builtins.exec = run
""",
    "in a profiler": """
def look(frame, event, arg):
    if event in ('return', 'c_return'): prepare(arg)
sys.setprofile(look)
""",
    "in a tracer": """
def look(frame, event, arg):
    if event == 'return': prepare(arg)
    return look
sys.settrace(look)
""",
    "in a callback of the collector": """
gc.set_threshold(1)
def look(phase, info):
    frame = sys._getframe(1)
    while frame:
        for value in list(frame.f_locals.values()): prepare(value)
        frame = frame.f_back
gc.callbacks.append(look)
""",
    "in an audit hook": """
def look(event, args):
    if event != 'told':
        return
    for name, value in list(watched.items()): prepare(value)
watched = {}
sys.addaudithook(look)
from autograder.sandbox.worker import calls
build = calls.build_argument
def tell(value):
    watched['x'] = x = build(value)
    sys.audit('told')
    return x
calls.build_argument = tell
""",
    "in a thread": """
def watch():
    while not made:
        for frame in list(sys._current_frames().values()):
            while frame:
                for value in list(frame.f_locals.values()): prepare(value)
                frame = frame.f_back
        time.sleep(0.0005)
threading.Thread(target=watch, daemon=True).start()
from autograder.sandbox.worker import calls
build = calls.build_argument
def wait(value):
    x = build(value)
    while not made.get(id(x)): time.sleep(0.001)
    return x
calls.build_argument = wait
""",
    "in a handler of signals": """
import signal
def ring(number, frame):
    while frame:
        for value in list(frame.f_locals.values()): prepare(value)
        frame = frame.f_back
signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
""",
    "in a generator of random numbers": """
class Rng(np.random.Generator):
    def normal(self, *a, **k):
        x = super().normal(*a, **k)
        prepare(x)
        return x
np.random.default_rng = lambda seed: Rng(np.random.PCG64(seed))
""",
}


def normal(seed, size):
    return np.random.default_rng(seed).normal(size=size)


@pytest.mark.parametrize("how", PREPARE)
def test_what_is_prepared_before_the_call_is_in_its_time(run, how: str) -> None:
    student = run(
        SPIN,
        PREPARE[how],
        "def f(x):\n    if not made.get(id(x)): prepare(x)\n    return answer(x)",
    )
    (answer,) = student.ask("f", Batch((Call((built(normal, seed=3, size=5000),)),)), seconds=120)
    assert answer.value == pytest.approx(normal(3, 5000).sum()), answer
    assert answer.seconds > 0.8 * TAKES


def test_an_argument_that_is_sent_is_in_its_time_too(run) -> None:
    """Its bytes are no more the student's before the clock starts than those that are built."""
    student = run(
        SPIN,
        "from autograder.sandbox.worker import wire_end\n"
        "real = wire_end.decode_message\n"
        "def decode(*a, **k):\n"
        "    message = real(*a, **k)\n"
        "    for call in getattr(message, 'calls', ()): prepare(call[0][0])\n"
        "    return message\n"
        "wire_end.decode_message = decode",
        "def f(x):\n    return answer(x)",
    )
    x = np.arange(5000.0)
    (answer,) = student.ask("f", Batch((Call((x,)),)), seconds=120)
    assert (answer.value, answer.seconds > 0.8 * TAKES) == (x.sum(), True)


def test_a_call_asked_alone_is_sent_behind_no_other(run) -> None:
    """Its arguments would be there before its clock starts."""
    student = run(
        SPIN,
        "def first(x):\n    return x\ndef f(x):\n    prepare(x)\n    return answer(x)",
    )
    x = np.arange(5000.0)
    several, alone = student.ask_all(
        [("first", Batch((Call((1.0,)), Call((2.0,)))), 120.0), ("f", Batch((Call((x,)),)), 120.0)]
    )
    assert [one.value for one in several] == [1.0, 2.0]
    assert alone[0].seconds > 0.8 * TAKES


def test_what_it_takes_to_receive_large_arguments_is_small_beside_what_is_allowed_for_it(run) -> None:
    """An honest answer is not slow for the size of what it was given."""
    from autograder.questions.stopwatch import seconds_to_receive

    call = Call((built(normal, seed=3, size=1_000_000),))
    (answer,) = run("def f(x): return float(x[0])").ask("f", Batch((call,)), seconds=120)
    assert answer.seconds < 10 * seconds_to_receive(call)


def test_an_answer_that_was_kept_when_it_came_too_late_is_worth_nothing(run, tmp_path) -> None:
    """Whoever is too slow is asked once more, in a process that has not seen the arguments."""
    from autograder.domain.course import Limits
    from autograder.questions.judge import judge
    from autograder.questions.solutions import prepare

    (tmp_path / "race.py").write_text(
        "import numpy as np\nfrom autograder import core, question, speed\n"
        "@question(points=1)\ndef total(x):\n    return float(np.sum(x))\n"
        "@total.cases\ndef _(rng):\n    yield core('two', np.ones(2))\n"
        "    yield speed('many', rng.normal(size=5000), seconds=0.2)\n"
    )
    [question] = prepare("race", tmp_path / "race.py", secret=b"x" * 32, limits=Limits()).questions
    kept = "def total(x):\n    if len(x) == 2: return 2.0\n    prepare(x)\n    return made[max(made)][0]"
    slow = kept.replace("prepare(x)", "if not made: prepare(x)")
    verdict = judge(question, run(SPIN, slow), seconds=120)
    assert str(verdict.sentence) == "Right, but too slow on large input."
    quick = judge(question, run("import numpy as np\ndef total(x):\n    return np.sum(x)"), seconds=120)
    assert quick.mark == 1
