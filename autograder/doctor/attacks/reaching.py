# ruff: noqa: E501 - the sources of notebooks, as they are sent
"""Notebooks that want the grader, or its own process, to load what lies beside them."""

from autograder.doctor.attack import REACHING, Attack

_MODULES = (
    "numpy", "sitecustomize", "usercustomize", "ipykernel_launcher", "autograder", "json", "linecache", "ast",
    "traceback", "encodings", "matplotlib", "IPython",
)  # fmt: skip
_PLANT = (
    f"import os\nfor name in {_MODULES!r}:\n"
    "    open(name + '.py', 'w').write('raise SystemExit(\"planted\")')\n"
    "    os.makedirs('p/' + name, exist_ok=True); open(f'p/{name}/__init__.py', 'w').write('1/0')\n"
)

REACHING_ATTACKS = (
    Attack(REACHING, "modules with the names of ours beside the notebook", first=_PLANT),
    Attack(
        REACHING,
        "modules planted, then the process ended",
        first=_PLANT,
        answers={"last": "def last(x):\n    import os\n    os._exit(0)"},
        marks={"last": "crashed"},
    ),
    Attack(
        REACHING,
        "a module of its own, by its own code",
        first="open('helper.py', 'w').write('def three(x): return 3 * x')\nimport helper",
        answers={"last": "def last(x):\n    return helper.three(x)"},
    ),
    Attack(
        REACHING,
        "another folder before all others",
        first="import sys\nsys.path[:0] = ['/tmp', '.', '/nowhere']\nsys.meta_path.insert(0, None)",
    ),
    Attack(REACHING, "every module forgotten", first="import sys\nsys.modules.clear()", marks={}),
    Attack(
        REACHING,
        "times, modes and attributes of libraries",
        first="import numpy, os\nfor p in (os.__file__, numpy.__file__):\n    s = os.stat(p)\n    fd = os.open(p, os.O_RDONLY)\n"
        "    for step in (lambda: os.utime(fd, (1, 1)), lambda: os.utime(p), lambda: os.chmod(fd, 0o666),\n"
        "                 lambda: os.setxattr(p, 'user.x', b'x'), lambda: os.chown(fd, os.getuid(), -1)):\n"
        "        try: step()\n        except OSError: pass\n"
        "    now = os.stat(p)\n    assert (now.st_ctime_ns, now.st_mtime_ns, now.st_mode) == (s.st_ctime_ns, s.st_mtime_ns, s.st_mode)\n"
        "open('done', 'w')",
        answers={"last": "def last(x):\n    open('done').close()\n    return 3 * x"},
    ),
    Attack(
        REACHING,
        "signals asked for on the line to the grader",
        first="import fcntl, os, struct\nfor command, what in ((8, os.getppid()), (10, 9), (4, 0x2002), (15, struct.pack('ii', 2, os.getppid()))):\n"
        "    try: fcntl.fcntl(3, command, what)\n    except OSError: pass\n"
        "for request in (0x5452, 0x8901, 0x8902):\n"
        "    try: fcntl.ioctl(3, request, struct.pack('i', os.getppid()))\n    except OSError: pass",
    ),
    Attack(
        REACHING,
        "a sleeper on a page of a library woken, as by a neighbour",
        first="import ctypes, os, platform, threading, time\nlibc = ctypes.CDLL(None)\n"
        "libc.mmap.restype, libc.mmap.argtypes = ctypes.c_void_p, [ctypes.c_void_p, *[ctypes.c_size_t] * 5]\n"
        "ends = [libc.mmap(None, 4096, 1, 1, os.open(os.__file__, os.O_RDONLY), 0) for _ in range(2)]\n"
        "call = {'x86_64': 202, 'aarch64': 98}[platform.machine()]\nword = ctypes.c_uint.from_address(ends[0]).value\n"
        "def sleep():\n    libc.syscall(call, ctypes.c_void_p(ends[0]), 0, ctypes.c_uint(word), None, None, 0)\n"
        "threading.Thread(target=sleep, daemon=True).start()\ntime.sleep(0.2)\n"
        "assert libc.syscall(call, ctypes.c_void_p(ends[1]), 1, 1, None, None, 0) == -1\nopen('done', 'w')",
        answers={"last": "def last(x):\n    open('done').close()\n    return 3 * x"},
    ),
    Attack(
        REACHING,
        "what other processes do, asked of the scheduler and of their clocks",
        first="import os, time\nfound = []\nfor pid in range(1, 2000):\n"
        "    for ask in (os.sched_getscheduler, os.sched_getparam, os.sched_getaffinity, os.getpgid, os.getsid,\n"
        "                lambda n: os.getpriority(os.PRIO_PROCESS, n), lambda n: time.clock_gettime(~n << 3 | 2)):\n"
        "        if pid != os.getpid():\n"
        "            try: found.append((ask(pid), pid))\n            except OSError: pass\n"
        "assert not found\nopen('done', 'w')",
        answers={"last": "def last(x):\n    open('done').close()\n    return 3 * x"},
    ),
    Attack(
        REACHING,
        "builtins taken away",
        first="import builtins\nfor n in ('print', 'len', 'open', 'isinstance', '__import__'): delattr(builtins, n)",
    ),
)
