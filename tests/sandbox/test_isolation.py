"""How well student code is sealed, seen from inside it, and what happens where it cannot be."""

import os
import site
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.domain.answer import Batch, Call, Oracle
from autograder.domain.report import Isolation
from autograder.errors import IsolationError
from autograder.sandbox.forkserver import ForkServer
from autograder.sandbox.interpreter import this_interpreter
from autograder.sandbox.isolation import demand, isolation_of
from autograder.sandbox.runner import Runner

FACTS = {"Seccomp": "2", "NoNewPrivs": "1", "Uid": "5 5", "Gid": "5 5", "CapPrm": "0", "CapEff": "0"}
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a user to give up")


def test_the_level_is_what_the_kernel_confirms(runner, run):
    """Landlock, seccomp, limits, and a user or namespaces of its own."""
    assert runner.isolation.level >= 2
    names = {layer.split()[0] for layer in runner.isolation.layers}
    assert {"landlock", "seccomp", "rlimits", "watchdog"} <= names
    assert run("1").isolation == runner.isolation


ATTEMPTS = """
import ctypes, os, resource, signal, socket
def attempt(step):
    try:
        step()
    except (OSError, PermissionError, ValueError) as error:
        return type(error).__name__
    return "done"
tried = {
    "fork": attempt(os.fork),
    "exec": attempt(lambda: os.execv("/bin/true", ["true"])),
    "socket": attempt(socket.socket),
    "unix": attempt(lambda: socket.socket(socket.AF_UNIX)),
    "list /": attempt(lambda: os.listdir("/")),
    "write /tmp": attempt(lambda: open("/tmp/escaped", "w")),
    "read passwd": attempt(lambda: open("/etc/passwd")),
    "kill parent": attempt(lambda: os.kill(os.getppid(), 0)),
    "kill all": attempt(lambda: os.kill(-1, 0)),
    "raise limit": attempt(lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1))),
    "renice": attempt(lambda: os.setpriority(os.PRIO_PROCESS, 0, 5)),
    "setuid": attempt(lambda: os.setuid(0)),
    "pidfd": attempt(lambda: os.pidfd_open(os.getppid())),
    "proc": attempt(lambda: os.listdir(f"/proc/{os.getppid()}")),
    "memfd": attempt(lambda: os.memfd_create("x")),
}
"""


def test_nothing_outside_can_be_reached(run):
    """No process, socket, file, signal or limit of anybody else."""
    tried = run(ATTEMPTS).variable("tried").value
    assert [what for what, how in tried.items() if how == "done"] == []


def test_ordinary_work_is_possible(run):
    """Files of its own, threads, event loops, libraries imported late, copies with their modes."""
    cells = run(
        "import colorsys, wave, sqlite3, decimal, scipy.linalg" if _has("scipy") else "import colorsys, wave",
        "open('a', 'w').write('x')\nimport shutil, tempfile\nshutil.copy2('a', 'b')\ntempfile.mkdtemp()",
        "import threading\nt = threading.Thread(target=lambda: 1)\nt.start(); t.join()",
        "import asyncio\nasync def f(): await asyncio.sleep(0); return 3\nawait f()",
        "import os\nos.cpu_count(), os.getcwd() == os.environ['HOME']",
        "import subprocess\ntry: subprocess.run(['ls'])\nexcept PermissionError: print('refused')",
    ).cells
    assert [(cell.exception, cell.message) for cell in cells] == [("", "")] * len(cells)
    assert cells[-1].printed == "refused\n"


def _has(name):
    return any((Path(folder) / name).exists() for folder in site.getsitepackages())


LOOK = """
import gc, os, sys
def shows(thing):
    try:
        return any(rest.startswith("09") for rest in repr(thing).split("86753")[1:])
    except BaseException:
        return False
def look():
    found = [type(thing).__name__ for thing in gc.get_objects() if shows(thing)]
    frame = sys._getframe()
    while frame:
        found += [name for name, value in frame.f_locals.items() if shows(value)]
        frame = frame.f_back
    return found
seen = look()
modules = sorted(name for name in sys.modules if name.split(".")[0] == "autograder")
handles = sorted(os.listdir("/proc/self/fd")) if os.access("/proc/self/fd", os.R_OK) else []
words = repr(sys.argv) + repr(dict(os.environ))
kept = []
def keep(x):
    kept.append(x)
    return look()
"""


def test_a_process_holds_nothing_hidden_before_it_is_asked(runner, run, monkeypatch):
    """No reference, expected value, hidden argument or secret of the grader, anywhere in its objects.

    The same search finds the argument once a call has brought it, so it is a real one.
    """
    monkeypatch.setenv("SECRET_OF_THE_GRADER", "8675309")
    batch = Batch((Call(([8675309.0], Oracle(lambda x: x + 8675309.0))),))
    runner.frame_of("f", batch)
    student = run(LOOK + "\ndef f(x, g): pass")
    assert student.variable("seen").value == []
    assert student.ask("look", Batch((Call(),)), seconds=120)[0].value == []
    (found,) = student.ask("keep", Batch((Call(([8675309.0],)),)), seconds=120)
    assert "list" in found.value


def test_a_process_knows_nothing_of_the_grader(run):
    """Its environment, arguments, descriptors and modules are those of an empty room."""
    student = run(LOOK)
    words = student.variable("words").value
    assert str(Path.home()) not in words
    assert not {name for name in os.environ if name in words} & {
        "SSH_AUTH_SOCK",
        "VIRTUAL_ENV",
        "PWD",
        "USER",
    }
    assert len(student.variable("handles").value) <= 5
    allowed = (
        "autograder.sandbox.worker",
        "autograder.sandbox.protocol",
        "autograder.sandbox.messages",
        "autograder.sandbox.confine",
        "autograder.sandbox.system",
    )
    others = [name for name in student.variable("modules").value if not name.startswith(allowed)]
    assert others == ["autograder", "autograder.sandbox"]


def test_the_fork_server_loads_nothing_of_the_judging_side(runner):
    """Only its own room: worker, wire and confinement, below two empty packages."""
    runner.isolation  # noqa: B018 - launches the server
    allowed = (
        "autograder.sandbox.worker",
        "autograder.sandbox.protocol",
        "autograder.sandbox.messages",
        "autograder.sandbox.confine",
        "autograder.sandbox.system",
    )
    others = [name for name in runner._server.modules if not name.startswith(allowed)]
    assert others == ["autograder", "autograder.sandbox"]


def test_two_processes_cannot_see_each_other(run):
    """Two notebooks alive at once have different users and folders."""
    first, second = (
        run("import os; me = os.getuid(), os.getcwd()"),
        run("import os; me = os.getuid(), os.getcwd()"),
    )
    one, other = first.variable("me").value, second.variable("me").value
    assert one[1] != other[1]
    assert os.geteuid() != 0 or one[0] != other[0]
    peek = "import os\ndef peek(path):\n    return os.listdir(path)"
    (answer,) = run(peek).ask("peek", Batch((Call((one[1],)),)), seconds=120)
    assert answer.exception == "PermissionError"


def test_a_folder_student_code_could_read_is_refused(tmp_path):
    """A course inside the interpreter's own folders cannot be kept from students."""
    with pytest.raises(IsolationError, match="could read this folder"):
        Runner(forbidden=[Path(sys.prefix) / "course"])
    Runner(forbidden=[tmp_path]).close()


def test_too_little_isolation_is_refused_with_the_flag_that_accepts_it():
    """The sentence names the missing layer."""
    uid = {"uid": 5} if os.geteuid() == 0 else {}
    poor = isolation_of({"rlimits": None, "seccomp": 9, **uid}, (), FACTS)
    assert poor.level == 1
    with pytest.raises(IsolationError, match=r"landlock \(not there\).*--accept-isolation 1"):
        demand(poor, {"landlock": "not there"}, 2)
    demand(poor, {"landlock": "not there"}, 1)
    lying = isolation_of({"rlimits": None, "seccomp": 9, "landlock": 7, **uid}, (), FACTS | {"Seccomp": "0"})
    assert lying.level == 1
    with pytest.raises(IsolationError):
        demand(Isolation(0), {"rlimits": "refused"}, 1)


def test_namespaces_or_a_user_of_its_own_make_it_sealed():
    """Without either it is confined."""
    layers = {"rlimits": None, "seccomp": 9, "landlock": 7}
    if os.geteuid() == 0:
        assert isolation_of(layers, ("user", "pid"), FACTS).level == 1
        assert isolation_of(layers | {"uid": 5}, (), FACTS).level == 3
    else:
        assert isolation_of(layers, ("user", "pid"), FACTS).level == 3
        assert isolation_of(layers, (), FACTS).level == 2


def _hidden_from_others():
    """Whether the interpreter lies below a folder that only its owner may enter."""
    return any(
        not folder.stat().st_mode & 1 for root in this_interpreter().roots for folder in Path(root).parents
    )


@as_root
def test_an_interpreter_out_of_reach_is_refused_where_nothing_can_be_mounted(tmp_path):
    """Without mounts of its own the fork server names the folder and the two ways out."""
    if not _hidden_from_others():
        pytest.skip("this interpreter is within everybody's reach")
    with pytest.raises(
        IsolationError, match=r"cannot enter: use an interpreter under /usr or /opt, or grade as"
    ):
        ForkServer(preload=(), interpreter=this_interpreter(), uid=60999, base=tmp_path, namespaces=False)


@as_root
def test_an_interpreter_out_of_reach_is_bound_where_that_can_be_done(run):
    """Libraries load late, and the rest of the folder that hid them is not there."""
    if not _hidden_from_others():
        pytest.skip("this interpreter is within everybody's reach")
    home = next(folder for root in this_interpreter().roots for folder in reversed(Path(root).parents)
                if not folder.stat().st_mode & 1)  # fmt: skip
    late, hidden = run("import wave", f"import os\nos.stat({str(home / '.bashrc')!r})").cells
    assert late.exception == ""
    assert hidden.exception == "FileNotFoundError"


ORPHAN = """
import os, sys
from autograder.domain.course import Limits
from autograder.domain.notebook import Cell, CellKind
from autograder.sandbox.runner import Runner
runner = Runner()
run = runner.start([Cell(CellKind.CODE, "x = 1", 1)], Limits())
print(runner._server.pid, run._process.pid, runner._base, flush=True)
os._exit(0)
"""


def test_a_grader_that_dies_leaves_nothing(runner):
    """Its fork server, its children and their folders go with it."""
    runner.isolation  # noqa: B018 - skips where nothing can be confined
    told = subprocess.run([sys.executable, "-c", ORPHAN], capture_output=True, text=True, check=True).stdout
    server, child, base = told.split()
    end = time.monotonic() + 600
    while any(map(os.path.exists, (f"/proc/{server}", f"/proc/{child}", base))) and time.monotonic() < end:
        time.sleep(0.05)
    assert not Path(base).exists()
    assert not Path(f"/proc/{child}").exists()
