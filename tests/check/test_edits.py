"""Small edits of a function: which there are, how they are called, and that each is one edit."""

import ast

import pytest

from autograder.check.edits import list_edits


def names(body: str) -> list[str]:
    source = "def f(A, w, i):\n" + "\n".join(f"    {line}" for line in body.splitlines())
    return [edit.name for edit in list_edits(ast.parse(source).body[0])]


@pytest.mark.parametrize(
    ("body", "edit"),
    [
        ("x = A @ w + w", "A @ w + w -> A @ w - w"),  # a sign
        ("x = A - w", "A - w -> -w"),
        ("x = -w", "-w -> w"),
        ("return w", "return w -> return -w"),
        ("return w", "return w -> return 2 * w"),  # a factor
        ("x = 0.5 * w", "0.5 -> 1.0"),
        ("x = w / 2", "w / 2 -> w"),
        ("x = np.sum(w)", "np.sum -> np.mean"),
        ("x = A.T @ w", "A.T -> A"),  # a transpose
        ("x = A @ w", "A @ w -> A.T @ w"),
        ("x = w[i]", "w[i] -> w[i - 1]"),  # an index
        ("x = A[i, 0]", "A[i, 0] -> A[0, i]"),
        ("x = np.sum(A, axis=0)", "0 -> 1"),  # an axis
        ("x = np.sum(A, axis=0)", "np.sum(A, axis=0) -> np.sum(A)"),
        ("for k in range(i): pass", "range(i) -> range(i - 1)"),  # off by one
        ("x = i < 3", "i < 3 -> i <= 3"),
        ("x = A + w", "A + w -> A"),  # a term that is missing
        ("w += 1", "w += 1 -> (nothing)"),
        ("x = i and w", "i and w -> i"),
        ("losses.append(i)", "losses.append(i) -> (nothing)"),
        ("return lambda v: v * w", "v * w -> v"),
    ],
)
def test_a_slip_of_the_pen_is_among_the_edits(body: str, edit: str) -> None:
    assert edit in names(body)


@pytest.mark.parametrize(
    "body",
    [
        '"""A docstring with 2 numbers."""',
        "raise ValueError(f'{i + 1}')",
        "assert i + 1",
        "x = 1e-12",
        "x = w @ x",
        "x = 'text'",
        "x = np.zeros_like(w, dtype=float)",
    ],
)
def test_messages_tolerances_and_vectors_are_left_alone(body: str) -> None:
    assert names(body) == []


def test_edits_of_the_same_words_are_numbered_and_long_ones_cut() -> None:
    assert names("x = i * 7\ny = i * 7") == [
        *("i * 7 -> i", "i * 7 -> 7", "7 -> 8", "7 -> 6"),
        *("i * 7 -> i (2)", "i * 7 -> 7 (2)", "7 -> 8 (2)", "7 -> 6 (2)"),
    ]
    [long, *_] = names("x = " + " + ".join("abcdefgh" for _ in range(20)))
    assert long.endswith("+ abcdefgh - abcdefgh")
    assert len(long) <= 130


def test_every_edit_changes_one_place_and_leaves_the_function_as_it_was() -> None:
    source = "def f(A, w):\n    '''Doc.'''\n    return A @ w + 2 * w"
    function = ast.parse(source).body[0]
    before = ast.dump(function)
    for edit in list_edits(function):
        namespace: dict[str, object] = {}
        exec(compile(ast.Module([edit.tree], []), "<edit>", "exec"), namespace)
        assert edit.line == 3
    assert ast.dump(function) == before
