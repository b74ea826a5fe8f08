"""Found by the fork server's interpreter where PYTHONPATH names this folder: changes what its children do.

With AUTOGRADER_BOARD each child times its phases, with AUTOGRADER_BARE it is held by limits alone.
A child may neither open a file nor write to one, so it writes into memory that was mapped before its fork.
The clock is the thread's: where RLIMIT_CPU is set, that of the process stands still between ticks.
"""

import importlib.machinery
import json
import mmap
import os
import sys
import time
from pathlib import Path

_CHILD = "autograder.sandbox.worker.child"
_spent = {}
_inner = [0.0]
_TOLD_EVERY = 0.0005


def _timed(function, phase):
    """The function, whose time counts under a phase, without that of phases inside it."""

    def timed(*args, **kwargs):
        began = time.thread_time()
        _inner.append(0.0)
        try:
            return function(*args, **kwargs)
        finally:
            now = time.thread_time()
            _spent[phase] = _spent.get(phase, 0.0) + now - began - _inner.pop()
            _inner[-1] += now - began
            # Told now and then inside a phase too: who has sent the last answers may be ended there.
            if len(_inner) == 1 or now - _spent.get("alive", 0.0) > _TOLD_EVERY:
                _spent["alive"] = now
                told = json.dumps(_spent).encode() + b"\0"
                _board[: len(told)] = told

    return timed


def _watch(child):
    leave = _timed(child.leave_server, "fork and seal")

    def left(*args):
        _spent.clear()  # of what the server did to warm itself
        return leave(*args)

    child.leave_server = left
    child.seal = _timed(child.seal, "fork and seal")
    child.run_example = _timed(child.run_example, "examples")
    child.Child._run_cells = _timed(child.Child._run_cells, "cells")
    child.CellRunner._do = _timed(child.CellRunner._do, "student's own")
    child.Calls.answer = _timed(child.Calls.answer, "calls")
    child.Exchange._ask = _timed(child.Exchange._ask, "questions to oracles")
    shell = sys.modules[child.Shell.__module__]
    shell.png_of = _timed(shell.png_of, "figures")
    answer = child.Calls._answer

    def answered(calls, index, function, args, kwargs, *, timed):
        return answer(calls, index, _timed(function, "student's own"), args, kwargs, timed=timed)

    child.Calls._answer = answered


def _bare(child):
    sealing = sys.modules[child.seal.__module__]

    def seal(terms, server):
        sealed, wanted = sealing.Sealed(), terms.grader
        os.chdir(wanted.scratch)
        ceiling = sealing.limits.Ceiling(
            terms.mapped, wanted.memory_mb, wanted.scratch_mb, wanted.processor_seconds, threads=1000
        )
        sealed.attempt("rlimits", lambda: sealing.limits.hold_to(ceiling))
        return sealed

    child.seal = seal


class _Finder:
    """Changes the module of the child when it is imported, and goes."""

    def __init__(self, change):
        self._change = change

    def find_spec(self, name, path=None, target=None):
        if name != _CHILD:
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        execute = spec.loader.exec_module

        def changed(module):
            execute(module)
            self._change(module)

        spec.loader.exec_module = changed
        return spec


if "AUTOGRADER_BOARD" in os.environ:
    with Path(os.environ["AUTOGRADER_BOARD"]).open("r+b") as _file:
        _board = mmap.mmap(_file.fileno(), 0)
    sys.meta_path.insert(0, _Finder(_watch))
if "AUTOGRADER_BARE" in os.environ:
    sys.meta_path.insert(0, _Finder(_bare))
