# ruff: noqa: E501 - the sources of notebooks, as they are sent
"""Notebooks that find the grader's line and write on it."""

from autograder.doctor.attack import WIRE, Attack

_LINE = """
import json, os, select, socket, struct, threading, time
line = socket.socket(fileno=os.dup(3))
def frame(node, *buffers, sizes=None, header=None):
    header = json.dumps(node).encode() if header is None else header
    sizes = [len(b) for b in buffers] if sizes is None else sizes
    return struct.pack('<IH', len(header), len(sizes)) + struct.pack(f'<{len(sizes)}Q', *sizes) + header + b''.join(buffers)
def send(raw):
    line.sendall(raw)
def answer(value, index=0, kind='returned', changed=('l',)):
    return frame(['l', 'answers', ['l', ['l', index, kind, '', '', list(changed), value]]])
"""
_LOST = {"last": "crashed"}
_ALL_LOST = dict.fromkeys(("twice", "secret", "descend", "power", "after", "grow", "last"), "0")
"""Whoever forges the account of a cell and then ends has each later cell blamed for it in turn."""


def _in_last(name: str, code: str, *, marks: dict[str, str] | None = None, says: str = "") -> Attack:
    """While the last question is asked, this is written."""
    body = "\n".join(f"    {line}" for line in code.splitlines())
    source = f"def last(x):\n{body}\n    return 3 * x"
    return Attack(WIRE, name, _LINE, {"last": source}, marks=_LOST if marks is None else marks, says=says)


def _in_cell(name: str, code: str, marks: dict[str, str] | None = None) -> Attack:
    """While the first cell runs, this is written; the cell is lost, and skipped from then on."""
    return Attack(WIRE, name, _LINE + code, marks=marks or {})


WIRE_ATTACKS = (
    _in_last("a frame of another length than it says", "send(frame(['l', 1], header=b'[\"l\"') + b'x' * 9)"),
    _in_last("a header of 4 GiB", "send(struct.pack('<IH', 0xFFFFFFFF, 0))\ntime.sleep(9)"),
    _in_last("a buffer of 4 GiB", "send(frame(['a', '<f8', 1 << 29], sizes=[1 << 32]))\ntime.sleep(9)"),
    _in_last("sizes that overflow", "send(frame(['l'], sizes=[(1 << 64) - 1, 2]))\ntime.sleep(9)"),
    _in_last("65535 buffers of nothing", "send(frame(['l'], sizes=[0] * 65535))"),
    _in_last("deep JSON", "send(frame(0, header=b'[' * 100_000 + b']' * 100_000))"),
    _in_last("deep values", "node = ['l']\nfor _ in range(900): node = ['l', node]\nsend(frame(node))"),
    _in_last("sizes that are no numbers", "send(frame(0, b'x' * 8, header=b'[\"a\",\"<f8\",NaN]'))"),
    _in_last("a shape of infinity", "send(frame(0, b'x' * 8, header=b'[\"a\",\"<f8\",Infinity]'))"),
    _in_last("a negative shape", "send(frame(['a', '<f8', -1], b''))"),
    _in_last("a shape whose product overflows", "send(frame(['a', '<f8', 1 << 33, 1 << 33, 0], b''))"),
    _in_last("unknown types", "send(frame(['a', '|O', 1], b'x' * 8))"),
    _in_last("types of records and pointers", "send(frame(['a', '|V8', 1], b'x' * 8))"),
    _in_last("a type by its name in numpy", "send(frame(['a', 'object', 1], b'x' * 8))"),
    _in_last("texts of impossible characters", "send(frame(['a', '<U2', 1], b'\\xff' * 8))"),
    _in_last("truth values that are neither", "send(answer(['a', '|b1', 2]) + b'\\x07\\x01')"),
    _in_last("buffers that are used twice", "send(frame(['l', ['a', '<f8', 1], ['a', '<f8', 1]], b'x' * 8))"),
    _in_last("buffers that nobody uses", "send(frame(['l'], b'x' * 8))"),
    _in_last("numbers of a million digits", "send(frame(0, header=b'9' * 1_000_000))"),
    _in_last("bytes that are no text", "send(frame(0, header=bytes(range(256))))"),
    _in_last("tags that do not exist", "send(frame(['__import__', 'os']))"),
    _in_last("recipes that nobody asked for", "send(frame(['l', ['m', 'given', ['d', ['source', 'x']]]]))"),
    _in_last("a hundred thousand functions", "send(frame(['l'] + [['m', 'function', ['d', ['number', 1]]]] * 100_000))"),
    _in_last("keys that collide", "send(frame(['d'] + [[['i', hex((2**61 - 1) * k)], 0] for k in range(1, 20_000)]))"),
    _in_last("a pickle", "import pickle\nsend(pickle.dumps(print))\ntime.sleep(9)"),
    _in_last("noise", "send(os.urandom(100_000))\ntime.sleep(9)"),
    _in_last("an answer to a later question first", "send(answer(1.0, index=7))"),
    _in_last("an answer of another kind", "send(answer(1.0, kind='right'))"),
    _in_last("a verdict", "send(frame(['l', 'verdict', 'last', 'right', 1]))"),
    _in_last("answers to calls never made", "for k in range(50): send(answer(1.0, index=k))", marks={"last": "wrong"}),
    _in_last("a question to an oracle that is not there", "send(frame(['l', 'ask', 0, ['t'], ['d']]))\n"
             "line.settimeout(30)\ntry: line.recv(1000)\nexcept OSError: pass", marks={"last": "1"}),
    _in_last("a question of the wrong form", "send(frame(['l', 'ask', ['l'], 1, 2]))"),
    _in_last("a question to a reference that stands nowhere", "send(frame(['l', 'ask', '=secret', ['t', 1.0], ['d']]))\n"
             "line.settimeout(30)\ntry: line.recv(1000)\nexcept OSError: pass", marks={"last": "1"}),
    _in_last("silence", "time.sleep(60)", marks={"last": "timed_out"}, says="1 s for this question"),
    _in_last("one byte a second", "for b in answer(1.0): send(bytes([b])); time.sleep(1)",
             marks={"last": "timed_out"}, says="1 s for this question"),
    _in_last("one byte in three milliseconds", "send(struct.pack('<IH', 1 << 20, 0))\n"
             "while True: send(b' '); time.sleep(0.003)", marks={"last": "timed_out"}, says="how does it end?"),
    _in_last("questions without end, answers unread", "while True: send(frame(['l', 'ask', 0, ['t'], ['d']]))",
             marks={"last": "timed_out"}, says="how does it end?"),
    _in_last(
        "questions without end, answers read",
        "threading.Thread(target=lambda: [line.recv(1 << 16) for _ in iter(int, 1)], daemon=True).start()\n"
        "while True: send(frame(['l', 'ask', 0, ['t'], ['d']]) * 1000)",
        marks={"last": "timed_out"}, says="how does it end?",
    ),
    _in_last("as much as the wire takes", "raw = frame(['a', '|u1', 60 << 20], bytes(60 << 20))\n"
             "while True: send(raw)", marks={"last": "crashed"}),
    _in_last("as many values as the wire takes", "raw = frame(['l'] + [['l']] * 600_000)\nwhile True: send(raw)"),
    _in_last("the line closed", "os.close(3); line.close(); time.sleep(60)"),
    _in_last("half of the line closed", "line.shutdown(socket.SHUT_WR); time.sleep(60)"),
    _in_last(
        "descriptors passed with every byte",
        "rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack('i', 3))]\n"
        "for b in answer(['a', '<f8', 0]): line.sendmsg([bytes([b])], rights)",
        marks={"last": "raised"},  # no descriptor may be passed, which the call says
    ),
    _in_last("the grader's messages stolen", "line.settimeout(0.2)\ntry: line.recv(1 << 20)\nexcept OSError: pass",
             marks={"last": "1"}),
    _in_cell("a forged account of every cell", "for k in range(60):\n"
             "    send(frame(['l', 'cell', k, ['d', ['printed', 'forged'], ['figures', ['l']]]]))",
             _ALL_LOST),
    _in_cell(
        "figures without end in a forged account",
        "png = b'\\x89PNG\\r\\n\\x1a\\n' + bytes(1 << 16)\n"
        "node = ['d', ['figures', ['l'] + [['a', '|u1', len(png)]] * 20]]\n"
        "send(frame(['l', 'cell', 0, node], *[png] * 20))\nos._exit(0)",
        _ALL_LOST,
    ),
    _in_cell("an account of no cell", "send(frame(['l', 'cell', 99, ['d']]))\ntime.sleep(60)"),
    _in_cell("an account that is none", "send(frame(['l', 'cell', 0, 'text']))\ntime.sleep(60)"),
    _in_cell("an account of wrong types",
             "send(frame(['l', 'cell', 0, ['d', ['printed', 1], ['displayed', 2], ['figures', 3], ['message', ['l']]]]))\n"
             "os._exit(0)", _ALL_LOST),
    _in_cell(
        "a thread that writes during later calls",
        "def write():\n    while True: time.sleep(0.05); send(b'x')\n"
        "threading.Thread(target=write, daemon=True).start()\ntime.sleep(60)",
    ),
    _in_cell(
        "a forged pass of every public example",
        "def write():\n    time.sleep(0.001)\n"
        "    for _ in range(3): send(frame(['l', 'example', ['d', ['passed', True]]]))\n"
        "write(); time.sleep(60)",
    ),
)  # fmt: skip
