"""Questions asked of a notebook's functions: arguments, answers, functions as arguments."""

import inspect
from pathlib import Path

import numpy as np
import pytest

from autograder.domain.answer import Batch, Built, Call, Ending, Given, Opaque, Oracle, Seeded
from autograder.questions.kinds import tell_opaque


def ask(run, source, *calls, name="f", seconds=120):
    return run(source).ask(name, Batch(calls), seconds=seconds)


def test_answers_come_back_in_order_as_plain_values(run):
    """Numbers, arrays, tuples, dictionaries: what was returned is what arrives."""
    calls = [Call((np.ones(2), k)) for k in range(3)]
    answers = ask(run, "def f(x, k):\n    return x * k, {'k': k}", *calls)
    assert [answer.ending for answer in answers] == [Ending.RETURNED] * 3
    assert answers[2].value[0].tolist() == [2.0, 2.0]
    assert answers[2].value[1] == {"k": 2}
    assert answers[0].seconds == 0.0


def test_an_exception_is_a_name_and_a_message(run):
    """Each call ends by itself."""
    first, second = ask(
        run, "def f(x):\n    if x: raise IndexError('no')\n    return x", Call((1,)), Call((0,))
    )
    assert (first.ending, first.exception, first.message) == (Ending.RAISED, "IndexError", "no")
    assert second.value == 0


@pytest.mark.parametrize("calls", [1, 3])
def test_a_name_that_is_no_function_is_undefined(run, calls):
    """So is a name that nobody gave."""
    batch = [Call((1,))] * calls
    assert {a.ending for a in ask(run, "f = 3", *batch)} == {Ending.UNDEFINED}
    assert {a.ending for a in ask(run, "x = 3", *batch)} == {Ending.UNDEFINED}


def test_what_is_no_data_is_opaque(run):
    """A function as answer arrives as the name of its type; so does more than fits."""
    (answer,) = ask(run, "def f():\n    return f", Call())
    assert answer.value == Opaque("function")
    (large,) = ask(run, "import numpy as np\ndef f():\n    return np.zeros(10**7)", Call())
    assert isinstance(large.value, Opaque)
    assert "MB" in large.value.type_name


@pytest.mark.parametrize("calls", [1, 2], ids=["timed", "together"])
def test_numbers_in_another_container_arrive_as_numbers(run, calls):
    """Object arrays and fractions, also as items of a pair; and the same of a variable."""
    source = (
        "import numpy as np\nfrom fractions import Fraction\n"
        "def f(x):\n    return Fraction(1, 2), np.array([x, 2.0], dtype=object)\nv = f(1)"
    )
    student = run(source)
    for answer in student.ask("f", Batch([Call((1.0,))] * calls), seconds=120):
        half, array = answer.value
        assert (half, array.dtype, array.tolist()) == (0.5, float, [1.0, 2.0])
    assert student.variable("v").value[0] == 0.5


def test_making_an_answer_plain_belongs_to_the_time_of_the_call(run):
    """Work left to the conversion is timed as work of the call is."""
    source = (
        "class Late:\n    def __array__(self, *_, **__):\n        sum(range(3_000_000))\n"
        "        import numpy as np\n        return np.ones(2)\ndef f(): return Late()"
    )
    [answer] = ask(run, source, Call())
    assert answer.value.tolist() == [1.0, 1.0]
    assert answer.seconds > 0.005


def test_changed_arguments_are_noticed(run):
    """In arrays and inside lists, by position or name; the next call gets fresh ones."""
    source = (
        "def f(x, w, k=None):\n    x += 1\n    w[0][0] = 5\n    if k is not None: k.append(1)\n    return x"
    )
    call = Call((np.zeros(2), [np.zeros(2)]), {"k": [1]})
    for answer in ask(run, source, call, Call((np.zeros(2), [np.ones(1)]))):
        assert answer.value.tolist() == [1, 1]
        assert answer.changed[:2] == (0, 1)
    first, _ = ask(run, source, call, call)
    assert first.changed == (0, 1, "k")
    (harmless,) = ask(run, "def f(x):\n    return x + 1", Call((np.array([np.nan]),)))
    assert harmless.changed == ()


def test_variables_are_read(run):
    """By name; one that is missing is undefined."""
    student = run("x = [1, 2.5]\ng = lambda: 1")
    assert student.variable("x").value == [1, 2.5]
    assert student.variable("g").value == Opaque("function")
    assert student.variable("y").ending is Ending.UNDEFINED


def test_hidden_calls_print_nothing(run):
    """What is printed during a call does not show up in any cell."""
    student = run("def f():\n    print('hidden')\n    return 1")
    assert student.ask("f", Batch((Call(),)), seconds=120)[0].value == 1
    assert student.cells[0].printed == ""


def test_generators_are_made_there(run):
    """The same seed gives the numbers the grader gets."""
    (answer,) = ask(run, "def f(rng):\n    return rng.normal(size=3)", Call((Seeded(7),)))
    assert answer.value.tolist() == np.random.default_rng(7).normal(size=3).tolist()


def test_functions_can_be_given(run):
    """Their source is shipped, with the values it names."""
    given = Given("g", "def g(x, a):\n    return np.sum(a * x)", {"a": np.array([1.0, 2.0])})
    (answer,) = ask(run, "import numpy as np\ndef f(g):\n    return g(np.ones(2))", Call((given,)))
    assert answer.value == 3.0


def test_large_arguments_are_built_there(run):
    """Changing one is noticed without sending it; building it is not the student's time."""
    built = Built(Given("x", "def x(n):\n    return np.arange(n, dtype=float)", {"n": 300_000}))
    (answer,) = ask(run, "def f(x):\n    x[0] = 1\n    return x.sum()", Call((built,)))
    assert answer.value == 300_000 * 299_999 / 2 + 1
    assert answer.changed == (0,)


def test_time_is_that_of_the_process(run):
    """A call asked alone is timed by its processor time: sleeping costs none."""
    source = (
        "import time\ndef f(busy):\n    end = time.process_time() + 0.2\n    if not busy: time.sleep(0.3)\n"
    )
    source += "    while busy and time.process_time() < end: pass"
    student = run(source)
    (busy,) = student.ask("f", Batch((Call((True,)),)), seconds=120)
    (idle,) = student.ask("f", Batch((Call((False,)),)), seconds=120)
    assert 0.19 < busy.seconds < 2
    assert idle.seconds < 0.19


def test_oracles_answer_and_remember(run):
    """The function stays here; where it was asked is known, per argument."""
    square = Oracle(lambda x: x * x)
    calls = [Call((square, np.array([1.0, 2.0]))), Call((square, np.zeros(1)), {"h": Oracle(lambda: 5)})]
    source = "def f(g, x, h=None):\n    return g(x) + g(x + 1) + (h() if h else 0)"
    first, second = ask(run, source, *calls)
    assert first.value.tolist() == [5.0, 13.0]
    assert [point[0].tolist() for point in first.asked[0]] == [[1.0, 2.0], [2.0, 3.0]]
    assert second.value.tolist() == [6.0]
    assert second.asked["h"] == ((),)


def test_an_oracle_may_be_asked_so_often(run):
    """Then it refuses, as an exception in the student's code."""
    call = Call((Oracle(lambda x: x, calls=10), 1.0))
    (answer,) = ask(run, "def f(g, x):\n    while True: x = g(x)", call)
    assert (answer.ending, answer.exception) == (Ending.RAISED, "ValueError")
    assert "more than 10 times" in answer.message
    assert len(answer.asked[0]) == 10


def test_nonsense_asked_of_an_oracle_is_the_students_fault(run):
    """A wrong shape, a wrong number of arguments, a string, far too much data: ValueError there."""
    matrix = np.eye(2)
    call = Call((Oracle(lambda w: matrix @ w), np.ones(2)))
    for question in ("np.ones(3)", "'w'", "x, x", "w=x", "np.ones(10**6)", "[x]*10**5", "x.astype(object)"):
        (answer,) = ask(run, f"import numpy as np\ndef f(g, x):\n    return g({question})", call)
        if question != "w=x":
            assert (answer.ending, answer.exception) == (Ending.RAISED, "ValueError"), question


def test_an_oracle_that_fails_on_sensible_arguments_is_our_fault(run):
    """Even if the student's code goes on after it."""

    def broken(w):
        raise KeyError("secret")

    source = "def f(g, x):\n    try: return g(x)\n    except ValueError as error: return str(error)"
    (answer,) = ask(run, source, Call((Oracle(broken), np.ones(2))))
    assert answer.ending is Ending.ORACLE_FAILED
    assert answer.value is None
    (told,) = ask(run, source, Call((Oracle(broken), np.array(["x"]))))
    assert "secret" not in told.message


def test_an_oracle_kept_from_an_earlier_call_has_no_answer(run):
    """It is asked only while it is an argument."""
    source = "kept = []\ndef f(g):\n    kept.append(g)\n    return kept[0](1.0)"
    first, second = ask(run, source, Call((Oracle(lambda x: x),)), Call((5,)))
    assert first.value == 1.0
    assert second.exception == "ValueError"


def test_references_stand_in(run):
    """The rest of the notebook uses them in place of the student's own."""
    student = run("def inner(x):\n    return 0\ndef f(x):\n    return inner(x) + 1\ndef g(x):\n    return x")
    batch = Batch((Call((2.0,)),))
    assert student.ask("f", batch, seconds=120)[0].value == 1
    with student.standing_in({"inner": lambda x: 10 * x}) as other:
        assert other.ask("f", batch, seconds=120)[0].value == 21.0
        assert other.source == student.source
    assert student.ask("f", batch, seconds=120)[0].value == 1


def test_references_call_the_functions_they_are_given(run):
    """What the student passes to a reference is called back, within bounds of depth."""

    def slope(f, x):
        return (f(x + 1e-3) - f(x - 1e-3)) / 2e-3

    source = "def slope(f, x):\n    return None\ndef f(x):\n    return slope(lambda t: t * t, x)\n"
    source += "def deep(n):\n    return slope(lambda t: deep(n), 1.0)\n"
    source += "def bad(x):\n    return slope(lambda t: 1 / 0, x)"
    with run(source).standing_in({"slope": slope}) as other:
        (answer,) = other.ask("f", Batch((Call((3.0,)),)), seconds=120)
        assert abs(answer.value - 6) < 1e-9
        (bad,) = other.ask("bad", Batch((Call((3.0,)),)), seconds=120)
        assert (bad.ending, bad.exception) == (Ending.RAISED, "ValueError")
        (deep,) = other.ask("deep", Batch((Call((3.0,)),)), seconds=120)
        assert deep.ending is Ending.RAISED


def test_forged_messages_end_the_process_not_the_grader(run):
    """Student code that writes to the wire answers nothing, and the next question is asked afresh."""
    source = "import socket, struct\ndef f(raw):\n    socket.socket(fileno=3).send(bytes(raw)); return 1\n"
    source += "def g():\n    return 2"
    student = run(source)
    for raw in (b"\xff" * 64, b"\x02\0\0\0\0\0[]", b'\x0a\0\0\0\0\0["l","ask"]', b"\x04\0\0\0\0\0null"):
        (answer,) = student.ask("f", Batch((Call((list(raw),)),)), seconds=120)
        assert answer.ending is Ending.CRASHED
        assert student.ask("g", Batch((Call(),)), seconds=120)[0].value == 2


def test_examples_show_what_was_compared(run):
    """A failing assert tells the answer and what was expected; the notebook's names are left alone."""
    student = run("import numpy as np\nA = 1\ndef f(x):\n    return 2 * x")
    good, close, shape, size, crash, wrong = student.examples(
        [
            "A = 7\nassert f(1) == 2\nassert np.allclose(f(np.ones(2)), [2, 2])",
            "x = np.ones(2)\nassert np.allclose(f(x), [2, 3]), 'look again'",
            "assert f(np.ones(2)).shape == (3,)",
            "assert abs(f(1.0) - 3) < 1e-9",
            "assert f('a', 1) == 3",
            "assert f(",
        ],
        seconds=120,
    )
    assert good.passed
    assert student.variable("A").value == 1
    assert (close.passed, close.answer, close.expected) == (False, "array([2., 2.])", "[2, 3]")
    assert "look again" in close.traceback
    assert (shape.answer, shape.expected) == ("(2,)", "(3,)")
    assert (size.answer, size.expected) == ("2.0", "3")
    assert "TypeError" in crash.traceback
    assert "autograder" not in crash.traceback
    assert (crash.answer, crash.expected) == ("", "")
    assert "SyntaxError" in wrong.traceback


def test_the_grader_never_sees_what_it_asked(run):
    """Nothing of ours is imported in the process: questions stay with the grader."""
    student = run("import sys\nours = sorted(m for m in sys.modules if m.startswith('autograder'))")
    ours = student.variable("ours").value
    allowed = (
        "autograder.sandbox.worker",
        "autograder.sandbox.protocol",
        "autograder.sandbox.messages",
        "autograder.sandbox.confine",
        "autograder.sandbox.system",
    )
    assert [
        m for m in ours if m not in ("autograder", "autograder.sandbox") and not m.startswith(allowed)
    ] == []
    for name in ("__init__", "sandbox/__init__"):
        text = (Path(inspect.getfile(Batch)).parents[1] / f"{name}.py").read_text()
        assert "import numpy" not in text


def test_a_function_kept_from_an_earlier_question_costs_no_later_one(run):
    """It cannot be asked any more, and what was sent ahead is not taken for its answer."""
    student = run(
        "kept = []\n"
        "def first(f):\n    kept.append(f)\n    return f(1.0)\n"
        "def second(x):\n    return kept[0](x)\n"
        "def third(x):\n    return x + 1"
    )
    plain = Batch((Call((1.0,)), Call((2.0,))))
    asking = Batch((Call((Oracle(lambda x: 2 * x),)),) * 2)
    first, second, third = student.ask_all(
        [("first", asking, 120.0), ("second", plain, 120.0), ("third", plain, 120.0)]
    )
    assert [answer.value for answer in first] == [2.0, 2.0]
    assert [(answer.ending, answer.exception) for answer in second] == [(Ending.RAISED, "ValueError")] * 2
    assert [answer.value for answer in third] == [2.0, 3.0]


def test_what_fits_in_no_frame_together_is_sent_call_by_call(run):
    """Many dictionaries, say: what is bounded in one message is not what a question may hold."""
    many = tuple(Call(({str(k): float(k) for k in range(1000)},)) for _ in range(9))
    answers = run("def f(x): return len(x)").ask("f", Batch(many), seconds=120)
    assert [answer.value for answer in answers] == [1000] * 9


def test_what_was_returned_stays_as_it_was_then(run):
    """However it is nested: a later call may write to the arrays and lists that an earlier one returned."""
    source = (
        "import numpy as np\nkept = np.zeros(2), [0.0, np.zeros(2)], (([0.0],),)\n"
        "def f(k):\n"
        "    array, items, deep = kept\n"
        "    array[:] = items[0] = items[1][0] = deep[0][0][0] = k\n"
        "    return kept"
    )
    for k, answer in enumerate(ask(run, source, *[Call((float(k),)) for k in range(6)])):
        array, items, deep = answer.value
        assert (array.tolist(), items[0], items[1].tolist()) == ([k, k], k, [k, 0.0])
        assert (type(answer.value), type(items), deep) == (tuple, list, (([k],),))


@pytest.mark.parametrize(
    "value",
    [
        "[2 ** 4000 + k] * 200",
        "[k, float('nan')] * 250",
        "[np.full(400, k)] * 3",
        "{j: k for j in range(90)}",
    ],
)
def test_many_small_answers_arrive_whatever_they_hold(run, value):
    """Those that may be sent together are never too much for one message."""
    source = f"import numpy as np\ndef f(k):\n    return {value}"
    answers = ask(run, source, *[Call((k,)) for k in range(60)])
    assert {answer.ending for answer in answers} == {Ending.RETURNED}
    for k, answer in enumerate(answers):
        if isinstance(answer.value, dict):
            assert answer.value == dict.fromkeys(range(90), k)
        else:
            first = answer.value[0]
            assert first.tolist() == [k] * 400 if isinstance(first, np.ndarray) else first % 2**4000 == k


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("[[i / 3 for i in range(600)] for _ in range(1200)]", np.ndarray),
        ("[[np.float64(i) / 3 for i in range(600)] for _ in range(1200)]", np.ndarray),
        ("[[i for i in range(600)] for _ in range(1200)]", list),
        ("list(np.tile(np.arange(3.0), (70000, 1)))", np.ndarray),
    ],
)
def test_lists_that_are_too_large_arrive_as_arrays(run, answer, kind):
    """A Gram matrix as a list of lists; also beside other values. Text stays what it was."""
    source = (
        f"import numpy as np\ndef f(k):\n    rows = {answer}\n    return [rows, {{'K': rows, 'k': k}}][k]"
    )
    alone, beside = ask(run, source, Call((0,)), Call((1,)))
    assert isinstance(alone.value, kind) and isinstance(beside.value["K"], kind)
    assert np.array_equal(alone.value, beside.value["K"]) and beside.value["k"] == 1
    assert np.shape(alone.value)[0] in (1200, 70000)


def test_what_is_too_large_and_holds_no_numbers_is_told_by_its_kind(run):
    (answer,) = ask(run, "def f():\n    return ['a word'] * 10 ** 6", Call(()))
    assert str(tell_opaque(answer.value)).startswith("Your function returned a list that is too large")


def test_a_list_that_holds_itself_is_no_answer(run):
    """Nor does it stop the others."""
    source = "def f(k):\n    it = [k]\n    if k: it.append(it)\n    return it"
    first, second, third = ask(run, source, *(Call((k,)) for k in (0, 1, 0)))
    assert (first.value, third.value) == ([0], [0])
    assert isinstance(second.value, Opaque)
