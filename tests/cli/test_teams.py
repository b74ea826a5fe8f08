"""Teams are recorded: one file is each member's, with a due date, a decision and a history of their own."""

import copy
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from graded_course import LATE, RIGHT, final, hand_in
from marking_course import Course, notebook

from autograder.course.opened import open_course
from autograder.domain.course_events import Team
from autograder.domain.report import Report
from autograder.domain.submission import Submission
from autograder.grading import grader
from autograder.grading.grade import grade

WHY = ("--why", "as agreed", "--yes")
WRONG = "def double(x):\n    return 3 * x"
TEAMS = "team,id\nRed,ada\nRed,ben\n"


def make_course(folder: Path) -> Course:
    """Late work costs a tenth a day; nothing but the function is asked."""
    course = Course(folder)
    with (folder / "course.toml").open("a", encoding="utf-8") as file:
        file.write(LATE)
    (folder / "students.csv").write_text("id,name\nada,Ada A\nben,Ben B\nall,All C\n", encoding="utf-8")
    solutions = folder / "solutions" / "small.py"
    before = solutions.read_text(encoding="utf-8")
    solutions.write_text(before[: before.index("figure =")].replace(", written", ""), encoding="utf-8")
    cells = json.loads(notebook())
    cells["cells"] = cells["cells"][:3]
    (folder / "assignments" / "small" / "small.ipynb").write_text(json.dumps(cells), encoding="utf-8")
    return course


def write_teams(course: Course, text: str = TEAMS) -> None:
    (course.folder / "teams").mkdir(exist_ok=True)
    (course.folder / "teams" / "small.csv").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Red handed in a day and a half late; all alone and in time."""
    course = make_course(tmp_path_factory.mktemp("teams"))
    write_teams(course)
    hand_in(course, "Red", RIGHT, "20261020T081500Z")
    hand_in(course, "all", WRONG, "20261017T081500Z")
    done = course.grade()
    assert done.exit_code == 0, done.output
    assert "recorded: ada, team Red" in done.output
    return course


@pytest.fixture
def course(judged: Course, tmp_path: Path) -> Course:
    """The same for each test anew; nothing is judged again for it."""
    shutil.copytree(judged.folder, tmp_path / "course")
    own = copy.copy(judged)
    own.folder = tmp_path / "course"
    return own


def recorded(course: Course) -> list[tuple[str, str]]:
    with open_course(course.folder).gradebook(read_only=True) as book:
        return [(e.whom.student, e.what.name) for e in book.events.all() if isinstance(e.what, Team)]


def of_small(course: Course, student: str) -> dict[str, object]:
    found: dict[str, object] = final(course)[student]["assignments"]["small"]  # type: ignore[index]
    return found


def test_a_team_is_recorded_once_and_each_member_has_the_file(course: Course) -> None:
    assert recorded(course) == [("ada", "Red"), ("ben", "Red")]
    assert "recorded" not in course.run("grade", "small", "-j", "1", "--accept-isolation", "1").output
    assert recorded(course) == [("ada", "Red"), ("ben", "Red")]
    ada, ben = of_small(course, "ada"), of_small(course, "ben")
    assert (ada["mark"], ada["days_late"]) == (ben["mark"], ben["days_late"]) == ("4/5", 2)
    assert (ada["team"], ada["team_mates"], ben["team_mates"]) == ("Red", ["ben/1"], ["ada/1"])
    assert (of_small(course, "all")["team"], of_small(course, "all")["team_mates"]) == ("", [])
    told = course.run("grades", "--why", "ada").output
    assert "file 1, 20 Oct 2026 10:15:00, 2 days late, handed in by the team Red: also ben/1" in told
    assert "team" not in course.run("grades", "--why", "all").output


def test_an_extension_is_one_members_and_with_team_all_members(course: Course) -> None:
    """Of one file each is late by their own due date, and that is said."""
    told = course.run("extend", "ada", "small", "2026-10-20", *WHY)
    assert "ada hands in small with ben: this is for ada alone, and not for all of the team" in told.output
    assert [of_small(course, who)["days_late"] for who in ("ada", "ben")] == [0, 2]
    assert course.run("extend", "ada", "small", "--revoke", *WHY).exit_code == 0
    told = course.run("extend", "ben", "small", "2026-10-20", "--team", *WHY)
    assert "for all of the team: ben, ada" in told.output
    assert [of_small(course, who)["mark"] for who in ("ada", "ben")] == ["1", "1"]
    course.run("extend", "ada", "small", "--revoke", "--team", *WHY)
    assert [of_small(course, who)["days_late"] for who in ("ada", "ben")] == [2, 2]
    refused = course.run("extend", "all", "small", "2026-10-20", "--team", *WHY)
    assert "all: hands in small with nobody" in str(refused.exception)
    assert "alone" not in course.run("extend", "all", "small", "2026-10-20", *WHY).output


def test_of_a_class_group_it_is_said_who_hands_in_with_others(course: Course) -> None:
    roster = course.folder / "students.csv"
    roster.write_text("id,name,group\nada,Ada A,TP 1\nben,Ben B,TP 2\nall,All C,TP 1\n", encoding="utf-8")
    told = course.run("extend", "--group", "TP 1", "small", "2026-10-20", *WHY)
    assert "by ada: with students outside of group TP 1, for whom this does not hold" in told.output
    assert [of_small(course, who)["days_late"] for who in ("ada", "ben")] == [0, 2]
    roster.write_text(roster.read_text(encoding="utf-8").replace("TP 2", "TP 1"), encoding="utf-8")
    assert "outside" not in course.run("extend", "--group", "TP 1", "small", "2026-10-21", *WHY).output


def test_the_due_date_of_each_stands_in_their_report(course: Course) -> None:
    course.run("extend", "ada", "small", "2026-10-20", *WHY)
    course.run("feedback", "small")
    late = [[n for n in course.report(who)["notes"] if "after the" in n] for who in ("ada", "ben")]
    assert late == [[], ["Received 34 h 16 min after the deadline."]]


def test_decisions_and_excuses_are_one_members_and_with_team_all_members(course: Course) -> None:
    told = course.run("override", "ada", "small", "--mark", "1/2", *WHY)
    assert "this is for ada alone" in told.output
    assert [of_small(course, who)["mark"] for who in ("ada", "ben")] == ["1/2", "4/5"]
    course.run("override", "ada", "small/double", "--mark", "2/2", "--team", *WHY)
    course.run("override", "ada", "small", "--revoke", *WHY)
    assert [of_small(course, who)["mark"] for who in ("ada", "ben")] == ["4/5", "4/5"]
    assert "this is for ben alone" in course.run("excuse", "ben", "small", *WHY).output
    assert [of_small(course, who)["excused"] for who in ("ada", "ben")] == [False, True]
    assert "hands in" not in course.run("excuse", "ben", "--exam", *WHY).output


def test_a_time_of_receipt_is_that_of_each_member(course: Course) -> None:
    told = course.run("received", "small", "ben", "2026-10-18T23:00", *WHY)
    assert "ada/1: 20 Oct 2026 10:15:00 -> 18 Oct 2026 23:00:00" in told.output
    assert [of_small(course, who)["days_late"] for who in ("ada", "ben")] == [0, 0]
    assert course.run("received", "small", "ada", "--revoke", *WHY).exit_code == 0
    assert [of_small(course, who)["days_late"] for who in ("ada", "ben")] == [2, 2]


def test_who_leaves_keeps_what_was_handed_in_and_has_nothing_of_later_files(course: Course) -> None:
    write_teams(course, "team,id\nRed,ada\n")
    hand_in(course, "Red", WRONG, "20261020T091500Z")
    done = course.grade()
    assert "recorded: ben, no team any more" in done.output
    assert recorded(course)[2:] == [("ben", "")]
    assert [of_small(course, who)["mark"] for who in ("ada", "ben")] == ["0", "4/5"]
    assert of_small(course, "ben")["counts"] == 1
    assert of_small(course, "ben")["team_mates"] == ["ada/1"]
    # Whoever hands in alone afterwards has a file of their own.
    hand_in(course, "ben", WRONG, "20261020T091500Z")
    course.grade()
    assert of_small(course, "ben")["team"] == ""
    told = course.run("received", "small", "ben", "2026-10-18T23:00", *WHY)
    assert "ada" not in told.output


def test_a_team_that_was_a_mistake_is_taken_back(course: Course) -> None:
    """What came by it counts no more; what was handed in alone does. Taking that back gives it back."""
    refused = course.run("teams", "small", "--revoke", "ben", *WHY)
    assert "teams/small.csv: still names ben in the team Red" in str(refused.exception)
    write_teams(course, "team,id\nRed,ada\n")
    told = course.run("teams", "small", "--revoke", "ben", "--why", "never in it")
    assert told.exit_code == 2
    assert "ben: small 0.80 -> 0.00  DOWN" in told.output
    assert "ada:" not in told.output
    assert of_small(course, "ben")["mark"] == "4/5"
    assert course.run("teams", "small", "--revoke", "ben", *WHY).exit_code == 0
    assert (of_small(course, "ben")["mark"], of_small(course, "ben")["counts"]) == ("0", None)
    assert (of_small(course, "ada")["mark"], of_small(course, "ada")["team_mates"]) == ("4/5", [])
    assert "ben" not in json.loads(course.run("grades", "small", "--json").stdout)
    assert course.run("grades").exit_code == 0
    assert "has no team for small to take back" in str(
        course.run("teams", "small", "--revoke", "ben", *WHY).exception
    )


def test_teams_are_shown_and_recorded_where_nothing_is_collected(course: Course) -> None:
    write_teams(course, "team,id\nRed,ada\nBlue,ben\nBlue,all\n")
    told = course.run("teams", "small")
    assert told.exit_code == 2
    assert "Red: ada, ben" in told.output
    assert "all: team Blue, says teams/small.csv" in told.output
    assert recorded(course) == [("ada", "Red"), ("ben", "Red")]
    assert course.run("teams", "small", "--yes").exit_code == 0
    assert "Blue: all, ben" in course.run("teams", "small").output
    # What was handed in before stays the file of those who were together then.
    assert of_small(course, "ada")["team_mates"] == ["ben/1"]
    assert "there is no assignment 'smal'" in str(course.run("teams", "smal").exception)


def give(course: Course, *names: str, answer: str = RIGHT, minute: int = 0) -> str:
    """A zip as Moodle gives it."""
    place = course.folder.parent / "ML-small-7.zip"
    with zipfile.ZipFile(place, "w") as packed:
        for number, name in enumerate(names, 11):
            entry = zipfile.ZipInfo(
                f"{name}_{number}_assignsubmission_file_/small.ipynb", (2026, 10, 20, 9, minute, 0)
            )
            packed.writestr(entry, notebook(answer=answer))
    return str(place)


def test_collecting_records_the_teams_that_moodle_names(tmp_path: Path) -> None:
    """Only what changed; whoever hands in alone the next time is in none any more."""
    course = make_course(tmp_path / "course")
    source = give(course, "Red-Ada A", "Red-Ben B", "Blue-All C")
    told = course.run("collect", "small", source, "--dry-run")
    assert "would be recorded: ada, team Red" in told.output
    assert not (course.folder / ".autograder").exists()
    told = course.run("collect", "small", source, "--json")
    assert json.loads(told.stdout)["teams"] == [
        {"student": "ada", "team": "Red"},
        {"student": "all", "team": "Blue"},
        {"student": "ben", "team": "Red"},
    ]
    assert json.loads(course.run("collect", "small", source, "--json").stdout)["teams"] == []
    assert recorded(course) == [("ada", "Red"), ("all", "Blue"), ("ben", "Red")]
    course.grade()
    assert of_small(course, "ben")["team_mates"] == ["ada/1"]
    assert recorded(course)[3:] == []
    course.run("collect", "small", give(course, "Ada A", "Ben B", answer=WRONG, minute=2))
    assert recorded(course)[3:] == [("ada", ""), ("ben", "")]


def test_who_left_has_nothing_of_the_team_whatever_moodle_says(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course")
    write_teams(course)
    names = ("Red-Ada A", "Red-Ben B")
    assert course.run("collect", "small", give(course, *names)).exit_code == 0
    write_teams(course, "team,id\nRed,ada\n")
    told = course.run("collect", "small", give(course, *names, answer=WRONG, minute=4))
    assert told.exit_code == 1
    assert "Red-Ben B_12: is handed in by the team Red, which ben has left" in told.output
    assert recorded(course) == [("ada", "Red"), ("ben", "Red"), ("ben", "")]
    assert len(list((course.folder / "submissions" / "small" / "ben").iterdir())) == 1


def test_a_course_of_today_without_teams_has_none(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course")
    course.run("collect", "small", give(course, "Ada A", "Ben B"))
    assert not (course.folder / ".autograder" / "gradebook.sqlite").exists()
    assert "small is handed in by nobody together" in course.run("teams", "small").output


def test_a_file_of_a_team_is_judged_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each member has a report of it, also whoever joins afterwards; regrading judges it once too."""
    judged: list[str] = []

    def count(submission: Submission, *rest: Any) -> Report:
        judged.append(submission.student)
        return grade(submission, *rest)

    monkeypatch.setattr(grader, "grade", count)
    course = make_course(tmp_path / "course")
    write_teams(course)
    hand_in(course, "Red", RIGHT, "20261017T081500Z")
    done = course.grade()
    assert done.exit_code == 0, done.output
    assert judged == ["ada"]
    assert [course.report(who)["student"] for who in ("ada", "ben")] == ["ada", "ben"]
    assert [course.report(who)["score"] for who in ("ada", "ben")] == [2.0, 2.0]
    assert "Ben B" in (course.folder / "reports/small/ben/report.html").read_text(encoding="utf-8")
    write_teams(course, TEAMS + "Red,all\n")
    assert course.grade().exit_code == 0
    assert (course.report("all")["score"], judged) == (2.0, ["ada"])
    solutions = course.folder / "solutions" / "small.py"
    solutions.write_text(solutions.read_text().replace('yield core("two", -2.5)', 'yield core("two", 4.0)'))
    again = course.run("regrade", "small", "--yes", "-j", "1", "--accept-isolation", "1")
    assert "3" in again.output, again.output
    assert judged == ["ada", "ada"]


def test_what_a_team_wrote_is_marked_once(tmp_path: Path) -> None:
    course = Course(tmp_path / "course")
    (course.folder / "students.csv").write_text("id,name\nada,Ada A\nben,Ben B\n", encoding="utf-8")
    write_teams(course)
    place = course.folder / "submissions" / "small" / "Red" / "20261017T081500Z" / "small.ipynb"
    place.parent.mkdir(parents=True)
    place.write_bytes(notebook(answer=RIGHT, comment="It goes down."))
    course.grade()
    assert "1 copy" in course.run("mark", "small").output
    table = course.table.read_text(encoding="utf-8-sig").splitlines()
    cells = table[1].split(",")
    cells[2:4] = ["0.5", "1.5"]
    course.table.write_text("\n".join([table[0], ",".join(cells)]), encoding="utf-8")
    done = course.run("mark", "small", "--csv", str(course.table))
    assert done.exit_code == 0, done.output
    assert [course.report(who)["score"] for who in ("ada", "ben")] == [4.0, 4.0]


def test_a_member_who_is_erased_takes_nothing_from_the_others(course: Course) -> None:
    """Nor does the name of the team stay with what is left of them."""
    assert course.run("erase", "--person", "ada", "--yes").exit_code == 0
    assert recorded(course)[1:] == [("ben", "Red")]
    assert recorded(course)[0][1] == ""
    assert (course.folder / "teams" / "small.csv").read_text() == "team,id\nRed,ben\n"
    done = course.grade()
    assert (done.exit_code, "recorded" in done.output) == (0, False), done.output
    assert (of_small(course, "ben")["mark"], of_small(course, "ben")["team_mates"]) == ("4/5", [])
