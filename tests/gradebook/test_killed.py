"""A run that is killed at any moment loses nothing and counts nothing twice."""

import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from samples import open_book, report, submission

STUDENTS = 60
RUN = """
import sys
sys.path.insert(0, sys.argv[1])
from test_killed import grade_class
import alembic.command
print("ready", flush=True)
grade_class(sys.argv[2])
"""


def grade_class(place: str) -> None:
    """What `grade` does to the gradebook: receive everything, record a report of what is pending."""
    with open_book(place) as gradebook:
        gradebook.receive(submission(f"s{number:03}", b"%d" % number * 2000) for number in range(STUDENTS))
        for one in gradebook.pending("gradients"):
            gradebook.record(report(one))


def content(place: str) -> tuple[object, ...]:
    """All that can be read of a gradebook."""
    with open_book(place, read_only=True) as gradebook:
        submissions = list(gradebook.latest_submissions("gradients"))
        events = [event.revisions for one in submissions for event in gradebook.history(one.student)]
        return submissions, list(gradebook.latest_reports("gradients")), events


@pytest.mark.parametrize("kills", [2, pytest.param(8, marks=pytest.mark.soak)])
def test_a_store_of_killed_runs_is_that_of_an_undisturbed_one(place, tmp_path, kills):
    """Killed while the tables are made, while submissions are received and while reports are recorded."""
    chance = Random(2026)
    command = [sys.executable, "-c", RUN, str(Path(__file__).parent), place]
    for _ in range(kills):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as run:
            assert run.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0, 0.3))
            run.kill()
    undisturbed = str(tmp_path / "undisturbed.sqlite")
    for each in (place, undisturbed):
        grade_class(each)

    assert content(place) == content(undisturbed)
    assert content(place)[2] == [("r1",)] * STUDENTS
