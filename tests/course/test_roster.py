"""students.csv: who is in the course, and every mistake with its line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.roster import read_roster
from autograder.domain.course import Student
from autograder.domain.student_id import why_unsafe

ADA = Student("ada", "Ada Lovelace", "ada@example.org", "A")


def roster(folder: Path, content: str | bytes):
    """What is read of a file with this content."""
    path = folder / "students.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_roster(path)


@pytest.mark.parametrize(
    "content",
    [
        "id,name,email,group\nada,Ada Lovelace,ada@example.org,A\n",
        "\ufeffid,name,email,group\r\nada,Ada Lovelace,ada@example.org,A\r\n",
        "id;name;email;group\nada;Ada Lovelace;ada@example.org;A",
        "id\tname\temail\tgroup\nada\tAda Lovelace\tada@example.org\tA\n",
        'ID, Name ,email,group\n\n "ada",Ada Lovelace,ada@example.org,A\n,,,\n',
        "group,mark,email,name,id\nA,12,ada@example.org,Ada Lovelace,ada\n",
    ],
)
def test_what_spreadsheets_write_is_read(tmp_path, content):
    """Any separator, order and line end; a byte order mark; blank lines; columns of the author's own."""
    assert roster(tmp_path, content) == ((ADA,), [])


def test_lines_that_are_no_text_hide_nothing_of_the_others(tmp_path):
    """Every flaw in the order of the lines, of a roster that a spreadsheet saved in another encoding."""
    file = tmp_path / "students.csv"
    file.write_bytes("id;name\nada;Ada\nada;Ada\nzoe;Zoé\n../x;X\nbob\n".encode("cp1252"))
    people, flaws = read_roster(file)
    assert [flaw.where for flaw in flaws] == [f"students.csv, line {line}" for line in (3, 4, 5, 6)]
    assert [flaw.what for flaw in flaws][1] == "is not text in UTF-8"
    assert [each.id for each in people] == ["ada"]


def test_ids_are_enough(tmp_path):
    """Names, addresses and groups may be left out; accents are brought to composed form."""
    assert roster(tmp_path, "id\nzoe\u0301\n12345678\n") == ((Student("zoé"), Student("12345678")), [])


@pytest.mark.parametrize("content", ["", "id,name,email,group\n"])
def test_no_file_and_no_lines_are_nobody(tmp_path, content):
    """Without a roster everybody is welcome, which is no mistake; a file without any header is one."""
    assert read_roster(tmp_path / "students.csv") == ((), [])
    people, flaws = roster(tmp_path, content)

    assert (people, len(flaws)) == ((), 0 if content else 1)


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        ("name,email\nAda,a@b\n", 1, "there is no column id"),
        ("id,name,mail\nada,Ada,a@b\n", 1, "'mail' is unknown"),
        ("id,id\nada,ada\n", 1, "two columns id"),
        ("id,name\nada,Ada\nbob\n", 3, "has 1 column, the first line has 2"),
        ("id,name\nada,Lovelace, Ada\n", 2, "has 3 columns"),
        ("id,name\nada,Ada\n\n,Bob\n", 4, "the id '' is empty"),
        ("id\nada\nbob\nada\n", 4, "'ada' stands on line 2 already"),
        ("id\nada\nAda\n", 3, "'Ada' stands on line 2 already"),
        ("id\nzoé\nzoe\u0301\n", 3, "stands on line 2 already"),
        ('id,name\nada,"Ada\nLovelace"\n../etc,x\n', 4, "the id '../etc' begins with a dot"),
        ("id\na/b\n", 2, "holds /"),
        ("id\na\u202eb\n", 2, "U+202E"),
        ("id\na\0b\n", 2, "U+0000"),
        (b"id,name\nada,Ada\nzoe,Zo\xe9\n", 3, "is not text in UTF-8"),
        ("id\nada\n".encode("utf-16"), 1, "is not text in UTF-8"),
        ("id\nada\n".encode("utf-16-le"), 1, "is not text in UTF-8"),
        (b"PK\x03\x04\x14\0\x06\0[Content_Types].xml", 1, "is a workbook of a spreadsheet, no text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40), 1, "is a workbook of a spreadsheet, no text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), 1, "is a binary file, no table of text"),
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", 1, "is a binary file, no table of text"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xcbLI", 1, "is a binary file, no table of text"),
    ],
)
def test_mistakes_have_their_line(tmp_path, content, where, what):
    """One sentence each, at the line as an editor counts it."""
    _, (flaw,) = roster(tmp_path, content)

    assert flaw.where == f"students.csv, line {where}"
    assert what in flaw.what


def test_all_mistakes_are_told_and_the_others_are_read(tmp_path):
    """One bad line hides no other."""
    people, flaws = roster(tmp_path, "id\nada\n../x\nada\nbob\n")

    assert [student.id for student in people] == ["ada", "bob"]
    assert [flaw.where for flaw in flaws] == ["students.csv, line 3", "students.csv, line 4"]


def test_an_open_quote_is_told(tmp_path):
    """A table that cannot be taken apart is refused whole."""
    people, (flaw,) = roster(tmp_path, 'id,name\nada,"Ada\n')

    assert people == ()
    assert "cannot be read as a table" in flaw.what


@given(
    st.one_of(
        st.binary(max_size=60),
        st.text(max_size=60).map(lambda text: ("id\n" + text).encode("utf-8", "ignore")),
    )
)
def test_whatever_is_in_the_file_only_safe_ids_come_out(tmp_path_factory, content):
    """No content crashes the reading or smuggles in an id."""
    people, _ = roster(tmp_path_factory.mktemp("course"), content)

    assert all(why_unsafe(person.id) == "" for person in people)
    assert len({student.id for student in people}) == len(people)


def test_ids_that_a_spreadsheet_made_equal_are_told_to_be_that(tmp_path):
    """Numbers that were shortened have lost the digits that told students apart."""
    _, (flaw,) = roster(tmp_path, "id\n2.02E+07\n2.02E+07\n")

    assert flaw.allowed.startswith("a spreadsheet has shortened the numbers")
