# ruff: noqa: E501 - the sources of notebooks, as they are sent
"""Notebooks that want more time, memory, disk, processes or output than they may have."""

from autograder.doctor.attack import EXHAUSTION, Attack

_CELL = "1 s for a cell"
_QUESTION = "1 s for this question"
_ENDLESS = "how does it end?"
"""What is said of a loop whose condition nothing changes."""
_MEMORY = "300 MB of memory"


def _cell(name: str, source: str, says: str = "") -> Attack:
    """A cell that does it: it costs that cell."""
    return Attack(EXHAUSTION, name, first=source, says=says)


def _call(name: str, code: str, mark: str, says: str = "") -> Attack:
    """A question's function that does it: it costs that question."""
    body = "\n".join(f"    {line}" for line in code.splitlines())
    answers = {"last": f"def last(x):\n{body}\n    return 3 * x"}
    return Attack(EXHAUSTION, name, answers=answers, marks={"last": mark}, says=says)


_STUBBORN = (
    "import signal\n"
    "for s in signal.valid_signals():\n"
    "    try: signal.signal(s, signal.SIG_IGN)\n"
    "    except (OSError, ValueError): pass\n"
    "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n"
)
_FILL = "block = b'x' * (1 << 20)\n"
_SPARSE = (
    "import ctypes\nc = ctypes.CDLL(None)\nc.mmap.restype = ctypes.c_void_p\n"
    "c.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]\n"
    "def look(n, size=4096):\n"
    "    at = c.mmap((1 << 44) + n * (1 << 30), size, 3, 0x100022, -1, 0)\n"
    "    if at in (None, (1 << 64) - 1): return False\n"
    "    for step in range(0, size, 1 << 21): ctypes.c_char.from_address(at + step).value\n"
    "    return True\n"
)
_LIBRARIES = (
    "import fcntl, os, signal, time\nsignal.signal(29, signal.SIG_IGN)\nheld = []\n"
    "for place, _, names in os.walk(os.path.dirname(os.__file__)):\n"
    "    held += [os.path.join(place, name) for name in names if name.endswith('.py')]\n"
    "held = [os.open(path, os.O_RDONLY) for path in held[:40]]\n"
)

EXHAUSTION_ATTACKS = (
    _cell("a loop", "while True: pass", _CELL),
    _cell("a loop that catches everything", "while True:\n    try:\n        while True: pass\n    except BaseException: pass", _CELL),
    _cell("a loop in C", "sum(range(10**12))", _CELL),
    _cell("a loop in a regular expression", "import re\nre.match('(a+)+b', 'a' * 60)", _CELL),
    _cell("a loop in numpy", "import numpy as np\nx = np.ones(10**6)\nwhile True: x = np.sin(x)", _CELL),
    _cell("a loop that ignores every signal", _STUBBORN + "while True: pass", _CELL),
    _cell("sleeping without end", _STUBBORN + "import time\nwhile True: time.sleep(100)", _CELL),
    _cell("stopping itself", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", _CELL),
    _cell("waiting for the keyboard", "input()"),
    _cell("a lock held by itself", "import threading\nl = threading.Lock()\nl.acquire(); l.acquire()", _CELL),
    _cell("a loop when it is interrupted", "import signal\ndef again(*a):\n    while True: pass\nsignal.signal(2, again)\nwhile True: pass", _CELL),
    _cell("a loop when it is forgotten", "class Forgotten:\n    def __del__(self):\n        while True: pass\nx = Forgotten()\ndel x"),
    _cell("a number with a billion digits", "x = 9 ** (9 ** 9)", ""),
    _cell("recursion", "def f(): f()\nf()"),
    _cell("recursion without a limit", "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()"),
    _cell("recursion in C", "import sys\nsys.setrecursionlimit(10**9)\nx = []\nfor _ in range(10**6): x = [x]\nrepr(x)"),
    _cell("recursion of the parser", "eval('(' * 10**5 + ')' * 10**5)"),
    _cell("a null pointer", "import ctypes\nctypes.string_at(0)"),
    _cell("an invalid instruction", "import os\nos.abort()"),
    _call("a loop in a question", "while True: pass", "timed_out", _ENDLESS),
    _call("a loop that ignores every signal in a question", _STUBBORN + "while True: pass", "timed_out", _ENDLESS),
    _call("stopping itself in a question", "import os\nos.kill(os.getpid(), 19)", "timed_out", _QUESTION),
    _call("the interpreter ended by a bad pointer", "import ctypes\nctypes.string_at(1)", "crashed"),
    _cell("memory by numpy", "import numpy as np\ndef fill():\n    x = []\n    while True: x.append(np.ones(10**6))\nfill()"),
    _cell("memory by one array", "import numpy as np\nx = np.ones(10**10)"),
    _cell("memory by bytes", "x = bytearray(10**9)"),
    _cell("memory by many small objects", "x = []\nwhile True: x.append([object() for _ in range(1000)])"),
    _cell("memory by a shared anonymous map", "import mmap\nm = [mmap.mmap(-1, 1 << 26) for _ in range(99)]\nfor x in m: x.write(b'x' * (1 << 26))"),
    _cell("memory by a map of a file", "import mmap\nf = open('f', 'wb+')\nf.truncate(1 << 23)\nm = [mmap.mmap(f.fileno(), 1 << 23) for _ in range(999)]"),
    _cell("memory by memfd", "import os\nfd = os.memfd_create('x')\nos.ftruncate(fd, 10**10)"),
    _cell("memory by pipes and sockets", "import os, socket\nk = []\nwhile True:\n    k.append(socket.socketpair())\n    k[-1][0].setblocking(False)\n    try:\n        while True: k[-1][0].send(b'x' * 65536)\n    except BlockingIOError: pass"),
    _cell("memory by tables of pages", _SPARSE + "n = 0\nwhile look(n): n += 1\nimport time\ntime.sleep(9)", _MEMORY),
    _call("memory by tables of pages in a question", _SPARSE + "n = 0\nwhile look(n): n += 1\nimport time\ntime.sleep(9)", "out_of_memory", _MEMORY),
    _cell("tables of pages given back and taken again", _SPARSE + "for _ in range(3):\n    for n in range(2000): look(n)\n    for n in range(2000): c.munmap(ctypes.c_void_p((1 << 44) + n * (1 << 30)), ctypes.c_size_t(4096))"),
    _cell("small mappings by the ten thousand", "import mmap\nk = []\nwhile True: k.append(mmap.mmap(-1, 4096))"),
    _cell("sockets full, then all the memory there is", "import socket\nk = []\ntry:\n    while True:\n        for s in socket.socketpair():\n            k.append(s); s.setblocking(False)\n            try:\n                while True: s.send(bytes(1 << 20))\n            except BlockingIOError: pass\nexcept OSError: pass\nx = []\nwhile True: x.append(bytearray(10**6))"),
    _cell("locks by the ten thousand", "import fcntl\nf = open('f', 'w')\nfor k in range(0, 60_000, 2): fcntl.lockf(f, fcntl.LOCK_EX, 1, k)"),
    _cell("leases on libraries, and waiting", _LIBRARIES + "for fd in held:\n    for kind in (1, 0):\n        try: fcntl.fcntl(fd, 1024, kind)\n        except OSError: pass\nwhile True: time.sleep(100)", _CELL),
    _cell("locks on libraries, and waiting", _LIBRARIES + "for fd in held:\n    fcntl.flock(fd, fcntl.LOCK_EX)\n    fcntl.lockf(fd, fcntl.LOCK_SH)\nwhile True: time.sleep(100)", _CELL),
    _cell("signals, timers and events without end", "import ctypes, os, select, signal\nc = ctypes.CDLL(None)\nat = ctypes.create_string_buffer(8)\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(34, 64))\nn = 0\nwhile n < 10**4 and c.timer_create(1, 0, at) == 0: n += 1\nfor k in range(10**4): os.kill(os.getpid(), 34 + k % 30)\nk = []\nwhile True: k += [select.epoll(), os.eventfd(0)]"),
    _cell("memory by the C library", "import ctypes\nm = ctypes.CDLL(None).malloc\nm.restype = ctypes.c_void_p\nwhile True:\n    p = m(1 << 24)\n    if not p: raise MemoryError\n    ctypes.memset(p, 1, 1 << 24)"),
    _call("memory in a question", "import numpy as np\ny = []\nwhile True: y.append(np.empty(10**7))", "out_of_memory", _MEMORY),
    _cell("memory caught and tried again", "while True:\n    x = []\n    try:\n        while True: x.append(bytearray(10**7))\n    except MemoryError: pass"),
    _cell("forks", "import os\nwhile True: os.fork()"),
    _cell("forks by every library", "import os, subprocess, multiprocessing\nfor f in (lambda: subprocess.Popen(['true']), lambda: multiprocessing.Process(target=print).start(), os.fork, os.forkpty, lambda: os.system('true'), lambda: os.spawnl(1, '/bin/true', 'x')):\n    try: print('made', f())\n    except OSError: pass"),
    _cell("threads", "import threading, time\nthreading.stack_size(32768)\nwhile True: threading.Thread(target=time.sleep, args=(100,), daemon=True).start()"),
    _cell("threads that compute on", "import threading\ndef f():\n    while True: pass\nfor _ in range(4): threading.Thread(target=f, daemon=True).start()"),
    _cell("descriptors", "k = []\nwhile True: k.append(open('/dev/null'))"),
    _cell("a gigabyte of output", "line = 'x' * 10**6\nfor _ in range(1000): print(line)"),
    _cell("output without end", "while True: print('x' * 1000)", _CELL),
    _cell("output to the real streams without end", "import os\nwhile True: os.write(1, b'x' * 10**6)", _CELL),
    _cell("displays without end", "from IPython.display import display\nwhile True: display('x' * 1000)", _CELL),
    _cell("a display that is large", "class Large:\n    def __repr__(self): return 'x' * 10**8\nLarge()"),
    _cell("a display that never ends", "class Endless:\n    def __repr__(self):\n        while True: pass\nEndless()", _CELL),
    _cell("figures without end", "import matplotlib.pyplot as plt\nfor k in range(30):\n    plt.figure(figsize=(1, 1)); plt.plot([k])"),
    _cell("an enormous figure", "import matplotlib.pyplot as plt\nplt.figure(figsize=(600, 600)); plt.plot([1])"),
    _cell("an exception with a long message", "raise ValueError('x' * 10**8)"),
    _cell("an exception without end", "e = None\nfor k in range(10**5):\n    n = ValueError(k); n.__cause__ = e; e = n\nraise e"),
    _cell("an exception that cannot be printed", "class E(Exception):\n    def __str__(self): raise SystemExit\n    __repr__ = __str__\nraise E"),
    _cell("an exception that never ends printing", "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E", _CELL),
    _cell("a large file", _FILL + "f = open('f', 'wb')\nfor _ in range(100): f.write(block)"),
    _cell("many files", "for k in range(10**6): open(f'f{k}', 'w').write('x')"),
    _cell("many middle-sized files", _FILL + "for k in range(1000): open(f'f{k}', 'wb').write(block)"),
    _cell("files deleted while open", _FILL + "import os\nk = []\nfor n in range(90):\n    f = open(f'f{n}', 'wb', 0)\n    for _ in range(4): f.write(block)\n    os.unlink(f'f{n}')\n    k.append(f)"),
    _cell("files in a folder nobody may look into", _FILL + "import os\nos.mkdir('d', 0o300)\nfor n in range(90): open(f'd/f{n}', 'wb').write(block)"),
    _cell("files reserved, not written", "import os\nfor n in range(90):\n    fd = os.open(f'f{n}', os.O_CREAT | os.O_RDWR)\n    os.posix_fallocate(fd, 0, 4 << 20)"),
    _cell("one sparse file", "f = open('f', 'wb')\nf.truncate(1 << 40)"),
    _cell("deep folders", "import os\nfor k in range(20_000):\n    os.mkdir('d' * 200); os.chdir('d' * 200)"),
    _cell("links in circles", "import os\nos.symlink('.', 'a')\nos.symlink('b', 'c'); os.symlink('c', 'b')\nos.symlink('/', 'root')"),
    _cell("names that are hard to remove", "import os\nfor n in ('-rf', '*', ' ', '\\n', '\\x1b[2J', 'é', '.' * 200): os.makedirs(f'{n}/x', 0o000, exist_ok=True)"),
    Attack(
        EXHAUSTION,
        "a reference asked for more steps than there are",
        answers={"power": "def power(x, n):\n    return x", "grow": "def grow(x, n):\n    return power(x, 10**15)"},
        marks={"power": "wrong", "grow": "0"},
    ),
    Attack(
        EXHAUSTION,
        "a reference asked for more memory than there is",
        answers={"power": "def power(x, n):\n    return x",
                 "grow": "def grow(x, n):\n    for k in range(40): x = power(x, 0)\n    return power([x] * 4000, 60)"},
        marks={"power": "wrong", "grow": "0"},
    ),
    Attack(
        EXHAUSTION,
        "an oracle asked without end",
        answers={"descend": "def descend(f, x):\n    while True: f(x)"},
        marks={"descend": "0"},
    ),
    Attack(
        EXHAUSTION,
        "an oracle asked at too much",
        answers={"descend": "def descend(f, x):\n    import numpy as np\n    f(np.ones(10**7))\n    return f(x) - 1.0"},
        marks={"descend": "raised"},
    ),
    Attack(EXHAUSTION, "a thread that computes during later calls",
           first="import threading\ndef f():\n    k = 0\n    while True: k += 1\nthreading.Thread(target=f, daemon=True).start()"),
    Attack(EXHAUSTION, "collections that take for ever",
           first="import gc, sys\ngc.set_threshold(1)\nsys.setswitchinterval(1e-9)"),
)  # fmt: skip
