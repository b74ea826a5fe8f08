"""A notebook runs as its author expects, and says what it printed, showed and raised."""

import base64

import pytest

from autograder.domain.answer import Batch, Call
from autograder.domain.report import CellEnding


def only(run, source, **limits):
    (cell,) = run(source, **limits).cells
    return cell


def test_cells_share_their_names_and_show_their_last_value(run):
    """What one cell defines the next can use; the last expression is displayed, None and `;` are not."""
    cells = run("x = 20", "x + 1", "x + 2;", "None", "'text'").cells
    assert [cell.displayed for cell in cells] == [(), ("21",), (), (), ("'text'",)]
    assert [cell.number for cell in cells] == [1, 2, 3, 4, 5]
    assert all(cell.ending is CellEnding.RAN for cell in cells)


def test_only_a_last_expression_is_shown(run):
    """However a cell ends: in a call over several lines, in a comparison, behind a semicolon, in a body."""
    cells = run(
        "x = (1 +\n2)\n(\nx\n)",
        "x == 3",
        "y = 4; y",
        "if x:\n    5",
        "def f(): return 6\n\nf()  # six\n# the end",
        "x = y = 7",
        "from math import (\n    pi,\n)",
        "importance = 8\nimportance",
    ).cells
    assert [cell.displayed for cell in cells] == [("3",), ("True",), ("4",), (), ("6",), (), (), ("8",)]


def test_what_is_shown_replaces_no_underscore_of_the_student(run):
    student = run("def _(x):\n    return 2 * x\n\ndef f(x):\n    return _(x)", "1 + 1", "f(2)")
    assert student.cells[-1].displayed == ("4",)
    assert run("7", "_ + 1").cells[-1].displayed == ("8",)


def test_a_failing_cell_is_recorded_and_the_next_one_runs(run):
    """The traceback shows the student's lines and none of ours."""
    failed, after = run("def f():\n    return 1 / 0\nf()", "2").cells
    assert failed.ending is CellEnding.RAISED
    assert (failed.exception, failed.message) == ("ZeroDivisionError", "division by zero")
    assert 'File "<cell 1>", line 2, in f' in failed.traceback
    assert "autograder" not in failed.traceback
    assert after.displayed == ("2",)


def test_how_deep_endless_recursion_came_is_not_told(run):
    """That depends on frames of ours, and would be another number where another process runs the cell."""
    [failed] = run("def f(x):\n    return f(x)\nf(1)").cells
    assert "[Previous line repeated many more times]" in failed.traceback
    [told] = run("def f(x):\n    return f(x - 1) if x else 1 / x\nf(20)").cells
    assert "[Previous line repeated 18 more times]" in told.traceback


def test_an_exception_of_the_students_own_is_named_by_its_built_in_base(run):
    """A class name is the student's word; the base is not."""
    assert only(run, "class Right100(ValueError): pass\nraise Right100('x')").exception == "ValueError"


@pytest.mark.parametrize(
    "source", ["raise SystemExit", "exit()", "raise KeyboardInterrupt", "import sys; sys.exit(3)"]
)
def test_leaving_ends_the_cell_only(run, source):
    """What would end a script ends one cell."""
    first, second = run(source, "1").cells
    assert first.ending is CellEnding.RAISED
    assert second.displayed == ("1",)


def test_a_syntax_error_shows_where(run):
    """The line and the caret stand in the traceback."""
    cell = only(run, "x = 1\ny = (")
    assert cell.exception == "SyntaxError"
    assert "line 2" in cell.traceback


def test_printing_is_kept_in_order_and_bounded(run):
    """Standard output and error are one text; a million lines are cut and cost nothing."""
    cell = only(run, "import sys\nprint('a')\nprint('b', file=sys.stderr)\nsys.stdout.buffer.write(b'c')")
    assert cell.printed == "a\nb\nc"
    flood = only(run, "for i in range(1_000_000): print(i)", output_kb=10)
    assert flood.ending is CellEnding.RAN
    assert flood.cut
    assert len(flood.printed) == 10_000


def test_what_is_displayed_is_bounded(run):
    """A long string and a thousand displays are cut too."""
    cell = only(run, "for _ in range(1000): display('x' * 1000)\n'y' * 10**6", output_kb=10)
    assert cell.cut
    assert sum(map(len, cell.displayed)) <= 10_000


def test_magics_and_top_level_await_work(run):
    """IPython's own rules apply where a cell needs them."""
    sources = [
        "%matplotlib inline\nx = 3",
        "%time y = x",
        "%%time\nz = y",
        "import asyncio\nawait asyncio.sleep(0)\nz",
    ]
    sources += ["%config InlineBackend.figure_format = 'retina'", "x?", "get_ipython() is not None"]
    cells = run(*sources).cells
    assert [cell.ending for cell in cells] == [CellEnding.RAN] * len(sources)
    assert cells[3].displayed == ("3",)
    assert "Type:" in cells[5].displayed[0]


@pytest.mark.parametrize(
    "source", ["!ls", "files = !ls", "%%bash\nls", "%sx ls", "import os\nos.system('ls') and 1/0"]
)
def test_commands_of_the_system_fail_with_a_sentence(run, source):
    """A shell command is a failing cell that says why, never a process."""
    cell = only(run, source)
    if "os.system" in source:
        assert cell.exception == "ZeroDivisionError"
    else:
        assert "do not run while a notebook is graded" in cell.message


@pytest.mark.parametrize("source", ["!pip install numpy", "%pip install numpy"])
def test_installing_is_only_remarked_on(run, source):
    """The cell goes on: the imports below such a line must not be lost."""
    cell = only(run, f"{source}\nimport numpy")
    assert cell.ending is CellEnding.RAN
    assert "packages of the course are there already" in cell.printed


def test_nobody_is_at_the_keyboard(run):
    """`input()` says so at once."""
    assert "nobody is at the keyboard" in only(run, "input('name? ')").message


def test_a_figure_that_is_larger_than_a_page_is_shown_smaller(run):
    """Whether it is wide or takes many bytes; of a picture that was drawn elsewhere, it is said."""
    show = "display(Image(data=b'\\x89PNG' + bytes(3 << 20), format='png'))"
    _, wide, rich, elsewhere = run(
        "import matplotlib.pyplot as plt; import numpy as np; from IPython.display import Image, display",
        "plt.figure(figsize=(100, 2)); plt.plot([1, 2]);",
        "plt.figure(figsize=(20, 20)); plt.imshow(np.random.default_rng(0).random((1500, 1500, 3)));",
        show,
    ).cells
    width, height = (int.from_bytes(base64.b64decode(wide.figures[0].png)[k : k + 4]) for k in (16, 20))
    assert (width, height) == (2000, 40)
    assert len(rich.figures) == 1
    assert elsewhere.figures == ()
    assert elsewhere.printed == "A picture is left out: it has more than 2 MB.\n"


def test_figures_are_pictures(run):
    """Drawn, shown or last in the cell: each figure once, as PNG, up to the number allowed."""
    drawn, shown, last, many = run(
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "plt.plot([1, 2]); plt.show()\nprint('after')",
        "fig = plt.figure(); fig",
        "for _ in range(5): plt.figure()",
        figures=6,
    ).cells
    assert [len(cell.figures) for cell in (drawn, shown, many)] == [1, 1, 2]
    assert len(last.figures) == 2  # its value, and the open figure, as Jupyter shows it
    assert base64.b64decode(drawn.figures[0].png).startswith(b"\x89PNG")
    assert all(cell.printed in ("", "after\n") for cell in (drawn, shown, last))


def test_a_logarithmic_axis_is_drawn_whatever_files_a_notebook_has_opened(run):
    """What the fork server has typeset is drawn in the child, where its open font files are none any more."""
    *_, plain, bold = run(
        "import matplotlib.pyplot as plt\nlog = open('log.txt', 'w')",
        "plt.semilogy([10.0**k for k in range(-12, 2)]); plt.show()",
        "plt.semilogy([1, 10]); plt.suptitle('losses', fontweight='bold'); plt.show()",
    ).cells
    assert [(cell.message, len(cell.figures)) for cell in (plain, bold)] == [("", 1), ("", 1)]


def test_odd_sources_are_no_trouble_of_ours(run):
    """Lone surrogates, null bytes, deep nesting: the cell fails, the next one runs."""
    cells = run("x = '\ud800'", "a\0b", "(" * 5000, "-" * 100_000 + "1", "7").cells
    assert [cell.ending for cell in cells[:3]] == [CellEnding.RAISED] * 3
    assert cells[-1].displayed == ("7",)


def test_runs_are_repeatable(run):
    """Both random generators start alike in every process, and so does hashing."""
    source = "import random, numpy as np\nrandom.random(), np.random.rand(), hash('a')"
    assert only(run, source).displayed == only(run, source).displayed


def test_warnings_are_no_errors(run):
    """A warning is printed, nothing more."""
    cell = only(run, "import warnings\nwarnings.warn('careful')\nimport numpy as np\nnp.ones(1) / 0")
    assert cell.ending is CellEnding.RAN
    assert "careful" in cell.printed


def test_functions_know_their_source(run):
    """`inspect.getsource` works on what a cell defined."""
    cell = only(run, "import inspect\ndef f():\n    return 1\nprint(inspect.getsource(f))")
    assert cell.printed == "def f():\n    return 1\n\n"


def test_the_module_is_called_main(run):
    """Code under `if __name__ == "__main__"` runs, dataclasses and pickling find their module."""
    sources = "import pickle\nclass A: pass\nA is pickle.loads(pickle.dumps(A)), __name__"
    assert only(run, sources).displayed == ("(True, '__main__')",)


RIGHT = "import math\ndef f(x):\n    return math.floor(x)\n"


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("import not_installed_here\n", 1),
        ("import sys\nsys.exit(1)\n", 2),
        ("raise ValueError('not finished')\n", 1),
        ("n = int(input('how many? '))\n", 1),
        ("import os\nos.chdir('/home/somebody/homework')\n", 2),
        ("!ls\n", 1),
        ("\n\nx = 1\n!ls *.csv\n%matplotlib inline\n", 4),
        ("%load_ext not_installed_here\n", 1),
        ("%time 1 / 0\n", 1),
        ("%%time\nx = 1\n1 / 0\n", 3),
        ("import asyncio\nawait asyncio.sleep(0)\nawait 1\n", 3),
        ("def g(x: Array): return x\n", 1),
        ("data = open(\n    '/home/somebody/data.csv'\n)\n", 1),
        ("if True:\n    import not_installed_here\n", 2),
        ("for k in range(3):\n    print(1 / (1 - k))\n", 2),
    ],
)
def test_below_what_stopped_a_cell_its_definitions_are_run(run, above, line):
    """Whatever stopped it: a library, an end, a keyboard, a folder, a command, an awaited thing."""
    student = run(above + RIGHT)
    [cell] = student.cells
    assert (cell.ending, cell.line) == (CellEnding.RAISED, line)
    assert {"math", "f"} <= set(cell.ran_on)
    [answer] = student.ask("f", Batch((Call((1.5,)),)), seconds=120)
    assert answer.value == 1


def test_what_is_run_on_is_told_by_names_of_the_cell(run):
    """Nothing is told of a cell that ran, nor of one that is no Python; nothing is bound that was bound."""
    cells = run(
        "def f(): return 1",
        "1 / 0\ndef f(): return 2\nEPS = 3\nOTHER = 4\ndef g(): return EPS",
        "def h(): return (",
        "assert f() == 1 and g() == 3",
    ).cells
    assert [cell.ran_on for cell in cells] == [(), ("EPS", "g"), (), ()]
    assert [cell.line for cell in cells] == [0, 1, 0, 0]


def test_an_interrupted_cell_defines_what_calls_nothing(run):
    """Within the moment that it has: imports, functions and constants."""
    source = "while True: pass\nSIZE = 3\nDATA = sorted([2])\ndef f(): return SIZE"
    [cell, after] = run(source, "f()", seconds_per_cell=1.0).cells
    assert (cell.ending, cell.line, cell.ran_on) == (CellEnding.TIMED_OUT, 1, ("SIZE", "f"))
    assert after.displayed == ("3",)


def test_of_a_cell_that_took_the_process_down_the_definitions_are_run(run):
    """In the process that replaces it; where these take it down too, nothing of the cell is."""
    student = run(
        "import os\nos._exit(1)\nfrom math import floor\nimport not_there\ndef f(x): return floor(x)",
        "f(2.5)",
        "import os\n@(lambda _: os._exit(1))\ndef g(x): return x",
        "x = 4",
        "x",
    )
    assert [cell.ending for cell in student.cells][::2] == [CellEnding.CRASHED] * 2 + [CellEnding.RAN]
    assert student.cells[0].ran_on == ("os", "floor", "f")
    assert student.cells[1].displayed == ("2",)
    assert student.cells[4].displayed == ("4",)


def test_pools_of_threads_work_and_processes_are_refused_in_a_sentence(run):
    """Also within a function that is asked; whoever starts a process reads why it cannot be."""
    pool = "from multiprocessing.pool import ThreadPool\ndef f(x):\n    with ThreadPool(3) as pool:\n"
    student = run(
        pool + "        return sum(pool.map(lambda k: k * x, range(4)))\nf(1)",
        "from multiprocessing import Lock, RLock, Semaphore as S\nr = RLock()\nwith r, r, Lock(), S(2): pass",
        "from multiprocessing import Pool\nPool(2)",
        "from concurrent.futures import ProcessPoolExecutor\nProcessPoolExecutor(2).submit(print)",
    )
    assert student.cells[0].displayed == ("6",)
    assert student.cells[1].ending is CellEnding.RAN, student.cells[1].traceback
    assert all("No other process can be started" in cell.message for cell in student.cells[2:])
    assert student.ask("f", Batch((Call((2,)),)), seconds=120)[0].value == 12
