"""Marks go into the files of Moodle, Canvas and Apogée, each to its student, and nothing else changes."""

import contextlib
import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from autograder.domain.course import Student
from autograder.domain.rounding import Rounding, Ties
from autograder.errors import CourseError
from autograder.interop.apogee import open_apogee
from autograder.interop.canvas_grades import open_canvas
from autograder.interop.completion import Completion, PlatformFile, choose_column, complete
from autograder.interop.grades_csv import write_grades_csv
from autograder.interop.marks import ExportedMark
from autograder.interop.moodle_grades import open_gradebook, open_worksheet
from tests.samples.platform_files import (
    PEOPLE,
    SHARES,
    apogee,
    canvas,
    gradebook,
    marks,
    read_column,
    worksheet,
    write_as_php,
)

WITHDRAWN = Student("21900000", "Zoé Partie", "zoe@example.org")


def fill(file: PlatformFile, **options: object) -> Completion:
    return complete(file, marks(), PEOPLE, **options)  # type: ignore[arg-type]


def without_cells(content: bytes, made: bytes) -> None:
    """All that was there is there still, in its order: only numbers and codes were put in."""
    pieces = re.split(rb"[0-9]+[.,][0-9]{2}|\b20\b|ABI|ABJ|DIS", made)
    at = 0
    for piece in pieces:
        at = content.find(piece.strip(b'"'), at)
        assert at >= 0, piece


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_worksheet_of_moodle_is_completed(language: str) -> None:
    most = "20,00" if language == "fr" else "20.00"
    content = worksheet(language=language, most=most)

    made = fill(open_worksheet(content, "w.csv"))

    heading, key = ("Note", "Numéro d'identification") if language == "fr" else ("Grade", "ID number")
    found = read_column(made.content, heading, key=key)
    expected = {
        "21904711": "17.00",
        "21904712": "13.33",
        "21904713": "20.00",
        "21904714": "0.00",
        "21904715": "2.50",
    }
    assert {who: grade.replace(",", ".") for who, grade in found.items()} == expected
    assert ("," in found["21904711"]) == (language == "fr")
    assert not made.reconciliation.needs_person
    assert len(made.reconciliation.filled) == 5
    assert made.content.startswith(b"\xef\xbb\xbf")
    without_cells(content, made.content)


def test_a_completed_worksheet_has_nothing_more_to_fill() -> None:
    made = fill(open_worksheet(worksheet(), "w.csv"))
    again = fill(open_worksheet(made.content, "w.csv"))
    assert again.content == made.content
    assert len(again.reconciliation.same) == 5


def test_another_mark_that_stands_there_is_kept_unless_it_may_go() -> None:
    content = worksheet(grades={"21904711": "12.00", "21904713": "20.00"})

    kept = fill(open_worksheet(content, "w.csv"))
    gone = fill(open_worksheet(content, "w.csv"), overwrite=True)

    assert [(c.student, c.before, c.after) for c in kept.reconciliation.kept] == [
        ("21904711", "12.00", "17.00")
    ]
    assert kept.reconciliation.needs_person
    assert [c.student for c in kept.reconciliation.same] == ["21904713"]
    assert read_column(kept.content, "Grade", key="ID number")["21904711"] == "12.00"
    assert read_column(gone.content, "Grade", key="ID number")["21904711"] == "17.00"
    assert not gone.reconciliation.needs_person


def test_who_is_on_one_side_alone_is_named() -> None:
    file = open_worksheet(worksheet((*PEOPLE[:3], WITHDRAWN)), "w.csv")

    told = fill(file).reconciliation

    assert [str(line) for line, _ in told.unknown] == ["line 5: Zoé Partie, 21900000, zoe@example.org"]
    assert told.missing == ("21904714", "21904715")
    assert told.needs_person


def test_a_locked_mark_is_told_and_left() -> None:
    told = fill(open_worksheet(worksheet(locked=["21904712"]), "w.csv")).reconciliation
    assert [(note.student, note.why) for note in told.refused] == [
        ("21904712", "Moodle has locked this mark")
    ]
    assert len(told.filled) == 4


def test_an_anonymous_worksheet_is_matched_by_participant_numbers_alone() -> None:
    """Where marking is anonymous, students.csv has the numbers as ids; else nobody is guessed."""
    content = worksheet(anonymous=True)
    people = [Student("Participant_301"), Student("302"), Student("participant303")]
    shares = {"Participant_301": "1/2", "302": "1/4", "participant303": "1"}

    told = complete(open_worksheet(content, "w.csv"), marks(shares), people).reconciliation

    assert {(c.student, c.after) for c in told.filled} == {
        ("Participant_301", "10.00"),
        ("302", "5.00"),
        ("participant303", "20.00"),
    }
    assert len(told.unknown) == 2
    assert not fill(open_worksheet(content, "w.csv")).reconciliation.matched


def test_two_of_one_name_without_id_are_not_guessed() -> None:
    people = [replace(person, id="", email="") for person in PEOPLE]
    told = fill(open_worksheet(worksheet(people), "w.csv")).reconciliation
    assert {c.student for c in told.filled} == {"21904711", "21904712", "21904713"}
    assert len(told.by_name) == 3
    assert [why for _, why in told.unknown] == ["2 students here are called so (21904714, 21904715)"] * 2


def test_one_line_without_an_id_is_known_by_its_name() -> None:
    people = [replace(PEOPLE[0], id="", email="", name="DURAND Amelie"), *PEOPLE[1:]]
    told = fill(open_worksheet(worksheet(people), "w.csv")).reconciliation
    assert len(told.filled) == 5
    assert [line.name for line in told.by_name] == ["DURAND Amelie"]


def test_an_id_of_somebody_else_is_never_overruled_by_a_name() -> None:
    people = [replace(PEOPLE[0], id="99999999", email="other@example.org"), *PEOPLE[1:]]
    told = fill(open_worksheet(worksheet(people), "w.csv")).reconciliation
    assert [line.ids[0] for line, _ in told.unknown] == ["99999999"]
    assert told.missing == ("21904711",)


def test_the_grade_is_the_one_before_the_maximum() -> None:
    """A field of the profile may be called Note as well."""
    content = worksheet(language="fr", most="20,00").replace(b"Adresse de courriel", b"Note", 1)
    told = fill(open_worksheet(content, "w.csv")).reconciliation
    assert len(told.filled) == 5


@pytest.mark.parametrize(
    ("heading", "title", "fits"),
    [
        ("Assignment: Homework 1: Gradients (Real)", "Homework 1: Gradients", True),
        ("Homework 10 (771)", "Homework 1", False),
        ("Devoir : Homework 1 (Réel)", "homework 1", True),
        ("Homework 1 (771)", "Homework 1", True),
        ("Homework 1, resit (772)", "Homework 1: Gradients", False),
    ],
)
def test_a_column_is_found_by_whole_words(heading: str, title: str, fits: bool) -> None:
    found = []
    with contextlib.suppress(CourseError):
        found = [choose_column("x", [(3, heading)], "", [title])]
    assert bool(found) == fits


def test_columns_that_were_sorted_apart_are_found() -> None:
    mixed = [replace(PEOPLE[0], name="Paul Garçon"), replace(PEOPLE[2], name="Amélie Durand")]
    told = fill(open_worksheet(worksheet(mixed), "w.csv")).reconciliation
    assert not told.filled
    assert all("another name" in why for _, why in told.unknown)


def test_an_id_and_an_address_of_two_students_fit_nobody() -> None:
    mixed = [replace(PEOPLE[0], email=PEOPLE[2].email, name="")]
    told = fill(open_worksheet(worksheet(mixed), "w.csv")).reconciliation
    assert [why for _, why in told.unknown] == ["its cells are of several students here (21904711, 21904713)"]


def test_two_lines_of_one_student_are_both_left() -> None:
    told = fill(open_worksheet(worksheet((PEOPLE[0], PEOPLE[0], PEOPLE[1])), "w.csv")).reconciliation
    assert [c.student for c in told.filled] == ["21904712"]
    assert {why for _, why in told.unknown} == {"lines 2 and 3 are both of 21904711"}


def test_a_line_with_more_cells_than_headings_is_told_and_left() -> None:
    content = gradebook().replace(b"21904711,,,amelie", b"21904711,Grenoble, INP,,amelie", 1)
    told = fill(open_gradebook(content, "g.csv", marks()), overwrite=True).reconciliation
    assert [note.student for note in told.refused] == ["21904711"]
    assert "more cells than the headings" in told.refused[0].why


def test_what_a_spreadsheet_did_to_an_id_is_said() -> None:
    people = [Student("00123", "Ada Lovelace"), Student("00124", "Grace Hopper")]
    theirs = [Student("123", "Ada Lovelace"), Student("00124", "Grace Hopper")]
    told = complete(
        open_worksheet(worksheet(theirs), "w.csv"), marks({"00123": "1", "00124": "1"}), people
    ).reconciliation
    assert "the zeros before the number were lost" in told.unknown[0][1]


def test_empty_lines_of_a_file_stay() -> None:
    content = worksheet().replace(b"\nParticipant", b"\n", 0) + b"\n,,,,,,,,,,\n"
    made = fill(open_worksheet(content, "w.csv"))
    assert made.content.endswith(b"\n\n,,,,,,,,,,\n")
    assert not made.reconciliation.needs_person


def test_a_worksheet_that_went_through_a_french_spreadsheet_is_completed_and_moodle_is_warned_of() -> None:
    text = worksheet(language="fr", most="20.00").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    content = out.getvalue().encode("cp1252")

    made = fill(open_worksheet(content, "w.csv"))

    assert len(made.reconciliation.filled) == 5
    assert "Amélie".encode("cp1252") in made.content
    assert "UTF-8 with commas" in made.reconciliation.remarks[0]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace(b"Maximum Grade", b"Scale"), "scale of words"),
        (lambda text: text.replace(b"Identifier", b"Number"), "no grading worksheet"),
    ],
)
def test_what_is_no_worksheet_is_refused(change: object, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        open_worksheet(change(worksheet()), "w.csv")  # type: ignore[operator]


def test_feedback_goes_into_its_own_cell_and_never_over_a_persons() -> None:
    ours = marks()
    told = {who: replace(mark, feedback='<p>a, "b"</p>') for who, mark in ours.students.items()}
    content = worksheet().replace(b'PM",-,\n', b'PM",-,"Well, done"\n', 1)

    made = complete(open_worksheet(content, "w.csv"), replace(ours, students=told), PEOPLE, feedback=True)

    found = read_column(made.content, "Feedback comments", key="ID number")
    assert found["21904711"] == "Well, done"
    assert found["21904712"] == '<p>a, "b"</p>'
    assert made.reconciliation.feedback == 4


@pytest.mark.parametrize("french", [False, True])
def test_moodles_gradebook_is_completed_in_the_column_of_the_assignment(french: bool) -> None:
    content = gradebook(french=french)

    made = fill(open_gradebook(content, "g.csv", marks()))

    heading = (
        "Devoir : Homework 1: Gradients (Réel)" if french else "Assignment: Homework 1: Gradients (Real)"
    )
    found = read_column(made.content, heading, key="Numéro d'identification" if french else "ID number")
    assert found["21904712"] == ("13,33" if french else "13.33")
    assert "of 20" in made.reconciliation.remarks[0]


def test_a_gradebook_may_be_of_other_points_and_another_column() -> None:
    file = open_gradebook(gradebook(), "g.csv", marks(), column="Course total (Real)", out_of=Fraction(100))
    assert fill(file, overwrite=True).reconciliation.overwritten[0].after == "85.00"
    with pytest.raises(CourseError, match="no column for marks may be called 'Project'"):
        open_gradebook(gradebook(), "g.csv", marks(), column="Project")


@pytest.mark.parametrize("comma", [False, True])
def test_canvas_gradebook_is_completed(comma: bool) -> None:
    content = canvas(comma=comma)

    made = fill(open_canvas(content, "c.csv", marks()))

    separator = ";" if comma else ","
    found = read_column(made.content, "Homework 1: Gradients (771)", key="SIS User ID", separator=separator)
    assert found["21904712"] == ("13,33" if comma else "13.33")
    assert not made.reconciliation.needs_person, "the test student is Canvas' own"
    assert len(made.reconciliation.filled) == 5
    lines, before = made.content.splitlines(), content.splitlines()
    assert lines[:3] == before[:3]
    assert lines[-1] == before[-1]


def test_canvas_takes_no_mark_where_the_assignment_is_not_given_or_excused() -> None:
    text = canvas().decode()
    lines = text.splitlines(keepends=True)
    lines[3] = lines[3].replace('",,', '",N/A,')
    lines[4] = lines[4].replace('",,', '",EX,')
    told = fill(open_canvas("".join(lines).encode(), "c.csv", marks())).reconciliation
    assert [note.why for note in told.refused] == [
        "the assignment is not given to this student in Canvas (N/A)",
        "is excused in Canvas (EX)",
    ]


def test_a_column_that_canvas_computes_is_none_of_ours() -> None:
    with pytest.raises(CourseError, match=r"no column .* Homework 1: Gradients \(771\); Convexity \(772\)"):
        open_canvas(canvas(), "c.csv", marks(), column="Final Score")
    with pytest.raises(CourseError, match="no gradebook of Canvas"):
        open_canvas(worksheet(), "c.csv", marks())


def test_canvas_own_number_is_no_id_here() -> None:
    """9000 is Canvas' number of somebody, and another student's id here."""
    people = [*PEOPLE, Student("9000", "Somebody Else")]
    told = complete(
        open_canvas(canvas(), "c.csv", marks()), marks(SHARES | {"9000": "1"}), people
    ).reconciliation
    assert told.missing == ("9000",)
    assert len(told.filled) == 5


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8"])
@pytest.mark.parametrize("ends_short", [False, True])
def test_apogees_file_is_completed(encoding: str, ends_short: bool) -> None:
    content = apogee(encoding=encoding, ends_short=ends_short)
    codes = {"21904713": "ABI", "21904715": "DIS"}
    shares = {"21904711": "17/20", "21904712": "2/3", "21904714": "0"}

    file = open_apogee(content, "M2.TXT", marks(shares), session=1)
    made = complete(file, marks(shares, codes=codes, final=True), PEOPLE)

    values = made.content.decode(encoding).partition("XX-APO_VALEURS-XX\r\n")[2].split("\r\n")
    cells = {line.split("\t")[0]: line.split("\t")[4:6] for line in values[1:] if line}
    assert cells == {
        "21904711": ["17,00", "20"],
        "21904712": ["13,33", "20"],
        "21904713": ["ABI", "20"],
        "21904714": ["0,00", "20"],
        "21904715": ["DIS", "20"],
    }
    assert made.content.partition(b"VALEURS")[0] == content.partition(b"VALEURS")[0]
    assert made.content.endswith(b"\r\n\r\n")
    assert not made.reconciliation.needs_person


def test_of_a_file_without_any_column_for_marks_nobody_is_to_name_one() -> None:
    with pytest.raises(CourseError, match="it has none at all: add one, or give another file"):
        choose_column("students.csv", [], "", ["Distances", "distances"])
    gone = apogee().replace(b"\tN\t", b"\tB\t")
    with pytest.raises(CourseError, match="it has none at all: ask for another file"):
        open_apogee(gone, "M2.TXT", marks(), column="GBX9AM01")


def test_apogees_code_and_session_are_to_be_clear() -> None:
    with pytest.raises(CourseError, match=r"2 columns of marks fit .*session 1.*session 2"):
        open_apogee(apogee(), "M2.TXT", marks())
    with pytest.raises(CourseError, match="no column of marks fits"):
        open_apogee(apogee(), "M2.TXT", marks(), column="GBX9UE02")
    chosen = open_apogee(apogee(), "M2.TXT", marks(), column="gbx9am01", session=2)
    assert {cell.column for cell in chosen.cells} == {6}


def test_a_code_that_the_file_does_not_allow_is_told() -> None:
    file = open_apogee(apogee(codes=["ABI", "ABJ"]), "M2.TXT", marks(), session=1)
    told = complete(file, marks({}, codes={"21904711": "DEF", "21904712": "ABJ"}), PEOPLE).reconciliation
    assert [note.why for note in told.refused] == ["the file takes no code DEF"]
    assert [c.after for c in told.filled] == ["ABJ"]


def test_a_code_that_stands_in_apogees_file_is_no_number() -> None:
    content = apogee(values={"21904711": "ABJ", "21904712": "13,33"})
    told = fill(open_apogee(content, "M2.TXT", marks(), session=1)).reconciliation
    assert [(c.before, c.after) for c in told.kept] == [("ABJ", "17,00")]
    assert [c.student for c in told.same] == ["21904712"]


def test_codes_that_a_platform_does_not_take_are_told_and_are_no_fault() -> None:
    told = complete(
        open_worksheet(worksheet(), "w.csv"),
        marks({who: share for who, share in SHARES.items() if who != "21904711"}, codes={"21904711": "ABJ"}),
        PEOPLE,
    ).reconciliation
    assert [note.why for note in told.without] == ["ABJ, and the platform takes numbers only"]
    assert not told.needs_person


def test_marks_are_rounded_once_and_exactly() -> None:
    """An eighth of a point is a tie at hundredths, which floats lose on the way."""
    up = replace(marks(), rounding=Rounding(ties=Ties.UP))
    even = replace(marks(), rounding=Rounding(ties=Ties.EVEN))
    assert [up.number(Fraction(n, 1000), Fraction(1)) for n in (5, 15, 25)] == ["0.01", "0.02", "0.03"]
    assert [even.number(Fraction(n, 1000), Fraction(1)) for n in (5, 15, 25)] == ["0.00", "0.02", "0.02"]
    quarter = replace(marks(), rounding=Rounding(Fraction(1, 4)), is_final=True)
    assert quarter.number(Fraction("13.25") / 20, Fraction(20)) == "13.25"
    assert quarter.number(Fraction("13.25") / 20, Fraction(100)) == "66.25"
    assert quarter.number(Fraction("13.1") / 20, Fraction(20)) == "13.1", "a jury's decision stands as it is"


@pytest.mark.parametrize(("language", "separator", "number"), [("en", ",", "13.33"), ("fr", ";", "13,33")])
def test_a_table_of_ones_own_holds_no_formula(language: str, separator: str, number: str) -> None:
    people = [
        *PEOPLE,
        Student("x1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+1"),
        Student("x2", "-2+3", "", "\t=1"),
    ]

    content = write_grades_csv(marks(), people, "out.csv", language=language)

    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator))
    assert rows[0] == ["id", "name", "email", "group", "gradients (/20)"]
    assert next(row for row in rows if row[0] == "21904712")[4] == number
    assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))]


def test_an_old_encoding_refuses_what_it_cannot_hold() -> None:
    with pytest.raises(CourseError, match=r"cp1252 has no sign 'Ł' \(line 2\)"):
        write_grades_csv(marks({}), [Student("1", "Łukasz")], "out.csv", encoding="cp1252")


def test_marks_that_wait_are_told_with_their_reason() -> None:
    waiting = replace(marks(), students={"21904711": ExportedMark(why="waits for a person: figure")})
    told = complete(open_worksheet(worksheet(PEOPLE[:1]), "w.csv"), waiting, PEOPLE).reconciliation
    assert [note.why for note in told.without] == ["waits for a person: figure"]


def test_a_table_with_logins_in_place_of_ids_is_matched_by_names() -> None:
    people = [Student("durand", "Amélie Durand"), Student("oneill", "Siobhán O'Neill, Jr")]
    content = write_as_php([["Matricule", "Nom", "Prénom", "gradients"], ["1", "DURAND", "Amélie", ""]])
    told = complete(
        open_gradebook(content, "t.csv", marks()), marks({"durand": "1/2"}), people
    ).reconciliation
    assert [c.student for c in told.filled] == ["durand"]
    assert len(told.by_name) == 1


OPENERS: dict[str, tuple[bytes, Callable[[bytes], PlatformFile]]] = {
    "worksheet": (worksheet(), lambda content: open_worksheet(content, "x")),
    "French worksheet": (worksheet(language="fr"), lambda content: open_worksheet(content, "x")),
    "gradebook": (gradebook(), lambda content: open_gradebook(content, "x", marks())),
    "canvas": (canvas(), lambda content: open_canvas(content, "x", marks())),
    "canvas with commas": (canvas(comma=True), lambda content: open_canvas(content, "x", marks())),
    "apogee": (apogee(), lambda content: open_apogee(content, "x", marks(), session=1)),
}
PIECES = (
    b'"',
    b",",
    b";",
    b"\t",
    b"\n",
    b"\r\n",
    b"\xe9",
    b"\x00",
    b'""',
    b"\xef\xbb\xbf",
    b"XX-APO_VALEURS-XX",
)


def damage(content: bytes, random: Random) -> bytes:
    """A file in which a few bytes were lost, changed, repeated or put in."""
    made = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 5))):
        at, other = random.randrange(len(made)), random.randrange(len(made))
        match random.randrange(4):
            case 0:
                del made[at : at + random.choice((1, 2, 10, 200))]
            case 1:
                made[at:at] = random.choice(PIECES)
            case 2:
                made[at] = random.randrange(256)
            case _:
                made[at:at] = made[other : other + random.choice((10, 100))]
        made = made or bytearray(b"x")
    return bytes(made)


def complete_damaged(name: str, random: Random, count: int) -> None:
    content, opener = OPENERS[name]
    for _ in range(count):
        damaged = damage(content, random)
        try:
            complete(opener(damaged), marks(), PEOPLE, overwrite=random.random() < 0.5)
        except CourseError as error:
            assert "fault of autograder" not in str(error), damaged


@pytest.mark.parametrize("name", OPENERS)
def test_a_damaged_file_is_refused_in_words_or_completed(name: str) -> None:
    complete_damaged(name, Random(1), 40)


@pytest.mark.soak
@pytest.mark.parametrize("name", OPENERS)
def test_thousands_of_damaged_files_are_refused_in_words_or_completed(name: str) -> None:
    complete_damaged(name, Random(2), 3000)
