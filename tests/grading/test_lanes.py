"""Workers of a lane share what the recipe has opened with which they began, and are changed with it."""

import pickle
from concurrent.futures import Executor, Future
from typing import Any

from autograder.errors import CourseError, Flaw
from autograder.grading.lanes import Lane, LaneRecipe, Lanes, local_lanes


class Workers(Executor):
    """Do nothing, and note that they were let go."""

    def __init__(self, recipe: LaneRecipe) -> None:
        self.recipe, self.gone = recipe, False

    def submit(self, *_: Any, **__: Any) -> "Future[Any]":  # type: ignore[override]
        return Future()

    def shutdown(self, *_: Any, **__: Any) -> None:
        self.gone = True


def first() -> Any:
    raise CourseError([Flaw("first", "is not right")])


def second() -> Any:
    return first()


FIRST, SECOND = LaneRecipe(first), LaneRecipe(second)


def lane(*, by_recipe: bool = True) -> Lane[str]:
    return Lane(lambda: 2, Workers, by_recipe=by_recipe)


def test_another_recipe_has_other_workers_once_none_is_busy() -> None:
    places = lane()
    began = places.ensure_executor(FIRST)
    assert places.ensure_executor(FIRST) is began
    places.running[Future()] = "a piece"
    assert places.ensure_executor(SECOND) is began  # whoever is busy is not disturbed
    places.running.clear()
    again = places.ensure_executor(FIRST)  # for one of them may have closed what it began with
    assert (again is began, began.gone) == (False, True)  # type: ignore[attr-defined]
    assert places.ensure_executor(FIRST) is again


def test_workers_that_share_nothing_stay_whatever_comes() -> None:
    places = lane(by_recipe=False)
    assert places.ensure_executor(FIRST) is places.ensure_executor(SECOND)


def test_what_is_shared_is_no_part_of_a_recipe_that_is_sent() -> None:
    shared = LaneRecipe(first, shared=object())  # type: ignore[arg-type]
    assert shared == FIRST
    assert pickle.loads(pickle.dumps(shared)).shared is None


def test_where_a_grader_cannot_be_made_each_worker_finds_out_by_itself() -> None:
    lanes: Lanes[str] = local_lanes(1)
    assert isinstance(lanes.quick.ensure_executor(FIRST).submit(first).exception(), CourseError)
    lanes.close()
    assert lanes.quick.executor is None
