"""A package of solutions and a proof file: how they are loaded, hashed and refused."""

import json
import os
import sys
import textwrap
from pathlib import Path

import pytest

from autograder.check.mutants import make_mutants, mutate
from autograder.check.subject import AssignmentUnderTest
from autograder.domain.course import Limits
from autograder.errors import CourseError
from autograder.notebook.assignment import AssignmentText
from autograder.questions.files import find_solutions
from autograder.questions.revision import compute_revision
from autograder.questions.solutions import load, prepare
from autograder.questions.source import answers_to

HEAD = "import numpy as np\nfrom autograder import *\n"
POINTS = "def halved(w):\n    return w / 2\n\nLEFT = 3\n"
CASES = """
@{name}.cases
def _(rng):
    yield core("any", 1 + rng.random(3))
    yield edge("zero", np.zeros(2))
"""
SHRINK = (
    "from .points import halved\n\n@question(points=1)\ndef shrink(w):\n    return halved(halved(w))\n"
    + CASES.format(name="shrink")
    + '\n@shrink.mistake(credit="1/2")\ndef once(w):\n    """Once only?"""\n    return halved(w)\n'
)
GROW = (
    "from small.points import LEFT\nimport small.shrink as other\nfrom small.shrink import shrink\n\n"
    "def shifted(w):\n    return w + LEFT\n\n"
    "@question(points=2, needs=(shrink,))\ndef grow(w):\n    return 4 * shifted(w)\n"
    + CASES.format(name="grow")
)
PROOF = """
from small import shrink as same_shrink
from small.shrink import halved, shrink
from small.grow import grow

@shrink.alternate
def quarter(w):
    return w / 4

@grow.alternate
def by_numpy(w):
    return np.multiply(4, w + 3)

shrink.equivalent("w / 2 -> nothing", because="it is a test")
"""


@pytest.fixture
def package(tmp_path: Path):
    """Writes the package `small`, changed as told, and returns its folder."""

    def write(folder: str = "course", **changes: str | None) -> Path:
        files = {
            "__init__": "from .shrink import shrink\nfrom . import grow\n",
            "points": POINTS,
            "shrink": SHRINK,
            "grow": GROW,
            "proof": None,
            **changes,
        }
        root = tmp_path / folder / "small"
        root.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            file = root.with_name("small_proof.py") if name == "proof" else root / f"{name}.py"
            if text is not None:
                file.write_text(HEAD + text, encoding="utf-8")
        return root

    return write


def opened(root: Path, **options):
    return prepare("small", root, secret=b"public", limits=Limits(), **options)


def revision(root: Path) -> str:
    return compute_revision(root, "small", secret=b"public", limits=Limits())


def refused(root: Path) -> str:
    with pytest.raises(CourseError) as error:
        opened(root, proof=True)
    return str(error.value)


def test_a_package_asks_the_questions_of_all_its_files(package) -> None:
    """In the order in which its files are imported, each once, whichever files know it."""
    solutions = opened(package())
    assert [prepared.question.name for prepared in solutions.questions] == ["shrink", "grow"]
    assert [prepared.question.points for prepared in solutions.questions] == [1, 2]
    assert solutions.questions[1].question.needs == (solutions.questions[0].question,)


def test_a_package_is_found_by_the_name_of_a_module_too(package) -> None:
    root = package(proof=PROOF)
    assert find_solutions(root.with_name("small.py")) == find_solutions(root)


def test_nothing_of_it_hides_a_module_of_python(package, tmp_path) -> None:
    """An assignment may be called like a library."""
    package().rename(tmp_path / "statistics")
    for file in (tmp_path / "statistics").glob("*.py"):
        file.write_text(file.read_text().replace("small", "statistics"))
    assert len(load(tmp_path / "statistics")) == 2
    import statistics

    assert statistics.mean([1, 3]) == 2


def test_every_file_of_a_package_changes_its_revision_and_its_name_does(package) -> None:
    """What is moved from one file to another is seen, whatever comes first."""
    first = revision(package())
    assert revision(package("again")) == first
    assert revision(package("points", points=POINTS.replace("2", "3"))) != first
    assert revision(package("comment", points=POINTS + "# a comment\n")) == first
    assert revision(package("more", extra="")) != first
    one = package("one", a="x = 1\n", b="y = 1\n")
    assert revision(one) != revision(package("other", a="x = 1\n" + HEAD + "y = 1\n", b=""))
    swapped = package("swapped", a="y = 1\n", b="x = 1\n")
    assert revision(one) != revision(swapped)


def test_what_an_editor_leaves_about_is_nothing_of_a_package(package) -> None:
    root = package()
    before = revision(root)
    for name in (".hidden.py", "points.py~", "__pycache__/points.pyc", ".ipynb_checkpoints/points.py"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("1 / 0")
    assert revision(root) == before
    (root / "numbers.csv").write_text("1,2\n")
    with_data = revision(root)
    assert with_data != before
    (root / "numbers.csv").write_text("1,3\n")
    assert revision(root) != with_data


def test_the_proof_file_is_no_part_of_the_revision(package) -> None:
    """Nor is it read where students are graded: it may be broken."""
    without = revision(package())
    root = package(proof="1 / 0")
    assert revision(root) == without
    assert opened(root).questions[0].question.alternates == []


def test_an_edit_of_the_same_length_within_the_same_second_counts_in_every_file(package, monkeypatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    root = package(proof=PROOF)
    assert opened(root, proof=True).questions[0].expected.reference[0].value[0] < 1
    for file, old, new in (
        (root / "points.py", "/ 2", "* 9"),
        (root.with_name("small_proof.py"), "/ 4", "* 5"),
    ):
        written = file.stat().st_mtime_ns
        file.write_text(file.read_text().replace(old, new))
        os.utime(file, ns=(written, written))
    shrink = opened(root, proof=True).questions[0]
    assert shrink.expected.reference[0].value[0] >= 81
    assert shrink.question.alternates[0].function(1) == 5
    assert not list(root.parent.rglob("__pycache__"))


def test_a_proof_file_adds_right_ways_and_equivalent_edits(package) -> None:
    shrink, grow = (prepared.question for prepared in opened(package(proof=PROOF), proof=True).questions)
    assert [alternate.name for alternate in shrink.alternates] == ["quarter"]
    assert [alternate.name for alternate in grow.alternates] == ["by_numpy"]
    assert shrink.equivalents == {"w / 2 -> nothing": "it is a test"}


def test_a_module_may_have_a_proof_file_as_well(module) -> None:
    text = "@question(points=1)\ndef double(w):\n    return 2 * w\n" + CASES.format(name="double")
    file = module(text)
    file.with_name("small_proof.py").write_text(
        "import small\nfrom small import double\n\n@double.alternate\ndef plus(w):\n    return w + w\n\n"
        "@small.double.alternate\ndef minus(w):\n    return w - -w\n"
    )
    [question] = load(file, proof=True)
    assert [alternate.name for alternate in question.alternates] == ["plus", "minus"]
    assert load(file)[0].alternates == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"points": "1 / 0"}, "small/points.py:3: ZeroDivisionError"),
        ({"shrink": "def f(:"}, "small/shrink.py:3: SyntaxError"),
        ({"shrink": "from .pionts import halved"}, "shrink.py:3: ModuleNotFoundError: No module named 'sm"),
        ({"shrink": "from .points import havled"}, "shrink.py:3: ImportError: cannot import name 'havled'"),
        ({"extra": "x = 1"}, "small/extra.py: is not imported by "),
        ({"shrink": SHRINK + "@shrink.scale\ndef _(w):\n    return nil\n"}, ":20: shrink: NameError"),
        ({"grow": GROW.replace("core(", "edge(")}, "small/grow.py:10: grow: has no core case"),
        ({"grow": GROW.replace("grow", "shrink").replace("needs=(shrink,)", "")}, "shrink: is defined twice"),
        ({"proof": "from small.shrink import shrunk"}, "small_proof.py:3: {}/shrink.py has no shrunk"),
        ({"proof": "from small.shrink import shrnk"}, "has no shrnk (did you mean shrink?)"),
        ({"proof": "from small.nothing import shrink"}, "small_proof.py:3: there is no {}/nothing.py"),
        ({"proof": "@shrink.alternate\ndef f(w): return w"}, "small_proof.py:3: names shrink, which is not"),
        ({"proof": "def f(:"}, "small_proof.py:3: SyntaxError"),
        ({"proof": "1 / 0"}, "small_proof.py:3: ZeroDivisionError"),
        (
            {"proof": "from small import shrink\n\n@shrink.mistake()\ndef f(w): return w"},
            "small_proof.py:5: shrink: adds a mistake, on which marks depend (write it in {})",
        ),
        (
            {"proof": "from small import shrink\n\n@shrink.scale\ndef f(w): return 1"},
            "small_proof.py:5: shrink: adds a scale, on which marks depend",
        ),
        ({"proof": "from small import shrink\nshrink.points = 3"}, "small_proof.py: shrink: adds points, on"),
        ({"proof": "@question(points=1)\ndef f(w): return w"}, "small_proof.py:3: f: defines a question"),
        ({"proof": "f = written('T', points=1, rubric={'a': 1})"}, "small_proof.py: f: defines a question"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_place(package, changes, said) -> None:
    root = package(**changes)
    assert said.replace("{}", str(root)) in refused(root)


def test_all_unknown_names_of_a_proof_file_are_told_at_once(package) -> None:
    root = package(
        proof="from small.grow import grwo, grow\nfrom small import *\n\nshrnk.equivalent('a', because='b')\n"
    )
    flaws = refused(root).splitlines()
    assert ["small_proof.py:3" in flaws[0], "small_proof.py:6" in flaws[1], len(flaws)] == [True, True, 2]
    assert "names shrnk, which is not imported (did you mean shrink?)" in flaws[1]


def test_a_folder_that_is_no_package_and_both_forms_are_refused(tmp_path) -> None:
    (tmp_path / "small").mkdir()
    assert "small/__init__.py: there is no such file" in refused(tmp_path / "small")
    (tmp_path / "small/__init__.py").write_text("")
    (tmp_path / "small.py").write_text("")
    assert "small.py: there is a package" in refused(tmp_path / "small.py")


def test_helpers_of_other_files_are_edited_as_well(package) -> None:
    shrink = opened(package()).questions[0]
    mutants = {mutant.edit.name: mutant for mutant in make_mutants(shrink.question)}
    edited = mutants["halved: w / 2 -> w"]
    assert edited.function(8) == 8
    assert edited.file.endswith("small/points.py")
    [survivor] = mutate(shrink).survivors
    assert survivor.edit.name == "halved: return w / 2 -> return -(w / 2)", "done twice, it is right"
    grow = opened(package()).questions[1].question
    assert {mutant.edit.name for mutant in make_mutants(grow)} > {
        "4 * shifted(w) -> 4",
        "shifted: w + LEFT -> w",
    }


def test_places_are_named_with_the_file_they_stand_in(package) -> None:
    solutions = opened(package(proof=PROOF), proof=True)
    subject = AssignmentUnderTest.of(
        AssignmentText("", "", (), ()), solutions, notebook="small.ipynb", module="solutions/small"
    )
    shrink, grow = (prepared.question for prepared in solutions.questions)
    assert subject.line(shrink.reference) == "solutions/small/shrink.py:5"
    assert subject.line(grow.reference) == "solutions/small/grow.py:10"
    assert subject.line(shrink.alternates[0].function) == "solutions/small_proof.py:8"
    assert subject.place(*shrink.declared_at["w / 2 -> nothing"]) == "solutions/small_proof.py:16"
    assert subject.line(json.dumps) == "solutions/small"


def test_a_solved_notebook_has_what_references_need_of_every_file(package) -> None:
    root = package()
    answers = answers_to(root, load(root))
    assert answers["shrink"] == textwrap.dedent(
        """\
        def halved(w):
            return w / 2


        def shrink(w):
            return halved(halved(w))"""
    )
    assert answers["grow"].splitlines()[0] == "LEFT = 3"
    space: dict = {}
    exec(answers["grow"], space)
    assert space["grow"](1) == 16


def test_what_cannot_stand_in_a_solved_notebook_is_named(package) -> None:
    """Two helpers of one name, and a helper under another name than its own."""
    two = "\ndef two():\n    return shifted(1)\n\ndef shifted(w):\n    return 2 * w\n"
    grow = GROW.replace("4 * ", "two() * ").replace("import LEFT", "import LEFT, two")
    shrink = SHRINK.replace("halved", "half").replace("import half", "import halved as half")
    twice, renamed = package("twice", points=POINTS + two, grow=grow), package("renamed", shrink=shrink)
    for root, said in ((twice, "shifted means something else at"), (renamed, "a reference uses half, which")):
        with pytest.raises(CourseError, match=said):
            answers_to(root, load(root))
