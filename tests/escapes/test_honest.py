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
    "many files": "k = [open(f'f{n}', 'w') for n in range(40)]\ngood = len(k) == 40",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_honest_program_works(name: str, honest_runner: Runner) -> None:
    with honest_runner.start([Cell(CellKind.CODE, PROGRAMS[name], 1)], LIMITS) as run:
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
