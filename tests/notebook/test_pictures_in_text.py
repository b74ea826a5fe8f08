"""Pictures are found in a text however they got there; what nobody will see is said with what helps."""

import time

import pytest
from picture_files import encode, heic

from autograder.domain.notebook import Attachment, Cell, CellKind
from autograder.domain.sentences import SILENT
from autograder.notebook.attachments import recognise_format
from autograder.notebook.pictures import Home, explain_unseen, find_pictures

PNG = encode()


def cell(source: str, *names: str, format_: str = "PNG") -> Cell:
    kept = tuple(Attachment(name, "0", format_) for name in names)
    return Cell(CellKind.MARKDOWN, source, 3, attachments=kept)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("![proof.png](attachment:proof.png)", "proof.png"),
        ("![](attachment:my%20proof%20(1).png)", "my proof (1).png"),
        ("![](<attachment:my proof.png>)", "my proof.png"),
        ("![](attachment:my proof.png)", "my proof.png"),
        ('![a [b] c](attachment:proof.png "as a title")', "proof.png"),
        ("see [1] and ![x](attachment:proof.png)", "proof.png"),
        ("![the proof][p]\n\n[p]: attachment:proof.png", "proof.png"),
        ('<img width="500" src="attachment:proof.png"/>', "proof.png"),
        ("<IMG SRC='attachment:proof.png'>", "proof.png"),
        ("<p><img alt=x src=attachment:proof.png></p>", "proof.png"),
        ("![](attachment:de%CC%81mo.png)", "d\u00e9mo.png"),
        ("![[proof.png](attachment:proof.png)", "proof.png"),
    ],
)
def test_an_attached_picture_is_found(source: str, name: str) -> None:
    text, [picture] = find_pictures(cell(source, "another.png", name))
    assert (picture.home, picture.target) == (Home.ATTACHED, name)
    assert "[picture 1]" in text
    assert "attachment:" not in text.partition("[p]:")[0]
    assert explain_unseen(picture) == (SILENT, SILENT)


@pytest.mark.parametrize(
    "source",
    [
        f"![image.png](data:image/png;base64,{PNG})",
        f'<img src="data:image/png;base64,{PNG}" width=300>',
        f'<img src="data:image/png;charset=utf-8;base64,{PNG[:20]}\n{PNG[20:]}">',
        f"![image][i]\n\n[i]: <data:image/png;base64,{PNG}>",
        f"![i]()![image.png](data:image/jpeg;base64,{PNG})",
    ],
)
def test_a_picture_in_the_text_itself_is_found_and_taken_out_of_it(source: str) -> None:
    text, pictures = find_pictures(cell(source))
    assert [(p.home, p.target, p.format) for p in pictures] == [(Home.INLINE, PNG, "PNG")]
    assert PNG[:20] not in text


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("![](photo.jpg)", "not handed in"),
        ("![](images/photo.jpg)", "not handed in"),
        ("<img src='file:///home/me/photo.jpg'>", "not handed in"),
        ("My proof: [see here](proof.pdf)", "not handed in"),
        ("![](https://example.org/photo.jpg)", "link to the web"),
        ("[photo](https://example.org/photo.jpg?x=1)", "link to the web"),
        ("![](attachment:lost.png)", "copied text"),
        ('<img src="data:image/svg+xml;utf8,<svg></svg>">', "SVG"),
        ("<svg width=3><script>alert(1)</script></svg>", "SVG"),
        (f"![](data:image/heic;base64,{heic()})", "HEIC"),
        ("![](data:image/png;base64,AAAA)", "not a picture"),
        (f"![](data:image/tiff;base64,{encode('TIFF')})", "TIFF"),
    ],
)
def test_what_nobody_would_see_is_said_with_what_helps(source: str, said: str) -> None:
    _, [picture] = find_pictures(cell(source))
    why, how = explain_unseen(picture)
    assert said in str(why)
    assert "into the cell" in str(how)


@pytest.mark.parametrize(
    "source", ["plain", "[a link](https://example.org/page)", "a[0](x)", "$x < 3$ and [1, 2]", "[x] [y]"]
)
def test_a_text_without_pictures_is_left_as_it_is(source: str) -> None:
    assert find_pictures(cell(source)) == (source, ())


def test_what_the_first_bytes_say_counts_not_the_name() -> None:
    assert recognise_format(heic()) == "HEIC"
    assert [recognise_format(encode(name)) for name in ("PNG", "JPEG", "WEBP")] == ["PNG", "JPEG", "WebP"]


@pytest.mark.parametrize(
    "piece", ["[", "![", "![](", "![](attachment:", "<img src=", "<img src='", "[a]: ", "![a][", "<img "]
)
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    began = time.process_time()
    find_pictures(cell(piece * (2_000_000 // len(piece))))
    find_pictures(cell(piece * 19_000))
    assert time.process_time() - began < 20
