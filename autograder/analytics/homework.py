"""What the reports of a class say of a homework beyond its marks: known mistakes, equal wrong answers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.analytics.class_marks import STOPPED, QuestionStatistics, WorkFigures, figures_of_marks
from autograder.analytics.wrong_answers import EqualAnswers, ReadyMistake, find_equal
from autograder.domain.answer_print import AnswerPrint
from autograder.domain.report import Outcome, Report, Verdict
from autograder.domain.report_marks import marks_of

MOST_SHOWN = 10
"""Groups of equal answers that are shown of one question."""
SAMPLES = 3
"""Students of a group whose code is shown."""
Prints = Mapping[str, Sequence[AnswerPrint]]
"""Of wrong answers, by the hash of the file."""


@dataclass(frozen=True, slots=True)
class KnownMistake:
    """A declared mistake, and how many made it."""

    name: str
    count: int
    hint: str


@dataclass(frozen=True, slots=True)
class StoppedAnswers:
    """Students whose function stopped alike: it raised one kind of error, or met one limit."""

    told: str
    """What they are told."""
    students: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question, as a class answered it."""

    marks: QuestionStatistics
    mistakes: tuple[KnownMistake, ...]
    stopped: tuple[StoppedAnswers, ...]
    """Most students first."""
    groups: tuple[EqualAnswers, ...]
    """Equal wrong answers of two students or more that are no known mistake."""
    beyond: int
    """Groups that are not shown."""
    alone: int
    """Wrong answers that nobody else gave."""
    answers: Mapping[str, AnswerPrint]
    """Prints of all wrong answers, by student."""
    unknown: int
    """Wrong answers of which it is not known whom they equal."""


@dataclass(frozen=True, slots=True)
class HomeworkFigures:
    """A homework, as a class did it: of each student the report that counts."""

    title: str
    marks: WorkFigures
    questions: tuple[AskedQuestion, ...]


@dataclass(frozen=True, slots=True)
class CodeSample:
    """A student's function, without comments."""

    student: str
    code: str


@dataclass(frozen=True, slots=True)
class SeenClass:
    """All that the page on a class shows."""

    figures: HomeworkFigures
    samples: Mapping[tuple[str, int], tuple[CodeSample, ...]]
    """By question and place of the group."""
    ready: Mapping[tuple[str, int], ReadyMistake]
    told: Mapping[tuple[str, str], str]
    """By student and question."""
    outdated: int
    """Reports of another revision."""


def figures_of_homework(
    reports: Sequence[Report],
    prints: Prints,
    *,
    hints: Mapping[tuple[str, str], str],
) -> HomeworkFigures:
    """The figures of a class.

    Args:
        reports: of each student the report that counts.
        prints: of wrong answers. A report without an entry has answers of which nothing more is known.
        hints: what is told of a mistake, by question and name.
    """
    marks = figures_of_marks([marks_of(report).lines for report in reports])
    return HomeworkFigures(
        reports[0].title if reports else "",
        marks,
        tuple(
            _ask(
                each,
                {r.student: v for r in reports for v in r.verdicts if v.question == each.name},
                _prints_on(each.name, reports, prints),
                hints,
            )
            for each in marks.questions
        ),
    )


def _prints_on(name: str, reports: Sequence[Report], prints: Prints) -> dict[str, AnswerPrint | None]:
    """By student the print of a wrong answer; None where nothing is known of what was answered."""
    found: dict[str, AnswerPrint | None] = {}
    for report in reports:
        known = prints.get(report.receipt.blob)
        if known is None:
            found[report.student] = None
        for each in known or ():
            if each.question == name:
                found[report.student] = each
    return found


def _ask(
    marks: QuestionStatistics,
    verdicts: Mapping[str, Verdict],
    prints: Mapping[str, AnswerPrint | None],
    hints: Mapping[tuple[str, str], str],
) -> AskedQuestion:
    nothing = AnswerPrint(marks.name)
    answers = {student: known for student, known in prints.items() if known is not None}
    equal = find_equal(answers)
    groups = [each for each in equal if len(each.students) > 1]
    return AskedQuestion(
        marks,
        mistakes=_count_mistakes(marks.name, verdicts, answers, hints),
        stopped=_find_stopped(verdicts),
        groups=tuple(groups[:MOST_SHOWN]),
        beyond=max(0, len(groups) - MOST_SHOWN),
        alone=len(equal) - len(groups),
        answers=answers,
        unknown=sum(
            verdict.outcome is Outcome.WRONG and not verdict.mistake and prints.get(student, nothing) is None
            for student, verdict in verdicts.items()
        ),
    )


def _find_stopped(verdicts: Mapping[str, Verdict]) -> tuple[StoppedAnswers, ...]:
    told: defaultdict[str, list[str]] = defaultdict(list)
    for student, verdict in verdicts.items():
        if verdict.outcome in STOPPED:
            told[str(verdict.sentence)].append(student)
    found = (StoppedAnswers(sentence, tuple(who)) for sentence, who in told.items())
    return tuple(sorted(found, key=lambda each: (-len(each.students), each.told)))


def _count_mistakes(
    name: str,
    verdicts: Mapping[str, Verdict],
    answers: Mapping[str, AnswerPrint],
    hints: Mapping[tuple[str, str], str],
) -> tuple[KnownMistake, ...]:
    """The mistakes that were recognised: by the report, or where it may not tell by the print."""
    made: defaultdict[str, set[str]] = defaultdict(set)
    for student, verdict in verdicts.items():
        known = answers.get(student)
        mistake = verdict.mistake or (known.mistake if known else "")
        if mistake:
            made[mistake].add(student)
    ordered = sorted(made.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(KnownMistake(mistake, len(who), hints.get((name, mistake), "")) for mistake, who in ordered)
