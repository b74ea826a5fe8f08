"""What a person marks is before them: pictures in the text of a written part are on its sheet."""

import json
from pathlib import Path

import pytest
from marking_course import Course, notebook
from picture_files import encode, heic

SHOWN = "data:image/png;base64,"


def hand_in(course: Course, student: str, text: str, attached: dict[str, str] | None = None) -> None:
    document = json.loads(notebook(comment=text))
    if attached:
        document["cells"][5]["attachments"] = {name: {"image/png": png} for name, png in attached.items()}
    course.hand_in(student, json.dumps(document).encode())


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    made = Course(tmp_path_factory.mktemp("pictures") / "course")
    hand_in(
        made,
        "ada",
        "The proof: ![p](attachment:proof.png) qed",
        {"proof.png": encode(size=(30, 20), dpi=(99, 99))},
    )
    hand_in(made, "bob", f"![image.png](data:image/png;base64,{encode('JPEG', (31, 20))})")
    hand_in(made, "cleo", f'<img width=9 src="data:image/gif;base64,{encode("GIF", (32, 20))}">')
    hand_in(made, "dan", "![](attachment:IMG_1.HEIC)", {"IMG_1.HEIC": heic()})
    hand_in(made, "eve", "![](photo.jpg) ![](https://example.org/p.png) <svg onload=alert(1)></svg>")
    hand_in(made, "fay", "![p](attachment:gone.png)", {"another.png": encode()})
    hand_in(made, "gil", "![p](attachment:a.png)" * 30, {"a.png": encode(size=(33, 20))})
    hand_in(made, "hal", "![p](attachment:a.png)", {"a.png": encode()[:-30]})
    assert made.grade().exit_code == 0
    told = made.run("mark", "small", "--names")
    assert told.exit_code == 0, told.output
    return made


def answer(course: Course, student: str) -> str:
    page = (course.marking / "written-2.html").read_text(encoding="utf-8")
    return page.partition(f"<bdi>{student}</bdi>")[2].partition("</article>")[0]


@pytest.mark.parametrize(
    ("student", "kind", "width"), [("ada", "png", 30), ("bob", "jpeg", 31), ("cleo", "png", 32)]
)
def test_a_picture_is_on_the_sheet_however_it_got_into_the_text(
    course: Course, student: str, kind: str, width: int
) -> None:
    shown = answer(course, student)
    assert f"data:image/{kind};base64," in shown
    assert f'width="{width}" height="20"' in shown
    assert "[picture 1]" in shown
    assert "attachment:" not in shown
    assert not any("picture" in note for note in course.report(student)["notes"])


def test_the_bytes_of_a_student_s_file_are_not_on_the_sheet(course: Course) -> None:
    page = (course.marking / "written-2.html").read_text(encoding="utf-8")
    assert encode(size=(30, 20), dpi=(99, 99)) not in page
    assert encode("JPEG", (31, 20)) not in page
    assert "<svg onload" not in page


@pytest.mark.parametrize(
    ("student", "why", "how"),
    [
        ("dan", "HEIC photograph", "Convert the photograph to JPEG"),
        ("eve", "was not handed in", "Drag the picture itself"),
        ("eve", "is a link to the web", "Drag the picture itself"),
        ("eve", "is a drawing in SVG", "Save it as PNG or JPEG"),
        ("fay", "is not in the notebook", "Drag the picture itself"),
    ],
)
def test_what_cannot_be_shown_is_said_to_the_marker_and_to_the_student(
    course: Course, student: str, why: str, how: str
) -> None:
    """The student reads it before anybody marks, with what to do, and can hand in again."""
    assert why in answer(course, student)
    [note] = [note for note in course.report(student)["notes"] if why in note]
    assert note.startswith("Cell 6: ")
    assert how in note


def test_a_damaged_picture_is_said_to_the_marker(course: Course) -> None:
    assert "is damaged" in answer(course, "hal")


def test_no_answer_fills_the_sheet(course: Course) -> None:
    shown = answer(course, "gil")
    assert shown.count(SHOWN) == 24
    assert "comes after 24 others of this answer" in shown


def test_another_picture_is_another_answer(course: Course, tmp_path: Path) -> None:
    """A mark that was given for a photograph does not pass for the next one."""
    made = Course(tmp_path / "course")
    for picture, told in (("first", ""), ("second", "Another answer of this student was given")):
        size = (30, 20 if picture == "first" else 21)
        hand_in(made, "ada", "![p](attachment:p.png)", {"p.png": encode(size=size)})
        assert made.grade().exit_code == 0
        assert made.run("mark", "small", "--names").exit_code == 0
        assert told in answer(made, "ada")
        lines = made.table.read_text(encoding="utf-8-sig").splitlines()
        cells = lines[1].split(",")
        made.table.write_text("\n".join([lines[0], ",".join([*cells[:2], "0.5", "1", "", cells[-1]])]))
        assert made.run("mark", "small", "--csv", str(made.table)).exit_code == 0
