# ruff: noqa: E501 - the sources of notebooks, as they are sent
"""What honest programs do with descriptors works in a sealed process: locks, loops, pools, copies."""

from collections.abc import Iterator

import pytest

from autograder.domain.course import Limits
from autograder.domain.notebook import Cell, CellKind
from autograder.errors import IsolationError
from autograder.sandbox.runner import Runner

LIMITS = Limits(seconds_per_cell=20.0, seconds=60.0, memory_mb=512, scratch_mb=16)
PROGRAMS = {
    "sqlite": "import sqlite3\nc = sqlite3.connect('a.db')\nc.execute('create table t (x)')\n"
    "c.execute('insert into t values (1)')\nc.commit()\ngood = c.execute('select x from t').fetchall() == [(1,)]",
    "shelve": "import shelve\nwith shelve.open('s') as s: s['a'] = [1]\nwith shelve.open('s') as s: good = s['a'] == [1]",
    "asyncio": "import asyncio\nasync def f():\n    await asyncio.sleep(0.01)\n"
    "    return await asyncio.to_thread(lambda: 1)\nloop = asyncio.new_event_loop()\n"
    "import threading\nfound = []\nt = threading.Thread(target=lambda: found.append(loop.run_until_complete(f())))\n"
    "t.start(); t.join(); loop.close()\ngood = found == [1]",
    "tempfile": "import tempfile\nwith tempfile.TemporaryDirectory() as d, tempfile.NamedTemporaryFile(dir=d) as f,"
    " tempfile.TemporaryFile() as g:\n    f.write(b'x'); g.write(b'y')\ngood = True",
    "a pool of threads": "from concurrent.futures import ThreadPoolExecutor\n"
    "with ThreadPoolExecutor(4) as p: good = list(p.map(abs, [-1, 2])) == [1, 2]",
    "locks": "import fcntl\nf = open('l', 'w+')\nfcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
    "fcntl.flock(f, fcntl.LOCK_UN)\nfcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB)\ngood = True",
    "copies": "import shutil, os\nopen('a', 'wb').write(b'x' * 99999)\nshutil.copy2('a', 'b')\n"
    "os.mkdir('d'); shutil.copytree('d', 'e'); shutil.move('a', 'c')\n"
    "good = open('b', 'rb').read() == open('c', 'rb').read()",
    "pairs and pipes": "import os, socket, select\na, b = socket.socketpair()\na.settimeout(1)\na.sendall(b'x')\n"
    "r, w = os.pipe()\nos.set_blocking(r, False)\nos.set_inheritable(w, True)\nos.write(w, b'y')\n"
    "good = (b.recv(1), os.read(r, 1), os.isatty(r)) == (b'x', b'y', False)",
    "a memory map": "import numpy as np\nm = np.memmap('m', float, 'w+', shape=(10,))\nm[:] = 1\nm.flush()\n"
    "np.savez('z.npz', m=m)\ngood = np.load('z.npz')['m'].sum().item() == 10",
    "locks that exclude": "import fcntl, os\na, b = open('l', 'w'), open('l')\nfcntl.flock(a, fcntl.LOCK_EX)\n"
    "def free(f, how):\n    try: fcntl.flock(f, how | fcntl.LOCK_NB)\n    except BlockingIOError: return False\n    return True\n"
    "copy = os.dup(a.fileno())\n"
    "found = [free(b, fcntl.LOCK_SH), free(copy, fcntl.LOCK_EX), free(a, fcntl.LOCK_SH), free(b, fcntl.LOCK_SH)]\n"
    "fcntl.flock(b, fcntl.LOCK_UN)\nos.close(copy)\na.close()\nfound.append(free(b, fcntl.LOCK_EX))\n"
    "good = found == [False, True, True, True, True]",
    "a lock that is waited for": "import fcntl, threading, time\na, b = open('l', 'w'), open('l')\nfcntl.flock(a, fcntl.LOCK_EX)\n"
    "t = threading.Thread(target=fcntl.flock, args=(b, fcntl.LOCK_EX))\nt.start()\nfcntl.flock(a, fcntl.LOCK_UN)\n"
    "t.join(10)\ngood = not t.is_alive()",
    "asking for a lock": "import fcntl, struct\nf = open('l', 'w+')\nfcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 2)\n"
    "told = fcntl.fcntl(f, fcntl.F_GETLK, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0))\n"
    "good = struct.unpack('hhqqi4x', told)[0] == fcntl.F_UNLCK",
    "two connections": "import sqlite3\na, b = (sqlite3.connect('a.db', timeout=0, isolation_level=None) for _ in 'ab')\n"
    "a.execute('create table t (x)')\na.execute('begin immediate')\na.execute('insert into t values (1)')\n"
    "try:\n    b.execute('begin immediate')\n    good = False\nexcept sqlite3.OperationalError as e: good = 'locked' in str(e)\n"
    "a.execute('commit')\ngood = good and b.execute('select x from t').fetchall() == [(1,)]",
    "a journal beside": "import sqlite3\nc = sqlite3.connect('a.db')\ngood = c.execute('pragma journal_mode=wal').fetchone() == ('wal',)\n"
    "c.execute('create table t (x)')\nc.commit()",
    "a file of keys": "import dbm\nwith dbm.open('d', 'c') as d: d['a'] = b'1'\nwith dbm.open('d') as d: good = d['a'] == b'1'",
    "touching files": "import os, time\nfrom pathlib import Path\np = Path('n')\np.touch()\np.write_text('abc')\nbefore = p.stat().st_mtime_ns\n"
    "while p.stat().st_mtime_ns == before:\n    time.sleep(0.01)\n    p.touch()\nos.utime('n')\nos.utime(p, (1, 1))\n"
    "Path('d').mkdir()\nos.utime('d')\n"
    "try: os.utime('nothing')\nexcept FileNotFoundError: good = p.read_text() == 'abc'",
    "archives": "import os, tarfile, zipfile\nopen('q', 'w').write('x')\nwith zipfile.ZipFile('z.zip', 'w') as z: z.write('q')\n"
    "zipfile.ZipFile('z.zip').extractall('o')\nwith tarfile.open('t.tgz', 'w:gz') as t: t.add('q')\n"
    "with tarfile.open('t.tgz') as t: t.extractall('p')\ngood = os.listdir('o') == os.listdir('p') == ['q']",
    "logs that are rotated": "import logging.handlers, os\nh = logging.handlers.RotatingFileHandler('x.log', maxBytes=100, backupCount=2)\n"
    "l = logging.getLogger('x')\nl.propagate = False\nl.addHandler(h)\nfor k in range(50): l.warning('hello %d', k)\n"
    "h.close()\ngood = sorted(os.listdir('.')) == ['x.log', 'x.log.1', 'x.log.2']",
    "much over a stream": "import asyncio, socket, threading\nasync def f():\n    a, b = socket.socketpair()\n"
    "    (r, v), (q, w) = await asyncio.open_connection(sock=a), await asyncio.open_connection(sock=b)\n"
    "    w.write(bytes(1 << 21))\n    found, _ = await asyncio.gather(r.readexactly(1 << 21), w.drain())\n    w.close()\n    return len(found)\n"
    "good = asyncio.run(f()) == 1 << 21",
    "selectors and signals": "import select, selectors, signal, socket, threading\na, b = socket.socketpair()\na.setblocking(False)\n"
    "s = selectors.DefaultSelector()\ns.register(b, selectors.EVENT_READ)\nold = signal.set_wakeup_fd(a.fileno())\n"
    "signal.signal(signal.SIGUSR2, lambda *_: None)\nsignal.raise_signal(signal.SIGUSR2)\n"
    "good = len(s.select(10)) == 1 and b.recv(1) == bytes([signal.SIGUSR2])\nsignal.set_wakeup_fd(old)",
    "anonymous memory": "import mmap\nm = mmap.mmap(-1, 1 << 20)\nm.write(b'x')\nm.madvise(mmap.MADV_WILLNEED)\ngood = m[0] == 120",
    "numbers on disk": "import numpy as np\nnp.save('a.npy', np.arange(5.0))\nm = np.load('a.npy', mmap_mode='r+')\nm[0] = 7\nm.flush()\n"
    "good = np.load('a.npy').tolist() == [7, 1, 2, 3, 4]",
    "shared memory, as asked for": "import mmap\nm = [mmap.mmap(-1, 13), mmap.mmap(-1, 13, mmap.MAP_SHARED), mmap.mmap(-1, 13, access=mmap.ACCESS_WRITE),\n"
    "     mmap.mmap(-1, length=13, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS), mmap.mmap(-1, 13, access=mmap.ACCESS_COPY)]\n"
    "for x in m: x.write(b'Hello world!')\n"
    "with mmap.mmap(-1, 13, access=mmap.ACCESS_READ) as r: good = r[:2] == b'\\0\\0' and all(x[:5] == b'Hello' for x in m)\n"
    "good = good and isinstance(m[0], mmap.mmap) and type(m[0]).__name__ == 'mmap'",
    "many mappings": "import mmap\nm = [mmap.mmap(-1, 4096) for _ in range(5000)]\ngood = len(m) == 5000",
    "many files": "k = [open(f'f{n}', 'w') for n in range(40)]\ngood = len(k) == 40",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_honest_program_works(name: str, honest_runner: Runner) -> None:
    with honest_runner.start([Cell(CellKind.CODE, PROGRAMS[name], 1)], LIMITS) as run:
        assert not run.cells[0].exception, run.cells[0].message
        assert run.variable("good").value is True


REFUSED = {
    "import subprocess\nsubprocess.run(['ls'])": "No other process can be started while a notebook is graded",
    "import subprocess\nsubprocess.check_output('ls', shell=True)": "use one process, or a pool of threads.",
    "from multiprocessing.shared_memory import SharedMemory\nSharedMemory(create=True, size=9)": "No memory can be shared",
}


@pytest.mark.parametrize("source", REFUSED)
def test_what_cannot_be_is_said_in_one_sentence(source: str, honest_runner: Runner) -> None:
    with honest_runner.start([Cell(CellKind.CODE, source, 1)], LIMITS) as run:
        assert run.cells[0].exception == "PermissionError"
        assert REFUSED[source] in run.cells[0].message


@pytest.mark.parametrize("library", ["subprocess", "platform", "uuid", "webbrowser", "ctypes.util"])
def test_libraries_do_without_a_program(library: str, honest_runner: Runner) -> None:
    """As where there is no such program: they catch what the system says."""
    source = {
        "subprocess": "import subprocess\ntry: subprocess.run(['ls'])\nexcept OSError: good = True",
        "platform": "import platform\ngood = bool(platform.platform()) and platform.processor() is not None",
        "uuid": "import uuid\ngood = uuid.uuid1().version == 1",
        "webbrowser": "import webbrowser\ngood = webbrowser.open('x:') in (True, False)",
        "ctypes.util": "from ctypes.util import find_library\nfind_library('m')\ngood = True",
    }[library]
    with honest_runner.start([Cell(CellKind.CODE, source, 1)], LIMITS) as run:
        assert not run.cells[0].exception, run.cells[0].message
        assert run.variable("good").value is True


@pytest.fixture(scope="module")
def honest_runner() -> Iterator[Runner]:
    with Runner() as runner:
        try:
            runner.isolation  # noqa: B018 - launches the fork server
        except IsolationError as error:
            pytest.skip(f"this machine cannot confine student code: {error}")
        yield runner
