"""What a team wrote is marked once, and each member has the marks."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from autograder.domain.handmark import HandMark
from autograder.domain.teams import find_team_files
from autograder.gradebook.store import Gradebook
from autograder.marking.copies import MarkedCopy

C = TypeVar("C", bound=MarkedCopy)
Mates = Mapping[tuple[str, str], tuple[str, ...]]
"""The other members of the team that handed in a file, by a student and the hash of the file."""


def find_mates_of_files(gradebook: Gradebook, assignment: str) -> Mates:
    """The team mates of each student, by the files that they handed in together."""
    events = gradebook.events.all()
    if not any(each.kind.value == "team" for each in events):
        return {}
    own = {one.id: one for one in gradebook.marked_submissions() if one.assignment == assignment}
    shared = find_team_files(own.values(), events).shared
    return {
        (own[id].student, own[id].blob): tuple(own[e].student for e in file.submissions if e != id)
        for id, file in shared.items()
    }


def show_once(answers: Iterable[C], mates: Mates) -> tuple[C, ...]:
    """The answers with one copy of what a team wrote: that of the member who comes first."""
    seen: set[tuple[str, str]] = set()
    shown = []
    for answer in answers:
        if not any((mate, answer.blob) in seen for mate in mates.get((answer.student, answer.blob), ())):
            shown.append(answer)
        seen.add((answer.student, answer.blob))
    return tuple(shown)


def give_to_mates(marks: Iterable[HandMark], mates: Mates) -> list[HandMark]:
    """The marks, and the same for each other member of the team that handed in the file."""
    own = list(marks)
    given = {(mark.student, mark.part, mark.blob) for mark in own}
    # A mark that somebody gave a member apart, in the same tables, stands.
    return own + [
        replace(mark, student=mate)
        for mark in own
        for mate in mates.get((mark.student, mark.blob), ())
        if (mate, mark.part, mark.blob) not in given
    ]
