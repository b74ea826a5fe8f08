"""`grade`, `grades` and their JSON: how late files are, which one counts and why, what others would give."""

import json

from graded_course import RIGHT, hand_in
from marking_course import Course

WRONG = "def double(x):\n    return 3 * x"


def grade_json(course: Course) -> dict[str, object]:
    done = course.run("grade", "small", "--json", "-j", "1", "--accept-isolation", "1")
    told: dict[str, object] = json.loads(done.stdout)
    return told


def test_scores_say_what_the_other_files_would_give(course: Course) -> None:
    told = course.run("grades", "small").output
    assert "2/2, file 2 (file 1 would give 0)" in " ".join(told.split())
    assert "small: the last file counts that came early enough." in told
    assert "ben: small" not in told
    told = course.run("grades", "small", "--attempts").output
    assert "ada: small, file 1: counts, and gives 9/10 (1 day late)" in told
    assert "ben: small, file 2: counts, and gives 1\n" in told
    assert "ben: small, file 1: would give 0\n" in told
    assert course.run("grades", "--final", "--attempts").exit_code == 2
    assert course.run("grades", "--why", "ada", "--attempts").exit_code == 2


def test_scores_say_the_same_to_scripts(course: Course) -> None:
    """The usual JSON stays what it is."""
    assert json.loads(course.run("grades", "--json").stdout) == {"ada": {"small": 2.0}, "ben": {"small": 2.0}}
    told = json.loads(course.run("grades", "--json", "--attempts").stdout)
    ada, ben, nobody = (each["assignments"]["small"] for each in told["students"])
    assert (ada["score"], ada["mark"], ada["days_late"], ada["counts"]) == (2.0, "9/10", 1, 1)
    assert (ben["others"], ben["rule"], ben["counts"], ben["time_known"]) == ({"1": "0"}, "last", 2, True)
    assert "file 2, 18 Oct 2026" in ben["why"]
    assert (nobody["score"], nobody["counts"], nobody["others"]) == (None, None, {})
    assert told["doubtful_times"] == {}


def test_the_best_file_counts_where_the_course_says_so(course: Course) -> None:
    """With the reason; a file that came too late to count says what it would have given."""
    toml = course.folder / "course.toml"
    toml.write_text(toml.read_text().replace('weight = "100 %"', 'weight = "100 %"\ncounts = "best"'))
    hand_in(course, "ben", WRONG + "  # once more", "20261019T091500Z")
    hand_in(course, "ada", RIGHT + "  # again", "20261025T091500Z")
    done = course.grade()
    assert "small: the best file counts, lateness paid for." in done.output
    assert "ben: small, file 2: counts, and gives 1" in done.output
    assert "ben: small, file 3: would give 0" in done.output
    assert "ada: small, file 2: came too late to count, and would have given" in done.output
    assert "2/2, file 2 (file 1 would give 0; file 3 would give 0)" in " ".join(
        course.run("grades", "small").output.split()
    )


def test_grading_says_who_is_late_and_how_many_times_are_doubtful(course: Course) -> None:
    hand_in(course, "all", RIGHT, "20261020T081500Z")
    done = course.grade()
    assert "Late: all 2 days late." in done.output
    assert "small: the last" not in done.output
    hand_in(course, "all", WRONG, "20261021T081500Z-file")
    told = grade_json(course)
    assert told["graded"] == 1
    assert told["doubtful_times"] == 1
    [only] = told["students"]  # type: ignore[misc]
    assert (only["id"], only["score"], only["counts"], only["time_known"]) == ("all", 0.0, 2, False)
    assert only["others"] == {"1": "4/5"}
    assert "small: 1 time of receipt is doubtful, and nobody is late by it." in course.run("grades").output
    assert grade_json(course)["students"] == []
