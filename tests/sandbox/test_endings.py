"""Whatever hangs, dies or eats: it costs the cell, call or example that did it, and nothing of ours."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.domain.answer import Batch, Call, Ending
from autograder.domain.report import CellEnding
from autograder.sandbox.forkserver import ForkServer
from autograder.sandbox.interpreter import this_interpreter
from autograder.sandbox.messages import ForkChild

HANG = "while True: pass"
STUBBORN = "import time\nwhile True:\n    try: time.sleep(9)\n    except BaseException: pass"


def call(student, name, *arguments, seconds=120.0):
    return student.ask(name, Batch(tuple(Call((argument,)) for argument in arguments)), seconds=seconds)


@pytest.mark.parametrize("source", [HANG, STUBBORN])
def test_a_cell_that_hangs_costs_that_cell(run, source):
    """It is interrupted, or killed and left out of a replay; the cells around it count."""
    student = run("x = 1", source, "x + 1", seconds_per_cell=1.0)
    assert [cell.ending for cell in student.cells] == [CellEnding.RAN, CellEnding.TIMED_OUT, CellEnding.RAN]
    assert str(student.cells[1].limit) == "1 s for a cell"
    assert student.cells[2].displayed == ("2",)
    assert student.variable("x").value == 1


def test_an_interrupted_cell_keeps_what_it_did(run):
    """No replay is needed where the interrupt works."""
    student = run("import time\nx = 1\nprint('so far')\ntime.sleep(900)", "x", seconds_per_cell=2.0)
    assert student.cells[0].printed == "so far\n"
    assert student.cells[1].displayed == ("1",)


@pytest.mark.parametrize(
    ("source", "ending"),
    [
        ("import os\nos._exit(0)", CellEnding.CRASHED),
        ("import ctypes\nctypes.string_at(0)", CellEnding.CRASHED),
        ("import os\nos.abort()", CellEnding.CRASHED),
        ("import os\nos.close(3)\nimport time\ntime.sleep(900)", CellEnding.CRASHED),
        ("import socket\nsocket.socket(fileno=3).send(b'x' * 999)", CellEnding.CRASHED),
        ("import numpy as np\nx = np.zeros(10**12)", CellEnding.OUT_OF_MEMORY),
        ("x = []\nwhile True: x.append(bytes(10**6))", CellEnding.OUT_OF_MEMORY),
    ],
)
def test_a_cell_that_dies_costs_that_cell(run, source, ending):
    """The later ones run on a replay."""
    cells = run("y = 1", source, "y + 1", memory_mb=200).cells
    assert [cell.ending for cell in cells] == [CellEnding.RAN, ending, CellEnding.RAN]
    assert cells[2].displayed == ("2",)
    assert cells[1].limit or cells[1].end


BUSY = "import time\nend = time.process_time() + 1.1\nwhile time.process_time() < end: pass\n"


@pytest.mark.parametrize(
    "hold",
    [
        "",
        pytest.param("import signal\nsignal.signal(signal.SIGUSR1, lambda *_: 0)\n", marks=pytest.mark.soak),
    ],
)
def test_the_whole_notebook_has_its_time_too(run, hold):
    """When it is over, what was not run is skipped but for definitions; the questions have their own time.

    Also where a cell cannot be interrupted: the process is replaced.
    """
    last = "SIZE = 2\ndef f(x): return x * SIZE\nprint(BIG)"
    busy = BUSY.replace("1.1", "0.75")
    student = run("def f(x): return 0", *[hold + busy] * 6, last, seconds=2.0)
    endings = [cell.ending for cell in student.cells]
    assert endings[:2] == [CellEnding.RAN] * 2
    assert endings[-1] is CellEnding.SKIPPED
    assert len(endings) == 8
    assert str(student.cells[-1].limit) == "2 s for the whole notebook"
    assert set(student.cells[-1].ran_on) == {"SIZE", "f"}
    assert not student.trouble
    assert [answer.value for answer in call(student, "f", 1, 2)] == [2, 4]
    assert student.examples(["assert f(3) == 6"], seconds=10)[0].passed


def test_a_replay_does_not_wait_for_experiments(run):
    """What took long and is used nowhere is not done again when a question takes the process down."""
    student = run(
        "import time\ndef f(x):\n    import os; os._exit(1)\ndef g(x): return x + shift",
        "shift = 1\ncount = 0",
        BUSY + "count = 5",
        BUSY.replace("end", "stop"),
        "print(count)",
        seconds=40.0,
    )
    began = time.process_time()
    assert call(student, "f", 1)[0].ending is Ending.CRASHED
    assert call(student, "g", 1)[0].value == 2
    assert student.variable("count").value == 5
    assert student.variable("stop").ending is Ending.UNDEFINED
    assert time.process_time() - began < 60


def test_a_question_that_was_not_asked_is_not_called_slow(run):
    """The questions together have their time; what does not fit into it was never called."""
    student = run("def f(x):\n    while True: pass\ndef g(x): return x", questions_seconds=1.0)
    assert str(call(student, "f", 1)[0].limit) == "1 s for all questions together"
    answer = call(student, "g", 1)[0]
    assert (answer.ending, str(answer.limit)) == (Ending.NOT_ASKED, "1 s for all questions together")
    assert student.variable("g").ending is Ending.NOT_ASKED


def test_beside_busy_programs_a_budget_lasts_as_long(run):
    """A process that waits for a processor uses up nothing: programs that spin share its own with it."""
    first = run("x = 1")
    [place] = os.sched_getaffinity(0)  # where the grader's thread and its processes stay
    spin = "print(flush=True)\nwhile True: pass"
    # Linux shares a processor among sessions first, so each has one of its own, as the fork server has.
    options = {"stdout": subprocess.PIPE, "start_new_session": True}
    busy = [subprocess.Popen([sys.executable, "-c", spin], **options) for _ in range(3)]
    try:
        for one in busy:
            assert one.stdout.readline()  # it has begun
            os.sched_setaffinity(one.pid, {place})
        # Four on a processor: more than the budget by the clock, with room for what else the machine does.
        busy_for_a_while = BUSY.replace("1.1", "0.5")
        function = "def f(x):\n    " + busy_for_a_while.replace("\n", "\n    ") + "return x"
        student = run(busy_for_a_while, function, seconds_per_cell=0.9)
        assert first._process.alive
        assert student.cells[0].ending is CellEnding.RAN
        assert student.cells[0].seconds > 0.9
        assert call(student, "f", 1, seconds=0.9)[0].ending is Ending.RETURNED
    finally:
        for one in busy:
            one.kill()
            one.wait()
            one.stdout.close()


def test_a_call_that_hangs_costs_its_case(run):
    """Its own answer alone: those before and after it stand, and the next question is asked afresh."""
    student = run("import time\ndef f(x):\n    if x: time.sleep(900)\n    return x\ndef g(x):\n    return x")
    answers = call(student, "f", 0, 1, 0, 2, 0, seconds=2)
    assert [answer.value for answer in answers] == [0, None, 0, None, 0]
    assert [str(answer.limit) for answer in answers[1::2]] == ["2 s for this question"] * 2
    assert call(student, "g", 4)[0].value == 4


def test_each_case_has_its_limit(run):
    """A case that ends in time counts, however long all of them take together."""
    student = run("""
import time
def f(x):
    if x > 2:
        time.sleep(900)
    end = time.process_time() + 0.4
    while time.process_time() < end: pass
    return x
""")
    batch = Batch(tuple(Call((argument,)) for argument in (1, 2, 3, 1)), seconds_per_call=1.0)
    answers = student.ask("f", batch, seconds=20)
    assert [answer.value for answer in answers] == [1, 2, None, 1]
    assert str(answers[2].limit) == "1 s for one case"


@pytest.mark.parametrize(
    ("body", "ending"),
    [
        ("import os; os._exit(1)", Ending.CRASHED),
        ("import ctypes; ctypes.string_at(0)", Ending.CRASHED),
        ("import os; os.kill(os.getpid(), 9)", Ending.OUT_OF_MEMORY),
        ("import numpy as np; np.ones(10**9)", Ending.OUT_OF_MEMORY),
        ("import mmap; m = mmap.mmap(-1, 9 << 30)", Ending.RAISED),
    ],
)
def test_a_call_that_dies_costs_its_question(run, body, ending):
    """Others are asked in a fresh process."""
    student = run(f"def f(x):\n    {body}\ndef g(x):\n    return x", memory_mb=200)
    (answer,) = call(student, "f", 1)
    assert answer.ending is ending
    assert answer.limit or answer.message or ending is Ending.RAISED
    assert call(student, "g", 4)[0].value == 4


@pytest.mark.parametrize(
    ("last", "ending"),
    [("import os; os._exit(0)", Ending.CRASHED), ("import time; time.sleep(900)", Ending.TIMED_OUT)],
)
@pytest.mark.parametrize("value", ["x", "[x]"], ids=["sent together", "sent at once"])
def test_what_was_answered_before_the_end_counts(run, last, ending, value):
    """Quick answers are sent together; those that waited when the process ended are asked for once more."""
    student = run(f"def f(x):\n    if x == 3:\n        {last}\n    return {value}")
    answers = call(student, "f", 0.0, 1.0, 2.0, 3.0, 4.0, seconds=2)
    after = Ending.RETURNED if ending is Ending.TIMED_OUT else ending
    assert [answer.ending for answer in answers] == [*[Ending.RETURNED] * 3, ending, after]
    assert [answer.value for answer in answers[:3]] == (
        [0.0, 1.0, 2.0] if value == "x" else [[0.0], [1.0], [2.0]]
    )


def test_an_answer_is_sent_as_it_was_when_it_was_given(run):
    """An array that the function keeps and goes on changing shows in no earlier answer."""
    student = run("import numpy as np\nkept = np.zeros(2)\ndef f(x):\n    kept[:] = x\n    return kept")
    assert [answer.value.tolist() for answer in call(student, "f", 1.0, 2.0)] == [[1.0, 1.0], [2.0, 2.0]]


def test_endless_recursion_is_an_exception(run):
    """Python notices it itself."""
    student = run("def f(x):\n    return f(x)")
    assert call(student, "f", 1)[0].exception == "RecursionError"


def test_an_example_that_hangs_costs_that_example(run):
    """The others are run in a fresh process."""
    student = run("def f(x):\n    while x: pass\n    return x")
    hung, fine = student.examples(["assert f(1) == 1", "assert f(0) == 0"], seconds=1)
    assert "1 s" in hung.traceback
    assert fine.passed


def test_an_example_that_ran_as_a_cell_is_not_run_twice(run):
    """If nothing changed since; one that failed there is run for its answer, one that did not run as well."""
    cells = (
        "calls = []\ndef f(x):\n    calls.append(x)\n    return x",
        "assert f(1) == 1",
        "assert f(2) == 3",
    )
    student = run(*cells)
    sources = [*cells[1:], "assert f(4) == 4"]
    passed, failed, new = student.examples(sources, seconds=120, still_valid=frozenset(cells))
    assert (passed.passed, failed.passed, new.passed) == (True, False, True)
    assert (failed.answer, failed.expected) == ("2", "3")
    assert student.variable("calls").value == [1, 2, 2, 2, 4]


@pytest.mark.parametrize(
    "fill", ["x.append([object() for _ in range(1000)])", "x.append(bytearray(100_000))"]
)
def test_a_cell_that_fills_the_memory_leaves_room_for_the_questions(run, fill):
    """What it keeps stays; room that was set aside is given back, so that calls are answered."""
    student = run(f"x = []\nwhile True: {fill}", "def f(x): return x + 1", memory_mb=200)
    assert student.cells[0].ending is CellEnding.OUT_OF_MEMORY
    assert [answer.value for answer in call(student, "f", 1.0, 2.0)] == [2.0, 3.0]


def test_the_disk_is_bounded(run):
    """Many files together count, not only a large one."""
    source = "import time\nfor i in range(40):\n    open(f'{i}', 'wb').write(bytes(10**6))\ntime.sleep(1)"
    cell = run(source, scratch_mb=8).cells[0]
    assert (cell.ending, str(cell.limit)) == (CellEnding.CRASHED, "8 MB of files")
    single = run("open('one', 'wb').write(bytes(10**8))", scratch_mb=8).cells[0]
    assert single.exception == "OSError"


def test_nothing_is_left_of_a_run(run, runner):
    """No process, no descriptor, no file, whatever the notebook left in its folder."""
    mess = """
import os
for depth in range(1200):
    os.mkdir('d'); os.chdir('d')
    open('f', 'w').close()
os.chdir(os.environ['HOME'])
for i in range(500): open(f'many{i}', 'w').close()
os.mkdir('closed', 0)
os.symlink('/', 'link')
os.mkdir('.moved-1')
"""
    base = Path(runner._base)
    before = len(list(Path("/proc/self/fd").iterdir())), sorted(base.iterdir())
    student = run(mess)
    assert student.cells[0].ending is CellEnding.RAN, student.cells[0].traceback
    pid = student._process.pid
    student.close()
    assert not Path(f"/proc/{pid}").exists()
    assert (len(list(Path("/proc/self/fd").iterdir())), sorted(base.iterdir())) == before


def test_a_killed_fork_server_is_launched_again(run, runner):
    """The next start does it, and what ran before is run again when it is next asked."""
    student = run("x = 1")
    server = runner._server.pid
    os.kill(server, signal.SIGKILL)
    runner._server._process.wait()
    again = run("x = 2")
    assert again.variable("x").value == 2
    assert runner._server.pid != server
    assert student.variable("x").value == 1


@pytest.mark.parametrize("moment", ["_fork", "_sealed"])
def test_a_fork_server_may_be_killed_at_any_moment(run, runner, monkeypatch, moment):
    """Right after it forked, before the process said that it is sealed; and right after that."""
    real, killed = getattr(runner, moment), []

    def then_killed(*args):
        result = real(*args)
        if len(killed) < 2:
            killed.append(runner._server.pid)
            os.kill(killed[-1], signal.SIGKILL)
            runner._server._process.wait()
            process = result[0] if moment == "_fork" else args[0]
            select.select([process._child.pidfd], [], [])  # it dies with its server, a moment later
        return result

    monkeypatch.setattr(runner, moment, then_killed)
    assert run("x = 2").variable("x").value == 2
    assert len(killed) == 2


@pytest.mark.parametrize(
    ("last", "told"),
    [("os.abort()", "SIGABRT"), ("os.close(3); time.sleep(900)", "it closed its line to the grader")],
)
def test_how_a_process_ended_is_known_however_long_it_takes_to_be_gone(run, monkeypatch, last, told):
    """On a busy machine its line is closed long before; one that closes it by itself is told apart."""
    student = run(f"import os, time\ndef f(x): {last}")
    looks = []

    class Poll:
        """As one that ran out of patience, the first time."""

        def __init__(self):
            self._real = real()

        def register(self, *what):
            self._real.register(*what)

        def poll(self, most):
            looks.append(most)
            return self._real.poll(most) if len(looks) > 1 else []

    real = select.poll
    monkeypatch.setattr(select, "poll", Poll)
    answer = call(student, "f", 1)[0]
    assert (answer.ending, answer.limit) == (Ending.CRASHED, None)
    assert told in answer.message
    assert looks


@pytest.mark.soak
def test_an_interrupted_cell_gets_little_time_on_a_replay(run):
    """A later crash does not cost the hung cell's seconds again; what it defined is there again."""
    source = "import time\nx = 1\nif True:\n    time.sleep(900)"
    student = run(source, "def f(x):\n    import os; os._exit(1)", seconds_per_cell=8)
    assert call(student, "f", 1)[0].ending is Ending.CRASHED
    assert student.variable("x").value == 1
    assert student._up_seconds < 7.5  # of its budget, whatever the machine does beside
    assert student.cells[0].ending is CellEnding.TIMED_OUT


def test_large_cells_and_large_outputs_are_no_trouble(run):
    """A cell of megabytes runs; text that swells on the wire is cut; a notebook's output is bounded."""
    big = "x = '" + "é" * 6_000_000 + "'\nlen(x)"
    flood = "print('\U0001f600' * 300_000)\n'\U0001f600' * 300_000"
    cells = run(big, flood, *["print('x' * 10**6)"] * 30, output_kb=200, memory_mb=600).cells
    assert cells[0].displayed == ("6000000",)
    assert cells[1].cut
    assert all(cell.ending is CellEnding.RAN for cell in cells)
    assert sum(len(cell.printed) for cell in cells) <= 20 * 200_000


def test_a_question_brings_so_many_bytes_and_no_more(run):
    """Answers that would fill the grader's memory end the process."""
    student = run("import numpy as np\ndef f(x):\n    return np.zeros(6 * 10**6)", memory_mb=600)
    answers = call(student, "f", *range(6), seconds=120)
    assert answers[0].value.shape == (6_000_000,)
    assert answers[-1].ending is Ending.CRASHED
    assert "128 MB" in str(answers[-1].limit)


def test_large_answers_are_not_asked_for_ahead(run):
    """All that is asked together is kept: where it is too much, the rest is asked alone."""
    source = "import numpy as np\ndef f(x):\n    return np.zeros(3 * 10**6)\ndef g(x):\n    return x"
    student = run(source, memory_mb=600)
    large, small = Batch(tuple(Call((x,)) for x in range(4))), Batch((Call((1.0,)), Call((2.0,))))
    together = list(student.ask_all([*[("f", large, 120.0)] * 3, ("g", small, 120.0)]))
    assert [answers[-1].ending for answers in together] == [Ending.RETURNED] * 2
    assert student.ask("f", large, seconds=120)[-1].ending is Ending.RETURNED
    assert [answer.value for answer in student.ask("g", small, seconds=120)] == [1.0, 2.0]


def test_the_two_sides_share_a_processor_while_they_talk(run):
    """And only then: a worker that is done with a student may go where there is less to do."""
    everywhere = os.sched_getaffinity(0)
    student = run("import os\nhere = sorted(os.sched_getaffinity(0))")
    assert student.variable("here").value == sorted(os.sched_getaffinity(0))
    assert len(os.sched_getaffinity(0)) == 1
    student.close()
    assert os.sched_getaffinity(0) == everywhere


def test_a_fork_server_whose_grader_ended_unheard_leaves_nothing(tmp_path):
    """The line breaks while a word of the server's is still unread: it tidies up all the same."""
    base, scratch = tmp_path / "base", tmp_path / "scratch"
    base.mkdir()
    scratch.mkdir()
    server = ForkServer(preload=(), interpreter=this_interpreter(), uid=None, base=base, namespaces=False)
    (base / "left").write_text("here")
    ours, theirs = socket.socketpair()
    terms = {"uid": None, "memory_mb": 100, "scratch_mb": 10, "processor_seconds": 10, "processor": None}
    request = ForkChild(scratch=str(scratch), **terms)
    with ours, theirs:
        server._send(request, theirs.fileno())
        assert select.select([server._control], [], [], 120)[0]
        server._control.close()
        server._process.wait(timeout=120)
    assert not (base / "left").exists()
    server.close()
