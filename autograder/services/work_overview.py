"""One piece of work of a class: who handed in and when, and how the marks came out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from autograder.analytics.class_marks import TopMistake, WorkFigures, figures_of_marks, find_top_mistakes
from autograder.domain.people import CoursePerson
from autograder.services.class_state import ClassState, StudentWork, WorkState


@dataclass(frozen=True, slots=True)
class WorkOverview:
    """A piece of work as a class has it; counted are the students whom somebody looks after."""

    state: WorkState
    every: tuple[StudentWork, ...]
    figures: WorkFigures
    """Of the files that count."""
    mistakes: Mapping[str, TopMistake]
    """The known mistake named most often in the reports on these files, by question."""
    mistakes_unknown: int
    """Files whose report was made by a version that kept no mistakes beside its marks."""
    arrivals: tuple[datetime, ...]
    """When each student handed in first, in order."""
    in_time: int
    """Of the files that count; a doubtful time is in time."""
    late: int
    free_days: int
    """Spent on it, by all together."""
    excused: int

    @property
    def missing(self) -> tuple[StudentWork, ...]:
        """Who has handed in nothing, and is not excused."""
        return tuple(each for each in self.every if not each.files and not each.grade.standing.excused)


def look_at_work(state: ClassState, person: CoursePerson, name: str) -> WorkOverview | None:
    """A piece of work for a person; None where there is none of that name."""
    work = state.work_state(person, name)
    if work is None:
        return None
    every = state.students_work(person, name)
    counted = [each.grade for each in every if each.grade.file is not None]
    marks = [each.marks for each in every if each.judged and each.marks]
    return WorkOverview(
        work,
        every,
        figures_of_marks([each.lines for each in every if each.judged]),
        find_top_mistakes(marks),
        sum(each.mistakes is None for each in marks),
        tuple(sorted(min(file.received for file in each.files) for each in every if each.files)),
        sum(not each.late_days for each in counted),
        sum(bool(each.late_days) for each in counted),
        sum(each.grade.free_days for each in every),
        sum(each.grade.standing.excused for each in every),
    )
