"""`autograder collect`, as an instructor types it."""

import json
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from packing import entry, put, zipped

from autograder.cli.main import group
from autograder.course.scaffold import make_course

MOODLE = "{}_{}_assignsubmission_file_/gradients.ipynb"
ROSTER = "id,name\nada,Ada Lovelace\nbob,Bob Jones\nzoe,Zoë Müller\n"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    make_course(tmp_path / "course")
    (tmp_path / "course/students.csv").write_text(ROSTER, encoding="utf-8")
    return tmp_path / "course"


def run(course: Path, *arguments: str) -> Result:
    before = Path.cwd()
    os.chdir(course)
    try:
        return CliRunner().invoke(group, ["collect", "gradients", *arguments])
    finally:
        os.chdir(before)


def download(course: Path, *names: str) -> str:
    """A zip as Moodle gives it."""
    path = course.parent / "ML-gradients-1234.zip"
    path.write_bytes(
        zipped(
            [
                (entry(MOODLE.format(name, n), when=(2026, 1, 2, 3, 4, 0)), b"{}")
                for n, name in enumerate(names)
            ]
        )
    )
    return str(path)


def test_what_was_collected_is_a_table(course):
    """A line a student; who is missing; what comes next."""
    result = run(course, download(course, "Ada Lovelace", "Bob Jones"))

    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "ada gradients.ipynb 2026-01-02 03:04~ new" in lines
    assert "2 collected, 0 unchanged, 0 for you to look at" in lines
    assert "No notebook so far from 1 of 3 students: zoe" in lines
    assert "Next: autograder grade gradients" in lines


def test_who_cannot_be_matched_is_for_a_person(course):
    """Listed on the error stream, and told by the exit code."""
    result = run(course, download(course, "Ada Lovelace", "Bob \x1b[31mJohns"))

    assert result.exit_code == 1
    assert "look at Bob \\x1b[31mJohns_1: no student of students.csv is called" in result.stderr
    assert "1 collected, 0 unchanged, 1 for you to look at" in result.stdout
    assert "\x1b" not in result.output


def test_json_for_scripts(course):
    """The same, with times and their doubts."""
    source = download(course, "Ada Lovelace", "Nobody")
    run(course, source)

    told = json.loads(run(course, source, "--json").stdout)

    assert told["collected"] == []
    assert told["unchanged"] == [
        {
            "student": "ada",
            "notebook": "gradients.ipynb",
            "received": "2026-01-02T02:04:00+00:00",
            "doubtful": True,
        }
    ]
    assert told["nothing_from"] == ["bob", "zoe"]
    assert len(told["look_at"]) == 1


def test_a_dry_run_writes_nothing(course):
    """It says what would be collected."""
    result = run(course, download(course, "Ada Lovelace"), "--dry-run")

    assert "1 would be collected" in result.stdout
    assert list((course / "submissions").iterdir()) == []


def test_a_damaged_archive_ends_in_a_sentence(course, capsys, monkeypatch):
    """Exit code 2, and nothing was written."""
    from autograder.cli.main import main

    source = Path(download(course, "Ada Lovelace"))
    source.write_bytes(source.read_bytes()[:-30])
    monkeypatch.chdir(course)
    monkeypatch.setattr(sys, "argv", ["autograder", "collect", "gradients", str(source)])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 2
    assert "ML-gradients-1234.zip: is a damaged zip" in capsys.readouterr().err
    assert list((course / "submissions").iterdir()) == []


def test_an_unknown_assignment(course):
    """Known ones are named."""
    put(course.parent, {"x.zip": b""})
    result = run(course, "../x.zip")
    assert "no archive that is known" in str(result.exception)

    before = Path.cwd()
    os.chdir(course)
    try:
        result = CliRunner().invoke(group, ["collect", "nothing", "../x.zip"])
    finally:
        os.chdir(before)
    assert "known are gradients" in str(result.exception)


def test_nobody_is_called_late_by_the_time_of_a_download(course):
    """That is said where it is collected, once."""
    result = run(course, download(course, "Ada Lovelace", "Bob Jones"))

    assert result.stdout.count("nobody is called late by it") == 1


def test_a_team_is_read_from_its_file(course):
    """teams/NAME.csv names the members; Moodle's zip the team."""
    put(course, {"teams/gradients.csv": b"team,id\nTeam A,ada\nTeam A,bob\n"})

    result = run(course, download(course, "Group-Team A"))

    assert result.exit_code == 0, result.output
    told = [f"note: Group-Team A_0: is the team Team A; collected for {member}" for member in ("ada", "bob")]
    assert result.stderr.splitlines() == told
    assert "2 collected, 0 unchanged, 0 for you to look at" in result.stdout
