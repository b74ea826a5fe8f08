"""Cells of another program's file are replaced, and every other byte stays."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import CourseError
from autograder.interop.cells import read_cells

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=6)


@given(
    rows=st.lists(st.lists(_TEXT, min_size=3, max_size=3), min_size=2, max_size=6),
    separator=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
    mark=st.booleans(),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    value=_TEXT,
)
def test_one_cell_changes_and_no_other_byte(
    rows: list[list[str]],
    separator: str,
    end: str,
    mark: bool,
    quoting: int,
    value: str,
) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    content = (b"\xef\xbb\xbf" if mark else b"") + out.getvalue().encode()
    table = read_cells(content, "x.csv", separator=separator)
    assert table.content == content
    assert [[cell.value for cell in row.cells] for row in table.rows] == rows

    made = table.replace({(1, 2): value})

    cell = table.rows[1].cells[2]
    assert made.text.startswith(table.text[: cell.begin])
    assert made.text.endswith(table.text[cell.end :])
    assert made.mark == table.mark
    assert made.rows[1].cells[2].value == value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_an_encoding_is_kept(encoding: str) -> None:
    content = "Prénom;Note\r\nAmélie;\r\n".encode(encoding)

    made = read_cells(content, "x.csv").replace({(1, 1): "13,50"})

    assert made.content == "Prénom;Note\r\nAmélie;13,50\r\n".encode(encoding)


def test_bytes_that_windows_has_no_letter_for_are_kept() -> None:
    content = b"name,mark\nA\x81\x9d\xe9,\n"
    assert read_cells(content, "x.csv").replace({(1, 1): "1"}).content == b"name,mark\nA\x81\x9d\xe9,1\n"


def test_the_only_letter_that_tells_the_encoding_may_be_replaced() -> None:
    assert read_cells(b"id,mark\n1,\xe9\n", "x.csv").replace({(1, 1): "7"}).content == b"id,mark\n1,7\n"


def test_a_row_that_ends_before_the_column_is_made_longer() -> None:
    made = read_cells(b"a\tb\tc\td\r\nx\r\n\r\n", "x.txt", separator="\t", quotes=False)
    assert made.replace({(1, 2): "5", (1, 3): "20"}).content == b"a\tb\tc\td\r\nx\t\t5\t20\r\n\r\n"


def test_a_file_without_quotes_keeps_those_in_names() -> None:
    made = read_cells(b'id\tname\tmark\n1\t"Polo\t\n', "x.txt", separator="\t", quotes=False)
    assert made.replace({(1, 2): "7"}).content == b'id\tname\tmark\n1\t"Polo\t7\n'


def test_a_text_over_several_lines_is_one_cell_and_lines_are_counted() -> None:
    table = read_cells(b'a,b\n"one\ntwo",\nx,\n', "x.csv")
    assert [row.line for row in table.rows] == [1, 2, 4]
    assert table.replace({(2, 1): "9"}).content == b'a,b\n"one\ntwo",\nx,9\n'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04...", "spreadsheet program"),
        (b"\xd0\xcf\x11\xe0\xa1", "spreadsheet program"),
        (b"a\0b", "not text"),
        (b'a,b\n1,"x\n', "line 2: a quotation mark is not closed"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        read_cells(content, "x.csv")


def test_a_sign_that_the_encoding_lacks_is_named() -> None:
    with pytest.raises(CourseError, match="no sign 'α'"):
        read_cells("é;b\n1;\n".encode("cp1252"), "x.csv").replace({(1, 1): "α"})
