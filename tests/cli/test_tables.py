"""Where a table is printed, a spreadsheet and a script can have it too, with names beside ids."""

import csv
import io
import stat
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from graded_course import hand_in

from autograder.analytics.questions import QuestionTally
from autograder.cli.summary import say_common
from autograder.cli.tables import print_rows
from autograder.domain.receipt import Receipt
from autograder.domain.report import Isolation, Outcome, Report, Verdict
from autograder.domain.sentences import authored, say
from autograder.domain.submission import ReceivedBy, Submission

NOW = datetime(2027, 1, 1, tzinfo=UTC)
STUDENTS = "id,name\nada,Ada Lovelace\nben,=Ben()\nall,All\n"


@pytest.fixture(scope="module")
def course(graded):
    """The graded course, one of whose students has a name that a spreadsheet would work out."""
    (graded.folder / "students.csv").write_text(STUDENTS, encoding="utf-8")
    hand_in(graded, "ben", "def double(x):\n    return ...", "20261018T081600Z")
    return graded


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


COMMANDS = [
    # what is typed, the columns that name whom or what, a cell by which a line is found
    (("grades", "small"), ("id", "name", "small"), "ada"),
    (("grades", "--final"), ("id", "name", "final"), "ada"),
    (("todo",), ("work", "student", "name", "question", "what", "command"), "ada"),
    (("stats", "small"), ("question", "points", "most common mistake", "in words"), "double"),
]


@pytest.mark.parametrize(("command", "columns", "found"), COMMANDS, ids=[" ".join(c[0]) for c in COMMANDS])
def test_csv_is_printed_or_written_to_a_file_of_its_owner(course, command, columns, found) -> None:
    """The same either way; nothing but the table is printed, and no cell is a formula."""
    file = course.folder / "table.csv"
    printed = course.run(*command, "--csv").stdout
    course.run(*command, "--csv", str(file))
    rows = read(printed)

    assert file.read_text(encoding="utf-8") == printed
    assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0
    assert set(columns) <= rows[0].keys()
    if command[0] != "todo":
        assert any(found in row.values() for row in rows)
    assert not [cell for row in rows for cell in row.values() if cell.startswith("=")]


def test_names_stand_beside_ids(course) -> None:
    """On the terminal too."""
    for command in (("grades", "small"), ("grades", "--final")):
        [line] = [line for line in course.run(*command).stdout.splitlines() if line.startswith("ada ")]
        assert line.split()[1:3] == ["Ada", "Lovelace"]


def test_the_most_common_mistake_is_told_in_words() -> None:
    """As its makers read it; where nobody made a known one, how answers ended."""
    wrong = Verdict(
        "f", Fraction(2), Outcome.WRONG, Fraction(0), authored("That is thrice."), mistake="triple"
    )
    other = Verdict("g", Fraction(2), Outcome.TIMED_OUT, Fraction(0), say("slow"))
    receipt = Receipt.of(Submission("ada", "small", b"", NOW, ReceivedBy.SERVER))
    tally = QuestionTally()
    for _ in range(2):
        tally.add(Report(receipt, "r1", (wrong, other), Isolation(2), NOW))

    known, unknown = tally.figures()

    assert (known.common, say_common(known), known.count) == ("triple", "That is thrice.", 2)
    assert (unknown.common, say_common(unknown), unknown.count) == ("timed out", "took too long", 2)


@pytest.mark.parametrize("command", ["grade small", "grades small", "stats small", "todo", "requests"])
def test_a_spreadsheet_and_a_script_are_not_served_at_once(course, command) -> None:
    """Which of them was meant, nobody knows."""
    done = course.run(*command.split(), "--csv=-", "--json")

    assert done.exit_code == 2
    assert "--csv" in str(done.exception) + done.output


class Terminal(io.StringIO):
    """Somewhere that a person looks at."""

    def isatty(self) -> bool:
        return True


def test_on_a_narrow_terminal_cells_are_folded_and_not_cut_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An id that ends in dots is nobody's."""
    shown = Terminal()
    monkeypatch.setenv("COLUMNS", "5")
    monkeypatch.setattr("sys.stdout", shown)
    print_rows(("id",), [("21900004",)])
    assert "21900004" in "".join(shown.getvalue().split())
