"""Files as the code of Moodle, Canvas and Apogée writes them, with all that their users meet."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from autograder.domain.course import Student
from autograder.domain.rounding import Rounding
from autograder.interop.marks import ExportedMark, MarksToExport

PEOPLE = (
    Student("21904711", "Amélie Durand", "amelie.durand@example.org", "A"),
    Student("21904712", "Siobhán O'Neill, Jr", "siobhan@example.org", "A"),
    Student("21904713", 'Paul "Polo" Garçon', "paul@example.org", "B"),
    Student("21904714", "Jean Martin", "jean.martin@example.org", "B"),
    Student("21904715", "Jean Martin", "jean.martin2@example.org", "B"),
)
SHARES = {"21904711": "17/20", "21904712": "2/3", "21904713": "1", "21904714": "0", "21904715": "1/8"}


def marks(
    shares: dict[str, str] | None = None,
    *,
    points: int = 20,
    codes: dict[str, str] | None = None,
    final: bool = False,
) -> MarksToExport:
    """Marks of an assignment called gradients."""
    students = {
        who: ExportedMark(Fraction(share)) for who, share in (SHARES if shares is None else shares).items()
    }
    students |= {who: ExportedMark(code=code) for who, code in (codes or {}).items()}
    return MarksToExport(
        "gradients", "Homework 1: Gradients", Fraction(points), students, Rounding(), is_final=final
    )


def write_as_php(rows: Iterable[Sequence[str]], *, mark: bool = True) -> bytes:
    """As PHP's fputcsv does for Moodle: quotes around what holds a blank, a quote, a comma; a mark before."""

    def spell(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if re.search(r'[ ,"\\\n\r\t]', cell) else cell

    text = "".join(",".join(map(spell, row)) + "\n" for row in rows)
    return (b"\xef\xbb\xbf" if mark else b"") + text.encode()


def write_as_ruby(rows: Iterable[Sequence[str | None]], *, separator: str = ",", mark: bool = False) -> bytes:
    """As Ruby's CSV does for Canvas: nil is nothing, an empty text is two quotes."""

    def spell(cell: str | None) -> str:
        if cell is None:
            return ""
        if not cell or cell != cell.strip() or any(sign in cell for sign in (separator, '"', "\n", "\r")):
            return '"' + cell.replace('"', '""') + '"'
        return cell

    text = "".join(separator.join(map(spell, row)) + "\n" for row in rows)
    return (b"\xef\xbb\xbf" if mark else b"") + text.encode()


WORKSHEET = {
    "en": [
        *("Identifier", "Full name", "ID number", "Email address", "Status", "Grade", "Maximum Grade"),
        *("Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments"),
    ],
    "fr": [
        *("Identifiant", "Nom complet", "Numéro d'identification", "Adresse de courriel", "Statut", "Note"),
        *("Note maximale", "La note peut être modifiée", "Dernière modification (travail remis)"),
        *("Dernière modification (note)", "Feedback par commentaires"),
    ],
}
NUMBERS = {"21904711": 301, "21904712": 302, "21904713": 303, "21904714": 304, "21904715": 305}


def worksheet(
    people: Sequence[Student] = PEOPLE,
    *,
    language: str = "en",
    most: str = "20.00",
    grades: dict[str, str] | None = None,
    locked: Sequence[str] = (),
    anonymous: bool = False,
) -> bytes:
    """Moodle's grading worksheet."""
    french = language == "fr"
    no, yes = ("Non", "Oui") if french else ("No", "Yes")
    status = "Remis pour évaluation" if french else "Submitted for grading"
    rows = [WORKSHEET[language]]
    for person in people:
        grade = (grades or {}).get(person.id, "")
        changed = no if person.id in locked else yes
        number = f"Participant{'' if french else ' '}{NUMBERS.get(person.id, 999)}"
        rows.append(
            [
                number,
                person.name,
                person.id,
                person.email,
                status,
                grade,
                most,
                changed,
                "Monday, 12 October 2026, 3:30 PM",
                "-",
                "",
            ]
        )
    if anonymous:
        rows = [[row[0], *row[4:]] for row in rows]
    return write_as_php(rows)


def gradebook(people: Sequence[Student] = PEOPLE, *, french: bool = False) -> bytes:
    """Moodle's gradebook as CSV."""
    head = ["First name", "Last name", "ID number", "Institution", "Department", "Email address"]
    head += [
        "Assignment: Homework 1: Gradients (Real)",
        "Assignment: Convexity (Real)",
        "Course total (Real)",
    ]
    head += ["Last downloaded from this course"]
    if french:
        head = [
            "Prénom",
            "Nom",
            "Numéro d'identification",
            "Institution",
            "Département",
            "Adresse de courriel",
        ]
        head += [
            "Devoir : Homework 1: Gradients (Réel)",
            "Devoir : Convexity (Réel)",
            "Total du cours (Réel)",
        ]
        head += ["Dernier téléchargement de ce cours"]
    total, mark = ("12,50", "8,00") if french else ("12.50", "8.00")
    rows = [head]
    for person in people:
        first, _, last = person.name.partition(" ")
        rows.append([first, last, person.id, "", "", person.email, "-", mark, total, "1795942800"])
    return write_as_php(rows)


def canvas(people: Sequence[Student] = PEOPLE, *, comma: bool = False, test_student: bool = True) -> bytes:
    """Canvas' gradebook: manual postings, Points Possible, students, totals, the test student."""
    point = "," if comma else "."

    def number(text: str) -> str:
        return text.replace(".", point)

    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Homework 1: Gradients (771)"]
    head += [
        "Convexity (772)",
        "Current Score",
        "Unposted Current Score",
        "Final Score",
        "Unposted Final Score",
    ]
    rows: list[list[str | None]] = [list(head)]
    rows.append([None] * 5 + ["Manual Posting", None, None, None, None, None])
    rows.append(["    Points Possible", *[None] * 4, number("20.00"), number("10.00"), *["(read only)"] * 4])
    for k, person in enumerate(people):
        last, _, first = person.name[::-1].partition(" ")
        name = f"{last[::-1]}, {first[::-1]}"
        totals = [number("81.50"), number("81.50"), number("40.75"), number("40.75")]
        rows.append(
            [name, str(9000 + k), person.id, person.email, "Group, A and B", None, number("8.15"), *totals]
        )
    if test_student:
        rows.append(["Student, Test", "9999", None, "0aa1bb2cc", "Group", "", "", "", "", "", ""])
    return write_as_ruby(rows, separator=";" if comma else ",", mark=comma)


def apogee(
    people: Sequence[Student] = PEOPLE,
    *,
    encoding: str = "latin-1",
    codes: Sequence[str] = ("ABI", "ABJ", "DEF", "DIS"),
    values: dict[str, str] | None = None,
    ends_short: bool = False,
) -> bytes:
    """A file of Apogée with an exam of two sessions and an element, line ends of Windows, one blank line."""
    lines = [
        ["XX-APO_TITRES-XX"],
        ["apoC_annee", "2026/2027"],
        ["apoC_cod_dip", "MSIAM2"],
        ["apoC_Cod_Exp", "1"],
        ["apoC_Fichier_Exp", r"C:\EXPORT\M2.TXT"],
        ["apoC_lib_dip", 'Master "Modélisation"'],
        ["apoC_Titre1", "Export Apogée du 13/06/2027 à 14:29"],
        ["apoC_Titre2", ""],
        [""],
        ["XX-APO_TYP_RES-XX"],
        [str(len(codes)), *codes],
        [". : .", *(f"{code} : {code.lower()} é" for code in codes)],
        [""],
        ["XX-APO_COLONNES-XX"],
        [
            "apoL_a01_code",
            "Type Objet",
            "Code",
            "Version",
            "Année",
            "Session",
            "Admission/Admissibilité",
            "Type Rés.",
            "",
            "",
            "Etudiant",
            "Numéro",
        ],
        ["apoL_a02_nom", *[""] * 10, "Nom"],
        ["apoL_a03_prenom", *[""] * 10, "Prénom"],
        ["apoL_a04_naissance", *[""] * 8, "Session", "Admissibilité", "Naissance"],
        ["APO_COL_VAL_DEB"],
        ["apoL_c0001", "EPR", "GBX9AM01", "", "2026", "1", "1", "N", "GBX9AM01 - Kernels", "1", "1", "Note"],
        ["apoL_c0002", "EPR", "GBX9AM01", "", "2026", "1", "1", "B", "", "1", "1", "Barème"],
        ["apoL_c0003", "EPR", "GBX9AM01", "", "2026", "2", "1", "N", "GBX9AM01 - Kernels", "2", "1", "Note"],
        ["apoL_c0004", "EPR", "GBX9AM01", "", "2026", "2", "1", "B", "", "2", "1", "Barème"],
        ["apoL_c0005", "ELP", "GBX9UE02", "", "2026", "1", "1", "R", "GBX9UE02 - UE", "1", "1", "Résultat"],
        ["APO_COL_VAL_FIN"],
        ["apoL_c0006", "APO_COL_VAL_FIN"],
        [""],
        ["XX-APO_VALEURS-XX"],
        ["apoL_a01_code", "apoL_a02_nom", "apoL_a03_prenom", "apoL_a04_naissance"]
        + [f"apoL_c000{k}" for k in range(1, 6)],
    ]
    for person in people:
        first, _, last = person.name.partition(" ")
        tail = [(values or {}).get(person.id, ""), "", "", "", ""]
        lines.append([person.id, last.upper(), first.upper(), " 22/09/2003", *([] if ends_short else tail)])
    lines.append([""])
    return "".join("\t".join(line) + "\r\n" for line in lines).encode(encoding)


def read_column(content: bytes, heading: str, *, key: str, separator: str = ",") -> dict[str, str]:
    """What stands in a column, by what stands in another."""
    text = content.decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    return {row[key]: row[heading] for row in rows}
