"""Pictures of students on a page: pixels of ours, whatever their files hold."""

import base64
from io import BytesIO

import pytest
from picture_files import FORMATS, bomb, decode, encode
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from autograder.render.redraw import PictureError, redraw

ROOM = 200_000


def gray(content: str, at: tuple[int, int]) -> int:
    value = decode(content).convert("L").getpixel(at)
    assert isinstance(value, int)
    return value


@pytest.mark.parametrize("name", FORMATS)
def test_a_picture_of_a_usual_format_is_drawn_anew(name: str) -> None:
    drawn = redraw(encode(name, (80, 40)), most=ROOM)
    assert (drawn.width, drawn.height) == (80, 40) == decode(drawn.base64).size
    assert gray(drawn.base64, (5, 20)) < 60 < 200 < gray(drawn.base64, (75, 20))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "I"])
def test_every_kind_of_pixel_is_drawn(mode: str) -> None:
    out = BytesIO()
    Image.new("L", (20, 10), 200).convert("L" if mode.startswith("I") else mode).save(out, "PNG")
    if mode.startswith("I"):
        out = BytesIO()
        Image.new("I;16", (20, 10), 200 * 256).save(out, "PNG")
    drawn = redraw(base64.b64encode(out.getvalue()).decode(), most=ROOM)
    assert gray(drawn.base64, (10, 5)) == pytest.approx(255 if mode == "1" else 200, abs=60)


def test_what_is_transparent_is_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (20, 10), (0, 0, 0, 0)).save(out, "PNG")
    assert gray(redraw(base64.b64encode(out.getvalue()).decode(), most=ROOM).base64, (10, 5)) == 255


@pytest.mark.parametrize(
    ("orientation", "black"), [(1, (10, 20)), (3, (70, 20)), (6, (20, 10)), (8, (20, 70))]
)
def test_a_photograph_stands_upright(orientation: int, black: tuple[int, int]) -> None:
    """As its camera noted how it was held."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    drawn = redraw(encode("JPEG", (80, 40), exif=exif), most=ROOM)
    assert (drawn.width, drawn.height) == ((80, 40) if orientation < 5 else (40, 80))
    assert gray(drawn.base64, black) < 60


def test_nothing_but_pixels_is_kept() -> None:
    """Not where a photograph was taken, nor by whom."""
    exif = Image.Exif()
    exif[0x010E] = "45.1885 N, 5.7245 E"
    text = PngInfo()
    text.add_text("Author", "45.1885 N")
    for content in (
        encode("JPEG", (80, 40), exif=exif, comment=b"45.1885 N", icc_profile=b"45.1885 N"),
        encode("PNG", (80, 40), pnginfo=text),
        encode("WEBP", (80, 40), exif=exif.tobytes(), xmp=b"45.1885 N"),
    ):
        assert b"45.1885" not in base64.b64decode(redraw(content, most=ROOM).base64)


def test_a_photograph_is_made_so_small_that_it_finds_room() -> None:
    noise = Image.effect_noise((3000, 2000), 80)
    out = BytesIO()
    noise.save(out, "JPEG", quality=95)
    content = base64.b64encode(out.getvalue()).decode()
    drawn = redraw(content, most=2_000_000)
    assert max(drawn.width, drawn.height) == 1600
    assert len(redraw(content, most=200_000).base64) < len(drawn.base64) / 2


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (bomb(60_000, 60_000), "too many pixels"),
        (bomb(9_000, 9_000), "too many pixels"),
        ("A" * 30_000_000, "larger than 16 MB"),
        (encode("PNG", (80, 40))[:-40], "damaged"),
        (encode("JPEG", (80, 40))[:400], "damaged"),
        ("not base64 é", "damaged"),
        ("", "damaged"),
        (base64.b64encode(SVG).decode(), "damaged, or no PNG"),
        (base64.b64encode(base64.b64decode(encode("JPEG")) + b"\xff\xda" * 100).decode(), "damaged"),
        (encode("TIFF"), "no PNG"),
        (encode("BMP"), "no PNG"),
    ],
)
def test_what_is_too_large_or_no_picture_is_refused(content: str, why: str) -> None:
    with pytest.raises(PictureError, match=why):
        redraw(content, most=ROOM)
