"""What goes wrong in students' code beyond wrong formulas.

Each function edits a notebook of right answers; its name is that of the archetype.
"""

from autograder.demo.notebook_builder import NotebookBuilder


def untouched(notebook: NotebookBuilder) -> None:
    """Handed in as it was released."""
    for question in notebook.questions:
        notebook.restore_stub(question)


def half_finished(notebook: NotebookBuilder) -> None:
    """The first five questions, then no more time."""
    for question in notebook.questions[5:]:
        notebook.restore_stub(question)


def ends_the_process(notebook: NotebookBuilder) -> None:
    """Leaves Python in the middle of an answer."""
    notebook.answer("quad_form", "import os\n\ndef quad_form(A, w):\n    os._exit(3)")


def dies_of_a_signal(notebook: NotebookBuilder) -> None:
    """Brings the interpreter down, as a broken library does."""
    notebook.answer("quad_grad", "import faulthandler\n\ndef quad_grad(A, w):\n    faulthandler._sigsegv()")


def calls_itself(notebook: NotebookBuilder) -> None:
    """Recursion without an end."""
    notebook.answer("rel_error", "def rel_error(g1, g2):\n    return rel_error(g1, g2) / 2")


def loops_forever(notebook: NotebookBuilder) -> None:
    """Forgets to count up."""
    notebook.answer(
        "num_grad",
        """
def num_grad(f, w, h=1e-5):
    g = np.zeros(len(w))
    i = 0
    while i < len(w):
        e = np.zeros(len(w))
        e[i] = h
        g[i] = (f(w + e) - f(w - e)) / (2 * h)
    return g
""",
    )


def cell_loops_forever(notebook: NotebookBuilder) -> None:
    """An experiment that never ends, between right answers."""
    notebook.add(
        "step = 1.0\nwhile step > 0:\n    step = max(step / 2, 1e-3)", after=notebook.examples["quad_form"]
    )


def quits_in_a_cell(notebook: NotebookBuilder) -> None:
    """Ends the session in a cell of its own."""
    notebook.add("exit()", after=notebook.examples["quad_grad"])


def asks_for_input(notebook: NotebookBuilder) -> None:
    """Waits for somebody who is not there."""
    notebook.add("name = input('Your name: ')", after=notebook.support[0])


def missing_library(notebook: NotebookBuilder) -> None:
    """Imports what is not installed, and does not use it."""
    notebook.add("import tensorflow as tf", after=notebook.support[0])


def misspelt_name(notebook: NotebookBuilder) -> None:
    """A name that does not exist, on a line that runs only when the function is called."""
    notebook.answer(
        "point_loss",
        """
def point_loss(f, grad_f, w, x, y=1.0):
    r = f(w, x) - y
    return r**2, 2 * r * numpy.array(grad_f(w, x))
""",
    )


def syntax_error(notebook: NotebookBuilder) -> None:
    """A parenthesis that was never closed."""
    notebook.answer("ls_loss", "def ls_loss(w, X, y):\n    return np.sum((y - X @ w) ** 2")


def changes_arguments(notebook: NotebookBuilder) -> None:
    """Right numbers, at the price of the caller's array."""
    notebook.answer(
        "rel_error",
        """
def rel_error(g1, g2):
    size = max(np.linalg.norm(g1) + np.linalg.norm(g2), 1e-12)
    g1 -= g2
    return np.linalg.norm(g1) / size
""",
    )


def forbidden_shortcuts(notebook: NotebookBuilder) -> None:
    """Uses what two of the questions do not allow."""
    notebook.answer("quad_form_sum", "def quad_form_sum(A, w):\n    return w @ A @ w")
    notebook.answer("ls_grad", "def ls_grad(w, X, y):\n    return num_grad(lambda v: ls_loss(v, X, y), w)")


def prints_the_answer(notebook: NotebookBuilder) -> None:
    """Prints the number in place of returning it."""
    notebook.answer("ls_loss", "def ls_loss(w, X, y):\n    print(np.sum((y - X @ w) ** 2))")


def copies_the_example(notebook: NotebookBuilder) -> None:
    """Returns what the public example wants to see."""
    notebook.answer("quad_grad", "def quad_grad(A, w):\n    return np.array([4.0, 8.0])")


def slow_loop(notebook: NotebookBuilder) -> None:
    """Right, sample after sample."""
    notebook.answer(
        "ls_grad",
        """
def ls_grad(w, X, y):
    g = np.zeros(X.shape[1])
    for i in range(len(y)):
        g += 2 * (float(np.dot(X[i], w)) - float(y[i])) * X[i]
    return g
""",
    )


def too_much_memory(notebook: NotebookBuilder) -> None:
    """Right, by way of an n x n matrix."""
    notebook.answer("ls_grad", "def ls_grad(w, X, y):\n    return 2 * X.T @ np.eye(len(y)) @ (X @ w - y)")


def single_precision(notebook: NotebookBuilder) -> None:
    """Right formulas, computed with seven digits."""
    notebook.answer(
        "quad_grad",
        """
def quad_grad(A, w):
    A, w = A.astype(np.float32), w.astype(np.float32)
    return A @ w + w @ A
""",
    )
    notebook.answer(
        "ls_hess", "def ls_hess(X):\n    X = np.array(X, dtype=np.float32)\n    return 2 * np.dot(X.T, X)"
    )


def million_lines(notebook: NotebookBuilder) -> None:
    """Prints a million lines in a cell, and more whenever a function is called."""
    notebook.add("for i in range(1_000_000):\n    print('step', i)", after=notebook.examples["ls_loss"])
    notebook.answer(
        "ls_hess", "def ls_hess(X):\n    print(X)\n    print('shape', X.shape)\n    return 2 * X.T @ X"
    )


def warns(notebook: NotebookBuilder) -> None:
    """Writes warnings and remarks to standard error; nothing is wrong with the answers."""
    notebook.add(
        "import sys\nimport warnings\n\nwarnings.warn('this is slow')\nprint('debug', file=sys.stderr)"
    )
    notebook.answer("linear_form_grad", "def linear_form_grad(w, x):\n    np.array(1.0) / 0\n    return x")


def lambdas(notebook: NotebookBuilder) -> None:
    """Functions without `def`."""
    notebook.answer("linear_form_grad", "linear_form_grad = lambda w, x: np.array(x)")
    notebook.answer("quad_form", "quad_form = lambda A, w: w @ A @ w")
    notebook.answer("ls_hess", "gram = lambda X: X.T @ X\nls_hess = lambda X: 2 * gram(X)")


def variable_names(notebook: NotebookBuilder) -> None:
    """Local variables called like functions that are not allowed."""
    notebook.answer(
        "quad_form_sum",
        """
def quad_form_sum(A, w):
    dot = 0.0
    for i in range(len(w)):
        inner = 0.0
        for j in range(len(w)):
            inner += A[i, j] * w[j]
        dot += w[i] * inner
    return dot
""",
    )


def magics(notebook: NotebookBuilder) -> None:
    """What IPython accepts beyond Python."""
    notebook.support[0]["source"] = "%matplotlib inline\n" + notebook.read_source(notebook.support[0])
    notebook.add("%time quad_form(np.eye(3), np.ones(3))", after=notebook.examples["quad_form"])
    notebook.add("%%time\nX = np.random.default_rng(0).normal(size=(100, 3))\nls_hess(X)")
    notebook.add("!pip install numpy")


def plots(notebook: NotebookBuilder) -> None:
    """All the pictures of the notebook, and one more."""
    for cell in notebook.support:
        cell["source"] = (
            notebook.read_source(cell).replace("\n# draw_", "\ndraw_").replace("\n# check_", "\ncheck_")
        )
    notebook.add("plt.plot(np.arange(10), np.arange(10) ** 2)\nplt.title('ten points')")


CODING_ERRORS = (
    untouched,
    half_finished,
    ends_the_process,
    dies_of_a_signal,
    calls_itself,
    loops_forever,
    cell_loops_forever,
    quits_in_a_cell,
    asks_for_input,
    missing_library,
    misspelt_name,
    syntax_error,
    changes_arguments,
    forbidden_shortcuts,
    prints_the_answer,
    copies_the_example,
    slow_loop,
    too_much_memory,
    single_precision,
    million_lines,
    warns,
    lambdas,
    variable_names,
    magics,
    plots,
)
