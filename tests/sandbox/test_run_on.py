"""What is run on of a cell that stopped half-way."""

import ast
from typing import Any

import pytest

from autograder.sandbox.worker.run_on import RunOn, names_needed, rest_of, run_on


def after(source: str, namespace: dict[str, Any], **options: Any) -> RunOn:
    """Execute a cell; where it raises, run on."""
    tree = ast.parse(source)
    for statement in tree.body:
        try:
            exec(compile(ast.Module([statement], []), "cell", "exec"), namespace)
        except BaseException:
            rest = rest_of(tree.body, statement.lineno)
            return run_on(rest, namespace, lambda code: exec(code, namespace), name="cell", **options)
    raise AssertionError("nothing raised")


def test_imports_below_a_missing_library_are_run():
    names: dict[str, Any] = {}
    assert after("from google.colab import drive\nimport math as m, json\n", names).names == ("m", "json")
    assert names["m"].pi > 3


def test_the_other_names_of_the_import_that_raised_are_imported():
    names: dict[str, Any] = {}
    ran = after("import torch_that_is_not_here, math\n", names)
    assert (ran.names, ran.failed) == (("math",), ("torch_that_is_not_here",))


def test_a_function_keeps_the_constants_it_needs_and_nothing_else_is_run():
    names: dict[str, Any] = {}
    text = "1 / 0\nEPS = 2\nSCALE = EPS * 3\nlog = []\nlog.append(1)\nprint(log)\ndef f(): return SCALE\n"
    assert after(text, names).names == ("EPS", "SCALE", "f")
    assert names["f"]() == 6
    assert "log" not in names


def test_what_is_bound_stays_whatever_stands_below():
    names: dict[str, Any] = {}
    assert after("def f(): return 1\n1 / 0\ndef f(): return 2\n", names) == RunOn()
    assert names["f"]() == 1


def test_a_copied_stub_below_replaces_no_answer():
    names: dict[str, Any] = {}
    after("1 / 0\ndef f(): return 2\ndef f():\n    raise NotImplementedError\n", names)
    assert names["f"]() == 2


def test_an_annotation_or_a_decorator_that_raises_is_left_out():
    names: dict[str, Any] = {}
    text = "@njit\ndef f(A: Array) -> 'x':\n    return A + 1\n"
    assert after(text, names).names == ("f",)
    assert names["f"](1) == 2


def test_what_follows_in_the_same_block_is_run():
    names: dict[str, Any] = {}
    tree = ast.parse("if True:\n    1 / 0\n    import math\n    def g(): return math.e\n")
    ran = run_on(rest_of(tree.body, 2), names, lambda code: exec(code, names), name="cell")
    assert ran.names == ("math", "g")


@pytest.mark.parametrize("stop", ["raise SystemExit", "exit_()", "raise KeyError('x')"])
def test_whatever_stopped_the_cell(stop):
    names: dict[str, Any] = {}
    assert after(f"{stop}\ndef f(): return 1\n", names).names == ("f",)


def test_where_time_is_over_nothing_is_called():
    names: dict[str, Any] = {}
    text = "1 / 0\nDATA = sorted([2, 1])\nSIZE = 3\ndef f(): return DATA, SIZE\n"
    assert after(text, names, constants_only=True).names == ("SIZE", "f")


def test_functions_of_other_cells_need_names_too():
    needed = names_needed(map(ast.parse, ["def f(x): return x * SIGMA\n", "SIGMA = 2\n"]))
    names: dict[str, Any] = {}
    assert "SIGMA" in needed
    assert after("1 / 0\nSIGMA = 2\nOTHER = 3\n", names, needed=lambda: needed).names == ("SIGMA",)


def test_a_cell_that_never_ran_defines_anew_what_it_would_have():
    names: dict[str, Any] = {"f": 1, "EPS": 1, "g": 3}
    tree = ast.parse("EPS = 2\ndef f(): return EPS\ndef g():\n    raise NotImplementedError\n")
    assert run_on(tree.body, names, lambda code: exec(code, names), name="cell", anew=True).names == ("f",)
    assert (names["f"](), names["g"]) == (1, 3)


def test_what_is_interrupted_calls_nothing_more():
    def interrupt():
        raise KeyboardInterrupt

    names: dict[str, Any] = {"wait": interrupt}
    text = "1 / 0\nA = wait()\nB = wait()\nC = 2\ndef f(): return A, B, C\n"
    assert after(text, names) == RunOn(("C", "f"), ("A",))


@pytest.mark.parametrize(
    "table",
    [
        "T = {}\nT['k'] = 7\n",
        "T = []\nfor k in range(8): T.append(k)\n",
        "T = 3\nT += 4\n",
        "T, *others = 7, 1\n",
        "class T: pass\nT.k = 7\n",
        "if True:\n    T = 7\nelse:\n    T = 8\n",
        "try:\n    import no_such_library as T\nexcept ImportError:\n    T = 7\n",
        "with open(__file__) as text:\n    T = 7\n",
        "for T in range(8): pass\n",
    ],
)
def test_whatever_gives_a_name_that_is_needed_its_value_is_run(table: str):
    names: dict[str, Any] = {"__file__": __file__}
    exec("expected = {}", names)
    exec(table, names["expected"] | {"__file__": __file__}, names["expected"])
    after(f"1 / 0\n{table}def f(): return T\n", names)
    found, wanted = names["f"](), names["expected"]["T"]
    assert found == wanted or found.k == wanted.k


def test_of_a_block_below_only_what_defines_is_run():
    names: dict[str, Any] = {"said": []}
    text = "1 / 0\nif said == []:\n    said.append(1)\n    import math\n    def f(): return math.e\n"
    assert after(text, names).names == ("math", "f")
    assert names["said"] == []


@pytest.mark.parametrize(
    "text",
    [
        "with open('no such file') as f:\n    import math\n",
        "if no_such_name:\n    import math\n",
        "1 / 0\nwith open('no such file') as f:\n    import math\n",
        "1 / 0\nif no_such_name:\n    pass\nelse:\n    import math\n",
        "1 / 0\ntry:\n    import no_such_library\n    import math\nexcept ImportError:\n    pass\n",
    ],
)
def test_a_block_that_cannot_be_opened_or_gives_up_takes_no_import_with_it(text: str):
    names: dict[str, Any] = {}
    assert "math" in after(text, names).names
    assert "math" in names


def test_a_branch_that_is_not_taken_defines_nothing():
    names: dict[str, Any] = {}
    assert after("1 / 0\nif False:\n    def f(): return 1\n", names).names == ()


def test_calls_of_a_library_are_no_definition():
    names: dict[str, Any] = {}
    text = "1 / 0\nimport warnings\nwarnings.warn('drawn')\nfor k in range(3): warnings.warn('drawn')\n"
    assert after(text, names, needed=lambda: {"warnings"}).names == ("warnings",)


def test_an_import_of_everything_replaces_nothing_that_was_bound():
    names: dict[str, Any] = {"gcd": 1}
    after("1 / 0\nfrom math import *\n", names)
    assert (names["gcd"], names["comb"](3, 1)) == (1, 3)
