"""Pictures and tables in questions: shown on pages, carried by exports, refused with their line."""

import base64
from pathlib import Path
from xml.etree import ElementTree

import pytest
from quiz_samples import HEAD, Clock

from autograder.check.quiz import check_quiz
from autograder.cli.quiz.terminal import Terminal, take
from autograder.interop.exports import export_quiz
from autograder.quiz.format.reader import read_quiz
from autograder.quiz.in_release import release_cells
from autograder.quiz.records import MemoryRecords
from autograder.quiz.service import QuizService
from autograder.render.quiz import render_paper

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
BODY = """
## look {single 1}
Which loss is this?

![a curve with two valleys](pictures/curve.png)

| $w$ | 0 | 1 |
|---|---|---|
| loss | 2 | 0 |

- (x) one with two minima
- ( ) a convex one | Count the valleys.
: As drawn.
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "curve.png").write_bytes(PNG)
    file = tmp_path / "sample.quiz.md"
    file.write_text(HEAD.format(settings="") + BODY)
    return file


def test_a_page_holds_its_pictures_and_draws_its_tables(path: Path) -> None:
    page = render_paper(read_quiz(path), solutions=False)
    assert f'<img src="data:image/png;base64,{base64.b64encode(PNG).decode()}"' in page
    assert 'alt="a curve with two valleys"' in page
    assert "<td>loss</td>" in page
    assert check_quiz(path).flaws == ()


def test_moodle_is_given_the_file_and_others_the_words(path: Path) -> None:
    """What is left out is said."""
    made = export_quiz(read_quiz(path), "moodle")
    text = ElementTree.fromstring(made.content).find(".//questiontext")
    assert text is not None
    assert "@@PLUGINFILE@@/pictures-curve.png" in (text.findtext("text") or "")
    [file] = text.findall("file")
    assert (file.get("name"), base64.b64decode(file.text or "")) == ("pictures-curve.png", PNG)
    assert not any("picture" in loss.what for loss in made.losses)
    other = export_quiz(read_quiz(path), "jupyterquiz")
    assert b"[picture pictures/curve.png: a curve with two valleys]" in other.content
    assert any("the picture pictures/curve.png is left out" in loss.what for loss in other.losses)


def test_a_terminal_says_what_a_picture_shows(path: Path) -> None:
    shown: list[str] = []

    def ask(prompt: str) -> str:
        raise EOFError

    service = QuizService(read_quiz(path), MemoryRecords(), clock=Clock())
    take(service, "ada", Terminal(shown.append, ask))
    assert "[picture pictures/curve.png: a curve with two valleys]" in shown


def test_a_notebook_holds_the_picture(path: Path) -> None:
    cells = [cell.source for cell in release_cells((read_quiz(path),))]
    assert any("![a curve with two valleys](data:image/png;base64," in source for source in cells)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("pictures/curve.png", "curve.png", ":10:1: look: the picture curve.png is not there"),
        (
            "pictures/curve.png",
            "https://a.org/c.png",
            ":10:1: look: the picture 'https://a.org/c.png' is not kept",
        ),
        ("pictures/curve.png", "../curve.png", ":10:1: look: the picture '../curve.png' does not lie beside"),
        ("a curve with two valleys", "", ":10:1: look: the picture pictures/curve.png does not say what it"),
        ("one with two minima", "![this](pictures/curve.png)", "stands in a choice, a hint or feedback"),
        ("pictures/curve.png", "sample.quiz.md", ":10:1: look: the picture sample.quiz.md is no PNG or JPEG"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_refused_with_its_line(
    path: Path, old: str, new: str, said: str
) -> None:
    path.write_text(path.read_text().replace(old, new))
    flaws = [str(flaw) for flaw in check_quiz(path).flaws]
    assert any(said in flaw for flaw in flaws), flaws


def test_no_file_outside_of_the_quiz_is_ever_read(path: Path) -> None:
    """Whatever a quiz names: its pages then hold words."""
    (path.parent.parent / "secret.png").write_bytes(PNG)
    path.write_text(path.read_text().replace("pictures/curve.png", "../secret.png"))
    assert "data:image" not in render_paper(read_quiz(path), solutions=True)
