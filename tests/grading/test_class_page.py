"""The page on a class: figures, equal wrong answers, and mistakes to paste that name whom they say."""

import html
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from class_course import ClassCourse
from quiz_course import QuizCourse

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


@pytest.mark.soak
def test_what_was_not_kept_is_run_once_more(course: ClassCourse):
    """Prints that were deleted, or cut by a kill, are made again, and the page is the same."""
    page = look(course, "--names")
    [kept] = (course.folder / ".autograder" / "answers" / "small").iterdir()
    lines = kept.read_text().splitlines()
    kept.write_text("\n".join((*lines[:3], lines[3][:40])))
    assert look(course, "--names") == page
    kept.unlink()
    assert look(course, "--names") == page
    assert (kept.stat().st_mode & 0o777) == 0o600
    told = course.run("stats", "small", "-j", "1", "--accept-isolation", "1")
    assert "1/" not in told.output  # nothing is run again


def test_reports_of_another_revision_count_and_are_compared_with_nobody(course: ClassCourse, tmp_path: Path):
    """The page says how many there are, and what to do."""
    other = ClassCourse.at(Path(shutil.copytree(course.folder, tmp_path / "other")))
    text = other.solutions.read_text()
    other.solutions.write_text(text.replace("credit=0.25", "credit=0.5"))
    page = plain(look(other))
    assert "12 reports are of another revision" in page
    assert "students give the same wrong answers" not in page
    assert re.search(r"Of 6 more answers it is not known whom they equal", page)


@pytest.mark.soak
def test_a_class_that_has_handed_in_nothing_has_a_page(tmp_path: Path):
    """With no figures, and no failure."""
    empty = ClassCourse(tmp_path)
    (tmp_path / "submissions" / "small").mkdir(parents=True)
    assert empty.grade().exit_code == 1  # and says that the folder is empty
    assert "reports that count 0" in " ".join(plain(look(empty)).split())


def test_a_quiz_has_a_page_too(tmp_path: Path):
    """Facility and common answers; a quiz of a notebook is part of that, and an unknown name is refused."""
    quiz = QuizCourse(tmp_path)
    quiz.take("ada", "2 A w", "yes", "equal", ".")
    quiz.take("bob", "2 A w", "yes", "equal", ".")
    done = quiz.run("stats", "weekly", "--out", "page.html")
    assert (done.exit_code, done.stdout) == (1, "page.html: 2 students.\n")  # texts wait for a person
    page = plain((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert "2 A w" in page and not re.search(r"\bada\b", page)
    assert "there is no assignment 'none'" in str(quiz.run("stats", "none").exception)


@pytest.mark.soak
def test_an_error_that_is_carried_forward_is_none_of_the_group(tmp_path: Path):
    """Who fails only through an earlier question gives no wrong answers of their own."""
    chained = ClassCourse(tmp_path)
    text = chained.solutions.read_text().replace("@question(points=3)", "@question(points=3, needs=(grad,))")
    text = text.replace(
        "return float(np.min(x)), float(np.max(x))", "return tuple(map(float, grad(np.eye(2), x[:2])))"
    )
    chained.solutions.write_text(text)
    uses = "def extremes(x):\n    return tuple(grad(np.eye(2), x[:2]))"
    doubled = "def extremes(x):\n    return tuple(3 * grad(np.eye(2), x[:2]))"
    for student, answer in {"ada": uses, "bob": doubled, "cyd": doubled}.items():
        chained.hand_in(student, grad="def grad(A, w):\n    return -A @ w", extremes=answer)
    assert chained.grade().exit_code == 0
    page = look(chained, "--names")
    assert plain(page).count("students give the same wrong answers") == 2
    [code] = [code for code in pastes(page) if "extremes" in code]
    assert "3 * grad(" in code
