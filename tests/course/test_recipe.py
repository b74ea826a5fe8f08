"""The recipe of a grader: small, picklable, and the same wherever a course's files are."""

import pickle
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from marking_course import Course, notebook

from autograder.course.opened import open_course
from autograder.course.recipe import CourseFile, GraderRecipe, recipe_of
from autograder.domain.submission import Submission
from autograder.errors import CourseError
from autograder.sandbox.isolation import LIMITS_ONLY


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A small course, in which one student has handed in."""
    course = Course(tmp_path / "small")
    course.hand_in("ada", notebook(answer="def double(x):\n    return 2 * x"))
    return course


def small_recipe(course: Course, question: str = "") -> GraderRecipe:
    return recipe_of(open_course(course.folder), "small", accept_level=LIMITS_ONLY, question=question)


def test_a_pickled_recipe_equals_its_original_and_holds_nothing_that_is_open(course: Course) -> None:
    recipe = small_recipe(course)
    sent = pickle.dumps(recipe)
    received = pickle.loads(sent)

    assert (received, hash(received)) == (recipe, hash(recipe))
    assert recipe.opened is not None
    assert received.opened is None
    assert len(sent) < 2_000
    secret = (course.folder / ".autograder" / "secret").read_text()
    assert secret not in repr(recipe)
    assert secret.encode() not in sent


def test_a_recipe_is_another_one_where_a_file_or_a_question_is_another(course: Course) -> None:
    first = small_recipe(course)
    assert small_recipe(course) == first
    assert small_recipe(course, "double") != first
    module = course.folder / "solutions" / "small.py"
    module.write_text(module.read_text().replace("2.0 * x", "3.0 * x"))
    assert small_recipe(course) != first


def test_a_worker_that_finds_other_files_says_so(course: Course) -> None:
    """It would judge by other references than its leader."""
    sent = pickle.dumps(small_recipe(course))
    module = course.folder / "solutions" / "small.py"
    module.write_text(module.read_text().replace("2.0 * x", "3.0 * x"))

    with pytest.raises(CourseError, match=r"solutions/small\.py.*was changed"):
        pickle.loads(sent)()


def test_a_question_that_is_not_there_is_refused_before_anything_is_graded(course: Course) -> None:
    with pytest.raises(CourseError, match="there is no question 'halve'"):
        small_recipe(course, "halve")


@dataclass(frozen=True)
class Elsewhere:
    """Gets files by their hash alone, as a machine does that has no part in the course's folder."""

    store: Path
    folder: Path

    def fetch(self, files: Sequence[CourseFile]) -> Path:
        for file in files:
            place = self.folder / file.path
            place.parent.mkdir(parents=True, exist_ok=True)
            content = (self.store / file.sha256).read_bytes()
            if content:
                place.write_bytes(content)
        return self.folder


def test_the_files_that_a_recipe_names_are_all_that_grading_needs(course: Course, tmp_path: Path) -> None:
    """The report is the same where they are fetched to an empty folder."""
    recipe = small_recipe(course)
    store = tmp_path / "store"
    store.mkdir()
    for file in recipe.files:
        place = course.folder / file.path
        (store / file.sha256).write_bytes(place.read_bytes() if place.is_file() else b"")
    [submission] = open_course(course.folder).arrivals("small")
    assert isinstance(submission, Submission)

    told = []
    for each in (
        recipe,
        pickle.loads(pickle.dumps(replace(recipe, source=Elsewhere(store, tmp_path / "far")))),
    ):
        with closing(each()) as grader:
            report = grader(submission).report
            told.append((report.verdicts, report.revision, report.notes, report.receipt))

    assert told[0] == told[1]
    assert told[0][0][0].mark == 1
