"""A solutions module: what its revision depends on, what is kept, and what is said of a bad one."""

import os
import pickle
import re
import sys
from dataclasses import replace

import numpy as np
import pytest
from small_questions import SECRET, prepared

from autograder.domain.course import Limits
from autograder.errors import CourseError
from autograder.questions import solutions
from autograder.questions.kept import _signature, read_kept
from autograder.questions.revision import compute_revision
from autograder.questions.solutions import load, prepare

SMALL = '''"""A module."""

@question(points=1)
def double(w):
    """Twice w."""
    return 2.0 * w

@double.cases
def _(rng):
    yield core("any", rng.normal(size=3))
    yield edge("other", rng.normal(size=2))

@double.scale
def _(w):
    return np.abs(w)

@double.mistake(credit=0.5)
def triple(w):
    """A hint."""
    return 3.0 * w
'''


def revision(file, **changes) -> str:
    options = {"secret": SECRET, "limits": Limits(), **changes}
    return compute_revision(file, "small", **options)


def test_hints_and_comments_do_not_change_the_revision(module) -> None:
    same = SMALL.replace("A hint.", "A better hint.").replace("Twice w.", "2 w") + "\n# a comment\n"
    assert revision(module(SMALL)) == revision(module(same, "b"))
    assert revision(module(SMALL)) == revision(module(SMALL.replace('    """A hint."""\n', ""), "c"))


def test_declared_equivalents_do_not_change_the_revision(module) -> None:
    """They are read when an assignment is checked, not when it is graded."""
    declared = SMALL + '\ndouble.equivalent("2.0 -> 4.0", because="of nothing")\n'
    assert revision(module(SMALL)) == revision(module(declared, "b"))
    [question] = load(module(declared, "c"))
    assert question.equivalents == {"2.0 -> 4.0": "of nothing"}
    with pytest.raises(CourseError, match="say in because= why"):
        load(module(SMALL + '\ndouble.equivalent("2.0 -> 4.0", because=" ")\n', "d"))


def test_an_edit_of_the_same_length_within_the_same_second_counts(module, monkeypatch) -> None:
    """The revision is what is written: what is executed must be as well. No byte code of it is left about."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = module(SMALL)
    [question] = load(file)
    assert question.points == 1
    written = file.stat().st_mtime_ns
    file.write_text(file.read_text().replace("points=1", "points=2"))
    os.utime(file, ns=(written, written))
    [question] = load(file)
    assert question.points == 2
    assert not (file.parent / "__pycache__").exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [("2.0 * w", "2.5 * w"), ("credit=0.5", "credit=0.4"), ("size=3", "size=4"), ("points=1", "points=2")],
)
def test_whatever_decides_a_mark_changes_the_revision(module, old, new) -> None:
    assert revision(module(SMALL)) != revision(module(SMALL.replace(old, new), "b"))


def test_limits_and_the_secret_change_the_revision(module) -> None:
    file = module(SMALL)
    assert revision(file) != revision(file, limits=replace(Limits(), memory_mb=512))
    assert revision(file) != revision(file, secret=b"another")
    assert revision(file) == revision(file)


def arguments(one) -> list:
    return [case.call.args[0].tolist() for case in one.cases]


def test_cases_are_the_same_for_the_same_secret_only(module) -> None:
    file = module(SMALL)
    first, again = prepared(file)["double"], prepared(file)["double"]
    assert arguments(first) == arguments(again)
    other = prepare("small", file, secret=b"another", limits=Limits()).questions[0]
    assert arguments(first) != arguments(other)
    renamed = prepare("other", file, secret=SECRET, limits=Limits()).questions[0]
    assert arguments(first) != arguments(renamed)


def test_cases_and_expected_values_cannot_be_written_into(module) -> None:
    one = prepared(module(SMALL))["double"]
    for array in (one.cases[0].call.args[0], one.expected.reference[0].value):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_what_is_evaluated_is_kept_and_read_again(module, tmp_path, monkeypatch) -> None:
    file, kept = module(SMALL), tmp_path / "kept"
    first = prepared(file, kept=kept)["double"]
    [stored] = kept.iterdir()
    assert stored.stat().st_mode & 0o077 == 0

    def fail(*_):
        raise AssertionError("evaluated again")

    monkeypatch.setattr(solutions, "_evaluate", fail)
    again = prepared(file, kept=kept)["double"]
    assert np.array_equal(again.expected.reference[0].value, first.expected.reference[0].value)
    assert np.array_equal(
        again.expected.mistakes["triple"][1].value, first.expected.mistakes["triple"][1].value
    )


class Bomb:
    """Leaves a trace where it is unpickled."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return (open, (str(self.trace), "w"))


@pytest.mark.parametrize("damage", ["tampered", "truncated", "empty", "a folder", "another's", "forged"])
def test_a_kept_file_that_is_not_as_we_wrote_it_is_not_read(module, tmp_path, damage) -> None:
    file, kept = module(SMALL), tmp_path / "kept"
    prepared(file, kept=kept)
    [stored] = kept.iterdir()
    content, trace = stored.read_bytes(), tmp_path / "trace"
    if damage == "a folder":
        stored.unlink()
        stored.mkdir()
        with pytest.raises(OSError, match="irectory"):
            prepared(file, kept=kept)
        return
    stored.write_bytes(
        {
            "tampered": content[:-1] + bytes([content[-1] ^ 1]),
            "truncated": content[: len(content) // 2],
            "empty": b"",
            "another's": bytes(32) + content[32:],
            "forged": bytes(32) + pickle.dumps(Bomb(trace)),
        }[damage]
    )
    one = prepared(file, kept=kept)["double"]
    assert one.expected.reference[0].value.shape == (3,)
    assert not trace.exists()
    assert read_kept(kept, stored.name[:16], secret=SECRET) is not None


def test_a_kept_file_of_another_form_is_evaluated_anew(module, tmp_path) -> None:
    file, kept = module(SMALL), tmp_path / "kept"
    prepared(file, kept=kept)
    [stored] = kept.iterdir()
    for content in (pickle.dumps([1]), b"not a pickle", b"cautograder.nowhere\nGone\n."):
        stored.write_bytes(_signature(SECRET, content) + content)
        assert prepared(file, kept=kept)["double"].expected.scales[0] > 0


def test_mistakes_that_return_no_data_can_be_kept(module, tmp_path) -> None:
    text = SMALL + "\n@double.mistake()\ndef lazy(w):\n    '''Call it.'''\n    return (2 * x for x in w)\n"
    one = prepared(module(text), kept=tmp_path / "kept")["double"]
    assert one.expected.mistakes["lazy"][0].value.type_name == "generator"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "defines no question"),
        ("def f(:", "SyntaxError"),
        ("1 / 0", "small.py:3: ZeroDivisionError"),
        ("raise SystemExit", "SystemExit"),
        ("@question(points=1, compare='close')\ndef f(x): return x", "compare='close'"),
        ("@question(points=-1)\ndef f(x): return x", "points"),
        ("@question(points=1, tolerance=float('nan'))\ndef f(x): return x", "tolerance"),
        (SMALL.replace("credit=0.5", "credit=2"), "credit"),
        ("@question(points=1)\ndef f(x): return x", "has no core case"),
        (SMALL.replace('core("any", rng.normal(size=3))', 'edge("any", 1.0)'), "has no core case"),
        (SMALL.replace("rng.normal(size=3)", "1 / 0"), "ZeroDivisionError"),
        (SMALL.replace("return np.abs(w)", "return w.nothing"), "AttributeError"),
    ],
)
def test_a_bad_module_is_refused_with_its_place(module, text, said) -> None:
    with pytest.raises(CourseError) as refused:
        prepared(module(text))
    assert said in str(refused.value)
    assert "small.py" in str(refused.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("return 2.0 * w", "while True: pass"), "its reference takes more than 0.3 s in the case 'any'"),
        (('yield core("any"', 'while True: pass\n    yield core("any"'), "takes more than 0.3 s"),
        (("return np.abs(w)", "while True: pass"), "takes more than 0.3 s"),
    ],
)
def test_what_never_ends_is_named(module, monkeypatch, change, said) -> None:
    """An author reads which question it is and where it is written, and does not wait."""
    monkeypatch.setattr("autograder.questions.solutions._SECONDS", 0.3)
    with pytest.raises(CourseError) as refused:
        prepared(module(SMALL.replace(*change)))
    assert said in str(refused.value)
    assert re.search(r"small\.py:\d+: double: ", str(refused.value))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('yield core("any"', 'while True: yield core("any"'), "has more than 10000 cases"),
        (('yield core("any", rng.normal(size=3))', "yield 1.5"), "yields 1.5, which is no case"),
        (('yield core("any", rng.normal(size=3))\n    yield edge', "return edge"), "returns Case"),
    ],
)
def test_what_is_no_list_of_cases_is_named(module, change, said) -> None:
    with pytest.raises(CourseError) as refused:
        prepared(module(SMALL.replace(*change)))
    assert said in str(refused.value)
    assert re.search(r"small\.py:\d+: double: ", str(refused.value))


def test_a_module_that_never_ends_is_named(module, monkeypatch) -> None:
    monkeypatch.setattr("autograder.questions.importing._IMPORT_SECONDS", 0.3)
    with pytest.raises(CourseError, match=r"small\.py:\d+: runs for more than 0.3 s when it is imported"):
        prepared(module("while True: pass"))


def test_all_bad_questions_are_reported_at_once(module) -> None:
    text = SMALL + "\n@question(points=1)\ndef f(x): return x\n@question(points=1)\ndef g(x): return x\n"
    with pytest.raises(CourseError) as refused:
        prepared(module(text))
    assert len(refused.value.flaws) == 2


def test_a_missing_module_is_named(tmp_path) -> None:
    with pytest.raises(CourseError, match=r"absent\.py: there is no such file"):
        load(tmp_path / "absent.py")


def test_a_question_with_two_names_is_one_question(module) -> None:
    assert len(load(module(SMALL + "\nsame = double\n"))) == 1


def test_two_questions_that_students_would_call_alike_are_refused(module) -> None:
    text = SMALL + "\nold = double\n" + SMALL
    with pytest.raises(CourseError, match=r"small\.py:\d+: .*double is a question already, on line \d+"):
        load(module(text))
