"""What people decide is shown before it is recorded, and every flaw of a list is told at once."""

import json

import pytest
from graded_course import final
from marking_course import Course

WHY = ("--why", "as agreed")


def events(course: Course) -> int:
    from autograder.course.opened import open_course

    with open_course(course.folder).gradebook(read_only=True) as book:
        return book.events.last()


def exam(course: Course, text: str, *more: str):
    file = course.folder / "exam.csv"
    file.write_text(text, encoding="utf-8")
    return course.run("exam", str(file), *more)


def test_without_yes_and_without_a_terminal_nothing_is_recorded(course: Course) -> None:
    for command in (
        ("extend", "ada", "small", "2026-10-20", *WHY),
        ("excuse", "all", "small", *WHY),
        ("override", "ada", "small", "--mark", "2/2", *WHY),
        ("incident", "small/double", "--full", *WHY),
        ("publish", "small"),
    ):
        told = course.run(*command)
        assert told.exit_code == 2, (command, told.output)
        assert "Nothing was recorded" in told.output
    assert exam(course, "id;exam (/20)\nada;13,5\n").exit_code == 2
    assert events(course) == 0


def test_an_extension_says_what_it_changes_and_is_taken_back(course: Course) -> None:
    told = course.run("extend", "ada", "small", "2026-10-20", *WHY, "--yes")
    assert "ada: small 0.90 -> 1.00" in told.output
    assert "ada: final grade 9.00 to 19.00 -> 10.00 to 20.00" in told.output
    assert final(course)["ada"]["homework"] == "1"
    told = course.run("extend", "ada", "small", "--revoke", *WHY, "--yes")
    assert "ada: small 1.00 -> 0.90  DOWN" in told.output
    assert course.run("extend", "ada", "small", "--revoke", *WHY, "--yes").exit_code != 0
    assert "takes" not in course.run("extend", "--all", "small", "--minutes", "900", *WHY, "--yes").output
    assert final(course)["ada"]["homework"] == "1"
    assert "changes nothing" in course.run("extend", "ada", "small", "2026-10-01", *WHY, "--yes").output
    # A student called all is one student.
    assert "Nothing was" in course.run("extend", "all", "small", "2026-10-30", *WHY).output
    assert "TP 3: is no group" in str(
        course.run("extend", "--group", "TP 3", "small", "2026-10-30", *WHY).exception
    )


def test_a_list_of_exam_marks_is_recorded(course: Course) -> None:
    told = exam(course, "\ufeffid;name;exam (/20)\nada;Ada;13,5\nben;Ben;abi\nall;;\n", "--yes")
    assert told.exit_code == 0, told.output
    assert "2 marks in the list, 2 of them new or changed" in told.output
    assert "without a mark in the list: all" in told.output
    grades = final(course)
    assert (grades["ada"]["final"], grades["ben"]["code"], grades["ben"]["final"]) == (
        "15.75",
        "ABI",
        "10.00",
    )
    again = exam(course, "id,exam (/20)\nada,13.5/20\nben,ABI\n", "--yes")
    assert "Nothing to record." in again.output
    assert "not in the list: all" in again.output
    assert events(course) == 2
    assert exam(course, "id,exam (/20)\nada,14\n", "--session", "2", "--yes").exit_code == 0
    assert final(course)["ada"]["final"] == "16.00"


def test_a_list_of_which_one_column_was_sorted_alone_is_noticed_by_its_names(course: Course) -> None:
    """Each mark would go to somebody else. A name written otherwise, or not known, is no sign of it."""
    names = {"ada": "Ada Lovelace", "ben": "Zoé Okri-Dupré", "all": ""}
    lines = ("id,name", *(f"{student},{name}" for student, name in names.items()), "")
    (course.folder / "students.csv").write_text("\n".join(lines), encoding="utf-8")
    told = exam(course, "id;Nom;Prénom;exam (/20)\nada;OKRI DUPRE;zoe;13\nben;LOVELACE;Ada;9\nall;X;Y;8\n")
    assert (
        "under another name than in students.csv: ada (OKRI DUPRE zoe), ben (LOVELACE Ada)\n" in told.output
    )
    told = exam(course, "id;Nom;Prénom;exam (/20)\nada;LOVELACE;A.;13\nben;Dupre;Z;9\nall;;;8\n")
    assert "under another name" not in told.output


def test_every_flaw_of_a_list_is_told_with_its_line_and_nothing_is_recorded(course: Course) -> None:
    flaws = {
        "zoe,12": "line 2: no student of the course has the id 'zoe'",
        "ada,=1+1": "line 3: '=1+1' is no mark",
        "ben,21": "line 4: '21' is more than 20",
        "ben,12": "line 5: 'ben' stands on line 4 already",
        "all,13.5/10": "line 6: '13.5/10' is not out of 20",
        ",3": "line 7: lacks an id",
    }
    told = str(exam(course, "\n".join(("id,exam (/20)", *flaws, "")), "--yes").exception)
    for flaw in flaws.values():
        assert f"exam.csv, {flaw}" in told
    assert events(course) == 0
    for heading in ("id,mark", "id,exam", "id,exam (/0)", "name,exam (/20)", "id,exam (/20),exam (/40)"):
        assert "exam.csv, line 1" in str(exam(course, f"{heading}\nada,1,1\n", "--yes").exception)
    (course.folder / "latin.csv").write_bytes("id;exam (/20)\nadé;1\n".encode("latin-1"))
    assert "latin.csv, line 2: is not text in UTF-8" in str(
        course.run("exam", "latin.csv", "--yes").exception
    )
    for mark in ("nan", "-1", "1e1", "12 13", "٣", "13.5.2", "27/2"):
        assert exam(course, f"id,exam (/20)\nada,{mark}\n", "--yes").exit_code != 0
    assert events(course) == 0


@pytest.mark.parametrize(
    ("target", "mark", "said"),
    [
        ("small", "2/3", "'2/3' is not out of 2"),
        ("small", "3/2", "is more than all"),
        ("small/double", "1/4", "'1/4' is not out of 2"),
        ("small/dubble", "1/2", "did you mean double?"),
        ("smal", "1/2", "is no assignment or quiz that counts"),
        ("small", "13,5", "is no mark"),
        ("--final", "13/10", "'13/10' is not out of 20"),
        ("--final", "13.005/20", "is no multiple of 0.01"),
    ],
)
def test_a_mark_must_be_of_the_points_of_what_is_overridden(
    course: Course,
    target: str,
    mark: str,
    said: str,
) -> None:
    told = course.run("override", "ben", target, "--mark", mark, *WHY, "--yes")
    assert said in str(told.exception)
    assert events(course) == 0


def test_a_decision_holds_until_it_is_taken_back(course: Course) -> None:
    assert course.run("override", "ada", "small/double", "--mark", "1/2", *WHY, "--yes").exit_code == 0
    assert final(course)["ada"]["homework"] == "2/5"
    told = course.run("override", "ada", "small", "--mark", "80 %", *WHY, "--yes")
    assert "ada: small 0.40 -> 0.80" in told.output
    assert final(course)["ada"]["homework"] == "4/5"
    course.run("override", "ada", "small", "--withheld", *WHY, "--yes")
    assert final(course)["ada"]["assignments"]["small"]["mark"] is None  # type: ignore[index]
    course.run("override", "ada", "small", "--revoke", *WHY, "--yes")
    assert final(course)["ada"]["homework"] == "4/5"
    course.run("override", "ben", "--final", "--mark", "13.25/20", *WHY, "--yes")
    assert final(course)["ben"]["final"] == "13.25"
    course.run("override", "ben", "--final", "--revoke", *WHY, "--yes")
    exam(course, "id,exam (/20)\nben,8\n", "--yes")
    told = course.run("override", "ben", "--final", "--adjust", "+1/2", *WHY, "--yes")
    assert "ben: final grade 14.00 -> 14.50" in told.output
    course.run("override", "ben", "small", "--sanction", *WHY, "--yes")
    assert final(course)["ben"]["homework"] == "0"


def test_excuses_and_incidents(course: Course) -> None:
    exam(course, "id,exam (/20)\nada,13\nben,13\nall,13\n", "--yes")
    assert course.run("excuse", "all", "small", *WHY, "--yes").exit_code == 0
    # Nothing of the homework counts: a person decides.
    assert final(course)["all"]["range"] == ["6.50", "16.50"]
    course.run("excuse", "all", "small", "--revoke", *WHY, "--yes")
    assert final(course)["all"]["final"] == "6.50"
    assert course.run("excuse", "ben", "--exam", "--unexcused", *WHY, "--yes").exit_code == 0
    told = course.run("incident", "small", "--minutes", "900", *WHY, "--yes")
    assert "ada: small 0.90 -> 1.00" in told.output
    assert course.run("incident", "small/double", "--full", *WHY, "--yes").exit_code == 0
    assert course.run("incident", "small", "--full", *WHY, "--yes").exit_code == 2
    assert course.run("incident", "small/double", "--revoke", *WHY, "--yes").exit_code == 0


def test_a_time_of_receipt_is_corrected(course: Course) -> None:
    told = course.run("received", "small", "ada", "2026-10-18T23:00", *WHY, "--yes")
    assert "ada/1: 19 Oct 2026 10:15:00 -> 18 Oct 2026 23:00:00" in told.output
    assert final(course)["ada"]["homework"] == "1"
    course.run("received", "small", "ben/1", "2026-10-17T10:00", *WHY, "--yes")
    assert "has no file 7" in str(course.run("received", "small", "ben/7", "2026-10-17", *WHY).exception)
    assert "Nothing to record." in course.run("received", "small", "--confirm", *WHY, "--yes").output
    course.run("received", "small", "ada", "--revoke", *WHY, "--yes")
    assert final(course)["ada"]["homework"] == "9/10"


def test_a_publication_is_a_snapshot(course: Course) -> None:
    told = course.run("publish", "small", "--yes")
    assert "ada: nothing -> 9/10" in told.output
    assert "published: 3 students" in told.output
    assert "Nothing has changed" in course.run("publish", "small", "--yes").output
    course.run("override", "ada", "small", "--mark", "1/2", *WHY, "--yes")
    told = course.run("publish", "small", "--json")
    assert json.loads(told.stdout)["changes"] == [
        {"student": "ada", "before": "9/10", "after": "1/2", "down": True}
    ]
    assert told.exit_code == 2
    assert "unpublished changes of small: 1 student, 1 down" in course.run("grades").output
    assert "open, not published: ada, ben, all" in course.run("publish", "--final", "--yes").output


def test_what_was_shown_before_somebody_else_recorded_is_shown_anew(course: Course, monkeypatch) -> None:
    from autograder.services import decisions

    before = decisions.read_graded_class

    def slow(*arguments):
        """Somebody else records between the preview and the recording."""
        graded = before(*arguments)
        monkeypatch.setattr(decisions, "read_graded_class", before)
        assert course.run("excuse", "all", "small", *WHY, "--yes").exit_code == 0
        return graded

    monkeypatch.setattr(decisions, "read_graded_class", slow)
    told = course.run("extend", "ada", "small", "2026-10-20", *WHY, "--yes")
    assert "Somebody else recorded something" in told.output
    assert told.output.count("ada: small 0.90 -> 1.00") == 2
    assert events(course) == 2


def test_a_report_follows_an_extension_and_a_corrected_time(course: Course) -> None:
    """Nobody reads that work was late which is not; and what was recorded and taken back has never been."""

    def notes() -> list[str]:
        assert course.run("feedback", "small").exit_code == 0
        page = course.folder / "reports" / "small" / "ada" / "report.html"
        told = [note for note in course.report("ada")["notes"] if "after the deadline" in note]
        assert bool(told) == ("after the deadline" in page.read_text(encoding="utf-8"))
        return told

    late = ["Received 10 h 16 min after the deadline."]
    assert notes() == late
    course.run("extend", "ada", "small", "2026-10-20", *WHY, "--yes")
    assert notes() == []
    course.run("extend", "ada", "small", "--revoke", *WHY, "--yes")
    assert notes() == late
    course.run("received", "small", "ada", "2026-10-18T23:00", *WHY, "--yes")
    assert notes() == []
    assert course.run("grade", "small", "--dry-run").exit_code == 0
