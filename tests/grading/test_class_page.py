"""The page on a class: figures, equal wrong answers, and mistakes to paste that name whom they say."""

import html
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from class_course import ClassCourse

TRANSPOSED = (
    "def grad(A, w):\n    return A.T @ w",
    "def grad(M, v):\n    # half of it\n    return v @ M",
    "def grad(A, w):\n    n = range(len(w))\n    return [sum(A[i][j] * w[i] for i in n) for j in n]",
)
HALF = "def extremes(x):\n    return x[0], max(x)"
OTHER_HALF = "def extremes(x):\n    return x[0], x[-1]"
TOO_SMALL = ("def root(a, b):\n    return a / 4", "def root(a, b):\n    return 0.25 * a")
HELPED = "def half(B, u):\n    return B.T @ u\n\nSCALE = 3.0"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> ClassCourse:
    """A class, graded."""
    made = ClassCourse(tmp_path_factory.mktemp("class"))
    wrong = {
        "ada": {"grad": TRANSPOSED[0]},
        "bob": {"grad": TRANSPOSED[1], "extremes": HALF},
        "cyd": {"grad": TRANSPOSED[2]},
        "dov": {"grad": "def grad(A, w):\n    return 2 * (A @ w)"},
        "eve": {"grad": "def grad(A, w):\n    return w", "extremes": HALF, "root": TOO_SMALL[0]},
        "fay": {"extremes": OTHER_HALF, "root": TOO_SMALL[1]},
        "gus": {"extremes": "def extremes(x):\n    return None"},
        "hal": {},
        "ivy": {"extremes": HALF, "root": "def root(a, b):\n    return undefined_name"},
        "jon": {"root": "def root(a, b):\n    return undefined_name"},
    }
    for student, answers in wrong.items():
        made.hand_in(student, **answers)
    for student in ("kim", "lea"):
        made.hand_in(student, before=HELPED, grad="def grad(A, w):\n    return SCALE * half(A, w)")
    done = made.grade()
    assert done.exit_code == 0, done.output
    return made


def look(course: ClassCourse, *options: str) -> str:
    done = course.run("stats", "small", "-j", "1", "--accept-isolation", "1", *options)
    assert done.exit_code == 0, done.output
    return (course.folder / "small-class.html").read_text(encoding="utf-8")


def plain(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page.split("</style>")[1]))


def pastes(page: str) -> Iterator[str]:
    """The mistakes that are offered."""
    for found in re.finditer(r"<pre[^>]*><code>(@[^<]*)</code></pre>", page):
        yield html.unescape(found[1])


def test_nobody_is_named_unless_that_is_asked(course: ClassCourse):
    """Numbers stand for students; with --names, their names do."""
    names = re.compile(r"\b(ada|bob|cyd|dov|eve|fay|gus|hal|ivy|jon|kim|lea)\b")
    assert not names.search(plain(look(course)))
    assert "ada, bob, cyd" in look(course, "--names")


def test_the_page_holds_all_figures(course: ClassCourse):
    """Students, mean, outcomes, known mistakes with their counts and hints."""
    page = plain(look(course))
    assert "12" in page and "partly right" in page
    assert re.search(r"1\s+takes_A_symmetric\s+Your formula is right for some matrices only", page)
    assert page.count("students give the same wrong answers") == 5
    assert "Their calls end so: NameError" in page


def test_no_script_and_no_address_is_on_the_page(course: ClassCourse):
    """It is one file, and loads nothing."""
    page = look(course)
    assert "<script" not in page and "http" not in page.replace("http-equiv", "")


def test_what_is_pasted_names_exactly_whom_the_page_says(course: ClassCourse, tmp_path: Path):
    """Every mistake that is offered passes `check`, and grading anew names those students and nobody else."""
    page = look(course, "--names")
    offered = list(pastes(page))
    assert len(offered) == 4
    other = ClassCourse(tmp_path / "again")
    shutil.copytree(course.folder / "submissions", other.folder / "submissions")
    other.solutions.write_text("\n\n\n".join((other.solutions.read_text(), *offered)) + "\n")
    checked = other.run("check", "small")
    assert not re.search(r"mistake \w+_mistake_", checked.output), checked.output
    assert other.grade().exit_code == 0
    named: defaultdict[str, set[str]] = defaultdict(set)
    for folder in (other.folder / "reports" / "small").iterdir():
        for verdict in other.report(folder.name)["questions"]:
            named[verdict.get("mistake") or ""].add(folder.name)
    told = {
        re.findall(r"def (\w+)", html.unescape(code))[0]: whom_it_names(html.unescape(sentence), who)
        for who, sentence, code in re.findall(
            r'who-list">([^<]*)<.*?would name ([^<]*?)[;.]?\s*Write the hint.*?<pre[^>]*><code>(@[^<]*)<',
            page,
            re.DOTALL,
        )
    }
    assert len(told) == 4
    assert told == {name: named[name] for name in told}


def whom_it_names(sentence: str, group: str) -> set[str]:
    """The students of the sentence: those of the group, or those it lists."""
    return set((group if sentence.startswith("these ") else sentence.rstrip(".")).split(", "))
